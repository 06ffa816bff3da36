/** What the measuring loop asks a device every interval: its columns in one list and how far it may go. */
import type { Profile } from './profile.ts';
import type { Oid, WalkBudget } from './session.ts';

export interface PollPlan {
  /** Tables whose columns carry numbers or states; names and other texts are left to the full reading. */
  readonly tables: readonly { readonly name: string; readonly columns: readonly Oid[] }[];
  /** Of each table. */
  readonly budget: WalkBudget;
}

/** A device of 4,000 ports fits; what does not is cut and named, so that it cannot hold up the others. */
const pollBudget: WalkBudget = { requests: 1_000, rows: 5_000, timeMs: 20_000 };

export function planOf(profile: Profile): PollPlan {
  const tables = profile.tables.map((table) => {
    const measured = new Set<number>();
    for (const { column } of table.states) measured.add(column);
    for (const { column, times } of table.metrics) {
      measured.add(column);
      if (times !== undefined) measured.add(times);
    }
    if (table.sensor !== undefined) {
      const { type, scale, precision, value, status } = table.sensor;
      for (const column of [type, scale, precision, value, status]) measured.add(column);
    }
    return { name: table.name, columns: table.columns.filter((_, column) => measured.has(column)) };
  });
  return { tables: tables.filter((table) => table.columns.length > 0), budget: pollBudget };
}
