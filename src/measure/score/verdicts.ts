/** Faults matched with incidents, and what each side then was: right, a piece, a mixture, or false. */
import type { Ground, GroundedFault, GroundedIncident } from './ground.ts';

export interface FaultVerdict {
  readonly fault: GroundedFault;
  /** Index of the presented incident of the highest Jaccard index over raises, -1 when none has any of its raises. */
  readonly match: number;
  /** 0..1; 0 without a match. */
  readonly jaccard: number;
  /** Undefined where the truth names no root. */
  readonly rootTop1: boolean | undefined;
  readonly rootTop3: boolean | undefined;
  readonly kindTop1: boolean;
  /** Root and kind right and half of the raises together. */
  readonly solved: boolean;
  /** Presented incidents that hold raises of it, ascending. */
  readonly pieces: readonly number[];
}

export interface IncidentVerdict {
  readonly grounded: GroundedIncident;
  readonly index: number;
  /** Faults whose judged raises it holds, the one with the most first, ties by the truth's order. */
  readonly faults: readonly number[];
  /** Judged raises that are not of its largest group: other faults' and noise. */
  readonly foreign: number;
  /** A further piece of a fault that has its incident. */
  readonly surplus: boolean;
  /** Nothing of a fault is in it and most of it is not tolerated; planned ones never are. */
  readonly isFalse: boolean;
  /** Neither right nor false: of raises that are not judged, or mostly tolerated. */
  readonly exempt: boolean;
  /** Root and kind of its first fault are right. */
  readonly right: boolean;
}

export interface Verdicts {
  /** Faults that no judged raise tells of are not in it. */
  readonly faults: readonly FaultVerdict[];
  /** Of presented incidents only. */
  readonly incidents: readonly IncidentVerdict[];
}

export function verdictsOf(ground: Ground): Verdicts {
  const faults = ground.faults
    .filter(({ raises }) => raises.length > 0)
    .map((fault) => faultVerdict(ground, fault));
  const matched = new Set(faults.map(({ match }) => match));
  const incidents = ground.incidents
    .map((grounded, index) => ({ grounded, index }))
    .filter(({ grounded }) => grounded.incident.actionable)
    .map(({ grounded, index }) => incidentVerdict(ground, { grounded, index, isMatch: matched.has(index) }));
  return { faults, incidents };
}

function faultVerdict(ground: Ground, fault: GroundedFault): FaultVerdict {
  const shared = tally(fault.raises, (raise) => presentedOf(ground, raise));
  shared.delete(-1);
  const unjudged = tally(fault.optional, (raise) => presentedOf(ground, raise));
  let match = -1;
  let jaccard = 0;
  for (const [index, common] of shared) {
    const size = ground.incidents[index]!.raises.length - (unjudged.get(index) ?? 0);
    const found = common / (fault.raises.length + size - common);
    if (found < jaccard || (found === jaccard && index > match)) continue;
    match = index;
    jaccard = found;
  }
  const stated = ground.incidents[match]?.incident;
  const { roots, kinds } = fault.fault;
  const rootRight = stated?.root !== undefined && roots.has(stated.root);
  const kindTop1 = stated?.kind !== undefined && kinds.has(stated.kind);
  const inThree =
    rootRight ||
    (stated?.candidates.slice(0, 3).some(({ root }) => root !== undefined && roots.has(root)) ?? false);
  const isRootless = roots.size === 0;
  return {
    fault,
    match,
    jaccard,
    kindTop1,
    rootTop1: isRootless ? undefined : rootRight,
    rootTop3: isRootless ? undefined : inThree,
    solved: (isRootless || rootRight) && kindTop1 && jaccard >= 0.5,
    pieces: [...shared.keys()].sort((a, b) => a - b),
  };
}

function incidentVerdict(
  ground: Ground,
  {
    grounded,
    index,
    isMatch,
  }: { readonly grounded: GroundedIncident; readonly index: number; readonly isMatch: boolean },
): IncidentVerdict {
  const { raises, incident, named } = grounded;
  const judged = raises.filter((raise) => ground.isJudged[raise] === 1);
  const groups = [...tally(judged, (raise) => ground.groupOf[raise]!)];
  const alone = groups.find(([group]) => group === -1)?.[1] ?? 0;
  // Noise on its own is a group of one each.
  const largest = groups.reduce(
    (most, [group, size]) => (group >= 0 ? Math.max(most, size) : most),
    alone > 0 ? 1 : 0,
  );
  const faults = groups
    .filter(([group]) => group >= 0 && group < ground.faults.length)
    .sort(([a, sizeOfA], [b, sizeOfB]) => sizeOfB - sizeOfA || a - b)
    .map(([group]) => group);
  const isOfFault = raises.some((raise) => ground.isOfFault[raise] === 1);
  const tolerated = raises.reduce((sum, raise) => sum + ground.isTolerated[raise]!, 0);
  const isUnjudged = raises.length === 0 && named > 0;
  const exempt =
    isUnjudged || (faults.length === 0 && isOfFault) || (!isOfFault && tolerated * 2 > raises.length);
  const main = ground.faults[faults[0] ?? -1]?.fault;
  return {
    grounded,
    index,
    faults,
    foreign: judged.length - largest,
    exempt,
    surplus: faults.length > 0 && !isMatch,
    isFalse: !isOfFault && !exempt && !incident.planned,
    right:
      main !== undefined &&
      (main.roots.size === 0 || (incident.root !== undefined && main.roots.has(incident.root))) &&
      incident.kind !== undefined &&
      main.kinds.has(incident.kind),
  };
}

/** The presented incident a raise stands in, or -1. */
function presentedOf(ground: Ground, raise: number): number {
  const index = ground.incidentOf[raise]!;
  return index >= 0 && ground.incidents[index]!.incident.actionable ? index : -1;
}

/** How many are of which; -1 stands for those that are of none. */
function tally(which: Int32Array, of: (raise: number) => number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const raise of which) {
    const found = of(raise);
    counts.set(found, (counts.get(found) ?? 0) + 1);
  }
  return counts;
}
