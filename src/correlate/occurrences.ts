/** What pattern rules count: how often, in which order, what did not follow; and the alarms that they have raised. */
import { after, earliest, type Instant } from '../base/instant.ts';
import type { Timers } from '../base/timers.ts';
import type { Alarm } from '../model/alarm.ts';
import type { AlarmId, ResourceId } from '../model/ids.ts';
import type { Observation } from '../model/observation.ts';
import { matchersOf, type Use } from './matcher.ts';
import type { PatternRule, Raise } from './pattern-rules.ts';

/** One rule in one scope. */
interface Count {
  readonly rule: string;
  readonly on: ResourceId;
  /** For each matcher what was met lately, oldest first. */
  readonly met: { readonly alarm: AlarmId; readonly at: Instant }[][];
  raised: boolean;
}

export interface OccurrencesSnapshot {
  readonly counts: readonly (readonly [string, Count])[];
  readonly crowdedOut: number;
}

/** A raise that a rule concerns. */
interface Met {
  readonly use: Use;
  readonly alarm: Alarm;
  /** Its scope. */
  readonly key: string;
  readonly on: ResourceId;
}

type CountingRule = Extract<PatternRule, { readonly raise: Raise }>;
type Group = Extract<PatternRule, { readonly kind: 'group' }>;
type Sequence = Extract<PatternRule, { readonly kind: 'sequence' }>;

interface Step<Rule> {
  readonly name: string;
  readonly count: Count;
  readonly rule: Rule;
  readonly slot: number;
  readonly alarm: AlarmId;
}

const mostCounts = 50_000;

export class Occurrences {
  #rules: ReadonlyMap<string, PatternRule> = new Map();
  readonly #counts = new Map<string, Count>();
  /** Where an alarm was met, so that its end is found. */
  readonly #of = new Map<AlarmId, Set<string>>();
  readonly #timers: Timers;
  #crowdedOut = 0;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Counts that had to make room for others. */
  get crowdedOut(): number {
    return this.#crowdedOut;
  }

  use(rules: ReadonlyMap<string, PatternRule>): void {
    this.#rules = rules;
  }

  meet({ use, alarm: { id: alarm }, key, on }: Met, at: Instant): Observation[] {
    const rule = use.rule as CountingRule;
    const name = `${rule.id} ${rule.kind === 'single' ? alarm : key}`;
    const out: Observation[] = [];
    const count = this.#counts.get(name) ?? this.#begin(name, { rule, on }, out);
    const names = this.#of.get(alarm);
    if (names === undefined) this.#of.set(alarm, new Set([name]));
    else names.add(name);
    const step = { name, count, slot: use.slot, alarm };
    if (rule.kind === 'single') {
      count.met[0] = [{ alarm, at }];
      out.push(...this.#raise(name, count, at));
    } else if (rule.kind === 'group') out.push(...this.#meetGroup({ ...step, rule }, at));
    else if (rule.kind === 'sequence') out.push(...this.#meetStep({ ...step, rule }, at));
    else if (use.slot === 1) out.push(...this.#drop(name));
    else {
      count.met[0] = [{ alarm, at }];
      if (!count.raised && this.#timers.dueAt(`await ${name}`) === undefined)
        this.#timers.set(`await ${name}`, after(at, rule.withinMs));
    }
    return out;
  }

  #begin(name: string, { rule, on }: { rule: CountingRule; on: ResourceId }, out: Observation[]): Count {
    if (this.#counts.size >= mostCounts) {
      this.#crowdedOut++;
      out.push(...this.#drop(this.#counts.keys().next().value!));
    }
    const count: Count = { rule: rule.id, on, met: matchersOf(rule).map(() => []), raised: false };
    this.#counts.set(name, count);
    return count;
  }

  #meetGroup({ name, count, rule, slot, alarm }: Step<Group>, at: Instant): Observation[] {
    const met = count.met[slot]!;
    if (rule.counts === 'alarms') forget(met, (one) => one.alarm === alarm);
    met.push({ alarm, at });
    const most = rule.of[slot]!.atLeast;
    if (met.length > most) met.splice(0, met.length - most);
    this.#easeLater(name, count, rule);
    for (const list of count.met) forget(list, (one) => one.at < at - rule.withinMs);
    return rule.of.every(({ atLeast }, i) => count.met[i]!.length >= atLeast)
      ? this.#raise(name, count, at)
      : [];
  }

  /** A first step anew begins anew; any other counts only in its turn. */
  #meetStep({ name, count, rule, slot, alarm }: Step<Sequence>, at: Instant): Observation[] {
    if (count.raised) return [];
    const begun = count.met[0]![0]?.at;
    if (slot === 0 || (begun !== undefined && begun < at - rule.withinMs))
      for (const list of count.met) list.length = 0;
    if (count.met.findIndex((list) => list.length === 0) !== slot) return [];
    count.met[slot]!.push({ alarm, at });
    if (slot === 0) this.#timers.set(`ease ${name}`, after(at, rule.withinMs));
    return slot === rule.steps.length - 1 ? this.#raise(name, count, at) : [];
  }

  /** A timer of this room is due. */
  due(key: string, at: Instant): Observation[] {
    const [what = '', id = '', ...rest] = key.split(' ');
    const name = [id, ...rest].join(' ');
    const rule = this.#rules.get(id);
    const count = this.#counts.get(name);
    if (rule === undefined || count === undefined) return [];
    if (what === 'over') return this.#drop(name);
    if (what === 'await') return this.#raise(name, count, at);
    if (rule.kind === 'group') return this.#ease({ name, count, rule }, at);
    return count.raised ? [] : this.#drop(name);
  }

  /** Time has passed since the oldest of them: too few are left, or the next one is waited for. */
  #ease({ name, count, rule }: Omit<Step<Group>, 'slot' | 'alarm'>, at: Instant): Observation[] {
    for (const list of count.met) forget(list, (one) => one.at <= at - rule.withinMs);
    if (isOver(count, rule)) return this.#drop(name);
    this.#easeLater(name, count, rule);
    return [];
  }

  #easeLater(name: string, count: Count, rule: Group): void {
    const oldest = count.met.reduce<Instant | undefined>(
      (least, list) => earliest(least, list[0]?.at),
      undefined,
    );
    if (oldest !== undefined) this.#timers.set(`ease ${name}`, after(oldest, rule.withinMs));
  }

  /** An alarm is over: raised ones that are counted are fewer, and what stood on it alone ends. */
  end(alarm: AlarmId): Observation[] {
    const names = this.#of.get(alarm);
    if (names === undefined) return [];
    this.#of.delete(alarm);
    return [...names].flatMap((name) => {
      const count = this.#counts.get(name);
      const rule = count === undefined ? undefined : this.#rules.get(count.rule);
      if (count === undefined || rule === undefined) return [];
      if (rule.kind === 'group') {
        if (rule.counts === 'raises') return [];
        for (const list of count.met) forget(list, (one) => one.alarm === alarm);
        return isOver(count, rule) ? this.#drop(name) : [];
      }
      // What led to it may be over before the rest comes; what was raised ends with the last of them.
      if (rule.kind === 'sequence' && !count.raised) return [];
      for (const list of count.met) forget(list, (one) => one.alarm === alarm);
      return count.met.every((list) => list.length === 0) ? this.#drop(name) : [];
    });
  }

  /** The rules go: everything that they have raised ends. */
  endAll(): Observation[] {
    this.#of.clear();
    return [...this.#counts.keys()].flatMap((name) => this.#drop(name));
  }

  #raise(name: string, count: Count, at: Instant): Observation[] {
    if (count.raised) return [];
    count.raised = true;
    const { raise } = this.#rules.get(count.rule) as CountingRule;
    if (raise.endAfterMs !== undefined) this.#timers.set(`over ${name}`, after(at, raise.endAfterMs));
    const met = [...new Set(count.met.flatMap((list) => list.map((one) => one.alarm)))].sort();
    const attributes = { rule: count.rule, of: met.slice(0, mostNamed).join(', ').slice(0, mostCharacters) };
    return [observed('raise', count, { cause: raise.cause, severity: raise.severity, attributes })];
  }

  #drop(name: string): Observation[] {
    const count = this.#counts.get(name);
    if (count === undefined) return [];
    this.#counts.delete(name);
    for (const what of ['ease', 'await', 'over']) this.#timers.clear(`${what} ${name}`);
    for (const { alarm } of count.met.flat()) {
      const names = this.#of.get(alarm);
      names?.delete(name);
      if (names?.size === 0) this.#of.delete(alarm);
    }
    if (!count.raised) return [];
    const { raise } = this.#rules.get(count.rule) as CountingRule;
    return [observed('clear', count, { cause: raise.cause })];
  }

  snapshot(): OccurrencesSnapshot {
    return { counts: [...this.#counts], crowdedOut: this.#crowdedOut };
  }

  restore({ counts, crowdedOut }: OccurrencesSnapshot): void {
    this.#counts.clear();
    this.#of.clear();
    for (const [name, count] of counts) {
      this.#counts.set(name, count);
      for (const { alarm } of count.met.flat()) {
        const names = this.#of.get(alarm) ?? new Set();
        this.#of.set(alarm, names.add(name));
      }
    }
    this.#crowdedOut = crowdedOut;
  }
}

const mostNamed = 10;
const mostCharacters = 1_000;

function isOver({ met, raised }: Count, { below }: Group): boolean {
  return raised ? (met[0]?.length ?? 0) < below : met.every((list) => list.length === 0);
}

function forget(list: Count['met'][number], isGone: (one: Count['met'][number][number]) => boolean): void {
  for (let i = list.length - 1; i >= 0; i--) if (isGone(list[i]!)) list.splice(i, 1);
}

const observed = (
  event: 'raise' | 'clear',
  { on }: Count,
  rest: Pick<Observation, 'cause' | 'severity' | 'attributes'>,
): Observation => ({ event, resource: on, source: 'api', ...rest });
