/** Services that fail, and customers who say so first. */
import { expect, test } from 'vitest';
import { compileTopology, parseTopology } from '../../src/topology/topology.ts';
import { raised, smallCity, smallCityDocument } from '../support/small-city.ts';
import { CityRun } from './city-run.ts';

const scattered = ['ont-1-1-1-1', 'ont-1-2-2-3', 'ont-2-1-1-4', 'ont-2-2-2-6'];

test('a service that no longer answers fails, and takes those who lose their sessions everywhere', () => {
  const document = JSON.parse(smallCityDocument()) as { resources: object[] };
  document.resources.push({ id: 'radius-1', kind: 'radius' });
  const topology = compileTopology(parseTopology(JSON.stringify(document), 'city.json').value).value;
  const run = new CityRun(topology).unreachable(0, ['radius-1']).raise(5, 'NO_IP', scattered, 9_000).to(60);
  expect(run.summary()).toEqual(['service radius-1 5']);
});

test('customers who complained before the failing names were noticed belong to them', () => {
  const run = new CityRun(smallCity()).raise(0, 'NO_SERVICE', scattered, 5_000);
  expect(run.raise(25, 'DNS_FAIL', ['dns-1']).to(60).summary()).toEqual(['service dns-1 5']);
});

test('polls find in their next rounds who lost the service meanwhile', () => {
  const run = new CityRun(smallCity()).raise(0, 'DNS_FAIL', ['dns-1']).to(350);
  const changes = scattered.map((id) => raised(id, 'NO_SERVICE', run.at, { source: 'poll' }));
  expect(run.take(changes).to(420).summary()).toEqual(['service dns-1 5']);
});

test('that a port comes and goes is nobody’s work as long as no light is lost; of a link it is', () => {
  const run = new CityRun().raise(0, 'FLAPPING', ['ont-1-1-1-1', 'l-34']).to(60);
  expect(run.summary()).toEqual(['flapping l-34 1']);
});
