/** A session over rows held in memory: what a device answers, without a network. */
import type {
  Answer,
  Oid,
  Session,
  SessionProblem,
  Varbind,
  VarbindValue,
} from '../../src/collect/session.ts';

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
    close() {},
  };
}
