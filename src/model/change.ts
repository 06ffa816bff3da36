/** A record that an input made or changed, whatever its kind. */
import type { Alarm } from './alarm.ts';
import type { Confirmation } from './confirmation.ts';
import type { Impact, Incident } from './incident.ts';
import type { Task } from './task.ts';
import type { Ticket } from './ticket.ts';

/** A record as it is after the input: what the book stores and fronts show. Whole records, never patches. */
export type Change =
  | { readonly kind: 'alarm'; readonly alarm: Alarm }
  | { readonly kind: 'incident'; readonly incident: Incident }
  | { readonly kind: 'impact'; readonly impact: Impact }
  | { readonly kind: 'ticket'; readonly ticket: Ticket }
  | { readonly kind: 'confirmation'; readonly confirmation: Confirmation }
  | { readonly kind: 'task'; readonly task: Task };
