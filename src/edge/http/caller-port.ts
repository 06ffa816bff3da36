/** What the telephone system asks: who this is, and what is broken there now. */

import type { IncidentId, SubscriberKey, TicketId } from '../../model/ids.ts';
import type { Etr } from '../../model/incident.ts';
import type { Language } from './contract.ts';

export interface CallerPort {
  /** False where none is configured, or the token is another. */
  isCaller(token: string, remoteAddress: string): boolean;
  /** At once, without waiting for anything: a caller listens to it. */
  people(phone: string): readonly CallerView[];
  outageOf(subscriber: SubscriberKey): OutageView | undefined;
  readonly language: Language;
}

export interface CallerView {
  readonly key: SubscriberKey;
  readonly language?: Language | undefined;
  readonly zone?: string | undefined;
}

/** What a subscriber may be told of the incident that covers them, unless they said that it is not theirs. */
export interface OutageView {
  readonly incident: IncidentId;
  readonly kind: string;
  readonly etr?: Etr | undefined;
  /** Of the subscriber, else of the incident. */
  readonly ticket?: TicketId | undefined;
}
