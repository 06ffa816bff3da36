/** The JSON of `GET /api/v1/alarm-load`: what the operator positions were shown, beside what the standards aim at. */
import type { IncidentWordsJson, Language } from './contract.ts';

type SeverityCounts = Readonly<Record<'critical' | 'major' | 'minor' | 'warning' | 'indeterminate', number>>;
type KindWords = Readonly<Record<Language, Pick<IncidentWordsJson, 'title'>>>;

/** Over complete intervals of ten minutes; `presented`, `raised` and `most` include the running one. */
export interface SpanLoadJson {
  readonly from: string;
  readonly intervals: number;
  readonly floodIntervals: number;
  readonly most: number;
  readonly presented: number;
  readonly raised: number;
}

export interface AlarmLoadJson {
  readonly at: string;
  /** That share what is presented: counts are of all of them together, targets and floods of one. */
  readonly positions: number;
  /** ISA-18.2-2016 clause 16, table 7; EEMUA 191. Shares are 0..1. */
  readonly targets: {
    readonly perTenMinutes: number;
    readonly mostInTenMinutes: number;
    readonly floodShare: number;
    readonly topTenShare: number;
    readonly chattering: number;
    readonly stale: number;
    readonly severityShares: Readonly<Record<'critical' | 'major' | 'minor' | 'warning', number>>;
  };
  /** Incidents presented and alarms raised in each ten minutes of the last day, the running one last. */
  readonly intervals: readonly {
    readonly from: string;
    readonly presented: number;
    readonly raised: number;
    readonly flood: boolean;
  }[];
  readonly day: SpanLoadJson;
  readonly month: SpanLoadJson;
  readonly bySeverity: SeverityCounts;
  readonly mostPresented: FrequentJson<FrequentIncidentJson>;
  readonly mostRaised: FrequentJson<NamedAlarmJson & { readonly count: number }>;
  readonly chattering: FewJson<FrequentIncidentJson & { readonly lastAt: string }>;
  readonly flapping: FewJson<NamedAlarmJson>;
  readonly standing: number;
  readonly stale: FewJson<StandingIncidentJson>;
  readonly shelved: FewJson<NamedAlarmJson & { readonly until: string }>;
  readonly crowdedOut: number;
}

/** `total`: all that came since `from`; each count may be too low by `within`. */
interface FrequentJson<T> {
  readonly from: string;
  readonly total: number;
  readonly within: number;
  readonly items: readonly T[];
}

/** The first of `total`. */
export interface FewJson<T> {
  readonly total: number;
  readonly items: readonly T[];
}

interface FrequentIncidentJson {
  readonly kind: string;
  readonly root: string;
  readonly count: number;
  readonly words: KindWords;
}

interface StandingIncidentJson {
  readonly incident: string;
  readonly since: string;
  readonly severity: keyof SeverityCounts;
  readonly words: KindWords;
}

/** Resource and cause are null where the alarm is no longer known. */
export interface NamedAlarmJson {
  readonly alarm: string;
  readonly resource: string | null;
  readonly cause: string | null;
}
