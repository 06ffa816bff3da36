/** What one poll saw of a device, as columns: judged without an object a value. The poller uses its arrays again. */
import type { ObjectAlarm } from '../model/object-alarm.ts';
import type { Levels } from './rules.ts';

/** Only what answered whole is named: a table that failed says nothing of its objects. */
export interface DeviceSeen {
  /** 1/100 s since the agent started; undefined where it does not say. */
  readonly upTimeTicks: number | undefined;
  /** RFC 3414 section 2.2: rises when an SNMPv3 engine starts. */
  readonly engineBoots?: number | undefined;
  readonly ports?: PortsSeen | undefined;
  readonly tables: readonly TableSeen[];
}

/** Rows of interfaces and what they are called; another object whenever one of them changes. */
export interface PortNames {
  readonly ifIndex: Uint32Array;
  /** ifName, else ifDescr, else nothing: what a port is known by when its number changes. */
  readonly names: readonly string[];
  readonly descr: readonly string[];
  readonly alias: readonly string[];
}

export interface PortsSeen {
  readonly who: PortNames;
  /** Index-aligned with `who`; numbers of RFC 2863, 0 where the agent does not say. */
  readonly oper: Uint8Array;
  readonly admin: Uint8Array;
  /** bit/s; 0 where unknown. */
  readonly speedBps: Float64Array;
  /** ifCounterDiscontinuityTime in 1/100 s; 0 where unknown or never. */
  readonly discontinuity: Uint32Array;
  readonly counters: CountersSeen;
  /** Set by the judging: 1 where the counters do not go on from those of the last poll. */
  readonly gaps: Uint8Array;
  /** Set by the judging: the busier direction in per cent of the speed since the last poll; NaN where nobody can tell. */
  readonly share: Float64Array;
}

/** The counter of (port, name) is at `port * names.length + name`. */
interface CountersSeen {
  /** The same array for all devices of a profile. */
  readonly names: readonly string[];
  /** 32 or 64; 0 where the row has no such counter. */
  readonly bits: Uint8Array;
  readonly hi: Uint32Array;
  readonly lo: Uint32Array;
}

export interface TableSeen {
  readonly table: string;
  /** Another number whenever rows come or go or change their kind. */
  readonly layout: number;
  /** Called once a layout. */
  shape(): TableShape;
  /** The value of (row, metric) is at `row * shape.metrics + metric`; NaN where there is no number. */
  readonly values: Float64Array;
  /** The state of (row, state) likewise: number of its word in `words`, -1 where there is none. */
  readonly states: Int16Array;
}

export interface TableShape {
  readonly kind: string;
  /** The index of a row is the ifIndex of the interface that it is about. */
  readonly isByPort: boolean;
  readonly rows: readonly ObjectShape[];
  readonly metrics: number;
  metricOf(row: number, metric: number): { readonly metric: string; readonly unit: string } | undefined;
  /** Names of the states, and all words they have. */
  readonly states: readonly string[];
  readonly words: readonly string[];
  readonly alarms: readonly ObjectAlarm[];
  /** The limits that the device sends with a value, where it does. */
  limitsOf(row: number, metric: number): readonly Pick<Levels, 'side' | 'limits'>[];
}

interface ObjectShape {
  /** `kind/index`. */
  readonly id: string;
  /** What stays when the index does not, such as a serial number. */
  readonly key?: string | undefined;
  readonly parent?: string | undefined;
  readonly name?: string | undefined;
}
