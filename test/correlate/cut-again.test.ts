/** A ring that is cut once more after one of two cuts was mended. */
import { expect, test } from 'vitest';
import { CityRun } from './city-run.ts';

test('who was back and is lost again is lost by the cut that came last, wherever the ring is still open', () => {
  const run = new CityRun().linkDown(0, 'l-12', ['agg-1', 'agg-2']).linkDown(100, 'l-34', ['agg-4']);
  run.unreachable(120, ['agg-2', 'agg-3']).to(200);
  expect(run.summary()).toEqual(['link l-12 2', 'link l-34 3']);
  run.linkUp(1_000, 'l-12', ['agg-1', 'agg-2']).clear(1_010, 'UNREACHABLE', ['agg-2', 'agg-3']).to(1_020);
  run.linkDown(1_030, 'l-34', ['agg-3']).to(1_040);
  run.linkDown(2_000, 'l-c1', ['core-1']).to(2_010).unreachable(2_060, ['agg-3']).to(2_070);
  run.unreachable(2_075, ['agg-2']).unreachable(2_080, ['agg-1']).to(2_100);
  expect(run.summary()).toEqual(['link l-34 4', 'link l-c1 4']);
});

test('a cut that two words disprove at once is over once', () => {
  const run = new CityRun().linkDown(0, 'l-12', ['agg-1', 'agg-2']).to(7_200);
  run.linkDown(7_200, 'l-34', ['agg-3']).linkDown(7_200, 'l-4c', ['agg-4']).to(7_260);
  const told = run.changes.filter(({ incident }) => incident.root === 'l-12');
  expect(told.filter(({ kind }) => kind === 'resolved')).toHaveLength(1);
  const history = told.at(-1)?.incident.history ?? [];
  expect(history.filter(({ event }) => event === 'resolve')).toHaveLength(1);
});
