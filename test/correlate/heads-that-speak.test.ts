/** A head that passes words on, or answers again, is no cause of what its branches lose. */
import { expect, test } from 'vitest';
import { resourceId } from '../../src/model/ids.ts';
import { compileTopology, parseTopology } from '../../src/topology/topology.ts';
import { raised } from '../support/small-city.ts';
import { CityRun } from './city-run.ts';

const ports = [1, 2, 3, 4];
const branch = (port: number): string[] => Array.from({ length: 16 }, (_, i) => `ont-${port}-${i + 1}`);
const inTrench = [1, 2, 3].flatMap(branch);

/** An OLT with two uplinks and two cards of two ports, one splitter a port; the feeders of three ports lie in one trench. */
function headWithTrench() {
  const document = {
    format: 'allclear-topology/1',
    serviceRoots: ['core'],
    resources: [
      { id: 'core', kind: 'core' },
      ...[1, 2].map((n) => ({ id: `switch-${n}`, kind: 'aggregation' })),
      { id: 'olt', kind: 'olt' },
      { id: 'trench', kind: 'segment' },
      ...[1, 2].map((card) => ({ id: `card-${card}`, kind: 'card', in: { access: 'olt' } })),
      ...ports.flatMap((port) => [
        { id: `pon-${port}`, kind: 'pon-port', in: { access: `card-${Math.ceil(port / 2)}` } },
        { id: `feeder-${port}`, kind: 'feeder', in: port < 4 ? { cable: 'trench' } : {} },
        { id: `split-${port}`, kind: 'splitter', in: { access: `pon-${port}`, cable: `feeder-${port}` } },
        ...branch(port).map((id) => ({ id, kind: 'ont', subscribers: 1, in: { access: `split-${port}` } })),
      ]),
    ],
    links: [1, 2].flatMap((n) => [
      { id: `trunk-${n}`, ends: ['core', `switch-${n}`] },
      { id: `up-${n}`, ends: [`switch-${n}`, 'olt'] },
    ]),
  };
  return compileTopology(parseTopology(JSON.stringify(document), 'head.json').value).value;
}

test('terminals that restart beside a cut do not make it the death of their head, which passed their last words on', () => {
  const run = new CityRun(headWithTrench()).raise(0, 'DYING_GASP', branch(4), 2_000);
  run.raise(32, 'LOS', inTrench).to(120);
  expect(run.summary()).toEqual(['splitter split-4 16', 'duct trench 48']);
});

test('what the first round of a head finds dark, and is dark when all others have started, was cut while it was dead', () => {
  const run = new CityRun(headWithTrench()).linkDown(0, 'up-1', ['switch-1']);
  run.linkDown(0, 'up-2', ['switch-2']).unreachable(20, ['olt']).to(600);
  const [lit, dark] = [branch(4).slice(0, 8), branch(4).slice(8)];
  run
    .linkUp(601, 'up-1', ['switch-1'])
    .linkUp(601, 'up-2', ['switch-2'])
    .unreachable(650, [...inTrench, ...dark]);
  run.take([raised('pon-1', 'PORT_LOS', run.at, { source: 'poll' })]);
  run.take(lit.map((id) => ({ kind: 'alive' as const, resource: resourceId(id), below: false })));
  run.clear(650.3, 'UNREACHABLE', ['olt']).to(700);
  expect(run.summary()).toEqual(['node-down olt 60']);
  run.to(1_200);
  expect(run.summary()).toEqual(['node-down olt 60']);
  run.to(1_320);
  expect(run.summary()).toEqual(['duct trench 49', 'splitter split-4 8']);
  const dead = run.changes.findLast(({ incident }) => incident.root === 'olt')?.incident;
  expect(dead).toMatchObject({ state: 'resolved' });
  expect(run.open().map(({ parent }) => parent)).toEqual([dead?.id, dead?.id]);
});
