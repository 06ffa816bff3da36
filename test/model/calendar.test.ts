import { expect, test } from 'vitest';
import { hours, instant } from '../../src/base/instant.ts';
import { afterWaking, type Calendar, localDay, quietUntil, zoneOfSeveral } from '../../src/model/calendar.ts';

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

test.each([
  ['waking time runs by day', '2026-01-10T10:00', 4, '2026-01-10T14:00'],
  ['it stands still at night', '2026-01-10T19:30', 4, '2026-01-11T09:30'],
  ['what begins at night begins in the morning', '2026-01-10T23:00', 4, '2026-01-11T11:00'],
  ['a day of it takes nearly two', '2026-01-10T10:00', 20, '2026-01-11T16:00'],
  ['seconds are kept', '2026-01-10T20:59:30', 1, '2026-01-11T07:59:30'],
  ['the morning that comes an hour earlier counts from then', '2026-03-28T19:00', 4, '2026-03-29T08:00'],
])('%s', (_title, from, waking, to) => {
  const place = { zone: 'Europe/Berlin', quiet: night };
  const at = afterWaking(calendar, place, { at: instant(utc(from)), waking: hours(waking) });
  expect(new Date(at).toISOString()).toBe(new Date(utc(to)).toISOString());
});

test('where nothing is quiet waking time is time', () => {
  const place = { zone: 'Europe/Berlin', quiet: undefined };
  const at = instant(utc('2026-01-10T23:00'));
  expect(afterWaking(calendar, place, { at, waking: hours(30) }) - at).toBe(hours(30));
});

test('a day begins at midnight there', () => {
  const before = instant(utc('2026-01-10T18:14'));
  const after = instant(utc('2026-01-10T18:15'));
  expect(localDay(calendar, 'Asia/Kathmandu', after) - localDay(calendar, 'Asia/Kathmandu', before)).toBe(1);
});

const fixed = (hoursEast: number): [number, number][] => [[0, hoursEast * 60]];
const wide: Calendar = {
  zones: { 'A/West': fixed(2), 'B/East': fixed(9), 'C/Far': fixed(-11), 'D/Near': fixed(3) },
};
const until = (zone: string, at: string) => quietUntil(wide, { zone, quiet: night }, instant(utc(at)));

test('at a telephone that people of two zones share it is quiet while it is night for one of them', () => {
  const zone = zoneOfSeveral(['B/East', 'A/West', 'B/East']);
  expect(zone).toBe('A/West|B/East');
  // 22:00 in the east is 15:00 in the west; the last night ends at 08:00 in the west.
  expect(until(zone, '2026-01-10T12:59')).toBeUndefined();
  expect(until(zone, '2026-01-10T13:00')).toBe(utc('2026-01-11T06:00'));
  expect(until(zone, '2026-01-11T05:59')).toBe(utc('2026-01-11T06:00'));
  expect(until(zone, '2026-01-11T06:00')).toBeUndefined();
  for (let minute = 0; minute < 1_440; minute += 7) {
    const at = new Date(utc('2026-01-10T00:00') + minute * 60_000).toISOString().slice(0, 16);
    const isQuiet = ['A/West', 'B/East'].some((one) => until(one, at) !== undefined);
    expect(until(zone, at) !== undefined).toBe(isQuiet);
  }
});

test('waking time is time that is waking time for all of them, and where it never is nobody waits for ever', () => {
  const zone = 'A/West|B/East';
  const place = { zone, quiet: night };
  const at = instant(utc('2026-01-10T12:00'));
  // One hour until the night of the east, two more from the next morning of the west.
  expect(afterWaking(wide, place, { at, waking: hours(3) })).toBe(utc('2026-01-11T08:00'));
  const everywhere = zoneOfSeveral(Object.keys(wide.zones));
  const short = { zone: everywhere, quiet: { fromMinute: 12 * 60, toMinute: 11 * 60 } };
  expect(afterWaking(wide, short, { at, waking: hours(3) })).toBeGreaterThan(at);
  expect(quietUntil(wide, short, at)).toBeGreaterThan(at);
});
