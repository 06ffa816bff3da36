/** What was read of a topology so far, before its references are checked. */
import type { NumberRow } from './columns.ts';
import type { NameTable, TextRow } from './names.ts';
import type { PlannedWorks } from './records.ts';

/** What a name stands for. */
export const mentioned = 0;
export const aResource = 1;
export const aLink = 2;

/** Columns by number of name, in order of mention: whatever is referred to has a number before it is defined. */
export interface Collected {
  readonly names: NameTable;
  readonly state: Uint8Array;
  readonly line: Uint32Array;
  readonly kind: Uint16Array;
  readonly ownSubscribers: Uint32Array;
  /** undefined: no resource has one. */
  readonly order: Float64Array | undefined;
  /** Number in `labels`, -1 for none. */
  readonly label: Int32Array;
  readonly labels: TextRow;
  readonly kinds: readonly string[];
  /** Compiling takes each out as it is done with it. */
  readonly parents: Map<string, Int32Array>;
  /** In the order of the file. */
  readonly resources: NumberRow;
  readonly links: NumberRow;
  /** Two for each link. */
  readonly ends: NumberRow;
  readonly segmentStarts: NumberRow;
  readonly segments: NumberRow;
  readonly needy: NumberRow;
  readonly atLeast: NumberRow;
  readonly needStarts: NumberRow;
  readonly needs: NumberRow;
  readonly serviceRoots: NumberRow;
  readonly planned: readonly PlannedWorks[];
}
