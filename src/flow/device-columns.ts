/** What the cells of one device mean: bound once a layout to its series and to what detection looks at. */
import {
  isByPort,
  isOfPorts,
  MeasuredPorts,
  type MeasuredRows,
  measuredRows,
  noSeries,
  type ObjectsKnown,
  PortColumns,
  portProgram,
  type SampleName,
  type SampleSink,
} from '../collect/collect.ts';
import type { DeviceSeen, PortNames, PortsSeen, TableSeen, TableShape } from '../detect/detect.ts';
import { type PerceivedSeverity, severities } from '../model/observation.ts';
import type { DeviceNames, PolledDevice, PolledPlan } from './polled-device.ts';

/** The columns of ports are the same for all devices of a profile: one device at a time is judged. */
export type PortColumnsOf = WeakMap<PolledPlan['groups'][number], PortColumns>;

interface Bound {
  /** Of the cells: what was bound is of this layout. */
  layout: number;
  series: Uint32Array<ArrayBuffer>;
  /** Values that had no series after the last naming: another naming would find none. */
  unnamed: number;
}

interface PortGroup extends Bound {
  readonly kind: 'ports';
  readonly ports: MeasuredPorts;
  who: PortNames | undefined;
}

interface RowGroup extends Bound {
  readonly kind: 'rows';
  readonly rows: MeasuredRows;
}

/** Samples that want a series. */
export interface Naming {
  readonly names: readonly SampleName[];
  /** Nothing of these tables had a series before. */
  readonly isFirst: boolean;
  /** Takes their numbers, in the same order. */
  bind(ids: readonly number[]): void;
  /** There are no numbers now: asks again. */
  fail(): void;
}

export class DeviceColumns {
  readonly #device: PolledDevice;
  readonly plan: PolledPlan;
  /** Of each group of the plan its tables. */
  readonly #groups: readonly (readonly (PortGroup | RowGroup)[])[];
  /** Values of the last storing that had no series. */
  readonly #missing = new Map<PortGroup | RowGroup, number>();

  constructor(device: PolledDevice, plan: PolledPlan, columnsOf: PortColumnsOf) {
    this.#device = device;
    this.plan = plan;
    this.#groups = plan.groups.map((group, i) => {
      const cells = plan.cells[i]!;
      const bound = { layout: -1, series: new Uint32Array(0), unnamed: 0 };
      if (group.parts.every(({ table }) => isOfPorts(table))) {
        const columns = columnsOf.get(group) ?? new PortColumns(portProgram(group));
        columnsOf.set(group, columns);
        return [{ ...bound, kind: 'ports', ports: new MeasuredPorts(cells, columns), who: undefined }];
      }
      return group.parts.map((part) => ({
        ...bound,
        kind: 'rows',
        rows: measuredRows(part, cells, plan.version),
      }));
    });
  }

  /** True: rows came or went since names were read. */
  hasNewRows(groups: readonly number[]): boolean {
    return groups.some((group) =>
      this.#groups[group]!.some((one) => one.layout >= 0 && one.layout !== layoutOf(one)),
    );
  }

  /** Names were read anew: everything is bound again. */
  forgetNames(): void {
    for (const one of this.#groups.flat()) if (one.kind === 'ports') one.who = undefined;
  }

  /** What these groups show; it holds until another device is evaluated, because devices share columns. */
  evaluate(groups: readonly number[]): Pick<DeviceSeen, 'ports' | 'tables'> {
    const known = lazily(() => objectsOf(this.#device.named()));
    const seen = groups
      .flatMap((group) => this.#groups[group]!)
      .map((one) => (one.kind === 'ports' ? this.#evaluatePorts(one) : evaluateRows(one, known)));
    return {
      // Only those of interfaces with a state are judged; others of another schedule are kept as series.
      ports: seen.find((one) => one !== undefined && 'who' in one),
      tables: seen.filter((one) => one !== undefined && 'table' in one),
    };
  }

  /** What was evaluated last, as samples. */
  store(groups: readonly number[], to: { readonly sink: SampleSink; readonly gap: SampleSink }): void {
    for (const one of groups.flatMap((group) => this.#groups[group]!)) {
      if (one.kind === 'rows') {
        this.#missing.set(one, one.rows.store(one.series, to.sink));
        continue;
      }
      const { gaps } = one.ports.columns;
      for (let row = 0; row < one.ports.count; row++) {
        if (gaps[row] === 1) one.ports.storeGap(one.series, row, to.gap);
      }
      this.#missing.set(one, one.ports.store(one.series, to.sink));
    }
  }

  /** What of these groups wants a series that it has not. */
  naming(groups: readonly number[]): Naming | undefined {
    const wanted: {
      readonly one: PortGroup | RowGroup;
      readonly place: number;
      readonly name: SampleName;
    }[] = [];
    for (const one of groups.flatMap((group) => this.#groups[group]!)) {
      if (!this.#lacksSeries(one)) continue;
      for (let place = 0; place < one.series.length; place++) {
        if (one.series[place] !== noSeries) continue;
        const name = sampleNameOf(one, place);
        if (name !== undefined) wanted.push({ one, place, name });
      }
      one.unnamed = this.#missing.get(one) ?? 0;
    }
    if (wanted.length === 0) return undefined;
    const layouts = new Map(wanted.map(({ one }) => [one, one.layout]));
    const isFirst = [...layouts.keys()].every(({ series }) => series.every((id) => id === noSeries));
    return {
      names: wanted.map(({ name }) => name),
      isFirst,
      bind(ids) {
        for (const [i, { one, place }] of wanted.entries()) {
          // Rows that moved meanwhile are named by the next round.
          if (layouts.get(one) === one.layout) one.series[place] = ids[i]!;
        }
        for (const one of layouts.keys()) one.unnamed = 0;
      },
      fail() {
        for (const one of layouts.keys()) one.unnamed = 0;
      },
    };
  }

  #lacksSeries(one: PortGroup | RowGroup): boolean {
    return (this.#missing.get(one) ?? 0) > one.unnamed;
  }

  #evaluatePorts(one: PortGroup): PortsSeen | undefined {
    const { ports } = one;
    const { columns } = ports;
    ports.evaluate();
    if (one.layout !== ports.layout) {
      bindTo(one, ports.layout, ports.count * ports.width);
      one.who = undefined;
    }
    const { oper, admin, speedBps, discontinuity, bits, hi, lo, gaps, share } = columns;
    gaps.fill(0, 0, ports.count);
    share.fill(Number.NaN, 0, ports.count);
    if (columns.program.oper === undefined) return undefined;
    one.who ??= portNamesOf(ports.ifIndex, this.#device.named());
    const counters = { names: ports.counterNames, bits, hi, lo };
    return { who: one.who, oper, admin, speedBps, discontinuity, counters, gaps, share };
  }
}

function evaluateRows(one: RowGroup, known: () => ObjectsKnown): TableSeen {
  const { rows } = one;
  rows.evaluate();
  if (one.layout !== rows.layout || one.series.length !== rows.values.length) {
    bindTo(one, rows.layout, rows.values.length);
  }
  const shape = lazily(() => shapeOf(rows, known()));
  return { table: rows.table.name, layout: rows.layout, shape, values: rows.values, states: rows.states };
}

function bindTo(one: PortGroup | RowGroup, layout: number, places: number): void {
  one.layout = layout;
  one.series = new Uint32Array(places).fill(noSeries);
  one.unnamed = 0;
}

const layoutOf = (one: PortGroup | RowGroup): number =>
  one.kind === 'ports' ? one.ports.layout : one.rows.layout;

const sampleNameOf = (one: PortGroup | RowGroup, place: number): SampleName | undefined => {
  if (one.kind === 'rows') return one.rows.sampleName(place);
  return one.ports.isSeen(place) ? one.ports.sampleName(place) : undefined;
};

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function portNamesOf(ifIndex: Uint32Array, names: DeviceNames | undefined): PortNames {
  const named = new Map(names?.interfaces.map((port) => [port.ifIndex, port]));
  const ports = Array.from(ifIndex, (number) => named.get(number));
  return {
    ifIndex,
    names: ports.map((port) => port?.ifName ?? port?.ifDescr ?? ''),
    descr: ports.map((port) => port?.ifDescr ?? ''),
    alias: ports.map((port) => port?.ifAlias ?? ''),
  };
}

function objectsOf(names: DeviceNames | undefined): ObjectsKnown {
  return new Map(
    names?.objects.map(({ id, key, parent, attributes }) => {
      const name = attributes['name'];
      return [id, { key, parent, name: name === undefined ? undefined : String(name) }];
    }),
  );
}

const sides = [
  ['high', 'above'],
  ['low', 'below'],
] as const;

function shapeOf(rows: MeasuredRows, known: ObjectsKnown): TableShape {
  const { table } = rows;
  return {
    kind: table.objectKind ?? '',
    isByPort: isByPort(table),
    rows: rows.objects(known),
    metrics: rows.metrics,
    states: table.states.map(({ name }) => name),
    words: rows.words,
    alarms: table.alarms,
    metricOf: (row, metric) => rows.sampleName(row * rows.metrics + metric),
    limitsOf(row, metric) {
      const own = rows.limitsOf(row * rows.metrics + metric);
      return sides.flatMap(([name, side]) => {
        const limits = limitsFrom(own?.[name], side);
        return limits.length === 0 ? [] : [{ side, limits }];
      });
    },
  };
}

/** From mildest to worst. */
function limitsFrom(
  values: Readonly<Record<string, number>> | undefined,
  side: 'above' | 'below',
): { readonly severity: PerceivedSeverity; readonly at: number }[] {
  const limits = [...severities].reverse().flatMap((severity) => {
    const at = values?.[severity];
    return at === undefined ? [] : [{ severity, at }];
  });
  return limits.sort((a, b) => (side === 'above' ? a.at - b.at : b.at - a.at));
}
