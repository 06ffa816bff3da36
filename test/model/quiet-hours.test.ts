import { expect, test } from 'vitest';
import { ownQuietHours, quietCode, quietHoursIn, quietOfCode } from '../../src/model/quiet-hours.ts';

test('what somebody chose is one number of a column, and the same again', () => {
  for (let from = 0; from < 1_440; from += 15)
    for (const to of [0, 480, 1_425, 1_440]) {
      const clock = (minute: number) =>
        `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
      const own = ownQuietHours(`${clock(from)}-${clock(to)}`)!;
      expect(quietOfCode(quietCode(own))).toEqual({ fromMinute: from, toMinute: to });
      expect(quietCode(own)).toBeLessThan(2 ** 16);
    }
});

test('none is a choice too, and nothing chosen is the policy', () => {
  expect(ownQuietHours(' OFF ')).toBe('off');
  const none = quietOfCode(quietCode('off'));
  expect(none?.fromMinute).toBe(none?.toMinute);
  expect(quietOfCode(quietCode(''))).toBeUndefined();
});

test.each(['22:05-08:00', '25:00-08:00', '22:00-24:15', '22-08', 'always', '22:00'])('%s is none', (text) => {
  expect(ownQuietHours(text)).toBeUndefined();
});

test('a policy may name any minute', () => {
  expect(quietHoursIn('22:05-7:59')).toEqual({ fromMinute: 1_325, toMinute: 479 });
});
