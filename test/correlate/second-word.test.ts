/** A device that polls alone miss: when people count as cut off by it. */
import { expect, test } from 'vitest';
import { compileTopology, parseTopology } from '../../src/topology/topology.ts';
import { CityRun } from './city-run.ts';

/** A chain of two switches behind the core with a head at its end, and a switch of the same kind beside it. */
function chain() {
  const document = {
    format: 'allclear-topology/1',
    serviceRoots: ['core'],
    resources: [
      { id: 'core', kind: 'core' },
      ...['agg-1', 'agg-2', 'agg-9'].map((id) => ({ id, kind: 'aggregation' })),
      { id: 'olt-2', kind: 'olt' },
      { id: 'olt-2/p1', kind: 'pon-port', in: { access: 'olt-2' } },
      ...['a', 'b', 'c'].map((name) => ({
        ...{ id: `olt-2/p1/${name}`, kind: 'ont', subscribers: 1 },
        in: { access: 'olt-2/p1' },
      })),
    ],
    links: [
      { id: 'l-1', ends: ['core', 'agg-1'] },
      { id: 'l-2', ends: ['agg-1', 'agg-2'] },
      { id: 'l-3', ends: ['agg-2', 'olt-2'] },
      { id: 'l-9', ends: ['core', 'agg-9'] },
    ],
  };
  return compileTopology(parseTopology(JSON.stringify(document), 'chain.json').value).value;
}

/** The core told of a link of its own once, so that it would tell of others. */
const talkative = (): CityRun =>
  new CityRun(chain()).linkDown(0, 'l-9', ['core']).linkUp(30, 'l-9', ['core']).to(600);
const affected = (run: CityRun): readonly string[] | undefined => run.open()[0]?.affected.under;
const all = ['agg-1', 'agg-2', 'olt-2'];

test('a switch that a poll misses while its neighbours are quiet is told of, and nobody counts as cut off by it yet', () => {
  const run = talkative().unreachable(600, ['agg-1']).to(660);
  expect(run.summary()).toEqual(['node-down agg-1 1']);
  expect(affected(run)).toEqual([]);
  expect(run.open()[0]?.explanation['unproven']).toBe(true);
});

test('a neighbour who tells of its link, or most of what lies behind it, is the second word', () => {
  const told = talkative().unreachable(600, ['agg-1']).to(620).linkDown(620, 'l-1', ['core']).to(640);
  expect(affected(told)).toEqual(all);
  const echoed = talkative().unreachable(600, ['agg-1']).to(620).unreachable(620, ['agg-2', 'olt-2']).to(640);
  expect(affected(echoed)).toEqual(all);
  const onlyOne = talkative().unreachable(600, ['agg-1']).to(620).unreachable(620, ['olt-2']).to(640);
  expect(affected(onlyOne)).toEqual([]);
});

test('so is a round of polls that misses it, over a restart, too; one in which it answers is not', () => {
  const run = talkative().unreachable(600, ['agg-1']).to(700);
  run.correlation.restore(run.correlation.snapshot());
  expect(affected(run)).toEqual([]);
  expect(affected(run.to(901))).toEqual(all);
  const back = talkative().unreachable(600, ['agg-1']).to(700).clear(700, 'UNREACHABLE', ['agg-1']).to(1_000);
  expect(back.open()).toEqual([]);
  expect(back.changes.at(-1)?.incident.affected.under).toEqual([]);
});

test('where nobody ever told of a link by himself, and of a head with one link, the poll is believed', () => {
  expect(affected(new CityRun(chain()).unreachable(600, ['agg-1']).to(660))).toEqual(all);
  expect(affected(talkative().unreachable(600, ['olt-2']).to(660))).toEqual(['olt-2']);
});
