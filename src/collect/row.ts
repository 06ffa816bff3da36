/** One row of a table as a profile sees it: cells, parts of its index and attributes, each by its source or name. */
import { attributeValue } from './attribute-value.ts';
import { lastIdIn, numberIn, textIn } from './cells.ts';
import type { CellSource, Condition, Source, Table } from './profile.ts';
import type { Oid, VarbindValue } from './session.ts';
import { indexParts } from './table-index.ts';
import { filled, type Template } from './template.ts';

/** Where the values of a row come from: a full reading's columns, or the typed cells of the hot path. */
export interface RowCells {
  /** Sub-identifiers after the column, e.g. `3` or `4194304256.1`. */
  readonly index: string;
  at(column: number): VarbindValue | undefined;
  /** A cell of a column with another index. */
  keyed(column: number, key: string): VarbindValue | undefined;
}

type Word = string | number;

export class Row {
  readonly table: Table;
  /** With the number of the byte, where the rows are the bytes of one cell. */
  readonly index: string;
  readonly #cells: RowCells;
  readonly #words: Map<string, Word>;
  readonly #attributes = new Map<string, Word | undefined>();

  private constructor(table: Table, cells: RowCells, words: Map<string, Word>) {
    this.table = table;
    this.#cells = cells;
    this.#words = words;
    this.index = String(words.get('index'));
  }

  /** The rows that a row of the agent is for the profile: one, one a byte of a cell, or none when it is passed over. */
  static of(table: Table, cells: RowCells): Row[] {
    const parts = table.index.length === 0 ? new Map<string, Word>() : indexParts(table.index, cells.index);
    if (parts === undefined) return [];
    const words = new Map<string, Word>([...parts, ['index', cells.index]]);
    for (const { name, expression } of table.lets) {
      const value = expression((other) => numberOf(words.get(other)));
      if (Number.isFinite(value)) words.set(name, value);
    }
    const row = new Row(table, cells, words);
    const rows = table.bytes === undefined ? [row] : [...row.#byteRows(table.bytes)];
    return rows.filter((one) => table.only.every((condition) => one.holds(condition)));
  }

  *#byteRows({ source, as }: NonNullable<Table['bytes']>): Generator<Row> {
    const cell = this.cell(source);
    if (cell?.type !== 'octets') return;
    for (const [place, byte] of cell.bytes.entries()) {
      const index = `${this.index}.${place + 1}`;
      const words = new Map(this.#words)
        .set(as, place + 1)
        .set(byteName, byte)
        .set('index', index);
      yield new Row(this.table, this.#cells, words);
    }
  }

  cell(source: Source | undefined): VarbindValue | undefined {
    if (source === undefined) return undefined;
    if (source.kind === 'part') return asValue(this.#words.get(source.name));
    if (source.key === undefined) return this.#cells.at(source.column);
    const key = this.#keyOf(source.key);
    return key === undefined ? undefined : this.#cells.keyed(source.column, key);
  }

  /** Where the cell stands; that of the whole cell for a byte of it. */
  oidOf(source: Source): Oid {
    if (source.kind === 'part') {
      const whole: CellSource = this.table.bytes?.source ?? { kind: 'cell', column: 0, key: undefined };
      return this.oidOf(whole);
    }
    const index = source.key === undefined ? this.#cells.index : this.#keyOf(source.key);
    return `${this.table.columns[source.column]}.${index}`;
  }

  /** A part of the index, a let, an attribute, or `index` as a whole. */
  word(name: string): Word | undefined {
    return this.#words.get(name) ?? this.attribute(name);
  }

  attribute(name: string): Word | undefined {
    if (this.#attributes.has(name)) return this.#attributes.get(name);
    // An attribute that needs itself says nothing.
    this.#attributes.set(name, undefined);
    const attribute = this.table.attributes.find((one) => one.name === name);
    const value = attribute && attributeValue(attribute, this);
    this.#attributes.set(name, value);
    return value;
  }

  fill(template: Template): string | undefined {
    return filled(template, (name) => this.word(name));
  }

  /** An index in another table: a MAC address stands in it as six sub-identifiers. */
  #keyOf(template: Template): string | undefined {
    return filled(template, (name) => {
      const word = this.word(name);
      const isMac = typeof word === 'string' && /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(word);
      return isMac ? Array.from(word.split(':'), (byte) => Number.parseInt(byte, 16)).join('.') : word;
    });
  }

  /** The first that is complete and not empty. */
  firstOf(templates: readonly Template[]): string | undefined {
    for (const template of templates) {
      const text = this.fill(template);
      if (text !== undefined && text !== '') return text;
    }
    return undefined;
  }

  holds({ source, is, not, pattern }: Condition): boolean {
    const cell = this.cell(source);
    const text = textIn(cell) ?? numberIn(cell)?.toString();
    const last = lastIdIn(cell)?.toString();
    const isOneOf = (words: ReadonlySet<string>): boolean =>
      (text !== undefined && words.has(text)) || (last !== undefined && words.has(last));
    if (is !== undefined && !isOneOf(is)) return false;
    if (not !== undefined && isOneOf(not)) return false;
    return pattern === undefined || (text !== undefined && pattern(text) !== undefined);
  }
}

/** No part of an index can have this name. */
export const byteName = '#byte';

const numberOf = (word: Word | undefined): number => (typeof word === 'number' ? word : Number.NaN);

function asValue(word: Word | undefined): VarbindValue | undefined {
  if (word === undefined) return undefined;
  if (typeof word === 'number') return { type: 'integer', number: word };
  const bytes = new TextEncoder().encode(word);
  return { type: 'octets', bytes };
}
