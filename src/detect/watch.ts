/** One rule on all rows of a table, and what most of them share. */
import type { Instant } from '../base/instant.ts';
import type { StateIs } from '../model/object-alarm.ts';
import type { Levels } from './rules.ts';
import type { Seasons } from './seasons.ts';
import type { TableSeen, TableShape } from './seen.ts';

export interface WatchPoll {
  readonly device: string;
  readonly at: Instant;
  readonly isRestarted: boolean;
  readonly seasons: Seasons;
}

export interface Watch {
  /** Tells conditions of one object apart; stays the same over restarts. */
  readonly id: string;
  readonly cause: string;
  /** True: the alarm is about the device, the object stands in `by`; else about the object. */
  readonly isOfDevice: boolean;
  /** True: only what was good since it is watched can be bad; what never was is not in use. */
  readonly needsGood?: boolean | undefined;
  /** How many things it judges: rows, values of rows, or parents of rows. */
  readonly count: number;
  /** The same for all places of most rules. */
  levelsAt(place: number): Levels | undefined;
  /** NaN: no evidence. Called in order of place, once each a poll. */
  valueAt(place: number, seen: TableSeen, poll: WatchPoll): number;
  /** Before the first `valueAt` of a poll. */
  begin?(seen: TableSeen): void;
  rowAt(place: number): number;
  /** What the alarm is about. */
  thingAt(place: number, shape: TableShape): Thing;
  /** Further facts for people, of the poll just judged. */
  attributesAt?(place: number, shape: TableShape): Readonly<Record<string, string>>;
}

interface Thing {
  readonly id: string;
  readonly key: string;
  readonly name?: string | undefined;
}

export type Named = Pick<Watch, 'id' | 'cause' | 'isOfDevice'>;

/** Positions in `values` of a metric, by the order of rows. */
export function placesOf(shape: TableShape, metric: string, unit?: string): Int32Array {
  const places: number[] = [];
  for (let row = 0; row < shape.rows.length; row++) {
    for (let i = 0; i < shape.metrics; i++) {
      const one = shape.metricOf(row, i);
      if (one?.metric !== metric || (unit !== undefined && one.unit !== unit)) continue;
      places.push(row * shape.metrics + i);
    }
  }
  return Int32Array.from(places);
}

/** A rule on each row. */
export const rowWatch = (shape: TableShape, levels: Levels, rest: Named & Pick<Watch, 'valueAt'>): Watch => ({
  ...rest,
  count: shape.rows.length,
  levelsAt: () => levels,
  rowAt: (row) => row,
  thingAt: thingOfRow,
});

/** A rule on each value at these places. */
export const placeWatch = (
  shape: TableShape,
  places: Int32Array,
  rest: Named & Pick<Watch, 'levelsAt' | 'valueAt'>,
): Watch => {
  const { metrics } = shape;
  const rowAt = (place: number): number => Math.floor(places[place]! / metrics);
  return {
    ...rest,
    count: places.length,
    rowAt,
    thingAt: (place, now) => thingOfRow(rowAt(place), now),
  };
};

function thingOfRow(row: number, shape: TableShape): Thing {
  const { id, key, name } = shape.rows[row]!;
  return { id, key: key ?? id, name };
}

/** 1 in one of these states (in any when none is named), 0 in another, NaN in none. */
export function meaningOf(
  shape: TableShape,
  { state, is }: { readonly state: string; readonly is: StateIs['is'] | undefined },
): (row: number, seen: TableSeen) => number {
  const column = shape.states.indexOf(state);
  const states = shape.states.length;
  const isOne = shape.words.map((word) => (is === undefined || is.includes(word) ? 1 : 0));
  if (column < 0) return () => Number.NaN;
  return (row, seen) => {
    const word = seen.states[row * states + column]!;
    return word < 0 ? Number.NaN : isOne[word]!;
  };
}
