/** Interfaces of one device from poll to poll: down when they were up, known by name so that renumbering changes nothing. */
import { type Instant, seconds } from '../base/instant.ts';
import { resourceId } from '../model/ids.ts';
import type { Observation, PerceivedSeverity } from '../model/observation.ts';
import { Counters } from './counters.ts';
import { freshLevel, isWithin, judge, type LevelState } from './levels.ts';
import { PortColumns, type PortSnapshot, portFlags } from './port-columns.ts';
import type { DetectionRules, InterfaceRule, RatioRule } from './rules.ts';
import type { PortNames, PortsSeen } from './seen.ts';

/** A reading takes up to this long, so that it may be older than a trap that arrived before it. */
const readingLasts = seconds(10);
/** RFC 2863 ifOperStatus and ifAdminStatus. */
const status = { up: 1, down: 2 } as const;
/** A port missing from this many readings in a row is gone. */
const goneAfter = 10;
const noPort = -1;

export interface PortPoll {
  readonly device: string;
  readonly at: Instant;
  /** The device started a short while ago: ports come up one after the other. */
  readonly isSettling: boolean;
  readonly isRestarted: boolean;
}

interface RatioColumns {
  readonly rule: RatioRule;
  readonly of: readonly number[];
  readonly per: readonly number[];
}

/** Percent of its speed that an interface may seem to carry. */
const mostShare = 200;

export class Ports {
  readonly #columns: PortColumns;
  readonly #counters = new Counters();
  #who: PortNames | undefined;
  /** Port of each row of `#who`. */
  #portOf = new Int32Array(0);
  /** Ports that the last readings lacked, and in how many of them. */
  readonly #absent = new Map<number, number>();
  #polledAt: Instant | undefined;
  #ratios:
    | { readonly of: object; readonly names: object; readonly list: readonly RatioColumns[] }
    | undefined;

  /** Places of inOctets and outOctets. */
  #octets: readonly [number, number] = [-1, -1];

  constructor(most: number, snapshot: readonly PortSnapshot[] = []) {
    this.#columns = new PortColumns(most, snapshot);
  }

  /** Answers how many ports were too many to be watched. */
  poll(
    rules: DetectionRules,
    { seen, poll }: { readonly seen: PortsSeen; readonly poll: PortPoll },
    found: Observation[],
  ): number {
    if (seen.who !== this.#who) this.#bind(rules.interfaces, { who: seen.who, poll }, found);
    if (this.#absent.size > 0) this.#forgetGone(rules.interfaces, poll, found);
    this.#counters.prepare(seen.counters.names, this.#columns.slots);
    const ratios = this.#ratiosOf(rules.ratios, seen.counters.names);
    const elapsedMs = this.#polledAt === undefined ? 0 : poll.at - this.#polledAt;
    const interval = { elapsedMs, isRestarted: poll.isRestarted || elapsedMs <= 0 };
    const place = { port: 0, row: 0, poll };
    let refused = 0;
    for (let row = 0; row < this.#portOf.length; row++) {
      const port = this.#portOf[row]!;
      if (port === noPort) {
        refused++;
        continue;
      }
      place.port = port;
      place.row = row;
      this.#judgeOper(rules.interfaces, { seen, place, poll }, found);
      const goesOn = this.#counters.advance(place, seen, interval);
      seen.gaps[row] = goesOn ? 0 : 1;
      seen.share[row] = goesOn ? this.#shareOf(seen.speedBps[row]!, elapsedMs) : Number.NaN;
      if (goesOn) for (const ratio of ratios) this.#judgeRatio(ratio, place, found);
    }
    this.#polledAt = poll.at;
    return refused;
  }

  /** A trap said so: polls go on from there. */
  told(ifIndex: number, isDown: boolean, at: Instant): void {
    const port = this.#columns.portOf(ifIndex);
    if (port === undefined) return;
    this.#columns.set(port, portFlags.wasUp, true);
    this.#columns.set(port, portFlags.isTold, isDown);
    this.#columns.count[port] = 0;
    this.#columns.toldAt.set(port, at);
  }

  /** The number of the port of this name; undefined when no reading had one. */
  indexOf(name: string): number | undefined {
    return this.#columns.indexOfName(name);
  }

  /** What the port of this number is called. */
  nameOf(ifIndex: number): string | undefined {
    const port = this.#columns.portOf(ifIndex);
    return port === undefined ? undefined : this.#columns.keyOf(port);
  }

  /** No reading: what was counted in a row is broken. */
  forgetCounts(): void {
    this.#columns.count.fill(0);
  }

  /** What polls found down, and what else they judge; what a trap said becomes their own word with it (design L11). */
  conditions(
    rules: DetectionRules,
    device: string,
    take: (port: {
      readonly down: Observation;
      readonly isJudged: boolean;
      readonly active: Observation[];
    }) => void,
  ): void {
    const columns = this.#columns;
    for (const port of columns.ports()) {
      const raise = (cause: string, severity: PerceivedSeverity | undefined): Observation => ({
        ...portObservation('raise', { ifIndex: columns.ifIndex[port]!, cause }, { device }),
        severity,
      });
      if (columns.has(port, portFlags.isTold)) columns.set(port, portFlags.isRaised, true);
      const isRaised = columns.has(port, portFlags.isRaised);
      const down = raise(rules.interfaces.cause, rules.interfaces.severity);
      // Down from birth, or down and not yet counted: not judged, so that what traps said of it stays.
      const isJudged = columns.has(port, portFlags.wasUp) && (isRaised || columns.count[port] === 0);
      const levels = columns.ratios.get(port);
      const high = rules.ratios.flatMap(({ id, cause, limits }) => {
        const raised = levels?.[id]?.raised ?? -1;
        return raised < 0 ? [] : [raise(cause, limits[raised]?.severity)];
      });
      take({
        down,
        isJudged,
        active: [...(isRaised ? [down] : []), ...high],
      });
    }
  }

  /** Those that polls judge now; what a notification says and no poll has settled is left out. */
  judged(take: (ifIndex: number, isDown: boolean) => void): void {
    const columns = this.#columns;
    for (const port of columns.ports()) {
      if (!columns.has(port, portFlags.wasUp) || columns.has(port, portFlags.isTold)) continue;
      const isDown = columns.has(port, portFlags.isRaised);
      if (isDown || columns.count[port] === 0) take(columns.ifIndex[port]!, isDown);
    }
  }

  snapshot(): readonly PortSnapshot[] {
    return this.#columns.snapshot();
  }

  #bind(
    rule: InterfaceRule,
    { who, poll }: { readonly who: PortNames; readonly poll: PortPoll },
    found: Observation[],
  ): void {
    const columns = this.#columns;
    this.#portOf = new Int32Array(who.names.length).fill(noPort);
    const bound = new Set<number>();
    for (let row = 0; row < who.names.length; row++) {
      const name = who.names[row]!.slice(0, 128);
      const ifIndex = who.ifIndex[row]!;
      const known = columns.find(name);
      // Two of one name in one reading are told apart by their numbers.
      const isTaken = name === '' || (known !== undefined && bound.has(known));
      const port = columns.findOrAdd(isTaken ? `${name}#${ifIndex}` : name, ifIndex);
      if (port === undefined) continue;
      bound.add(port);
      this.#portOf[row] = port;
      if (this.#absent.delete(port)) this.#counters.forget(port);
      columns.descr[port] = (who.descr[row] ?? '').slice(0, 128);
      if (columns.ifIndex[port] !== ifIndex) this.#renumber(rule, { port, ifIndex, poll }, found);
    }
    for (const port of columns.ports()) {
      if (!bound.has(port) && !this.#absent.has(port)) this.#absent.set(port, 0);
    }
    this.#who = who;
  }

  #renumber(
    rule: InterfaceRule,
    { port, ifIndex, poll }: { readonly port: number; readonly ifIndex: number; readonly poll: PortPoll },
    found: Observation[],
  ): void {
    const columns = this.#columns;
    if (columns.has(port, portFlags.isRaised) || columns.has(port, portFlags.isTold)) {
      found.push(portObservation('clear', { ifIndex: columns.ifIndex[port]!, cause: rule.cause }, poll));
      columns.set(port, portFlags.isRaised, true);
      const raised = portObservation('raise', { ifIndex, cause: rule.cause }, poll);
      found.push({ ...raised, severity: rule.severity });
    }
    columns.ifIndex[port] = ifIndex;
    this.#counters.forget(port);
  }

  /** What has not been in the last readings was taken out: its alarms end. */
  #forgetGone(rule: InterfaceRule, poll: PortPoll, found: Observation[]): void {
    const columns = this.#columns;
    for (const [port, readings] of this.#absent) {
      this.#absent.set(port, readings + 1);
      if (readings + 1 < goneAfter) continue;
      if (columns.has(port, portFlags.isRaised) || columns.has(port, portFlags.isTold)) {
        found.push(portObservation('clear', { ifIndex: columns.ifIndex[port]!, cause: rule.cause }, poll));
      }
      this.#absent.delete(port);
      this.#counters.forget(port);
      columns.remove(port);
    }
  }

  #judgeOper(
    rule: InterfaceRule,
    {
      seen,
      place: { port, row },
      poll,
    }: {
      readonly seen: PortsSeen;
      readonly place: { readonly port: number; readonly row: number };
      readonly poll: PortPoll;
    },
    found: Observation[],
  ): void {
    const columns = this.#columns;
    const isOff = seen.admin[row] === status.down;
    const isUp = seen.oper[row] === status.up;
    const isDown = !isOff && seen.oper[row] === status.down;
    if (!isUp && !isDown && !isOff) return;
    if (columns.toldAt.size > 0 && poll.at < (columns.toldAt.get(port) ?? 0) + readingLasts) return;
    const isRaised = columns.has(port, portFlags.isRaised);
    if (isDown && !isRaised) {
      if (!columns.has(port, portFlags.wasUp) || poll.isSettling) return;
      if (columns.countOne(port) < rule.downFor) return;
      columns.set(port, portFlags.isRaised, true);
      columns.count[port] = 0;
      const attributes = portNames(seen.who, row);
      const raised = portObservation('raise', { ifIndex: columns.ifIndex[port]!, cause: rule.cause }, poll);
      found.push({ ...raised, severity: rule.severity, attributes });
    } else if (!isDown && (isRaised || columns.has(port, portFlags.isTold))) {
      // Switched off by a person is no fault any more, at once.
      if (columns.countOne(port) < rule.upFor && !isOff) return;
      columns.set(port, portFlags.isRaised, false);
      columns.set(port, portFlags.isTold, false);
      columns.set(port, portFlags.wasUp, isUp);
      columns.count[port] = 0;
      found.push(portObservation('clear', { ifIndex: columns.ifIndex[port]!, cause: rule.cause }, poll));
    } else {
      columns.count[port] = 0;
      if (!isDown) columns.set(port, portFlags.wasUp, isUp);
    }
  }

  #judgeRatio(
    { rule, of, per }: RatioColumns,
    { port, poll }: { readonly port: number; readonly poll: PortPoll },
    found: Observation[],
  ): void {
    const { gains } = this.#counters;
    const whole = sumOf(per, gains);
    const part = sumOf(of, gains);
    if (Number.isNaN(whole) || Number.isNaN(part) || whole < rule.least) return;
    const value = part / Math.max(whole, part);
    const held = this.#columns.ratios.get(port);
    // A port that has shown nothing bad is not remembered.
    if (held?.[rule.id] === undefined && isWithin(rule, value)) return;
    const levels: Record<string, LevelState> = held ?? {};
    if (held === undefined) this.#columns.ratios.set(port, levels);
    levels[rule.id] ??= freshLevel();
    const result = judge(rule, levels[rule.id]!, value);
    if (result === undefined) return;
    const event = result === 'clear' ? 'clear' : 'raise';
    const severity = result === 'clear' ? undefined : result;
    found.push({
      ...portObservation(event, { ifIndex: this.#columns.ifIndex[port]!, cause: rule.cause }, poll),
      severity,
    });
  }

  /** In and out are apart on every full-duplex interface: the busier one counts. */
  #shareOf(speedBps: number, elapsedMs: number): number {
    const { gains } = this.#counters;
    const [into, out] = this.#octets;
    if (into < 0 || out < 0 || speedBps <= 0 || elapsedMs <= 0) return Number.NaN;
    const bits = Math.max(gains[into]!, gains[out]!) * 8;
    const share = (100 * bits * 1_000) / (elapsedMs * speedBps);
    // Agents that refresh their counters seldom show now less, now more. Beyond that the speed or the counter is not true.
    return share > mostShare ? Number.NaN : Math.min(100, share);
  }

  #ratiosOf(rules: readonly RatioRule[], names: readonly string[]): readonly RatioColumns[] {
    if (this.#ratios?.of === rules && this.#ratios.names === names) return this.#ratios.list;
    const numbers = (wanted: readonly string[]): number[] =>
      wanted.map((name) => names.indexOf(name)).filter((number) => number >= 0);
    const list = rules.map((rule) => ({ rule, of: numbers(rule.of), per: numbers(rule.per) }));
    this.#ratios = { of: rules, names, list };
    this.#octets = [names.indexOf('inOctets'), names.indexOf('outOctets')];
    return list;
  }
}

/** NaN when none of them says anything. */
function sumOf(columns: readonly number[], gains: Float64Array): number {
  let sum = Number.NaN;
  for (const column of columns) {
    const gain = gains[column]!;
    if (!Number.isNaN(gain)) sum = Number.isNaN(sum) ? gain : sum + gain;
  }
  return sum;
}

const portObservation = (
  event: 'raise' | 'clear',
  { ifIndex, cause }: { readonly ifIndex: number; readonly cause: string },
  poll: Pick<PortPoll, 'device'>,
): Observation => ({
  event,
  resource: resourceId(`${poll.device}/if/${ifIndex}`),
  cause,
  source: 'poll',
  device: poll.device,
});

const portNames = (who: PortNames, row: number): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [
      ['ifName', who.names[row]] as const,
      ['ifDescr', who.descr[row]] as const,
      ['ifAlias', who.alias[row]] as const,
    ].flatMap(([name, text]) => (text === undefined || text === '' ? [] : [[name, text.slice(0, 256)]])),
  );
