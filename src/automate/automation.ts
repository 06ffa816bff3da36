/** Automations as plain data, after compiling: part of what the journal names by hash. */
import type { DurationMs } from '../base/instant.ts';
import type { Words } from '../model/automation.ts';
import type { OccasionKind } from './occasions.ts';

export interface AutomationSet {
  readonly automations: readonly Automation[];
  /** What kinds of faults are called, for texts. */
  readonly titles: Readonly<Record<string, Words>>;
}

export interface Automation {
  readonly id: string;
  readonly on: readonly OccasionKind[];
  readonly where?: string | undefined;
  /** So long after the change is looked whether it holds, with what is true then. */
  readonly afterMs: DurationMs;
  /** Once for each thing, until what it is about has ended; else at each change. */
  readonly isOnce: boolean;
  readonly isShadow: boolean;
  readonly limit: { readonly most: number; readonly perMs: DurationMs };
  readonly do: readonly Action[];
}

interface Work {
  readonly skills: readonly string[];
  readonly withinMs: DurationMs;
  readonly text: Words;
}

export type Action =
  | (Work & { readonly kind: 'task' })
  /** So long after it acted, or when the local clock shows that minute of the day next. */
  | (Work & {
      readonly kind: 'reminder';
      readonly afterMs?: DurationMs | undefined;
      readonly atMinute?: number | undefined;
    })
  /** The text is for subscribers; a person sends it or does not. */
  | (Work & { readonly kind: 'draft' })
  | { readonly kind: 'webhook'; readonly to: string; readonly text?: Words | undefined };

export const noAutomations: AutomationSet = { automations: [], titles: {} };
