/** Whether those who were told are those who lost service. */
import type { Topology } from '../../topology/topology.ts';
import { Expansion, isSurelyWithin, type Leaves } from './extent.ts';
import type { Ground, GroundedFault } from './ground.ts';
import type { Extent } from './truth.ts';
import type { IncidentVerdict } from './verdicts.ts';

/** Subscribers, each once an incident or fault. */
export interface Told {
  /** Of incidents, by index of the incident. */
  readonly told: ReadonlyMap<number, Share>;
  /** Of unplanned faults, by index of the fault. */
  readonly lost: ReadonlyMap<number, Share>;
}

export interface Share {
  readonly of: number;
  /** Undefined where only the network could tell. */
  readonly right: number | undefined;
}

interface Side {
  readonly extent: Extent | undefined;
  /** As the file says; without a network the only number there is. */
  readonly subscribers: number | undefined;
}

/**
 * An incident tells whom it affects unless it is planned; right are those affected by a fault that shares an alarm
 * with it. A fault asks that those it affects are told by such an incident; planned faults ask nothing, since
 * everybody was told before.
 */
export function toldOf(
  ground: Ground,
  incidents: readonly IncidentVerdict[],
  topology: Topology | undefined,
): Told {
  const telling = incidents.filter(({ grounded, exempt }) => !grounded.incident.planned && !exempt);
  const tellers = new Map<number, number[]>();
  for (const { index, faults } of telling) {
    for (const fault of faults) {
      const known = tellers.get(fault);
      if (known === undefined) tellers.set(fault, [index]);
      else known.push(index);
    }
  }
  const incidentSide = (index: number): Side => sideOf(ground.incidents[index]!.incident);
  const faultSide = (index: number): Side => sideOf(ground.faults[index]!.fault);
  const overlap = topology === undefined ? overlapByLogic : overlapByNetwork(new Expansion(topology));
  const told = telling.map(
    ({ index, faults }) => [index, overlap(incidentSide(index), faults.map(faultSide))] as const,
  );
  const lost = ground.faults.flatMap(({ fault, raises }: GroundedFault, index) => {
    if (fault.planned || raises.length === 0) return [];
    return [[index, overlap(faultSide(index), (tellers.get(index) ?? []).map(incidentSide))] as const];
  });
  return { told: new Map(told), lost: new Map(lost) };
}

const sideOf = ({
  affected,
  subscribers,
}: {
  affected: Extent | undefined;
  subscribers: number | undefined;
}): Side => ({
  extent: affected,
  subscribers,
});

type Overlap = (side: Side, others: readonly Side[]) => Share;

function overlapByNetwork(expansion: Expansion): Overlap {
  const kept = new Map<Extent, Leaves>();
  const leavesOf = (extent: Extent): Leaves => {
    const known = kept.get(extent);
    if (known !== undefined) return known;
    const leaves = expansion.leaves(extent);
    kept.set(extent, leaves);
    return leaves;
  };
  return ({ extent, subscribers }, others) => {
    if (extent === undefined) return { of: subscribers ?? 0, right: others.length === 0 ? 0 : undefined };
    const leaves = leavesOf(extent);
    const known = others.flatMap((other) => (other.extent === undefined ? [] : [leavesOf(other.extent)]));
    return { of: expansion.subscribersOf(leaves), right: expansion.shared(leaves, known) };
  };
}

/** Only what holds on every network; anything else is not known. */
function overlapByLogic({ extent, subscribers }: Side, others: readonly Side[]): Share {
  if (subscribers === 0) return { of: 0, right: 0 };
  if (subscribers === undefined) return { of: 0, right: undefined };
  if (others.length === 0) return { of: subscribers, right: 0 };
  const known = others.filter((other) => other.extent !== undefined);
  if (extent === undefined || known.length < others.length) return { of: subscribers, right: undefined };
  if (known.some((other) => isSurelyWithin(extent, other.extent!)))
    return { of: subscribers, right: subscribers };
  const [only] = known;
  if (known.length === 1 && only?.subscribers !== undefined && isSurelyWithin(only.extent!, extent)) {
    return { of: subscribers, right: Math.min(only.subscribers, subscribers) };
  }
  return { of: subscribers, right: undefined };
}
