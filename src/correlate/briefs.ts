/** What came and went before its cause was stated: its raise lines belong to the incident of the same root, before or after it. */
import type { Instant } from '../base/instant.ts';
import type { AlarmId } from '../model/ids.ts';
import { addRecords, type HeldIncident, isActive } from './held-incident.ts';
import type { Incidents } from './incidents.ts';
import type { Pending } from './joining.ts';
import { populationOf } from './symptoms.ts';
import { limits } from './timing.ts';
import type { Waiting } from './waiting.ts';

interface Brief {
  readonly records: readonly string[];
  readonly endedAt: Instant;
}

export type BriefsSnapshot = readonly (readonly [AlarmId, Brief])[];

interface Desk {
  readonly incidents: Incidents;
  readonly waiting: Waiting;
  readonly at: Instant;
}

export class Briefs {
  /** The last one that ended stands last. */
  readonly #of = new Map<AlarmId, Brief>();

  add({ alarm, records }: Pick<Pending, 'alarm' | 'records'>, endedAt: Instant): void {
    const all = [...(this.#of.get(alarm)?.records ?? []), ...records];
    this.#of.delete(alarm);
    this.#of.set(alarm, { records: all.slice(-limits.briefRecords), endedAt });
    if (this.#of.size <= limits.briefs) return;
    // Many at once: to find the oldest one of a map costs as much as lately went before it.
    let left = limits.briefs / 10;
    for (const oldest of this.#of.keys()) {
      if (left-- === 0) return;
      this.#of.delete(oldest);
    }
  }

  /** Lines of this alarm that ended no earlier than `since`; none of it are kept any longer. */
  take(alarm: AlarmId, since: number): readonly string[] {
    const brief = this.#of.get(alarm);
    this.#of.delete(alarm);
    return brief !== undefined && brief.endedAt >= since ? brief.records : [];
  }

  snapshot(): BriefsSnapshot {
    return [...this.#of];
  }

  restore(snapshot: BriefsSnapshot): void {
    this.#of.clear();
    for (const [alarm, brief] of snapshot) this.#of.set(alarm, brief);
  }
}

/** It waited and is over. The same root failing again within `reopenWithinMs` is the same fault, however short it was. */
export function endBrief(pending: Pending, { incidents, waiting, at }: Desk): void {
  const { alarm, resource, symptom } = pending;
  const since = at - incidents.timing.reopenWithinMs;
  const isSame = ({ scope, members }: HeldIncident): boolean =>
    members.has(alarm) || scope === populationOf(symptom);
  const home =
    heldBefore(pending, incidents) ??
    incidents
      .at(resource)
      .findLast((held) => isSame(held) && (isActive(held) || (held.resolvedAt ?? 0) >= since));
  waiting.briefs.add(pending, at);
  if (home !== undefined) add(home, waiting.briefs.take(alarm, since), { incidents, at });
}

/** What was split off goes back to where it stood. */
function heldBefore({ parent }: Pending, incidents: Incidents): HeldIncident | undefined {
  let held = parent === undefined ? undefined : incidents.get(parent);
  while (held?.into !== undefined) held = incidents.get(held.into);
  return held;
}

/** These stand in the incident now; what the root itself said shortly before, and nothing stated, stands there, too. */
export function recallBriefs(
  held: HeldIncident,
  all: readonly Pick<Pending, 'alarm' | 'resource'>[],
  { incidents, waiting, at }: Desk,
): void {
  const since = at - incidents.timing.reopenWithinMs;
  const records = all
    .filter(({ resource }) => resource === held.root)
    .flatMap(({ alarm }) => waiting.briefs.take(alarm, since));
  add(held, records, { incidents, at });
}

function add(
  held: HeldIncident,
  records: readonly string[],
  { incidents, at }: Pick<Desk, 'incidents' | 'at'>,
): void {
  if (records.length === 0) return;
  addRecords(held, records);
  if (isActive(held)) incidents.tellLater(held, at);
  else incidents.tell(held, 'grew');
}
