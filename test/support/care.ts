/** Subscribers, incidents, impacts and policy for tests of ticket, notify, confirm and dispatch. */
import { days, hours, type Instant, instant, minutes } from '../../src/base/instant.ts';
import type { IdSource, IncidentId, ResourceId } from '../../src/model/ids.ts';
import type {
  Impact,
  ImpactChange,
  Incident,
  IncidentChange,
  SubscriberClass,
} from '../../src/model/incident.ts';
import type { Tell } from '../../src/model/notice.ts';
import type { Policy } from '../../src/model/policy.ts';
import type { SubscriberColumns } from '../../src/model/subscriber-columns.ts';

/** 2026-03-10 12:00 UTC. */
export const noon = instant(Date.UTC(2026, 2, 10, 12));
export const outage = 'l.1.1' as IncidentId;

export function ids(): IdSource {
  let made = 0;
  return { next: () => `l.1.${++made}` };
}

/** Columns whose key of number n is `keyOf(n)`; counts the subscribers that were looked at. */
export class CountingColumns implements SubscriberColumns {
  readonly count: number;
  readonly zones = ['UTC', 'Asia/Yekaterinburg'];
  readonly #keyOf: (number: number) => number;
  readonly #numbers: Map<number, number>;
  silent = new Set<number>();
  optedOut = new Set<number>();
  looked = new Set<number>();
  zone: (number: number) => number = () => 0;
  branchOf: NonNullable<SubscriberColumns['branchOf']> = (number) => ({ from: number, to: number + 1 });

  constructor(count: number, keyOf: (number: number) => number = (number) => number + 1_000) {
    this.count = count;
    this.#keyOf = keyOf;
    this.#numbers = new Map(Array.from({ length: count }, (_, number) => [keyOf(number), number]));
  }

  keyOf(number: number): number {
    this.looked.add(this.#keyOf(number));
    return this.#keyOf(number);
  }

  numberOf(key: number): number | undefined {
    this.looked.add(key);
    return this.#numbers.get(key);
  }

  classOf: (number: number) => SubscriberClass = () => 'residential';

  channelMaskOf(number: number): number {
    this.keyOf(number);
    return this.silent.has(number) ? 0 : 1;
  }

  zoneOf(number: number): number {
    this.keyOf(number);
    return this.zone(number);
  }

  isOptedOut(number: number): boolean {
    this.keyOf(number);
    return this.optedOut.has(number);
  }
}

export function policy(
  change: { notify?: Partial<Policy['notify']>; confirm?: Partial<Policy['confirm']> } = {},
): Policy {
  return {
    notify: {
      order: ['sms', 'mail'],
      holdMs: minutes(4),
      quietHours: undefined,
      secondPersonAbove: 1_000_000,
      stopAboveShare: 1,
      capPerDay: 4,
      etrChangeEveryMs: hours(1),
      ...change.notify,
    },
    confirm: {
      ask: true,
      stableForMs: minutes(10),
      remindAfterMs: hours(4),
      remindAgainAfterMs: hours(20),
      questionsPerDay: 6,
      askAllUpTo: 1_000_000,
      askedPerBranch: 5,
      sampleShare: 0,
      sampleAtMost: 50,
      maxReminders: 2,
      expireAfterMs: hours(48),
      lateAnswerMs: days(7),
      lowRating: 6,
      ...change.confirm,
    },
    positions: 1,
    dispatch: { callBackWithinMs: hours(1), diagnoseWithinMs: hours(4), ratingCallWithinMs: hours(24) },
    flap: { start: 4, stop: 2, halfLifeMs: minutes(10) },
    etr: { '*': { p50Ms: hours(2), p80Ms: hours(4) } },
  };
}

function incident(change: Partial<Incident> = {}): Incident {
  return {
    id: outage,
    kind: 'feeder',
    root: 'cable-7' as ResourceId,
    probability: 0.9,
    candidates: [],
    state: 'open',
    actionable: true,
    planned: false,
    startedAt: noon,
    alarms: [],
    suppressed: 0,
    affected: { under: [], except: [] },
    explanation: {},
    history: [],
    ...change,
  };
}

const stateAfter: Partial<Record<IncidentChange['kind'], Incident['state']>> = {
  resolved: 'resolved',
  merged: 'merged',
  closed: 'closed',
};

export const happens = (kind: IncidentChange['kind'], change: Partial<Incident> = {}): IncidentChange => ({
  kind,
  incident: incident({ state: stateAfter[kind] ?? 'open', ...change }),
  joined: [],
});

export function touches(
  ranges: readonly [number, number][],
  change: Partial<Impact> & { left?: [number, number][]; of?: Partial<Incident> } = {},
): ImpactChange {
  const { left = [], of = {}, ...impact } = change;
  const spans = ranges.map(([from, to]) => ({ from, to }));
  return {
    kind: 'assessed',
    incident: incident(of),
    impact: {
      incident: of.id ?? outage,
      revision: 1,
      topologyVersion: 1,
      ranges: spans,
      subscribers: spans.reduce((sum, range) => sum + range.to - range.from, 0),
      byClass: { residential: 0, business: 0, priority: 0, vip: 0, staff: 0 },
      ...impact,
    },
    joined: spans,
    left: left.map(([from, to]) => ({ from, to })),
  };
}

export const later = (at: Instant, ms: number): Instant => instant(at + ms);

/** Numbers a tell reaches. */
export function reached(tell: Tell): number[] {
  const except = new Set(tell.except);
  return Array.from({ length: tell.to - tell.from }, (_, i) => tell.from + i).filter(
    (number) => !except.has(number),
  );
}
