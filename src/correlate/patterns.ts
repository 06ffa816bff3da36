/**
 * The stage before the search for causes: alarms that rules hide, keep back for a while, or make an alarm of their own of.
 * Invariants: a hidden alarm stays in the list of alarms and is let go when its reason ends while it is raised; clears
 * always pass; what patterns raise they do not see; state is bounded, and what finds no room is passed on and counted.
 */
import { after, type Instant, instant } from '../base/instant.ts';
import { Sets } from '../base/sets.ts';
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
import { Suppressors, type SuppressorsSnapshot } from './suppressors.ts';
import { limits } from './timing.ts';

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

/** What a gathering of changes leads to. */
interface Ends {
  readonly passed: AlarmChange[];
  readonly derived: Observation[];
  /** Rules and scopes where the last one that suppresses is over. */
  readonly free: Set<string>;
}

interface PatternsSnapshot {
  readonly hidden: readonly (readonly [AlarmId, Hidden])[];
  readonly sources: SuppressorsSnapshot;
  readonly occurrences: OccurrencesSnapshot;
  readonly timers: readonly (readonly [string, Instant])[];
  readonly crowdedOut: number;
  /** Absent in what older versions kept. */
  readonly used?: readonly (readonly [string, RuleUse])[] | undefined;
}

const mostHidden = 100_000;
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
  /** Hidden by what suppresses, by rule and scope, so that they are found without looking at all others. */
  readonly #hiddenIn = new Sets<string, AlarmId>();
  readonly #suppressors = new Suppressors();
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
    this.#rescope();
  }

  /** What stands on other devices now may suppress it no more: it is looked at anew with the next tick. */
  #rescope(): void {
    this.#suppressors.rename((rule, alarm) => this.#scopeOf(rule, alarm));
    this.#gatherHidden();
    for (const [id, hidden] of this.#hidden) {
      const isHeld = this.#timers.dueAt(`hold ${id}`) !== undefined;
      if (!isHeld && this.#byId.get(hidden.rule)?.kind === 'suppress')
        this.#timers.set(`hold ${id}`, instant(0));
    }
  }

  #scopeOf(rule: string, id: AlarmId): string | undefined {
    const [known, alarm] = [this.#byId.get(rule), this.#alarmOf(id)];
    return known === undefined || alarm === undefined ? undefined : this.#keyOf(known, alarm);
  }

  /** All that rules hid is let go, and what they raised ends: the new ones begin anew. */
  setRules(rules: CorrelationRules): Judged {
    if (rules.patterns.length === 0 && this.#rules.patterns.length === 0) {
      this.#rules = rules;
      return { passed: [], derived: nothing };
    }
    const passed = [...this.#hidden.keys()].flatMap((id) => this.#release(id));
    const derived = this.#occurrences.endAll();
    this.#suppressors.clear();
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
    this.#forgetStrangers();
    const { passed, derived } = this.wake(at);
    const out: Ends = { passed: [...passed], derived: [...derived], free: new Set() };
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
    // When all are over that end with one input: most leave others that suppress as well.
    for (const scope of out.free) out.passed.push(...this.#letGo(scope));
    return { passed: out.passed, derived: out.derived };
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
    } else if (rule.kind === 'suppress' && !this.#suppressors.isSuppressed(rule, this.#keyOf(rule, alarm))) {
      if (rule.waitMs === 0) return false;
      until = after(at, rule.waitMs);
    }
    if (this.#hidden.size >= mostHidden) {
      this.#crowdedOut++;
      return false;
    }
    this.#hidden.set(alarm.id, { rule: rule.id, record, source });
    this.#gather(alarm.id, rule.id);
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
      this.#suppressors.isSuppressed(rule, this.#keyOf(rule, alarm))
    )
      return [];
    return this.#release(id);
  }

  #release(id: AlarmId): AlarmChange[] {
    const hidden = this.#hidden.get(id);
    this.#unhide(id);
    const alarm = this.#alarmOf(id);
    if (hidden === undefined || alarm === undefined || alarm.state !== 'raised') return [];
    return [{ kind: 'raised', alarm, record: hidden.record, source: hidden.source }];
  }

  #end({ id }: Alarm, out: Ends): void {
    this.#unhide(id);
    out.derived.push(...this.#occurrences.end(id));
    for (const { rule, key } of this.#suppressors.end(id)) out.free.add(`${rule} ${key}`);
  }

  #unhide(id: AlarmId): void {
    const rule = this.#hidden.get(id)?.rule;
    if (rule === undefined) return;
    this.#hidden.delete(id);
    this.#timers.clear(`hold ${id}`);
    this.#hiddenIn.delete(`${rule} ${this.#scopeOf(rule, id) ?? ''}`, id);
  }

  /** The last of those that suppress there is over: what nothing suppresses any more goes on. */
  #letGo(scope: string): AlarmChange[] {
    const [ruleId = '', ...key] = scope.split(' ');
    const rule = this.#byId.get(ruleId);
    if (rule?.kind !== 'suppress' || this.#suppressors.isSuppressed(rule, key.join(' '))) return [];
    return [...this.#hiddenIn.at(scope)].flatMap((id) =>
      this.#timers.dueAt(`hold ${id}`) === undefined ? this.#release(id) : [],
    );
  }

  #suppresses({ rule, slot }: Use, alarm: Alarm): void {
    const place = { rule: rule.id, slot, key: this.#keyOf(rule, alarm) };
    if (!this.#suppressors.add(place, alarm.id)) this.#crowdedOut++;
  }

  #gatherHidden(): void {
    this.#hiddenIn.clear();
    for (const [id, { rule }] of this.#hidden) this.#gather(id, rule);
  }

  #gather(id: AlarmId, rule: string): void {
    this.#hiddenIn.add(`${rule} ${this.#scopeOf(rule, id) ?? ''}`, id);
  }

  /** Nothing is kept under a place: names of long ago cost no room. */
  #forgetStrangers(): void {
    if (this.#ancestry.strangers <= limits.strangers) return;
    this.#ancestry = new Ancestry(this.#ancestry.topology, this.#ancestry.rules);
    this.#adjacency = new Adjacency(this.#ancestry);
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
      sources: this.#suppressors.snapshot(),
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
    this.#suppressors.restore(sources);
    this.#gatherHidden();
    this.#occurrences.restore(occurrences);
    this.#timers.restore(timers);
    this.#crowdedOut = crowdedOut;
    for (const [rule, use] of used) this.#index.used.set(rule, use);
  }
}
