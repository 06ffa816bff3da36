/** What the live feed begins with after a start: what is open and raised, as the book has it. */
import type { Book } from '../../edge/book/book.ts';
import type { LiveFeed } from '../../edge/http/live-feed.ts';

export async function restoreLive(live: LiveFeed, book: Book): Promise<void> {
  const [incidents, alarms] = await Promise.all([
    book.incidents({ states: ['open', 'uncertain', 'mitigated', 'resolved'], limit: 1_000 }),
    book.alarms({ state: 'raised', limit: 1_000 }),
  ]);
  live.restore([...incidents.items].reverse(), [...alarms.items].reverse());
}
