/** Notices: what subscribers are told of an incident, and how far each has come. */
import type { Instant } from '../base/instant.ts';
import type { Words } from './automation.ts';
import type { Money } from './compensation.ts';
import type { IncidentId, ResourceId } from './ids.ts';
import type { Etr, FaultKind } from './incident.ts';
import type { ConsentCategory } from './subscriber.ts';

/** What a subscriber is told. `ask` says that it is repaired and asks whether it is so. */
export type NoticeType =
  | 'detected'
  | 'etr'
  | 'etr-changed'
  | 'partly-restored'
  | 'restored'
  /** In the morning: it was out at night and is back. */
  | 'overnight'
  | 'ask'
  | 'reminder'
  /** One simple question after words that nobody could make out. */
  | 'clarify'
  /** We called and nobody took it. */
  | 'tried'
  /** Works are ahead, begin tomorrow, begin, are over; they move, or are called off. */
  | 'planned'
  | 'planned-soon'
  | 'planned-start'
  | 'planned-end'
  | 'planned-changed'
  | 'planned-cancelled'
  /** What a person wrote, or let go, about one incident. */
  | 'announcement'
  /** It was out long enough to be owed something. */
  | 'apology';

export const noticeTypes: readonly NoticeType[] = [
  'detected',
  'etr',
  'etr-changed',
  'partly-restored',
  'restored',
  'overnight',
  'ask',
  'reminder',
  'clarify',
  'tried',
  'planned',
  'planned-soon',
  'planned-start',
  'planned-end',
  'planned-changed',
  'planned-cancelled',
  'announcement',
  'apology',
];

/** They wait for an answer, to which their link leads. */
export const questions: readonly NoticeType[] = ['ask', 'reminder', 'clarify', 'tried'];

/** What of it somebody may have agreed to or withdrawn. */
export function categoryOf(type: NoticeType): ConsentCategory {
  if (type.startsWith('planned')) return 'planned';
  return questions.includes(type) ? 'feedback' : 'outage';
}

/**
 * What goes together in the morning: one category, so that one consent and one way to stop it hold for all of it. What is
 * credited is a message of its own.
 */
export const isJoinedInMorning = (type: NoticeType): boolean =>
  categoryOf(type) === 'outage' && type !== 'apology';

/** A notice's way from plan to phone; `uncertain`: in flight when the process died, peer may have it. */
export type NoticeState =
  | 'held'
  | 'queued'
  | 'sending'
  | 'sent'
  | 'delivered'
  | 'failed'
  | 'uncertain'
  | 'expired'
  | 'suppressed';

/** Everything a notice text may speak of; the same for all recipients of one `tell`. */
export interface NoticeFacts {
  readonly kind: FaultKind;
  readonly root?: ResourceId | undefined;
  readonly startedAt: Instant;
  readonly restoredAt?: Instant | undefined;
  readonly etr?: Etr | undefined;
  readonly previousEtr?: Etr | undefined;
  /** Can it be solved without a visit? undefined: not known yet. */
  readonly remote?: boolean | undefined;
  /** Of an announcement: what it says. */
  readonly words?: Words | undefined;
  /** Of an apology: what is credited, one sum a currency. */
  readonly credit?: readonly Money[] | undefined;
}

/** Counts of one incident's notices, planned = all others together. */
export type NoticeCounts = Readonly<Record<Exclude<NoticeState, 'sending'> | 'planned', number>>;

/** With `maybeTwice`, how many of those sent and delivered were sent again though an earlier try may have arrived. */
export type NoticeTotals = NoticeCounts & { readonly maybeTwice: number };

export const noNotices: NoticeTotals = {
  planned: 0,
  held: 0,
  queued: 0,
  sent: 0,
  delivered: 0,
  failed: 0,
  uncertain: 0,
  expired: 0,
  suppressed: 0,
  maybeTwice: 0,
};

/** Why a subscriber of the affected set is not told; counted per incident. */
export type SuppressReason =
  | 'noChannel'
  | 'optedOut'
  | 'alreadyTold'
  | 'cap'
  | 'planned'
  | 'dryRun'
  | 'clearedBeforeHold'
  /** What waits for the morning says it. */
  | 'saidInMorning'
  /** That it works again is said with what is credited. */
  | 'saidInApology'
  | 'neverTold';

/**
 * One notice to everybody in [from, to) of that topology version, less `except`. Numbers are resolved to stable keys by the
 * courier against the immutable version, so the effect stays small however many are told (design L5, L6).
 */
export interface Tell {
  readonly incident: IncidentId;
  readonly revision: number;
  readonly type: NoticeType;
  readonly topologyVersion: number;
  readonly from: number;
  readonly to: number;
  /** Subscriber numbers in [from, to) that are not told, ascending, at most 5,000. */
  readonly except: readonly number[];
  /** How many of `except` for which reason. */
  readonly suppressed: Readonly<Partial<Record<SuppressReason, number>>>;
  /** Waits for a second person. */
  readonly held: boolean;
  /** Counted and not sent: the policy says that it is a trial. */
  readonly dryRun?: true | undefined;
  /** Not before (quiet hours) and not after (stale). */
  readonly notBefore?: Instant | undefined;
  readonly notAfter?: Instant | undefined;
  /** Channel names in order of preference. */
  readonly order: readonly string[];
  /** Messages in 24 h to one address that several have: of this incident, and of all. Undefined: no limit. */
  readonly caps?: { readonly ofIncident: number; readonly all: number } | undefined;
  readonly facts: NoticeFacts;
}
