/** A subscriber as the API answers one, and what subscribers agreed to. */
import type { ImpactRevision, SubscriberClass } from '../../model/incident.ts';
import type { NoticeState } from '../../model/notice.ts';
import type { TicketStatus } from '../../model/ticket.ts';
import type { AffectedLevel } from './affected-port.ts';
import type { Language } from './contract.ts';
import type { Consent, ContactView } from './subscriber-port.ts';

export interface ConsentJson extends Omit<Consent, 'at'> {
  readonly at: string;
}

interface ServiceJson {
  readonly service: string;
  readonly resource: string;
  readonly from: string | null;
  readonly to: string | null;
}

export interface SubscriberJson {
  readonly id: string;
  readonly resource: string;
  readonly class: SubscriberClass;
  readonly language: Language | null;
  /** Masked. */
  readonly phone: string | null;
  /** Their own, `22:00-08:00` or `off`; null: the policy's. */
  readonly quietHours: string | null;
  readonly services: readonly string[];
  /** Where each of them is, and for how long. */
  readonly bindings: readonly ServiceJson[];
  readonly contacts: readonly ContactView[];
  readonly openIncident: string | null;
  readonly openTickets: readonly string[];
}

/** How the set of those whom an incident touches changed. */
export interface RevisionJson extends Omit<ImpactRevision, 'at'> {
  readonly at: string;
}

/** One of those whom an incident touches. */
export interface AffectedJson {
  readonly subscriber: string;
  /** Masked. */
  readonly name: string | null;
  readonly phone: string | null;
  readonly class: SubscriberClass;
  readonly resource: string;
  readonly services: readonly string[];
  /** Proved by their own line or terminal, inferred from what they hang on, suspected by words alone. */
  readonly level: AffectedLevel;
  /** From when it touches them: later than the incident for who joined later. */
  readonly since: string;
  /** `notYet`: no notice is planned for them until now; `none`: nobody is told of this incident. */
  readonly told: {
    readonly state: NoticeState | 'notYet' | 'none';
    /** Why they were not told, one of `heldBack` of the preview or a word of the channel. */
    readonly reason: string | null;
    readonly channel: string | null;
    readonly at: string | null;
  };
  readonly ticket: { readonly id: string; readonly status: TicketStatus } | null;
}
