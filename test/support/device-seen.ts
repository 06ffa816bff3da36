/** What a poll saw of a device, written as lists of things: made into the columns that detection reads. */
import type { DeviceSeen, PortNames, PortsSeen, TableSeen } from '../../src/detect/detect.ts';
import type { InterfaceReading } from '../../src/model/reading.ts';

export interface SeenPort extends Omit<InterfaceReading, 'counters'> {
  /** A bigint is a Counter64, a number a Counter32. */
  readonly counters?: Readonly<Record<string, number | bigint>> | undefined;
  readonly discontinuityTicks?: number | undefined;
}

export interface SeenObject {
  readonly id: string;
  readonly key?: string | undefined;
  readonly parent?: string | undefined;
  readonly values?: Readonly<Record<string, readonly [value: number, unit: string]>> | undefined;
  readonly states?: Readonly<Record<string, string>> | undefined;
  readonly limits?: ReturnType<ReturnType<TableSeen['shape']>['limitsOf']> | undefined;
}

export interface SeenParts {
  readonly upTime?: number | undefined;
  readonly engineBoots?: number | undefined;
  readonly ports?: readonly SeenPort[] | undefined;
  readonly tables?:
    | readonly {
        readonly table: string;
        readonly kind: string;
        readonly objects: readonly SeenObject[];
        readonly alarms?: ReturnType<TableSeen['shape']>['alarms'];
        readonly isByPort?: boolean;
      }[]
    | undefined;
}

const statuses = ['', 'up', 'down', 'testing', 'unknown', 'dormant', 'notPresent', 'lowerLayerDown'];
const numberOf = (status: string | undefined): number => Math.max(0, statuses.indexOf(status ?? ''));

/** Layouts and names that look alike are the same ones, as with a poller that found no change. */
export class SeenMaker {
  readonly #who = new Map<string, PortNames>();
  readonly #layouts = new Map<string, number>();

  seen(parts: SeenParts): DeviceSeen {
    return {
      upTimeTicks: parts.upTime,
      engineBoots: parts.engineBoots,
      ports: parts.ports === undefined ? undefined : this.#ports(parts.ports),
      tables: (parts.tables ?? []).map((table) => this.#table(table)),
    };
  }

  #ports(ports: readonly SeenPort[]): PortsSeen {
    const names = [...new Set(ports.flatMap(({ counters }) => Object.keys(counters ?? {})))].sort();
    const cells = ports.flatMap(({ counters }) => names.map((name) => counters?.[name]));
    return {
      who: this.#whoOf(ports),
      oper: Uint8Array.from(ports, ({ operStatus }) => numberOf(operStatus)),
      admin: Uint8Array.from(ports, ({ adminStatus }) => numberOf(adminStatus)),
      speedBps: Float64Array.from(ports, ({ speedBps }) => speedBps ?? 0),
      discontinuity: Uint32Array.from(ports, ({ discontinuityTicks }) => discontinuityTicks ?? 0),
      counters: {
        names,
        bits: Uint8Array.from(cells, (cell) => (cell === undefined ? 0 : typeof cell === 'bigint' ? 64 : 32)),
        hi: Uint32Array.from(cells, (cell) => Number(BigInt(cell ?? 0) >> 32n)),
        lo: Uint32Array.from(cells, (cell) => Number(BigInt(cell ?? 0) & 0xffff_ffffn)),
      },
      gaps: new Uint8Array(ports.length),
      share: new Float64Array(ports.length),
    };
  }

  #whoOf(ports: readonly SeenPort[]): PortNames {
    const key = JSON.stringify(ports.map(({ ifIndex, ifName, ifDescr }) => [ifIndex, ifName, ifDescr]));
    const known = this.#who.get(key) ?? {
      ifIndex: Uint32Array.from(ports, ({ ifIndex }) => ifIndex),
      names: ports.map(({ ifName, ifDescr }) => ifName ?? ifDescr ?? ''),
      descr: ports.map(({ ifDescr }) => ifDescr ?? ''),
      alias: ports.map(({ ifAlias }) => ifAlias ?? ''),
    };
    this.#who.set(key, known);
    return known;
  }

  #table({ table, kind, objects, alarms, isByPort }: NonNullable<SeenParts['tables']>[number]): TableSeen {
    const metrics = [...new Set(objects.flatMap(({ values }) => Object.keys(values ?? {})))];
    const states = [...new Set(objects.flatMap((object) => Object.keys(object.states ?? {})))];
    const words = [...new Set(objects.flatMap((object) => Object.values(object.states ?? {})))];
    const key = JSON.stringify([
      table,
      objects.map(({ id, key: own, parent }) => [id, own, parent]),
      metrics,
      states,
      words,
    ]);
    const layout = this.#layouts.get(key) ?? this.#layouts.size + 1;
    this.#layouts.set(key, layout);
    return {
      table,
      layout,
      shape: () => ({
        ...{
          kind,
          isByPort: isByPort === true,
          rows: objects,
          metrics: metrics.length,
          states,
          words,
          alarms: alarms ?? [],
        },
        metricOf(row, i) {
          const metric = metrics[i]!;
          const value = objects[row]?.values?.[metric];
          return value === undefined ? undefined : { metric, unit: value[1] };
        },
        limitsOf: (row) => objects[row]?.limits ?? [],
      }),
      values: Float64Array.from(
        objects.flatMap(({ values }) => metrics.map((metric) => values?.[metric]?.[0] ?? Number.NaN)),
      ),
      states: Int16Array.from(
        objects.flatMap((object) => states.map((state) => words.indexOf(object.states?.[state] ?? ''))),
      ),
    };
  }
}
