/** One full reading of a device: everything its profile names, with what failed said by table. */
import { drained, inSlices } from '../base/slices.ts';
import type { DeviceReading } from '../model/reading.ts';
import { ColumnStore } from './column-store.ts';
import { Found } from './found.ts';
import { readIdentity } from './identity.ts';
import { InterfaceList } from './interfaces.ts';
import type { Profile, Table } from './profile.ts';
import type { Row } from './row.ts';
import { usualRows } from './row-bounds.ts';
import type { Session, SessionProblem, WalkBudget } from './session.ts';

/** What came of one attempt to read a device. */
export type DeviceAnswer =
  | {
      readonly kind: 'reading';
      readonly reading: DeviceReading;
      /** Tables that ended early; what arrived of them is in the reading. */
      readonly incomplete: readonly { readonly table: string; readonly problem: SessionProblem }[];
    }
  | { readonly kind: 'problem'; readonly problem: SessionProblem };

/**
 * Of one table of a full reading; the measuring loop has tighter ones. A table that overran leaves a quarter to the next:
 * a device whose tables have no end costs less than 2,000 requests.
 */
const readingBudget: WalkBudget = { requests: 1_450, rows: usualRows, timeMs: 60_000 };

/** Rows, each some 40 µs, between two pauses. */
export const sliceRows = 100;

export interface ReadingOrder {
  /** ISO time: rooms have no clock and no calendar. */
  readonly at: string;
  readonly budget?: WalkBudget | undefined;
  /** Does the long work: a device of 50,000 rows would hold everybody up for seconds. Default: all at once. */
  readonly inTurns?: (<T>(work: Generator<void, T>) => T | Promise<T>) | undefined;
}

export async function readDevice(
  session: Session,
  profile: Profile,
  { at, budget = readingBudget, inTurns = drained }: ReadingOrder,
): Promise<DeviceAnswer> {
  const columns = new ColumnStore(inTurns);
  const identity = await readIdentity(session, profile, { columns, budget });
  if ('kind' in identity) return { kind: 'problem', problem: identity };
  const incomplete: { table: string; problem: SessionProblem }[] = [];
  const rows: Row[] = [];
  let left = budget;
  for (const table of profile.tables) {
    const { problem, isSilent } = await columns.walk(session, table.columns, left);
    if (problem?.kind === 'overBudget') left = quarterOf(left);
    if (problem !== undefined) incomplete.push({ table: table.name, problem });
    await inTurns(inSlices(columns.rowsOf(table), sliceRows, (row) => rows.push(row)));
    // A device that fell silent is not asked table after table.
    if (isSilent) break;
  }
  const { cut, ...parts } = await inTurns(readingInSlices(rows, identity.version));
  const reading: DeviceReading = {
    format: 'device-reading/1',
    at,
    profile: profile.id,
    device: identity,
    ...parts,
  };
  for (const table of cut) incomplete.push({ table, problem: { kind: 'overBudget', budget: 'rows' } });
  return { kind: 'reading', reading, incomplete };
}

const quarterOf = ({ requests, rows, timeMs }: WalkBudget): WalkBudget => ({
  requests: Math.floor(requests / 4),
  rows,
  timeMs: timeMs / 4,
});

interface RowsRead
  extends Pick<DeviceReading, 'interfaces' | 'readings' | 'links' | 'objects' | 'relations'> {
  /** Tables that held more than any device has: what is above was left out. */
  readonly cut: readonly string[];
}

/** What rows mean, in the order of the profile's tables, whoever brought their cells. */
export const readingOfRows = (rows: readonly Row[], version: string | undefined, most?: number): RowsRead =>
  drained(readingInSlices(rows, version, most));

/** The same with pauses. */
function* readingInSlices(
  rows: readonly Row[],
  version: string | undefined,
  most?: number,
): Generator<void, RowsRead> {
  const interfaces = new InterfaceList();
  yield* inSlices(rows, sliceRows, (row) => {
    if (isOfInterfaces(row.table)) interfaces.add(row);
  });
  const ports = interfaces.readings();
  const found = new Found(version, ports, most);
  yield* inSlices(rows, sliceRows, (row) => {
    if (!isOfInterfaces(row.table)) found.take(row);
  });
  const { readings, links, objects, relations, cut } = found;
  const parts = { interfaces: ports, readings, links, objects, cut };
  return relations.length === 0 ? parts : { ...parts, relations };
}

export const isOfInterfaces = (table: Table): boolean =>
  table.objectKind === 'interface' && table.is === undefined;
