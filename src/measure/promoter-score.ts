/** Net promoter score with its 95 % interval, from marks 0..10. */

export interface PromoterScore {
  /** Points, -100..100. */
  readonly score: number;
  readonly low: number;
  readonly high: number;
  readonly ratings: number;
}

const fewRatings = 100;

/** `marks[n]` says how often n was given, n = 0..10. Undefined without a mark. */
export function promoterScore(marks: readonly number[]): PromoterScore | undefined {
  const sum = (from: number, to: number): number => marks.slice(from, to + 1).reduce((a, b) => a + b, 0);
  const n = sum(0, 10);
  if (n === 0) return undefined;
  const promoters = sum(9, 10);
  const detractors = sum(0, 6);
  const score = (promoters - detractors) / n;
  // Few marks or shares near 0 or 1: adjusted Wald, 3/4 more promoters and detractors and 3/2 more passives.
  const shares = [promoters / n, detractors / n];
  const adjust = n < fewRatings || shares.some((share) => share < 0.05 || share > 0.95) ? 0.75 : 0;
  const all = n + 4 * adjust;
  const p = (promoters + adjust) / all;
  const d = (detractors + adjust) / all;
  const margin = 1.96 * Math.sqrt((p + d - (p - d) ** 2) / all);
  const points = (share: number): number => Math.round(Math.max(-1, Math.min(1, share)) * 1_000) / 10;
  return { score: points(score), low: points(p - d - margin), high: points(p - d + margin), ratings: n };
}
