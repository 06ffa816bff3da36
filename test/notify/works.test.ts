import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/canonical.ts';
import { hours, type Instant, instant, minutes } from '../../src/base/instant.ts';
import { type IncidentId, type ResourceId, worksNoticesId } from '../../src/model/ids.ts';
import type { Tell } from '../../src/model/notice.ts';
import { type NoticePlan, WorksNotices } from '../../src/notify/notify.ts';
import { compileTopology, type PlannedWorks, placeSubscribers } from '../../src/topology/topology.ts';
import { noon, policy } from '../support/care.ts';
import { subscribersOn } from '../support/subscriber-table.ts';

/** Of an access node with `count` lines below it, and another one with one. */
function network(works: readonly PlannedWorks[], count: number) {
  const node = (id: string) => ({ id: id as ResourceId, kind: 'olt', in: {}, subscribers: 0 }) as const;
  const line = (id: string, parent: string) =>
    ({ id: id as ResourceId, kind: 'ont', in: { access: parent as ResourceId }, subscribers: 1 }) as const;
  const lines = Array.from({ length: count }, (_, n) => `line-${String(n).padStart(5, '0')}`);
  const topology = compileTopology({
    serviceRoots: [],
    resources: [node('olt'), node('other'), ...lines.map((id) => line(id, 'olt')), line('far', 'other')],
    links: [],
    planned: works,
  }).value;
  return { topology, subscribers: placeSubscribers(topology, subscribersOn([...lines, 'far'])) };
}

const worksAt = (from: Instant, change: Partial<PlannedWorks> = {}): PlannedWorks => ({
  id: 'w1',
  resources: ['olt' as ResourceId],
  from,
  to: instant(from + hours(3)),
  ...change,
});

const incident = worksNoticesId('w1');

function room(change: Parameters<typeof policy>[0] = {}, count = 10) {
  let notices = new WorksNotices();
  const rules = policy({ ...change, notify: { quietHours: undefined, ...change.notify } });
  let version = 0;
  let at = noon;
  let worksNow: readonly PlannedWorks[] = [];
  const tells: (Tell & { readonly at: Instant })[] = [];
  const releases: IncidentId[] = [];
  const whole = (plan: NoticePlan): NoticePlan => {
    for (let step = plan; ; step = notices.continue(at)) {
      tells.push(...step.tells.map((tell) => ({ ...tell, at })));
      releases.push(...step.releases);
      if (step.rest === undefined) return plan;
    }
  };
  const use = (): void => {
    const { topology, subscribers } = network(worksNow, count);
    notices.setTopology(topology, subscribers, version);
  };
  notices.setPolicy(rules);
  return {
    tells,
    releases,
    whole,
    get notices() {
      return notices;
    },
    plan(...works: PlannedWorks[]): NoticePlan {
      worksNow = works;
      version++;
      use();
      return whole(notices.changed(at));
    },
    /** Every timer until then fires at its time. */
    goTo(then: number): void {
      for (let next = notices.wakeAt; next !== undefined && next <= then; next = notices.wakeAt) {
        at = instant(Math.max(at, next));
        whole(notices.wake(at));
      }
      at = instant(then);
    },
    restart(): void {
      const snapshot = JSON.parse(JSON.stringify(notices.snapshot()));
      notices = new WorksNotices();
      notices.setPolicy(rules);
      use();
      notices.restore(snapshot);
    },
  };
}

const said = (tells: readonly (Tell & { readonly at: Instant })[]) =>
  tells.map(({ type, at, from, to }) => [type, (at - noon) / hours(1), to - from]);

describe('planned works', () => {
  test('are told 72 h and 24 h ahead, when they begin and when they end, to those below them', () => {
    const { plan, goTo, tells } = room();
    plan(worksAt(instant(noon + hours(100))));
    goTo(noon + hours(200));
    expect(said(tells)).toEqual([
      ['planned', 28, 10],
      ['planned-soon', 76, 10],
      ['planned-start', 100, 10],
      ['planned-end', 103, 10],
    ]);
    expect(tells[0]).toMatchObject({
      incident: 'works:w1',
      notAfter: noon + hours(100),
      facts: { startedAt: noon + hours(100), etr: { to: noon + hours(103) } },
    });
  });

  test('that are announced late are told at once, and not again a day ahead', () => {
    const { plan, goTo, tells } = room();
    plan(worksAt(instant(noon + hours(10))));
    goTo(noon + hours(20));
    expect(said(tells)).toEqual([
      ['planned', 0, 10],
      ['planned-start', 10, 10],
      ['planned-end', 13, 10],
    ]);
  });

  test('that run already, or are over, are not announced', () => {
    const { plan, goTo, tells } = room();
    plan(worksAt(instant(noon - hours(1))), worksAt(instant(noon - hours(9)), { id: 'w2' }));
    goTo(noon + hours(20));
    expect(tells).toEqual([]);
  });

  test('that move are told anew, once, and what waited is taken back', () => {
    const { plan, goTo, tells } = room();
    plan(worksAt(instant(noon + hours(50))));
    goTo(noon + hours(1));
    const moved = plan(worksAt(instant(noon + hours(60))));
    plan(worksAt(instant(noon + hours(60))));
    expect(moved.withdrawals).toMatchObject([{ incident, types: expect.arrayContaining(['planned']) }]);
    goTo(noon + hours(100));
    expect(said(tells)).toEqual([
      ['planned', 0, 10],
      ['planned-changed', 1, 10],
      ['planned-soon', 36, 10],
      ['planned-start', 60, 10],
      ['planned-end', 63, 10],
    ]);
    expect(tells[1]!.facts.previousEtr).toMatchObject({ from: noon + hours(50) });
    expect(new Set(tells.map(({ revision }) => revision)).size).toBe(5);
  });

  test('that take more people in are told to those who join', () => {
    const { plan, goTo, tells } = room();
    plan(worksAt(instant(noon + hours(40))));
    plan(worksAt(instant(noon + hours(40)), { resources: ['olt', 'other'] as ResourceId[] }));
    goTo(noon + hours(15));
    expect(said(tells)).toEqual([
      ['planned', 0, 10],
      ['planned', 0, 1],
    ]);
  });

  test('that are called off are told so, and nothing more', () => {
    const { plan, goTo, tells } = room();
    plan(worksAt(instant(noon + hours(40))));
    plan();
    goTo(noon + hours(100));
    expect(said(tells)).toEqual([
      ['planned', 0, 10],
      ['planned-cancelled', 0, 10],
    ]);
  });

  test('that are called off before anybody heard of them are not spoken of', () => {
    const { plan, goTo, tells } = room();
    plan(worksAt(instant(noon + hours(100))));
    plan();
    goTo(noon + hours(200));
    expect(tells).toEqual([]);
  });

  test('are told after the quiet hours of each address, not after they have begun', () => {
    const { plan, tells } = room({ notify: { quietHours: { fromMinute: 11 * 60, toMinute: 14 * 60 } } });
    plan(worksAt(instant(noon + hours(10))));
    expect(tells[0]).toMatchObject({ notBefore: noon + hours(2), notAfter: noon + hours(10) });
  });

  test('wait for a person above the limit, ten minutes where nobody else is there, and a person can release them', () => {
    const {
      plan,
      goTo,
      tells,
      releases,
      notices: held,
    } = room({
      notify: { secondPersonAbove: 5, isAlone: true, aloneHoldMs: minutes(10) },
    });
    plan(worksAt(instant(noon + hours(10))));
    expect(tells.map(({ held }) => held)).toEqual([true]);
    goTo(noon + minutes(9));
    expect(releases).toEqual([]);
    expect(held.guard(incident, noon)).toEqual({ guard: 'secondPerson', leavesAt: noon + minutes(10) });
    goTo(noon + minutes(10));
    expect(releases).toEqual([incident]);
    goTo(noon + hours(20));
    expect(tells.map(({ held }) => held)).toEqual([true, false, false]);
    const other = room({ notify: { secondPersonAbove: 5 } });
    other.plan(worksAt(instant(noon + hours(10))));
    expect(other.notices.approve(incident, noon)?.releases).toEqual([incident]);
    expect(other.notices.approve('works:none' as IncidentId, noon)).toBeUndefined();
  });

  test('that a person refused are not spoken of again', () => {
    const { plan, goTo, tells, notices } = room({ notify: { secondPersonAbove: 5 } });
    plan(worksAt(instant(noon + hours(40))));
    expect(notices.refuse(incident, noon)?.withdrawals).toMatchObject([{ incident }]);
    goTo(noon + hours(100));
    expect(tells).toHaveLength(1);
  });

  test('are not told where the policy says so', () => {
    const { plan, goTo, tells } = room({ notify: { tellWorks: false } });
    plan(worksAt(instant(noon + hours(10))));
    goTo(noon + hours(20));
    expect(tells).toEqual([]);
  });

  test('of twelve thousand lines are told in slices of 5,000', () => {
    const { plan, tells } = room({ notify: { secondPersonAbove: 100_000, stopAboveShare: 1 } }, 12_000);
    plan(worksAt(instant(noon + hours(10))));
    expect(tells.map(({ from, to }) => to - from)).toEqual([5_000, 5_000, 2_000]);
  });
});

test('whatever is planned, nobody is told twice of one revision or after its time, and a restart changes nothing', () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('plan' as const),
      from: fc.integer({ min: -50, max: 120 }),
      id: fc.constantFrom('w1', 'w2'),
    }),
    fc.record({ kind: fc.constant('none' as const) }),
    fc.record({ kind: fc.constant('pass' as const), by: fc.nat(60) }),
  );
  const play = (
    steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[],
    restartAt: number,
  ) => {
    const made = room();
    let at = noon;
    steps.forEach((one, place) => {
      if (one.kind === 'plan') made.plan(worksAt(instant(noon + hours(one.from)), { id: one.id }));
      else if (one.kind === 'none') made.plan();
      else {
        at = instant(at + hours(one.by));
        made.goTo(at);
      }
      if (place === restartAt) made.restart();
    });
    return { tells: made.tells, end: canonicalJson(made.notices.snapshot()) };
  };
  fc.assert(
    fc.property(fc.array(step, { maxLength: 10 }), fc.nat(9), (steps, restartAt) => {
      const { tells, end } = play(steps, -1);
      const keys = tells.map(({ incident: of, type, revision }) => `${of} ${type} ${revision}`);
      expect(new Set(keys).size).toBe(keys.length);
      for (const tell of tells) expect(tell.at).toBeLessThan(tell.notAfter!);
      const again = play(steps, restartAt);
      expect(again.end).toBe(end);
      expect(canonicalJson(again.tells)).toBe(canonicalJson(tells));
    }),
    { numRuns: 60 },
  );
});
