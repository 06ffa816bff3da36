/** A subscriber as the API answers one, and what subscribers agreed to. */
import type { ImpactRevision, SubscriberClass } from '../../model/incident.ts';
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
