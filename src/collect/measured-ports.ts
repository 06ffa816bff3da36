/** Interfaces of a device as numbers (RFC 2863): after each fill of their cells the states, speeds and counters of all. */
import type { SampleName, SampleSink } from './measured-rows.ts';
import { noSeries } from './measured-rows.ts';
import type { CellGroup } from './plan.ts';
import type { Metric, State, Table } from './profile.ts';
import type { TableCells } from './table-cells.ts';
import { valueTag } from './value-tag.ts';

/** RFC 2863 ifOperStatus; ifAdminStatus has the first three. */
const statusNumbers: Readonly<Record<string, number>> = {
  up: 1,
  down: 2,
  testing: 3,
  unknown: 4,
  dormant: 5,
  notPresent: 6,
  lowerLayerDown: 7,
};
/** Places of samples of one interface before its counters. */
const before = ['if.oper', 'if.admin', 'if.speed', 'if.utilization'] as const;
const utilization = 3;

/** A column that may hold the value, first the one that counts most. */
interface Source {
  readonly column: number;
  readonly metric: Metric;
}

/** Of one group of columns of interfaces: the same for all devices of a profile. */
export interface PortProgram {
  readonly counterNames: readonly string[];
  readonly units: readonly string[];
  readonly counters: readonly (readonly Source[])[];
  readonly speeds: readonly Source[];
  readonly oper: StatusColumn | undefined;
  readonly admin: StatusColumn | undefined;
  readonly discontinuity: number | undefined;
}

interface StatusColumn {
  readonly column: number;
  readonly numbers: ReadonlyMap<number, number>;
}

/** ifCounterDiscontinuityTime of ifXTable. */
const discontinuityOid = '1.3.6.1.2.1.31.1.1.1.19';

export const isOfPorts = (table: Table): boolean =>
  table.objectKind === 'interface' && table.is === undefined;

export function portProgram({ columns, parts }: CellGroup): PortProgram {
  const counters = new Map<string, Source[]>();
  const units = new Map<string, string>();
  const speeds: Source[] = [];
  const states = new Map<string, StatusColumn>();
  for (const { table, places } of parts) {
    for (const metric of table.metrics) {
      const { source, name, unit } = metric;
      if (source.kind !== 'cell' || source.key !== undefined) continue;
      const one = { column: places[source.column]!, metric };
      if (metric.kind === 'counter') {
        counters.set(name, withOne(counters.get(name) ?? [], one));
        units.set(name, unit);
      } else if (name === 'speedBps') speeds.splice(0, speeds.length, ...withOne(speeds, one));
    }
    for (const state of table.states) {
      if (state.source.kind !== 'cell' || states.has(state.name)) continue;
      states.set(state.name, { column: places[state.source.column]!, numbers: numbersOf(state) });
    }
  }
  const discontinuity = columns.indexOf(discontinuityOid);
  return {
    counterNames: [...counters.keys()],
    units: [...units.values()],
    counters: [...counters.values()],
    speeds,
    oper: states.get('operStatus'),
    admin: states.get('adminStatus'),
    discontinuity: discontinuity < 0 ? undefined : discontinuity,
  };
}

/** Of a full reading: the first value holds unless a later one replaces it. */
const withOne = (sources: readonly Source[], one: Source): Source[] =>
  one.metric.replaces ? [one, ...sources] : [...sources, one];

const numbersOf = ({ map }: State): ReadonlyMap<number, number> =>
  new Map([...map].map(([raw, word]) => [Number(raw), statusNumbers[word ?? ''] ?? 0]));

/** Columns of the ports of one device at a time, used again for the next: what is kept of each device is elsewhere. */
export class PortColumns {
  readonly program: PortProgram;
  oper = new Uint8Array(0);
  admin = new Uint8Array(0);
  speedBps = new Float64Array(0);
  discontinuity = new Uint32Array(0);
  /** The counter of (port, name) at `port * names + name`; bits 0 where there is none. */
  bits = new Uint8Array(0);
  hi = new Uint32Array(0);
  lo = new Uint32Array(0);
  /** For the judging: see `PortsSeen`. */
  gaps = new Uint8Array(0);
  share = new Float64Array(0);

  constructor(program: PortProgram) {
    this.program = program;
  }

  fit(rows: number): void {
    if (rows <= this.oper.length) return;
    const room = Math.max(64, rows * 2);
    const counters = room * this.program.counterNames.length;
    this.oper = new Uint8Array(room);
    this.admin = new Uint8Array(room);
    this.speedBps = new Float64Array(room);
    this.discontinuity = new Uint32Array(room);
    this.bits = new Uint8Array(counters);
    this.hi = new Uint32Array(counters);
    this.lo = new Uint32Array(counters);
    this.gaps = new Uint8Array(room);
    this.share = new Float64Array(room);
  }
}

export class MeasuredPorts {
  readonly #program: PortProgram;
  readonly #cells: TableCells;
  readonly columns: PortColumns;
  #ifIndex = new Uint32Array(0);
  #indexedLayout = -1;

  constructor(cells: TableCells, columns: PortColumns) {
    this.#program = columns.program;
    this.#cells = cells;
    this.columns = columns;
  }

  /** Of each row; another array whenever the layout is another. */
  get ifIndex(): Uint32Array {
    if (this.#indexedLayout !== this.layout) {
      this.#indexedLayout = this.layout;
      const indexOf = (_: unknown, row: number): number => Number(this.#cells.indexOf(row));
      this.#ifIndex = Uint32Array.from({ length: this.count }, indexOf);
    }
    return this.#ifIndex;
  }

  get layout(): number {
    return this.#cells.layout;
  }
  get count(): number {
    return this.#cells.rows;
  }
  get counterNames(): readonly string[] {
    return this.#program.counterNames;
  }
  /** Samples of one port. */
  get width(): number {
    return before.length + this.#program.counterNames.length;
  }

  /** After each fill; the columns hold this device until another one is evaluated. */
  evaluate(): void {
    const cells = this.#cells;
    const { rows, width } = cells;
    const { counters, oper, admin, speeds, discontinuity } = this.#program;
    const to = this.columns;
    to.fit(rows);
    for (let row = 0; row < rows; row++) {
      const at = row * width;
      to.oper[row] = statusIn(cells, oper, row);
      to.admin[row] = statusIn(cells, admin, row);
      to.speedBps[row] = this.#speedOf(row, speeds);
      const isSaid = discontinuity !== undefined && cells.tags[at + discontinuity] === valueTag.timeticks;
      to.discontinuity[row] = isSaid ? cells.lo[at + discontinuity]! : 0;
    }
    for (let i = 0; i < counters.length; i++) this.#takeCounters(i, counters[i]!);
  }

  /** Names of the samples of a port; the object of a series is `if/<ifIndex>`. */
  sampleName(place: number): SampleName {
    const row = Math.floor(place / this.width);
    const i = place % this.width;
    const object = `if/${this.ifIndex[row]}`;
    const metric = before[i];
    if (metric !== undefined) {
      const unit = metric === 'if.speed' ? 'bit/s' : i === utilization ? '%' : '1';
      return { object, metric, unit, kind: 'gauge' };
    }
    const counter = i - before.length;
    const name = this.#program.counterNames[counter]!;
    return { object, metric: `if.${name}`, unit: this.#program.units[counter]!, kind: 'counter' };
  }

  /** True where this reading has the value, or may have it next time. */
  isSeen(place: number): boolean {
    const row = Math.floor(place / this.width);
    const i = place % this.width;
    const { oper, admin, speedBps, bits } = this.columns;
    if (i === 0) return oper[row] !== 0;
    if (i === 1) return admin[row] !== 0;
    if (i <= utilization) return speedBps[row]! > 0;
    return bits[row * this.#program.counterNames.length + i - before.length] !== 0;
  }

  /** `share` of the columns is the utilisation in per cent. Answers how many values have no series yet. */
  store(series: Uint32Array, sink: SampleSink): number {
    const { width } = this;
    const { oper, admin, speedBps, share, bits, hi, lo } = this.columns;
    const names = this.#program.counterNames.length;
    let missing = 0;
    const put = (place: number, value: number): void => {
      const id = series[place]!;
      if (id === noSeries) missing++;
      else sink.value(id, value);
    };
    for (let row = 0; row < this.count; row++) {
      const place = row * width;
      if (oper[row] !== 0) put(place, oper[row]!);
      if (admin[row] !== 0) put(place + 1, admin[row]!);
      if (speedBps[row]! > 0) put(place + 2, speedBps[row]!);
      if (!Number.isNaN(share[row]!)) put(place + utilization, share[row]!);
      for (let i = 0; i < names; i++) {
        const at = row * names + i;
        if (bits[at] === 0) continue;
        const id = series[place + before.length + i]!;
        if (id === noSeries) missing++;
        else sink.counter(id, hi[at]!, lo[at]!);
      }
    }
    return missing;
  }

  /** An explicit gap in all counters of a port: what comes next does not go on from what was. */
  storeGap(series: Uint32Array, row: number, sink: SampleSink): void {
    const from = row * this.width + before.length;
    for (let i = 0; i < this.#program.counterNames.length; i++) {
      if (series[from + i] !== noSeries) sink.value(series[from + i]!, Number.NaN);
    }
  }

  #speedOf(row: number, speeds: readonly Source[]): number {
    for (const { column, metric } of speeds) {
      const raw = this.#cells.numberAt(row, column);
      if (raw === undefined || raw > Number.MAX_SAFE_INTEGER) continue;
      if (raw >= 0 && !metric.sentinels.includes(raw)) return raw * metric.scale;
    }
    return 0;
  }

  /** One counter of all rows: its columns are looked up once. */
  #takeCounters(i: number, sources: readonly Source[]): void {
    const { tags, hi, lo, rows, width } = this.#cells;
    const to = this.columns;
    const names = this.#program.counterNames.length;
    for (let row = 0, at = i; row < rows; row++, at += names) {
      to.bits[at] = 0;
      for (let k = 0; k < sources.length; k++) {
        const from = row * width + sources[k]!.column;
        const tag = tags[from];
        if (tag !== valueTag.counter64 && tag !== valueTag.counter32) continue;
        to.bits[at] = tag === valueTag.counter64 ? 64 : 32;
        to.hi[at] = hi[from]!;
        to.lo[at] = lo[from]!;
        break;
      }
    }
  }
}

function statusIn(cells: TableCells, status: StatusColumn | undefined, row: number): number {
  const raw = status === undefined ? undefined : cells.numberAt(row, status.column);
  return raw === undefined ? 0 : (status!.numbers.get(raw) ?? 0);
}
