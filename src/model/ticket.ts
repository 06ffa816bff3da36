/** Tickets: TMF621 trouble tickets of subscribers and incidents. */
import type { Instant } from '../base/instant.ts';
import type { IncidentId, SubscriberKey, TicketId } from './ids.ts';

/** The eight statuses of TMF621 v4 (TroubleTicketStatusType), spelled as in the standard; TMF656 v4 has the same. */
export const ticketStatuses = [
  'acknowledged',
  'rejected',
  'pending',
  'held',
  'inProgress',
  'cancelled',
  'closed',
  'resolved',
] as const;

export type TicketStatus = (typeof ticketStatuses)[number];

/** Nothing more is expected of them. */
export const endedStatuses: readonly TicketStatus[] = ['closed', 'cancelled', 'rejected'];

/** A `resolved` one is not over: its subscriber has not said that it works. */
export const isOver = ({ status }: Pick<Ticket, 'status'>): boolean => endedStatuses.includes(status);

/** Where somebody turned to us or answered; a gateway that hands in answers may name its own, e.g. `telegram`. */
export type ContactChannel =
  | 'phone'
  | 'chat'
  | 'mail'
  | 'web'
  | 'sms'
  | 'bot'
  | 'ivr'
  | 'page'
  | (string & Record<never, never>);

/** TMF621 trouble ticket. An incident has one `incident` ticket; subscribers' own tickets are its children. */
export interface Ticket {
  readonly id: TicketId;
  readonly kind: 'incident' | 'subscriber';
  readonly status: TicketStatus;
  readonly subscriber?: SubscriberKey | undefined;
  readonly incident?: IncidentId | undefined;
  readonly parent?: TicketId | undefined;
  /** Opened by a "no" that came long after the end of this one. */
  readonly follows?: { readonly incident: IncidentId; readonly ticket?: TicketId | undefined } | undefined;
  readonly channel?: ContactChannel | undefined;
  /** Row of the book that holds what the subscriber wrote (design L18). */
  readonly contact?: string | undefined;
  readonly openedAt: Instant;
  readonly resolvedAt?: Instant | undefined;
  readonly closedAt?: Instant | undefined;
  readonly expectedResolutionAt?: Instant | undefined;
  /** Number of subscriber tickets attached; on an incident ticket only. */
  readonly attached: number;
  /** Opened for those whom the policy names, and how many of them the limit left out; on an incident ticket only. */
  readonly byPolicy?: { readonly opened: number; readonly beyond: number } | undefined;
  /** The policy opened it: its subscriber has not turned to us. */
  readonly isUnasked?: true | undefined;
  /** Calls about the incident that were answered without a ticket; on an incident ticket only. */
  readonly contacts?: number | undefined;
  /** How often a "not fixed" brought it back to work. */
  readonly loops: number;
  /** Incidents it was taken from, by a person or its subscriber: it is not attached to them again by itself. */
  readonly notOf?: readonly IncidentId[] | undefined;
  /** Row of the book with what staff tell whoever may read the ticket; that of an incident goes down to its children. */
  readonly note?: string | undefined;
  /** Asked by its subscriber, the latest last. */
  readonly questions?: readonly TicketQuestion[] | undefined;
  readonly history: readonly TicketEvent[];
}

/** The texts stand in the book, here are the ids of the rows (design L18). */
interface TicketQuestion {
  readonly contact: string;
  readonly at: Instant;
  readonly answer?: string | undefined;
  readonly answeredAt?: Instant | undefined;
}

export interface TicketEvent {
  readonly at: Instant;
  readonly status: TicketStatus;
  readonly reason:
    | 'opened'
    /** The policy names its subscriber, who has not turned to us. */
    | 'policy'
    | 'attached'
    | 'restored'
    | 'confirmed'
    | 'notConfirmed'
    | 'notFixed'
    | 'contactMe'
    | 'command'
    | 'desk'
    | 'merged'
    /** An operator took it from the incident again. */
    | 'detached'
    /** It is another fault, says its subscriber or an operator. */
    | 'notThisOutage'
    /** The incident was found to be none. */
    | 'falseAlarm'
    | 'question'
    | 'reply'
    | 'note';
}

export interface TicketChange {
  readonly kind: 'opened' | 'changed';
  readonly ticket: Ticket;
}
