/** What is asked for when two causes are in doubt, and what the answer changes. */
import { expect, test } from 'vitest';
import { instant } from '../../src/base/instant.ts';
import { Ancestry } from '../../src/correlate/ancestry.ts';
import { Asks } from '../../src/correlate/asks.ts';
import { measurementFor } from '../../src/correlate/measurement.ts';
import type { AlarmChange } from '../../src/model/alarm.ts';
import { resourceId } from '../../src/model/ids.ts';
import { shippedTable } from '../support/shipped-rules.ts';
import { cityStartsAt, smallCity, terminals } from '../support/small-city.ts';
import { CityRun } from './city-run.ts';

const ancestry = new Ancestry(smallCity(), shippedTable);
const branch = terminals('1-1-1');
const beside = terminals('1-1-2');

function doubt(roots: readonly string[], said: readonly string[], best = 0.5, seen: readonly string[] = []) {
  const at = cityStartsAt;
  return {
    ancestry,
    candidates: roots.map((root, i) => ({
      root: resourceId(root),
      kind: 'x',
      probability: i === 0 ? best : (1 - best) / roots.length,
    })),
    evidence: said.map((id) => ({
      ...({ place: ancestry.placeOf(id), id, symptom: 'los', weight: 1, firstAt: at, lastAt: at } as const),
    })),
    sightings: seen.map((id) => ({
      ...({ place: ancestry.placeOf(id), state: 'alive', below: false, at } as const),
    })),
  };
}

const alive = (resources: readonly string[]): AlarmChange[] =>
  resources.map((id) => ({ kind: 'alive', resource: resourceId(id), below: false }));

test('a port is told from a splitter below it by the terminals beside the splitter', () => {
  expect(measurementFor(doubt(['olt-1/c1/p1', 's1-1-1'], branch))).toEqual({
    between: ['olt-1/c1/p1', 's1-1-1'],
    resources: ['s1-1-2'],
    why: 'outsideNarrower',
  });
});

test('who spoke or was seen need not be asked', () => {
  const some = doubt(['olt-1/c1/p1', 's1-1-1'], [...branch, ...beside.slice(4)], 0.5, beside.slice(0, 4));
  expect(measurementFor(some)).toMatchObject({ resources: ['olt-1/c1/p1'], why: 'ownWord' });
});

test('a house is told from a splitter by the terminals that only one of them holds', () => {
  const said = terminals('1-2-1').slice(0, 6);
  const asked = measurementFor(doubt(['b-1-2-1', 's1-2-1'], said));
  expect(asked).toMatchObject({ resources: ['s1-2-1'], why: 'notShared' });
});

test('causes above the same terminals are told apart by the word of the device, else not at all', () => {
  const all = terminals('1-1');
  expect(measurementFor(doubt(['f-1-1', 's1-1', 'olt-1/c1/p1'], all))).toEqual({
    between: ['f-1-1', 's1-1'],
    resources: ['olt-1/c1/p1'],
    why: 'ownWord',
  });
  expect(measurementFor(doubt(['f-1-1', 's1-1'], all))).toBeUndefined();
});

test('what nobody else could have taken is asked of those below the cause that said nothing', () => {
  expect(measurementFor(doubt(['s1-1', 'f-1-1'], branch))).toMatchObject({
    resources: ['s1-1-2'],
    why: 'silentBelow',
  });
});

test('a cause that is sure enough, and one that the topology does not hold, lead to no question', () => {
  expect(measurementFor(doubt(['olt-1/c1/p1', 's1-1-1'], branch, 0.8))).toBeUndefined();
  expect(measurementFor(doubt(['stranger/if/1', 's1-1-1'], branch))).toBeUndefined();
});

test('two causes lead to one question while they are in doubt, also over a restart', () => {
  const asks = new Asks();
  const open = doubt(['olt-1/c1/p1', 's1-1-1'], branch);
  expect(asks.consider(open, cityStartsAt)).toBeDefined();
  expect(asks.consider(open, cityStartsAt)).toEqual(asks.take()[0]);
  expect(asks.take()).toEqual([]);
  const restored = new Asks();
  restored.restore(JSON.parse(JSON.stringify(asks.snapshot())));
  expect(restored.consider(open, cityStartsAt)).toBeDefined();
  restored.consider(doubt(['olt-1/c1/p1', 's1-1'], branch), cityStartsAt);
  expect(restored.take()).toHaveLength(1);
});

test('a storm of doubts leads to few questions at one instant', () => {
  const asks = new Asks();
  const rivals = Array.from({ length: 40 }, (_, n) => ({
    ...doubt(['olt-1/c1/p1', 's1-1-1'], branch),
    candidates: ['olt-1/c1/p1', `s1-1-1`].map((root, i) => ({
      root: resourceId(i === 0 ? root : n < 20 ? terminals('1-1')[n % 16]! : terminals('1-2')[n % 16]!),
      ...{ kind: 'x', probability: 0.4 },
    })),
  }));
  for (const one of rivals) asks.consider(one, cityStartsAt);
  expect(asks.take()).toHaveLength(16);
  expect(asks.hasTime(cityStartsAt)).toBe(false);
  const next = instant(cityStartsAt + 500);
  expect(asks.hasTime(next)).toBe(true);
  for (let n = 0; n < 300; n++) asks.consider(rivals[0]!, next);
  expect(asks.hasTime(next)).toBe(false);
});

test('a wide fault is told from a branch and single drops because those who said nothing were asked', () => {
  const said = [...branch, ...beside.slice(0, 2)];
  const unasked = new CityRun().raise(1, 'LOS', said).to(15);
  expect(unasked.summary()).toEqual(['splitter s1-1 10']);
  const [incident] = unasked.open();
  expect(incident?.explanation['measurement']).toMatchObject({ resources: ['s1-1-2'] });

  const run = new CityRun().raise(1, 'LOS', said).to(3);
  expect(run.correlation.takeAsks()).toEqual([]);
  run.to(5);
  expect(run.correlation.takeAsks()).toMatchObject([{ resources: ['s1-1-2'], why: 'outsideNarrower' }]);
  run.take(alive(beside.slice(2))).to(15);
  expect(run.summary()).toEqual(['drop ont-1-1-2-1 1', 'drop ont-1-1-2-2 1', 'splitter s1-1-1 8']);
});

test('a count of those alive on a port says as much as their names, until more is heard below it', () => {
  const counted = { kind: 'counted', resource: resourceId('olt-1/c1/p1'), alive: 6, unknown: 0 } as const;
  const said = [...branch, ...beside.slice(0, 2)];
  const run = new CityRun().raise(1, 'LOS', said).take([counted]).to(20);
  expect(run.summary()).toContain('splitter s1-1-1 8');
  const both = new CityRun()
    .raise(1, 'LOS', said)
    .take([...alive(beside.slice(2)), counted])
    .to(20);
  expect(both.summary()).toEqual(run.summary());
  const later = new CityRun().raise(1, 'LOS', said).take([counted]).raise(3, 'LOS', beside.slice(2)).to(20);
  expect(later.summary()).toEqual(['splitter s1-1 16']);
});

test('of how many nothing came counts neither for nor against a cause', () => {
  const unseen = { kind: 'counted', resource: resourceId('olt-1/c1/p1'), alive: 0, unknown: 8 } as const;
  const run = new CityRun().raise(1, 'LOS', branch).take([unseen]).to(20);
  const [incident] = run.open();
  expect(incident?.explanation['measurement']).toMatchObject({ resources: ['s1-1-2'] });
});

test('that ports work says nothing of the cable that both go through', () => {
  const dark = [...terminals('1-1'), ...terminals('1-2')];
  const run = new CityRun()
    .raise(1, 'LOS', dark)
    .to(3)
    .take(alive(['olt-1/c1/p1', 'olt-1/c1/p2']))
    .to(20);
  expect(run.open()).toMatchObject(new CityRun().raise(1, 'LOS', dark).to(20).open());
});

test('what is degraded is alive all the same', () => {
  const said = terminals('1-1').slice(0, 12);
  const run = new CityRun()
    .raise(1, 'DEGRADED', said)
    .to(2)
    .take(alive(terminals('1-1')))
    .to(20);
  const without = new CityRun().raise(1, 'DEGRADED', said).to(20);
  expect(run.summary()).toEqual(without.summary());
  expect(run.correlation.takeAsks()).toEqual([]);
});

test('counts and questions are the same after a restart', () => {
  const counted = { kind: 'counted', resource: resourceId('olt-1/c1/p1'), alive: 6, unknown: 0 } as const;
  const run = new CityRun()
    .raise(1, 'LOS', [...branch, ...beside.slice(0, 2)])
    .take([counted])
    .to(5);
  const again = new CityRun().to(5);
  again.correlation.restore(run.correlation.snapshot());
  expect(again.to(20).summary()).toEqual(run.to(20).summary());
});

test('counts of a port and of the card above it say the same whichever comes first, and after a restart', () => {
  const said = [...branch, ...beside.slice(0, 4)];
  const counts = [
    { kind: 'counted', resource: resourceId('olt-1/c1/p1'), alive: 3, unknown: 0 },
    { kind: 'counted', resource: resourceId('olt-1/c1'), alive: 9, unknown: 0 },
  ] as const;
  const told = (first: 0 | 1, again: boolean) => {
    const run = new CityRun().raise(1, 'LOS', said).take([counts[first], counts[1 - first]!]);
    if (again) run.correlation.restore(run.correlation.snapshot());
    return run
      .to(30)
      .open()
      .map(({ root, probability }) => `${root} ${probability}`);
  };
  expect(told(0, false)).toEqual(told(1, false));
  expect(told(0, true)).toEqual(told(0, false));
});

test('what was seen where it was asked to look stands with the incident, whether it is decided before or after', () => {
  const said = [...branch, ...beside.slice(0, 2)];
  const counted = { kind: 'counted', resource: resourceId('olt-1/c1/p1'), alive: 6, unknown: 0 } as const;
  const answer = [...alive(beside.slice(2)), counted];
  const before = new CityRun().raise(1, 'LOS', said).to(5).take(answer).to(15);
  const decided = before.open().find(({ root }) => root === 's1-1-1');
  expect(decided?.explanation).toMatchObject({
    measurement: { resources: ['s1-1-2'] },
    answer: { alive: 6, unknown: 0 },
  });
  const late = new CityRun().raise(1, 'LOS', said).to(15);
  expect(late.open()[0]?.explanation['answer']).toBeUndefined();
  late.take([{ kind: 'unknown', resource: resourceId(beside[7]!), below: false }, counted]);
  expect(late.open()[0]?.explanation).toMatchObject({ answer: { alive: 0, unknown: 1 } });
});

test('what nobody asked about is no answer, nor what was seen before', () => {
  const other = { kind: 'counted', resource: resourceId('olt-1/c1/p2'), alive: 16, unknown: 0 } as const;
  const run = new CityRun()
    .raise(1, 'LOS', [...branch, ...beside.slice(0, 2)])
    .to(15)
    .take([other]);
  expect(run.open()[0]?.explanation['answer']).toBeUndefined();
});
