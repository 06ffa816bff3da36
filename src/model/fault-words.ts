/** What kinds of faults are called where people read them, and what to do first; from the rules, by fault kind. */
import type { FaultKind } from './incident.ts';

export interface FaultWords {
  readonly title: Readonly<Record<'en' | 'ru', string>>;
  /** Steps in order. */
  readonly runbook?: Readonly<Record<'en' | 'ru', readonly string[]>> | undefined;
}

export type FaultGlossary = Readonly<Record<FaultKind, FaultWords>>;
