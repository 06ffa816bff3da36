/** Verdicts summed up: the same figures for a whole stream and for the faults of one kind. */

import type { Share } from './notified.ts';
import type { FaultVerdict, IncidentVerdict } from './verdicts.ts';

/** null: there was nothing to judge. Shares are 0..1. */
export type Figure = number | null;

interface Quantiles {
  readonly p50: Figure;
  readonly p95: Figure;
}

/** One of ten equal steps of the stated probability. */
interface Step {
  readonly from: number;
  readonly to: number;
  readonly incidents: number;
  /** Mean of what was stated. */
  readonly stated: number;
  /** Share whose root and kind were right. */
  readonly right: number;
}

export interface FaultFigures {
  readonly exact: Figure;
  readonly solved: Figure;
  readonly jaccard: Figure;
  readonly overSplit: number;
  readonly rootTop1: Figure;
  readonly rootTop3: Figure;
  readonly kindTop1: Figure;
  /** ms until the root printed was first stated, over faults whose root is right and was not stated before. */
  readonly latency: { readonly onset: Quantiles; readonly evidence: Quantiles };
  readonly faults: number;
}

export function faultFigures(
  faults: readonly FaultVerdict[],
  decidedAt: (match: number) => number | undefined,
): FaultFigures {
  const rooted = faults.filter(({ rootTop1 }) => rootTop1 !== undefined);
  const since = (start: (verdict: FaultVerdict) => number | undefined): Quantiles =>
    quantilesOf(
      faults.flatMap((verdict) => {
        const from = start(verdict);
        const to = verdict.match < 0 || verdict.rootTop1 !== true ? undefined : decidedAt(verdict.match);
        // An incident that was decided before the fault began tells nothing of how soon this one was seen.
        const isOlder = to !== undefined && to < (verdict.fault.fault.startAt ?? to);
        return from === undefined || to === undefined || isOlder ? [] : [to - from];
      }),
    );
  return {
    exact: shareOf(faults, ({ jaccard }) => jaccard === 1),
    solved: shareOf(faults, ({ solved }) => solved),
    jaccard: meanOf(faults.map(({ jaccard }) => jaccard)),
    overSplit: faults.filter(({ pieces }) => pieces.length > 1).length,
    rootTop1: shareOf(rooted, ({ rootTop1 }) => rootTop1 === true),
    rootTop3: shareOf(rooted, ({ rootTop3 }) => rootTop3 === true),
    kindTop1: shareOf(faults, ({ kindTop1 }) => kindTop1),
    latency: {
      onset: since(({ fault }) => fault.fault.startAt),
      evidence: since(({ fault }) => fault.fault.decidableAt),
    },
    faults: faults.length,
  };
}

export interface IncidentFigures {
  readonly surplusIncidents: number;
  /** Incidents that hold alarms of two faults or more. */
  readonly overMerge: number;
  /** Raises in one incident that are of none but its largest group. */
  readonly largestWrongMerge: number;
  readonly ece: Figure;
  /** Mean square of the distance between what was stated and 1 or 0 (Brier 1950). */
  readonly brier: Figure;
  readonly incidents: number;
}

export function incidentFigures(incidents: readonly IncidentVerdict[]): IncidentFigures {
  return {
    surplusIncidents: incidents.filter(({ surplus }) => surplus).length,
    overMerge: incidents.filter(({ faults }) => faults.length > 1).length,
    largestWrongMerge: incidents.reduce((most, { foreign }) => Math.max(most, foreign), 0),
    ece: calibrationError(reliabilityOf(incidents)),
    brier: meanOf(
      incidents.filter(isStated).map(({ grounded, right }) => {
        return (grounded.incident.probability! - (right ? 1 : 0)) ** 2;
      }),
    ),
    incidents: incidents.length,
  };
}

const steps = 10;

/** A probability was stated, and it is known whether root and kind were right. */
const isStated = ({ grounded, faults, isFalse }: IncidentVerdict): boolean =>
  grounded.incident.probability !== undefined && (faults.length > 0 || isFalse);

/**
 * What was stated against what was right, each presented incident once, be it a further piece of a fault or false; empty
 * steps are left out.
 */
export function reliabilityOf(incidents: readonly IncidentVerdict[]): readonly Step[] {
  const held: IncidentVerdict[][] = Array.from({ length: steps }, () => []);
  for (const verdict of incidents.filter(isStated)) {
    const stated = verdict.grounded.incident.probability!;
    held[Math.min(Math.floor(stated * steps), steps - 1)]!.push(verdict);
  }
  return held.flatMap((within, step) => {
    if (within.length === 0) return [];
    return [
      {
        from: step / steps,
        to: (step + 1) / steps,
        incidents: within.length,
        stated: meanOf(within.map(({ grounded }) => grounded.incident.probability!))!,
        right: shareOf(within, ({ right }) => right)!,
      },
    ];
  });
}

interface Calibration {
  readonly incidents: number;
  /** Mean of what was stated. */
  readonly stated: number;
  readonly right: number;
  readonly ece: Figure;
}

/** By the kind that was stated: which verdicts promise more than they hold, and which less. */
export function calibrationOf(incidents: readonly IncidentVerdict[]): Readonly<Record<string, Calibration>> {
  const byKind = new Map<string, IncidentVerdict[]>();
  for (const verdict of incidents.filter(isStated)) {
    const kind = verdict.grounded.incident.kind ?? 'unexplained';
    const known = byKind.get(kind);
    if (known === undefined) byKind.set(kind, [verdict]);
    else known.push(verdict);
  }
  const kinds = [...byKind].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    kinds.map(([kind, within]) => [
      kind,
      {
        incidents: within.length,
        stated: meanOf(within.map(({ grounded }) => grounded.incident.probability!))!,
        right: shareOf(within, ({ right }) => right)!,
        ece: calibrationError(reliabilityOf(within)),
      },
    ]),
  );
}

/** Expected calibration error (Naeini, Cooper, Hauskrecht 2015): the mean distance, weighted by incidents. */
function calibrationError(reliability: readonly Step[]): Figure {
  const all = reliability.reduce((sum, { incidents }) => sum + incidents, 0);
  if (all === 0) return null;
  return reliability.reduce(
    (sum, { incidents, stated, right }) => sum + (incidents / all) * Math.abs(right - stated),
    0,
  );
}

/** Of all these subscribers together; null where one of the counts is not known or there are none. */
export function subscriberShare(shares: readonly Share[]): Figure {
  let of = 0;
  let right = 0;
  for (const share of shares) {
    if (share.right === undefined) return null;
    of += share.of;
    right += share.right;
  }
  return of === 0 ? null : right / of;
}

function shareOf<T>(all: readonly T[], is: (one: T) => boolean): Figure {
  return all.length === 0 ? null : all.filter(is).length / all.length;
}

export function meanOf(values: readonly number[]): Figure {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Nearest rank. */
function quantilesOf(values: readonly number[]): Quantiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): Figure => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
  return { p50: at(0.5), p95: at(0.95) };
}
