/** Time-zone offsets as data for the line: rooms know no Intl, so the edge writes out two years of them (design L7). */
import { type Calendar, zonesOf } from '../../model/calendar.ts';

const dayMs = 86_400_000;
const daysAhead = 730;

/** For each zone the offsets in minutes east of UTC from `from` on; a zone the machine does not know is left out. */
export function calendarFrom(zones: readonly string[], from: number): Calendar {
  const start = Math.floor(from / dayMs) * dayMs;
  const known = [...new Set(zones.flatMap(zonesOf))].filter(
    (zone) => zone !== '' && formatOf(zone) !== undefined,
  );
  return { zones: Object.fromEntries(known.map((zone) => [zone, offsets(zone, start)])) };
}

function offsets(zone: string, start: number): [number, number][] {
  const format = formatOf(zone)!;
  const changes: [number, number][] = [[start, offsetAt(format, start)]];
  for (let day = 1; day <= daysAhead; day++) {
    const to = start + day * dayMs;
    const before = changes.at(-1)![1];
    const offset = offsetAt(format, to);
    if (offset !== before) changes.push([changeBetween(format, to - dayMs, to), offset]);
  }
  return changes;
}

/** The minute at which the offset changes, by halving. */
function changeBetween(format: Intl.DateTimeFormat, from: number, to: number): number {
  const before = offsetAt(format, from);
  let low = from;
  let high = to;
  while (high - low > 60_000) {
    const middle = Math.floor((low + high) / 2 / 60_000) * 60_000;
    if (offsetAt(format, middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  } catch {
    return undefined;
  }
}

function offsetAt(format: Intl.DateTimeFormat, at: number): number {
  const name = format.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  const match = /^GMT(?:([+-])(\d{2}):(\d{2}))?$/.exec(name);
  if (match?.[1] === undefined) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
}
