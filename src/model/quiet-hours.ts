/** Quiet hours as people write them, and a subscriber's own ones as one number of a column. */
import type { QuietHours } from './calendar.ts';

/** `22:00-08:00` as minutes of the day, `24:00` being the end of one; `off` is itself, anything else is wrong. */
export function quietHoursIn(text: string): QuietHours | 'off' | 'wrong' {
  if (text === 'off') return 'off';
  const match = /^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$/.exec(text.trim());
  if (match === null) return 'wrong';
  const [fromHour, fromMinute, toHour, toMinute] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
  ];
  if (fromHour > 23 || toHour > 24 || fromMinute > 59 || toMinute > 59) return 'wrong';
  return { fromMinute: fromHour * 60 + fromMinute, toMinute: toHour * 60 + toMinute };
}

const step = 15;
/** Quarters of an hour in a day, both ends counted. */
const steps = 97;

/** What somebody chose, as it is kept: `22:00-08:00` in quarters of an hour, or `off`; undefined for anything else. */
export function ownQuietHours(text: string): string | undefined {
  const hours = quietHoursIn(text.trim().toLowerCase());
  if (hours === 'off') return hours;
  if (hours === 'wrong' || hours.toMinute > 1_440) return undefined;
  if (hours.fromMinute % step !== 0 || hours.toMinute % step !== 0) return undefined;
  return `${clock(hours.fromMinute)}-${clock(hours.toMinute)}`;
}

const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** 16 bits: 0 for the policy's, as where nothing was chosen. */
export function quietCode(own: string): number {
  const hours = own === '' ? 'wrong' : quietHoursIn(own);
  if (hours === 'wrong') return 0;
  if (hours === 'off') return 1;
  return 1 + Math.floor(hours.fromMinute / step) * steps + Math.floor(hours.toMinute / step);
}

/** Undefined for the policy's; equal ends are no quiet hours at all. */
export function quietOfCode(code: number): QuietHours | undefined {
  if (code === 0) return undefined;
  return { fromMinute: Math.floor((code - 1) / steps) * step, toMinute: ((code - 1) % steps) * step };
}
