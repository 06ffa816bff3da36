/** Confirmations: one subscriber's way from "is it fixed?" to rest. */
import type { Instant } from '../base/instant.ts';
import type { ConfirmationId, IncidentId, SubscriberKey, TaskId, TicketId } from './ids.ts';
import type { ContactChannel } from './ticket.ts';

/** How far the question has come; machine.ts of the room `confirm` says what follows what. */
export type ConfirmationState =
  | 'PENDING_PROBE'
  | 'HELD'
  | 'ASKED'
  | 'REMINDED'
  | 'CLARIFY'
  | 'CONFIRMED'
  | 'STILL_OUT'
  | 'CALLBACK_QUEUED'
  | 'CALLBACK_ACTIVE'
  | 'UNREACHABLE'
  | 'EXPIRED_OK'
  | 'EXPIRED_UNKNOWN'
  | 'SUPERSEDED'
  | 'ESCALATED'
  | 'CLOSED';

export type Answer = 'fixed' | 'notFixed' | 'contactMe';

/** "Is it fixed?" for one subscriber and one incident. */
export interface Confirmation {
  readonly id: ConfirmationId;
  readonly incident: IncidentId;
  readonly subscriber: SubscriberKey;
  readonly state: ConfirmationState;
  /** Fix attempts so far that did not help; 0 at first. */
  readonly loop: number;
  readonly askedAt?: Instant | undefined;
  readonly answers: readonly {
    readonly at: Instant;
    readonly answer: Answer;
    readonly channel: ContactChannel;
    /** 0..1, of one that was read from words. */
    readonly sureness?: number | undefined;
  }[];
  readonly ticket?: TicketId | undefined;
  /** Its silence is looked into by a call. */
  readonly sampled?: true | undefined;
  /** Calls that nobody took. */
  readonly tries?: number | undefined;
  readonly task?: TaskId | undefined;
  /** Whether a mark was asked for, else why not; absent before it works, and in what older versions kept: those were asked. */
  readonly toRate?: 'asked' | 'askedLately' | 'complainedLately' | undefined;
  /** 0..10, and the cause the subscriber named. */
  readonly rating?:
    | { readonly at: Instant; readonly score: number; readonly cause?: string | undefined }
    | undefined;
}

export interface ConfirmationChange {
  readonly kind: 'asked' | 'answered' | 'changed' | 'rated';
  readonly confirmation: Confirmation;
  readonly answer?: Answer | undefined;
  /** A test of the line found it, not a word of the subscriber. */
  readonly isProbed?: true | undefined;
}
