/** Long work in slices: a generator that yields after each of them, drained at once or with turns of the event loop between. */
import { milliseconds } from './instant.ts';
import type { World } from './world.ts';

/** Does it with each item; yields after so many of them. */
export function* inSlices<T>(
  items: Iterable<T>,
  count: number,
  take: (item: T) => void,
): Generator<void, void> {
  let taken = 0;
  for (const item of items) {
    take(item);
    if (++taken % count === 0) yield;
  }
}

/** All slices at once. */
export function drained<T>(work: Generator<void, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** One slice a turn of the event loop, so that nothing waits longer for this work than for one of its slices. */
export async function paused<T>(world: Pick<World, 'after'>, work: Generator<void, T>): Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    await turnOf(world);
  }
}

/** The next turn of the event loop. */
export const turnOf = (world: Pick<World, 'after'>): Promise<void> =>
  new Promise((resolve) => {
    world.after(milliseconds(0), resolve);
  });
