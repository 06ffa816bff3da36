/** Plain records that go in and out of the book; all of them can be sent between threads. */

import type { Instant } from '../../base/instant.ts';
import type { Role } from '../../model/account.ts';
import type { WebhookPost } from '../../model/automation.ts';
import type { IncidentId, SubscriberKey, TicketId } from '../../model/ids.ts';
import type { Impact, Incident, SubscriberClass } from '../../model/incident.ts';
import type { NoticeState, NoticeTotals, NoticeType, Tell } from '../../model/notice.ts';
import type { PerceivedSeverity } from '../../model/observation.ts';
import type { AddressKind, ConsentCategory } from '../../model/subscriber.ts';
import type { Ticket } from '../../model/ticket.ts';
import type { TicketAudience } from '../../model/ticket-words.ts';
import type { Address } from '../../notify/channel.ts';
import type { AskedNumber } from './asked-numbers.ts';
import type { PointState } from './contact-points.ts';
import type { HeldService } from './services.ts';

/** A page of a list: `next` is the cursor of the following page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
  readonly next?: string | undefined;
}

/** `limit` 1..1000 (others are brought into that span); `cursor` as a page gave it. Newest first. */
export interface PageRequest {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  /** So many of the newest are passed over; with no cursor. */
  readonly offset?: number | undefined;
  /** Every word must occur in the record; case counts outside ASCII. Lists of records only. */
  readonly words?: string | undefined;
}

export interface IncidentRecord {
  readonly incident: Incident;
  readonly impact?: Impact | undefined;
  /** Highest of its alarms that are raised, else of all it had. */
  readonly severity: PerceivedSeverity;
  /** Subscribers' own tickets. */
  readonly tickets: number;
  readonly notices: NoticeTotals;
  /** Subscribers who were told that it is out, each once. */
  readonly told: number;
}

export interface NoticeRecord {
  readonly id: string;
  readonly key: string;
  readonly incident: IncidentId;
  readonly subscriber: SubscriberKey;
  /** As the operator names the subscriber. */
  readonly subscriberId: string;
  readonly type: NoticeType;
  readonly revision: number;
  readonly channel: string;
  readonly state: NoticeState;
  readonly reason?: string | undefined;
  readonly attempts: number;
  readonly createdAt: Instant;
  readonly sentAt?: Instant | undefined;
  /** It was sent again though an earlier try may have arrived. */
  readonly maybeTwice: boolean;
  readonly externalId?: string | undefined;
}

/** How a channel reaches people; told to the book before notices are planned or taken. */
export interface ChannelFacts {
  readonly name: string;
  readonly address: Address;
  readonly honoursKey: boolean;
  /** How many sends may stay without an answer where no key is honoured; 2 when left out. */
  readonly unanswered?: number | undefined;
  /**
   * What follows when nobody knows whether a notice arrived: nothing, the next channel, or (`resend`) the same once more
   * after a crash, then the next channel. `hold` when left out.
   */
  readonly uncertain?: 'hold' | 'next' | 'resend' | undefined;
  /** Without a receipt for so long the next channel follows; undefined: silence says nothing. */
  readonly receiptWithinMs?: number | undefined;
}

/** The next part of a tell: subscribers numbered [from, to) of that topology version, less `except`. */
export interface TellPage {
  readonly job: number;
  readonly incident: string;
  readonly topologyVersion: number;
  readonly from: number;
  readonly to: number;
  /** Numbers within [from, to) that are not told, ascending. */
  readonly except: Uint32Array;
}

/** A notice whose intent to send is on disk, with all that sending needs. */
export interface DueNotice {
  readonly row: number;
  readonly key: string;
  readonly incident: IncidentId;
  readonly subscriber: SubscriberKey;
  readonly subscriberId: string;
  readonly type: NoticeType;
  readonly job: number;
  readonly attempts: number;
  readonly notAfter?: Instant | undefined;
  readonly to: string;
  readonly language: 'ru' | 'en' | undefined;
  /** IANA name, or undefined where the import gave none. */
  readonly zone?: string | undefined;
  readonly address?: string | undefined;
  /** Whom the message speaks of as well: their addresses, or names of the operator for them. */
  readonly others?: readonly string[] | undefined;
  /** Of a message of several incidents, or of several words of one: what it says, the first ones first. */
  readonly speaks?: readonly { readonly job: number; readonly type: NoticeType }[] | undefined;
  /** How its text names the question (`AskedNumber`); undefined where it asks none that digits answer. */
  readonly question?: AskedNumber | undefined;
  /** Link token and what it opens; its hash is stored with the intent. */
  readonly token: string;
  readonly purpose: LinkPurpose;
  /** Of a mail: its category, and the token that withdraws it on this channel. */
  readonly unsubscribe?: { readonly category: ConsentCategory; readonly token: string } | undefined;
}

export interface DueNotices {
  readonly notices: readonly DueNotice[];
  /** Tells the notices belong to, by job. */
  readonly tells: readonly { readonly job: number; readonly tell: Tell }[];
  /** When the next notice of that channel falls due; undefined when none waits. */
  readonly nextDueAt?: Instant | undefined;
}

/** What became of one try. `unsent`: it was never handed to the channel. */
export type Settlement =
  | {
      readonly kind: 'sent';
      readonly row: number;
      readonly externalId?: string | undefined;
      /** Ids of all parts, where each has a receipt of its own. */
      readonly parts?: readonly string[] | undefined;
    }
  | {
      readonly kind: 'retry';
      readonly row: number;
      readonly reason: string;
      readonly at: Instant;
      readonly uncertain: boolean;
    }
  | { readonly kind: 'unsent'; readonly row: number; readonly at: Instant }
  | {
      readonly kind: 'failed';
      readonly row: number;
      readonly reason: string;
      readonly isDeadContact?: boolean | undefined;
    };

export interface DeskJob {
  readonly ticket: Ticket;
  readonly version: number;
  readonly attempts: number;
  readonly incident?: Incident | undefined;
  /** What the subscriber wrote, where there is something. */
  readonly text?: string | undefined;
  /** What the desk calls it, and the ticket of its incident. */
  readonly external?: string | undefined;
  readonly parent?: string | undefined;
  /** Below which one the desk has it. */
  readonly linked?: string | undefined;
  readonly subscriber?: { readonly id: string; readonly email?: string | undefined } | undefined;
}

/** A text of ours on its way onto a ticket there. */
export interface DeskWordsJob {
  readonly key: string;
  readonly external: string;
  readonly audience: TicketAudience;
  readonly attempts: number;
  readonly text: string;
}

export type DeskWordsSettlement =
  | { readonly kind: 'stored'; readonly key: string }
  | { readonly kind: 'retry'; readonly key: string; readonly reason: string; readonly at: Instant }
  | { readonly kind: 'refused'; readonly key: string; readonly reason: string };

export type DeskSettlement =
  | {
      readonly kind: 'stored';
      readonly ticket: TicketId;
      readonly version: number;
      readonly external: string;
      /** Below which one the desk has it now. */
      readonly linked?: string | undefined;
    }
  | {
      readonly kind: 'retry';
      readonly ticket: TicketId;
      readonly version: number;
      readonly reason: string;
      readonly at: Instant;
    }
  | {
      readonly kind: 'refused';
      readonly ticket: TicketId;
      readonly version: number;
      readonly reason: string;
    };

/** A post of an automation that is to be brought out now. */
export interface HookJob {
  readonly post: WebhookPost;
  readonly attempts: number;
}

export type HookSettlement =
  | { readonly kind: 'taken'; readonly key: string }
  | { readonly kind: 'retry'; readonly key: string; readonly reason: string; readonly at: Instant }
  | { readonly kind: 'refused'; readonly key: string; readonly reason: string };

/** A step of what one subscriber is owed for one service and incident; amounts in thousandths. */
export interface CreditRecord {
  readonly row: number;
  readonly key: string;
  readonly at: number;
  readonly incident: string;
  readonly subscriber: number;
  /** The operator's own id; undefined where they were removed. */
  readonly subscriberId?: string | undefined;
  readonly service: string;
  readonly revision: number;
  /** Key of the step before. */
  readonly replaces?: string | undefined;
  readonly rule: string;
  readonly version: string;
  readonly class: string;
  readonly kind: string;
  readonly from: number;
  readonly to: number;
  readonly minutes: number;
  readonly amount: number;
  readonly change: number;
  /** Undefined: of one day's fee. */
  readonly currency?: string | undefined;
  readonly state: 'queued' | 'taken' | 'refused';
}

export interface CreditPost {
  readonly key: string;
  readonly attempts: number;
  readonly credits: readonly CreditRecord[];
}

/** What is owed in the end by one row of the rules; `amount` in thousandths of all together. */
export interface CreditTotal {
  readonly rule: string;
  readonly version: string;
  readonly currency?: string | undefined;
  readonly amount: number;
  readonly credits: number;
  readonly subscribers: number;
  readonly corrected: number;
  readonly taken: number;
  readonly refused: number;
}

export interface HookCounts {
  readonly target: string;
  readonly state: 'queued' | 'taken' | 'refused';
  readonly count: number;
}

export interface HubEventPost {
  readonly key: string;
  readonly hub: string;
  /** JSON. */
  readonly event: string;
}

export interface HubEventJob {
  readonly key: string;
  readonly attempts: number;
  readonly event: string;
}

export interface LinkRecord {
  readonly confirmation: string;
  readonly subscriber: SubscriberKey;
  readonly incident: IncidentId;
  readonly purpose: LinkPurpose;
  readonly expiresAt: Instant;
}

export type LinkPurpose = 'request' | 'confirm';

/** One field of a subscriber, masked where it is about a person. */
export interface FieldChange {
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

export interface ImportExample {
  readonly what: 'added' | 'changed' | 'removed';
  readonly id: string;
  readonly line?: number | undefined;
  readonly fields: readonly FieldChange[];
}

export interface ImportDiff {
  /** How many there were. */
  readonly known: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
  /** Lines whose id had stood before; the first one holds. */
  readonly repeated: number;
  /** The first of those lines. */
  readonly repeatedAt: readonly number[];
  /** Lines of subscribers who were erased for good: they stay so. */
  readonly erased: number;
  readonly erasedAt: readonly number[];
  /** Attached to another resource. */
  readonly moved: number;
  /** Of another class. */
  readonly reclassified: number;
  /** Of the changed ones, how many differ in each field. */
  readonly fields: Readonly<Record<string, number>>;
  /** At most five of each kind. */
  readonly examples: readonly ImportExample[];
}

/** Contact data masked; `revealSubscriber` shows it and leaves an audit row. */
export interface SubscriberRecord {
  readonly key: SubscriberKey;
  readonly id: string;
  readonly resource: string;
  readonly class: SubscriberClass;
  readonly language?: 'ru' | 'en' | undefined;
  readonly zone?: string | undefined;
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  readonly optedOut: boolean;
  /** Their own, `22:00-08:00` or `off`; undefined: the policy's. */
  readonly quietHours?: string | undefined;
  /** Those that they have or will have. */
  readonly services: readonly HeldService[];
  /** Where they can be reached, the preferred ones first. */
  readonly points: readonly {
    readonly kind: AddressKind;
    readonly masked: string;
    readonly state: PointState;
  }[];
}

export interface SubscriberContact {
  readonly name?: string | undefined;
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  readonly address?: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface AuditEntry {
  readonly at: Instant;
  /** Who: user name, key label, or `allclear`. */
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly detail?: Readonly<Record<string, unknown>> | undefined;
}

export type { Role };

export interface Account {
  readonly name: string;
  readonly role: Role;
}
