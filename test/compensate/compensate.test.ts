import fc from 'fast-check';
import { expect, test } from 'vitest';
import { after, hours, type Instant, instant, milliseconds, minutes } from '../../src/base/instant.ts';
import type { Range } from '../../src/base/ranges.ts';
import { tidied } from '../../src/base/ranges.ts';
import { type CompensateOutcome, Compensations } from '../../src/compensate/compensate.ts';
import { type Compensation, dayStart } from '../../src/model/compensation.ts';
import type { IncidentId, ResourceId } from '../../src/model/ids.ts';
import type { ImpactChange, Incident, IncidentChange } from '../../src/model/incident.ts';
import type { Subscribers } from '../../src/topology/topology.ts';
import { noon, policy } from '../support/care.ts';

const crowd = 24;
const stable = minutes(10);
/** Each minute counts, so that what is said can be compared with what happened. */
const rules: Compensation['rules'] = [
  {
    ...{ id: 'all', version: '2026-01-01', from: dayStart('2026-01-01')!, overMinutes: 0, per: 'hour' },
    money: { thousandths: 1_000, currency: 'EUR' },
  },
];

/** Numbers of version v belong to keys in another order; two are missing from every other version. */
function crowdOf(version: number, count = crowd): Subscribers {
  const key = (number: number): number => ((number * 7 + version * 5) % count) + 100;
  const numbers = new Map(Array.from({ length: count }, (_, number) => [key(number), number]));
  return {
    count,
    keyOf: key,
    numberOf: (of: number) => numbers.get(of) ?? -1,
    classOf: () => 'residential',
    bindings: { own: () => ['internet'] },
  } as unknown as Subscribers;
}

const incidentOf = (id: string, state: Incident['state'], more: Partial<Incident> = {}): Incident => ({
  ...{ id: id as IncidentId, kind: 'card', root: 'olt' as ResourceId, probability: 1, candidates: [], state },
  ...{ actionable: true, planned: false, startedAt: noon, alarms: [], suppressed: 0, history: [] },
  ...{ affected: { under: [], except: [] }, explanation: {} },
  ...more,
});

/** A room with a clock, and what is owed by it in the end, by key. */
class Desk {
  room = new Compensations(() => undefined);
  at: Instant = noon;
  version = 1;
  subscribers = crowdOf(1);
  /** Minutes by `incident key`. */
  readonly owed = new Map<string, number>();
  slices = 0;

  constructor(compensation: Compensation = { rules, tell: 'never', tellAfterMs: hours(2) }) {
    this.room.setPolicy({ ...policy({ confirm: { stableForMs: stable } }), compensation });
    this.room.setSubscribers(this.subscribers, 1);
  }

  hear(outcome: CompensateOutcome): void {
    for (let next = outcome; ; next = this.room.continue(next.rest!)) {
      for (const { incident, subscribers, minutes: lost, money } of next.owed)
        for (const key of subscribers) {
          if (money.thousandths === 0) this.owed.delete(`${incident} ${key}`);
          else this.owed.set(`${incident} ${key}`, lost);
        }
      if (next.rest === undefined) return;
      this.slices++;
    }
  }

  happen(kind: IncidentChange['kind'], incident: Incident, ranges?: readonly Range[]): void {
    const impacts = ranges === undefined ? [] : [this.impact(incident, ranges)];
    this.hear(this.room.take([{ kind, incident, joined: [] }], impacts, this.at));
  }

  impact(incident: Incident, ranges: readonly Range[]): ImpactChange {
    const impact = { topologyVersion: this.version } as ImpactChange['impact'];
    return { kind: 'assessed', incident, impact, joined: [], left: [], lost: [{ ranges }] };
  }

  pass(ms: number): void {
    const until = after(this.at, milliseconds(ms));
    for (let due = this.room.wakeAt; due !== undefined && due <= until; due = this.room.wakeAt) {
      this.at = instant(Math.max(due, this.at));
      this.hear(this.room.wake(this.at));
    }
    this.at = until;
  }

  /** As after a restart: the state goes through its own snapshot. */
  restart(): void {
    const kept = JSON.parse(JSON.stringify(this.room.snapshot()));
    const compensation: Compensation = { rules, tell: 'never', tellAfterMs: hours(2) };
    this.room = new Compensations(() => undefined);
    this.room.setPolicy({ ...policy({ confirm: { stableForMs: stable } }), compensation });
    this.room.setSubscribers(this.subscribers, this.version);
    this.room.restore(kept);
  }
}

const id = fc.integer({ min: 0, max: 3 });
const range = fc.tuple(fc.integer({ min: 0, max: crowd - 1 }), fc.integer({ min: 1, max: 12 }));
const events = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('touch' as const),
        id,
        ranges: fc.array(range, { maxLength: 3 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom('resolve' as const, 'reopen' as const, 'close' as const),
        id,
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('merge' as const), id, into: id }) },
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant('pass' as const), minutes: fc.integer({ min: 1, max: 90 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constantFrom('renumber' as const, 'restart' as const),
        id: fc.constant(0),
      }),
    },
  ),
  { maxLength: 40 },
);

/** What happened, kept by key and minute by minute. */
class Truth {
  readonly state = new Map<number, 'open' | 'resolved' | 'closed' | 'merged'>();
  readonly touched = new Map<number, ReadonlySet<number>>();
  readonly out = new Map<number, number>();

  pass(minutesOf: number): void {
    const now = new Set<number>();
    for (const [of, keys] of this.touched)
      if (this.state.get(of) === 'open') for (const key of keys) now.add(key);
    for (const key of now) this.out.set(key, (this.out.get(key) ?? 0) + minutesOf);
  }
}

test('however incidents grow, end, relapse, merge and are renumbered, each minute out is counted once', () => {
  fc.assert(
    fc.property(events, (all) => {
      const desk = new Desk();
      const truth = new Truth();
      const name = (of: number): string => `l.1.${of}`;
      const begun = new Map<number, Instant>();
      const of = (n: number, state: Incident['state'], more: Partial<Incident> = {}): Incident =>
        incidentOf(name(n), state, { startedAt: begun.get(n)!, ...more });
      const rangesNow = (n: number): Range[] =>
        tidied(
          [...(truth.touched.get(n) ?? [])]
            .map((key) => desk.subscribers.numberOf(key))
            .map((at) => ({ from: at, to: at + 1 })),
        );
      for (const event of all) {
        if (event.kind === 'pass') {
          truth.pass(event.minutes);
          desk.pass(event.minutes * 60_000);
        } else if (event.kind === 'restart') desk.restart();
        else if (event.kind === 'renumber') {
          desk.version++;
          desk.subscribers = crowdOf(desk.version);
          desk.room.setSubscribers(desk.subscribers, desk.version);
          const impacts = [...truth.state]
            .filter(([, state]) => state === 'open' || state === 'resolved')
            .map(([n, state]) => desk.impact(of(n, state), rangesNow(n)));
          desk.hear(desk.room.take([], impacts, desk.at));
        } else {
          const state = truth.state.get(event.id);
          if (event.kind === 'touch') {
            if (state !== undefined && state !== 'open') continue;
            const ranges = tidied(
              event.ranges.map(([from, long]) => ({ from, to: Math.min(crowd, from + long) })),
            );
            if (state === undefined) begun.set(event.id, desk.at);
            truth.state.set(event.id, 'open');
            const numbers = ranges.flatMap(({ from, to }) =>
              Array.from({ length: to - from }, (_, i) => from + i),
            );
            truth.touched.set(event.id, new Set(numbers.map((number) => desk.subscribers.keyOf(number))));
            desk.happen(state === undefined ? 'opened' : 'grew', of(event.id, 'open'), ranges);
          } else if (event.kind === 'resolve' && state === 'open') {
            truth.state.set(event.id, 'resolved');
            desk.happen('resolved', of(event.id, 'resolved', { resolvedAt: desk.at }));
          } else if (event.kind === 'close' && state === 'resolved') {
            truth.state.set(event.id, 'closed');
            desk.happen('closed', of(event.id, 'closed', { resolvedAt: desk.at }));
          } else if (event.kind === 'reopen' && (state === 'resolved' || state === 'closed')) {
            truth.state.set(event.id, 'open');
            desk.happen(
              'reopened',
              of(event.id, 'open'),
              state === 'closed' ? rangesNow(event.id) : undefined,
            );
          } else if (
            event.kind === 'merge' &&
            state === 'open' &&
            event.into !== event.id &&
            truth.state.get(event.into) === 'open'
          ) {
            truth.state.set(event.id, 'merged');
            const both = new Set([...truth.touched.get(event.id)!, ...truth.touched.get(event.into)!]);
            truth.touched.set(event.into, both);
            truth.touched.delete(event.id);
            const survivor = of(event.into, 'open');
            const changes: IncidentChange[] = [
              {
                kind: 'merged',
                incident: of(event.id, 'merged', { into: name(event.into) as IncidentId }),
                joined: [],
              },
              { kind: 'grew', incident: survivor, joined: [] },
            ];
            const impacts = [
              desk.impact(changes[0]!.incident, []),
              desk.impact(survivor, rangesNow(event.into)),
            ];
            desk.hear(desk.room.take(changes, impacts, desk.at));
          }
        }
      }
      for (const [n, state] of truth.state) {
        if (state === 'open') desk.happen('resolved', of(n, 'resolved', { resolvedAt: desk.at }));
      }
      desk.pass(hours(1));
      const said = new Map<number, number>();
      for (const [place, lost] of desk.owed) {
        const key = Number(place.split(' ')[1]);
        said.set(key, (said.get(key) ?? 0) + lost);
      }
      const byKey = (map: ReadonlyMap<number, number>) => [...map].sort(([a], [b]) => a - b);
      expect(byKey(said)).toEqual(byKey(truth.out));
    }),
    { numRuns: 600 },
  );
});

test('nothing is owed before it has been stable, and a relapse within that time makes one outage of it', () => {
  const desk = new Desk();
  desk.happen('opened', incidentOf('l.1.1', 'open'), [{ from: 0, to: 2 }]);
  desk.pass(hours(1));
  desk.happen('resolved', incidentOf('l.1.1', 'resolved', { resolvedAt: desk.at }));
  desk.pass(minutes(9));
  expect(desk.owed.size).toBe(0);
  desk.happen('reopened', incidentOf('l.1.1', 'open'));
  desk.pass(hours(1));
  expect(desk.owed.size).toBe(0);
  desk.happen('resolved', incidentOf('l.1.1', 'resolved', { resolvedAt: desk.at }));
  desk.pass(minutes(10));
  expect([...desk.owed.values()]).toEqual([120, 120]);
});

test('without rules nothing is kept, and an incident that was noise is owed nothing any more', () => {
  const off = new Desk({ rules: [], tell: 'after', tellAfterMs: hours(2) });
  off.happen('opened', incidentOf('l.1.1', 'open'), [{ from: 0, to: 2 }]);
  expect(off.room.snapshot().accounts).toEqual([]);
  expect(off.room.wakeAt).toBeUndefined();
  const desk = new Desk();
  desk.happen('opened', incidentOf('l.1.1', 'open'), [{ from: 0, to: 2 }]);
  desk.pass(hours(1));
  desk.happen('shrank', incidentOf('l.1.1', 'open'), [{ from: 0, to: 1 }]);
  desk.pass(minutes(20));
  expect([...desk.owed.values()]).toEqual([60]);
  desk.happen('grew', incidentOf('l.1.1', 'open', { actionable: false }));
  desk.pass(minutes(20));
  expect(desk.owed.size).toBe(0);
});

test('a hundred thousand are settled 5,000 at a call', () => {
  const desk = new Desk();
  desk.subscribers = { ...crowdOf(1), count: 100_000, keyOf: (number: number) => number } as Subscribers;
  desk.room.setSubscribers(desk.subscribers, 1);
  desk.happen('opened', incidentOf('l.1.1', 'open'), [{ from: 0, to: 100_000 }]);
  desk.pass(hours(3));
  desk.happen('resolved', incidentOf('l.1.1', 'resolved', { resolvedAt: desk.at }));
  desk.pass(minutes(11));
  expect(desk.owed.size).toBe(100_000);
  // The first slice comes with the tick.
  expect(desk.slices).toBe(19);
});

test('who comes back one by one is settled by the minute', () => {
  const desk = new Desk();
  const of = incidentOf('l.1.1', 'open');
  desk.happen('opened', of, [{ from: 0, to: crowd }]);
  for (let gone = 1; gone < crowd; gone++) {
    desk.pass(7_001);
    desk.happen('shrank', of, [{ from: gone, to: crowd }]);
  }
  const [strand] = desk.room.snapshot().accounts[0]!.strands;
  // 23 of them within three minutes, each at an instant of its own.
  expect([strand!.lost.length, strand!.ended.length]).toEqual([crowd - 1, 3]);
  expect(strand!.ended.every(({ dueAt }) => dueAt >= desk.at + stable - minutes(3))).toBe(true);
  desk.pass(minutes(11));
  expect([...desk.owed.values()].sort((a, b) => a - b).slice(-1)).toEqual([2]);
});

test('what is renumbered comes back all at once, also after a restart in the middle and another renumbering', () => {
  const many = 12_000;
  const desk = new Desk();
  desk.subscribers = crowdOf(1, many);
  desk.room.setSubscribers(desk.subscribers, 1);
  const of = incidentOf('l.1.1', 'open');
  desk.happen('opened', of, [{ from: 0, to: many }]);
  for (const gone of [4_000, 8_000, many]) {
    desk.pass(hours(1));
    desk.happen('shrank', of, gone === many ? [] : [{ from: gone, to: many }]);
  }
  const renumber = (version: number): CompensateOutcome => {
    desk.version = version;
    desk.subscribers = crowdOf(version, many);
    desk.room.setSubscribers(desk.subscribers, version);
    return desk.room.take([], [desk.impact(of, [])], desk.at);
  };
  const first = renumber(2);
  expect(first.rest).toBeDefined();
  // A part of it is known, and nothing of it stands there yet.
  const { accounts, carrying } = desk.room.snapshot();
  expect(accounts[0]!.strands.map(({ lost }) => lost)).toEqual([[]]);
  expect(carrying.some(({ found }) => found.length > 0)).toBe(true);
  desk.restart();
  desk.hear(renumber(3));
  for (let next = desk.room.continue('more'); next.rest !== undefined; ) next = desk.room.continue(next.rest);
  desk.pass(minutes(20));
  const said = new Map<number, number>();
  for (const lost of desk.owed.values()) said.set(lost, (said.get(lost) ?? 0) + 1);
  expect([...said].sort(([a], [b]) => a - b)).toEqual([
    [60, 4_000],
    [120, 4_000],
    [180, 4_000],
  ]);
});

test('an outage that goes on in another incident leaves behind what was lost before it', () => {
  const desk = new Desk();
  const [one, other] = [incidentOf('l.1.1', 'open'), incidentOf('l.1.2', 'open')];
  desk.happen('opened', one, [{ from: 0, to: 1 }]);
  desk.pass(minutes(90));
  desk.happen('shrank', one, []);
  desk.pass(minutes(5));
  desk.happen('grew', one, [{ from: 0, to: 1 }]);
  desk.happen('opened', { ...other, startedAt: desk.at }, [{ from: 0, to: 1 }]);
  desk.pass(minutes(30));
  desk.happen('resolved', incidentOf('l.1.1', 'resolved', { resolvedAt: desk.at }));
  desk.pass(minutes(30));
  desk.happen('resolved', incidentOf('l.1.2', 'resolved', { resolvedAt: desk.at }));
  desk.pass(minutes(11));
  expect([...desk.owed.values()]).toEqual([90, 60]);
});

test('one service at two places, as after a move, is owed for once', () => {
  const desk = new Desk();
  const of = incidentOf('l.1.1', 'open');
  const touch = (own: readonly Range[], moved: readonly Range[]): CompensateOutcome => {
    const impact = {
      ...desk.impact(of, own),
      lost: [{ ranges: own }, { service: 'internet', ranges: moved }],
    };
    return desk.room.take([], [impact], desk.at);
  };
  const house = [{ from: 0, to: 1 }];
  touch(house, house);
  desk.pass(minutes(30));
  touch([], house);
  desk.pass(minutes(50));
  touch([], []);
  desk.at = desk.room.wakeAt!;
  const { owed, apologies } = desk.room.wake(desk.at);
  expect(owed.map(({ minutes: lost, money }) => [lost, money.thousandths])).toEqual([[80, 2_000]]);
  expect(apologies.map(({ credit }) => credit)).toEqual([[{ thousandths: 2_000, currency: 'EUR' }]]);
});
