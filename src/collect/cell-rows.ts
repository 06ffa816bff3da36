/** Rows of a profile's table made from typed cells: the long way to what they mean, for all that is no plain number. */
import type { DeviceReading } from '../model/reading.ts';
import type { CellGroup } from './plan.ts';
import { readingOfRows } from './read-device.ts';
import { Row, type RowCells } from './row.ts';
import type { TableCells } from './table-cells.ts';

type Part = CellGroup['parts'][number];

/** What the cells of a device say, with the names of its last full reading; what was not asked since stands as it was. */
export function readingOfCells(
  full: DeviceReading,
  groups: readonly CellGroup[],
  cells: readonly TableCells[],
): DeviceReading {
  const rows = groups.flatMap(({ parts }, i) => parts.flatMap((part) => rowsOfCells(part, cells[i]!)));
  const seen = readingOfRows(rows, full.device.version);
  const ports = new Map(seen.interfaces.map((port) => [port.ifIndex, port]));
  const now = new Map(seen.readings.map((reading) => [`${reading.object} ${reading.metric}`, reading]));
  const states = new Map(seen.objects.map(({ id, state }) => [id, state]));
  const newest = cells.findLast(({ upTimeTicks }) => upTimeTicks !== undefined);
  const upTime = newest === undefined ? {} : { sysUpTimeTicks: newest.upTimeTicks };
  return {
    ...full,
    device: { ...full.device, ...upTime },
    interfaces: full.interfaces.map((port) => ({ ...port, ...ports.get(port.ifIndex) })),
    readings: full.readings.map((one) => now.get(`${one.object} ${one.metric}`) ?? one),
    objects: full.objects.map((object) => ({ ...object, state: states.get(object.id) ?? object.state })),
  };
}

/** In numeric order of index; only rows that have a cell of the table itself. */
export function rowsOfCells(part: Part, cells: TableCells): Row[] {
  const rows: Row[] = [];
  const keyed = keyedIn(cells);
  for (let row = 0; row < cells.rows; row++) {
    if (hasOwn(part, cells, row)) rows.push(...Row.of(part.table, rowCells(part, cells, { row, keyed })));
  }
  return rows;
}

/** The rows that one row of the cells is for the profile. */
export function rowsAt(part: Part, cells: TableCells, row: number): Row[] {
  return hasOwn(part, cells, row)
    ? Row.of(part.table, rowCells(part, cells, { row, keyed: keyedIn(cells) }))
    : [];
}

function hasOwn({ table, places }: Part, cells: TableCells, row: number): boolean {
  for (let column = 0; column < table.ownColumns; column++) {
    if (cells.tags[row * cells.width + places[column]!] !== 0) return true;
  }
  return false;
}

function rowCells(
  { places }: Part,
  cells: TableCells,
  { row, keyed }: { readonly row: number; readonly keyed: (key: string) => number | undefined },
): RowCells {
  return {
    index: cells.indexOf(row),
    at: (column) => cells.valueAt(row, places[column]!),
    keyed(column, key) {
      const other = keyed(key);
      return other === undefined ? undefined : cells.valueAt(other, places[column]!);
    },
  };
}

/** Rows by index, made when the first one is looked up. */
function keyedIn(cells: TableCells): (key: string) => number | undefined {
  let rows: Map<string, number> | undefined;
  return (key) => {
    rows ??= new Map(Array.from({ length: cells.rows }, (_, row) => [cells.indexOf(row), row]));
    return rows.get(key);
  };
}
