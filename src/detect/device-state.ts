/** All that detection remembers of one device between polls. */
import type { Instant } from '../base/instant.ts';
import type { ResourceId } from '../model/ids.ts';
import type { LevelState } from './levels.ts';
import { type PortState, Ports } from './ports.ts';
import type { WatchedDevice } from './trap-rules.ts';

/** One threshold or state rule on one object. */
export interface Condition {
  readonly cause: string;
  /** The object, as the alarm's `by`. */
  readonly by: ResourceId;
  readonly level: LevelState;
  seenIn: number;
}

export interface DeviceState {
  readonly device: WatchedDevice;
  isUnreachable: boolean;
  /** Polls in a row without an answer, and with one while it is unreachable. */
  silent: number;
  answers: number;
  /** Readings so far. */
  readings: number;
  upTime?: { readonly ticks: number; readonly at: Instant } | undefined;
  /** After a restart: ports that are down raise nothing before. */
  settlesUntil?: Instant | undefined;
  readonly ports: Ports;
  readonly conditions: Map<string, Condition>;
}

export interface DeviceSnapshot extends Omit<DeviceState, 'ports' | 'conditions'> {
  readonly ports: readonly (readonly [string, PortState])[];
  readonly conditions: readonly (readonly [string, Condition])[];
}

const mostPorts = 10_000;

export const freshDevice = (device: WatchedDevice): DeviceState => ({
  device,
  isUnreachable: false,
  silent: 0,
  answers: 0,
  readings: 0,
  upTime: undefined,
  ports: new Ports(mostPorts),
  conditions: new Map<string, Condition>(),
});

export const snapshotOf = (state: DeviceState): DeviceSnapshot =>
  structuredCopy({ ...state, ports: [...state.ports.byName], conditions: [...state.conditions] });

export function restoredDevice(snapshot: DeviceSnapshot): DeviceState {
  const { ports, conditions, ...rest } = structuredCopy(snapshot);
  return { ...rest, ports: new Ports(mostPorts, ports), conditions: new Map(conditions) };
}

/** Plain data only: what JSON holds. */
const structuredCopy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** sysUpTime counts hundredths in 32 bits: it wraps after 497 days, which is no restart. */
const wrapsAt = 2 ** 32;
const slackTicks = 6_000;

/** True when the device started since its last reading. */
export function hasRestarted(state: DeviceState, ticks: number | undefined, at: Instant): boolean {
  const before = state.upTime;
  if (ticks === undefined || before === undefined || ticks >= before.ticks) return false;
  const expected = before.ticks + (at - before.at) / 10;
  return expected < wrapsAt - slackTicks || Math.abs(expected - wrapsAt - ticks) > slackTicks;
}
