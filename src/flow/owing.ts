/** From what subscribers are owed to the effects that say so, and the notices that name it. */
import type { CompensateOutcome } from '../compensate/compensate.ts';
import type { NoticePlan } from '../notify/notify.ts';
import type { Pass } from './pass.ts';
import type { Rooms } from './rooms.ts';

/** Answers the plans of the apologies. */
export function owe({ owed, apologies, rest }: CompensateOutcome, rooms: Rooms, pass: Pass): NoticePlan[] {
  for (const one of owed) pass.effect({ kind: 'owe', owed: one });
  pass.left('compensate', rest);
  return apologies.map((apology) => rooms.notices.apologize(apology, pass.context));
}
