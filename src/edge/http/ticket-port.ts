/** Questions to the book about tickets. */
import type { Instant } from '../../base/instant.ts';
import type { SubscriberKey } from '../../model/ids.ts';
import type { Ticket, TicketStatus } from '../../model/ticket.ts';
import type { NewTicketWords, TicketWords } from '../../model/ticket-words.ts';
import type { Listed, PageRequest } from './ports.ts';

export interface TicketFilter {
  readonly incident?: string | undefined;
  readonly subscriber?: SubscriberKey | undefined;
  readonly statuses?: readonly TicketStatus[] | undefined;
  /** Expected before that instant; `never`: nobody has said when. */
  readonly due?: Instant | 'never' | undefined;
  /** The beginning of a ticket's id or of its subscriber's. */
  readonly find?: string | undefined;
  /** Soonest expected first in place of newest first. */
  readonly isByDue?: boolean | undefined;
}

export interface TicketQueries {
  tickets(filter: TicketFilter, page: PageRequest): Promise<Listed<TicketView>>;
  ticket(id: string): Promise<TicketView | undefined>;
  /** Tickets with a question that nobody has answered, the oldest question first. */
  waitingQuestions(page: PageRequest): Promise<Listed<WaitingQuestion>>;
  /** The latest words on a ticket, here and in the ticket system, oldest first. */
  ticketWords(ticket: string): Promise<readonly TicketWords[]>;
  /** Queues a text for the ticket system; answers onto how many tickets. */
  addTicketWords(words: NewTicketWords): Promise<number>;
}

export interface TicketView {
  readonly ticket: Ticket;
  /** The operator's own id of its subscriber. */
  readonly subscriber?: string | undefined;
  /** What the subscriber wrote. */
  readonly description?: string | undefined;
  readonly note?: string | undefined;
  /** Of questions and answers, by the ids of the rows; of one ticket only, not in lists. */
  readonly texts?: ReadonlyMap<string, string> | undefined;
}

/** The oldest of a ticket that waits. */
export interface WaitingQuestion {
  readonly ticket: Ticket;
  readonly subscriber?: string | undefined;
  readonly question: string;
  readonly at: Instant;
  /** As its subscriber was promised. */
  readonly dueAt: Instant;
  /** Undefined where its subscriber was erased. */
  readonly text?: string | undefined;
  /** Further ones of the ticket that wait. */
  readonly more: number;
}
