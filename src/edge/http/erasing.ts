/** A person is erased for good: what is in flight for them ends in the line first, so that nobody is left with work about nobody. */
import { isOver } from '../../model/ticket.ts';
import type { FrontPorts, SubscriberView, User } from './ports.ts';
import { type Call, ok, type Reply, type Route, refusal, unknownId } from './route.ts';
import type { ErasedView } from './subscriber-port.ts';

const mostTickets = 1_000;

export const erasingRoutes: readonly Route[] = [
  {
    method: 'DELETE',
    path: '/subscribers/:id',
    summary:
      'Erases a person for good, for administrators: name, numbers, words and links go, what waits for them is withdrawn, ' +
      'their tickets are cancelled. Id, counts and the record of deeds stay, and no list brings them back',
    answers: 'what went, in numbers',
    handle: erase,
  },
];

async function erase({ ports, user, id }: Call): Promise<Reply> {
  if (user.role !== 'administrator') return refusal(403, 'Only an administrator may erase a person.');
  const subscriber = await ports.query.subscriber(id);
  if (subscriber === undefined) return unknownId('subscriber', id);
  const erased = await eraseSubscriber(ports, subscriber, user);
  return erased === undefined ? unknownId('subscriber', id) : ok({ id, ...erased });
}

/** Cut off anywhere it is done by doing it again: the book comes last. undefined: somebody was faster. */
export async function eraseSubscriber(
  { submit, query }: Pick<FrontPorts, 'submit' | 'query'>,
  { key }: SubscriberView,
  { name: by }: User,
): Promise<ErasedView | undefined> {
  for (const { id: confirmation } of await query.questionsTo([key]))
    await submit({ kind: 'subscriberReply', confirmation, channel: 'web', reply: { kind: 'stop' } });
  const { items } = await query.tickets({ subscriber: key }, { limit: mostTickets });
  for (const { ticket } of items) {
    if (isOver(ticket)) continue;
    const command = { kind: 'setTicketStatus', ticket: ticket.id, status: 'cancelled' } as const;
    await submit({ kind: 'command', by, command });
  }
  return query.eraseSubscriber(key, by);
}
