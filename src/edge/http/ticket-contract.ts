/** Tickets as /api/v1 speaks of them. */
import type { ContactChannel, TicketEvent, TicketStatus } from '../../model/ticket.ts';

export interface TicketJson {
  readonly id: string;
  readonly kind: 'incident' | 'subscriber';
  readonly status: TicketStatus;
  readonly subscriber: string | null;
  readonly incident: string | null;
  readonly parent: string | null;
  readonly channel: ContactChannel | null;
  readonly description: string | null;
  readonly openedAt: string;
  readonly resolvedAt: string | null;
  readonly closedAt: string | null;
  readonly expectedResolutionAt: string | null;
  readonly attached: number;
  /** Of an incident's: opened for those whom the policy names, and how many the limit left out; null where it names nobody. */
  readonly byPolicy: { readonly opened: number; readonly beyond: number } | null;
  /** The policy opened it: its subscriber has not turned to us. */
  readonly isUnasked: boolean;
  /** Calls about the incident that were answered without a ticket. */
  readonly contacts: number;
  readonly loops: number;
  /** Incidents it was taken from. */
  readonly notOf: readonly string[];
  /** What staff tell whoever reads the ticket. */
  readonly note: string | null;
  /** True: what was said is null here, as this reader may not see it. */
  readonly withheld: boolean;
  readonly questions: readonly QuestionJson[];
  /** Fields that are taken over from the incident's ticket. */
  readonly follows: readonly string[];
  readonly history: readonly {
    readonly at: string;
    readonly status: TicketStatus;
    readonly reason: TicketEvent['reason'];
  }[];
}

/** `text` and `answer` are null where the subscriber was erased. */
interface QuestionJson {
  readonly id: string;
  readonly at: string;
  readonly text: string | null;
  readonly answer: string | null;
  readonly answeredAt: string | null;
}

/** The oldest question of a ticket that waits for its answer. */
export interface WaitingQuestionJson {
  readonly id: string;
  readonly ticket: string;
  readonly subscriber: string | null;
  readonly incident: string | null;
  readonly at: string;
  /** As its subscriber was promised. */
  readonly dueAt: string;
  /** Null where its subscriber was erased. */
  readonly text: string | null;
  /** True: `text` is null as this reader may not see it. */
  readonly withheld: boolean;
  /** Further questions of the ticket that wait. */
  readonly more: number;
}
