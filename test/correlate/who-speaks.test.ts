/** Who is heard is not cut off, whatever is believed to be down. */
import { expect, test } from 'vitest';
import { compileTopology, parseTopology } from '../../src/topology/topology.ts';
import { CityRun } from './city-run.ts';

/** A head with three ways to the core, and another one behind the first switch alone. */
function threeWays() {
  const ways = ['x', 'y', 'z'];
  const document = {
    format: 'allclear-topology/1',
    serviceRoots: ['core'],
    resources: [
      { id: 'core', kind: 'core' },
      ...ways.map((way) => ({ id: `agg-${way}`, kind: 'aggregation' })),
      ...['olt-1', 'olt-2'].map((id) => ({ id, kind: 'olt' })),
      ...['olt-1', 'olt-2'].flatMap((olt) => [
        { id: `${olt}/p1`, kind: 'pon-port', in: { access: olt } },
        { id: `${olt}/p1/a`, kind: 'ont', subscribers: 1, in: { access: `${olt}/p1` } },
      ]),
    ],
    links: [
      ...ways.map((way) => ({ id: `up-${way}`, ends: ['core', `agg-${way}`] })),
      ...ways.map((way) => ({ id: way, ends: [`agg-${way}`, 'olt-1'] })),
      { id: 'only', ends: ['agg-z', 'olt-2'] },
    ],
  };
  return compileTopology(parseTopology(JSON.stringify(document), 'ways.json').value).value;
}

/** Two of the ways were cut long ago; nobody heard which of them was mended since. */
const twoCut = (): CityRun =>
  new CityRun(threeWays())
    .linkDown(0, 'x', ['agg-x', 'olt-1'])
    .to(600)
    .linkDown(600, 'y', ['agg-y', 'olt-1'])
    .to(3_000);
const told = (run: CityRun, root: string): readonly string[] | undefined =>
  run.open().find((incident) => incident.root === root)?.affected.under;

test('a head that tells of its last link was heard by a way that is up: it is not cut off', () => {
  expect(told(twoCut().linkDown(3_000, 'z', ['agg-z', 'olt-1']).to(3_060), 'z')).toEqual([]);
  expect(told(twoCut().linkDown(3_000, 'z', ['agg-z']).to(3_060), 'z')).toEqual(['olt-1']);
});

test('so it is where a switch died, and who hung on that switch alone is cut off all the same', () => {
  const heard = twoCut()
    .linkDown(3_000, 'up-z', ['core'])
    .linkDown(3_000, 'z', ['olt-1'])
    .unreachable(3_001, ['agg-z', 'olt-2'])
    .to(3_060);
  expect(told(heard, 'agg-z')).toEqual(['agg-z', 'olt-2']);
});

test('it said so and fell silent: the other ways were cut after all', () => {
  const run = twoCut().linkDown(3_000, 'z', ['agg-z', 'olt-1']).unreachable(3_001, ['olt-1']).to(3_060);
  expect(run.open().flatMap(({ affected }) => affected.under)).toContain('olt-1');
});

test('a switch that polls alone miss cuts nobody off together with a link', () => {
  const habit = new CityRun().linkDown(0, 'l-12', ['agg-1', 'agg-2']).linkUp(30, 'l-12', ['agg-1', 'agg-2']);
  const run = habit.to(600).unreachable(600, ['agg-1']).to(660).linkDown(660, 'l-4c', ['core-1']).to(700);
  expect(told(run, 'l-4c')).toEqual([]);
});
