/** Interfaces of one device from poll to poll: down when they were up, known by name so that renumbering changes nothing. */
import { type Instant, instant, seconds } from '../base/instant.ts';
import { resourceId } from '../model/ids.ts';
import type { Observation } from '../model/observation.ts';
import type { InterfaceReading } from '../model/reading.ts';
import { freshLevel, judge, type LevelState } from './levels.ts';
import type { DetectionRules, InterfaceRule, RatioRule } from './rules.ts';

/** Plain data, so that a snapshot is a copy. */
export interface PortState {
  ifIndex: number;
  /** ifDescr: the name that lines of syslog use. */
  descr: string;
  /** Never raised from birth: it must have been up, or a trap must have spoken of it. */
  wasUp: boolean;
  /** Polls raised it: the alarm has this source until a poll ends it. */
  isRaised: boolean;
  /** A trap said that it is down, and none that it is up since. */
  isTold: boolean;
  /** Readings in a row that found it down, or up while it is raised. */
  count: number;
  /** When a trap last said what it is: a reading begun before that is older news. */
  toldAt: Instant;
  /** Number of the reading that saw it last. */
  seenIn: number;
  counters: Readonly<Record<string, number | string>>;
  readonly ratios: Record<string, LevelState>;
}

/** A reading takes up to this long, so that it may be older than a trap that arrived before it. */
const readingLasts = seconds(10);

export interface PortPoll {
  readonly device: string;
  readonly at: Instant;
  readonly reading: number;
  /** The device started a short while ago, or its counters start anew. */
  readonly isSettling: boolean;
  readonly isRestarted: boolean;
}

const freshPort = (ifIndex: number): PortState => ({
  ifIndex,
  descr: '',
  wasUp: false,
  isRaised: false,
  isTold: false,
  count: 0,
  toldAt: instant(0),
  seenIn: 0,
  counters: {},
  ratios: {},
});

export class Ports {
  readonly byName: Map<string, PortState>;
  readonly #most: number;

  constructor(most: number, ports: readonly (readonly [string, PortState])[] = []) {
    this.#most = most;
    this.byName = new Map(ports);
  }

  /** False when there are too many ports to watch this one. */
  poll(rules: DetectionRules, port: InterfaceReading, poll: PortPoll, found: Observation[]): boolean {
    const state = this.#stateOf(port, poll.reading);
    if (state === undefined) return false;
    if (state.ifIndex !== port.ifIndex)
      this.#renumber(state, port.ifIndex, { rule: rules.interfaces, poll }, found);
    state.seenIn = poll.reading;
    state.descr = (port.ifDescr ?? '').slice(0, 128);
    judgeOper(rules.interfaces, state, port, poll, found);
    for (const ratio of rules.ratios) judgeRatio(ratio, state, port, poll, found);
    state.counters = port.counters ?? {};
    return true;
  }

  /** A trap said so: polls go on from there. */
  told(ifIndex: number, isDown: boolean, at: Instant): void {
    for (const state of this.byName.values()) {
      if (state.ifIndex !== ifIndex) continue;
      state.wasUp = true;
      state.isTold = isDown;
      state.count = 0;
      state.toldAt = at;
      return;
    }
  }

  /** The number of the port of this name; undefined when no reading had one. */
  indexOf(name: string): number | undefined {
    const known = this.byName.get(name);
    if (known !== undefined) return known.ifIndex;
    for (const state of this.byName.values()) if (state.descr === name) return state.ifIndex;
    return undefined;
  }

  /** No reading: what was counted in a row is broken. */
  forgetCounts(): void {
    for (const state of this.byName.values()) state.count = 0;
  }

  #stateOf(port: InterfaceReading, reading: number): PortState | undefined {
    const name = (port.ifName ?? port.ifDescr ?? '').slice(0, 128);
    const known = this.byName.get(name);
    // Two of one name in one reading are told apart by their numbers.
    const key = name === '' || known?.seenIn === reading ? `${name}#${port.ifIndex}` : name;
    const state = this.byName.get(key);
    if (state !== undefined || this.byName.size >= this.#most) return state;
    const fresh = freshPort(port.ifIndex);
    this.byName.set(key, fresh);
    return fresh;
  }

  #renumber(
    state: PortState,
    ifIndex: number,
    { rule, poll }: { readonly rule: InterfaceRule; readonly poll: PortPoll },
    found: Observation[],
  ): void {
    if (state.isRaised || state.isTold) {
      found.push(portObservation('clear', state, rule.cause, poll));
      state.isRaised = true;
      state.ifIndex = ifIndex;
      found.push({ ...portObservation('raise', state, rule.cause, poll), severity: rule.severity });
    }
    state.ifIndex = ifIndex;
    state.counters = {};
  }
}

function judgeOper(
  rule: InterfaceRule,
  state: PortState,
  port: InterfaceReading,
  poll: PortPoll,
  found: Observation[],
): void {
  const isOff = port.adminStatus === 'down';
  const isUp = port.operStatus === 'up';
  const isDown = !isOff && port.operStatus === 'down';
  if (!isUp && !isDown && !isOff) return;
  if (poll.at < state.toldAt + readingLasts) return;
  if (isDown && !state.isRaised) {
    if (!state.wasUp || poll.isSettling || ++state.count < rule.downFor) return;
    state.isRaised = true;
    state.count = 0;
    const attributes = portNames(port);
    found.push({ ...portObservation('raise', state, rule.cause, poll), severity: rule.severity, attributes });
  } else if (!isDown && (state.isRaised || state.isTold)) {
    // Switched off by a person is no fault any more, at once.
    if (++state.count < rule.upFor && !isOff) return;
    state.isRaised = false;
    state.isTold = false;
    state.count = 0;
    state.wasUp = isUp;
    found.push(portObservation('clear', state, rule.cause, poll));
  } else {
    state.count = 0;
    if (!isDown) state.wasUp = isUp;
  }
}

function judgeRatio(
  rule: RatioRule,
  state: PortState,
  port: InterfaceReading,
  poll: PortPoll,
  found: Observation[],
): void {
  if (poll.isRestarted) return;
  const per = advance(rule.per, port.counters, state.counters);
  const of = advance(rule.of, port.counters, state.counters);
  // A counter that went back was reset or wrapped: the interval says nothing (fault 35).
  if (per === undefined || of === undefined || per < rule.least) return;
  state.ratios[rule.id] ??= freshLevel();
  const result = judge(rule, state.ratios[rule.id]!, of / Math.max(per, of));
  if (result === undefined) return;
  const event = result === 'clear' ? 'clear' : 'raise';
  const severity = result === 'clear' ? undefined : result;
  found.push({ ...portObservation(event, state, rule.cause, poll), severity });
}

/** Sum of what these counters advanced; undefined when one went back or none was there before. */
function advance(
  names: readonly string[],
  now: InterfaceReading['counters'],
  before: PortState['counters'],
): number | undefined {
  let sum: number | undefined;
  for (const name of names) {
    const [to, from] = [now?.[name], before[name]];
    if (to === undefined || from === undefined) continue;
    const gain =
      typeof to === 'number' && typeof from === 'number' ? to - from : Number(BigInt(to) - BigInt(from));
    if (gain < 0) return undefined;
    sum = (sum ?? 0) + gain;
  }
  return sum;
}

export const portObservation = (
  event: 'raise' | 'clear',
  state: PortState,
  cause: string,
  poll: Pick<PortPoll, 'device'>,
): Observation => ({
  event,
  resource: resourceId(`${poll.device}/if/${state.ifIndex}`),
  cause,
  source: 'poll',
  device: poll.device,
});

const portNames = (port: InterfaceReading): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (['ifName', 'ifDescr', 'ifAlias'] as const).flatMap((name) =>
      port[name] === undefined ? [] : [[name, port[name].slice(0, 256)]],
    ),
  );
