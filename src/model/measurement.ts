/** What to look at so that two causes are told apart. */
import type { ResourceId } from './ids.ts';

export interface Measurement {
  /** The likelier cause first. */
  readonly between: readonly [ResourceId, ResourceId];
  /** Places below which it would look different. */
  readonly resources: readonly ResourceId[];
  readonly why: MeasurementReason;
}

type MeasurementReason =
  /** The wider cause would have taken these too. */
  | 'outsideNarrower'
  /** Each cause would have taken some that the other would not. */
  | 'notShared'
  /** Both would have taken the same; these would say so themselves. */
  | 'ownWord';
