/** What a line is made with. */
import type { CorrelationTiming } from '../correlate/correlate.ts';
import type { Contents } from './contents.ts';

export interface LineOptions {
  /** Short name of this line; first part of every id. */
  readonly name: string;
  /** Rises at restore, failover and a forced cut (design L9). */
  readonly epoch: number;
  /** Further epochs, each for the inputs after that sequence: what was before is replayed under its own ids. */
  readonly later?: readonly { readonly epoch: number; readonly after: number }[] | undefined;
  readonly contents: Contents;
  readonly timing?: Partial<CorrelationTiming> | undefined;
}

/** That of the input with this sequence. */
export const epochOf = (
  { epoch, later = [] }: Pick<LineOptions, 'epoch' | 'later'>,
  sequence: number,
): number => later.findLast(({ after }) => sequence > after)?.epoch ?? epoch;
