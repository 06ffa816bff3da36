import { expect, test } from 'vitest';
import { after, days, hours } from '../../src/base/instant.ts';
import { Sparing } from '../../src/confirm/sparing.ts';
import type { SubscriberKey } from '../../src/model/ids.ts';
import { noon, policy } from '../support/care.ts';

const asked = 7 as SubscriberKey;
const { confirm } = policy({ confirm: { ratingEveryMs: days(90), ratingAfterComplaintMs: days(30) } });

test('a mark is asked for once in ninety days, and what is not asked is counted with its reason', () => {
  const sparing = new Sparing();
  expect(sparing.rating(asked, confirm, noon)).toBe('asked');
  expect(sparing.rating(asked, confirm, after(noon, days(89)))).toBe('askedLately');
  expect(sparing.rating(8 as SubscriberKey, confirm, noon)).toBe('asked');
  // What was not asked puts nothing off.
  expect(sparing.rating(asked, confirm, after(noon, days(90)))).toBe('asked');
  expect(sparing.ratings).toEqual({ asked: 3, askedLately: 1, complainedLately: 0, forgotten: 0 });
});

test('who complained is left in peace for thirty days', () => {
  const sparing = new Sparing();
  sparing.complained(asked, noon);
  expect(sparing.rating(asked, confirm, after(noon, hours(3)))).toBe('complainedLately');
  sparing.complained(asked, after(noon, days(20)));
  expect(sparing.rating(asked, confirm, after(noon, days(49)))).toBe('complainedLately');
  expect(sparing.rating(asked, confirm, after(noon, days(50)))).toBe('asked');
});

test('where the policy says nothing everybody is asked, as before', () => {
  const sparing = new Sparing();
  const { confirm: silent } = policy();
  sparing.complained(asked, noon);
  expect([sparing.rating(asked, silent, noon), sparing.rating(asked, silent, noon)]).toEqual([
    'asked',
    'asked',
  ]);
});

test('it is known after a restart, and what an older version kept is read', () => {
  const sparing = new Sparing();
  sparing.stop(asked);
  sparing.rating(8 as SubscriberKey, confirm, noon);
  sparing.complained(9 as SubscriberKey, noon);
  const again = new Sparing();
  again.restore(JSON.parse(JSON.stringify(sparing.snapshot())));
  expect(again.snapshot()).toEqual(sparing.snapshot());
  expect(again.hasStopped(asked)).toBe(true);
  expect(again.rating(8 as SubscriberKey, confirm, after(noon, hours(1)))).toBe('askedLately');
  expect(again.rating(9 as SubscriberKey, confirm, after(noon, hours(1)))).toBe('complainedLately');
  again.restore({});
  expect(again.ratings).toEqual({ asked: 0, askedLately: 0, complainedLately: 0, forgotten: 0 });
});
