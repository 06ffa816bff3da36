/** Who was told, apart by what failed: fibre and equipment, mains, and services that fail while everything is up. */
import { type Figure, subscriberShare } from './figures.ts';
import type { Ground } from './ground.ts';
import type { Share, Told } from './notified.ts';
import type { IncidentVerdict } from './verdicts.ts';

interface NotifiedGroup {
  /** Of those told, the share that had lost service; of those who had lost it, the share that was told. */
  readonly precision: Figure;
  readonly recall: Figure;
  /** Subscribers, each once an incident or fault: streams of several networks are added up by these. */
  readonly told: number;
  readonly toldRight: Figure;
  readonly lost: number;
  readonly lostTold: Figure;
}

export type NotifiedGroups = Readonly<Record<Group, NotifiedGroup>>;

type Group = 'equipment' | 'mains' | 'service';

/** Who has a battery at home is in no papers, so that whom the mains take is known less well than whom a cut takes. */
const mains: ReadonlySet<string> = new Set(['house-power', 'area-power', 'site-power']);
/** A fault of one of these is one of everybody: beside the others it would be all that counts. */
const services: ReadonlySet<string> = new Set(['service', 'config', 'collector', 'unexplained']);

const groupOf = (kind: string): Group =>
  mains.has(kind) ? 'mains' : services.has(kind) ? 'service' : 'equipment';

/** An incident counts with the fault it holds most of, a false one with the kind it states. */
export function notifiedGroups(
  ground: Ground,
  incidents: readonly IncidentVerdict[],
  { told, lost }: Told,
): NotifiedGroups {
  const shares: Readonly<Record<Group, { readonly told: Share[]; readonly lost: Share[] }>> = {
    equipment: { told: [], lost: [] },
    mains: { told: [], lost: [] },
    service: { told: [], lost: [] },
  };
  for (const { index, faults, grounded } of incidents) {
    const share = told.get(index);
    const kind = ground.faults[faults[0] ?? -1]?.fault.kind ?? grounded.incident.kind ?? 'unexplained';
    if (share !== undefined) shares[groupOf(kind)].told.push(share);
  }
  for (const [index, share] of lost) shares[groupOf(ground.faults[index]!.fault.kind)].lost.push(share);
  const figures = ({ told: all, lost: missed }: (typeof shares)[Group]): NotifiedGroup => ({
    precision: subscriberShare(all),
    recall: subscriberShare(missed),
    told: all.reduce((sum, { of }) => sum + of, 0),
    toldRight: rightOf(all),
    lost: missed.reduce((sum, { of }) => sum + of, 0),
    lostTold: rightOf(missed),
  });
  return {
    equipment: figures(shares.equipment),
    mains: figures(shares.mains),
    service: figures(shares.service),
  };
}

/** null where only the network could tell. */
function rightOf(shares: readonly Share[]): Figure {
  return shares.some(({ right }) => right === undefined)
    ? null
    : shares.reduce((sum, { right }) => sum + right!, 0);
}
