/** Which of the questions to one number a message answers. */
import type { Confirmation, ConfirmationState } from '../../model/confirmation.ts';
import type { ConfirmationId } from '../../model/ids.ts';
import type { Reading } from './reader.ts';

const open: readonly ConfirmationState[] = ['ASKED', 'REMINDED', 'CLARIFY'];
const askedAt = ({ askedAt: at }: Confirmation): number => at ?? 0;

/** Those that wait for an answer, in the order of asking. */
export const openInOrder = (questions: readonly Confirmation[]): Confirmation[] =>
  questions
    .filter(({ state, askedAt: at }) => open.includes(state) && at !== undefined)
    .sort((a, b) => askedAt(a) - askedAt(b) || (a.id < b.id ? -1 : 1));

/**
 * What each of `waiting` calls itself: n where its text said n1, n2, n3, and 0 where it said 1, 2, 3. Where several said no
 * number they stand for their place in the order of asking.
 */
export function namesOf(
  waiting: readonly Confirmation[],
  asked: ReadonlyMap<ConfirmationId, number>,
): number[] {
  const bare = waiting.filter(({ id }) => !asked.has(id)).length;
  const taken = new Set(asked.values());
  let next = 1;
  return waiting.map(({ id }) => {
    const known = asked.get(id);
    if (known !== undefined || bare < 2) return known ?? 0;
    while (taken.has(next)) next++;
    return next++;
  });
}

export interface Questions {
  /** As `openInOrder` gives them, and what `namesOf` says of them. */
  readonly waiting: readonly Confirmation[];
  readonly names: readonly number[];
  readonly all: readonly Confirmation[];
}

/** A stop ends all of them; what is unclear is asked about once. */
export function meantBy(reading: Reading, { waiting, names, all }: Questions): readonly Confirmation[] {
  if (waiting.length === 0) {
    // A late word goes to what was asked last.
    const asked = all.filter(({ askedAt: at }) => at !== undefined);
    return asked.sort((a, b) => askedAt(b) - askedAt(a)).slice(0, 1);
  }
  if (reading.kind === 'stop') return waiting;
  if (reading.kind === 'answer' && reading.question !== undefined)
    return waiting.filter((_, place) => names[place] === reading.question).slice(0, 1);
  return waiting.slice(-1);
}
