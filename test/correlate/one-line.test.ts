/** A head with one link: what is told of the head and what is told of its link is one trouble. */
import { expect, test } from 'vitest';
import { compileTopology, parseTopology } from '../../src/topology/topology.ts';
import { CityRun } from './city-run.ts';

function oneHead() {
  const document = {
    format: 'allclear-topology/1',
    serviceRoots: ['core'],
    resources: [
      { id: 'core', kind: 'core' },
      { id: 'agg', kind: 'aggregation' },
      { id: 'olt', kind: 'olt' },
      { id: 'olt/p1', kind: 'pon-port', in: { access: 'olt' } },
      { id: 'olt/p1/o1', kind: 'ont', subscribers: 1, in: { access: 'olt/p1' } },
    ],
    links: [
      { id: 'trunk', ends: ['core', 'agg'] },
      { id: 'up', ends: ['agg', 'olt'] },
    ],
  };
  return compileTopology(parseTopology(JSON.stringify(document), 'head.json').value).value;
}

test('a head that a poll misses while its only link comes and goes is of that link', () => {
  const run = new CityRun(oneHead());
  for (const start of [0, 200, 400]) run.linkDown(start, 'up', ['agg']).linkUp(start + 60, 'up', ['agg']);
  run.to(520).unreachable(520, ['olt']).to(560).clear(580, 'UNREACHABLE', ['olt']).to(600);
  const opened = run.changes.filter(({ kind }) => kind === 'opened');
  expect(opened.map(({ incident }) => incident.root)).toEqual(['up']);
  expect(run.correlation.incident(opened[0]!.incident.id)?.kind).toBe('flapping');
});

test('a link that says of itself that it comes and goes is of the head that polls missed behind it', () => {
  const run = new CityRun(oneHead());
  for (const start of [0, 300]) run.unreachable(start, ['olt']).clear(start + 100, 'UNREACHABLE', ['olt']);
  run.raise(410, 'FLAPPING', ['up']).linkDown(500, 'up', ['agg']).to(520);
  const opened = run.changes.filter(({ kind }) => kind === 'opened');
  expect(opened).toHaveLength(1);
  expect(run.correlation.incident(opened[0]!.incident.id)?.kind).toBe('flapping');
});
