/** Customers who switch off, terminals that restart under announced works, and ends that were never told. */
import { expect, test } from 'vitest';
import { compileTopology, parseTopology } from '../../src/topology/topology.ts';
import { cityStartsAt, raised, smallCityDocument, terminals } from '../support/small-city.ts';
import { CityRun } from './city-run.ts';

const minute = 60;
const [customer, ...neighbours] = terminals('1-1') as [string, ...string[]];

const polled = (run: CityRun, second: number, resource: string): CityRun => {
  run.to(second).take([raised(resource, 'UNREACHABLE', run.at, { source: 'poll' })]);
  return run;
};

test('a customer who switches off again and again is nobody’s work, though one last word was lost', () => {
  const run = new CityRun();
  for (const start of [0, 15, 30]) {
    run.raise(start * minute, 'DYING_GASP', [customer]).to(start * minute + 20);
    run.clear((start + 10) * minute, 'DYING_GASP', [customer]).to((start + 10) * minute + 20);
  }
  polled(run, 45 * minute, customer).to(46 * minute);
  expect(run.open()).toEqual([]);
});

test('a terminal that a poll finds dark anew, with others, is dark by what took them: its last end was not told', () => {
  const run = polled(new CityRun(), 0, customer).to(minute);
  expect(run.summary()).toEqual([`drop ${customer} 1`]);
  run.raise(60 * minute, 'LOS', neighbours.slice(0, 12));
  polled(run, 60 * minute + 2, customer).to(61 * minute);
  expect(run.summary()).toEqual(['splitter s1-1 13']);
});

test('a terminal that a poll finds dark anew alone is the same incident', () => {
  const run = polled(new CityRun(), 0, customer).to(minute);
  polled(run, 60 * minute, customer).to(61 * minute);
  expect(run.summary()).toEqual([`drop ${customer} 2`]);
  run.clear(70 * minute, 'UNREACHABLE', [customer]).to(71 * minute);
  expect(run.open()).toEqual([]);
});

/** Works at the first OLT from the tenth to the fortieth minute. */
function cityWithWorks() {
  const [from, to] = [cityStartsAt + 10 * minute * 1_000, cityStartsAt + 40 * minute * 1_000];
  const works = { id: 'w-1', resources: ['olt-1'], from, to, announcedAt: cityStartsAt - 86_400_000 };
  return compileTopology(parseTopology(smallCityDocument([works]), 'works.json').value).value;
}
const house = ['1-1-1', '1-1-2'].flatMap((branch) => terminals(branch).slice(6));
const ofHouse = [...house, ...['1-2-1', '1-2-2'].flatMap((branch) => terminals(branch).slice(6))];

test('terminals that restart while their head is worked at are under those works, whatever they have in common', () => {
  const run = new CityRun(cityWithWorks()).raise(20 * minute, 'DYING_GASP', ofHouse).to(21 * minute);
  expect(run.open()).toMatchObject([{ root: 'b-1-x', planned: true, works: 'w-1' }]);
  const before = new CityRun(cityWithWorks()).raise(0, 'DYING_GASP', ofHouse).to(minute);
  expect(before.open()).toMatchObject([{ root: 'b-1-x', planned: false }]);
});

test('terminals that restart by works soon after their mains returned do not lose them again', () => {
  const run = new CityRun(cityWithWorks()).raise(0, 'DYING_GASP', terminals('1')).to(minute);
  run.clear(11 * minute, 'DYING_GASP', terminals('1')).to(12 * minute);
  run.raise(12 * minute, 'DYING_GASP', terminals('1-2')).to(13 * minute);
  expect(run.open().map(({ kind, planned }) => [kind, planned])).not.toContainEqual(['area-power', false]);
  expect(run.open().every(({ planned }) => planned)).toBe(true);
  expect(run.open().length).toBeGreaterThan(0);
});

test('what outlives its works by a quarter of an hour is no longer planned, and not before, though it grows', () => {
  const run = new CityRun(cityWithWorks()).raise(20 * minute, 'LOS', neighbours).to(21 * minute);
  run.raise(41 * minute, 'LOS', [customer]).to(42 * minute);
  const planned = (): boolean[] => run.open().map((incident) => incident.planned);
  expect(new Set(planned())).toEqual(new Set([true, false]));
  run.to(55 * minute - 1);
  expect(run.open().find(({ root }) => root === 's1-1')?.planned).toBe(true);
  run.to(55 * minute + 1);
  expect(new Set(planned())).toEqual(new Set([false]));
  expect(run.changes.some(({ incident }) => incident.root === 's1-1' && !incident.planned)).toBe(true);
});

test('who gasps in a house that has its mains again switched off; a house that gasps again relapses', () => {
  const run = new CityRun().raise(0, 'DYING_GASP', ofHouse).to(minute);
  run.clear(20 * minute, 'DYING_GASP', ofHouse.slice(1)).to(21 * minute);
  run.raise(21.5 * minute, 'DYING_GASP', ofHouse.slice(1, 2)).to(22 * minute);
  expect(run.summary()).toEqual(['house-power b-1-x 8']);
  run.raise(22.5 * minute, 'DYING_GASP', ofHouse.slice(2)).to(24 * minute);
  const [again, ...others] = run.open();
  expect(again).toMatchObject({ root: 'b-1-x', state: 'open' });
  expect(again?.alarms).toHaveLength(14);
  expect(others).toEqual([]);
});
