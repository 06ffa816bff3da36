/** Puts the cells of a walked table together by index: a row is what shares an index, never a position. */
import type { Table } from './profile.ts';
import type { Answer, VarbindValue } from './session.ts';

export interface TableRow {
  /** Sub-identifiers after the column, e.g. `3` or `4194304256.1`. */
  readonly index: string;
  /** Index-aligned with the table's columns; holes are undefined. */
  readonly cells: readonly (VarbindValue | undefined)[];
}

/** Rows that have at least one cell of the table itself, in numeric order of index. */
export function tableRows(table: Table, answer: Answer): TableRow[] {
  const byIndex = new Map<string, (VarbindValue | undefined)[]>();
  const own = new Set<string>();
  const prefixes = table.columns.map((column) => `${column}.`);
  let column = 0;
  for (const { oid, value } of answer.varbinds) {
    // Neighbours in an answer mostly belong to the next column, so the search starts there.
    column = columnOf(prefixes, oid, column + 1);
    if (column < 0) continue;
    const index = oid.slice(prefixes[column]!.length);
    let cells = byIndex.get(index);
    if (cells === undefined) {
      cells = new Array<VarbindValue | undefined>(prefixes.length);
      byIndex.set(index, cells);
    }
    cells[column] = value;
    if (column < table.ownColumns) own.add(index);
  }
  const rows = [...byIndex].filter(([index]) => own.has(index));
  return rows.map(([index, cells]) => ({ index, cells })).sort((a, b) => compareIndexes(a.index, b.index));
}

function columnOf(prefixes: readonly string[], oid: string, start: number): number {
  for (let i = 0; i < prefixes.length; i++) {
    const column = (start + i) % prefixes.length;
    if (oid.startsWith(prefixes[column]!)) return column;
  }
  return -1;
}

function compareIndexes(a: string, b: string): number {
  const left = a.split('.');
  const right = b.split('.');
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = Number(left[i]) - Number(right[i]);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
