/** Whose service is back while the incident goes on. */
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/canonical.ts';
import { minutes } from '../../src/base/instant.ts';
import type { IncidentId, SubscriberRange } from '../../src/model/ids.ts';
import { Notices } from '../../src/notify/notify.ts';
import { CountingColumns, happens, outage, policy, reached, touches } from '../support/care.ts';
import { room, told } from '../support/notice-room.ts';

const second = 'l.1.2' as IncidentId;
const range = (from: number, to: number): SubscriberRange => ({ from, to });

/** The affected set is now this, and these left it. */
const shrinks = (to: [number, number][], left: SubscriberRange[], revision = 2) => ({
  ...touches(to, { revision }),
  left,
});

function leaving(change: Parameters<typeof policy>[0] = {}) {
  const made = told([[0, 10]], change);
  made.whole(made.notices.onImpact([shrinks([[0, 6]], [range(6, 10)])], made.context()));
  return made;
}
const toldAs = (made: ReturnType<typeof leaving>, type: string): number[] =>
  made.tells.filter((tell) => tell.type === type).flatMap(reached);

describe('whose service is back', () => {
  test('hears so once, when it has been stable, and nobody else hears anything', () => {
    const made = leaving();
    made.wakeAfter(minutes(10) - 1);
    expect(made.tells).toHaveLength(1);
    made.wakeAfter(1);
    expect(toldAs(made, 'partly-restored')).toEqual([6, 7, 8, 9]);
    made.wakeAfter(minutes(120));
    expect(made.tells).toHaveLength(2);
    expect(made.tells[1]!.facts.restoredAt).toBe(made.tells[0]!.facts.startedAt + minutes(4));
  });

  test('and is out again before that, hears nothing', () => {
    const made = leaving();
    made.wakeAfter(minutes(5));
    made.whole(made.notices.onImpact([touches([[0, 8]], { revision: 3 })], made.context()));
    made.wakeAfter(minutes(60));
    expect(toldAs(made, 'partly-restored')).toEqual([8, 9]);
    expect(toldAs(made, 'detected')).toHaveLength(10);
  });

  test('and is out again after it, is told anew, and of the second repair as well', () => {
    const made = leaving();
    made.wakeAfter(minutes(10));
    made.whole(made.notices.onImpact([touches([[0, 8]], { revision: 3 })], made.context()));
    expect(toldAs(made, 'detected').slice(10)).toEqual([6, 7]);
    made.whole(made.notices.onImpact([shrinks([[0, 6]], [range(6, 8)], 4)], made.context()));
    made.wakeAfter(minutes(10));
    expect(toldAs(made, 'partly-restored')).toEqual([6, 7, 8, 9, 6, 7]);
    const keys = made.tells.flatMap((tell) => reached(tell).map((n) => `${n} ${tell.type} ${tell.revision}`));
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('but is out of another incident, hears nothing of the sort', () => {
    const made = leaving();
    made.whole(made.notices.onIncident([happens('opened', { id: second })], made.context()));
    made.whole(made.notices.onImpact([touches([[8, 10]], { of: { id: second } })], made.context()));
    made.wakeAfter(minutes(10));
    expect(toldAs(made, 'partly-restored')).toEqual([6, 7]);
  });

  test('but had never been told that it is out, is not told that it is back', () => {
    const made = told([[0, 10]], { notify: { secondPersonAbove: 5 } });
    made.whole(made.notices.onImpact([shrinks([[0, 6]], [range(6, 10)])], made.context()));
    made.wakeAfter(minutes(30));
    expect(made.tells.map(({ type }) => type)).not.toContain('partly-restored');
  });

  test('does not hear at the end that it is restored once more; the others do', () => {
    const made = leaving({ confirm: { ask: false } });
    made.wakeAfter(minutes(10));
    made.whole(made.notices.onIncident([happens('resolved')], made.context()));
    made.wakeAfter(minutes(10));
    expect(toldAs(made, 'restored')).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('hears no more than the cap a day', () => {
    const made = leaving({ notify: { capPerDay: 1 } });
    made.wakeAfter(minutes(10));
    expect(toldAs(made, 'partly-restored')).toEqual([]);
    expect(made.notices.counts(outage)).toMatchObject({ suppressed: 4 });
  });

  test('is asked at the end like all who were told', () => {
    const made = leaving();
    made.wakeAfter(minutes(10));
    expect(made.notices.toldRanges(outage)).toEqual([range(0, 10)]);
  });
});

test('a restart and a new topology in between change nothing for them', () => {
  const made = leaving();
  const twin = new Notices();
  twin.setPolicy(policy());
  twin.setSubscribers(made.columns, 1);
  twin.restore(JSON.parse(JSON.stringify(made.notices.snapshot())));
  expect(canonicalJson(twin.snapshot())).toBe(canonicalJson(made.notices.snapshot()));
  const moved = new CountingColumns(100, (number) => 1_000 + ((number + 50) % 100));
  made.notices.setSubscribers(moved, 2);
  made.wakeAfter(minutes(10));
  const keys = toldAs(made, 'partly-restored').map((number) => moved.keyOf(number));
  expect(keys.map(Number).sort()).toEqual([1_006, 1_007, 1_008, 1_009]);
});

test('a snapshot of a time when nobody was told of it is read', () => {
  const { notices, columns } = told();
  const snapshot = JSON.parse(JSON.stringify(notices.snapshot()));
  for (const plan of snapshot.plans) {
    delete plan.leaving;
    delete plan.back;
  }
  const twin = room().notices;
  twin.setSubscribers(columns, 1);
  twin.restore(snapshot);
  expect(canonicalJson(twin.snapshot())).toBe(canonicalJson(notices.snapshot()));
});
