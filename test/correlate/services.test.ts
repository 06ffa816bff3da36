/** Services that fail, and customers who say so first. */
import { expect, test } from 'vitest';
import { compileTopology, parseTopology, type Topology } from '../../src/topology/topology.ts';
import { raised, smallCity, smallCityDocument, terminals } from '../support/small-city.ts';
import { CityRun } from './city-run.ts';

const scattered = ['ont-1-1-1-1', 'ont-1-2-2-3', 'ont-2-1-1-4', 'ont-2-2-2-6'];

const withRadius = (): Topology => {
  const document = JSON.parse(smallCityDocument()) as { resources: object[] };
  document.resources.push({ id: 'radius-1', kind: 'radius' });
  return compileTopology(parseTopology(JSON.stringify(document), 'city.json').value).value;
};

test('a service that no longer answers fails, and takes those who lose their sessions everywhere', () => {
  const run = new CityRun(withRadius())
    .unreachable(0, ['radius-1'])
    .raise(5, 'NO_IP', scattered, 9_000)
    .to(100);
  expect(run.summary()).toEqual(['service radius-1 5']);
});

test('customers who complained before the failing names were noticed belong to them', () => {
  const run = new CityRun(smallCity()).raise(0, 'NO_SERVICE', scattered, 5_000);
  expect(run.raise(25, 'DNS_FAIL', ['dns-1']).to(100).summary()).toEqual(['service dns-1 5']);
});

test('polls find in their next rounds who lost the service meanwhile', () => {
  const run = new CityRun(smallCity()).raise(0, 'DNS_FAIL', ['dns-1']).to(350);
  const changes = scattered.map((id) => raised(id, 'NO_SERVICE', run.at, { source: 'poll' }));
  expect(run.take(changes).to(655).summary()).toEqual(['service dns-1 5']);
});

const sixAt = (head: string): string[] =>
  [1, 2, 3, 4, 5, 6].flatMap((i) => ['1-1', '1-2', '2-1', '2-2'].map((at) => `ont-${head}-${at}-${i}`));

test('those who lose their sessions at one head only were set wrong there, whatever service fails at the time', () => {
  const run = new CityRun(withRadius())
    .raise(0, 'SESSIONS_DROP', ['radius-1'])
    .raise(10, 'NO_IP', sixAt('1'), 1_500);
  expect(run.to(80).summary()).toEqual(['service radius-1 1', 'config olt-1 24']);
  const before = new CityRun(withRadius()).raise(0, 'NO_IP', sixAt('1'), 1_500).to(60);
  expect(before.raise(90, 'SESSIONS_DROP', ['radius-1']).to(180).summary()).toEqual([
    'config olt-1 24',
    'service radius-1 1',
  ]);
});

test('a few who still complain when the service is back are told of: they have a cause of their own', () => {
  const run = new CityRun(withRadius())
    .raise(0, 'SESSIONS_DROP', ['radius-1'])
    .raise(10, 'NO_IP', terminals('1-1-1').slice(0, 7), 1_500)
    .clear(31, 'SESSIONS_DROP', ['radius-1'])
    .to(200);
  expect(run.open().some(({ kind }) => kind === 'config')).toBe(false);
  expect(run.to(1_200).summary()).toEqual(['config s1-1-1 7']);
});

test('the head that was polled first seems set wrong until the next one is polled', () => {
  const run = new CityRun(withRadius())
    .raise(0, 'SESSIONS_DROP', ['radius-1'])
    .raise(10, 'NO_IP', sixAt('1'), 1_500);
  expect(
    run
      .to(60)
      .raise(100, 'NO_IP', sixAt('2'), 1_500)
      .to(240)
      .open()
      .map(({ kind, root, alarms }) => `${kind} ${root} ${alarms.length}`),
  ).toEqual(['service radius-1 49']);
});

test('that a port comes and goes is nobody’s work as long as no light is lost; of a link it is', () => {
  const run = new CityRun().raise(0, 'FLAPPING', ['ont-1-1-1-1', 'l-34']).to(60);
  expect(run.summary()).toEqual(['flapping l-34 1']);
});
