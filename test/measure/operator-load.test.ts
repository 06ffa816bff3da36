// The load of one operator position by ISA-18.2: rates, floods, what comes most often, what chatters, what stands.
import { expect, test } from 'vitest';
import { type Instant, instant } from '../../src/base/instant.ts';
import { Measure } from '../../src/measure/measure.ts';
import type { Alarm } from '../../src/model/alarm.ts';
import type { Change } from '../../src/model/change.ts';
import type { Incident } from '../../src/model/incident.ts';

const minute = 60_000;
const day = 1_440 * minute;
const start = Math.ceil(Date.UTC(2026, 0, 1) / day) * day;
const at = (minutes: number): Instant => instant(start + Math.round(minutes * minute));

const shown = (id: string, when: Instant, more: Partial<Incident> = {}): Change => ({
  kind: 'incident',
  incident: {
    id,
    kind: 'feeder',
    root: `feeder-${id}`,
    state: 'open',
    actionable: true,
    planned: false,
    startedAt: when,
    history: [{ at: when, event: 'decide' }],
    ...more,
  } as unknown as Incident,
});
const alarm = (id: string, more: Partial<Alarm> = {}): Change => ({
  kind: 'alarm',
  alarm: { id, state: 'raised', flapping: false, perceivedSeverity: 'major', ...more } as Alarm,
});

test('presented stands beside raised, in the interval in which it happened', () => {
  const measure = new Measure();
  for (let i = 0; i < 40; i++) measure.take([alarm(`a${i}`, { raisedAt: at(1) })], at(1));
  measure.take([shown('1', at(2))], at(2));
  measure.take([shown('2', at(15))], at(15));
  const { intervals, day: load, month } = measure.alarmLoad(at(21));
  expect(intervals).toEqual([
    { from: at(0), presented: 1, raised: 40, isFlood: false },
    { from: at(10), presented: 1, raised: 0, isFlood: false },
    { from: at(20), presented: 0, raised: 0, isFlood: false },
  ]);
  expect(load).toMatchObject({ intervals: 2, presented: 2, raised: 40, most: 1, floodIntervals: 0 });
  expect(month).toMatchObject({ from: at(0), intervals: 2, presented: 2, raised: 40 });
});

test('asking for the report changes nothing, so that a replay gives the same', () => {
  const [asked, left] = [new Measure(), new Measure()];
  for (const measure of [asked, left]) measure.take([shown('1', at(2))], at(2));
  asked.alarmLoad(at(500));
  expect(asked.snapshot()).toEqual(left.snapshot());
});

test('a flood of a day ago has left the day and stands in the month', () => {
  const measure = new Measure();
  for (let i = 0; i < 11; i++) measure.take([shown(`${i}`, at(3))], at(3));
  const { day: load, month, intervals } = measure.alarmLoad(at(2 * 1_440));
  expect(intervals).toHaveLength(144);
  expect(load).toMatchObject({ presented: 0, floodIntervals: 0, intervals: 143 });
  expect(month).toMatchObject({ presented: 11, floodIntervals: 1, most: 11, intervals: 288 });
});

test('thirty days are kept, whatever happened before', () => {
  const measure = new Measure();
  for (let n = 0; n < 40; n++) measure.take([shown(`${n}`, at(n * 1_440))], at(n * 1_440));
  const { month } = measure.alarmLoad(at(39 * 1_440));
  expect(month).toMatchObject({ from: at(10 * 1_440), presented: 30, intervals: 29 * 144 });
});

test('the ten most frequent are told with their share, and what is rare is not', () => {
  const measure = new Measure();
  for (let n = 0; n < 30; n++) {
    measure.take([shown('1', at(n * 5), { root: 'bad' as Incident['root'] })], at(n * 5));
    measure.take([shown(`x${n}`, at(n * 5 + 1))], at(n * 5 + 1));
  }
  const { mostPresented } = measure.alarmLoad(at(151));
  expect(mostPresented).toMatchObject({ total: 60, within: 0 });
  expect(mostPresented.items).toHaveLength(10);
  expect(mostPresented.items[0]).toEqual({ kind: 'feeder', root: 'bad', count: 30 });
  expect(measure.kpis()['presentedTopTenShare']).toBeCloseTo(39 / 60, 3);
});

test('among twenty thousand different raises one that keeps coming is still found, in bounded memory', () => {
  const measure = new Measure();
  for (let n = 0; n < 20_000; n++) {
    const when = instant(at(0) + n);
    measure.take([alarm(`a${n}`, { raisedAt: when })], when);
    if (n % 20 === 0) measure.take([alarm('bad', { raisedAt: when })], when);
  }
  const { mostRaised } = measure.alarmLoad(at(1));
  expect(mostRaised.items[0]?.alarm).toBe('bad');
  expect(mostRaised.items[0]!.count + mostRaised.within).toBeGreaterThanOrEqual(1_000);
  expect(mostRaised.items[0]!.count).toBeLessThanOrEqual(1_000);
  expect(JSON.stringify(measure.snapshot()).length).toBeLessThan(40_000);
});

test('what is presented three times in a minute chatters, three times in an hour does not', () => {
  const measure = new Measure();
  for (const second of [0, 20, 40]) measure.take([shown('1', at(second / 60))], at(second / 60));
  for (const minutes of [10, 30, 50]) measure.take([shown('2', at(minutes))], at(minutes));
  const { chattering } = measure.alarmLoad(at(60));
  expect(chattering.items).toMatchObject([{ root: 'feeder-1', count: 3 }]);
  expect(measure.alarmLoad(at(2 * 1_440)).chattering.total).toBe(0);
});

test('what stands longer than a day is stale until it is over', () => {
  const measure = new Measure();
  measure.take([shown('1', at(0)), shown('2', at(0))], at(0));
  expect(measure.alarmLoad(at(1_439)).stale.total).toBe(0);
  expect(measure.alarmLoad(at(1_441))).toMatchObject({ standing: 2, stale: { total: 2 } });
  measure.take([shown('1', at(0), { state: 'resolved', resolvedAt: at(1_450) })], at(1_450));
  const { stale, standing } = measure.alarmLoad(at(1_451));
  expect(stale.items).toMatchObject([{ incident: '2', since: at(0) }]);
  expect(standing).toBe(1);
});

test('what is shown has the severity of its worst alarm', () => {
  const measure = new Measure();
  const incident = '1' as Incident['id'];
  measure.take([shown('1', at(0)), shown('2', at(0))], at(0));
  measure.take([alarm('a', { incident, raisedAt: at(0) })], at(0));
  measure.take([alarm('b', { incident, perceivedSeverity: 'critical', raisedAt: at(1) })], at(1));
  measure.take([alarm('c', { incident, perceivedSeverity: 'minor', raisedAt: at(2) })], at(2));
  expect(measure.alarmLoad(at(3)).bySeverity).toEqual({
    critical: 1,
    major: 0,
    minor: 0,
    warning: 0,
    indeterminate: 1,
  });
});

test('what touches many is shown as severe, whatever its devices call it', () => {
  const measure = new Measure();
  const impact = { kind: 'impact', impact: { incident: '1', subscribers: 100 } } as unknown as Change;
  measure.take([shown('1', at(0)), impact], at(0));
  measure.take([alarm('a', { incident: '1' as Incident['id'], perceivedSeverity: 'warning' })], at(1));
  expect(measure.alarmLoad(at(2)).bySeverity).toMatchObject({ critical: 1, warning: 0, indeterminate: 0 });
});

test('shelved and flapping alarms are counted while they are', () => {
  const measure = new Measure();
  measure.take([alarm('a', { shelvedUntil: at(60) }), alarm('b', { flapping: true })], at(0));
  expect(measure.alarmLoad(at(1))).toMatchObject({
    shelved: { total: 1, items: [{ alarm: 'a', until: at(60) }] },
    flapping: { total: 1, items: ['b'] },
  });
  measure.take([alarm('a'), alarm('b', { flapping: true, state: 'cleared' })], at(2));
  expect(measure.kpis()).toMatchObject({ alarmsShelved: 0, alarmsFlapping: 0 });
});

test('works that were announced and what nobody need look at are not presented', () => {
  const measure = new Measure();
  measure.take([shown('1', at(0), { planned: true }), shown('2', at(0), { actionable: false })], at(0));
  expect(measure.alarmLoad(at(1))).toMatchObject({ standing: 0, day: { presented: 0 } });
});

test('a restored one tells the same', () => {
  const [measure, twin] = [new Measure(), new Measure()];
  for (let n = 0; n < 20; n++) measure.take([shown(`${n % 3}`, at(n / 4)), alarm(`a${n}`)], at(n / 4));
  twin.restore(JSON.parse(JSON.stringify(measure.snapshot())));
  expect(twin.alarmLoad(at(99))).toEqual(measure.alarmLoad(at(99)));
});

test('an expected restoration held when service was back before it was over', () => {
  const measure = new Measure();
  const promise = (incident: string, to: Instant, source: 'table' | 'operator' = 'table'): Change =>
    ({ kind: 'impact', impact: { incident, etr: { from: at(0), to, source, revision: 1 } } }) as Change;
  measure.take([promise('1', at(60)), promise('2', at(60)), promise('3', at(60), 'operator')], at(0));
  measure.take([promise('2', at(600))], at(50));
  for (const id of ['1', '2', '3']) {
    const when = at(id === '2' ? 90 : 40);
    measure.take([shown(id, at(0), { state: 'resolved', resolvedAt: when })], when);
  }
  expect(measure.kpis()).toMatchObject({ etrKept: 1, etrMissed: 1 });
});
