import { expect, test } from 'vitest';
import { tallyOf } from '../../src/confirm/confirm.ts';

test('the parts add up to those who were asked, but for what a new outage took and what was closed by hand', () => {
  const counts = {
    ASKED: 2,
    HELD: 1,
    CONFIRMED: 5,
    STILL_OUT: 1,
    ESCALATED: 1,
    CALLBACK_QUEUED: 1,
    EXPIRED_OK: 3,
  };
  expect(tallyOf({ ...counts, UNREACHABLE: 1, SUPERSEDED: 4 })).toMatchObject({
    ...{ asked: 19, waiting: 3, fixed: 5, notFixed: 2, wantsCall: 1, silent: 3, unreachable: 1 },
  });
});

test.each([
  ['nobody has answered: nothing is known', 0, 0, undefined],
  ['one "yes" bounds nothing', 1, 0, 1],
  ['no "no" among sixty: at most one in twenty', 60, 0, 0.05],
  ['no "no" among three hundred: at most one in a hundred', 300, 0, 0.01],
])('%s', (_title, fixed, notFixed, most) => {
  expect(tallyOf({ CONFIRMED: fixed, STILL_OUT: notFixed }).stillOutAtMost).toBe(most);
});

test('with a "no" the bound lies above its share and falls with the number of answers', () => {
  const bound = (scale: number) => tallyOf({ CONFIRMED: 9 * scale, STILL_OUT: scale }).stillOutAtMost!;
  expect([bound(1) > bound(10), bound(10) > bound(100), bound(100) > 0.1]).toEqual([true, true, true]);
});
