/** The port of a desk: a ticket system beside ours. */
import type { Ticket } from '../model/ticket.ts';

/** The operator's ticket system. Edge implements one file a product; ours is mirrored into it, keyed by our ticket id. */
export interface Desk {
  readonly name: string;
  /** Creates or updates; searches by our id first, so that a repeat makes no second ticket. */
  put(ticket: Ticket, text: { readonly title: string; readonly description: string }): Promise<DeskOutcome>;
  close(): Promise<void>;
}

export type DeskOutcome =
  | { readonly kind: 'stored'; readonly external: string }
  | { readonly kind: 'retry'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string };
