import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/canonical.ts';
import { hours, instant, minutes } from '../../src/base/instant.ts';
import type { IncidentId } from '../../src/model/ids.ts';
import type { Etr } from '../../src/model/incident.ts';
import type { Tell } from '../../src/model/notice.ts';
import { type NoticePlan, Notices } from '../../src/notify/notify.ts';
import { CountingColumns, happens, noon, outage, policy, reached, touches } from '../support/care.ts';
import { room, told } from '../support/notice-room.ts';

const second = 'l.1.2' as IncidentId;

const summary = (tells: readonly Tell[]) =>
  tells.map(({ type, revision, from, to }) => [type, revision, from, to]);
const etr = (ms: number, revision = 1): Etr => ({
  from: noon,
  to: instant(noon + ms),
  source: 'table',
  revision,
});

describe('the first notice', () => {
  test('waits for the flap guard, then goes out once', () => {
    const { notices, context, tells, whole, wakeAfter } = room();
    whole(notices.onIncident([happens('opened')], context()));
    whole(notices.onImpact([touches([[0, 10]])], context()));
    expect(notices.wakeAt).toBe(noon + minutes(4));
    wakeAfter(minutes(4) - 1);
    expect(tells).toEqual([]);
    wakeAfter(1);
    wakeAfter(hours(5));
    expect(summary(tells)).toEqual([['detected', 1, 0, 10]]);
    expect(notices.toldRanges(outage)).toEqual([{ from: 0, to: 10 }]);
  });

  test('is not sent when the fault clears within the guard, and that is counted', () => {
    const { notices, context, tells, whole, wakeAfter } = room();
    whole(notices.onIncident([happens('opened')], context()));
    whole(notices.onImpact([touches([[0, 10]])], context()));
    whole(notices.onIncident([happens('resolved')], context()));
    wakeAfter(hours(1));
    expect(tells).toEqual([]);
    expect(notices.counts(outage)).toMatchObject({ planned: 10, suppressed: 10 });
  });

  test.each([
    ['planned works tell nobody', { planned: true }],
    ['an incident kept for noise tells nobody', { actionable: false }],
  ])('%s', (_title, of) => {
    const { notices, context, tells, whole, wakeAfter } = room();
    whole(notices.onIncident([happens('opened', of)], context()));
    whole(notices.onImpact([touches([[0, 10]], { of })], context()));
    wakeAfter(hours(1));
    expect(tells).toEqual([]);
  });

  test('goes to who joins later, and not again to who knows', () => {
    const { notices, context, tells, whole } = told();
    whole(notices.onImpact([touches([[0, 15]], { revision: 2 })], context()));
    expect(summary(tells)).toEqual([
      ['detected', 1, 0, 10],
      ['detected', 2, 10, 15],
    ]);
  });

  test('leaves out who opted out or has no channel, and says how many', () => {
    const { notices, columns, context, tells, whole } = room({ notify: { holdMs: minutes(0) } });
    columns.optedOut.add(2);
    columns.silent.add(3);
    columns.silent.add(4);
    whole(notices.onIncident([happens('opened')], context()));
    whole(notices.onImpact([touches([[0, 10]])], context()));
    expect(tells[0]).toMatchObject({ except: [2, 3, 4], suppressed: { optedOut: 1, noChannel: 2 } });
    expect(notices.counts(outage)).toMatchObject({ planned: 10, queued: 7, suppressed: 3 });
  });

  test('waits for the morning where it is night, by the zone of each subscriber', () => {
    const { notices, columns, context, tells, whole, wakeAfter } = room({
      notify: { quietHours: { fromMinute: 22 * 60, toMinute: 8 * 60 } },
    });
    notices.setCalendar({ zones: { 'Asia/Yekaterinburg': [[0, 300]] } });
    columns.zone = (number) => (number < 5 ? 0 : 1);
    wakeAfter(hours(6));
    whole(notices.onIncident([happens('opened')], context()));
    whole(notices.onImpact([touches([[0, 10]])], context()));
    wakeAfter(minutes(4));
    expect(tells.map((tell) => [tell.from, tell.to, tell.notBefore])).toEqual([
      [0, 5, undefined],
      [5, 10, Date.UTC(2026, 2, 11, 3)],
    ]);
  });
});

describe('who knows already', () => {
  test.each([
    ['a small move of the expected time is no news', hours(2) + minutes(30), []],
    ['a move by more than half an hour and a quarter of the rest is', hours(3), ['etr-changed']],
  ])('%s', (_title, to, types) => {
    const { notices, context, tells, whole, wakeAfter } = room();
    whole(notices.onIncident([happens('opened')], context()));
    whole(notices.onImpact([touches([[0, 10]], { etr: etr(hours(2)) })], context()));
    wakeAfter(minutes(4));
    whole(notices.onImpact([touches([[0, 10]], { etr: etr(to, 2) })], context()));
    expect(tells.slice(1).map((tell) => tell.type)).toEqual(types);
  });

  test('hears of a first expected time, and of changes at most once an hour', () => {
    const { notices, context, tells, whole, wakeAfter } = told();
    const say = (to: number, revision: number) =>
      whole(notices.onImpact([touches([[0, 10]], { etr: etr(to, revision) })], context()));
    say(hours(2), 1);
    say(hours(4), 2);
    say(hours(6), 3);
    expect(tells.slice(1).map((tell) => tell.type)).toEqual(['etr', 'etr-changed']);
    wakeAfter(hours(1));
    expect(tells.at(-1)).toMatchObject({ type: 'etr-changed', facts: { etr: { to: noon + hours(6) } } });
  });

  test('is told no more than the cap a day', () => {
    const { notices, context, tells, whole, wakeAfter } = told([[0, 10]], {
      notify: { etrChangeEveryMs: minutes(0) },
    });
    for (let i = 1; i < 9; i++) {
      whole(notices.onImpact([touches([[0, 10]], { etr: etr(hours(i * 3), i) })], context()));
      wakeAfter(minutes(1));
    }
    expect(tells).toHaveLength(4);
  });

  test('is told that it works only where no question is asked', () => {
    for (const ask of [true, false]) {
      const { notices, context, tells, whole, wakeAfter } = told([[0, 10]], { confirm: { ask } });
      whole(notices.onIncident([happens('resolved')], context()));
      wakeAfter(minutes(10));
      expect(tells.slice(1).map((tell) => tell.type)).toEqual(ask ? [] : ['restored']);
    }
  });

  test('is not told anew when the incident is merged into another', () => {
    const { notices, context, tells, whole, wakeAfter } = told();
    whole(notices.onIncident([happens('opened', { id: second })], context()));
    whole(notices.onImpact([touches([[0, 20]], { of: { id: second } })], context()));
    whole(notices.onIncident([happens('merged', { into: second })], context()));
    wakeAfter(minutes(4));
    expect(summary(tells).slice(1)).toEqual([['detected', 1, 10, 20]]);
    expect(notices.toldRanges(second)).toEqual([{ from: 0, to: 20 }]);
  });
});

describe('a second person', () => {
  test.each([
    ['above the set number of recipients', { secondPersonAbove: 5 }, 100, 10, 'secondPerson'],
    ['above the share of the base', { stopAboveShare: 0.2 }, 10_000, 2_500, 'stopAboveShare'],
  ] as const)('must release %s', (_title, notify, count, affected, guard) => {
    const { notices, context, tells } = told([[0, affected]], { notify }, count);
    expect(tells.every((tell) => tell.held)).toBe(true);
    expect(notices.guard(outage, context().at).guard).toBe(guard);
    expect(notices.toldRanges(outage)).toEqual([]);
    expect(notices.approve(outage, context()).releases).toEqual([outage]);
    expect(notices.counts(outage)).toMatchObject({ held: 0, queued: affected });
    expect(notices.toldRanges(outage)).toEqual([{ from: 0, to: affected }]);
  });

  test('is not needed for a large share of a small base', () => {
    const { tells } = told([[0, 90]], { notify: { stopAboveShare: 0.2 } });
    expect(tells.map((tell) => tell.held)).toEqual([false]);
  });

  test('may refuse: what is held is taken back and nobody joins', () => {
    const { notices, context, tells, whole } = told([[0, 10]], { notify: { secondPersonAbove: 5 } });
    expect(notices.refuse(outage, context()).withdrawals[0]?.types).toContain('detected');
    whole(notices.onImpact([touches([[0, 30]], { revision: 2 })], context()));
    expect(tells).toHaveLength(1);
  });

  test('is too late when the outage is over: what was held is taken back and nobody counts as told', () => {
    const { notices, context, whole } = told([[0, 10]], { notify: { secondPersonAbove: 5 } });
    const plan = whole(notices.onIncident([happens('resolved')], context()));
    expect(plan.withdrawals).toEqual([
      { incident: outage, types: expect.arrayContaining(['detected', 'etr']) },
    ]);
    expect(notices.toldRanges(outage)).toEqual([]);
  });

  test('releases the smaller set when the cause was found further down', () => {
    const { notices, context, tells, whole } = told([[0, 50]], { notify: { secondPersonAbove: 5 } });
    whole(notices.onImpact([touches([[0, 8]], { revision: 2, left: [[8, 50]] })], context()));
    expect(summary(tells).at(-1)).toEqual(['detected', 3, 0, 8]);
    expect(notices.approve(outage, context()).releases).toEqual([outage]);
    expect(notices.toldRanges(outage)).toEqual([{ from: 0, to: 8 }]);
  });
});

test('who has heard that it works is told anew when the fault comes back, with a new revision', () => {
  const { notices, context, tells, whole, wakeAfter } = told();
  whole(notices.onIncident([happens('resolved')], context()));
  wakeAfter(minutes(11));
  whole(notices.onIncident([happens('reopened')], context()));
  wakeAfter(minutes(4));
  expect(summary(tells)).toEqual([
    ['detected', 1, 0, 10],
    ['detected', 3, 0, 10],
  ]);
});

test('after an import the same people count as told, whatever their new numbers', () => {
  const { notices, context, tells, whole } = told([[0, 10]]);
  const moved = new CountingColumns(100, (number) => 1_000 + ((number + 90) % 100));
  notices.setSubscribers(moved, 2);
  whole(notices.onImpact([touches([[5, 25]], { topologyVersion: 2, revision: 2 })], context()));
  expect(notices.toldRanges(outage)).toEqual([{ from: 5, to: 25 }]);
  expect(tells.slice(1).map((tell) => [tell.from, tell.to])).toEqual([
    [5, 10],
    [20, 25],
  ]);
});

test('receipts move the counts on', () => {
  const { notices } = told();
  notices.receipts([
    { incident: outage, state: 'sent', count: 9 },
    { incident: outage, state: 'delivered', count: 8 },
    { incident: outage, state: 'failed', count: 1 },
  ]);
  expect(notices.counts(outage)).toMatchObject({ planned: 10, queued: 0, sent: 1, delivered: 8, failed: 1 });
});

test('twelve thousand are told in slices of 5,000', () => {
  const { notices, columns, context, tells } = room({ notify: { holdMs: minutes(0) } }, 12_000);
  notices.onIncident([happens('opened')], context());
  let plan = notices.onImpact([touches([[0, 12_000]])], context());
  let slices = 0;
  for (;;) {
    tells.push(...plan.tells);
    expect(columns.looked.size).toBeLessThanOrEqual(5_000);
    columns.looked.clear();
    slices++;
    if (plan.rest === undefined) break;
    plan = notices.continue(plan.rest, context());
  }
  expect(slices).toBe(3);
  expect(tells.flatMap(reached)).toHaveLength(12_000);
});

describe('whatever happens', () => {
  const span = fc
    .tuple(fc.nat(39), fc.integer({ min: 1, max: 12 }))
    .map(([from, size]) => [from, Math.min(40, from + size)] as [number, number]);
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('impact' as const),
      span,
      etrMs: fc.option(fc.nat(hours(9)), { nil: undefined }),
    }),
    fc.record({
      kind: fc.constantFrom('resolved' as const, 'reopened' as const, 'approve' as const, 'refuse' as const),
    }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(hours(2)) }),
    fc.record({ kind: fc.constant('import' as const), by: fc.nat(39) }),
  );
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

  function play(steps: readonly Step[], restoreAt = -1) {
    let made = room({ notify: { secondPersonAbove: 25, etrChangeEveryMs: minutes(20) } }, 40);
    const { columns, context, tells, pass } = made;
    columns.optedOut.add(7);
    columns.silent.add(11);
    let notices = made.notices;
    let newest = columns;
    let version = 1;
    let revision = 0;
    const whole = (plan: NoticePlan): void => {
      for (let now: NoticePlan | undefined = plan; now !== undefined; ) {
        tells.push(...now.tells);
        now = now.rest === undefined ? undefined : notices.continue(now.rest, context());
      }
    };
    const apply = (one: Step): void => {
      if (one.kind === 'impact')
        whole(
          notices.onImpact(
            [
              touches([one.span], {
                revision: ++revision,
                topologyVersion: version,
                etr: one.etrMs === undefined ? undefined : etr(one.etrMs, revision),
              }),
            ],
            context(),
          ),
        );
      else if (one.kind === 'wait') {
        pass(one.ms);
        whole(notices.wake(context()));
      } else if (one.kind === 'import') {
        newest = new CountingColumns(40, (number) => 1_000 + ((number + one.by) % 40));
        notices.setSubscribers(newest, ++version);
      } else if (one.kind === 'approve' || one.kind === 'refuse') whole(notices[one.kind](outage, context()));
      else whole(notices.onIncident([happens(one.kind)], context()));
    };
    whole(notices.onIncident([happens('opened')], context()));
    steps.forEach((one, index) => {
      apply(one);
      if (index !== restoreAt) return;
      const snapshot = JSON.parse(JSON.stringify(notices.snapshot()));
      notices = new Notices();
      notices.setPolicy(policy({ notify: { secondPersonAbove: 25, etrChangeEveryMs: minutes(20) } }));
      notices.setSubscribers(newest, version);
      notices.restore(snapshot);
    });
    made = { ...made, notices };
    return { made, tells, end: canonicalJson(notices.snapshot()) };
  }

  test('nobody is told the same notice twice', () => {
    fc.assert(
      fc.property(
        fc.array(
          step.filter((one) => one.kind !== 'import'),
          { maxLength: 12 },
        ),
        (steps) => {
          const keys = play(steps).tells.flatMap((tell) =>
            reached(tell).map((number) => `${number} ${tell.type} ${tell.revision}`),
          );
          expect(new Set(keys).size).toBe(keys.length);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('the same calls give the same state, and a restored room goes on alike', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.nat(11), (steps, restoreAt) => {
        const first = play(steps);
        expect(play(steps).end).toBe(first.end);
        const restored = play(steps, restoreAt);
        expect(restored.end).toBe(first.end);
        expect(canonicalJson(restored.tells)).toBe(canonicalJson(first.tells));
      }),
      { numRuns: 100 },
    );
  });

  test('nobody is forgotten: told, left out or held add up to all who were affected', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(39)),
        fc.uniqueArray(fc.nat(39)),
        fc.array(span, { minLength: 1, maxLength: 6 }),
        fc.nat(40),
        (silent, optedOut, spans, secondPersonAbove) => {
          const { notices, columns, context, tells, whole } = room(
            { notify: { holdMs: minutes(0), secondPersonAbove } },
            40,
          );
          columns.silent = new Set(silent);
          columns.optedOut = new Set(optedOut);
          whole(notices.onIncident([happens('opened')], context()));
          spans.forEach((_, i) => {
            whole(notices.onImpact([touches(spans.slice(0, i + 1), { revision: i + 1 })], context()));
          });
          const affected = new Set(
            spans.flatMap(([from, to]) => Array.from({ length: to - from }, (_, k) => from + k)),
          );
          const { planned, held, queued, suppressed } = notices.counts(outage);
          expect([planned, held + queued + suppressed]).toEqual([affected.size, affected.size]);
          const reachable = [...affected].filter(
            (number) => !columns.silent.has(number) && !columns.optedOut.has(number),
          );
          expect(tells.flatMap(reached).sort((a, b) => a - b)).toEqual(reachable.sort((a, b) => a - b));
        },
      ),
      { numRuns: 150 },
    );
  });
});

test('a room restored in the middle of an import carries over the same people', () => {
  const { notices, context, whole } = told([[0, 12_000]], {}, 12_000);
  const moved = new CountingColumns(12_000, (number) => 1_000 + ((number + 6_000) % 12_000));
  notices.setSubscribers(moved, 2);
  let step = notices.onImpact([touches([[0, 12_000]], { topologyVersion: 2, revision: 2 })], context());
  const twin = new Notices();
  twin.setPolicy(policy());
  twin.setSubscribers(moved, 2);
  const snapshot = JSON.parse(JSON.stringify(notices.snapshot()));
  twin.restore(snapshot);
  expect(canonicalJson(twin.snapshot())).toBe(canonicalJson(snapshot));
  let slices = 0;
  for (; step.rest !== undefined; slices++) {
    const token = step.rest;
    moved.looked.clear();
    step = notices.continue(token, context());
    expect(moved.looked.size).toBeLessThanOrEqual(5_000);
    expect(canonicalJson(twin.continue(token, context()))).toBe(canonicalJson(step));
  }
  expect(slices).toBeGreaterThan(2);
  expect(whole(step).tells).toEqual([]);
  expect(twin.toldRanges(outage)).toEqual([{ from: 0, to: 12_000 }]);
});
