/** The operator's policy: how long to wait, whom to tell, whom to ask. */
import type { DurationMs, Instant } from '../base/instant.ts';
import type { Compensation } from './compensation.ts';
import type { FaultKind, SubscriberClass } from './incident.ts';

/** Everything the line decides with that a person may set: enters as an input by content hash (design L7). */
export interface Policy {
  /** Operator positions that share what is presented: the rates of ISA-18.2 and EEMUA 191 are for one. */
  readonly positions: number;
  readonly notify: {
    /** Channel names in order of preference. */
    readonly order: readonly string[];
    /** Flap guard before the first notice. */
    readonly holdMs: DurationMs;
    /** Minutes of the local day [from, to), may span midnight; undefined: no quiet hours. */
    readonly quietHours?: { readonly fromMinute: number; readonly toMinute: number } | undefined;
    /** Recipients above which a second person must release. */
    readonly secondPersonAbove: number;
    /** Hard stop above this share of the base, counted only above 2,000 recipients. */
    readonly stopAboveShare: number;
    /** Nobody else could release what is above `secondPersonAbove`: it leaves by itself after `aloneHoldMs`. */
    readonly isAlone?: boolean | undefined;
    readonly aloneHoldMs?: DurationMs | undefined;
    /** How often the sources of topology and subscribers say they are written, and when the older one was; undefined: they do not say. */
    readonly inventory?:
      | { readonly everyMs: DurationMs; readonly writtenAt?: Instant | undefined }
      | undefined;
    /** Whoever planned works take service from is told of them; undefined: yes. */
    readonly tellWorks?: boolean | undefined;
    /** What one part costs, by channel, in `currency` (ISO 4217): for the preview. */
    readonly pricePerPart?: Readonly<Record<string, number>> | undefined;
    readonly currency?: string | undefined;
    /** Everything is planned and counted, and nothing is sent. */
    readonly dryRun?: boolean | undefined;
    /** Notices to one subscriber about all incidents in 24 h, questions not counted; undefined: no such cap. */
    readonly capPerDayOverall?: number | undefined;
    /** Notices to one subscriber about one incident in 24 h, `ask` not counted. */
    readonly capPerDay: number;
    /** Least time between two ETR-change notices. */
    readonly etrChangeEveryMs: DurationMs;
  };
  readonly confirm: {
    readonly ask: boolean;
    readonly stableForMs: DurationMs;
    /** Waking time until the first reminder, and time until the next. */
    readonly remindAfterMs: DurationMs;
    readonly remindAgainAfterMs: DurationMs;
    readonly maxReminders: number;
    readonly expireAfterMs: DurationMs;
    /** A "no" this long after closing still reopens. */
    readonly lateAnswerMs: DurationMs;
    /** Questions and reminders to one subscriber about all incidents in 24 h. */
    readonly questionsPerDay: number;
    /** Of more who were told not all are asked: whoever turned to us, and so many of each last-mile branch. */
    readonly askAllUpTo: number;
    readonly askedPerBranch: number;
    /** Of those whose silence tells nothing this share is called, so many of one incident at most. */
    readonly sampleShare: number;
    readonly sampleAtMost: number;
    /** A mark is asked for at most once in so long, and not so soon after a complaint; undefined: always. */
    readonly ratingEveryMs?: DurationMs | undefined;
    readonly ratingAfterComplaintMs?: DurationMs | undefined;
    /** Marks at or below bring a personal call. */
    readonly lowRating: number;
  };
  /** What is owed for outages; undefined: nothing. */
  readonly compensation?: Compensation | undefined;
  /** Who gets a ticket of their own without turning to us: so many of one incident at most. Undefined: nobody. */
  readonly tickets?:
    | {
        readonly classes: readonly SubscriberClass[];
        readonly services: readonly string[];
        readonly mostPerIncident: number;
      }
    | undefined;
  readonly dispatch: {
    readonly callBackWithinMs: DurationMs;
    readonly diagnoseWithinMs: DurationMs;
    readonly ratingCallWithinMs: DurationMs;
  };
  readonly flap: {
    /** Decayed transition count at which an alarm is called flapping, and at which it is steady again. */
    readonly start: number;
    readonly stop: number;
    readonly halfLifeMs: DurationMs;
  };
  /** Repair time by fault kind, p50 and p80; `*` for all others. */
  readonly etr: Readonly<Record<FaultKind, { readonly p50Ms: DurationMs; readonly p80Ms: DurationMs }>>;
}
