/** Notices when the wall clock steps away from the line's clock: told to the line, it fires nothing (design L10). */
import { seconds } from '../../base/instant.ts';
import type { Wake, World } from '../../base/world.ts';

const lookEvery = seconds(5);
const leastStepMs = 60_000;

/** `lead`: wall clock minus the line's clock in ms. It changes by itself only as slowly as the line's clock is slewed. */
export function watchClock(options: {
  readonly world: World;
  readonly lead: () => number;
  readonly onStep: (byMs: number) => void;
}): Wake {
  const { world, lead, onStep } = options;
  let before = lead();
  return world.every(lookEvery, () => {
    const now = lead();
    const byMs = Math.round(now - before);
    before = now;
    if (Math.abs(byMs) <= leastStepMs) return;
    world.log.warn('the wall clock stepped', { byMs });
    onStep(byMs);
  });
}
