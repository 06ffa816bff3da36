/** What a subscriber says to a question: which one it was, whether it counts, and what was said before. */
import type { Confirmation } from '../model/confirmation.ts';
import { askedOnce, type ConfirmationId, type IncidentId } from '../model/ids.ts';
import type { Asker, Out } from './asker.ts';
import { addAnswer, confirmationOf, detailOf, type Inquiry } from './inquiry.ts';
import { isWaiting } from './machine.ts';

/** One confirmation. */
export interface Asked {
  readonly of: Inquiry;
  readonly row: number;
}

export function askedOf(inquiries: ReadonlyMap<IncidentId, Inquiry>, id: ConfirmationId): Asked | undefined {
  const named = askedOnce(id);
  const of = named === undefined ? undefined : inquiries.get(named.incident);
  const row = named === undefined ? -1 : (of?.sheet.rowOf(named.subscriber) ?? -1);
  return of === undefined || row < 0 ? undefined : { of, row };
}

/** The fault is there again, or another: what was asked before is not answered any more. */
export const isBack = ({ of, row }: Asked): boolean =>
  of.sheet.stateOf(row) === 'SUPERSEDED' || (of.phase === 'reopened' && isWaiting(of.sheet.stateOf(row)));

/** True when something changed. */
export function hear(asker: Asker, asked: Asked, said: Confirmation['answers'][number], out: Out): boolean {
  const { of, row } = asked;
  if (isBack(asked)) return false;
  const last = of.details.get(row)?.answers.at(-1);
  const event = { kind: 'answered', answer: said.answer } as const;
  const moves = asker.moves(of, row, event, said.at);
  // Whoever works on it heard it the first time; a ticket was opened by the first.
  if (last?.answer === said.answer && moves !== 'on') return false;
  if (moves === 'nowhere' && asker.isLate(of, row, said.at)) return false;
  // Weighed before it stands among the answers: the last of those is the one that this may take back.
  if (moves !== 'nowhere') return asker.apply(of, row, event, said.at, out, said);
  addAnswer(detailOf(of, row), said);
  out.changes.push({ kind: 'changed', confirmation: confirmationOf(of, row) });
  return true;
}
