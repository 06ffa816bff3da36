import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { notPlaced, TableCells, valueTag } from '../../src/collect/session.ts';

const COLUMNS = ['1.3.6.1.4.1.99.1', '1.3.6.1.4.1.99.2'];
/** An index as it stands in a name. */
const bytesOf = (...numbers: number[]): Uint8Array =>
  Uint8Array.from(
    numbers.flatMap((number) => {
      const groups: number[] = [];
      for (let rest = number, isLast = true; isLast || rest > 0; rest = Math.floor(rest / 128)) {
        groups.unshift((rest % 128) | (isLast ? 0 : 0x80));
        isLast = false;
      }
      return groups;
    }),
  );

/** A whole reading of these rows: each column has those indexes, with the index as its value. */
function read(cells: TableCells, rows: readonly (readonly number[])[], isWhole = true): void {
  cells.begin();
  cells.stamp(1_000, 77);
  for (const [column, indexes] of rows.entries()) for (const index of indexes) put(cells, column, index);
  cells.finish(isWhole);
}

function put(cells: TableCells, column: number, index: number): number {
  const bytes = bytesOf(index);
  const row = cells.rowFor(column, bytes, 0, bytes.length);
  if (row < 0) return row;
  const at = row * cells.width + column;
  cells.tags[at] = valueTag.gauge32;
  cells.hi[at] = 0;
  cells.lo[at] = index;
  return row;
}

const indexesOf = (cells: TableCells): string[] =>
  Array.from({ length: cells.rows }, (_, row) => cells.indexOf(row));

describe('cells of a table', () => {
  it('are put together by index: columns may have holes and bring their rows in any company', () => {
    const cells = new TableCells({ columns: COLUMNS });
    read(cells, [
      [2, 300, 70_000],
      [1, 2],
    ]);
    expect(indexesOf(cells)).toEqual(['1', '2', '300', '70000']);
    expect(cells.numberAt(1, 0)).toBe(2);
    expect(cells.numberAt(0, 0)).toBeUndefined();
    expect(cells.valueAt(0, 1)).toEqual({ type: 'gauge32', number: 1 });
  });

  it('keep their layout while the same rows come, and change it when rows come or go', () => {
    const cells = new TableCells({ columns: COLUMNS });
    read(cells, [
      [1, 2, 3],
      [1, 2, 3],
    ]);
    const { layout } = cells;
    read(cells, [
      [1, 2, 3],
      [1, 3],
    ]);
    expect(cells.layout).toBe(layout);
    expect(cells.numberAt(1, 1)).toBeUndefined();
    read(cells, [
      [1, 3, 4],
      [1, 3, 4],
    ]);
    expect(cells.layout).toBe(layout + 1);
    expect(indexesOf(cells)).toEqual(['1', '3', '4']);
    expect(cells.numberAt(2, 1)).toBe(4);
  });

  it('keep rows that a partial reading did not bring, as holes', () => {
    const cells = new TableCells({ columns: COLUMNS });
    read(cells, [
      [1, 2, 3],
      [1, 2, 3],
    ]);
    read(cells, [[1], [1]], false);
    expect(indexesOf(cells)).toEqual(['1', '2', '3']);
    expect([cells.numberAt(0, 0), cells.numberAt(2, 0)]).toEqual([1, undefined]);
    expect([cells.rowAtMs[0], cells.rowTicks[0]]).toEqual([1_000, 77]);
    expect(cells.rowAtMs[2]).toBeNaN();
  });

  it('refuse an index that does not increase, is none, or for which there is no room', () => {
    const cells = new TableCells({ columns: COLUMNS, mostRows: 2 });
    cells.begin();
    expect([put(cells, 0, 5), put(cells, 0, 5), put(cells, 0, 4)]).toEqual([
      0,
      notPlaced.notIncreasing,
      notPlaced.notIncreasing,
    ]);
    expect(cells.rowFor(1, Uint8Array.of(0x81), 0, 1)).toBe(notPlaced.malformed);
    expect(cells.rowFor(1, Uint8Array.of(), 0, 0)).toBe(notPlaced.malformed);
    expect([put(cells, 0, 6), put(cells, 0, 7)]).toEqual([1, notPlaced.noRoom]);
    expect(cells.refused.rows).toBe(1);
  });

  it('hold texts up to their bound and count what was refused', () => {
    const cells = new TableCells({ columns: COLUMNS, mostBytes: 300 });
    const text = { bytes: new Uint8Array(200).fill(65), from: 0, end: 200 };
    for (let turn = 0; turn < 2; turn++) {
      cells.begin();
      cells.stamp(turn, 1);
      put(cells, 0, 1);
      expect(cells.keepBytes(0, valueTag.octets, text)).toBe(true);
      expect(cells.keepBytes(1, valueTag.octets, text)).toBe(false);
      cells.finish(true);
    }
    expect(cells.valueAt(0, 0)).toEqual({ type: 'octets', bytes: text.bytes });
    expect(cells.valueAt(0, 1)).toBeUndefined();
    expect(cells.refused.bytes).toBe(2);
  });

  it('are those of a plain map by index, whatever comes in whatever reading', () => {
    const indexes = fc.uniqueArray(fc.oneof(fc.nat(300), fc.nat(0x7fff_ffff)), { maxLength: 30 });
    const sorted = indexes.map((numbers) => numbers.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(fc.array(fc.tuple(sorted, sorted), { maxLength: 5 }), (readings) => {
        const cells = new TableCells({ columns: COLUMNS });
        for (const reading of readings) {
          read(cells, reading);
          const all = [...new Set(reading.flat())].toSorted((a, b) => a - b);
          expect(indexesOf(cells)).toEqual(all.map(String));
          for (const [row, index] of all.entries()) {
            for (const column of [0, 1]) {
              expect(cells.numberAt(row, column)).toBe(reading[column]!.includes(index) ? index : undefined);
            }
          }
        }
      }),
    );
  });
});
