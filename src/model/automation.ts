/** What automations ask for: work with a text, a post to a configured address; and the record of what each did. */
import type { DurationMs, Instant } from '../base/instant.ts';
import type { IncidentId, SubscriberKey, TicketId } from './ids.ts';

/** The same said in both languages. */
export type Words = Readonly<Record<'en' | 'ru', string>>;

/** What the thing that changed is. */
export type Family = 'incident' | 'alarm' | 'ticket' | 'task' | 'confirmation';

/** A piece of work for a person, with what is to be done in words. */
export interface Errand {
  readonly kind: 'errand' | 'reminder' | 'draft';
  /** The same reason is never open twice. */
  readonly reason: string;
  readonly automation: string;
  /** In order of preference: the first that anybody of the staff has. */
  readonly skills: readonly string[];
  readonly withinMs: DurationMs;
  readonly words: Words;
  readonly incident?: IncidentId | undefined;
  readonly subscriber?: SubscriberKey | undefined;
  readonly ticket?: TicketId | undefined;
}

/** A message to one of the operator's own systems; where it goes is configured, never said by what happened. */
export interface WebhookPost {
  /** Stays the same however often it is tried. */
  readonly key: string;
  /** Name of the configured target. */
  readonly target: string;
  readonly automation: string;
  readonly on: string;
  readonly at: Instant;
  readonly subject: { readonly kind: Family; readonly id: string };
  readonly words?: Words | undefined;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

/** One thing that an automation did; in shadow, or above its bound, one that it only would have done. */
export interface AutomationAct {
  readonly automation: string;
  readonly on: string;
  readonly subject: { readonly kind: Family; readonly id: string };
  readonly incident?: IncidentId | undefined;
  readonly result: 'done' | 'shadow' | 'stopped';
  readonly action: 'task' | 'reminder' | 'draft' | 'webhook';
  readonly skill?: string | undefined;
  /** Name of the webhook's target. */
  readonly to?: string | undefined;
  readonly words?: Words | undefined;
}

/** How one automation stands. */
export interface AutomationStatus {
  readonly id: string;
  readonly on: readonly string[];
  /** `stopped`: more happened than its bound lets it act on. */
  readonly state: 'active' | 'shadow' | 'stopped';
  readonly limit: { readonly most: number; readonly perMs: DurationMs };
  /** Times it acted, would have acted in shadow, and was stopped by its bound. */
  readonly acted: number;
  readonly wouldHave: number;
  readonly stopped: number;
  readonly lastAt?: Instant | undefined;
  /** When its bound stopped it first, while it does. */
  readonly stoppedAt?: Instant | undefined;
}
