/** Which rules look at which rows of a table: compiled once a layout, so that a poll compares numbers only. */
import { neverHappens } from '../base/fault.ts';
import type { ObjectAlarm } from '../model/object-alarm.ts';
import { levelsOf, rankLevels, rankOf, stateLevels } from './alarm-levels.ts';
import { type Owners, ownersOf } from './owners.ts';
import type { DetectionRules, Levels, StateRule, ThresholdRule } from './rules.ts';
import type { TableShape } from './seen.ts';
import { meaningOf, type Named, placesOf, placeWatch, rowWatch, type Watch } from './watch.ts';
import { shareWatch, slopeWatches } from './watches-of-change.ts';
import { seasonWatch } from './watches-of-seasons.ts';

export function watchesOf(rules: DetectionRules, table: string, shape: TableShape): readonly Watch[] {
  const owners = ownersOf(rules, {
    ...{ kind: shape.kind, states: shape.states, alarms: shape.alarms },
    measures: (metric, unit) => placesOf(shape, metric, unit).length > 0,
  });
  const thresholds = owners.thresholds.flatMap((rule) => {
    const places = placesOf(shape, rule.metric, rule.unit).filter(
      (place) => rule.isOwn || !hasOwnLimits(shape, place, rule),
    );
    const named = { id: rule.id, cause: rule.cause, isOfDevice: true };
    return places.length === 0 ? [] : [numberWatch(shape, places, { ...named, levelsAt: () => rule })];
  });
  const states = owners.states.map((rule) => wordWatch(shape, rule));
  const alarms = shape.alarms.flatMap((alarm, i) =>
    alarmWatches(alarm, { id: `${table}#${i}`, sides: owners.sides[i]! }, shape).map((watch) => ({
      ...excused(watch, alarm, shape),
      needsGood: alarm.wasGood,
    })),
  );
  const baselines = rules.baselines.flatMap((rule) => seasonWatch(table, shape, rule));
  return [...thresholds, ...baselines, ...states, ...alarms];
}

/** The limits that the device sends with this value hold in place of ours. */
function hasOwnLimits(shape: TableShape, place: number, { metric, side }: ThresholdRule): boolean {
  if (!shape.alarms.some((alarm) => alarm.kind === 'limits' && alarm.metric === metric)) return false;
  const own = shape.limitsOf(Math.floor(place / shape.metrics), place % shape.metrics);
  return own.some((one) => one.side === side && one.limits.length > 0);
}

function alarmWatches(
  alarm: ObjectAlarm,
  { id, sides }: { readonly id: string; readonly sides: Owners['sides'][number] },
  shape: TableShape,
): Watch[] {
  if (sides.length === 0) return [];
  const named = { id, cause: alarm.cause, isOfDevice: false };
  switch (alarm.kind) {
    case 'state':
      return [stateWatch(shape, alarm, named)];
    case 'threshold': {
      const places = placesOf(shape, alarm.metric);
      return sides.flatMap((side) => {
        const levels = levelsOf(side, alarm[side], alarm);
        if (levels === undefined) return [];
        return [numberWatch(shape, places, { ...named, id: `${id} ${side}`, levelsAt: () => levels })];
      });
    }
    case 'average':
      return sides.flatMap((side) => averageWatch(shape, alarm, { named, side }));
    case 'ratio':
      return ratioWatches(shape, alarm, named);
    case 'limits':
      return limitWatches(shape, alarm, { named, sides });
    case 'share':
      return shareWatch(shape, alarm, named);
    case 'slope':
      return slopeWatches(shape, alarm, named);
    case 'group':
      return groupWatch(shape, alarm, named);
    default:
      return neverHappens(alarm);
  }
}

/** While it is excused a value counts as good, so that what was raised ends. */
function excused(watch: Watch, { kind, when, unless }: ObjectAlarm, shape: TableShape): Watch {
  if (kind === 'group' || kind === 'average' || (when === undefined && unless === undefined)) return watch;
  const isWanted = when === undefined ? undefined : meaningOf(shape, when);
  const isExcuse = unless === undefined ? undefined : meaningOf(shape, unless);
  return {
    ...watch,
    valueAt(place, seen, poll) {
      const value = watch.valueAt(place, seen, poll);
      const row = watch.rowAt(place);
      const isGood = (isWanted !== undefined && isWanted(row, seen) !== 1) || isExcuse?.(row, seen) === 1;
      if (!isGood || Number.isNaN(value)) return value;
      return watch.levelsAt(place)?.side === 'below' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    },
  };
}

const numberWatch = (shape: TableShape, places: Int32Array, rest: Named & Pick<Watch, 'levelsAt'>): Watch =>
  placeWatch(shape, places, { ...rest, valueAt: (place, seen) => seen.values[places[place]!]! });

/** Of several states of a row the first that says anything is the object's. */
function wordWatch(shape: TableShape, rule: StateRule): Watch {
  const meaning = shape.words.map((word) =>
    rule.raise.includes(word) ? 1 : rule.clear.includes(word) ? 0 : Number.NaN,
  );
  const states = shape.states.length;
  return rowWatch(shape, stateLevels(rule.severity, rule.for), {
    ...{ id: rule.id, cause: rule.cause, isOfDevice: true },
    valueAt(row, seen) {
      for (let i = 0; i < states; i++) {
        const word = seen.states[row * states + i]!;
        if (word >= 0) return meaning[word]!;
      }
      return Number.NaN;
    },
  });
}

function stateWatch(shape: TableShape, alarm: Extract<ObjectAlarm, { kind: 'state' }>, named: Named): Watch {
  const meaning = meaningOf(shape, alarm);
  const { severity, polls } = alarm;
  if (typeof severity === 'string')
    return rowWatch(shape, stateLevels(severity, polls), { ...named, valueAt: meaning });
  const column = shape.states.indexOf(severity.state);
  const ranks = shape.words.map((word) => {
    const said = Object.hasOwn(severity.words, word) ? severity.words[word] : undefined;
    return said === undefined ? 0 : rankOf(said);
  });
  return rowWatch(shape, rankLevels(polls), {
    ...named,
    valueAt(row, seen) {
      const is = meaning(row, seen);
      const word = column < 0 ? -1 : seen.states[row * shape.states.length + column]!;
      return is === 1 ? (word < 0 ? 0 : ranks[word]!) : is;
    },
  });
}

function ratioWatches(
  shape: TableShape,
  alarm: Extract<ObjectAlarm, { kind: 'ratio' }>,
  named: Named,
): Watch[] {
  const ofRow = new Map(
    Array.from(placesOf(shape, alarm.of), (place) => [Math.floor(place / shape.metrics), place]),
  );
  const places = placesOf(shape, alarm.metric);
  return (['below', 'above'] as const).flatMap((side) => {
    const levels = levelsOf(side, alarm[side], alarm);
    if (levels === undefined) return [];
    const valueAt: Watch['valueAt'] = (place, seen) => {
      const at = places[place]!;
      const whole = seen.values[ofRow.get(Math.floor(at / shape.metrics)) ?? -1] ?? Number.NaN;
      return whole >= alarm.atLeast && whole !== 0 ? seen.values[at]! / whole : Number.NaN;
    };
    const id = `${named.id} ${side}`;
    return [placeWatch(shape, places, { ...named, id, levelsAt: () => levels, valueAt })];
  });
}

function limitWatches(
  shape: TableShape,
  alarm: Extract<ObjectAlarm, { kind: 'limits' }>,
  { named, sides }: { readonly named: Named; readonly sides: Owners['sides'][number] },
): Watch[] {
  const places = placesOf(shape, alarm.metric);
  return sides.map((side) =>
    numberWatch(shape, places, {
      ...named,
      id: `${named.id} ${side}`,
      levelsAt(place) {
        const at = places[place]!;
        const own = shape.limitsOf(Math.floor(at / shape.metrics), at % shape.metrics);
        const limits = own.find((one) => one.side === side)?.limits ?? [];
        return limits.length === 0
          ? undefined
          : { side, limits, hysteresis: alarm.hysteresis, for: alarm.polls };
      },
    }),
  );
}

/** The rows are cores of one machine, or whatever else only counts together; the worst of them is named. */
function averageWatch(
  shape: TableShape,
  alarm: Extract<ObjectAlarm, { kind: 'average' }>,
  { named, side }: { readonly named: Named; readonly side: Levels['side'] },
): Watch[] {
  const places = placesOf(shape, alarm.metric);
  const levels = levelsOf(side, alarm[side], alarm);
  if (levels === undefined || places.length === 0) return [];
  const sign = side === 'above' ? 1 : -1;
  const now = { mean: Number.NaN, count: 0, worst: 0, worstPlace: -1 };
  return [
    {
      ...named,
      ...{ id: `${named.id} ${side}`, isOfDevice: true, count: 1, levelsAt: () => levels, rowAt: () => -1 },
      begin(seen) {
        let sum = 0;
        now.count = 0;
        now.worst = Number.NEGATIVE_INFINITY;
        for (const place of places) {
          const value = seen.values[place]!;
          if (Number.isNaN(value)) continue;
          sum += value;
          now.count++;
          if (sign * value <= now.worst) continue;
          now.worst = sign * value;
          now.worstPlace = place;
        }
        now.mean = now.count === 0 ? Number.NaN : sum / now.count;
      },
      valueAt: () => now.mean,
      // One for all of the kind: a clear without an object would end what other tables say of the device.
      thingAt: (_, { kind }) => ({ id: kind, key: kind }),
      attributesAt(_, { rows, metrics }) {
        const { id, name } = rows[Math.floor(now.worstPlace / metrics)]!;
        const worst = { worst: name ?? id, worstValue: String(sign * now.worst) };
        return { averageOf: String(now.count), ...(now.count > 1 && worst) };
      },
    },
  ];
}

function groupWatch(
  shape: TableShape,
  alarm: Extract<ObjectAlarm, { kind: 'group' }>,
  named: Named,
): Watch[] {
  const levels = levelsOf('above', alarm.above, { hysteresis: 0, polls: alarm.polls });
  if (levels === undefined) return [];
  const parents = [...new Set(shape.rows.flatMap(({ parent }) => (parent === undefined ? [] : [parent])))];
  const numbers = new Map(parents.map((parent, number) => [parent, number]));
  const groupOf = Int32Array.from(shape.rows, ({ parent }) => numbers.get(parent ?? '') ?? -1);
  const meaning = meaningOf(shape, alarm);
  const bad = new Float64Array(parents.length);
  const all = new Float64Array(parents.length);
  return [
    {
      ...named,
      count: parents.length,
      levelsAt: () => levels,
      begin(seen) {
        bad.fill(0);
        all.fill(0);
        for (let row = 0; row < groupOf.length; row++) {
          const group = groupOf[row]!;
          const is = group < 0 ? Number.NaN : meaning(row, seen);
          if (Number.isNaN(is)) continue;
          all[group] = all[group]! + 1;
          bad[group] = bad[group]! + is;
        }
      },
      valueAt(group) {
        if (all[group] === 0) return Number.NaN;
        return bad[group]! < alarm.atLeast ? 0 : bad[group]! / all[group]!;
      },
      rowAt: () => -1,
      thingAt(group) {
        const id = parents[group]!;
        return { id, key: id };
      },
    },
  ];
}
