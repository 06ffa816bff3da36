/** What one input caused: changes, effects, and work left over. */
import type { Instant } from '../base/instant.ts';
import type { AutomationAct } from '../model/automation.ts';
import type { Change } from '../model/change.ts';
import type { Effect } from './effect.ts';
import type { Command, Rest } from './input.ts';

/** All that one input caused, in order. */
export interface Applied {
  readonly sequence: number;
  readonly at: Instant;
  readonly changes: readonly Change[];
  readonly effects: readonly Effect[];
  /** Work left over; each becomes a `continue` input. */
  readonly rest: readonly Rest[];
  /** Place in an ingest spool that this input came from: once durable it may be cut there. */
  readonly spool?: { readonly id: string; readonly offset: number } | undefined;
  /** Set when a person or program ordered it: who, and what. */
  readonly order?: { readonly by: string; readonly command: Command } | undefined;
  /** What automations did, or would have done; undefined where nothing. */
  readonly acts?: readonly AutomationAct[] | undefined;
  /** A room threw: a bug; the rest of the input was not applied, alike in every replay. */
  readonly failed?: string | undefined;
}
