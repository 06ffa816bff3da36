/** Counts transitions of one alarm with exponential decay, so that flapping is judged by time and not by polls. */
import { type DurationMs, type Instant, instant } from '../base/instant.ts';

/**
 * A count that loses half of itself each half-life. Between two halvings it falls in a straight line: only sums and
 * products are used, because powers of fractions may differ in the last bit between engines and a replay must not.
 */
export function decayed(count: number, from: Instant, to: Instant, halfLife: DurationMs): number {
  const halves = Math.max(0, to - from) / halfLife;
  if (halves >= 32) return 0;
  let left = count;
  const whole = Math.floor(halves);
  for (let i = 0; i < whole; i++) left /= 2;
  return left * (1 - (halves - whole) / 2);
}

/** When a count of `count` at `from` will have fallen to `level`. */
export function fallsTo(level: number, count: number, from: Instant, halfLife: DurationMs): Instant {
  let left = count;
  let halves = 0;
  while (left / 2 >= level && halves < 32) {
    left /= 2;
    halves++;
  }
  if (left > level) halves += 2 * (1 - level / left);
  // One millisecond more: the rounded fraction may stand a hair above the level.
  return instant(from + Math.ceil(halves * halfLife) + 1);
}
