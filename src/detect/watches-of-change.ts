/** Rules on how values change from poll to poll: shares of counters and slopes of gauges. */
import type { ObjectAlarm } from '../model/object-alarm.ts';
import { levelsOf } from './alarm-levels.ts';
import type { TableShape } from './seen.ts';
import { type Named, placesOf, placeWatch, rowWatch, type Watch } from './watch.ts';

export function shareWatch(
  shape: TableShape,
  alarm: Extract<ObjectAlarm, { kind: 'share' }>,
  named: Named,
): Watch[] {
  const levels = levelsOf('above', alarm.above, { hysteresis: 0, polls: alarm.polls });
  if (levels === undefined) return [];
  const positions = [alarm.counter, ...alarm.of].map((name) => {
    const ofRow = new Int32Array(shape.rows.length).fill(-1);
    for (const at of placesOf(shape, name)) ofRow[Math.floor(at / shape.metrics)] = at;
    return ofRow;
  });
  const before = positions.map(() => new Float64Array(shape.rows.length).fill(Number.NaN));
  return [
    rowWatch(shape, levels, {
      ...named,
      valueAt(row, seen, { isRestarted }) {
        let own = Number.NaN;
        let all = 0;
        for (let i = 0; i < positions.length; i++) {
          const at = positions[i]![row]!;
          const now = at < 0 ? Number.NaN : seen.values[at]!;
          const gain = now - before[i]![row]!;
          before[i]![row] = now;
          // A counter that went back was set or wrapped: the interval says nothing.
          all += gain < 0 ? Number.NaN : gain;
          if (i === 0) own = gain;
        }
        // Too few of them say nothing, and so does an interval that nobody knows.
        return isRestarted || !(all >= alarm.least) || all === 0 ? Number.NaN : own / all;
      },
    }),
  ];
}

/** Points kept of one value over the window. */
const mostPoints = 64;

interface Point {
  readonly at: number;
  readonly value: number;
}

export function slopeWatches(
  shape: TableShape,
  alarm: Extract<ObjectAlarm, { kind: 'slope' }>,
  named: Named,
): Watch[] {
  const places = placesOf(shape, alarm.metric);
  const { perMs, overMs } = alarm;
  return (['below', 'above'] as const).flatMap((side) => {
    const levels = levelsOf(side, alarm[side], { hysteresis: 0, polls: alarm.polls });
    if (levels === undefined) return [];
    const history = new Map<number, Point[]>();
    return [
      placeWatch(shape, places, {
        ...named,
        id: `${named.id} ${side}`,
        levelsAt: () => levels,
        valueAt(place, seen, { at }) {
          const value = seen.values[places[place]!]!;
          if (Number.isNaN(value)) return value;
          const points = history.get(place) ?? [];
          history.set(place, points);
          remember(points, { at, value }, overMs);
          const first = points[0]!;
          // Half a window is needed before it says anything.
          return at - first.at < overMs / 2 ? Number.NaN : ((value - first.value) * perMs) / (at - first.at);
        },
      }),
    ];
  });
}

/** The first point is the last one that lies a window back, or the oldest there is. */
function remember(points: Point[], now: Point, overMs: number): void {
  const last = points.at(-1);
  if (last === undefined || now.at - last.at >= overMs / mostPoints) points.push(now);
  while (points.length > 1 && points[1]!.at <= now.at - overMs) points.shift();
}
