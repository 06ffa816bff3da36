/** Instants as a notice says them: in the zone of whoever is told, with the date where it is another day. */

type Language = 'ru' | 'en';

/** The country's zones, twice over; more would be made-up ones. */
const zonesKept = 1_000;
/** Instants a clock has shown in this minute; a mass notice names the same few 100,000 times. */
const shownKept = 1_000;
const clocks = new Map<string, Clock>();

interface Clock {
  readonly time: Intl.DateTimeFormat;
  readonly day: Intl.DateTimeFormat;
  /** Of `now`: what is shown changes at the earliest with the next one. */
  minute: number;
  readonly shown: Map<number, string>;
}

/** `19:30`, or `25.11 02:00` on another day. */
export function clockTime(
  at: number,
  { zone, now, language }: { readonly zone: string; readonly now: number; readonly language: Language },
): string {
  const clock = clockOf(zone, language);
  const minute = Math.floor(now / 60_000);
  if (clock.minute !== minute || clock.shown.size >= shownKept) clock.shown.clear();
  clock.minute = minute;
  let shown = clock.shown.get(at);
  if (shown === undefined) {
    const [time, day] = [clock.time.format(at), clock.day.format(at)];
    shown = day === clock.day.format(now) ? time : `${day} ${time}`;
    clock.shown.set(at, shown);
  }
  return shown;
}

function clockOf(zone: string, language: Language): Clock {
  const key = `${language} ${zone}`;
  let found = clocks.get(key);
  if (found === undefined) {
    const locale = language === 'ru' ? 'ru-RU' : 'en-GB';
    const make = (timeZone: string): Clock => ({
      time: new Intl.DateTimeFormat(locale, {
        timeZone,
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      }),
      day: new Intl.DateTimeFormat(locale, {
        timeZone,
        day: '2-digit',
        month: language === 'ru' ? '2-digit' : 'short',
      }),
      minute: 0,
      shown: new Map(),
    });
    try {
      found = make(zone);
    } catch {
      found = make('UTC');
    }
    if (clocks.size >= zonesKept) clocks.clear();
    clocks.set(key, found);
  }
  return found;
}
