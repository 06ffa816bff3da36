/** A subscriber as the operator's list gives one; who they are stays outside the line (design L18). */
import type { SubscriberClass } from './incident.ts';

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
  readonly attributes: Readonly<Record<string, string>>;
}
