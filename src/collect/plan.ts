/** What the measuring loop asks a device every interval: the profile without its texts, and how far it may go. */
import type { Profile, Table } from './profile.ts';
import type { WalkBudget } from './session.ts';

interface PollPlan {
  /** For `readDevice`: the same tables with the columns that carry numbers or states. */
  readonly profile: Profile;
  /** Of each table. */
  readonly budget: WalkBudget;
}

/** A device of 4,000 ports fits; what does not is cut and named, so that it cannot hold up the others. */
const pollBudget: WalkBudget = { requests: 1_000, rows: 5_000, timeMs: 20_000 };

export function planOf(profile: Profile): PollPlan {
  const tables = profile.tables.map(measuredPart).filter((table) => table.columns.length > 0);
  const { sysUpTimeTicks } = profile.identity;
  const identity = sysUpTimeTicks === undefined ? {} : { sysUpTimeTicks };
  return { profile: { ...profile, identity, tables }, budget: pollBudget };
}

function measuredPart(table: Table): Table {
  const { sensor } = table;
  // Only its name tells light in watts from other power, so that these tables keep their texts.
  if (sensor?.hasOpticalWatts === true) return table;
  const kept: number[] = [];
  const place = (column: number): number => {
    const known = kept.indexOf(column);
    return known >= 0 ? known : kept.push(column) - 1;
  };
  const states = table.states.map((state) => ({ ...state, column: place(state.column) }));
  const metrics = table.metrics.map((metric) => ({
    ...metric,
    column: place(metric.column),
    times: metric.times === undefined ? undefined : place(metric.times),
    nameBy: metric.nameBy && { ...metric.nameBy, column: place(metric.nameBy.column) },
  }));
  const measuredSensor = sensor && {
    type: place(sensor.type),
    scale: place(sensor.scale),
    precision: place(sensor.precision),
    value: place(sensor.value),
    status: place(sensor.status),
    hasOpticalWatts: false,
  };
  const columns = kept.map((column) => table.columns[column]!);
  return {
    ...table,
    columns,
    ownColumns: columns.length,
    attributes: [],
    nameFrom: [],
    states,
    metrics,
    sensor: measuredSensor,
  };
}
