/** What is known of subscribers beside their place: services, contact points, consents; and how an outage spread over them. */
import type { Instant } from '../../base/instant.ts';
import type { Confirmation } from '../../model/confirmation.ts';
import type { SubscriberKey } from '../../model/ids.ts';
import type { AddressKind, ConsentCategory } from '../../model/subscriber.ts';

export interface ServiceView {
  readonly service: string;
  readonly resource: string;
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
}

export interface ContactView {
  readonly kind: AddressKind;
  readonly masked: string;
  readonly state: 'unverified' | 'active' | 'failing' | 'disabled';
}

export interface Consent {
  readonly category: ConsentCategory;
  /** A channel's name, or `*` for all of them. */
  readonly channel: string;
  readonly state: 'granted' | 'withdrawn';
  /** GDPR art. 6(1): consent (a), contract (b), legal obligation (c), legitimate interest (f). */
  readonly basis: 'consent' | 'contract' | 'obligation' | 'interest';
  readonly at: Instant;
  readonly by: string;
  readonly evidence: string;
}

/** What the token of a mail is good for, as its address says it. */
export interface UnsubscribingBy {
  readonly token: string;
  readonly category: ConsentCategory;
  readonly channel: string;
}

export interface ConsentQueries {
  /** All that was agreed to and withdrawn, newest first. */
  consents(subscriber: SubscriberKey): Promise<readonly Consent[]>;
  putConsents(subscriber: SubscriberKey, consents: readonly Consent[]): Promise<void>;
  /** `22:00-08:00` in quarters of an hour, or `off`; empty: the policy's. */
  putQuietHours(subscriber: SubscriberKey, hours: string): Promise<void>;
  /** undefined for a token that is forged, old, or of another category or channel. */
  unsubscription(
    asked: UnsubscribingBy,
  ): Promise<{ readonly isWithdrawn: boolean; readonly language?: 'ru' | 'en' | undefined } | undefined>;
  /** Once withdrawn it stays so, however often it is asked for. */
  unsubscribe(asked: UnsubscribingBy): Promise<'withdrawn' | 'already' | 'unknown'>;
}

/** Of those whom an incident touches: proved by their own line or terminal, inferred from what they hang on, or suspected by words alone. */
export interface LevelsView {
  readonly proved: number;
  readonly inferred: number;
  readonly suspected: number;
}

export interface PhoneQueries {
  /** Those who have that number (E.164); `crowd`: so many that nobody can tell which of them wrote. */
  whoHas(phone: string): Promise<readonly SubscriberKey[] | 'crowd'>;
  /** All questions to these people that wait for an answer, and the last of those that do not. */
  questionsTo(people: readonly SubscriberKey[]): Promise<readonly Confirmation[]>;
  /** For good; undefined where it was done already. */
  eraseSubscriber(subscriber: SubscriberKey, by: string): Promise<ErasedView | undefined>;
  /** Keeps what came from a number that is nobody's, for a person to read. */
  storeStranger(said: { readonly from: string; readonly to: string; readonly text: string }): Promise<void>;
}

/** What went of a person who was erased, in numbers. */
export interface ErasedView {
  /** Notices that waited. */
  readonly withdrawn: number;
  /** Texts on tickets. */
  readonly texts: number;
  /** Records of other systems. */
  readonly records: number;
  /** Messages from their numbers that had been nobody's. */
  readonly strangers: number;
}
