import { expect, test } from 'vitest';
import { minutes } from '../../src/base/instant.ts';
import type { IncidentChange } from '../../src/model/incident.ts';
import { shippedRules } from '../support/shipped-rules.ts';
import { CityRun } from './city-run.ts';

const told = (run: CityRun): readonly string[] =>
  run.correlation.open().map(({ root, alarms }) => `${root} ${alarms.length}`);
/** All incidents in their last state, in order of opening. */
const last = (changes: readonly IncidentChange[]): readonly string[] =>
  [...new Map(changes.map(({ incident }) => [incident.id, incident])).values()].map(
    ({ root, alarms }) => `${root} ${alarms.length}`,
  );

test('what follows within seconds on the same device or next to it is one incident of the first', () => {
  const run = new CityRun().raise(1, 'PUMP', ['agg-2']).raise(4, 'VENDOR_HEAT', ['agg-2']);
  run.raise(9, 'VENDOR_SYNC', ['agg-3', 'olt-1']).to(20);
  expect(told(run)).toEqual(['agg-2 4']);
  const [incident] = run.correlation.open();
  expect(incident?.explanation).toMatchObject({
    ...{ rule: 'cascade', alarmsOfOneChain: 4 },
    first: { resource: 'agg-2', cause: 'PUMP', how: 'itself' },
    steps: [
      { resource: 'agg-2', cause: 'VENDOR_HEAT', how: 'after', alarm: 'agg-2~PUMP', seconds: 3 },
      { resource: 'agg-3', cause: 'VENDOR_SYNC', how: 'after' },
      { resource: 'olt-1', cause: 'VENDOR_SYNC', how: 'after' },
    ],
  });
  expect(incident?.kind).toBe('unexplained');
});

test('a card and a port speak for their device', () => {
  const run = new CityRun().raise(1, 'PUMP', ['olt-1/c1']).raise(3, 'VENDOR_HEAT', ['olt-1']).to(10);
  expect(told(run)).toEqual(['olt-1/c1 2']);
});

test('what comes two devices away, or an hour later, has a cause of its own', () => {
  const run = new CityRun().raise(1, 'PUMP', ['agg-1']).raise(3, 'VENDOR_HEAT', ['agg-3']);
  run.raise(3_600, 'VENDOR_HEAT', ['agg-1']).to(3_700);
  expect(told(run)).toEqual(['agg-1 1', 'agg-3 1', 'agg-1 1']);
});

test('a terminal takes no part: what ails it is its own', () => {
  const run = new CityRun().raise(1, 'PUMP', ['olt-1']).raise(2, 'VENDOR_HEAT', ['ont-1-1-1-1']).to(10);
  expect(told(run)).toHaveLength(2);
});

test('an alarm that chatters is one incident and gathers no strangers', () => {
  const run = new CityRun();
  for (let second = 60; second < 8 * 3_600; second += 300) {
    run.raise(second, 'DOOR', ['agg-2']).clear(second + 20, 'DOOR', ['agg-2']);
  }
  run.raise(8 * 3_600 + 1, 'DOOR', ['agg-2']).raise(8 * 3_600 + 3, 'VENDOR_HEAT', ['agg-1']);
  run.to(8 * 3_600 + 20);
  expect(last(run.changes)).toEqual(['agg-2 97', 'agg-1 1']);
  expect(run.changes.at(-1)?.incident.root).toBe('agg-1');
  expect(run.correlation.open()[0]?.kind).toBe('flapping');
});

test('an alarm that chatters is told to be over when it stays away, as of its last end', () => {
  const run = new CityRun();
  for (let n = 0; n < 12; n++)
    run.raise(60 + n * 300, 'DOOR', ['agg-2']).clear(80 + n * 300, 'DOOR', ['agg-2']);
  run.to(8_000);
  const ends = run.changes.filter(({ kind }) => kind === 'resolved');
  expect(ends.length).toBeLessThan(6);
  expect(ends.at(-1)?.incident).toMatchObject({
    kind: 'flapping',
    resolvedAt: run.at - 8_000_000 + 3_380_000,
  });
});

test('the same alarm again within half an hour is the same incident, a day later it is another', () => {
  const run = new CityRun().raise(1, 'PUMP', ['agg-2']).clear(60, 'PUMP', ['agg-2']);
  run.raise(1_200, 'PUMP', ['agg-2']).clear(1_260, 'PUMP', ['agg-2']);
  run.raise(90_000, 'PUMP', ['agg-2']).to(90_010);
  expect(last(run.changes)).toEqual(['agg-2 2', 'agg-2 1']);
});

test('what is over before anybody looked stands in an incident all the same', () => {
  const run = new CityRun().raise(1, 'PUMP', ['agg-2']).clear(1.1, 'PUMP', ['agg-2']).to(20);
  expect(last(run.changes)).toEqual(['agg-2 1']);
  expect(run.changes.at(-1)?.kind).toBe('resolved');
  run.raise(21, 'VENDOR_HEAT', ['agg-3']).to(30);
  expect(last(run.changes)).toEqual(['agg-2 2']);
});

test('what leads to something grave is shown to people', () => {
  const run = new CityRun().raise(1, 'FAN_FAIL', ['agg-2']).to(5);
  expect(run.correlation.openActionable()).toEqual([]);
  run.raise(10, 'FIRE', ['agg-2']).to(20);
  expect(run.correlation.openActionable()).toHaveLength(1);
});

test('a restored correlation weighs what comes next as the one that never stopped', () => {
  const play = (run: CityRun): CityRun => {
    for (let n = 0; n < 40; n++) {
      run.raise(100 * n + 1, `CAUSE_${n % 7}`, [`agg-${(n % 4) + 1}`]);
      run.raise(100 * n + (n % 9), `CAUSE_${n % 5}`, [`olt-${(n % 2) + 1}`]);
      run.clear(100 * n + 50, `CAUSE_${n % 7}`, [`agg-${(n % 4) + 1}`]);
    }
    return run;
  };
  const first = play(new CityRun());
  const kept = first.correlation.snapshot();
  const second = play(new CityRun());
  expect(second.correlation.snapshot()).toEqual(kept);
  second.correlation.restore(kept);
  const [went, restored] = [first, second].map((run) => {
    run.raise(5_001, 'CAUSE_1', ['agg-2']).raise(5_004, 'CAUSE_2', ['olt-1']).to(5_100);
    return run.correlation.snapshot();
  });
  expect(restored).toEqual(went);
});

test('what makes room is counted', () => {
  const run = new CityRun();
  for (let n = 0; n < 80; n++) run.raise(1 + n / 100, `CAUSE_${n}`, ['agg-2']);
  run.to(10);
  expect(run.correlation.counters.crowdedOut).toBe(16);
});

test('what a rule says to follow does so however long after, and what no rule says does not', () => {
  const run = new CityRun().raise(1, 'FAN_FAIL', ['olt-1']).raise(1_200, 'HIGH_TEMP', ['olt-1']);
  run.raise(1_210, 'VENDOR_DOOR', ['olt-2']).to(1_300);
  expect(told(run)).toEqual(['olt-1 2', 'olt-2 1']);
});

test('a session lost with its link belongs to the link, as soon as the link has its incident', () => {
  const run = new CityRun().linkDown(1, 'l-12', ['agg-1', 'agg-2']).raise(1.4, 'BGP_DOWN', ['agg-1']);
  run.to(30);
  expect(run.summary()).toEqual(['link l-12 3']);
});

test('a session that is lost without any link is work of its own', () => {
  const run = new CityRun().raise(1, 'BGP_DOWN', ['agg-1']).to(30);
  expect(run.summary()).toEqual(['unexplained agg-1 1']);
});

test('a cause that is told of after its effect takes the incident over', () => {
  const follows = [
    { id: 'x', cause: 'PUMP', effect: 'VENDOR_HEAT', on: 'adjacent', withinMs: minutes(5), share: 0.9 },
  ] as const;
  const run = new CityRun();
  run.correlation.setRules({ ...shippedRules, follows });
  run.raise(1, 'VENDOR_HEAT', ['agg-3']).raise(3, 'PUMP', ['agg-2']).to(10);
  expect(told(run)).toEqual(['agg-2 2']);
});
