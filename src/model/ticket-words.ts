/** What is said on a ticket between us and the operator's ticket system. */
import type { Instant } from '../base/instant.ts';

/** A subscriber reads it as a reply, staff as a comment. */
export type TicketAudience = 'subscriber' | 'staff';

export interface TicketWords {
  readonly at: Instant;
  /** Name of a user of ours; `staff` or `subscriber` there. */
  readonly author: string;
  readonly audience: TicketAudience;
  /** `heard`: it came from the ticket system. */
  readonly state: 'queued' | 'stored' | 'refused' | 'heard';
  readonly reason?: string | undefined;
  /** Undefined where the subscriber was erased. */
  readonly text?: string | undefined;
}

export interface NewTicketWords {
  readonly ticket: string;
  readonly author: string;
  readonly audience: TicketAudience;
  readonly text: string;
  /** Onto each open ticket below it instead. */
  readonly below: boolean;
}
