/** The scoreboard of the alarm-stream contract: what was said of a stream against what happened, as one object. */
import type { Problem } from '../../base/problem.ts';
import type { Topology } from '../../topology/topology.ts';
import {
  calibrationOf,
  type FaultFigures,
  type Figure,
  faultFigures,
  type IncidentFigures,
  incidentFigures,
  meanOf,
  reliabilityOf,
  subscriberShare,
} from './figures.ts';
import { type Claims, type Ground, groundOf } from './ground.ts';
import { type Told, toldOf } from './notified.ts';
import { type NotifiedGroups, notifiedGroups } from './notified-groups.ts';
import {
  type Agreement,
  adjustedRandIndex,
  agreementOf,
  type Contingency,
  contingencyOf,
} from './partition.ts';
import type { TrueFault } from './truth.ts';
import { type FaultVerdict, type Verdicts, verdictsOf } from './verdicts.ts';

type Nullable<T> = { readonly [name in keyof T]: Figure };

/** One kind's faults, and the incidents that hold more of one of them than of any other fault. */
interface KindScore extends FaultFigures, IncidentFigures, Nullable<Agreement> {
  readonly notified: { readonly precision: Figure; readonly recall: Figure };
  /** Judged raises of its faults. */
  readonly alarms: number;
  readonly reduction: Figure;
}

export interface Score extends KindScore {
  readonly ari: Figure;
  readonly falsePerDay: Figure;
  readonly perKind: Readonly<Record<string, KindScore>>;
  /** The same for forms of a kind that the truth tells apart: `link second-cut`. */
  readonly perVariant: Readonly<Record<string, KindScore>>;
  readonly notifiedBy: NotifiedGroups;
  /** Means over the kinds that touch four leaves or more. */
  readonly macro: Readonly<Record<(typeof macroNames)[number], Figure>> & {
    readonly kinds: readonly string[];
  };
  readonly reliability: ReturnType<typeof reliabilityOf>;
  readonly calibration: ReturnType<typeof calibrationOf>;
  /** Faults that no judged raise tells of; they are in no other figure. */
  readonly unheard: number;
  readonly falseIncidents: number;
  /** Presented, but neither right nor false: of tolerated noise, or of raises that are not judged. */
  readonly exemptIncidents: number;
}

const macroNames = ['exact', 'solved', 'jaccard', 'rootTop1', 'rootTop3', 'kindTop1'] as const;
const dayMs = 86_400_000;
/** From here on a kind is one of many leaves. */
const fewestLeaves = 4;

/** One fault and what became of it. */
interface FaultOutcome {
  readonly fault: string;
  /** Id of the incident matched; undefined when none has any of its raises. */
  readonly incident: string | undefined;
  readonly jaccard: number;
  readonly solved: boolean;
  readonly raises: number;
  /** Presented incidents it is spread over. */
  readonly pieces: number;
}

export interface Scored {
  readonly score: Score;
  readonly outcomes: readonly FaultOutcome[];
  readonly problems: readonly Problem[];
}

/** Linear in alarms but for one sort. With the network, `notified` is counted on it; else only where set logic tells. */
export function scoreIncidents(claims: Claims, topology?: Topology): Scored {
  const { ground, problems } = groundOf(claims);
  const verdicts = verdictsOf(ground);
  const scene: Scene = {
    ground,
    verdicts,
    told: toldOf(ground, verdicts.incidents, topology),
    contingency: judgedPartitions(ground),
  };
  const kinds = [...new Set(verdicts.faults.map(({ fault }) => fault.fault.kind))].sort();
  const ofKind = (kind: string) => (fault: TrueFault) => fault.kind === kind;
  const perKind = Object.fromEntries(kinds.map((kind) => [kind, kindScore(scene, ofKind(kind))]));
  const wide = kinds.filter((kind) => leavesOf(ground, verdicts.faults, kind) >= fewestLeaves);
  const falseIncidents = verdicts.incidents.filter(({ isFalse }) => isFalse).length;
  const { from, to } = claims.truth;
  const macro = macroNames.map(
    (name) => [name, meanOf(wide.flatMap((kind) => perKind[kind]![name] ?? []))] as const,
  );
  const score: Score = {
    ...kindScore(scene, everything),
    ari: adjustedRandIndex(scene.contingency) ?? null,
    falsePerDay:
      from === undefined || to === undefined || to <= from ? null : (falseIncidents * dayMs) / (to - from),
    perKind,
    perVariant: variantScores(scene),
    notifiedBy: notifiedGroups(ground, verdicts.incidents, scene.told),
    macro: { ...(Object.fromEntries(macro) as Record<(typeof macroNames)[number], Figure>), kinds: wide },
    reliability: reliabilityOf(verdicts.incidents),
    calibration: calibrationOf(verdicts.incidents),
    unheard: ground.faults.length - verdicts.faults.length,
    falseIncidents,
    exemptIncidents: verdicts.incidents.filter(({ exempt }) => exempt).length,
  };
  return { score, outcomes: outcomesOf(ground, verdicts.faults), problems };
}

interface Scene {
  readonly ground: Ground;
  readonly verdicts: Verdicts;
  readonly told: Told;
  readonly contingency: Contingency;
}

type Choice = (fault: TrueFault) => boolean;

/** Of all faults, and of the noise. */
const everything: Choice = () => true;

function variantScores(scene: Scene): Readonly<Record<string, KindScore>> {
  const nameOf = ({ kind, variant }: TrueFault): string => `${kind} ${variant}`;
  const names = scene.verdicts.faults.flatMap(({ fault: { fault } }) =>
    fault.variant === undefined ? [] : [nameOf(fault)],
  );
  return Object.fromEntries(
    [...new Set(names)].sort().map((name) => [name, kindScore(scene, (fault) => nameOf(fault) === name)]),
  );
}

function kindScore({ ground, verdicts, told, contingency }: Scene, isChosen: Choice): KindScore {
  const isAll = isChosen === everything;
  const isOfKind = (fault: number | undefined): boolean => {
    const known = fault === undefined ? undefined : ground.faults[fault]?.fault;
    return isAll || (known !== undefined && isChosen(known));
  };
  const faults = verdicts.faults.filter(({ fault }) => isChosen(fault.fault));
  const incidents = verdicts.incidents.filter(({ faults: [main] }) => isOfKind(main));
  const agreement = agreementOf(contingency, isAll ? undefined : isOfKind);
  const alarms = isAll ? ground.count : faults.reduce((sum, { fault }) => sum + fault.raises.length, 0);
  const incidentsTold = incidents.flatMap(({ index }) => told.told.get(index) ?? []);
  const faultsLost = ground.faults.flatMap((_, index) =>
    isOfKind(index) ? (told.lost.get(index) ?? []) : [],
  );
  return {
    ...faultFigures(faults, (match) => ground.incidents[match]!.incident.decidedAt),
    ...incidentFigures(incidents),
    pairPrecision: agreement?.pairPrecision ?? null,
    pairRecall: agreement?.pairRecall ?? null,
    bcubedPrecision: agreement?.bcubedPrecision ?? null,
    bcubedRecall: agreement?.bcubedRecall ?? null,
    bcubedF1: agreement?.bcubedF1 ?? null,
    reduction: alarms === 0 ? null : 1 - incidents.length / alarms,
    notified: { precision: subscriberShare(incidentsTold), recall: subscriberShare(faultsLost) },
    alarms,
  };
}

function judgedPartitions(ground: Ground): Contingency {
  const judged: number[] = [];
  for (let raise = 0; raise < ground.count; raise++) if (ground.isJudged[raise] === 1) judged.push(raise);
  return contingencyOf(
    Int32Array.from(judged, (raise) => ground.groupOf[raise]!),
    Int32Array.from(judged, (raise) => ground.incidentOf[raise]!),
  );
}

/** The median over its faults of the resources that spoke or the subscribers that were lost, whichever is more. */
function leavesOf(ground: Ground, faults: readonly FaultVerdict[], kind: string): number {
  const counts = faults
    .filter(({ fault }) => fault.fault.kind === kind)
    .map(({ fault }) => {
      const spoke = new Set(Array.from(fault.raises, (raise) => ground.resources[raise]));
      return Math.max(spoke.size, fault.fault.subscribers ?? 0);
    })
    .sort((a, b) => a - b);
  return counts[Math.floor(counts.length / 2)] ?? 0;
}

function outcomesOf(ground: Ground, faults: readonly FaultVerdict[]): readonly FaultOutcome[] {
  return faults.map(({ fault, match, jaccard, solved, pieces }) => ({
    fault: fault.fault.id,
    incident: ground.incidents[match]?.incident.id,
    jaccard,
    solved,
    raises: fault.raises.length,
    pieces: pieces.length,
  }));
}
