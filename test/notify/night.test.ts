import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/canonical.ts';
import { hours, instant, minutes } from '../../src/base/instant.ts';
import type { IncidentId, SubscriberKey } from '../../src/model/ids.ts';
import type { Tell } from '../../src/model/notice.ts';
import { quietCode } from '../../src/model/quiet-hours.ts';
import { Notices } from '../../src/notify/notify.ts';
import { happens, noon, outage, policy, touches } from '../support/care.ts';
import { room } from '../support/notice-room.ts';

const quiet = { notify: { quietHours: { fromMinute: 22 * 60, toMinute: 8 * 60 } } };
const morning = instant(noon + hours(20));

/** It goes out at 23:00 for 0 to 10. */
function atNight(prepare: (made: ReturnType<typeof room>) => void = () => {}) {
  const made = room(quiet);
  made.pass(hours(11));
  prepare(made);
  made.whole(made.notices.onIncident([happens('opened')], made.context()));
  made.whole(made.notices.onImpact([touches([[0, 10]])], made.context()));
  made.wakeAfter(minutes(4));
  return made;
}

const seen = (tells: readonly Tell[]) =>
  tells.map(({ type, from, to, except, notBefore }) => [type, from, to, [...except], notBefore]);
const resolved = (made: ReturnType<typeof room>) =>
  made.whole(
    made.notices.onIncident([happens('resolved', { resolvedAt: made.context().at })], made.context()),
  );

describe('at night', () => {
  test('what is over before the morning is told in one sentence then, and nothing else waits', () => {
    const made = atNight();
    made.pass(hours(3));
    const plan = resolved(made);
    expect(plan.withdrawals).toMatchObject([{ incident: outage }]);
    expect(plan.withdrawals[0]!.types).toContain('detected');
    made.wakeAfter(hours(30));
    expect(seen(made.tells)).toEqual([
      ['detected', 0, 10, [], morning],
      ['overnight', 0, 10, [], morning],
    ]);
    expect(made.tells[1]!.facts.restoredAt).toBe(noon + hours(14) + minutes(4));
    // They were told of no outage, so nobody asks them whether it is fixed.
    expect(made.notices.toldRanges(outage)).toEqual([]);
  });

  test('who was told in the evening hears of the end as always, not of the night', () => {
    const made = room(quiet);
    made.pass(hours(9));
    made.whole(made.notices.onIncident([happens('opened')], made.context()));
    made.whole(made.notices.onImpact([touches([[0, 10]])], made.context()));
    made.wakeAfter(minutes(4));
    made.pass(hours(3));
    resolved(made);
    expect(seen(made.tells).map(([type]) => type)).toEqual(['detected']);
  });

  test('when it is back before the morning, the sentence is taken back and the outage is told', () => {
    const made = atNight();
    made.pass(hours(1));
    resolved(made);
    made.pass(hours(1));
    const plan = made.whole(made.notices.onIncident([happens('reopened')], made.context()));
    expect(plan.withdrawals[0]!.types).toContain('overnight');
    made.wakeAfter(minutes(4));
    expect(seen(made.tells).at(-1)).toEqual(['detected', 0, 10, [], morning]);
    expect(new Set(made.tells.map(({ type, revision }) => `${type} ${revision}`)).size).toBe(3);
  });

  test('priority lines are told at once, and so is who turned to us in the last two hours', () => {
    const made = atNight(({ notices, columns, context }) => {
      columns.classOf = (number) => (number === 4 ? 'priority' : 'residential');
      notices.heardFrom(columns.keyOf(7) as SubscriberKey, instant(context().at - hours(1)));
      notices.heardFrom(columns.keyOf(8) as SubscriberKey, instant(context().at - hours(3)));
    });
    const now = made.tells.filter(({ notBefore }) => notBefore === undefined);
    expect(now.map(({ from, to }) => [from, to])).toEqual([
      [4, 5],
      [7, 8],
    ]);
    expect(made.tells.filter(({ notBefore }) => notBefore === morning).length).toBeGreaterThan(0);
  });

  test('a restart keeps who is awake, and a snapshot of before is read', () => {
    const { notices, columns } = room(quiet);
    notices.heardFrom(columns.keyOf(7) as SubscriberKey, noon);
    const { awake, ...older } = notices.snapshot();
    expect(awake).toEqual([[1_007, noon]]);
    const again = new Notices();
    again.setPolicy(policy(quiet));
    again.setSubscribers(columns, 1);
    again.restore(structuredClone({ awake, ...older }));
    expect(canonicalJson(again.snapshot())).toBe(canonicalJson(notices.snapshot()));
    again.restore(older);
    expect(again.snapshot().awake).toEqual([]);
  });
});

describe('several incidents of one night', () => {
  const capped = (capPerDayOverall: number) => ({
    notify: { quietHours: { fromMinute: 22 * 60, toMinute: 8 * 60 }, capPerDayOverall },
  });
  /** Two incidents at 23:00 for 0 to 10, who may have so many messages a day. */
  function twoAtNight(cap: number) {
    const made = room(capped(cap));
    made.pass(hours(11));
    for (const id of [outage, 'i.2' as IncidentId]) {
      made.whole(made.notices.onIncident([happens('opened', { id })], made.context()));
      made.whole(made.notices.onImpact([touches([[0, 10]], { incident: id, of: { id } })], made.context()));
    }
    made.wakeAfter(minutes(4));
    return made;
  }

  test('what waits for one morning is one message, and counts as one', () => {
    const recipients = (made: ReturnType<typeof room>) =>
      made.tells.map(({ incident, from, to, except }) => [incident, to - from - except.length]);
    expect(recipients(twoAtNight(1))).toEqual([
      [outage, 10],
      ['i.2', 10],
    ]);
    // By day each is a message of its own.
    const made = room(capped(1));
    for (const id of [outage, 'i.2' as IncidentId]) {
      made.whole(made.notices.onIncident([happens('opened', { id })], made.context()));
      made.whole(made.notices.onImpact([touches([[0, 10]], { incident: id, of: { id } })], made.context()));
      made.wakeAfter(minutes(4));
    }
    expect(recipients(made)).toEqual([[outage, 10]]);
  });

  test('of one that turns out to be part of the other only the whole is told', () => {
    const made = room(quiet);
    made.pass(hours(11));
    made.whole(made.notices.onIncident([happens('opened')], made.context()));
    made.whole(made.notices.onImpact([touches([[0, 10]])], made.context()));
    made.wakeAfter(minutes(4));
    const whole = { id: 'i.2' as IncidentId };
    made.whole(made.notices.onIncident([happens('opened', whole)], made.context()));
    const plan = made.whole(
      made.notices.onIncident([happens('merged', { into: whole.id, state: 'merged' })], made.context()),
    );
    expect(plan.withdrawals).toMatchObject([{ incident: outage }]);
    made.whole(
      made.notices.onImpact([touches([[0, 10]], { incident: whole.id, of: whole })], made.context()),
    );
    made.wakeAfter(minutes(4));
    expect(made.tells.at(-1)).toMatchObject({ incident: 'i.2', type: 'detected', from: 0, to: 10 });
  });
});

describe('a subscriber with quiet hours of their own', () => {
  const choosing = (change: Parameters<typeof room>[0], choices: Readonly<Record<number, string>>) => {
    const made = room(change);
    Object.assign(made.columns, { quietOf: (number: number) => quietCode(choices[number] ?? '') });
    return made;
  };
  const outAt = (made: ReturnType<typeof room>, later: number) => {
    made.pass(later);
    made.whole(made.notices.onIncident([happens('opened')], made.context()));
    made.whole(made.notices.onImpact([touches([[0, 3]])], made.context()));
    made.wakeAfter(minutes(4));
    return made.tells.map(({ from, to, notBefore }) => [from, to, notBefore]);
  };

  test('hears by them and not by the policy, earlier or later, or at any hour', () => {
    const made = choosing(quiet, { 1: 'off', 2: '21:00-10:00' });
    expect(outAt(made, hours(11))).toEqual([
      [0, 1, morning],
      [1, 2, undefined],
      [2, 3, instant(morning + hours(2))],
    ]);
    expect(outAt(choosing(quiet, { 2: '21:00-10:00' }), hours(9) + minutes(30))).toEqual([
      [0, 2, undefined],
      [2, 3, instant(morning + hours(2))],
    ]);
  });

  test('has them where the policy has none, and who has just called is awake all the same', () => {
    expect(outAt(choosing({}, { 2: '22:00-08:00' }), hours(11))).toEqual([
      [0, 2, undefined],
      [2, 3, morning],
    ]);
    const made = choosing({}, { 2: '22:00-08:00' });
    made.notices.heardFrom(made.columns.keyOf(2) as SubscriberKey, instant(noon + hours(10)));
    expect(outAt(made, hours(11))).toEqual([[0, 3, undefined]]);
  });
});
