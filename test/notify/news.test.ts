import { expect, test } from 'vitest';
import { instant } from '../../src/base/instant.ts';
import type { Etr } from '../../src/model/incident.ts';
import { isNews } from '../../src/notify/news.ts';

const noon = Date.UTC(2026, 0, 1, 12);
const by = (minutes: number): Etr => ({
  ...{ from: instant(noon), to: instant(noon + minutes * 60_000), source: 'operator', revision: 1 },
});

// Minutes after noon: what was told, what is expected now, and when it is found out.
test.each([
  ['moved by half an hour is nothing new', 60, 90, 0, false],
  ['by more it is', 60, 91, 0, true],
  ['sooner counts as much as later', 60, 29, 0, true],
  ['sooner by half an hour does not', 60, 30, 0, false],
  ['of a long time it must be a quarter', 240, 300, 0, false],
  ['more than a quarter of four hours', 240, 301, 0, true],
  ['more than a quarter of four hours, sooner', 240, 179, 0, true],
  ['a quarter of what remains when it is found out, not of all', 240, 276, 100, true],
  ['a quarter of what remains may be less than half an hour', 240, 270, 200, false],
  ['the time that was told has passed: any later one is new', 60, 61, 60, true],
  ['just before it has not', 60, 61, 59, false],
  ['passed, and what is expected now has passed as well', 60, 62, 63, false],
  ['the same again', 60, 60, 10, false],
])('%s', (_title, told, now, at, news) => {
  expect(isNews(by(told), by(now), instant(noon + at * 60_000))).toBe(news);
});
