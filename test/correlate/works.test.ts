// Works that are announced, withdrawn or moved while an incident is open.
import { expect, test } from 'vitest';
import { compileTopology, parseTopology, type Topology } from '../../src/topology/topology.ts';
import { cityStartsAt, smallCityDocument, terminals } from '../support/small-city.ts';
import { CityRun } from './city-run.ts';

const minute = 60;

/** Works at the OLT, in minutes from the start of the run. */
const city = (works?: { readonly from: number; readonly to: number }): Topology => {
  const at = (minutes: number): number => cityStartsAt + minutes * 60_000;
  const planned =
    works === undefined
      ? []
      : [{ id: 'w-1', resources: ['olt-1'], from: at(works.from), to: at(works.to), announcedAt: at(0) }];
  return compileTopology(parseTopology(smallCityDocument(planned), 'city').value).value;
};
const isPlanned = (run: CityRun): readonly boolean[] => run.open().map(({ planned }) => planned);
const darkBranch = (topology: Topology): CityRun =>
  new CityRun(topology).raise(1, 'LOS', terminals('1-1-1')).to(20);

test('works announced after the outage began are its works from then on', () => {
  const run = darkBranch(city());
  expect(isPlanned(run)).toEqual([false]);
  run.correlation.setTopology(city({ from: -1, to: 60 }));
  run.to(21);
  expect(isPlanned(run)).toEqual([true]);
  expect(run.changes.at(-1)).toMatchObject({ kind: 'grew', incident: { planned: true, works: 'w-1' } });
});

test('an outage under works that are withdrawn is one like any other', () => {
  const run = darkBranch(city({ from: -1, to: 60 }));
  expect(isPlanned(run)).toEqual([true]);
  run.correlation.setTopology(city());
  run.to(21);
  expect(isPlanned(run)).toEqual([false]);
});

test('what outlived its works is not planned again by another topology, unless they are prolonged', () => {
  const works = { from: -1, to: 10 };
  const run = darkBranch(city(works)).to(30 * minute);
  expect(isPlanned(run)).toEqual([false]);
  run.correlation.setTopology(city(works));
  run.to(31 * minute);
  expect(isPlanned(run)).toEqual([false]);
  run.correlation.setTopology(city({ from: -1, to: 90 }));
  run.to(32 * minute);
  expect(isPlanned(run)).toEqual([true]);
  run.to(120 * minute);
  expect(isPlanned(run)).toEqual([false]);
});

test('works elsewhere change nothing', () => {
  const run = darkBranch(city());
  const told = run.changes.length;
  const elsewhere = smallCityDocument([
    {
      id: 'w-2',
      resources: ['olt-2'],
      from: cityStartsAt,
      to: cityStartsAt + 3_600_000,
      announcedAt: cityStartsAt,
    },
  ]);
  run.correlation.setTopology(compileTopology(parseTopology(elsewhere, 'city').value).value);
  run.to(60);
  expect(isPlanned(run)).toEqual([false]);
  expect(run.changes).toHaveLength(told);
});

test('a head that starts under works which began during its outage was not put out by them', () => {
  const run = new CityRun(city({ from: 20, to: 120 }))
    .linkDown(0, 'l-o1', ['agg-2'])
    .unreachable(20, ['olt-1']);
  run.to(30 * minute).linkUp(30 * minute, 'l-o1', ['agg-2']);
  run.raise(30 * minute + 10, 'LOS', terminals('1')).to(30 * minute + 30);
  run.clear(30 * minute + 31, 'UNREACHABLE', ['olt-1']).to(31 * minute);
  expect(run.open()).toMatchObject([{ root: 'olt-1', planned: false }]);
});
