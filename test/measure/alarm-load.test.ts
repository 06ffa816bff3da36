import { expect, test } from 'vitest';
import { instant } from '../../src/base/instant.ts';
import { AlarmLoad } from '../../src/measure/alarm-load.ts';

const interval = 10 * 60_000;
const start = Math.ceil(Date.UTC(2026, 0, 1) / interval) * interval;

/** Presents so many in each interval, one after the other. */
function loadOf(counts: readonly number[], positions = 1): AlarmLoad {
  const load = new AlarmLoad();
  load.positions = positions;
  for (const [n, count] of counts.entries()) {
    load.at(instant(start + n * interval));
    for (let one = 0; one < count; one++) load.present();
  }
  load.at(instant(start + counts.length * interval));
  return load;
}

test('a flood begins above ten in ten minutes and ends below five', () => {
  const figures = loadOf([10, 11, 5, 9, 4, 9, 0]).figures();
  expect(figures).toMatchObject({
    presented: 48,
    presentedIntervals: 7,
    presentedFloodIntervals: 3,
    presentedMostInInterval: 11,
    presentedInInterval: 0,
  });
});

test('two positions that share the work are flooded by twice as much', () => {
  const flooded = (counts: readonly number[]): number | undefined =>
    loadOf(counts, 2).figures()['presentedFloodIntervals'];
  expect(flooded([20, 11, 0])).toBe(0);
  expect(flooded([21, 11, 9, 0])).toBe(2);
});

test('quiet hours end a flood and count as quiet', () => {
  const load = loadOf([20]);
  load.at(instant(start + 50 * interval));
  for (let one = 0; one < 6; one++) load.present();
  load.at(instant(start + 51 * interval));
  expect(load.figures()).toMatchObject({ presentedIntervals: 51, presentedFloodIntervals: 1 });
});

test('a restored one goes on where the snapshot was taken', () => {
  const [load, twin] = [loadOf([20, 3]), new AlarmLoad()];
  twin.restore(JSON.parse(JSON.stringify(load.snapshot())));
  for (const one of [load, twin]) one.at(instant(start + 9 * interval));
  expect(twin.figures()).toEqual(load.figures());
});
