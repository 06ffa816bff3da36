import type { Instant } from '../base/instant.ts';
import type { Alarm } from '../model/alarm.ts';
import type { Confirmation } from '../model/confirmation.ts';
import type { Impact, Incident } from '../model/incident.ts';
import type { Task } from '../model/task.ts';
import type { Ticket } from '../model/ticket.ts';
import type { Effect } from './effect.ts';
import type { Rest } from './input.ts';

/** A record as it is after the input: what the book stores and fronts show. Whole records, never patches. */
export type Change =
  | { readonly kind: 'alarm'; readonly alarm: Alarm }
  | { readonly kind: 'incident'; readonly incident: Incident }
  | { readonly kind: 'impact'; readonly impact: Impact }
  | { readonly kind: 'ticket'; readonly ticket: Ticket }
  | { readonly kind: 'confirmation'; readonly confirmation: Confirmation }
  | { readonly kind: 'task'; readonly task: Task };

/** All that one input caused, in order. */
export interface Applied {
  readonly sequence: number;
  readonly at: Instant;
  readonly changes: readonly Change[];
  readonly effects: readonly Effect[];
  /** Work left over; each becomes a `continue` input. */
  readonly rest: readonly Rest[];
  /** Place in an ingest spool that this input came from: once durable it may be cut there. */
  readonly spool?: { readonly id: string; readonly offset: number } | undefined;
  /** A room threw: a bug; the rest of the input was not applied, alike in every replay. */
  readonly failed?: string | undefined;
}
