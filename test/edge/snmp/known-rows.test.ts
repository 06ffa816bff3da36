import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { TableCells, type VarbindValue } from '../../../src/collect/session.ts';
import { keepValue } from '../../../src/edge/snmp/cell-values.ts';
import { prefixesOf } from '../../../src/edge/snmp/column-prefixes.ts';
import { takeKnownRows } from '../../../src/edge/snmp/known-rows.ts';
import { encodeOid } from '../../../src/edge/snmp/oid.ts';
import { encodeResponse, encodeVarbind, MessageView } from '../../../src/edge/snmp/pdu.ts';
import type { WalkRequest } from '../../../src/edge/snmp/walk-request.ts';
import { anyVarbinds, damaged } from './generated.ts';

/** The shortest names that words are compared of, a long one, and one that is too short for it. */
const columns = ['1.3.6.1.2.1.2.2.1.8', '1.3.6.1.2.1.31.1.1.1.6', '1.3.6.1.4.1.2011.5.25.31.1.1.1.1.5'];
const indexes = ['1', '127', '128', '70000', '4194304256.1', '4194304256.2'];
const noTime: VarbindValue = { type: 'timeticks', number: 4_711 };

function knownCells(all = columns): TableCells {
  const cells = new TableCells({ columns: all });
  cells.begin();
  cells.stamp(1, 2);
  for (const [column] of all.entries()) {
    for (const index of indexes) {
      // An index is encoded as what follows the two arcs of a first byte.
      const bytes = encodeOid(`1.3.${index}`)!;
      cells.rowFor(column, bytes, 1, bytes.length);
    }
  }
  cells.finish(true);
  cells.begin();
  cells.stamp(3, 4);
  return cells;
}

function requestFor(cells: TableCells): WalkRequest {
  return {
    ...{ nonRepeaters: 1, maxRepetitions: 10, usesBulk: true, giveUpAtMs: 0, replyBytes: 0, done: () => {} },
    ...{ cells, prefixes: prefixesOf(cells.columns)! },
    ...{ asked: Int32Array.from(cells.columns.keys()), askedCount: cells.width },
  };
}

const message = (bindings: readonly (readonly [string, VarbindValue])[]): Uint8Array =>
  encodeResponse({
    ...{ version: 1, community: new Uint8Array(6), requestId: 0x4000_0001, errorStatus: 0, errorIndex: 0 },
    varbinds: bindings.map(([oid, value]) => encodeVarbind({ oid, value })!),
  })!;

const rowsOf = (values: readonly VarbindValue[], all = columns): Uint8Array =>
  message([
    ['1.3.6.1.2.1.1.3.0', noTime],
    ...values.map(
      (value, i) => [`${all[i % all.length]}.${indexes[Math.floor(i / all.length)]}`, value] as const,
    ),
  ]);

/** The same, one whole name and one value after the other. */
function takenSlowly({ cells, nonRepeaters }: WalkRequest, view: MessageView): number {
  for (let i = nonRepeaters; i < view.count; i++) {
    const column = (i - nonRepeaters) % cells.width;
    const row = cells.last[column]! + 1;
    if (row >= cells.rows) return i;
    const name = encodeOid(`${cells.columns[column]}.${cells.indexOf(row)}`)!;
    const found = view.bytes.subarray(view.nameFrom(i), view.nameEnd(i));
    if (Buffer.compare(name, found) !== 0 || view.tag(i) >= 0x80) return i;
    cells.arrived(column, row);
    keepValue(cells, row * cells.width + column, view, i);
  }
  return view.count;
}

const all = ({ tags, hi, lo, last, rowAtMs, arena }: TableCells) => ({ tags, hi, lo, last, rowAtMs, arena });

function viewOf(bytes: Uint8Array): MessageView | undefined {
  const view = new MessageView();
  return view.readFrame(bytes) ? view : undefined;
}

const anyValues = anyVarbinds.map((varbinds) => varbinds.map(({ value }) => value).slice(0, 18));

describe('rows known from the last reading', () => {
  it('are taken with every value as it is taken one by one, whatever their indexes', () => {
    fc.assert(
      fc.property(anyValues, (values) => {
        const [fast, slow] = [requestFor(knownCells()), requestFor(knownCells())];
        const view = viewOf(rowsOf(values))!;
        expect(takeKnownRows(fast, view, view.count, 6)).toBe(takenSlowly(slow, view));
        expect(all(fast.cells)).toEqual(all(slow.cells));
      }),
    );
  });

  it('are never more than their bytes say, however a message is damaged', () => {
    const numbers: VarbindValue[] = [1, 200, 70_000, 2 ** 31].map((number) => ({ type: 'gauge32', number }));
    const values = [...numbers, ...numbers, { type: 'counter64', bigint: 0x12_3456_789an } as const];
    const sound = rowsOf(values);
    const random = seededRandom(7);
    for (let turn = 0; turn < 3_000; turn++) {
      const bytes = damaged(sound, random);
      const view = viewOf(bytes);
      if (view === undefined) continue;
      const [fast, slow] = [requestFor(knownCells()), requestFor(knownCells())];
      // A name or length in another form than the shortest is left to the general way.
      const taken = takeKnownRows(fast, view, view.count, 6);
      const same = viewOf(bytes)!;
      same.count = taken;
      expect(takenSlowly(slow, same)).toBe(taken);
      expect(all(fast.cells)).toEqual(all(slow.cells));
    }
  });

  it('end where another column, another row or an exception comes', () => {
    const value: VarbindValue = { type: 'integer', number: -2 };
    const bindings = columns.flatMap((column) => [[`${column}.1`, value] as const]);
    const upTime = ['1.3.6.1.2.1.1.3.0', noTime] as const;
    const takenOf = (...rest: (readonly [string, VarbindValue])[]): number => {
      const view = viewOf(message([upTime, ...bindings, ...rest]))!;
      return takeKnownRows(requestFor(knownCells()), view, view.count, 6);
    };
    expect(takenOf([`${columns[0]}.127`, value])).toBe(5);
    expect(takenOf([`${columns[0]}.128`, value])).toBe(4);
    expect(takenOf([`${columns[1]}.127`, value])).toBe(4);
    expect(takenOf([`${columns[0]}.127.1`, value])).toBe(4);
    expect(takenOf([`${columns[0]}.127`, { type: 'endOfMibView' }])).toBe(4);
    expect(takenOf([columns[0]!, value])).toBe(4);
  });

  it('of columns with names of a few bytes are left to the general way', () => {
    const short = ['1.3.6.1.4.1.9'];
    const view = viewOf(rowsOf([{ type: 'gauge32', number: 1 }], short))!;
    expect(takeKnownRows(requestFor(knownCells(short)), view, view.count, 6)).toBe(1);
  });

  it('may stand at different rows in each column, as a reply that was cut leaves them', () => {
    const cells = knownCells();
    cells.arrived(0, 0);
    const value: VarbindValue = { type: 'counter32', number: 9 };
    const names = [`${columns[0]}.127`, `${columns[1]}.1`, `${columns[2]}.1`, `${columns[0]}.128`];
    const view = viewOf(
      message([['1.3.6.1.2.1.1.3.0', noTime], ...names.map((oid) => [oid, value] as const)]),
    )!;
    expect(takeKnownRows(requestFor(cells), view, view.count, 6)).toBe(5);
    expect([...cells.last]).toEqual([2, 0, 0]);
    expect(cells.numberAt(2, 0)).toBe(9);
  });
});
