/** Limits and states of one device's objects from poll to poll; only what has shown something bad is remembered. */
import { type ResourceId, resourceId } from '../model/ids.ts';
import type { Observation, PerceivedSeverity } from '../model/observation.ts';
import { freshLevel, isWithin, judge, type LevelState } from './levels.ts';
import type { DetectionRules, Levels } from './rules.ts';
import type { TableSeen, TableShape } from './seen.ts';
import type { WatchedDevice } from './trap-rules.ts';
import type { Watch, WatchPoll } from './watch.ts';
import { watchesOf } from './watches.ts';

/** One rule on one object; plain data. */
export interface Condition {
  readonly table: string;
  readonly watch: string;
  /** What the object is known by when its index changes. */
  readonly key: string;
  readonly cause: string;
  resource: ResourceId;
  /** The object, where the alarm is about the device. */
  by: ResourceId | undefined;
  readonly level: LevelState;
  /** Of the last raise. */
  severity?: PerceivedSeverity | undefined;
  /** Whole readings of its table in a row that had no number or no such object. */
  missing: number;
}

/** What the last poll says of one object by one cause. */
export interface Judgement {
  readonly cause: string;
  /** `kind/index`. */
  readonly object: string;
  readonly name?: string | undefined;
  /** Undecided: not yet bad in as many polls as it takes. */
  readonly verdict: 'bad' | 'undecided' | 'good';
  /** Where it is bad. */
  readonly severity: PerceivedSeverity | undefined;
  /** What its own alarm is about. */
  readonly resource: ResourceId;
  readonly by: ResourceId | undefined;
}

interface HeldWatch {
  readonly watch: Watch;
  /** By place of the watch. */
  readonly held: Map<number, Condition>;
}

interface HeldTable {
  readonly layout: number;
  readonly rules: DetectionRules;
  readonly watches: readonly HeldWatch[];
  /** Of the objects that alarms of their own are about. */
  readonly kinds: ReadonlySet<string>;
  /** Of objects that this layout has not. */
  readonly gone: Set<Condition>;
}

const mostConditions = 10_000;
/** An object missing from this many readings in a row is gone. */
const goneAfter = 10;

export class Conditions {
  readonly #device: WatchedDevice;
  readonly #conditions = new Map<string, Condition>();
  readonly #tables = new Map<string, HeldTable>();
  /** Kinds of objects that are interfaces by another name: a PON port, the terminal of a line. */
  readonly #portKinds = new Set(['interface']);
  #refused = 0;

  constructor(device: WatchedDevice, snapshot: readonly Condition[] = []) {
    this.#device = device;
    for (const one of snapshot) {
      const condition = { ...one, level: { ...one.level } };
      this.#conditions.set(keyOf(condition), condition);
    }
  }

  /** Answers how many conditions were too many to be watched. */
  poll(
    rules: DetectionRules,
    { seen, poll }: { readonly seen: TableSeen; readonly poll: WatchPoll },
    found: Observation[],
  ): number {
    this.#refused = 0;
    const known = this.#tables.get(seen.table);
    const isBound = known?.layout === seen.layout && known.rules === rules;
    const table = isBound ? known : this.#bind(rules, seen, found);
    const raised: Observation[] = [];
    for (const { watch, held } of table.watches) {
      watch.begin?.(seen);
      for (let place = 0; place < watch.count; place++) {
        const value = watch.valueAt(place, seen, poll);
        const condition = held.size === 0 ? undefined : held.get(place);
        if (Number.isNaN(value)) {
          if (condition !== undefined) this.#miss(condition, { held, place }, found);
          continue;
        }
        const levels = watch.levelsAt(place);
        if (levels === undefined || (condition === undefined && isNoNews(watch, levels, value))) continue;
        this.#judge({ watch, held, place, levels, value, seen }, found, raised);
      }
    }
    for (const condition of table.gone) this.#miss(condition, { gone: table.gone }, found);
    // An object that fell from one limit over the other ends the one before it begins the other.
    found.push(...raised);
    return this.#refused;
  }

  /** Goes through what the table just polled says by these causes; objects without a value are left out. */
  judged(seen: TableSeen, causes: ReadonlySet<string>, take: (judgement: Judgement) => void): void {
    const table = this.#tables.get(seen.table);
    if (table === undefined) return;
    for (const { watch, held } of table.watches) {
      if (!causes.has(watch.cause)) continue;
      const shape = seen.shape();
      for (let place = 0; place < watch.count; place++) {
        if (!hasValues(seen, watch.rowAt(place), shape)) continue;
        const { id, name } = watch.thingAt(place, shape);
        const { level, severity } = held.get(place) ?? {};
        // What was never good may be unused or broken: a poll cannot tell.
        if (level === undefined && watch.needsGood === true) continue;
        const isGood = level === undefined || (level.raised < 0 && level.count === 0);
        const verdict = isGood ? 'good' : level.raised >= 0 ? 'bad' : 'undecided';
        const about = { cause: watch.cause, object: id, name, ...this.#placed(watch, id) };
        take({ ...about, verdict, severity: verdict === 'bad' ? severity : undefined });
      }
    }
  }

  /** Kinds of objects that have alarms of their own and are judged. */
  kinds(): readonly string[] {
    const kinds = [...this.#tables.values()].flatMap((table) => [...table.kinds]);
    return [...new Set(kinds.map((kind) => (this.#portKinds.has(kind) ? 'if' : kind)))];
  }

  /** What is raised now. */
  active(): Observation[] {
    return [...this.#conditions.values()]
      .filter(({ level }) => level.raised >= 0)
      .map((condition) => this.#observation(condition, 'raise'));
  }

  snapshot(): readonly Condition[] {
    return [...this.#conditions.values()].map((one) => ({ ...one, level: { ...one.level } }));
  }

  #judge(
    at: {
      readonly watch: Watch;
      readonly held: Map<number, Condition>;
      readonly place: number;
      readonly levels: Levels;
      readonly value: number;
      readonly seen: TableSeen;
    },
    found: Observation[],
    raised: Observation[],
  ): void {
    const { levels, value, held, place } = at;
    const condition = held.get(place) ?? this.#begin(at);
    if (condition === undefined) return;
    condition.missing = 0;
    const result = judge(levels, condition.level, value);
    if (result === 'clear') this.#clear(condition, found);
    else if (result !== undefined) {
      const attributes = { value: String(value), ...attributesOf(at.watch, place, at.seen.shape()) };
      condition.severity = result;
      raised.push({ ...this.#observation(condition, 'raise'), attributes });
    }
    if (condition.level.raised < 0 && condition.level.count === 0 && at.watch.needsGood !== true) {
      held.delete(place);
      this.#conditions.delete(keyOf(condition));
    }
  }

  #begin(at: {
    readonly watch: Watch;
    readonly held: Map<number, Condition>;
    readonly place: number;
    readonly seen: TableSeen;
  }): Condition | undefined {
    if (this.#conditions.size >= mostConditions) {
      this.#refused++;
      return undefined;
    }
    const { watch, place, seen } = at;
    const { id, key } = watch.thingAt(place, seen.shape());
    const condition: Condition = {
      ...{ table: seen.table, watch: watch.id, key: key.slice(0, 128), cause: watch.cause },
      ...this.#placed(watch, id),
      level: freshLevel(),
      missing: 0,
    };
    this.#conditions.set(keyOf(condition), condition);
    at.held.set(place, condition);
    return condition;
  }

  /** The object `kind/index` by the one name that its place has: traps and the topology know ports by their ifIndex. */
  nameOf(object: string): ResourceId {
    const [kind = '', index = ''] = object.split('/');
    const isPort = this.#portKinds.has(kind) && /^\d+$/.test(index);
    return resourceId(`${this.#device.id}/${isPort ? `if/${index}` : object.slice(0, 128)}`);
  }

  #placed(watch: Watch, object: string): Pick<Condition, 'resource' | 'by'> {
    const own = this.nameOf(object);
    return watch.isOfDevice ? { resource: this.#device.resource, by: own } : { resource: own, by: undefined };
  }

  /** Without its object or a number for long enough, what was held against it ends. */
  #miss(
    condition: Condition,
    from: { readonly held?: Map<number, Condition>; readonly place?: number; readonly gone?: Set<Condition> },
    found: Observation[],
  ): void {
    if (++condition.missing < goneAfter) return;
    if (condition.level.raised >= 0) {
      condition.level.raised = -1;
      this.#clear(condition, found);
    }
    if (from.place !== undefined) from.held?.delete(from.place);
    from.gone?.delete(condition);
    this.#conditions.delete(keyOf(condition));
  }

  /** Two rules of one cause are one alarm: it ends with the last of them. */
  #clear(condition: Condition, found: Observation[]): void {
    const { resource, cause, by } = condition;
    for (const other of this.#conditions.values()) {
      const isSame = other.resource === resource && other.cause === cause && other.by === by;
      if (isSame && other !== condition && other.level.raised >= 0) return;
    }
    found.push(this.#observation(condition, 'clear'));
  }

  /** Finds the objects of a new layout again; those that moved take their alarms along. */
  #bind(rules: DetectionRules, seen: TableSeen, found: Observation[]): HeldTable {
    const shape = seen.shape();
    if (shape.isByPort) this.#portKinds.add(shape.kind);
    const ofTable = [...this.#conditions.values()].filter(({ table }) => table === seen.table);
    const gone = new Set(ofTable);
    const watches = watchesOf(rules, seen.table, shape).map((watch) => {
      const held = new Map<number, Condition>();
      const own = new Map(ofTable.filter((one) => one.watch === watch.id).map((one) => [one.key, one]));
      for (let place = 0; own.size > 0 && place < watch.count; place++) {
        const { id, key } = watch.thingAt(place, shape);
        const condition = own.get(key.slice(0, 128));
        if (condition === undefined) continue;
        held.set(place, condition);
        gone.delete(condition);
        this.#move(condition, this.#placed(watch, id), found);
      }
      return { watch, held };
    });
    const kinds = new Set(watches.flatMap(({ watch }) => kindsOf(watch, shape)));
    const table = { layout: seen.layout, rules, watches, gone, kinds };
    this.#tables.set(seen.table, table);
    return table;
  }

  #move(condition: Condition, to: Pick<Condition, 'resource' | 'by'>, found: Observation[]): void {
    if (condition.resource === to.resource && condition.by === to.by) return;
    const isRaised = condition.level.raised >= 0;
    if (isRaised) this.#clear(condition, found);
    condition.resource = to.resource;
    condition.by = to.by;
    if (isRaised) found.push(this.#observation(condition, 'raise'));
  }

  #observation(condition: Condition, event: 'raise' | 'clear'): Observation {
    const { resource, by, cause } = condition;
    const severity = event === 'raise' ? condition.severity : undefined;
    return { event, resource, cause, by, source: 'poll', device: this.#device.id, severity };
  }
}

function attributesOf(watch: Watch, place: number, shape: TableShape): Readonly<Record<string, string>> {
  const { id, name } = watch.thingAt(place, shape);
  return {
    object: id.slice(0, 256),
    ...(name !== undefined && { name: name.slice(0, 256) }),
    ...watch.attributesAt?.(place, shape),
  };
}

/** Nothing is remembered yet and nothing has to be: it is good; or, of what must have been good before, it is not. */
function isNoNews(watch: Watch, levels: Levels, value: number): boolean {
  if (watch.needsGood !== true) return isWithin(levels, value);
  // Excused is not good: a port that somebody switched off was not in use.
  return !isWithin(levels, value) || !Number.isFinite(value);
}

/** A row of which the poll brought nothing says nothing. */
function hasValues(seen: TableSeen, row: number, { metrics, states }: TableShape): boolean {
  for (let i = row * states.length; i < (row + 1) * states.length; i++) if (seen.states[i]! >= 0) return true;
  for (let i = row * metrics; i < (row + 1) * metrics; i++) if (!Number.isNaN(seen.values[i]!)) return true;
  return false;
}

const keyOf = ({ table, watch, key }: Condition): string => `${table} ${watch} ${key}`;

/** The first thing of a watch has the kind of all. */
function kindsOf(watch: Watch, shape: TableShape): readonly string[] {
  if (watch.isOfDevice || watch.count === 0) return [];
  const { id } = watch.thingAt(0, shape);
  return [id.slice(0, Math.max(0, id.indexOf('/')))].filter((kind) => kind !== '');
}
