/**
 * Readings, silence, traps and syslog lines become observations: the only thing that leaves collector and ingest.
 *
 * Invariants
 * - Only changes are observed; what still holds is in `active`, which the collector sends to be reconciled (design L11).
 * - An interface is down only when it was up before; a restart of a device or a counter that went back raises nothing.
 * - A device that does not answer is one observation, whatever it carries.
 * - Traps and syslog are hints taken at once; the next poll decides (a lost linkUp keeps no alarm for ever).
 */
import { after, type Instant, instant } from '../base/instant.ts';
import { Timers } from '../base/timers.ts';
import { resourceId } from '../model/ids.ts';
import type { Observation } from '../model/observation.ts';
import type { DeviceReading } from '../model/reading.ts';
import {
  type Condition,
  type DeviceSnapshot,
  type DeviceState,
  freshDevice,
  hasRestarted,
  restoredDevice,
  snapshotOf,
} from './device-state.ts';
import { freshLevel, judge } from './levels.ts';
import { portObservation } from './ports.ts';
import type { DetectionRules, Levels, StateRule } from './rules.ts';
import { meaningOfLine, type SyslogLine } from './syslog-rules.ts';
import { meaningOfTrap, type Trap, type WatchedDevice } from './trap-rules.ts';

export { compileDetectionRules } from './compile-rules.ts';
export { checkDetectionExamples } from './examples.ts';
export type { DetectionRules } from './rules.ts';
export { detectionSchema } from './rules-schema.ts';
export type { Trap, WatchedDevice } from './trap-rules.ts';

interface ActiveConditions {
  readonly watches: Observation['resource'][];
  readonly active: Observation[];
}

interface DetectionSnapshot {
  readonly devices: readonly DeviceSnapshot[];
  readonly ending: readonly (readonly [string, Instant])[];
  readonly refused: number;
}

const mostDevices = 100_000;
const mostConditions = 10_000;
const mostEnding = 100_000;
/** An object missing from this many readings in a row is gone. */
const goneAfter = 10;

export class Detection {
  #rules: DetectionRules;
  readonly #devices = new Map<string, DeviceState>();
  /** Clears that come by themselves, keyed by the observation. */
  readonly #ending = new Timers();
  #endingCount = 0;
  #refused = 0;

  constructor(rules: DetectionRules) {
    this.#rules = rules;
  }

  /** Devices, ports, objects and waiting ends that were not watched because there were too many. */
  get refused(): number {
    return this.#refused;
  }

  setRules(rules: DetectionRules): void {
    this.#rules = rules;
  }

  /** The device answered with this. */
  reading(device: WatchedDevice, reading: DeviceReading, at: Instant): Observation[] {
    const state = this.#stateOf(device);
    if (state === undefined) return [];
    const found = this.#answered(state);
    state.readings++;
    const ticks = reading.device.sysUpTimeTicks;
    const isRestarted = hasRestarted(state, ticks, at);
    // A device first met is not taken for restarted: its ports count from their first "up".
    if (isRestarted) state.settlesUntil = instant(at + this.#rules.interfaces.settleMs - (ticks ?? 0) * 10);
    const isSettling = state.settlesUntil !== undefined && at < state.settlesUntil;
    if (ticks !== undefined) state.upTime = { ticks, at };
    const poll = { device: device.id, at, reading: state.readings, isSettling, isRestarted };
    for (const port of reading.interfaces) {
      if (!state.ports.poll(this.#rules, port, poll, found)) this.#refused++;
    }
    this.#thresholds(state, reading, found);
    this.#states(state, reading, found);
    this.#forgetGone(state, found);
    return found;
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
    const meaning = meaningOfTrap(this.#rules, trap);
    if (meaning === undefined) return [];
    const { observation, endsAfterMs } = meaning;
    this.#tellPorts(observation, at);
    if (endsAfterMs !== undefined && observation.event === 'raise')
      this.#endLater(observation, after(at, endsAfterMs));
    return [observation];
  }

  /** Lines that no rule knows say nothing. */
  syslog(line: SyslogLine, at: Instant): Observation[] {
    const portOf = (id: string, name: string): number | undefined =>
      this.#devices.get(id)?.ports.indexOf(name);
    const observation = meaningOfLine(this.#rules, line, portOf);
    if (observation === undefined) return [];
    this.#tellPorts(observation, at);
    return [observation];
  }

  get wakeAt(): Instant | undefined {
    return this.#ending.next;
  }

  /** Ends what only ever begins. */
  wake(at: Instant): Observation[] {
    const due = this.#ending.due(at);
    this.#endingCount -= due.length;
    return due.map((key) => JSON.parse(key) as Observation);
  }

  /** Resources that polls judge, and every condition they found and that still holds. */
  active(): ActiveConditions {
    const list: ActiveConditions = { watches: [], active: [] };
    for (const state of this.#devices.values()) this.#activeOf(state, list);
    return list;
  }

  get watched(): readonly WatchedDevice[] {
    return [...this.#devices.values()].map(({ device }) => device);
  }

  /** The device is no longer watched; answers the resources that polls judged of it. */
  forget(device: string): readonly Observation['resource'][] {
    const list: ActiveConditions = { watches: [], active: [] };
    const state = this.#devices.get(device);
    if (state !== undefined) this.#activeOf(state, list);
    this.#devices.delete(device);
    return list.watches;
  }

  snapshot(): unknown {
    const devices = [...this.#devices.values()].map(snapshotOf);
    return { devices, ending: this.#ending.entries(), refused: this.#refused } satisfies DetectionSnapshot;
  }

  /** Takes what `snapshot` gave. */
  restore(snapshot: unknown): void {
    const { devices, ending, refused } = snapshot as DetectionSnapshot;
    this.#devices.clear();
    for (const device of devices) this.#devices.set(device.device.id, restoredDevice(device));
    this.#ending.restore(ending);
    this.#endingCount = ending.length;
    this.#refused = refused;
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

  #thresholds(state: DeviceState, reading: DeviceReading, found: Observation[]): void {
    for (const one of reading.readings) {
      const { value } = one;
      // A row without a number is no evidence; `absent` says why.
      if (typeof value !== 'number' || !Number.isFinite(value)) continue;
      for (const rule of this.#rules.thresholds) {
        if (rule.metric !== one.metric || (rule.unit !== undefined && rule.unit !== one.unit)) continue;
        const key = `${rule.id} ${one.object}`;
        this.#judge(state, { key, object: one.object, rule, cause: rule.cause, value }, found);
      }
    }
  }

  #states(state: DeviceState, reading: DeviceReading, found: Observation[]): void {
    for (const object of reading.objects) {
      for (const rule of this.#rules.states) {
        const value = rule.kind === object.kind ? stateValue(rule, object.state) : undefined;
        if (value === undefined) continue;
        const levels: Levels = {
          side: 'above',
          limits: [{ severity: rule.severity, at: 1 }],
          hysteresis: 0,
          for: rule.for,
        };
        const named = `${object.kind}/${object.id}`;
        this.#judge(
          state,
          { key: `${rule.id} ${named}`, object: named, rule: levels, cause: rule.cause, value },
          found,
        );
      }
    }
  }

  #judge(
    state: DeviceState,
    seen: {
      readonly key: string;
      readonly object: string;
      readonly rule: Levels;
      readonly cause: string;
      readonly value: number;
    },
    found: Observation[],
  ): void {
    const condition = this.#conditionOf(state, seen);
    if (condition === undefined) return;
    condition.seenIn = state.readings;
    const result = judge(seen.rule, condition.level, seen.value);
    if (result === 'clear') found.push(conditionObservation(state, condition, 'clear'));
    else if (result !== undefined) {
      const attributes = { value: String(seen.value), object: seen.object.slice(0, 256) };
      found.push({ ...conditionObservation(state, condition, 'raise'), severity: result, attributes });
    }
  }

  #conditionOf(
    state: DeviceState,
    seen: { readonly key: string; readonly object: string; readonly cause: string },
  ): Condition | undefined {
    const known = state.conditions.get(seen.key);
    if (known !== undefined) return known;
    if (state.conditions.size >= mostConditions) {
      this.#refused++;
      return undefined;
    }
    const by = resourceId(`${state.device.id}/${seen.object.slice(0, 128)}`);
    const fresh: Condition = { cause: seen.cause, by, level: freshLevel(), seenIn: state.readings };
    state.conditions.set(seen.key, fresh);
    return fresh;
  }

  /** What has not been in the last readings was taken out: its alarms end. */
  #forgetGone(state: DeviceState, found: Observation[]): void {
    const oldest = state.readings - goneAfter;
    for (const [key, condition] of state.conditions) {
      if (condition.seenIn > oldest) continue;
      state.conditions.delete(key);
      if (condition.level.raised >= 0) found.push(conditionObservation(state, condition, 'clear'));
    }
    for (const [name, port] of state.ports.byName) {
      if (port.seenIn > oldest) continue;
      state.ports.byName.delete(name);
      if (port.isRaised || port.isTold)
        found.push(portObservation('clear', port, this.#rules.interfaces.cause, { device: state.device.id }));
    }
  }

  #activeOf(state: DeviceState, list: ActiveConditions): void {
    if (state.readings === 0 && !state.isUnreachable) return;
    list.watches.push(state.device.resource);
    if (state.isUnreachable) list.active.push(this.#reachability(state, 'raise'));
    for (const port of state.ports.byName.values()) this.#activeOfPort(state, port, list);
    for (const condition of state.conditions.values()) {
      if (condition.level.raised >= 0) list.active.push(conditionObservation(state, condition, 'raise'));
    }
  }

  #activeOfPort(
    state: DeviceState,
    port: Parameters<typeof portObservation>[1],
    list: ActiveConditions,
  ): void {
    const device = { device: state.device.id };
    const down = portObservation('raise', port, this.#rules.interfaces.cause, device);
    // What a trap said becomes the polls' own word with this list, and theirs to end.
    if (port.isTold) port.isRaised = true;
    // Down from birth, or down and not yet counted: not judged, so that what traps said of it stays.
    const isJudged = port.wasUp && (port.isRaised || port.count === 0);
    if (isJudged && !state.isUnreachable) list.watches.push(down.resource);
    if (port.isRaised) list.active.push(down);
    for (const rule of this.#rules.ratios) {
      if ((port.ratios[rule.id]?.raised ?? -1) >= 0)
        list.active.push(portObservation('raise', port, rule.cause, device));
    }
  }

  #tellPorts(observation: Observation, at: Instant): void {
    if (observation.cause !== this.#rules.interfaces.cause) return;
    const state = this.#devices.get(observation.device ?? '');
    const ifIndex = /\/if\/(\d{1,10})$/.exec(observation.resource)?.[1];
    if (state !== undefined && ifIndex !== undefined) {
      state.ports.told(Number(ifIndex), observation.event === 'raise', at);
    }
  }

  #endLater(observation: Observation, at: Instant): void {
    const { resource, cause, by, source, device } = observation;
    const key = JSON.stringify({ event: 'clear', resource, cause, by, source, device });
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

const conditionObservation = (
  state: DeviceState,
  condition: Condition,
  event: 'raise' | 'clear',
): Observation => ({
  event,
  resource: state.device.resource,
  cause: condition.cause,
  by: condition.by,
  source: 'poll',
  device: state.device.id,
});

/** 1 bad, 0 good, undefined: no word of the rule. */
function stateValue(rule: StateRule, state: string | undefined): number | undefined {
  if (state === undefined) return undefined;
  if (rule.raise.includes(state)) return 1;
  return rule.clear.includes(state) ? 0 : undefined;
}
