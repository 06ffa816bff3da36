/** What to look at so that two causes are told apart. */
import type { Instant } from '../base/instant.ts';
import type { ResourceId } from './ids.ts';

export interface Measurement {
  /** The likelier cause first; the second is undefined where nothing else was thought of. */
  readonly between: readonly [ResourceId, ResourceId | undefined];
  /** Places below which it would look different. */
  readonly resources: readonly ResourceId[];
  readonly why: MeasurementReason;
}

/** What was seen below the places of a measurement since it was asked for; what is down there tells so itself. */
export interface MeasurementAnswer {
  readonly at: Instant;
  readonly alive: number;
  readonly unknown: number;
}

type MeasurementReason =
  /** The wider cause would have taken these too. */
  | 'outsideNarrower'
  /** Each cause would have taken some that the other would not. */
  | 'notShared'
  /** These said nothing, and the cause would have taken them. */
  | 'silentBelow'
  /** All would have taken the same; these would say so themselves. */
  | 'ownWord';
