// Alarm records out of observations: one alarm a key, three lifecycles, damping, shelves, reconciling.
import { describe, expect, test } from 'vitest';
import { Alarms } from '../../src/alarm/alarm.ts';
import { canonicalJson } from '../../src/base/canonical.ts';
import { type Instant, instant, minutes, seconds } from '../../src/base/instant.ts';
import { type AlarmId, alarmId, type IncidentId, resourceId } from '../../src/model/ids.ts';
import type { Observation } from '../../src/model/observation.ts';

const t0 = instant(1_700_000_000_000);
const at = (s: number): Instant => instant(t0 + s * 1_000);
const raise = (resource: string, cause = 'LOS', more: Partial<Observation> = {}): Observation => ({
  event: 'raise',
  resource: resourceId(resource),
  cause,
  source: 'trap',
  ...more,
});
const clear = (resource: string, cause = 'LOS', more: Partial<Observation> = {}): Observation => ({
  event: 'clear',
  resource: resourceId(resource),
  cause,
  source: 'trap',
  ...more,
});
const kinds = (changes: readonly { readonly kind: string }[]): string[] =>
  changes.map((change) => change.kind);
const los = alarmId('ont-1', 'LOS', undefined);

describe('one alarm of all sources', () => {
  test('a raise makes an alarm with the type and severity of its cause', () => {
    const [change] = new Alarms().observe(raise('m-1', 'MAINS_FAIL', { record: 'a17' }), t0);
    expect(change).toMatchObject({ kind: 'raised', record: 'a17', source: 'trap' });
    expect(change).toMatchObject({
      alarm: {
        alarmType: 'environmentalAlarm',
        perceivedSeverity: 'major',
        state: 'raised',
        count: 1,
        raisedAt: t0,
      },
    });
  });

  test('an unlisted cause is taken as it is, indeterminate', () => {
    const [change] = new Alarms().observe(raise('x', 'SQUIRREL'), t0);
    expect(change).toMatchObject({ alarm: { cause: 'SQUIRREL', perceivedSeverity: 'indeterminate' } });
  });

  test('raises of the same key from other sources are repeats, counted', () => {
    const alarms = new Alarms();
    alarms.observe(raise('ont-1'), t0);
    const [change] = alarms.observe(raise('ont-1', 'LOS', { source: 'poll', severity: 'critical' }), at(5));
    expect(change).toMatchObject({ kind: 'repeated', source: 'poll', record: los });
    expect(alarms.alarm(los)).toMatchObject({
      count: 2,
      sources: ['poll', 'trap'],
      perceivedSeverity: 'critical',
    });
  });

  test('a trap ends only what traps raised; the poll that looked ends it for all', () => {
    const alarms = new Alarms();
    alarms.observe(raise('ont-1'), t0);
    alarms.observe(raise('ont-1', 'LOS', { source: 'poll' }), at(1));
    expect(kinds(alarms.observe(clear('ont-1'), at(2)))).toEqual(['changed']);
    expect(alarms.alarm(los)).toMatchObject({ state: 'raised', sources: ['poll'] });
    alarms.observe(raise('ont-1'), at(3));
    expect(kinds(alarms.observe(clear('ont-1', 'LOS', { source: 'poll' }), at(4)))).toEqual(['cleared']);
    expect(alarms.alarm(los)).toMatchObject({
      state: 'cleared',
      sources: [],
      source: 'trap',
      clearReason: 'cleared',
      clearedAt: at(4),
    });
  });

  test('a clear of an alarm stream ends its key whoever raised it', () => {
    const alarms = new Alarms();
    alarms.observe(raise('ont-1', 'LOS', { record: '1' }), t0);
    alarms.observe(raise('ont-1', 'LOS', { record: '2', source: 'poll' }), at(1));
    expect(kinds(alarms.observe(clear('ont-1', 'LOS', { record: '3' }), at(2)))).toEqual(['cleared']);
  });

  test('a clear without an end takes the alarms of both ends of a link', () => {
    const alarms = new Alarms();
    for (const by of ['sw-1', 'sw-2'])
      alarms.observe(raise('link-1', 'LINK_DOWN', { by: resourceId(by) }), t0);
    expect(kinds(alarms.observe(clear('link-1', 'LINK_DOWN', { by: resourceId('sw-1') }), at(1)))).toEqual([
      'cleared',
    ]);
    alarms.observe(raise('link-1', 'LINK_DOWN', { by: resourceId('sw-1') }), at(2));
    expect(kinds(alarms.observe(clear('link-1', 'LINK_DOWN'), at(3)))).toEqual(['cleared', 'cleared']);
    expect([...alarms.raised()]).toEqual([]);
  });

  test('a clear of something never raised says nothing', () => {
    expect(new Alarms().observe(clear('ont-1'), t0)).toEqual([]);
  });

  test('proof of life ends loss of sight and light of that resource and nothing else', () => {
    const alarms = new Alarms();
    for (const cause of ['LOS', 'DYING_GASP', 'UNREACHABLE', 'LINK_DOWN', 'PORT_LOS', 'HIGH_TEMP']) {
      alarms.observe(raise('ont-1', cause, { source: cause === 'LOS' ? 'poll' : 'trap' }), t0);
    }
    alarms.observe(raise('ont-2'), t0);
    const alive: Observation = { event: 'alive', resource: resourceId('ont-1'), source: 'poll' };
    const changes = alarms.observe(alive, at(1));
    expect(kinds(changes)).toEqual([...Array<string>(5).fill('cleared'), 'alive']);
    expect(changes.at(-1)).toEqual({ kind: 'alive', resource: 'ont-1', below: false });
    expect([...alarms.raised()].map((alarm) => alarm.id)).toEqual(['ont-1~HIGH_TEMP', 'ont-2~LOS']);
    expect(alarms.alarm(los)).toMatchObject({ clearReason: 'alive' });
  });

  test('loss of sight is passed on and changes no alarm', () => {
    const observation: Observation = {
      event: 'unknown',
      resource: resourceId('olt-1'),
      below: true,
      source: 'collector',
    };
    expect(new Alarms().observe(observation, t0)).toEqual([
      { kind: 'unknown', resource: 'olt-1', below: true },
    ]);
  });
});

test('an alarm that has calmed down and only repeats itself is not flapping again', () => {
  const alarms = new Alarms();
  for (let n = 0; n < 6; n++) {
    alarms.observe(raise('ont-1'), at(10 * n));
    if (n < 5) alarms.observe(clear('ont-1'), at(10 * n + 5));
  }
  expect(alarms.alarm(los)?.flapping).toBe(true);
  while (alarms.wakeAt !== undefined) alarms.wake(alarms.wakeAt);
  expect(alarms.alarm(los)).toMatchObject({ flapping: false, state: 'raised' });
  alarms.observe(raise('ont-1'), at(3_600));
  expect(alarms.alarm(los)).toMatchObject({ flapping: false, state: 'raised' });
  expect(alarms.wakeAt).toBeUndefined();
});

describe('lifecycles', () => {
  test('an alarm that comes back is new to the operator', () => {
    const alarms = new Alarms();
    alarms.observe(raise('ont-1'), t0);
    alarms.acknowledge(los, 'anna', at(1));
    expect(alarms.alarm(los)).toMatchObject({ ackState: 'acknowledged', ackBy: 'anna', state: 'raised' });
    expect(alarms.acknowledge(los, 'boris', at(2))).toEqual([]);
    alarms.observe(clear('ont-1'), at(3));
    expect(alarms.alarm(los)?.ackState).toBe('acknowledged');
    alarms.observe(raise('ont-1'), at(60));
    expect(alarms.alarm(los)).toMatchObject({ ackState: 'unacknowledged', count: 1, raisedAt: at(60) });
    expect(alarms.alarm(los)?.clearedAt).toBeUndefined();
  });

  test('a shelf expires by itself and the alarm was updated meanwhile', () => {
    const alarms = new Alarms();
    alarms.observe(raise('ont-1'), t0);
    alarms.shelve({ alarm: los, until: at(600), by: 'olga' }, at(1));
    expect(alarms.wakeAt).toBe(at(600));
    alarms.observe(raise('ont-1', 'LOS', { severity: 'critical' }), at(300));
    expect(alarms.alarm(los)).toMatchObject({ shelvedUntil: at(600), perceivedSeverity: 'critical' });
    expect(kinds(alarms.wake(at(600)))).toEqual(['changed']);
    expect(alarms.alarm(los)?.shelvedUntil).toBeUndefined();
    expect(alarms.wakeAt).toBeUndefined();
  });

  test('a shelf until the alarm clears ends with it and says so; the next alarm is not hidden', () => {
    const alarms = new Alarms();
    alarms.observe(raise('ont-1'), t0);
    alarms.shelve({ alarm: los, until: at(600), untilCleared: true, by: 'olga' }, at(1));
    expect(alarms.alarm(los)).toMatchObject({ shelvedUntil: at(600), shelf: { by: 'olga' } });
    alarms.observe(clear('ont-1'), at(30));
    const over = { shelvedUntil: undefined, unshelved: { at: at(30), because: 'cleared' } };
    expect(alarms.alarm(los)).toMatchObject({ state: 'cleared', ...over });
    expect(alarms.wakeAt).toBeUndefined();
    alarms.observe(raise('ont-1'), at(90));
    expect(alarms.alarm(los)).toMatchObject({ state: 'raised', shelvedUntil: undefined });
    expect(alarms.alarm(los)?.unshelved).toBeUndefined();
  });

  test('a shelf until then hides what comes back, however long it was gone', () => {
    const alarms = new Alarms();
    alarms.observe(raise('ont-1'), t0);
    alarms.shelve({ alarm: los, until: at(3 * 3_600), by: 'olga' }, at(1));
    alarms.observe(clear('ont-1'), at(30));
    alarms.observe(raise('ont-2'), at(3_600));
    alarms.observe(raise('ont-1'), at(2 * 3_600));
    expect(alarms.alarm(los)).toMatchObject({ state: 'raised', shelvedUntil: at(3 * 3_600) });
    alarms.observe(clear('ont-1'), at(2 * 3_600 + 1));
    alarms.wake(at(3 * 3_600));
    expect(alarms.alarm(los)).toBeUndefined();
  });

  test('whoever hid an alarm may show it again, and that is said', () => {
    const alarms = new Alarms();
    alarms.observe(raise('ont-1'), t0);
    alarms.shelve({ alarm: los, until: at(600), by: 'olga' }, at(1));
    alarms.shelve({ alarm: los, until: t0, by: 'ivan' }, at(9));
    expect(alarms.alarm(los)).toMatchObject({
      shelvedUntil: undefined,
      unshelved: { at: at(9), because: 'operator' },
    });
    expect(alarms.shelve({ alarm: los, until: t0, by: 'ivan' }, at(10))).toEqual([]);
    expect(alarms.wakeAt).toBeUndefined();
  });

  test('a note stays as long as the alarm, through acknowledgement, repeats and its end', () => {
    const alarms = new Alarms();
    alarms.observe(raise('ont-1'), t0);
    alarms.note(los, { by: 'olga', text: 'row-1' }, at(1));
    alarms.acknowledge(los, 'olga', at(2));
    expect(alarms.note(los, { by: 'olga', text: 'row-1' }, at(3))).toEqual([]);
    alarms.observe(clear('ont-1'), at(4));
    expect(alarms.alarm(los)?.notes).toEqual([{ at: at(1), by: 'olga', text: 'row-1' }]);
    alarms.observe(raise('ont-1'), at(60));
    expect(alarms.alarm(los)?.notes).toBeUndefined();
  });

  test('of many notes the newest fifty stay', () => {
    const alarms = new Alarms();
    alarms.observe(raise('ont-1'), t0);
    for (let n = 0; n < 60; n++) alarms.note(los, { by: 'olga', text: `row-${n}` }, at(n));
    const { notes } = alarms.alarm(los)!;
    expect([notes?.length, notes?.[0]?.text, notes?.at(-1)?.text]).toEqual([50, 'row-10', 'row-59']);
  });

  test('an operator clears an alarm that no source will ever end', () => {
    const alarms = new Alarms();
    alarms.observe(raise('r-1', 'TRAP'), t0);
    const id = alarmId('r-1', 'TRAP', undefined);
    expect(alarms.clear(id, at(9))).toMatchObject([{ kind: 'cleared', alarm: { clearReason: 'operator' } }]);
    expect(alarms.clear(id, at(10))).toEqual([]);
  });

  test('the incident is noted once', () => {
    const alarms = new Alarms();
    alarms.observe(raise('ont-1'), t0);
    const incident = 'l.1.7' as IncidentId;
    expect(kinds(alarms.attach([los, 'nothing' as AlarmId], incident, at(1)))).toEqual(['changed']);
    expect(alarms.attach([los], incident, at(2))).toEqual([]);
  });

  test('cleared alarms are forgotten after half an hour, raised ones never', () => {
    const alarms = new Alarms();
    alarms.observe(raise('ont-1'), t0);
    alarms.observe(raise('ont-2'), t0);
    alarms.observe(clear('ont-1'), at(1));
    alarms.wake(at(1_801));
    expect(alarms.size).toBe(2);
    alarms.wake(at(1_802));
    expect(alarms.alarm(los)).toBeUndefined();
    expect(alarms.size).toBe(1);
  });
});

describe('flapping', () => {
  const flap = (alarms: Alarms, times: number, everyS: number, fromS = 0): string[] => {
    const seen: string[] = [];
    for (let i = 0; i < times; i++) {
      const one = i % 2 === 0 ? raise('port-1', 'LINK_DOWN') : clear('port-1', 'LINK_DOWN');
      seen.push(...kinds(alarms.observe(one, at(fromS + i * everyS))));
    }
    return seen;
  };
  const port = alarmId('port-1', 'LINK_DOWN', undefined);

  test('a port that flaps for an hour is one steady alarm that ends once', () => {
    const alarms = new Alarms();
    const seen = flap(alarms, 3_600, 1);
    expect(seen.filter((kind) => kind === 'raised').length).toBe(4);
    expect(seen.filter((kind) => kind === 'cleared').length).toBe(3);
    expect(alarms.alarm(port)).toMatchObject({ state: 'raised', flapping: true });
    const calmAt = alarms.wakeAt!;
    expect(alarms.wake(instant(calmAt - 1))).toEqual([]);
    expect(alarms.wake(calmAt)).toMatchObject([
      { kind: 'cleared', alarm: { flapping: false, clearReason: 'cleared' } },
    ]);
    expect(alarms.wakeAt).toBeUndefined();
  });

  test('a flapping alarm that settles down stays raised and loses the mark', () => {
    const alarms = new Alarms();
    flap(alarms, 9, 10);
    expect(alarms.wake(alarms.wakeAt!)).toMatchObject([
      { kind: 'changed', alarm: { state: 'raised', flapping: false } },
    ]);
  });

  test('slow changes are not flapping', () => {
    const seen = flap(new Alarms(), 40, 240);
    expect(seen).toEqual(Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 'raised' : 'cleared')));
  });

  test('the policy sets when flapping starts', () => {
    const alarms = new Alarms();
    alarms.setPolicy({ flap: { start: 2, stop: 1, halfLifeMs: seconds(60) } } as Parameters<
      Alarms['setPolicy']
    >[0]);
    expect(flap(alarms, 4, 0)).toEqual(['raised', 'changed', 'repeated']);
    expect(alarms.wakeAt! - t0).toBeGreaterThan(minutes(1));
  });
});

describe('reconciling', () => {
  const reconcile = (alarms: Alarms, active: readonly [string, string][]) =>
    alarms.reconcile(
      {
        collector: 'c-1',
        watches: ['r-1', 'r-1/if/1'].map(resourceId),
        active: active.map(([resource, cause]) => ({ resource: resourceId(resource), cause })),
      },
      at(100),
    );

  test('what the collector no longer sees ends, what it sees and we missed begins', () => {
    const alarms = new Alarms();
    alarms.observe(raise('r-1/if/1', 'LINK_DOWN'), t0);
    alarms.observe(raise('r-1', 'HIGH_TEMP', { source: 'poll' }), t0);
    alarms.observe(raise('r-2', 'UNREACHABLE', { source: 'poll' }), t0);
    const changes = reconcile(alarms, [['r-1', 'CPU_HIGH']]);
    expect(changes.map((change) => [change.kind, 'alarm' in change ? change.alarm.id : ''])).toEqual([
      ['cleared', 'r-1~HIGH_TEMP'],
      ['cleared', 'r-1/if/1~LINK_DOWN'],
      ['raised', 'r-1~CPU_HIGH'],
    ]);
    expect(alarms.alarm(alarmId('r-1', 'HIGH_TEMP', undefined))?.clearReason).toBe('reconciled');
    expect(alarms.alarm(alarmId('r-2', 'UNREACHABLE', undefined))?.state).toBe('raised');
  });

  test('what only a trap can tell outlives the list', () => {
    const alarms = new Alarms();
    alarms.observe(raise('r-1', 'TRAP'), t0);
    expect(reconcile(alarms, [])).toEqual([]);
  });

  test('of a kind of objects that polls judge, what they raised and hold no longer is cleared without being named', () => {
    const alarms = new Alarms();
    for (const id of ['o-1/ont/1', 'o-1/ont/2', 'o-2/ont/1', 'o-1/card/1']) {
      alarms.observe(raise(id, 'LOS', { source: 'poll' }), t0);
    }
    alarms.observe(raise('o-1/ont/3', 'LOS', { source: 'trap' }), t0);
    const still = { resource: resourceId('o-1/ont/2'), cause: 'LOS' };
    const changes = alarms.reconcile(
      { collector: 'c', watches: [], below: ['o-1/ont'], active: [still] },
      at(1),
    );
    expect(changes).toMatchObject([
      { kind: 'cleared', alarm: { resource: 'o-1/ont/1', clearReason: 'reconciled' } },
    ]);
  });

  test('light that a trap missed stays lost while the collector finds the port down', () => {
    const alarms = new Alarms();
    alarms.observe(raise('r-1/if/1'), t0);
    expect(kinds(reconcile(alarms, [['r-1/if/1', 'LINK_DOWN']]))).toEqual(['raised']);
    expect(reconcile(alarms, [])).toMatchObject([
      { kind: 'cleared', alarm: { cause: 'LINK_DOWN' } },
      { kind: 'cleared', alarm: { cause: 'LOS', clearReason: 'reconciled' } },
    ]);
  });

  test('a list that agrees changes nothing', () => {
    const alarms = new Alarms();
    alarms.observe(raise('r-1', 'UNREACHABLE', { source: 'poll' }), t0);
    expect(reconcile(alarms, [['r-1', 'UNREACHABLE']])).toEqual([]);
  });
});

describe('bounds', () => {
  test('a full room refuses new raises and counts them, clears go on', () => {
    const alarms = new Alarms({ alarms: 2 });
    for (const name of ['a', 'b', 'c']) alarms.observe(raise(name), t0);
    expect(alarms.counters.refused).toBe(1);
    expect(kinds(alarms.observe(clear('a'), at(1)))).toEqual(['cleared']);
    expect(kinds(alarms.observe(raise('c'), at(2)))).toEqual(['raised']);
    expect(kinds(alarms.observe(raise('a'), at(3)))).toEqual([]);
    expect(alarms.counters.refused).toBe(2);
  });

  test('what comes and goes under ever new names makes room for itself, the oldest first', () => {
    const alarms = new Alarms({ alarms: 100 });
    for (let i = 0; i < 5_000; i++) {
      alarms.observe(raise(`r-${i}`), at(i));
      alarms.observe(clear(`r-${i}`), at(i));
    }
    expect(alarms.size).toBe(100);
    expect(alarms.counters).toEqual({ refused: 0, forgottenEarly: 4_900, attributesCut: 0 });
    expect(alarms.alarm(alarmId('r-4999', 'LOS', undefined))?.state).toBe('cleared');
  });

  test('what is on a shelf is not forgotten to make room', () => {
    const alarms = new Alarms({ alarms: 3 });
    alarms.observe(raise('hidden'), t0);
    const id = alarmId('hidden', 'LOS', undefined);
    alarms.shelve({ alarm: id, by: 'olga', until: at(1_000) }, at(1));
    alarms.observe(clear('hidden'), at(2));
    for (let i = 0; i < 10; i++) {
      alarms.observe(raise(`r-${i}`), at(3 + i));
      alarms.observe(clear(`r-${i}`), at(3 + i));
    }
    expect(alarms.alarm(id)?.shelvedUntil).toBe(at(1_000));
    alarms.wake(at(10_000));
    expect(alarms.size).toBe(0);
  });

  test('one resource with ever new causes and reporters takes no room from others', () => {
    const alarms = new Alarms({ ofResource: 50 });
    for (let i = 0; i < 200; i++) alarms.observe(raise('olt', `C-${i}`), t0);
    expect(alarms.size).toBe(50);
    expect(alarms.counters.refused).toBe(150);
    alarms.observe(clear('olt', 'C-7'), at(1));
    expect(kinds(alarms.observe(raise('olt', 'C-150'), at(2)))).toEqual(['raised']);
    expect(alarms.alarm(alarmId('olt', 'C-7', undefined))).toBeUndefined();
    expect(kinds(alarms.observe(raise('other'), at(2)))).toEqual(['raised']);
  });

  test('attributes of all alarms together have a bound; the alarms go on without', () => {
    const alarms = new Alarms({ attributes: 1_000 });
    for (let i = 0; i < 20; i++)
      alarms.observe(raise(`r-${i}`, 'LOS', { attributes: { text: 'x'.repeat(96) } }), at(i));
    expect(alarms.counters).toEqual({ refused: 0, forgottenEarly: 0, attributesCut: 10 });
    alarms.wake(at(1));
    const restored = new Alarms({ attributes: 1_000 });
    restored.restore(JSON.parse(JSON.stringify(alarms.snapshot())));
    for (const one of [alarms, restored]) {
      one.observe(clear('r-0'), at(20));
      one.observe(raise('late', 'LOS', { attributes: { a: 'b' } }), at(20));
      // Half an hour later what was cleared is forgotten, and its attributes with it.
      one.observe(raise('later', 'LOS', { attributes: { a: 'b' } }), at(4_000));
      expect(one.alarm(alarmId('late', 'LOS', undefined))?.attributes).toEqual({});
      expect(one.alarm(alarmId('later', 'LOS', undefined))?.attributes).toEqual({ a: 'b' });
    }
  });

  test('attributes are cut to 64 of 1 KiB and cannot reach a prototype', () => {
    const attributes = JSON.parse('{"__proto__":"x"}') as Record<string, string>;
    for (let i = 0; i < 100; i++) attributes[`k${i}`] = 'v'.repeat(5_000);
    const [change] = new Alarms().observe(raise('a', 'LOS', { attributes }), t0);
    if (change?.kind !== 'raised') throw new Error('not raised');
    expect(Object.keys(change.alarm.attributes).length).toBe(64);
    expect(change.alarm.attributes['k1']?.length).toBe(1_024);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('a name of more than 512 characters is refused', () => {
    const alarms = new Alarms();
    expect(alarms.observe(raise('x'.repeat(513)), t0)).toEqual([]);
    expect(alarms.counters.refused).toBe(1);
  });
});

test('a snapshot is plain JSON and restores to the same state', () => {
  const alarms = new Alarms();
  alarms.observe(raise('ont-1'), t0);
  alarms.shelve({ alarm: los, until: at(50), by: 'olga' }, t0);
  const restored = new Alarms();
  restored.restore(JSON.parse(JSON.stringify(alarms.snapshot())));
  expect(canonicalJson(restored.snapshot())).toBe(canonicalJson(alarms.snapshot()));
  expect(restored.wakeAt).toBe(at(50));
});
