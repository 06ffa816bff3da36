/** Local time without a locale: per zone a table of offsets that enters as an input (design L7), and quiet hours by it. */
import { after, type DurationMs, type Instant, instant } from '../base/instant.ts';

export interface Calendar {
  /** Zone name -> (from this instant on, minutes east of UTC), ascending. */
  readonly zones: Readonly<Record<string, readonly (readonly [number, number])[]>>;
}

/** Minutes of the local day [from, to); may span midnight; equal ends mean none. */
export interface QuietHours {
  readonly fromMinute: number;
  readonly toMinute: number;
}

const minuteMs = 60_000;
const dayMinutes = 1_440;

/** Of subscribers in several zones who have one telephone: its name is those of all, and it is quiet where it is quiet in one. */
const among = '|';
/** More nights one after the other than any zones have that leave an hour awake. */
const mostNights = 16;
const mostTurns = 1_000;

export const zoneOfSeveral = (zones: readonly string[]): string => [...new Set(zones)].sort().join(among);
export const zonesOf = (zone: string): readonly string[] => zone.split(among);

/** Minutes east of UTC; a zone or an instant the calendar does not know counts as UTC. */
function offsetMinutes(calendar: Calendar, zones: string | undefined, at: number): number {
  const zone = zones?.includes(among) === true ? zonesOf(zones)[0] : zones;
  const table = zone === undefined || !Object.hasOwn(calendar.zones, zone) ? undefined : calendar.zones[zone];
  let offset = 0;
  for (const [from, minutes] of table ?? []) {
    if (from > at) break;
    offset = minutes;
  }
  return offset;
}

/** Minutes of the local day, 0..1439. */
export function localMinutes(calendar: Calendar, zone: string | undefined, at: Instant): number {
  const minutes = Math.floor(at / minuteMs) + offsetMinutes(calendar, zone, at);
  return ((minutes % dayMinutes) + dayMinutes) % dayMinutes;
}

/** When the quiet hours that hold at `at` end; undefined when it is not quiet. */
export function quietUntil(
  calendar: Calendar,
  place: { readonly zone: string | undefined; readonly quiet: QuietHours | undefined },
  at: Instant,
): Instant | undefined {
  const { zone, quiet } = place;
  if (quiet === undefined || quiet.fromMinute === quiet.toMinute) return undefined;
  if (zone?.includes(among) === true) return quietInOne(calendar, { zones: zonesOf(zone), quiet }, at);
  const offset = offsetMinutes(calendar, zone, at);
  const minute = localMinutes(calendar, zone, at);
  const { fromMinute, toMinute } = quiet;
  const isQuiet =
    fromMinute < toMinute
      ? minute >= fromMinute && minute < toMinute
      : minute >= fromMinute || minute < toMinute;
  if (!isQuiet) return undefined;
  const length = (toMinute - minute + dayMinutes) % dayMinutes;
  const end = (Math.floor(at / minuteMs) + length) * minuteMs;
  // The clocks may change inside the window; the end is named in local time.
  return instant(end + (offset - offsetMinutes(calendar, zone, end)) * minuteMs);
}

/** When the last of the nights ends that follow each other. */
function quietInOne(
  calendar: Calendar,
  { zones, quiet }: { readonly zones: readonly string[]; readonly quiet: QuietHours },
  at: Instant,
): Instant | undefined {
  let end: Instant | undefined;
  for (let night = 0; night < mostNights; night++) {
    const next = zones
      .map((zone) => quietUntil(calendar, { zone, quiet }, end ?? at))
      .find((until) => until !== undefined);
    if (next === undefined) break;
    end = next;
  }
  return end;
}

/** Ends of quiet hours that hold at one instant, looked up once for all who have the same. */
export class QuietEnds {
  readonly #calendar: Calendar;
  readonly #at: Instant;
  readonly #known = new Map<string | undefined, Map<number, Instant | undefined>>();

  constructor(calendar: Calendar, at: Instant) {
    this.#calendar = calendar;
    this.#at = at;
  }

  /** `own`: a number for these hours. */
  of(rest: {
    readonly zone: string | undefined;
    readonly own: number;
    readonly quiet: QuietHours | undefined;
  }): Instant | undefined {
    let there = this.#known.get(rest.zone);
    if (there === undefined) {
      there = new Map();
      this.#known.set(rest.zone, there);
    }
    if (!there.has(rest.own)) there.set(rest.own, quietUntil(this.#calendar, rest, this.#at));
    return there.get(rest.own);
  }
}

/** The instant by which so much time has passed there outside the quiet hours. */
export function afterWaking(
  calendar: Calendar,
  place: { readonly zone: string | undefined; readonly quiet: QuietHours | undefined },
  { at, waking }: { readonly at: Instant; readonly waking: DurationMs },
): Instant {
  const { quiet, zone } = place;
  let from = quietUntil(calendar, place, at) ?? at;
  if (quiet === undefined || quiet.fromMinute === quiet.toMinute) return after(from, waking);
  let left: number = waking;
  const zones = zone === undefined ? [zone] : zonesOf(zone);
  for (let turn = 0; ; turn++) {
    const nights = zones.map((one) => quiet.fromMinute - localMinutes(calendar, one, from));
    const minutes = Math.min(...nights.map((ahead) => (ahead + dayMinutes) % dayMinutes));
    const awake = minutes * minuteMs - (from % minuteMs);
    // Where it is night all day somewhere nobody waits for a morning that never comes.
    if (left <= awake || turn >= mostTurns) return instant(from + left);
    left -= awake;
    const night = instant(from + awake);
    from = quietUntil(calendar, place, night) ?? instant(night + minuteMs);
  }
}

/** Days since 1970-01-01 there. */
export const localDay = (calendar: Calendar, zone: string | undefined, at: Instant): number =>
  Math.floor((at / minuteMs + offsetMinutes(calendar, zone, at)) / dayMinutes);

/** Day of the week there, 0 is Sunday. */
export function weekdayAt(calendar: Calendar, zone: string | undefined, at: Instant): number {
  const days = localDay(calendar, zone, at);
  // 1970-01-01 was a Thursday.
  return (((days + 4) % 7) + 7) % 7;
}
