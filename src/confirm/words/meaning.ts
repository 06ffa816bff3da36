/** Which of the questions to one number a message answers. */
import type { Confirmation, ConfirmationState } from '../../model/confirmation.ts';
import type { Reading } from './reader.ts';

const open: readonly ConfirmationState[] = ['ASKED', 'REMINDED', 'CLARIFY'];
const askedAt = ({ askedAt: at }: Confirmation): number => at ?? 0;

/** Those that wait for an answer, in the order of asking: their numbers are 1, 2, .. */
export const openInOrder = (questions: readonly Confirmation[]): Confirmation[] =>
  questions
    .filter(({ state, askedAt: at }) => open.includes(state) && at !== undefined)
    .sort((a, b) => askedAt(a) - askedAt(b) || (a.id < b.id ? -1 : 1));

/** `waiting` as `openInOrder` gives them. A stop ends all of them; what is unclear is asked about once. */
export function meantBy(
  reading: Reading,
  { waiting, all }: { readonly waiting: readonly Confirmation[]; readonly all: readonly Confirmation[] },
): readonly Confirmation[] {
  if (waiting.length === 0) {
    // A late word goes to what was asked last.
    const asked = all.filter(({ askedAt: at }) => at !== undefined);
    return asked.sort((a, b) => askedAt(b) - askedAt(a)).slice(0, 1);
  }
  if (reading.kind === 'stop') return waiting;
  if (reading.kind === 'answer' && reading.question !== undefined)
    return waiting.slice(reading.question - 1, reading.question);
  return waiting.slice(-1);
}
