/** The port of a desk: a ticket system beside ours. */
import type { Ticket, TicketStatus } from '../model/ticket.ts';

/**
 * The operator's ticket system. Ours is mirrored into it; the key of a ticket there is our ticket's id. Edge implements one file a
 * product, one compliance suite judges all. Outcomes come in the order of what was given. Nothing throws.
 */
export interface Desk {
  readonly name: string;
  /** Creates or updates. Looks for the key before it creates, so that a repeat makes no second ticket. */
  put(tickets: readonly DeskTicket[]): Promise<readonly DeskOutcome[]>;
  /** Texts onto tickets that are there; a repeated one is looked for first. */
  say(notes: readonly DeskNote[]): Promise<readonly DeskOutcome[]>;
  /** What others did there since `cursor`, oldest first; absent where only the desk could tell us. */
  readonly news?: ((cursor: string | undefined) => Promise<DeskNews>) | undefined;
  /** What the desk posted to us, judged by its signature at that time; undefined when it is not by the desk. */
  readonly read?: ((post: DeskPost) => readonly DeskItem[] | undefined) | undefined;
  close(): Promise<void>;
}

interface DeskPost {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface DeskTicket {
  readonly ticket: Ticket;
  readonly title: string;
  readonly description: string;
  /** What the desk called it the last time. */
  readonly external?: string | undefined;
  /** What the desk calls the incident's ticket, for a subscriber's. */
  readonly parent?: string | undefined;
  /** Below which one it was put there the last time. */
  readonly linked?: string | undefined;
  /** Whose ticket it is: the operator's id, and the address where contacts may leave for the desk. */
  readonly subscriber?: { readonly id: string; readonly email?: string | undefined } | undefined;
}

export interface DeskNote {
  /** Stable: the same text onto the same ticket. */
  readonly key: string;
  readonly external: string;
  /** Who reads it: the subscriber gets it as a reply, staff as a comment. */
  readonly audience: 'subscriber' | 'staff';
  readonly text: string;
  /** It may be there already. */
  readonly isRepeat: boolean;
}

/** `retry`: the desk may be asked again, not before `afterMs`. `refused`: it waits for a person or the next state. */
export type DeskOutcome = { readonly kind: 'stored'; readonly external: string } | DeskFailure;

export type DeskFailure =
  | { readonly kind: 'retry'; readonly reason: string; readonly afterMs?: number | undefined }
  | { readonly kind: 'refused'; readonly reason: string };

export type DeskNews =
  | {
      readonly kind: 'news';
      readonly items: readonly DeskItem[];
      /** For the next call, once the items are kept. */
      readonly cursor: string;
      readonly isMore: boolean;
    }
  | DeskFailure;

export type DeskItem =
  | {
      readonly kind: 'status';
      readonly external: string;
      /** Our ticket, where the desk has our key on it: its own id may be newer than what we know. */
      readonly key?: string | undefined;
      /** All of ours that the status there may mean, the likeliest first; none: it means nothing to us. */
      readonly statuses: readonly TicketStatus[];
    }
  | {
      readonly kind: 'said';
      readonly external: string;
      readonly key?: string | undefined;
      /** The desk's own id of it: the same text comes once. */
      readonly id: string;
      readonly by: 'subscriber' | 'staff';
      readonly text: string;
    };
