/** What a line is made with. */
import type { CorrelationTiming } from '../correlate/correlate.ts';
import type { Contents } from './contents.ts';

export interface LineOptions {
  /** Short name of this line; first part of every id. */
  readonly name: string;
  /** Rises at restore, failover and a forced cut (design L9). */
  readonly epoch: number;
  readonly contents: Contents;
  readonly timing?: Partial<CorrelationTiming> | undefined;
}
