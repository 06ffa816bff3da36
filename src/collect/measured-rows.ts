/**
 * One table of a device as numbers: after each fill of its cells the values and states of all rows, and the samples they
 * are. Plain metrics take the short cut, all else is interpreted row by row; tables whose rows themselves depend on
 * their cells are interpreted whole.
 */

import type { DeviceReading, MetricReading } from '../model/reading.ts';
import { rowsAt, rowsOfCells } from './cell-rows.ts';
import { metricReadings } from './metric-value.ts';
import { isPlainState, type PlainMetric, plainMetric } from './plain-metric.ts';
import type { CellGroup } from './plan.ts';
import type { Metric, State, Table } from './profile.ts';
import { readingOfRows } from './read-device.ts';
import { stateIn } from './state-value.ts';
import type { TableCells } from './table-cells.ts';
import { valueTag } from './value-tag.ts';

type Part = CellGroup['parts'][number];
type Limits = NonNullable<MetricReading['limits']>;

/** Where samples go. */
export interface SampleSink {
  /** NaN is an explicit gap. */
  value(series: number, value: number): void;
  /** Exact, in two halves. */
  counter(series: number, hi: number, lo: number): void;
}

/** What one value is called in the series. */
export interface SampleName {
  /** Its resource is `<device>/<object>`. */
  readonly object: string;
  readonly metric: string;
  /** UCUM. */
  readonly unit: string;
  readonly kind: 'counter' | 'gauge';
}

interface ObjectNames {
  readonly id: string;
  readonly key?: string | undefined;
  readonly parent?: string | undefined;
  readonly name?: string | undefined;
}

/** What the last full reading said of an object. */
export type ObjectsKnown = ReadonlyMap<string, Omit<ObjectNames, 'id'>>;

/** Undefined in `sampleName` where there is nothing to keep. */
export const noSeries = 0xffff_ffff;

export interface MeasuredRows {
  readonly table: Table;
  /** Rises when rows come, go or mean something else. */
  readonly layout: number;
  /** (row, metric) at `row * metrics + metric`. */
  readonly values: Float64Array;
  readonly metrics: number;
  /** (row, state) likewise; number of the word in `words` or -1. */
  readonly states: Int16Array;
  readonly words: readonly string[];
  /** After each fill. */
  evaluate(): void;
  objects(known: ObjectsKnown): readonly ObjectNames[];
  /** Of a place in `values`; undefined where the row has no such metric. */
  sampleName(place: number): SampleName | undefined;
  limitsOf(place: number): Limits | undefined;
  /** `series` by place in `values`, `noSeries` where there is none. Answers how many values lack one. */
  store(series: Uint32Array, sink: SampleSink): number;
}

export function measuredRows(part: Part, cells: TableCells, version: string | undefined): MeasuredRows {
  const { table } = part;
  const isWhole =
    table.bytes !== undefined ||
    table.only.length > 0 ||
    table.is !== undefined ||
    table.idFrom !== undefined ||
    table.kindBy !== undefined ||
    table.counts.length > 0 ||
    table.sensor !== undefined ||
    table.metrics.some(({ lane, nameBy, replaces }) => lane === 'all' || nameBy !== undefined || replaces);
  return isWhole ? new InterpretedTable(part, cells, version) : new RowTable(part, cells, version);
}

/** True: the index of a row is the ifIndex of the interface that it is about. */
export const isByPort = ({ index, idFrom, bytes }: Table): boolean =>
  index.length === 1 && index[0]!.name === 'ifIndex' && idFrom === undefined && bytes === undefined;

/** Rows stand for themselves: each metric and state has its place. */
class RowTable implements MeasuredRows {
  readonly #part: Part;
  readonly #cells: TableCells;
  readonly #version: string | undefined;
  readonly #plain: readonly (PlainMetric | undefined)[];
  readonly #stateWords: readonly (ReadonlyMap<number, number> | undefined)[];
  readonly #limits = new Map<number, Limits>();
  readonly words: readonly string[];
  values = new Float64Array(0);
  states = new Int16Array(0);

  constructor(part: Part, cells: TableCells, version: string | undefined) {
    this.#part = part;
    this.#cells = cells;
    this.#version = version;
    const { metrics, states } = part.table;
    this.#plain = metrics.map(plainMetric);
    this.words = wordsOf(states);
    this.#stateWords = states.map((state) => (isPlainState(state) ? this.#numbers(state) : undefined));
  }

  get table(): Table {
    return this.#part.table;
  }
  get layout(): number {
    return this.#cells.layout;
  }
  get metrics(): number {
    return this.#plain.length;
  }

  evaluate(): void {
    const { table } = this.#part;
    const { rows } = this.#cells;
    if (this.values.length !== rows * this.metrics) this.values = new Float64Array(rows * this.metrics);
    if (this.states.length !== rows * table.states.length)
      this.states = new Int16Array(rows * table.states.length);
    for (let i = 0; i < this.metrics; i++) {
      const plain = this.#plain[i];
      if (plain === undefined) this.#interpret(table.metrics[i]!, i);
      else this.#take(plain, i);
    }
    for (let i = 0; i < table.states.length; i++) this.#takeState(table.states[i]!, i);
  }

  objects(known: ObjectsKnown): readonly ObjectNames[] {
    return Array.from({ length: this.#cells.rows }, (_, row) => {
      const id = `${this.table.objectKind ?? ''}/${this.#cells.indexOf(row)}`;
      return { ...known.get(id), id };
    });
  }

  sampleName(place: number): SampleName | undefined {
    const row = Math.floor(place / this.metrics);
    const metric = this.#part.table.metrics[place % this.metrics]!;
    const column = this.#columnOf(metric);
    if (column >= 0 && this.#cells.tags[row * this.#cells.width + column] === 0) return undefined;
    const { name, unit, kind } = metric;
    return { object: `${this.table.objectKind ?? ''}/${this.#cells.indexOf(row)}`, metric: name, unit, kind };
  }

  limitsOf(place: number): Limits | undefined {
    return this.#limits.get(place);
  }

  store(series: Uint32Array, sink: SampleSink): number {
    const cells = this.#cells;
    let missing = 0;
    for (let i = 0; i < this.metrics; i++) {
      const plain = this.#plain[i];
      const column = this.#columnOf(this.#part.table.metrics[i]!);
      const isExact = plain !== undefined && plain.metric.kind === 'counter' && plain.metric.scale === 1;
      for (let row = 0; row < cells.rows; row++) {
        const place = row * this.metrics + i;
        const id = series[place]!;
        const at = column < 0 ? -1 : row * cells.width + column;
        if (at >= 0 && cells.tags[at] === 0) continue;
        if (id === noSeries) missing++;
        else if (isExact && cells.tags[at] === valueTag.counter64)
          sink.counter(id, cells.hi[at]!, cells.lo[at]!);
        else sink.value(id, this.values[place]!);
      }
    }
    return missing;
  }

  /** Place of the metric's cell in a row; -1 where it stands elsewhere. */
  #columnOf({ source }: Metric): number {
    return source.kind === 'cell' && source.key === undefined ? this.#part.places[source.column]! : -1;
  }

  #take(plain: PlainMetric, i: number): void {
    const cells = this.#cells;
    const place = this.#part.places[plain.column]!;
    for (let row = 0; row < cells.rows; row++) {
      const raw = cells.numberAt(row, place);
      this.values[row * this.metrics + i] = raw === undefined ? Number.NaN : plain.meaningOf(raw);
    }
  }

  #interpret(metric: Metric, i: number): void {
    for (let row = 0; row < this.#cells.rows; row++) {
      const place = row * this.metrics + i;
      const [one] = rowsAt(this.#part, this.#cells, row);
      const measured = one === undefined ? undefined : metricReadings(metric, one, this.#version)[0];
      this.values[place] = numberOf(measured?.value);
      // Another row may stand there now, and it may have none.
      if (measured?.limits === undefined) this.#limits.delete(place);
      else this.#limits.set(place, measured.limits);
    }
  }

  #takeState(state: State, i: number): void {
    const cells = this.#cells;
    const count = this.#part.table.states.length;
    const numbers = this.#stateWords[i];
    const column = state.source.kind === 'cell' ? this.#part.places[state.source.column]! : 0;
    for (let row = 0; row < cells.rows; row++) {
      let word: number | undefined;
      if (numbers === undefined) {
        const [one] = rowsAt(this.#part, cells, row);
        const said = one === undefined ? undefined : stateIn(state, one)?.value;
        word = said === undefined || said === null ? -1 : this.words.indexOf(said);
      } else {
        const raw = cells.numberAt(row, column);
        word = raw === undefined ? -1 : (numbers.get(raw) ?? this.#otherWord(state));
      }
      this.states[row * count + i] = word;
    }
  }

  #otherWord({ other }: State): number {
    return other === undefined || other === null ? -1 : this.words.indexOf(other);
  }

  #numbers({ map }: State): ReadonlyMap<number, number> {
    return new Map(
      [...map].map(([raw, word]) => [Number(raw), word === null ? -1 : this.words.indexOf(word)]),
    );
  }
}

/** The whole table is read as a full reading would: each reading is a row of one metric. */
class InterpretedTable implements MeasuredRows {
  readonly #part: Part;
  readonly #cells: TableCells;
  readonly #version: string | undefined;
  #readings: readonly MetricReading[] = [];
  #objects: DeviceReading['objects'] = [];
  /** The object of each place. */
  #rows: readonly string[] = [];
  #signature = '';
  readonly words: readonly string[];
  readonly metrics = 1;
  layout = 0;
  values = new Float64Array(0);
  states = new Int16Array(0);

  constructor(part: Part, cells: TableCells, version: string | undefined) {
    this.#part = part;
    this.#cells = cells;
    this.#version = version;
    this.words = wordsOf(part.table.states);
  }

  get table(): Table {
    return this.#part.table;
  }

  evaluate(): void {
    const { readings, objects } = readingOfRows(rowsOfCells(this.#part, this.#cells), this.#version);
    const names = this.table.states.map(({ name }) => name);
    const states = new Set(names);
    const words = new Map<string, Map<string, string>>();
    this.#readings = readings.filter(({ object, metric, value }) => {
      if (!states.has(metric)) return true;
      if (typeof value !== 'string') return false;
      words.set(object, (words.get(object) ?? new Map<string, string>()).set(metric, value));
      return false;
    });
    this.#objects = objects;
    // States of objects without a number stand behind all readings.
    const measured = new Set(this.#readings.map(({ object }) => object));
    const rest = [...words.keys()].filter((object) => !measured.has(object));
    const signature = [
      ...this.#readings.map(({ object, metric, unit }) => `${object} ${metric} ${unit}`),
      ...rest,
    ].join('\n');
    if (signature !== this.#signature) this.layout++;
    this.#signature = signature;
    const rows = [...this.#readings.map(({ object }) => object), ...rest];
    this.#rows = rows;
    this.values = Float64Array.from(rows, (_, row) => numberOf(this.#readings[row]?.value));
    const seen = new Set<string>();
    this.states = Int16Array.from(
      rows.flatMap((object) => {
        // Several readings of one object share its states: they count once.
        const said = seen.has(object) ? undefined : words.get(object);
        seen.add(object);
        return names.map((name) => this.words.indexOf(said?.get(name) ?? ''));
      }),
    );
  }

  objects(known: ObjectsKnown): readonly ObjectNames[] {
    const own = new Map(this.#objects.map((object) => [object.id, object]));
    return this.#rows.map((id) => {
      const { key, parent, attributes } = own.get(id) ?? {};
      const name = attributes?.['name'];
      return { key, parent, name: name === undefined ? undefined : String(name), ...known.get(id), id };
    });
  }

  sampleName(place: number): SampleName | undefined {
    const reading = this.#readings[place];
    if (reading === undefined || (typeof reading.value === 'string' && reading.kind !== 'counter'))
      return undefined;
    const { object, metric, unit, kind } = reading;
    return { object, metric, unit, kind: kind ?? 'gauge' };
  }

  limitsOf(place: number): Limits | undefined {
    return this.#readings[place]?.limits;
  }

  store(series: Uint32Array, sink: SampleSink): number {
    let missing = 0;
    for (const [place, { value, kind }] of this.#readings.entries()) {
      const id = series[place]!;
      if (id === noSeries) missing++;
      else if (kind === 'counter' && typeof value === 'string') {
        const exact = BigInt(value);
        sink.counter(id, Number(exact >> 32n), Number(exact & 0xffff_ffffn));
      } else sink.value(id, this.values[place]!);
    }
    return missing;
  }
}

/** An exact counter comes as text. */
const numberOf = (value: number | string | null | undefined): number =>
  value === null || value === undefined || value === '' ? Number.NaN : Number(value);

function wordsOf(states: readonly State[]): readonly string[] {
  const words = states.flatMap(({ map, other, none }) => [...map.values(), other, none]);
  return [...new Set(words.filter((word) => word !== null && word !== undefined))];
}
