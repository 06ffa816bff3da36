/** When there is enough evidence to say what it is: early where nothing else comes near, else when all is quiet. */
import type { Instant } from '../base/instant.ts';
import type { RatedCause } from './explain.ts';
import type { Evidence } from './tally.ts';
import type { CorrelationTiming } from './timing.ts';

/** Fewer may be the beginning of anything. */
export const earlyLeaves = 8;
/** In thousandths of a nat. */
export const earlyMargin = 15_000;

interface Explained {
  readonly gain: number;
  readonly evidence: readonly Evidence[];
}

/** No other cause explains it nearly as well, but for those that nothing tells apart from it. */
export const isFarAhead = (winner: Explained, rivals: readonly RatedCause[]): boolean =>
  rivals.every(({ gain, alike }) => alike === true || winner.gain - gain > earlyMargin);

/** Light is lost in one moment, mains may go house by house. */
export const isUnlit = ({ evidence }: Explained): boolean =>
  evidence.length > 1 && evidence.every(({ symptom }) => symptom === 'los' || symptom === 'port');

/** Before this no explanation of it, whatever it is, can be ripe, nor is anything asked that would tell its causes apart. */
export function earliestWord(evidence: readonly Evidence[], timing: CorrelationTiming): Instant {
  let oldest = Number.POSITIVE_INFINITY;
  for (const { firstAt, heldBy } of evidence) if (heldBy === undefined && firstAt < oldest) oldest = firstAt;
  // Nothing of it waits: there is nothing to wait for.
  if (oldest === Number.POSITIVE_INFINITY) return 0 as Instant;
  const ripe = (oldest + Math.min(timing.quietMs, timing.maxWaitMs)) as Instant;
  // Of one word nothing is asked: there is no other cause to tell it from.
  if (evidence.length === 1) return ripe;
  const asked = askAt(ripe, timing);
  const early = evidence.length >= earlyLeaves ? oldest + timing.earlyAfterMs : ripe;
  return Math.min(asked, ripe, early) as Instant;
}

/** When what is ripe then is asked for: in steps, so that many causes in doubt are looked at together. */
export function askAt(
  readyAt: number,
  timing: Pick<CorrelationTiming, 'quietMs' | 'askAfterMs' | 'lookEveryMs'>,
): number {
  const settledAt = readyAt - timing.quietMs + timing.askAfterMs;
  return Math.ceil(settledAt / timing.lookEveryMs) * timing.lookEveryMs;
}
