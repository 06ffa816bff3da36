/** The real world: clock, chance, timers and log. The only file that asks the machine for them. */
import { randomBytes } from 'node:crypto';
import { clearInterval, clearTimeout, setInterval, setTimeout } from 'node:timers';
import { type DurationMs, instant } from '../base/instant.ts';
import type { Log, Wake, World } from '../base/world.ts';

/** The process this code runs in, for the few places in app that may know it. */
export const machine = process;

/** How far the wall clock may pull the line's clock per elapsed millisecond (design L10). */
const slewShare = 0.05;

/**
 * `now` is the wall time at start plus monotonic elapsed, drawn towards the wall clock by at most 5 %; a wall clock that
 * steps is followed slowly, so that no timer of the line fires in a crowd.
 */
export function realWorld(log: Log): World {
  let lastMonotonic = performance.now();
  let current = Date.now();
  const now = () => {
    const monotonic = performance.now();
    const elapsed = monotonic - lastMonotonic;
    lastMonotonic = monotonic;
    const drift = Date.now() - (current + elapsed);
    const slew = Math.sign(drift) * Math.min(Math.abs(drift), elapsed * slewShare);
    current += elapsed + slew;
    return instant(Math.floor(current));
  };
  return {
    now,
    monotonicMs: () => performance.now(),
    after: (length, run) => timeout(length, run),
    every: (length, run) => {
      const handle = setInterval(run, length);
      return { cancel: () => clearInterval(handle) };
    },
    randomBytes: (count) => randomBytes(count),
    log,
  };
}

/** Wall clock minus the line's clock, in milliseconds: a step over 60 s becomes the input `clockStepped`. */
export function wallClockLead(world: World): number {
  return Date.now() - world.now();
}

function timeout(length: DurationMs, run: () => void): Wake {
  // A timer of zero is a turn of the event loop: setImmediate runs after input and output, without the 1 ms floor.
  if (length <= 0) {
    const handle = setImmediate(run);
    return { cancel: () => clearImmediate(handle) };
  }
  const handle = setTimeout(run, Math.min(length, 2 ** 31 - 1));
  return { cancel: () => clearTimeout(handle) };
}
