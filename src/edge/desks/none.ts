/** No ticket system: tickets live in allclear alone. */
import type { Desk } from '../../ticket/desk.ts';

export const noDesk = (name: string): Desk => ({
  name,
  put: async (tickets) => tickets.map(({ ticket }) => ({ kind: 'stored', external: ticket.id })),
  say: async (notes) => notes.map(({ external }) => ({ kind: 'stored', external })),
  close: async () => {},
});
