/** What the measuring loop asks a device every interval: the profile without its texts, and how far it may go. */
import type { Profile, Table } from './profile.ts';
import { usualRows } from './row-bounds.ts';
import type { Oid, WalkBudget } from './session.ts';

/** Columns that share an index and a schedule: what one `TableCells` holds. */
export interface CellGroup {
  readonly columns: readonly Oid[];
  /** The measured part of each table, and where its columns stand among those of the group. */
  readonly parts: readonly { readonly table: Table; readonly places: readonly number[] }[];
  /** Default: the interval of the device. */
  readonly everyMs: number | undefined;
  /** True: also when something looks wrong (costly tables such as optics, which are asked seldom). */
  readonly onSuspicion: boolean;
}

interface PollPlan {
  /** For `readDevice`: the same tables with the columns that carry numbers or states. */
  readonly profile: Profile;
  /** For `Session.fill`: numbers and states; tables of interfaces with one schedule are one group. */
  readonly groups: readonly CellGroup[];
  /** Of each table. */
  readonly budget: WalkBudget;
}

/** A device of 4,000 ports fits; what does not is cut and named until it was let grow, so that it cannot hold up the others. */
const pollBudget: WalkBudget = { requests: 1_000, rows: usualRows / 4, timeMs: 20_000 };

export function planOf(profile: Profile): PollPlan {
  const tables = profile.measuredTables;
  const { sysUpTimeTicks } = profile.identity;
  const identity = sysUpTimeTicks === undefined ? {} : { sysUpTimeTicks };
  return { profile: { ...profile, identity, tables }, groups: groupsOf(tables), budget: pollBudget };
}

function groupsOf(tables: readonly Table[]): CellGroup[] {
  const groups: CellGroup[] = [];
  const interfaces = new Map<number | undefined, Table[]>();
  for (const table of tables) {
    const { everyMs, onSuspicion } = table;
    if (table.objectKind !== 'interface' || table.is !== undefined || onSuspicion) {
      groups.push(groupOf([table]));
      continue;
    }
    const held = interfaces.get(everyMs);
    if (held === undefined) interfaces.set(everyMs, [table]);
    else held.push(table);
  }
  return [...[...interfaces.values()].map(groupOf), ...groups];
}

function groupOf(tables: readonly Table[]): CellGroup {
  const columns: Oid[] = [];
  const parts = tables.map((table) => {
    const places = table.columns.map((oid) => {
      const known = columns.indexOf(oid);
      return known >= 0 ? known : columns.push(oid) - 1;
    });
    return { table, places };
  });
  const { everyMs, onSuspicion } = tables[0]!;
  return { columns, parts, everyMs, onSuspicion };
}
