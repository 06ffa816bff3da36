/** Alarms that a profile declares for the rows of a table: data, compiled by `collect`, judged by `detect` after every poll. */
import type { PerceivedSeverity } from './observation.ts';

/** A limit by severity. */
export type Thresholds = Readonly<Partial<Record<PerceivedSeverity, number>>>;

interface OfAnyAlarm {
  /** Probable cause, spelled as in alarm streams (LOS, DEGRADED, ..). */
  readonly cause: string;
  /** Polls in a row that must say the same before it is raised; 1 at least. */
  readonly polls: number;
  /** True: only of what was good since it is watched; a port, slot or input that never was is not in use. */
  readonly wasGood?: boolean | undefined;
  /** Only while another state of the same object is one of these. */
  readonly when: StateIs | undefined;
  /** Not while another state of the same object is one of these. */
  readonly unless: StateIs | undefined;
}

export interface StateIs {
  /** Name of a state such as `ont.state`. */
  readonly state: string;
  readonly is: readonly string[];
}

/** The device says itself how severe it is: the words of another state of the object; others raise nothing. */
interface SeverityOfState {
  readonly state: string;
  readonly words: Readonly<Record<string, PerceivedSeverity>>;
}

export type ObjectAlarm =
  | (OfAnyAlarm & {
      readonly kind: 'state';
      readonly state: string;
      /** Undefined: any word. */
      readonly is: readonly string[] | undefined;
      readonly severity: PerceivedSeverity | SeverityOfState;
    })
  | (OfAnyAlarm & {
      readonly kind: 'threshold';
      readonly metric: string;
      readonly below: Thresholds;
      readonly above: Thresholds;
      /** In the metric's unit; it ends where the value is inside the limit by so much. */
      readonly hysteresis: number;
    })
  /** The average of all rows of the table, about the device: cores of one machine. */
  | (OfAnyAlarm & {
      readonly kind: 'average';
      readonly metric: string;
      readonly below: Thresholds;
      readonly above: Thresholds;
      readonly hysteresis: number;
    })
  /** The limits that the device itself sends: `limits` of the reading. */
  | (OfAnyAlarm & { readonly kind: 'limits'; readonly metric: string; readonly hysteresis: number })
  /** Share of a counter's growth in the growth of itself and others, between two polls. */
  | (OfAnyAlarm & {
      readonly kind: 'share';
      readonly counter: string;
      readonly of: readonly string[];
      /** Growth of all together below which nothing is judged. */
      readonly least: number;
      readonly above: Thresholds;
    })
  /** One gauge as a share of another of the same object. */
  | (OfAnyAlarm & {
      readonly kind: 'ratio';
      readonly metric: string;
      readonly of: string;
      /** Not judged while `of` is less. */
      readonly atLeast: number;
      readonly below: Thresholds;
      readonly above: Thresholds;
      readonly hysteresis: number;
    })
  /** How fast a gauge changes, over a window of time. */
  | (OfAnyAlarm & {
      readonly kind: 'slope';
      readonly metric: string;
      /** Limits are changes in this time. */
      readonly perMs: number;
      readonly overMs: number;
      readonly below: Thresholds;
      readonly above: Thresholds;
    })
  /** Share of the objects with one parent that are in a state. */
  | (OfAnyAlarm &
      StateIs & {
        readonly kind: 'group';
        readonly above: Thresholds;
        /** And at least so many. */
        readonly atLeast: number;
      });
