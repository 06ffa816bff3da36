/**
 * The stage behind all others: what the operator wants done when something changes.
 *
 * Invariants: it tells subscribers nothing, a draft is work for a person; it does not see what automations asked for, so
 * that they cannot feed on each other; each acts at most as often as its bound says, and what was stopped is counted;
 * what waits or was asked for goes when its reason has ended; conditions always end and never throw.
 */
import { type CompiledExpression, compileExpression } from '../base/expression.ts';
import { Fault } from '../base/fault.ts';
import { after, type Instant, instant } from '../base/instant.ts';
import { Timers } from '../base/timers.ts';
import type { AutomationAct, AutomationStatus, Errand, Family, WebhookPost } from '../model/automation.ts';
import { localMinutes } from '../model/calendar.ts';
import type { AlarmId, ConfirmationId, IdSource, IncidentId, TaskId, TicketId } from '../model/ids.ts';
import type { Incident } from '../model/incident.ts';
import type { Policy } from '../model/policy.ts';
import { type Automation, type AutomationSet, noAutomations } from './automation.ts';
import { Bound, type BoundSnapshot } from './bound.ts';
import { Doing } from './doing.ts';
import { clockFacts, factsOf, type LineView, type Subject, zoneOf } from './facts.ts';
import { type Held, Memory } from './memory.ts';
import { type Occasion, occasionsIn, type Seen } from './noticing.ts';
import { familyOf, isEndOf, namesOf, type OccasionKind } from './occasions.ts';
import type { Facts } from './text.ts';

export { type AutomationSet, noAutomations } from './automation.ts';
export { compileAutomations } from './compile.ts';
export type { LineView } from './facts.ts';
export type { Seen } from './noticing.ts';
export { automationsSchema } from './schema.ts';

export interface AutomationContext {
  readonly at: Instant;
  readonly ids: IdSource;
}

export interface AutomationOutcome {
  readonly errands: readonly Errand[];
  /** Reasons of errands that nobody needs any more. */
  readonly withdrawn: readonly string[];
  readonly posts: readonly WebhookPost[];
  readonly acts: readonly AutomationAct[];
}

interface Compiled extends Automation {
  readonly holds: CompiledExpression['holds'];
}

interface AutomationsSnapshot {
  readonly held: readonly Held[];
  readonly bounds: readonly (readonly [string, BoundSnapshot])[];
  readonly timers: readonly (readonly [string, Instant])[];
  readonly serial: number;
}

/** Timers taken at once; the rest fall due in the next tick. */
const dueAtOnce = 500;
const dayMs = 86_400_000;

/** What is promised to subscribers and staff: when it lapses, and some time before. */
const promised = ['etr', 'near', 'due'] as const;
const occasionOf = { etr: 'etrPassed', near: 'etrNear', due: 'taskOverdue' } as const;
const nearMs = 20 * 60_000;
const nearForMs = 5 * 60_000;
const nearOf = (to: Instant | undefined): Instant | undefined =>
  to === undefined ? undefined : instant(to - nearMs);

export class Automations {
  readonly #view: LineView;
  #set: AutomationSet = noAutomations;
  #byId: ReadonlyMap<string, Compiled> = new Map();
  #byKind: ReadonlyMap<OccasionKind, readonly Compiled[]> = new Map();
  #watched: ReadonlySet<Seen['family']> = new Set();
  readonly #bounds = new Map<string, Bound>();
  readonly #memory = new Memory();
  readonly #timers = new Timers();
  #lowRating = 0;
  /** Of the instant that was asked for last. */
  #clock: { readonly at: Instant; readonly facts: Facts } | undefined;
  /** Of acts of those that act at each change. */
  #serial = 0;

  constructor(view: LineView) {
    this.#view = view;
  }

  get wakeAt(): Instant | undefined {
    return this.#timers.next;
  }

  /** Of what it wants to be told changes. */
  get watched(): ReadonlySet<Seen['family']> {
    return this.#watched;
  }

  setPolicy({ confirm }: Policy): void {
    this.#lowRating = confirm.lowRating;
  }

  /** The view has another one. */
  calendarChanged(): void {
    this.#clock = undefined;
  }

  /** What those that went had asked for stays; what they waited for does not. */
  setAutomations(set: AutomationSet): void {
    this.#set = set;
    const before = this.#byKind;
    this.#byId = new Map(set.automations.map((one) => [one.id, { ...one, holds: conditionOf(one) }]));
    const byKind = new Map<OccasionKind, Compiled[]>();
    for (const one of this.#byId.values())
      for (const kind of one.on) byKind.set(kind, [...(byKind.get(kind) ?? []), one]);
    this.#byKind = byKind;
    for (const id of this.#bounds.keys()) if (!this.#byId.has(id)) this.#bounds.delete(id);
    for (const held of [...this.#memory.all]) {
      if (this.#byId.has(held.automation)) continue;
      this.#clearTimers(held);
      if (held.isWaiting) this.#memory.remove(held);
    }
    this.#watch();
    this.#setPromises(before);
  }

  /** Waiting and reminders move by the length of a stop, promises and times of the day do not (design L10). */
  shift(deltaMs: number): void {
    this.#timers.shift(deltaMs, (key) => key.startsWith('wait ') || key.startsWith('remind '));
  }

  take(seen: readonly Seen[], context: AutomationContext): AutomationOutcome {
    const doing = new Doing(this.#set, context);
    if (seen.length === 0 && (this.#timers.next ?? Number.POSITIVE_INFINITY) > context.at) return doing;
    const { at } = context;
    this.note(seen, at);
    const kindOf = (resource: string): string => this.#view.kindOf(resource);
    // In a storm of alarms nearly all are nobody's business.
    const isWanted = (kind: OccasionKind, { kind: family, record }: Subject): boolean =>
      this.#byKind.has(kind) || this.#memory.has({ kind: family, id: record.id });
    const occasions = occasionsIn(seen, { at, lowRating: this.#lowRating, kindOf, isWanted });
    for (const occasion of occasions) this.#endBy(occasion, doing);
    for (const occasion of occasions) this.#meet(occasion, doing);
    for (const key of this.#timers.due(at, dueAtOnce)) this.#due(key, doing);
    return doing;
  }

  /** Promises that changes made or moved; nothing is done about the changes themselves. */
  note(seen: readonly Seen[], at: Instant): void {
    for (const { family, change } of seen) {
      if (family === 'impact') this.#promisedBy(change.impact.incident, change.impact.etr?.to, at);
      else if (family === 'task' && change.task.automation === undefined) {
        const isOver = change.kind === 'done' || change.kind === 'cancelled';
        this.#promise('due', change.task.id, { to: isOver ? undefined : change.task.dueAt, at });
      }
    }
  }

  /** In the order of the files. */
  status(at: Instant): readonly AutomationStatus[] {
    return this.#set.automations.map(({ id, on, isShadow, limit }) => {
      const standing = this.#boundOf(id).standing(at, limit.perMs);
      const state = standing.stoppedAt !== undefined ? 'stopped' : isShadow ? 'shadow' : 'active';
      return { id, on, state, limit, ...standing };
    });
  }

  snapshot(): AutomationsSnapshot {
    return {
      held: this.#memory.snapshot(),
      bounds: [...this.#bounds].map(([id, bound]) => [id, bound.snapshot()]),
      timers: this.#timers.entries(),
      serial: this.#serial,
    };
  }

  /** Takes what `snapshot` gave, under the same automations. */
  restore(snapshot: unknown): void {
    const { held, bounds, timers, serial } = snapshot as AutomationsSnapshot;
    this.#memory.restore(held);
    this.#bounds.clear();
    for (const [id, bound] of bounds) this.#boundOf(id).restore(bound);
    this.#timers.restore(timers);
    this.#serial = serial;
    this.#watch();
  }

  #watch(): void {
    const families = new Set<Seen['family']>();
    for (const kind of this.#byKind.keys()) families.add(familyOf(kind));
    for (const { subject } of this.#memory.all) families.add(subject.kind);
    if (families.has('incident')) families.add('impact');
    this.#watched = families;
  }

  /** What is promised already when somebody begins to look at promises; whoever looked before has been told of what is over. */
  #setPromises(before: ReadonlyMap<OccasionKind, unknown>): void {
    const begins = (what: (typeof promised)[number]): boolean =>
      this.#byKind.has(occasionOf[what]) && !before.has(occasionOf[what]);
    for (const [key] of this.#timers.entries())
      if (promised.some((what) => key.startsWith(`${what} `) && !this.#byKind.has(occasionOf[what])))
        this.#timers.clear(key);
    if (begins('etr') || begins('near'))
      for (const { id } of this.#view.openIncidents()) {
        const to = this.#view.impactOf(id)?.etr?.to;
        if (begins('etr')) this.#promise('etr', id, { to });
        if (begins('near')) this.#promise('near', id, { to: nearOf(to) });
      }
    if (begins('due'))
      for (const task of this.#view.openTasks())
        if (task.automation === undefined) this.#promise('due', task.id, { to: task.dueAt });
  }

  #promisedBy(id: IncidentId, to: Instant | undefined, at: Instant): void {
    this.#promise('etr', id, { to, at });
    this.#promise('near', id, { to: nearOf(to), at });
  }

  /** `at`: an instant that is over then was noticed when it came, however often the same is promised again. */
  #promise(
    what: (typeof promised)[number],
    id: string,
    { to, at }: { readonly to: Instant | undefined; readonly at?: Instant },
  ): void {
    if (!this.#byKind.has(occasionOf[what])) return;
    if (to === undefined) this.#timers.clear(`${what} ${id}`);
    else if (at === undefined || to > at) this.#timers.set(`${what} ${id}`, to);
  }

  #endBy({ kind, subject }: Occasion, doing: Doing): void {
    for (const held of this.#memory.of({ kind: subject.kind, id: subject.record.id })) {
      if (!isEndOf(kind, held.on)) continue;
      this.#clearTimers(held);
      this.#memory.remove(held);
      doing.withdrawn.push(...held.errands);
    }
  }

  #meet({ kind, subject }: Occasion, doing: Doing): void {
    for (const automation of this.#byKind.get(kind) ?? []) {
      const once = `${automation.id} ${subject.kind} ${subject.record.id}`;
      const key = automation.isOnce ? once : `${once} ${this.#serial++}`;
      if (this.#memory.get(key) !== undefined) continue;
      const held: Held = {
        ...{ key, automation: automation.id, on: kind },
        subject: { kind: subject.kind, id: subject.record.id },
        isWaiting: automation.afterMs > 0,
        errands: [],
      };
      if (!held.isWaiting) this.#act(automation, { held, subject, doing });
      else if (this.#keep(held)) this.#timers.set(`wait ${key}`, after(doing.at, automation.afterMs));
      else this.#boundOf(automation.id).refuse(doing.at);
    }
  }

  /** False: it found no room. */
  #keep(held: Held): boolean {
    const forgotten = this.#memory.add(held);
    for (const one of forgotten ?? []) this.#clearTimers(one);
    return forgotten !== undefined;
  }

  #act(
    automation: Compiled,
    { held, subject, doing }: { readonly held: Held; readonly subject: Subject; readonly doing: Doing },
  ): void {
    const facts = this.#facts(subject, doing.at);
    const { isShadow, limit } = automation;
    const isWanted = automation.holds(facts);
    const mayAct = isWanted && this.#boundOf(automation.id).takes(doing.at, { ...limit, isShadow });
    held.isWaiting = false;
    if (!mayAct) {
      if (isWanted) doing.stopped(automation, held, subject);
      // It may be so with a later change.
      this.#memory.remove(held);
      return;
    }
    if (this.#memory.get(held.key) === undefined) this.#keep(held);
    for (const [place, action] of automation.do.entries()) {
      if (action.kind !== 'reminder') doing.do(automation, { action, place, held, subject, facts });
      else if (action.afterMs !== undefined)
        this.#timers.set(`remind ${place} ${held.key}`, after(doing.at, action.afterMs));
      else this.#timers.set(`clock ${place} ${held.key}`, this.#nextTime(action.atMinute ?? 0, doing.at));
    }
  }

  #facts(subject: Subject, at: Instant): Facts {
    const view = this.#view;
    if (this.#clock?.at !== at) this.#clock = { at, facts: clockFacts(view, at) };
    return factsOf(subject, { view, at, clock: this.#clock.facts });
  }

  /** When the clock shows that minute of the day next. */
  #nextTime(minute: number, at: Instant): Instant {
    const now = localMinutes(this.#view.calendar, zoneOf(this.#view), at);
    const start = at - (at % 60_000);
    const next = start + (minute - now) * 60_000;
    return instant(next > at ? next : next + dayMs);
  }

  #due(timer: string, doing: Doing): void {
    const [what = '', ...rest] = timer.split(' ');
    if (what === 'etr') return this.#etrDue(rest.join(' ') as IncidentId, doing);
    if (what === 'near') return this.#etrNear(rest.join(' ') as IncidentId, doing);
    if (what === 'due') return this.#taskDue(rest.join(' ') as TaskId, doing);
    const place = what === 'wait' ? undefined : Number(rest.shift());
    const held = this.#memory.get(rest.join(' '));
    const automation = held === undefined ? undefined : this.#byId.get(held.automation);
    const subject = held === undefined ? undefined : this.#find(held.subject);
    if (held === undefined || automation === undefined) return;
    if (subject === undefined) {
      // It is gone without a word of its end.
      this.#memory.remove(held);
      doing.withdrawn.push(...held.errands);
    } else if (place === undefined) this.#act(automation, { held, subject, doing });
    else {
      const action = automation.do[place];
      if (action?.kind !== 'reminder') return;
      doing.do(automation, { action, place, held, subject, facts: this.#facts(subject, doing.at) });
    }
  }

  /** Whatever became of it meanwhile: only what has lapsed is a promise not kept. */
  #etrDue(id: IncidentId, doing: Doing): void {
    const incident = this.#view.incident(id);
    const to = this.#view.impactOf(id)?.etr?.to;
    if (incident === undefined || to === undefined || !isRunning(incident)) return;
    if (to > doing.at) this.#promise('etr', id, { to });
    else this.#meet({ kind: 'etrPassed', subject: { kind: 'incident', record: incident } }, doing);
  }

  /** What was promised for so soon is news itself, and says nothing of a promise that is forgotten. */
  #etrNear(id: IncidentId, doing: Doing): void {
    const incident = this.#view.incident(id);
    const to = this.#view.impactOf(id)?.etr?.to;
    if (incident === undefined || to === undefined || !isRunning(incident)) return;
    const since = doing.at - (to - nearMs);
    if (since < 0) this.#promise('near', id, { to: nearOf(to) });
    else if (since <= nearForMs)
      this.#meet({ kind: 'etrNear', subject: { kind: 'incident', record: incident } }, doing);
  }

  #taskDue(id: TaskId, doing: Doing): void {
    const task = this.#view.task(id);
    if (task !== undefined)
      this.#meet({ kind: 'taskOverdue', subject: { kind: 'task', record: task } }, doing);
  }

  #find({ kind, id }: { readonly kind: Family; readonly id: string }): Subject | undefined {
    const view = this.#view;
    const record = {
      incident: () => view.incident(id as IncidentId),
      alarm: () => view.alarm(id as AlarmId),
      ticket: () => view.ticket(id as TicketId),
      task: () => view.task(id as TaskId),
      confirmation: () => view.confirmation(id as ConfirmationId),
    }[kind]();
    return record === undefined ? undefined : ({ kind, record } as Subject);
  }

  #boundOf(id: string): Bound {
    const known = this.#bounds.get(id);
    if (known !== undefined) return known;
    const bound = new Bound();
    this.#bounds.set(id, bound);
    return bound;
  }

  #clearTimers({ key }: Held): void {
    this.#timers.clear(`wait ${key}`);
    for (let place = 0; place < 8; place++)
      for (const what of ['remind', 'clock']) this.#timers.clear(`${what} ${place} ${key}`);
  }
}

const isRunning = ({ state }: Incident): boolean =>
  state === 'open' || state === 'uncertain' || state === 'mitigated';

function conditionOf({ where, on }: Automation): CompiledExpression['holds'] {
  if (where === undefined) return () => true;
  const compiled = compileExpression(where, namesOf[familyOf(on[0]!)]);
  if ('mistake' in compiled)
    throw new Fault('bug/condition', `not checked at load: ${compiled.mistake.message}`);
  return compiled.holds;
}
