/** A session over rows held in memory: what a device answers, without a network. */

import type {
  Answer,
  Oid,
  Session,
  SessionProblem,
  Varbind,
  VarbindValue,
} from '../../src/collect/session.ts';
import { compareOids, type TableCells, valueTag } from '../../src/collect/session.ts';
import { encodeOid, wholeOf } from '../../src/edge/snmp/oid.ts';

export const text = (value: string): VarbindValue => ({
  type: 'octets',
  bytes: new TextEncoder().encode(value),
});
export const integer = (number: number): VarbindValue => ({ type: 'integer', number });
export const gauge = (number: number): VarbindValue => ({ type: 'gauge32', number });
export const counter = (number: number): VarbindValue => ({ type: 'counter32', number });
export const counter64 = (bigint: bigint): VarbindValue => ({ type: 'counter64', bigint });

/** `failing` names columns whose walk ends with a problem after the rows it has. */
export function deviceOf(
  rows: Readonly<Record<Oid, VarbindValue>>,
  failing: Readonly<Record<Oid, SessionProblem>> = {},
): Session {
  const upTimeValue = rows['1.3.6.1.2.1.1.3.0'];
  const upTime = upTimeValue?.type === 'timeticks' ? upTimeValue.number : undefined;
  const all: Varbind[] = Object.entries(rows).map(([oid, value]) => ({ oid, value }));
  return {
    get: (oids): Promise<Answer> =>
      Promise.resolve({
        varbinds: oids.map((oid) => ({ oid, value: rows[oid] ?? { type: 'noSuchObject' } })),
      }),
    walk: (columns): Promise<Answer> =>
      Promise.resolve({
        varbinds: columns.flatMap((column) => all.filter(({ oid }) => oid.startsWith(`${column}.`))),
        problem: columns.map((column) => failing[column]).find((problem) => problem !== undefined),
      }),
    fill(tables, _budget, done) {
      const problems = tables.map((cells) => {
        const problem = cells.columns.map((column) => failing[column]).find((found) => found !== undefined);
        cells.begin();
        cells.stamp(0, upTime);
        for (const [column, oid] of cells.columns.entries()) fillColumn(cells, column, below(all, oid));
        cells.finish(problem === undefined);
        return problem;
      });
      done({ problems, upTimeTicks: upTime, answeredAtMs: 0 });
    },
    close() {},
  };
}

/** The rows of a column with their indexes as BER bytes, in order of index. */
const below = (all: readonly Varbind[], column: Oid): { index: Uint8Array; value: VarbindValue }[] =>
  all
    .filter(({ oid }) => oid.startsWith(`${column}.`))
    .map(({ oid, value }) => ({
      index: encodeOid(`0.0.${oid.slice(column.length + 1)}`)!.subarray(1),
      value,
    }))
    .sort((a, b) => compareOids(wholeOf(a.index), wholeOf(b.index)));

function fillColumn(cells: TableCells, column: number, rows: ReturnType<typeof below>): void {
  for (const { index, value } of rows) {
    const at = cells.rowFor(column, index, 0, index.length) * cells.width + column;
    if (at < 0) continue;
    if ('bytes' in value) cells.keepBytes(at, valueTag[value.type], wholeOf(value.bytes));
    else if (value.type === 'oid') cells.keepBytes(at, valueTag.oid, wholeOf(encodeOid(value.oid)!));
    else if (value.type === 'ipAddress') {
      const bytes = Uint8Array.from(value.address.split('.').map(Number));
      cells.keepBytes(at, valueTag.ipAddress, wholeOf(bytes));
    } else {
      const number = 'bigint' in value ? value.bigint : BigInt('number' in value ? value.number : 0);
      cells.tags[at] = valueTag[value.type];
      cells.hi[at] = Number(BigInt.asUintN(32, number >> 32n));
      cells.lo[at] = Number(BigInt.asUintN(32, number));
    }
  }
}
