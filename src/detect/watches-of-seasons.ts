/** Rules on how far a value is from what it usually is at this hour of the week. */
import type { BaselineRule } from './rules.ts';
import { hourOf, strangeness, type Usual } from './seasons.ts';
import type { TableShape } from './seen.ts';
import { placesOf, placeWatch, type Watch } from './watch.ts';

export function seasonWatch(table: string, shape: TableShape, rule: BaselineRule): Watch[] {
  const places = placesOf(shape, rule.metric, rule.unit);
  if (places.length === 0) return [];
  const levels = { ...rule, side: 'above' as const };
  const seen = new Float64Array(places.length);
  const usual: (Usual | undefined)[] = [];
  const refused = new Uint8Array(places.length);
  const watch = placeWatch(shape, places, {
    ...{ id: rule.id, cause: rule.cause, isOfDevice: true },
    levelsAt: () => levels,
    valueAt(place, { values }, { at, device, seasons }) {
      const value = values[places[place]!]!;
      if (Number.isNaN(value) || refused[place] === 1) return Number.NaN;
      const thing = watch.thingAt(place, shape);
      const key = `${device} ${table} ${rule.id} ${thing.key.slice(0, 128)}`;
      // What is small at all times is not watched: nothing of it could be worth an alarm.
      if (Math.abs(value) < rule.floor && !seasons.isKnown(key)) return Number.NaN;
      const season = seasons.of(key, at);
      if (season === undefined) {
        refused[place] = 1;
        return Number.NaN;
      }
      const hour = hourOf(at);
      season.learn(value, hour);
      seen[place] = value;
      usual[place] = season.usual(hour);
      return usual[place] === undefined ? Number.NaN : strangeness(value, usual[place], rule);
    },
  });
  return [
    {
      ...watch,
      attributesAt: (place) => ({
        value: String(seen[place]),
        usual: shown(usual[place]?.median),
        scatter: shown(usual[place]?.scatter),
      }),
    },
  ];
}

const shown = (value: number | undefined): string =>
  value === undefined ? '' : String(Number(value.toPrecision(5)));
