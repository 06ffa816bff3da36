/** Which links are believed to be down, since of an open ring the next cut takes everybody. */
import { expect, test } from 'vitest';
import { CityRun } from './city-run.ts';

const hour = 3_600;

const outOfReach = (run: CityRun, root: string): readonly string[] | undefined =>
  run.open().find((incident) => incident.root === root)?.affected.under;

test('a link is up again when one of its ends says so, though the other forgets to', () => {
  const opened = (): CityRun => new CityRun().linkDown(0, 'l-c1', ['core-1', 'agg-1']);
  const cutAgain = (run: CityRun): CityRun => run.linkDown(hour, 'l-34', ['agg-4']).to(hour + 60);
  expect(outOfReach(cutAgain(opened()), 'l-34')).toContain('olt-1');
  expect(outOfReach(cutAgain(opened().linkUp(600, 'l-c1', ['core-1'])), 'l-34')).toEqual([]);
});

test('a ring is closed when a cut would have silenced who tells of it: what was forgotten to be ended is over', () => {
  const run = new CityRun().linkDown(0, 'l-c1', ['core-1', 'agg-1']).to(hour);
  run.linkDown(hour, 'l-34', ['agg-3', 'agg-4']).to(hour + 60);
  expect(run.summary()).toEqual(['link l-34 2']);
  expect(outOfReach(run, 'l-34')).toEqual([]);
});

test('a dead device that is back has its links again, whichever of its neighbours forgot to say so', () => {
  const run = new CityRun().linkDown(0, 'l-12', ['agg-1']).linkDown(0, 'l-23', ['agg-3']).to(60);
  run.unreachable(100, ['agg-2']).to(200);
  expect(run.summary()).toEqual(['node-down agg-2 3']);
  run.clear(600, 'UNREACHABLE', ['agg-2']).linkUp(601, 'l-12', ['agg-1']).to(700);
  run.linkDown(700, 'l-4c', ['agg-4', 'core-1']).to(800);
  expect(outOfReach(run, 'l-4c')).toEqual([]);
});

test('a dig takes only what hangs on it when those in the ring still tell of it', () => {
  const run = new CityRun().linkDown(0, 'l-4c', ['agg-4', 'core-1']).to(hour);
  run
    .linkDown(hour, 'l-12', ['agg-1', 'agg-2'])
    .linkDown(hour, 'l-o1', ['agg-2'])
    .to(hour + 60);
  expect(outOfReach(run, 'trench-b')).toEqual(['olt-1']);
});

test('who speaks through a device that was believed to be dead shows that it lives; what is open elsewhere stays open', () => {
  const run = new CityRun().linkDown(0, 'l-12', ['agg-2']).linkDown(0, 'l-c1', ['core-1']).to(60);
  run.unreachable(100, ['agg-1']).raise(110, 'LINK_DOWN', ['l-o2']).to(200);
  expect(run.open().map(({ root }) => root)).toContain('agg-1');
  run.linkDown(hour, 'l-34', ['agg-3', 'agg-4']).to(hour + 60);
  expect(outOfReach(run, 'l-34')).toEqual([]);
  expect(run.open().map(({ root }) => root)).toEqual(['l-o2', 'l-34']);
});
