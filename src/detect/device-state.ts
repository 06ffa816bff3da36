/** All that detection remembers of one device between polls. */
import type { Instant } from '../base/instant.ts';
import { type Condition, Conditions } from './conditions.ts';
import type { PortSnapshot } from './port-columns.ts';
import { Ports } from './ports.ts';
import { PortsTable } from './ports-table.ts';
import type { DeviceSeen } from './seen.ts';
import { type Hint, Told } from './told.ts';
import type { WatchedDevice } from './trap-rules.ts';

export interface DeviceState {
  readonly device: WatchedDevice;
  isUnreachable: boolean;
  /** Polls in a row without an answer, and with one while it is unreachable. */
  silent: number;
  answers: number;
  /** Readings so far. */
  readings: number;
  upTime?: UpTime | undefined;
  /** After a restart: ports that are down raise nothing before. */
  settlesUntil?: Instant | undefined;
  readonly ports: Ports;
  readonly conditions: Conditions;
  readonly portsTable: PortsTable;
  readonly told: Told;
}

interface UpTime {
  readonly ticks: number;
  readonly at: Instant;
  readonly engineBoots?: number | undefined;
}

export interface DeviceSnapshot extends Omit<DeviceState, 'ports' | 'portsTable' | 'conditions' | 'told'> {
  readonly ports: readonly PortSnapshot[];
  readonly conditions: readonly Condition[];
  /** Absent in what older versions kept. */
  readonly told?: readonly Hint[] | undefined;
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
  conditions: new Conditions(device),
  portsTable: new PortsTable(),
  told: new Told(device),
});

export const snapshotOf = ({ portsTable: _, ...state }: DeviceState): DeviceSnapshot => ({
  ...state,
  ports: state.ports.snapshot(),
  conditions: state.conditions.snapshot(),
  told: state.told.snapshot(),
});

export function restoredDevice(snapshot: DeviceSnapshot): DeviceState {
  const { ports, conditions, told, ...rest } = snapshot;
  return {
    ...rest,
    ports: new Ports(mostPorts, ports),
    conditions: new Conditions(snapshot.device, conditions),
    portsTable: new PortsTable(),
    told: new Told(snapshot.device, told),
  };
}

/** sysUpTime counts hundredths in 32 bits: it wraps after 497 days, which is no restart. */
const wrapsAt = 2 ** 32;
const slackTicks = 6_000;
/** Clocks of agents and ours drift apart by no more than this share. */
const drift = 0.1;

/** True when the device started since its last reading. Remembers this one. */
export function hasRestarted(state: DeviceState, seen: DeviceSeen, at: Instant): boolean {
  const { upTimeTicks: ticks, engineBoots } = seen;
  const before = state.upTime;
  if (ticks === undefined) return false;
  state.upTime = { ticks, at, engineBoots };
  if (before === undefined) return false;
  if (engineBoots !== undefined && before.engineBoots !== undefined && engineBoots > before.engineBoots) {
    return true;
  }
  const elapsed = Math.max(0, at - before.at) / 10;
  // How far it stands behind where it would be had it gone on, the short way round.
  const behind = (before.ticks + elapsed - ticks) % wrapsAt;
  const shortWay =
    behind > wrapsAt / 2 ? behind - wrapsAt : behind < -wrapsAt / 2 ? behind + wrapsAt : behind;
  // A wrap leaves it near where it should be; only then may it go back.
  const isNear = Math.abs(shortWay) <= slackTicks + elapsed * drift;
  if (ticks < before.ticks) return !isNear || before.ticks + elapsed < wrapsAt - slackTicks - elapsed * drift;
  return shortWay > slackTicks + elapsed * drift;
}
