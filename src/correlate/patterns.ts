/**
 * The stage before the search for causes: alarms that rules hide, keep back for a while, or make an alarm of their own of.
 * Invariants: a hidden alarm stays in the list of alarms and is let go when its reason ends while it is raised; clears
 * always pass; what patterns raise they do not see; state is bounded, and what finds no room is passed on and counted.
 */
import { after, type Instant } from '../base/instant.ts';
import { Timers } from '../base/timers.ts';
import type { Alarm, AlarmChange } from '../model/alarm.ts';
import { type Calendar, quietUntil, weekdayAt } from '../model/calendar.ts';
import type { AlarmId, ResourceId } from '../model/ids.ts';
import type { Observation, ObservationSource } from '../model/observation.ts';
import { emptyTopology, type Topology } from '../topology/topology.ts';
import { Adjacency } from './adjacency.ts';
import { Ancestry } from './ancestry.ts';
import { MatcherIndex, type RuleUse, type Use } from './matcher.ts';
import { Occurrences, type OccurrencesSnapshot } from './occurrences.ts';
import type { PatternRule } from './pattern-rules.ts';
import { RuleTable } from './rule-table.ts';
import type { CorrelationRules } from './rules.ts';

/** What goes on to the search for causes, and what is observed by the rules themselves. */
export interface Judged {
  readonly passed: readonly AlarmChange[];
  readonly derived: readonly Observation[];
}

type Raised = Extract<AlarmChange, { readonly kind: 'raised' | 'repeated' }>;

interface Hidden {
  readonly rule: string;
  readonly record: string;
  readonly source: ObservationSource;
}

interface PatternsSnapshot {
  readonly hidden: readonly (readonly [AlarmId, Hidden])[];
  readonly sources: readonly (readonly [string, readonly AlarmId[]])[];
  readonly occurrences: OccurrencesSnapshot;
  readonly timers: readonly (readonly [string, Instant])[];
  readonly crowdedOut: number;
  /** Absent in what older versions kept. */
  readonly used?: readonly (readonly [string, RuleUse])[] | undefined;
}

const mostHidden = 100_000;
const mostSources = 100_000;
const nothing: readonly Observation[] = [];

export class Patterns {
  #rules: CorrelationRules;
  #byId: ReadonlyMap<string, PatternRule> = new Map();
  #index = new MatcherIndex([]);
  #own: ReadonlySet<string> = new Set();
  #ancestry: Ancestry;
  #adjacency: Adjacency;
  #calendar: Calendar = { zones: {} };
  readonly #alarmOf: (id: AlarmId) => Alarm | undefined;
  readonly #hidden = new Map<AlarmId, Hidden>();
  /** Raised alarms that suppress others, by rule, matcher and scope. */
  readonly #sources = new Map<string, Set<AlarmId>>();
  readonly #timers = new Timers();
  readonly #occurrences = new Occurrences(this.#timers);
  #crowdedOut = 0;

  /** `alarmOf` answers an alarm as it is now. */
  constructor(rules: CorrelationRules, alarmOf: (id: AlarmId) => Alarm | undefined) {
    this.#alarmOf = alarmOf;
    this.#rules = rules;
    this.#ancestry = new Ancestry(emptyTopology(), new RuleTable(rules));
    this.#adjacency = new Adjacency(this.#ancestry);
    this.#use(rules);
  }

  get wakeAt(): Instant | undefined {
    return this.#timers.next;
  }

  /** Alarms that found no room and were passed on, and counts that had to make room for others. */
  get crowdedOut(): number {
    return this.#crowdedOut + this.#occurrences.crowdedOut;
  }

  /** By rule, since these rules are in force. */
  get used(): ReadonlyMap<string, RuleUse> {
    return this.#index.used;
  }

  setCalendar(calendar: Calendar): void {
    this.#calendar = calendar;
  }

  setTopology(topology: Topology): void {
    this.#ancestry = new Ancestry(topology, this.#ancestry.rules);
    this.#adjacency = new Adjacency(this.#ancestry);
  }

  /** All that rules hid is let go, and what they raised ends: the new ones begin anew. */
  setRules(rules: CorrelationRules): Judged {
    if (rules.patterns.length === 0 && this.#rules.patterns.length === 0) {
      this.#rules = rules;
      return { passed: [], derived: nothing };
    }
    const passed = [...this.#hidden.keys()].flatMap((id) => this.#release(id));
    const derived = this.#occurrences.endAll();
    this.#sources.clear();
    for (const [key] of this.#timers.entries()) this.#timers.clear(key);
    this.#use(rules);
    return { passed, derived };
  }

  #use(rules: CorrelationRules): void {
    const { patterns } = rules;
    this.#rules = rules;
    this.#byId = new Map(patterns.map((rule) => [rule.id, rule]));
    this.#occurrences.use(this.#byId);
    this.#index = new MatcherIndex(patterns);
    this.#own = new Set(patterns.flatMap((rule) => ('raise' in rule ? [rule.raise.cause] : [])));
  }

  /** `ended` are alarms that ended beside these changes. */
  take(changes: readonly AlarmChange[], ended: readonly AlarmChange[], at: Instant): Judged {
    if (this.#byId.size === 0) return { passed: changes, derived: nothing };
    const { passed, derived } = this.wake(at);
    const out = { passed: [...passed], derived: [...derived] };
    for (const change of changes) {
      if (change.kind === 'raised' || change.kind === 'repeated') {
        if (this.#own.has(change.alarm.cause) || !this.#meet(change, at, out.derived))
          out.passed.push(change);
      } else {
        out.passed.push(change);
        if (change.kind === 'cleared') this.#end(change.alarm, out);
      }
    }
    for (const change of ended) if (change.kind === 'cleared') this.#end(change.alarm, out);
    return out;
  }

  wake(at: Instant): Judged {
    const passed: AlarmChange[] = [];
    const derived: Observation[] = [];
    for (const key of this.#timers.due(at)) {
      const [what, ...rest] = key.split(' ');
      if (what === 'hold') passed.push(...this.#holdEnds(rest.join(' ') as AlarmId));
      else derived.push(...this.#occurrences.due(key, at));
    }
    return { passed, derived };
  }

  /** True: it is hidden. */
  #meet(change: Raised, at: Instant, derived: Observation[]): boolean {
    const { alarm } = change;
    const uses = this.#index.usesOf(alarm, at, () =>
      this.#ancestry.kindOf(this.#ancestry.placeOf(alarm.resource)),
    );
    let hiding: PatternRule | undefined;
    for (const use of uses) {
      const { rule, slot } = use;
      if (rule.kind === 'suppress' && slot > 0) this.#suppresses(use, alarm);
      else if (rule.kind === 'suppress' || rule.kind === 'window' || rule.kind === 'calendar')
        hiding ??= rule;
      else {
        const key = this.#keyOf(rule, alarm);
        const on = (rule.raise.on ?? (rule.by === 'resource' ? alarm.resource : key)) as ResourceId;
        derived.push(...this.#occurrences.meet({ use, alarm, key, on }, at));
      }
    }
    if (this.#hidden.has(alarm.id)) return true;
    // What causes are looked for of already is not taken back.
    return change.kind === 'raised' && hiding !== undefined && this.#hides(hiding, change, at);
  }

  #hides(rule: PatternRule, { alarm, record, source }: Raised, at: Instant): boolean {
    let until: Instant | undefined;
    if (rule.kind === 'window') until = after(at, rule.holdMs);
    else if (rule.kind === 'calendar') {
      until = this.#mutedUntil(rule, at);
      if (until === undefined) return false;
    } else if (rule.kind === 'suppress' && !this.#isSuppressed(rule, this.#keyOf(rule, alarm))) {
      if (rule.waitMs === 0) return false;
      until = after(at, rule.waitMs);
    }
    if (this.#hidden.size >= mostHidden) {
      this.#crowdedOut++;
      return false;
    }
    this.#hidden.set(alarm.id, { rule: rule.id, record, source });
    if (until !== undefined) this.#timers.set(`hold ${alarm.id}`, until);
    return true;
  }

  #mutedUntil(rule: Extract<PatternRule, { kind: 'calendar' }>, at: Instant): Instant | undefined {
    const zone = rule.zone ?? Object.keys(this.#calendar.zones).sort()[0];
    if (!rule.days.includes(weekdayAt(this.#calendar, zone, at))) return undefined;
    return quietUntil(this.#calendar, { zone, quiet: rule.hours }, at);
  }

  /** A time is over: let go, unless it was only waited for what suppresses it and that has come. */
  #holdEnds(id: AlarmId): AlarmChange[] {
    const hidden = this.#hidden.get(id);
    const rule = hidden === undefined ? undefined : this.#byId.get(hidden.rule);
    const alarm = this.#alarmOf(id);
    if (
      rule?.kind === 'suppress' &&
      alarm !== undefined &&
      this.#isSuppressed(rule, this.#keyOf(rule, alarm))
    )
      return [];
    return this.#release(id);
  }

  #release(id: AlarmId): AlarmChange[] {
    const hidden = this.#hidden.get(id);
    this.#hidden.delete(id);
    this.#timers.clear(`hold ${id}`);
    const alarm = this.#alarmOf(id);
    if (hidden === undefined || alarm === undefined || alarm.state !== 'raised') return [];
    return [{ kind: 'raised', alarm, record: hidden.record, source: hidden.source }];
  }

  #end(alarm: Alarm, out: { readonly passed: AlarmChange[]; readonly derived: Observation[] }): void {
    this.#hidden.delete(alarm.id);
    this.#timers.clear(`hold ${alarm.id}`);
    out.derived.push(...this.#occurrences.end(alarm.id));
    for (const [name, held] of this.#sources) {
      if (!held.delete(alarm.id)) continue;
      if (held.size === 0) this.#sources.delete(name);
      out.passed.push(...this.#letGo(name.split(' ')[0]!));
    }
  }

  /** One of those that suppress is over: what nothing suppresses any more goes on. */
  #letGo(ruleId: string): AlarmChange[] {
    const rule = this.#byId.get(ruleId);
    if (rule?.kind !== 'suppress') return [];
    return [...this.#hidden].flatMap(([id, hidden]) => {
      const alarm = hidden.rule === ruleId ? this.#alarmOf(id) : undefined;
      if (alarm === undefined || this.#timers.dueAt(`hold ${id}`) !== undefined) return [];
      return this.#isSuppressed(rule, this.#keyOf(rule, alarm)) ? [] : this.#release(id);
    });
  }

  #suppresses({ rule, slot }: Use, alarm: Alarm): void {
    const name = `${rule.id} ${slot} ${this.#keyOf(rule, alarm)}`;
    const known = this.#sources.get(name);
    if (known !== undefined) known.add(alarm.id);
    else if (this.#sources.size < mostSources) this.#sources.set(name, new Set([alarm.id]));
    else this.#crowdedOut++;
  }

  #isSuppressed(rule: Extract<PatternRule, { kind: 'suppress' }>, key: string): boolean {
    return rule.while.every((_, i) => {
      const held = this.#sources.get(`${rule.id} ${i + 1} ${key}`) ?? [];
      return [...held].some((id) => this.#alarmOf(id)?.state === 'raised');
    });
  }

  #keyOf({ by }: PatternRule, { resource }: Alarm): string {
    if (by === 'network') return '*';
    if (by === 'resource') return resource;
    if (by === 'device') return this.#adjacency.devicesOf(resource)[0] ?? resource;
    const place = this.#ancestry.placeOf(resource);
    return place < 0 ? resource : this.#ancestry.idOf(this.#ancestry.headOf(place));
  }

  snapshot(): PatternsSnapshot {
    return {
      hidden: [...this.#hidden],
      sources: [...this.#sources].map(([name, held]) => [name, [...held]]),
      occurrences: this.#occurrences.snapshot(),
      timers: this.#timers.entries(),
      crowdedOut: this.#crowdedOut,
      used: [...this.#index.used],
    };
  }

  /** Takes what `snapshot` gave, under the same rules. */
  restore(snapshot: unknown): void {
    const { hidden, sources, occurrences, timers, crowdedOut, used = [] } = snapshot as PatternsSnapshot;
    this.#hidden.clear();
    for (const [id, one] of hidden) this.#hidden.set(id, one);
    this.#sources.clear();
    for (const [name, held] of sources) this.#sources.set(name, new Set(held));
    this.#occurrences.restore(occurrences);
    this.#timers.restore(timers);
    this.#crowdedOut = crowdedOut;
    for (const [rule, use] of used) this.#index.used.set(rule, use);
  }
}
