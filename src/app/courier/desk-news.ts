/** Takes what happened in the operator's ticket system: statuses as inputs of the line, words into the book. */
import { neverHappens } from '../../base/fault.ts';
import type { World } from '../../base/world.ts';
import type { Book } from '../../edge/book/book.ts';
import type { Input } from '../../flow/input.ts';
import type { SubscriberKey } from '../../model/ids.ts';
import type { Desk, DeskItem, DeskNews } from '../../ticket/desk.ts';

const askEveryMs = 15_000;

interface DeskNewsOptions {
  readonly book: Book;
  readonly desk: Desk;
  readonly world: World;
  readonly submit: (input: Input) => Promise<unknown> | undefined;
  readonly onSaid: (subscriber: SubscriberKey, text: string) => Promise<string | undefined>;
}

/**
 * What goes which way (field by field, so that nobody's words land in a shared record): from here to the desk status, promise,
 * title and texts meant for it; from there to here a status somebody set, the subscriber's words on his own ticket, and the words
 * of staff, which are shown beside the ticket and decide nothing.
 */
export class DeskNewsTaker {
  readonly #options: DeskNewsOptions;
  #nextAtMs = 0;
  readonly #counts = {
    statusesTaken: 0,
    statusesUnknown: 0,
    overtaken: 0,
    heard: 0,
    strangers: 0,
    newsFailed: 0,
  };

  constructor(options: DeskNewsOptions) {
    this.#options = options;
  }

  counters(): Readonly<Record<string, number>> {
    return this.#counts;
  }

  hurry(): void {
    this.#nextAtMs = 0;
  }

  /** One page when it is time; the cursor moves once all of it is kept, so that a page that was cut short comes again. */
  async take(): Promise<DeskNews | { readonly kind: 'notYet' }> {
    const { book, desk, world } = this.#options;
    if (desk.news === undefined || world.monotonicMs() < this.#nextAtMs) return { kind: 'notYet' };
    this.#nextAtMs = world.monotonicMs() + askEveryMs;
    const cursor = await book.deskCursor(desk.name);
    const news = await desk.news(cursor);
    if (news.kind !== 'news') {
      this.#counts.newsFailed++;
      return news;
    }
    await this.takeItems(news.items);
    const isOnward = news.cursor !== cursor;
    if (isOnward) await book.keepDeskCursor(desk.name, news.cursor);
    // A desk that says there is more, and has nothing further, is not asked without a pause.
    const isMore = news.isMore && isOnward;
    if (isMore) this.#nextAtMs = 0;
    return { ...news, isMore };
  }

  /** False when one of them is of no ticket that we know. */
  async takeItems(items: readonly DeskItem[]): Promise<boolean> {
    let areKnown = true;
    for (const item of items) {
      switch (item.kind) {
        case 'status':
          areKnown = (await this.#status(item)) && areKnown;
          break;
        case 'said':
          areKnown = (await this.#said(item)) && areKnown;
          break;
        default:
          neverHappens(item);
      }
    }
    return areKnown;
  }

  /** While a state of ours waits to be brought there, what stands there is older. */
  async #status({ external, key, statuses }: DeskItem & { readonly kind: 'status' }): Promise<boolean> {
    const { book, submit } = this.#options;
    const known = await book.ticketInDesk({ external, key });
    const [status] = statuses;
    if (known === undefined) {
      this.#counts.strangers++;
      return false;
    }
    if (status === undefined) this.#counts.statusesUnknown++;
    else if (statuses.includes(known.ticket.status)) return true;
    else if (known.isWaiting) this.#counts.overtaken++;
    else {
      await submit({ kind: 'deskUpdate', ticket: known.ticket.id, status });
      this.#counts.statusesTaken++;
    }
    return true;
  }

  async #said(item: DeskItem & { readonly kind: 'said' }): Promise<boolean> {
    const { external, id, by, text } = item;
    const { book, desk, world, onSaid } = this.#options;
    const key = `${desk.name}/${id}`;
    if (await book.isHeard(key)) return true;
    const known = await book.ticketInDesk({ external, key: item.key });
    if (known === undefined) {
      this.#counts.strangers++;
      return false;
    }
    const { id: ticket, subscriber } = known.ticket;
    const contact =
      by === 'subscriber' && subscriber !== undefined ? await onSaid(subscriber, text) : undefined;
    const said = contact === undefined ? { text } : { contact };
    await book.keepHeardWords({ key, ticket, at: world.now(), by, ...said });
    this.#counts.heard++;
    return true;
  }
}
