/** What a subscriber answered is handed to the rooms that take it: the question, the evidence, a ticket where it comes late. */
import { neverHappens } from '../base/fault.ts';
import type { Input } from './input.ts';
import type { Onward } from './obeying.ts';
import type { Pass } from './pass.ts';
import type { Rooms } from './rooms.ts';

type Reply = Extract<Input, { kind: 'subscriberReply' }>;

export function takeReply(input: Reply, rooms: Rooms, onward: Onward, pass: Pass): void {
  const { confirmation, reply, channel } = input;
  const { confirmations } = rooms;
  switch (reply.kind) {
    case 'answer': {
      const { answer, sureness, contact } = reply;
      const outcome = confirmations.answer(confirmation, answer, { ...pass.context, channel, sureness });
      onward.confirmed(outcome, pass);
      for (const { incident: follows, subscriber } of outcome.late) {
        const said = { subscriber, channel, contact, follows };
        pass.tickets(rooms.tickets.contact(said, onward.incidentOf, pass.context));
        onward.observed(rooms.words.called(subscriber), pass);
      }
      return onward.observed(rooms.words.answered(confirmation, answer, pass.at), pass);
    }
    case 'unclear':
      return onward.confirmed(confirmations.unclear(confirmation, pass.context), pass);
    case 'rating':
      return onward.confirmed(confirmations.rate(confirmation, reply, pass.context), pass);
    case 'stop':
      return onward.confirmed(confirmations.stop(confirmation, pass.context), pass);
    default:
      return neverHappens(reply);
  }
}
