/** Rows of a profile's table made from typed cells: the long way to what they mean, for all that is no plain number. */
import type { CellGroup } from './plan.ts';
import { Row, type RowCells } from './row.ts';
import type { TableCells } from './table-cells.ts';

type Part = CellGroup['parts'][number];

/** In numeric order of index; only rows that have a cell of the table itself. */
export const rowsOfCells = (part: Part, cells: TableCells): Row[] => [...eachRow(part, cells)];

/** The same one by one: each is read whole when it is taken, and the cells may be read anew between two. */
export function* eachRow(part: Part, cells: TableCells): Generator<Row> {
  const keyed = keyedIn(cells);
  for (let row = 0; row < cells.rows; row++) {
    if (hasOwn(part, cells, row)) yield* Row.of(part.table, rowCells(part, cells, { row, keyed }));
  }
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

/** Rows by index, made when the first one is looked up, and anew when rows came or went. */
function keyedIn(cells: TableCells): (key: string) => number | undefined {
  let rows: Map<string, number> | undefined;
  let layout = cells.layout;
  return (key) => {
    if (layout !== cells.layout) rows = undefined;
    layout = cells.layout;
    rows ??= new Map(Array.from({ length: cells.rows }, (_, row) => [cells.indexOf(row), row]));
    return rows.get(key);
  };
}
