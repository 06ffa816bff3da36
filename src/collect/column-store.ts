/** The columns that one full reading has walked, each once whichever tables want it: index to value. */
import { inSlices } from '../base/slices.ts';
import type { Table } from './profile.ts';
import { Row, type RowCells } from './row.ts';
import type { Oid, Session, SessionProblem, Varbind, VarbindValue, WalkBudget } from './session.ts';

/** Cells and indexes that are only put in their place, between two pauses. */
const sliceCells = 5_000;

type InTurns = <T>(work: Generator<void, T>) => T | Promise<T>;

export class ColumnStore {
  readonly #columns = new Map<Oid, Map<string, VarbindValue>>();
  readonly #inTurns: InTurns;

  constructor(inTurns: InTurns) {
    this.#inTurns = inTurns;
  }

  /** Asks for those of the columns that are not there yet; what arrived is kept when the rest failed. */
  async walk(
    session: Session,
    columns: readonly Oid[],
    budget: WalkBudget,
  ): Promise<{ readonly problem: SessionProblem | undefined; readonly isSilent: boolean }> {
    const wanted = [...new Set(columns)].filter((column) => !this.#columns.has(column));
    for (const column of wanted) this.#columns.set(column, new Map());
    if (wanted.length === 0) return { problem: undefined, isSilent: false };
    const answer = await session.walk(wanted, budget);
    const prefixes = wanted.map((column) => `${column}.`);
    let place = 0;
    const take = ({ oid, value }: Varbind): void => {
      // Neighbours in an answer mostly belong to the next column, so the search starts there.
      place = columnOf(prefixes, oid, place + 1);
      if (place < 0) return;
      this.#columns.get(wanted[place]!)?.set(oid.slice(prefixes[place]!.length), value);
    };
    await this.#inTurns(inSlices(answer.varbinds, sliceCells, take));
    const isSilent = answer.problem?.kind === 'timeout' && answer.varbinds.length === 0;
    return { problem: answer.problem, isSilent };
  }

  /** In numeric order of index. */
  valuesOf(column: Oid): readonly (readonly [index: string, value: VarbindValue])[] {
    return [...(this.#columns.get(column) ?? [])].sort(([a], [b]) => compareIndexes(a, b));
  }

  /** Rows that have at least one cell of the table itself, in numeric order of index. */
  *rowsOf(table: Table): Generator<Row> {
    const columns = table.columns.map((column) => this.#columns.get(column));
    const indexes = new Set<string>();
    for (const own of columns.slice(0, table.ownColumns))
      for (const index of own?.keys() ?? []) indexes.add(index);
    for (const index of [...indexes].sort(compareIndexes)) {
      const cells: RowCells = {
        index,
        at: (column) => columns[column]?.get(index),
        keyed: (column, key) => columns[column]?.get(key),
      };
      yield* Row.of(table, cells);
    }
  }
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
