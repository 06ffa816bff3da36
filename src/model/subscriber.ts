/** A subscriber as the operator's list gives one; who they are stays outside the line (design L18). */
import type { Instant } from '../base/instant.ts';
import type { SubscriberKey } from './ids.ts';
import type { SubscriberClass } from './incident.ts';

/** What subscribers may want to be told of or not. `whatWeDid`: what became of what they told us. */
export type ConsentCategory = 'outage' | 'planned' | 'feedback' | 'whatWeDid';

export const consentCategories: readonly ConsentCategory[] = ['outage', 'planned', 'feedback', 'whatWeDid'];

/** What decides whether and how one subscriber is told, as it stands now. */
export interface SubscriberFacts {
  readonly subscriber: SubscriberKey;
  /** One for each of `consentCategories`, in their order; bit i: reachable and agreed on the i-th channel of those named beside. */
  readonly masks: readonly number[];
  readonly language: 'ru' | 'en';
  readonly optedOut: boolean;
  /** Their own quiet hours (`quietCode`); absent: the policy's. */
  readonly quiet?: number | undefined;
}

/** A service that somebody has, at a resource, for a time. */
export interface ServiceBinding {
  /** `internet`, `tv`, `voice`, `vpn`, `mail`, ..: lower case, at most 32 characters. */
  readonly service: string;
  /** Absent: where the subscriber is attached. */
  readonly resource?: string | undefined;
  /** [from, to); absent: always, and without an end. */
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
}

export const defaultService = 'internet';

/** What can be reached: channels that need a telephone number or an e-mail address. */
export type AddressKind = 'phone' | 'email';

/** A further address, behind the first of its kind. */
export interface FurtherPoint {
  readonly kind: AddressKind;
  readonly address: string;
}

/** One line of `subscribers.csv`. */
export interface SubscriberRow {
  readonly id: string;
  readonly resource: string;
  readonly class: SubscriberClass;
  readonly name?: string | undefined;
  readonly language?: 'ru' | 'en' | undefined;
  /** E.164 with `+`. */
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  readonly timezone?: string | undefined;
  readonly address?: string | undefined;
  /** Channel names; empty: all service notices. */
  readonly consent: readonly string[];
  /** `22:00-08:00` or `off`; absent: the list says nothing of it. */
  readonly quietHours?: string | undefined;
  /** Absent: the list says nothing of services; `internet` for those who have none yet. */
  readonly services?: readonly ServiceBinding[] | undefined;
  /** Second and later numbers and addresses, in order of preference. */
  readonly further?: readonly FurtherPoint[] | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  /** Where it stood in its file. */
  readonly line?: number | undefined;
}
