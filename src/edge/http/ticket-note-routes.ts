/** Calls about what is said on tickets: texts for the ticket system, and what was written there. */
import type { TicketAudience, TicketWords } from '../../model/ticket-words.ts';
import { mayReadWords } from './access.ts';
import type { TicketNoteJson } from './contract.ts';
import type { User } from './ports.ts';
import { type Call, created, object, ok, oneOf, type Reply, type Route, text, unknownId } from './route.ts';
import { iso } from './views.ts';

const maxTextLength = 4_000;

export const ticketNoteRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/tickets/:id/notes',
    summary: 'What was said on a ticket, here and in the ticket system, oldest first',
    answers: 'a list of notes',
    async handle({ ports, id, user }) {
      if ((await ports.query.ticket(id)) === undefined) return unknownId('ticket', id);
      const items = (await ports.query.ticketWords(id)).map((words) => noteJson(words, user));
      return ok({ items, total: items.length, next: null });
    },
  },
  {
    method: 'POST',
    path: '/tickets/:id/notes',
    summary: 'Puts a text onto a ticket in the ticket system, or onto each open ticket below it',
    body: object(
      { text: text(maxTextLength), audience: oneOf(['subscriber', 'staff']), below: { type: 'boolean' } },
      ['text', 'audience'],
    ),
    answers: 'onto how many tickets it goes',
    handle: addNote,
  },
];

async function addNote({ ports, user, id, body }: Call): Promise<Reply> {
  if ((await ports.query.ticket(id)) === undefined) return unknownId('ticket', id);
  const asked = body as {
    readonly text: string;
    readonly audience: TicketAudience;
    readonly below?: boolean;
  };
  const { audience, below = false } = asked;
  const words = { ticket: id, author: user.name, audience, text: asked.text, below };
  const tickets = await ports.query.addTicketWords(words);
  await ports.record({
    by: user.name,
    action: 'noteTicket',
    target: id,
    detail: { audience, below, tickets },
  });
  return created({ tickets });
}

const noteJson = (
  { at, author, audience, state, reason, text: said }: TicketWords,
  reader: User,
): TicketNoteJson => ({
  ...{ at: iso(at), author, audience, state, reason: reason ?? null },
  text: mayReadWords(reader) ? (said ?? null) : null,
});
