/** What ends a column of a walk, in the words of a session. */
import { notPlaced, type SessionProblem } from '../../collect/session.ts';

export const tooBig: SessionProblem = { kind: 'badAnswer', reason: 'tooBig' };

/** By what the cells said of the row. */
export function problemOf(placed: number): SessionProblem {
  switch (placed) {
    case notPlaced.notIncreasing:
      // RFC 3416 section 4.2.3: successors increase; what does not increase would be walked for ever.
      return { kind: 'badAnswer', reason: 'oidNotIncreasing' };
    case notPlaced.noRoom:
      return { kind: 'overBudget', budget: 'rows' };
    default:
      return { kind: 'badAnswer', reason: 'malformed' };
  }
}
