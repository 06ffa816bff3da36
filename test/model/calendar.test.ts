import { expect, test } from 'vitest';
import { instant } from '../../src/base/instant.ts';
import { type Calendar, quietUntil } from '../../src/model/calendar.ts';

// Europe/Berlin in 2026: summer time from 29 March 01:00 UTC to 25 October 01:00 UTC.
const calendar: Calendar = {
  zones: {
    'Europe/Berlin': [
      [Date.UTC(2025, 9, 26, 1), 60],
      [Date.UTC(2026, 2, 29, 1), 120],
      [Date.UTC(2026, 9, 25, 1), 60],
    ],
    'Asia/Kathmandu': [[0, 345]],
  },
};
const night = { fromMinute: 22 * 60, toMinute: 8 * 60 };
const utc = (text: string): number => Date.parse(`${text}Z`);

test.each([
  ['at noon it is not quiet', 'Europe/Berlin', '2026-01-10T11:00', undefined],
  [
    'before midnight it is quiet until the next morning',
    'Europe/Berlin',
    '2026-01-10T22:30',
    '2026-01-11T07:00',
  ],
  [
    'after midnight it is quiet until the same morning',
    'Europe/Berlin',
    '2026-01-11T02:00',
    '2026-01-11T07:00',
  ],
  ['the first quiet minute counts', 'Europe/Berlin', '2026-01-10T21:00', '2026-01-11T07:00'],
  ['the last one ends it', 'Europe/Berlin', '2026-01-11T07:00', undefined],
  [
    'the morning comes an hour earlier when summer time begins',
    'Europe/Berlin',
    '2026-03-28T22:00',
    '2026-03-29T06:00',
  ],
  ['and an hour later when it ends', 'Europe/Berlin', '2026-10-24T22:00', '2026-10-25T07:00'],
  ['zones of a quarter of an hour are right too', 'Asia/Kathmandu', '2026-01-10T16:15', '2026-01-11T02:15'],
  ['an unknown zone counts as UTC', 'Nowhere/Else', '2026-01-10T23:00', '2026-01-11T08:00'],
] as const)('%s', (_title, zone, at, end) => {
  const until = quietUntil(calendar, { zone, quiet: night }, instant(utc(at)));
  expect(until).toBe(end === undefined ? undefined : utc(end));
});

test('equal ends mean no quiet hours', () => {
  expect(
    quietUntil(calendar, { zone: 'UTC', quiet: { fromMinute: 60, toMinute: 60 } }, instant(0)),
  ).toBeUndefined();
});
