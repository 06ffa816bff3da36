/** Alarms that find no room among those that wait: refused, counted, and offered again when there is some. */
import { expect, test, vi } from 'vitest';
import { cleared } from '../support/small-city.ts';
import { CityRun } from './city-run.ts';

vi.mock(import('../../src/correlate/timing.ts'), async (original) => {
  const timing = await original();
  return { ...timing, limits: { ...timing.limits, pending: 4, strange: 2 } as never };
});

const all = ['ont-1-1-1-1', 'ont-1-1-2-1', 'ont-1-2-1-1', 'ont-1-2-2-1', 'ont-2-1-1-1', 'ont-2-2-1-1'];
const roots = (run: CityRun): string[] =>
  run.correlation.open().map(({ root, alarms }) => `${root} ${alarms.length}`);

test('an alarm that found no room has its incident as soon as there is some, with all that was said of it', () => {
  const run = new CityRun().raise(1, 'LOS', all, 0);
  run.raise(2, 'LOS', [all[5]!]);
  expect(run.correlation.counters).toMatchObject({ refused: 3, pending: 4 });
  expect(roots(run.to(60)).sort()).toEqual([...all.slice(0, 5).map((id) => `${id} 1`), `${all[5]} 2`]);
});

test('one that is over before there is room is not offered again', () => {
  const run = new CityRun().raise(1, 'LOS', all, 0);
  run.take([cleared(all[5]!, 'LOS', run.at)]);
  expect(roots(run.to(60)).sort()).toEqual(all.slice(0, 5).map((id) => `${id} 1`));
  expect(run.correlation.counters.clearedBeforeDecision).toBe(1);
});

test('those without room are not forgotten over a restart', () => {
  const run = new CityRun().raise(1, 'LOS', all, 0);
  const again = new CityRun();
  again.correlation.restore(run.correlation.snapshot());
  expect(roots(again.to(60)).sort()).toEqual(all.map((id) => `${id} 1`));
});

test('a name that nobody planned has its incident when others of its sort are over, and keeps out none that is planned', () => {
  const run = new CityRun().raise(1, 'LOS', ['x-1', 'x-2']).to(30).raise(31, 'LOS', ['x-3', all[0]!]).to(60);
  expect(roots(run)).toEqual(['x-1 1', 'x-2 1', `${all[0]} 1`]);
  run.clear(61, 'LOS', ['x-1', 'x-2']).to(200);
  expect(roots(run)).toEqual([`${all[0]} 1`, 'x-3 1']);
  expect(run.correlation.counters).toMatchObject({ refused: 1, pending: 0 });
});
