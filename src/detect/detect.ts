/**
 * Readings, silence, traps and syslog lines become observations: the only thing that leaves collector and ingest.
 *
 * Invariants
 * - Only changes are observed; what still holds is in `active`, which the collector sends to be reconciled (design L11).
 * - An interface is down only when it was up before; a restart of a device or a counter that went back raises nothing.
 * - A device that does not answer is one observation, whatever it carries.
 * - Traps and syslog are hints taken at once; the next poll of the same thing decides, whatever the hint called it. What
 *   no poll can see ends by its time, so that a lost clear keeps no alarm for ever.
 */
import { after, type DurationMs, earliest, type Instant, instant } from '../base/instant.ts';
import { Timers } from '../base/timers.ts';
import type { Observation, PerceivedSeverity } from '../model/observation.ts';
import { meaningOfAlarmData } from './alarm-data.ts';
import {
  type DeviceSnapshot,
  type DeviceState,
  freshDevice,
  hasRestarted,
  restoredDevice,
  snapshotOf,
} from './device-state.ts';
import { type Gathered, gather } from './gathering.ts';
import { Heartbeats, type HeartbeatsSnapshot } from './heartbeats.ts';
import { utilization } from './ports-table.ts';
import type { DetectionRules, PortRole } from './rules.ts';
import { Seasons, type SeasonsSnapshot } from './seasons.ts';
import type { DeviceSeen, TableSeen } from './seen.ts';
import { type FullBitmaps, standing } from './standing.ts';
import { meaningOfLine, type SyslogLine } from './syslog-rules.ts';
import { asksForDiscovery, meaningOfTrap, type Trap, type WatchedDevice } from './trap-rules.ts';

export { compileDetectionRules } from './compile-rules.ts';
export { DnsDetection } from './dns-platform.ts';
export { checkDetectionExamples, detectionExamplesIn } from './examples.ts';
export { type JudgedTable, ownersOf } from './owners.ts';
export { ProbeDetection } from './probes.ts';
export type { DetectionRules, PortRole } from './rules.ts';
export { detectionSchema } from './rules-schema.ts';
export type { DeviceSeen, PortNames, PortsSeen, TableSeen, TableShape } from './seen.ts';
export type { Trap, WatchedDevice } from './trap-rules.ts';

interface ActiveConditions {
  readonly watches: Observation['resource'][];
  /** `<device>/<kind>` of objects that polls judge, too many to be named one by one. */
  readonly below: string[];
  /** Devices that do not answer or are not heard: of them and of all below nothing is known. */
  readonly unseen: Observation['resource'][];
  readonly active: Observation[];
}

/** `resource`: of its device. */
export interface WatchedPort {
  readonly device: string;
  readonly resource: Observation['resource'] | undefined;
  readonly ifIndex: number;
  /** ifName, where a reading told it. */
  readonly name: string | undefined;
}

interface DetectionSnapshot {
  readonly devices: readonly DeviceSnapshot[];
  readonly ending: readonly (readonly [string, Instant])[];
  readonly refused: number;
  /** Absent in what older versions kept. */
  readonly seasons?: SeasonsSnapshot | undefined;
  readonly heartbeats?: HeartbeatsSnapshot | undefined;
}

const mostDevices = 100_000;
const mostEnding = 250_000;

export class Detection {
  #rules: DetectionRules;
  readonly #devices = new Map<string, DeviceState>();
  /** Clears that come by themselves, keyed by the observation. */
  readonly #ending = new Timers();
  #endingCount = 0;
  #refused = 0;
  readonly #seasons = new Seasons();
  /** Who is only listened to, and how often it should be heard. */
  readonly heartbeats = new Heartbeats();
  #roleOf: (port: WatchedPort) => PortRole | undefined = () => undefined;

  constructor(rules: DetectionRules) {
    this.#rules = rules;
  }

  /** Devices, ports, objects and waiting ends that were not watched because there were too many. */
  get refused(): number {
    return this.#refused + this.#seasons.refused;
  }

  setRules(rules: DetectionRules): void {
    this.#rules = rules;
  }

  /** From now on a port that is down is as severe as what it is for; asked when it goes down. */
  judgeByRole(roleOf: (port: WatchedPort) => PortRole | undefined): void {
    this.#roleOf = roleOf;
  }

  /** The device answered with this; sets `gaps` of what it saw of ports. */
  polled(device: WatchedDevice, seen: DeviceSeen, at: Instant): Observation[] {
    const state = this.#stateOf(device);
    if (state === undefined) return [];
    const found = this.#answered(state);
    state.readings++;
    const isRestarted = hasRestarted(state, seen, at);
    // A device first met is not taken for restarted: its ports count from their first "up".
    if (isRestarted) {
      const upFor = (seen.upTimeTicks ?? 0) * 10;
      state.settlesUntil = instant(at + this.#rules.interfaces.settleMs - upFor);
    }
    const isSettling = state.settlesUntil !== undefined && at < state.settlesUntil;
    const poll = { device: device.id, at, isSettling, isRestarted, seasons: this.#seasons };
    if (seen.ports !== undefined)
      this.#refused += state.ports.poll(this.#rules, { seen: seen.ports, poll }, found);
    for (const table of this.#tablesOf(state, seen)) {
      this.#refused += state.conditions.poll(this.#rules, { seen: table, poll }, found);
    }
    this.#settle(state, seen, { at, found });
    return found.map((observation) => this.#byRole(observation));
  }

  /** What `polled` just found there, said in as few words as can be (design L2). */
  gathered(device: string, seen: DeviceSeen, found: readonly Observation[]): Gathered {
    const state = this.#devices.get(device);
    return state === undefined
      ? { bitmaps: [], rest: found }
      : gather({ ...state, rules: this.#rules }, seen, found);
  }

  /** How everything at or below these places stands by what `polled` just took in: the answer to the line's question. */
  standing(
    device: string,
    seen: DeviceSeen,
    asked: { readonly places: ReadonlySet<string>; readonly at: Instant },
  ): FullBitmaps {
    const state = this.#devices.get(device);
    return state === undefined
      ? { bitmaps: [], left: 0 }
      : standing(
          { ...state, rules: this.#rules, severityOf: (ifIndex) => this.#portSeverity(state, ifIndex) },
          seen,
          asked,
        );
  }

  /** The device said that it lives, and nothing else. */
  answered(device: WatchedDevice): Observation[] {
    const state = this.#stateOf(device);
    return state === undefined ? [] : this.#answered(state);
  }

  /** True while polls get no answer from it. */
  isUnreachable(device: string): boolean {
    return this.#devices.get(device)?.isUnreachable === true;
  }

  /** The device was polled and did not answer. */
  silent(device: WatchedDevice): Observation[] {
    const state = this.#stateOf(device);
    if (state === undefined) return [];
    state.answers = 0;
    state.silent = Math.min(state.silent + 1, 1_000_000);
    state.ports.forgetCounts();
    const { raiseAfter } = this.#rules.reachability;
    if (state.isUnreachable || state.silent < raiseAfter) return [];
    state.isUnreachable = true;
    return [this.#reachability(state, 'raise')];
  }

  trap(trap: Trap, at: Instant): Observation[] {
    const heard = this.heartbeats.heard(trap.device, at);
    const meaning = meaningOfTrap(this.#rules, trap);
    if (meaning === undefined) return heard;
    const { observation, endsAfterMs } = meaning;
    this.#hear(observation, endsAfterMs ?? this.#rules.hintsEndAfterMs, at);
    return [...heard, this.#byRole(observation)];
  }

  /** True: parts or neighbours of the device have changed, and everything wants to be read anew. */
  asksForDiscovery(trap: Trap): boolean {
    return asksForDiscovery(this.#rules, trap);
  }

  /** Lines that carry no alarm of their own (RFC 5674) and that no rule knows say nothing. */
  syslog(line: SyslogLine, at: Instant): Observation[] {
    const portOf = (id: string, name: string): number | undefined =>
      this.#devices.get(id)?.ports.indexOf(name);
    const observation =
      meaningOfAlarmData(this.#rules, line, portOf) ?? meaningOfLine(this.#rules, line, portOf);
    const heard = this.heartbeats.heard(line.device, at);
    if (observation === undefined) return heard;
    this.#hear(observation, this.#rules.hintsEndAfterMs, at);
    return [...heard, this.#byRole(observation)];
  }

  get wakeAt(): Instant | undefined {
    return earliest(this.#ending.next, this.heartbeats.wakeAt);
  }

  /** Ends what only ever begins. */
  wake(at: Instant): Observation[] {
    const due = this.#ending.due(at);
    this.#endingCount -= due.length;
    const ended = due.map((key) => JSON.parse(key) as Observation);
    for (const observation of ended) this.#devices.get(observation.device ?? '')?.told.hear(observation, at);
    return [...ended, ...this.heartbeats.wake(at)];
  }

  /** Resources that polls judge, and every condition they found and that still holds. */
  active(): ActiveConditions {
    const list: ActiveConditions = { watches: [], below: [], ...this.heartbeats.active() };
    for (const state of this.#devices.values()) this.#activeOf(state, list);
    return list;
  }

  get watched(): readonly WatchedDevice[] {
    return [...this.#devices.values()].map(({ device }) => device);
  }

  /** The device is no longer watched; answers the resources that polls judged of it. */
  forget(device: string): readonly Observation['resource'][] {
    const list: ActiveConditions = { watches: [], below: [], unseen: [], active: [] };
    const state = this.#devices.get(device);
    if (state !== undefined) this.#activeOf(state, list);
    this.#devices.delete(device);
    this.#seasons.forget(device);
    return [...new Set([...list.watches, ...list.active.map(({ resource }) => resource)])];
  }

  snapshot(): unknown {
    const devices = [...this.#devices.values()].map(snapshotOf);
    const [ending, refused, seasons] = [this.#ending.entries(), this.#refused, this.#seasons.snapshot()];
    const heartbeats = this.heartbeats.snapshot();
    return { devices, ending, refused, seasons, heartbeats } satisfies DetectionSnapshot;
  }

  /** Takes what `snapshot` gave. */
  restore(snapshot: unknown): void {
    const { devices, ending, refused, seasons = [], heartbeats = [] } = snapshot as DetectionSnapshot;
    this.#devices.clear();
    for (const device of devices) this.#devices.set(device.device.id, restoredDevice(device));
    this.#ending.restore(ending);
    this.#endingCount = ending.length;
    this.#refused = refused;
    this.#seasons.restore(seasons);
    this.heartbeats.restore(heartbeats);
  }

  /** Ports are a table too where a rule wants to know what they usually carry. */
  #tablesOf({ portsTable }: DeviceState, { ports, tables }: DeviceSeen): readonly TableSeen[] {
    const isWanted = this.#rules.baselines.some(({ metric }) => metric === utilization);
    return isWanted && ports !== undefined ? [...tables, portsTable.seen(ports)] : tables;
  }

  #stateOf(device: WatchedDevice): DeviceState | undefined {
    const known = this.#devices.get(device.id);
    if (known !== undefined) return known;
    if (this.#devices.size >= mostDevices) {
      this.#refused++;
      return undefined;
    }
    const fresh = freshDevice(device);
    this.#devices.set(device.id, fresh);
    return fresh;
  }

  #answered(state: DeviceState): Observation[] {
    state.silent = 0;
    if (!state.isUnreachable) return [];
    if (++state.answers < this.#rules.reachability.clearAfter) return [];
    state.isUnreachable = false;
    const { resource, id } = state.device;
    return [this.#reachability(state, 'clear'), { event: 'alive', resource, source: 'poll', device: id }];
  }

  #reachability(state: DeviceState, event: 'raise' | 'clear'): Observation {
    const { cause, severity } = this.#rules.reachability;
    const { resource, id } = state.device;
    return {
      event,
      resource,
      cause,
      source: 'poll',
      device: id,
      severity: event === 'raise' ? severity : undefined,
    };
  }

  #activeOf(state: DeviceState, list: ActiveConditions): void {
    if (state.readings === 0 && !state.isUnreachable) return;
    list.watches.push(state.device.resource);
    if (state.isUnreachable) list.active.push(this.#reachability(state, 'raise'));
    state.ports.conditions(this.#rules, state.device.id, ({ down, isJudged, active }) => {
      if (isJudged && !state.isUnreachable) list.watches.push(down.resource);
      list.active.push(...active.map((observation) => this.#byRole(observation)));
    });
    list.active.push(...state.conditions.active());
    if (state.isUnreachable) {
      list.unseen.push(state.device.resource);
      return;
    }
    list.below.push(...state.conditions.kinds().map((kind) => `${state.device.id}/${kind}`));
  }

  /** Whoever says that a port is down, it is as severe as what the port is for. */
  #byRole(observation: Observation): Observation {
    const { event, cause, device, resource, attributes } = observation;
    if (event !== 'raise' || cause !== this.#rules.interfaces.cause || device === undefined)
      return observation;
    const ifIndex = Number(/\/if\/(\d{1,10})$/.exec(resource)?.[1] ?? Number.NaN);
    if (Number.isNaN(ifIndex)) return observation;
    const role = this.#roleAt(this.#devices.get(device), device, ifIndex);
    if (role === undefined) return observation;
    const leadsTo = role.leadsTo === undefined ? {} : { leadsTo: role.leadsTo };
    return {
      ...observation,
      severity: role.severity,
      attributes: { ...attributes, portRole: role.role, ...leadsTo },
    };
  }

  /** What the port is for, where that decides how bad it is when it is down. */
  #roleAt(
    state: DeviceState | undefined,
    device: string,
    ifIndex: number,
  ): (PortRole & { readonly severity: PerceivedSeverity }) | undefined {
    const resource = state?.device.resource;
    const role = this.#roleOf({ device, resource, ifIndex, name: state?.ports.nameOf(ifIndex) });
    const severity = role && this.#rules.interfaces.roles[role.role];
    return role === undefined || severity === undefined ? undefined : { ...role, severity };
  }

  #portSeverity(state: DeviceState, ifIndex: number): PerceivedSeverity {
    return this.#roleAt(state, state.device.id, ifIndex)?.severity ?? this.#rules.interfaces.severity;
  }

  #tellPorts(observation: Observation, at: Instant): void {
    if (observation.cause !== this.#rules.interfaces.cause) return;
    const state = this.#devices.get(observation.device ?? '');
    const ifIndex = /\/if\/(\d{1,10})$/.exec(observation.resource)?.[1];
    if (state !== undefined && ifIndex !== undefined) {
      state.ports.told(Number(ifIndex), observation.event === 'raise', at);
    }
  }

  #hear(observation: Observation, endsAfterMs: DurationMs, at: Instant): void {
    this.#tellPorts(observation, at);
    const state = this.#devices.get(observation.device ?? '');
    if (state?.told.hear(observation, at) === false) this.#refused++;
    if (observation.event === 'raise') this.#endLater(observation, after(at, endsAfterMs));
    else if (observation.event === 'clear') this.#forgetEnd(observation);
  }

  /** What polls of these tables say of what was told. */
  #settle(
    { conditions, told }: DeviceState,
    seen: DeviceSeen,
    { at, found }: { readonly at: Instant; readonly found: Observation[] },
  ): void {
    const judge: Parameters<typeof told.settle>[1] = (causes, take) => {
      for (const table of seen.tables) conditions.judged(table, causes, take);
    };
    const ended: Observation[] = [];
    told.settle(at, judge, ended);
    for (const observation of ended) this.#forgetEnd(observation);
    found.push(...ended);
  }

  #forgetEnd(observation: Observation): void {
    for (const source of ['trap', 'syslog'] as const) {
      const key = endOf({ ...observation, source });
      if (this.#ending.dueAt(key) === undefined) continue;
      this.#ending.clear(key);
      this.#endingCount--;
    }
  }

  #endLater(observation: Observation, at: Instant): void {
    const key = endOf(observation);
    if (this.#ending.dueAt(key) === undefined) {
      if (this.#endingCount >= mostEnding) {
        this.#refused++;
        return;
      }
      this.#endingCount++;
    }
    this.#ending.set(key, at);
  }
}

/** The clear that comes by itself, as text. */
const endOf = ({ resource, cause, by, source, device }: Observation): string =>
  JSON.stringify({ event: 'clear', resource, cause, by, source, device });
