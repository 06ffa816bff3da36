/** What is known of subscribers beside their place: services, contact points, consents; and how an outage spread over them. */
import type { Instant } from '../../base/instant.ts';
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
