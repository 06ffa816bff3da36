/** Questions and reminders as few `tell`s: numbers become ranges, small gaps become exceptions. */
import type { Tell } from '../model/notice.ts';

/** A gap of at most this many numbers is bridged by `except`. */
const bridgedGap = 8;
/** Bound of `Tell.except`. */
const exceptLimit = 5_000;
const loopsARound = 4;
const remindersALoop = 16;

/** Words of the subscriber brought it, not time: one a question. */
export const clarifying = 14;
export const farewell = 15;

/** Unique among the questions of one incident and subscriber: repair, fix attempt, reminder (0: the question itself). */
export const questionRevision = (round: number, loop: number, reminder: number): number =>
  (round * loopsARound + Math.min(loop, loopsARound - 1)) * remindersALoop +
  Math.min(reminder, remindersALoop - 1);

/** `numbers` in any order, without repeats. */
export function tellsTo(
  numbers: readonly number[],
  frame: Pick<
    Tell,
    'incident' | 'revision' | 'type' | 'topologyVersion' | 'held' | 'notAfter' | 'order' | 'facts'
  >,
): Tell[] {
  const tells: { from: number; to: number; except: number[] }[] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = tells.at(-1);
    if (
      last !== undefined &&
      number - last.to <= bridgedGap &&
      last.except.length + bridgedGap <= exceptLimit
    ) {
      for (let gap = last.to; gap < number; gap++) last.except.push(gap);
      last.to = number + 1;
    } else tells.push({ from: number, to: number + 1, except: [] });
  }
  return tells.map((tell) => ({ ...frame, ...tell, suppressed: {} }));
}
