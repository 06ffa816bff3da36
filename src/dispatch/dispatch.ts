/**
 * Shares out work: what subscribers' answers and incidents ask for becomes tasks, each given at once to the member of
 * staff with the skill and the least load, or queued until one is free.
 *
 * Invariants: one open task a reason; nobody above his limit; a task is not offered again to who gave it back, unless
 * nobody else knows how; a task whose reason is gone is cancelled while nobody has begun it. Every decision keeps its
 * best candidates in `why`.
 */
import { after, type DurationMs, type Instant } from '../base/instant.ts';
import type { Errand } from '../model/automation.ts';
import type { Answer, Confirmation, ConfirmationChange } from '../model/confirmation.ts';
import type { IdSource, IncidentId, StaffId, SubscriberKey, TaskId, TicketId } from '../model/ids.ts';
import type { FaultKind, Incident, IncidentChange } from '../model/incident.ts';
import type { Policy } from '../model/policy.ts';
import type { Staff, Task, TaskChange, TaskKind, TaskOutcome } from '../model/task.ts';
import { Roster, type RosterSnapshot } from './roster.ts';
import { isPhysical, skillFor } from './skills.ts';
import { WaitingTasks } from './waiting-tasks.ts';

export interface DispatchContext {
  readonly at: Instant;
  readonly ids: IdSource;
}
type Ending = DispatchContext & Pick<Task, 'cause'>;

/** The ticket of a subscriber about an incident. */
export type TicketOf = (incident: IncidentId, subscriber: SubscriberKey) => TicketId | undefined;

interface Wanted {
  readonly kind: TaskKind;
  readonly reason: string;
  readonly within: DurationMs;
  readonly incident?: IncidentId | undefined;
  readonly subscriber?: SubscriberKey | undefined;
  readonly ticket?: TicketId | undefined;
  /** What the kind of work and the fault ask for where it is left out. */
  readonly skill?: string | undefined;
  readonly automation?: string | undefined;
  readonly words?: Task['words'];
}

/** Beyond this no task is made; counted in `refused`. */
const openLimit = 500_000;
/** Incidents whose kind is remembered for late answers. */
const kindLimit = 20_000;

export class Dispatch {
  readonly #tasks = new Map<TaskId, Task>();
  /** Open task of each reason; a repair stays known until its incident ends. */
  readonly #byReason = new Map<string, TaskId>();
  readonly #reasonOf = new Map<TaskId, string>();
  readonly #gaveBack = new Map<TaskId, readonly StaffId[]>();
  readonly #kinds = new Map<IncidentId, FaultKind>();
  readonly #waiting = new WaitingTasks();
  readonly #roster = new Roster();
  #policy: Policy | undefined;
  #refused = 0;

  setPolicy(policy: Policy): void {
    this.#policy = policy;
  }

  /** Nothing here waits for a time: due times are promises, kept by the overdue list. */
  get wakeAt(): Instant | undefined {
    return undefined;
  }

  /** Promises do not move after a stop (design L10). */
  shift(_deltaMs: number): void {}

  /** Tasks not made because there were too many. */
  get refused(): number {
    return this.#refused;
  }

  task(id: TaskId): Task | undefined {
    return this.#tasks.get(id);
  }

  /** Every task that nobody has finished, the oldest first. */
  open(): Iterable<Task> {
    return this.#tasks.values();
  }

  /** What automations ask for. */
  errands(errands: readonly Errand[], context: DispatchContext): TaskChange[] {
    const out: TaskChange[] = [];
    for (const { withinMs: within, skills, ...errand } of errands) {
      const skill = skills.find((one) => this.#roster.knows(one)) ?? skills.at(-1);
      this.#want({ ...errand, within, skill }, context, out);
    }
    return [...out, ...this.#drain()];
  }

  /** Subscribers wait for a person: a question, or a case that is not the incident's. */
  wait(wish: Omit<Wanted, 'within'>, context: DispatchContext): TaskChange[] {
    const out: TaskChange[] = [];
    const within = this.#policy?.dispatch.callBackWithinMs;
    if (within !== undefined) this.#want({ ...wish, within }, context, out);
    return [...out, ...this.#drain()];
  }

  /** The task of this reason, while it is open. */
  taskFor(reason: string): TaskId | undefined {
    return this.#byReason.get(reason);
  }

  /** Errands whose reason has ended; what somebody has begun stays. */
  withdraw(reasons: readonly string[], context: DispatchContext): TaskChange[] {
    const out: TaskChange[] = [];
    for (const reason of reasons) this.#cancel(reason, context.at, out);
    return [...out, ...this.#drain()];
  }

  /** Nothing waits for a time; what waits for people is given out. */
  wake(_context: DispatchContext): TaskChange[] {
    return this.#drain();
  }

  onConfirmations(
    changes: readonly ConfirmationChange[],
    ticketOf: TicketOf,
    context: DispatchContext,
  ): TaskChange[] {
    const out: TaskChange[] = [];
    if (this.#policy === undefined) return out;
    for (const change of changes) {
      const { kind, confirmation } = change;
      const wanted = this.#wantedBy(confirmation);
      for (const work of ['diagnose', 'callBack'] as const) {
        if (wanted?.kind !== work) this.#cancel(`${work} ${confirmation.id}`, context.at, out);
      }
      const ticket = ticketOf(confirmation.incident, confirmation.subscriber) ?? confirmation.ticket;
      if (wanted !== undefined) this.#want({ ...wanted, ticket }, context, out);
      if (kind === 'changed' && change.answer !== undefined) this.#tell(confirmation, change.answer, out);
      if (kind === 'rated') this.#ratingCall(confirmation, ticket, context, out);
    }
    return [...out, ...this.#drain()];
  }

  /** `touched`: how many subscribers the incident affects. */
  onIncidents(
    changes: readonly IncidentChange[],
    touched: (incident: IncidentId) => number,
    context: DispatchContext,
  ): TaskChange[] {
    const out: TaskChange[] = [];
    if (this.#policy === undefined) return out;
    for (const { kind, incident } of changes) {
      this.#remember(incident);
      const isOver = kind === 'resolved' || kind === 'closed' || kind === 'merged';
      const isWork =
        incident.actionable && !incident.planned && (isPhysical(incident.kind) || touched(incident.id) > 0);
      if (isOver || !isWork) this.#endRepair(incident.id, context.at, out);
      else this.#repair(incident, context, out);
    }
    return [...out, ...this.#drain()];
  }

  /** Everybody who was ever named; who left is `off`. */
  roster(): readonly Staff[] {
    return this.#roster.all();
  }

  /** Someone came, left, learnt or changed his limit; who is off has his tasks shared out again. */
  staff(staff: Staff, context: DispatchContext): TaskChange[] {
    const out: TaskChange[] = [];
    this.#roster.put(staff, context.at);
    if (staff.state === 'off') {
      for (const task of [...this.#tasks.values()]) {
        if (task.assignee === staff.id && !hasBegun(task)) this.#queue(task, context.at, out);
      }
    }
    return [...out, ...this.#drain()];
  }

  /** The assignee begins: from now on nobody cancels it silently. */
  start(id: TaskId): TaskChange[] {
    const task = this.#tasks.get(id);
    if (task?.state !== 'accepted') return [];
    const started: Task = { ...task, state: 'active' };
    this.#tasks.set(id, started);
    return [{ kind: 'started', task: started }];
  }

  finish(id: TaskId, outcome: TaskOutcome, context: Ending): TaskChange[] {
    const task = this.#tasks.get(id);
    if (task === undefined) return [];
    const out: TaskChange[] = [];
    const { at: doneAt, cause } = context;
    this.#end({ ...task, state: 'done', outcome, cause, doneAt }, 'done', doneAt, out);
    // A repair that was done is not wanted again while its incident lasts.
    if (task.kind === 'repair') this.#byReason.set(`repair ${task.incident}`, id);
    return [...out, ...this.#drain()];
  }

  /** The assignee cannot do it: somebody else, or the queue. */
  giveBack(id: TaskId, context: DispatchContext): TaskChange[] {
    const task = this.#tasks.get(id);
    if (task?.assignee === undefined) return [];
    const out: TaskChange[] = [];
    this.#gaveBack.set(id, [...(this.#gaveBack.get(id) ?? []), task.assignee]);
    out.push({ kind: 'returned', task: { ...task, state: 'returned', assignee: undefined } });
    this.#queue(task, context.at, out);
    return [...out, ...this.#drain()];
  }

  /** A look-ahead plan: what still waits goes to whom it names, where he is still free (design L17). */
  plan(
    assignments: readonly { readonly task: TaskId; readonly staff: StaffId }[],
    _context: DispatchContext,
  ): TaskChange[] {
    const out: TaskChange[] = [];
    for (const { task: id, staff } of assignments) {
      const task = this.#tasks.get(id);
      if (task?.state !== 'queued' || (this.#gaveBack.get(id) ?? []).includes(staff)) continue;
      if (!this.#roster.isFree(staff) || this.#roster.get(staff)?.skills.includes(task.skill) !== true)
        continue;
      const others = this.#roster.candidates(task.skill, []).filter((other) => other !== staff);
      this.#assign(task, [staff, ...others], out);
    }
    return out;
  }

  snapshot(): DispatchSnapshot {
    return {
      tasks: [...this.#tasks.values()],
      byReason: [...this.#byReason],
      reasons: [...this.#reasonOf],
      gaveBack: [...this.#gaveBack],
      kinds: [...this.#kinds],
      roster: this.#roster.snapshot(),
      refused: this.#refused,
    };
  }

  restore(snapshot: unknown): void {
    const { tasks, byReason, reasons, gaveBack, kinds, roster, refused } = snapshot as DispatchSnapshot;
    for (const map of [this.#tasks, this.#byReason, this.#reasonOf, this.#gaveBack, this.#kinds]) map.clear();
    this.#waiting.clear();
    for (const task of tasks) {
      this.#tasks.set(task.id, task);
      if (task.state === 'queued') this.#waiting.add(task);
    }
    for (const [reason, task] of byReason) this.#byReason.set(reason, task);
    for (const [task, reason] of reasons) this.#reasonOf.set(task, reason);
    for (const [task, staff] of gaveBack) this.#gaveBack.set(task, staff);
    for (const [incident, kind] of kinds) this.#kinds.set(incident, kind);
    this.#roster.restore(roster);
    this.#refused = refused;
  }

  #wantedBy({ id, incident, subscriber, state, sampled, tries = 0 }: Confirmation): Wanted | undefined {
    const { callBackWithinMs, diagnoseWithinMs, ratingCallWithinMs } = this.#policy!.dispatch;
    const call = { kind: 'callBack', reason: `callBack ${id}`, incident, subscriber } as const;
    if (state === 'CALLBACK_QUEUED' || state === 'CALLBACK_ACTIVE') {
      // Who did not take a call is called at another hour, then on another day.
      const within = [callBackWithinMs, diagnoseWithinMs][tries] ?? ratingCallWithinMs;
      return { ...call, within };
    }
    if (state === 'EXPIRED_UNKNOWN' && sampled === true) return { ...call, within: ratingCallWithinMs };
    if (state !== 'STILL_OUT' && state !== 'ESCALATED') return undefined;
    return { kind: 'diagnose', reason: `diagnose ${id}`, within: diagnoseWithinMs, incident, subscriber };
  }

  /** Somebody is at it already: he hears what the subscriber says meanwhile. */
  #tell({ id }: Confirmation, says: Answer, out: TaskChange[]): void {
    const task = this.#tasks.get(this.#byReason.get(`diagnose ${id}`) ?? ('' as TaskId));
    if (task === undefined || task.says === says) return;
    this.#tasks.set(task.id, { ...task, says });
    out.push({ kind: 'told', task: { ...task, says } });
  }

  #ratingCall(
    { id, incident, subscriber, rating }: Confirmation,
    ticket: TicketId | undefined,
    context: DispatchContext,
    out: TaskChange[],
  ): void {
    const { confirm, dispatch } = this.#policy!;
    const reason = `ratingCall ${id}`;
    if (rating === undefined || rating.score > confirm.lowRating) this.#cancel(reason, context.at, out);
    else
      this.#want(
        { kind: 'ratingCall', reason, within: dispatch.ratingCallWithinMs, incident, subscriber, ticket },
        context,
        out,
      );
  }

  #repair(incident: Incident, context: DispatchContext, out: TaskChange[]): void {
    const reason = `repair ${incident.id}`;
    const known = this.#tasks.get(this.#byReason.get(reason) ?? ('' as TaskId));
    // The cause was found to be another: other hands, unless someone is at it already.
    if (known !== undefined && known.skill !== skillFor('repair', incident.kind))
      this.#cancel(reason, context.at, out);
    const { etr, dispatch } = this.#policy!;
    const expected = Object.hasOwn(etr, incident.kind) ? etr[incident.kind] : etr['*'];
    const within = expected?.p80Ms ?? dispatch.diagnoseWithinMs;
    this.#want({ kind: 'repair', reason, within, incident: incident.id }, context, out);
  }

  #endRepair(incident: IncidentId, at: Instant, out: TaskChange[]): void {
    const reason = `repair ${incident}`;
    this.#cancel(reason, at, out);
    const id = this.#byReason.get(reason);
    if (id !== undefined && !this.#tasks.has(id)) this.#byReason.delete(reason);
  }

  #remember(incident: Incident): void {
    this.#kinds.delete(incident.id);
    this.#kinds.set(incident.id, incident.kind);
    if (this.#kinds.size > kindLimit) this.#kinds.delete(this.#kinds.keys().next().value!);
  }

  #want({ kind, reason, within, ...about }: Wanted, context: DispatchContext, out: TaskChange[]): void {
    if (this.#byReason.has(reason)) return;
    if (this.#tasks.size >= openLimit) {
      this.#refused++;
      return;
    }
    const { incident, skill = skillFor(kind, incident && this.#kinds.get(incident)) } = about;
    const task: Task = {
      id: context.ids.next() as TaskId,
      kind,
      state: 'queued',
      ...about,
      skill,
      createdAt: context.at,
      dueAt: after(context.at, within),
      why: [],
    };
    this.#byReason.set(reason, task.id);
    this.#reasonOf.set(task.id, reason);
    this.#queue(task, context.at, out);
  }

  /** Cancels what nobody has begun. */
  #cancel(reason: string, at: Instant, out: TaskChange[]): void {
    const task = this.#tasks.get(this.#byReason.get(reason) ?? ('' as TaskId));
    if (task === undefined || hasBegun(task)) return;
    this.#end({ ...task, state: 'cancelled', doneAt: at }, 'cancelled', at, out);
  }

  #end(task: Task, kind: TaskChange['kind'], at: Instant, out: TaskChange[]): void {
    const before = this.#tasks.get(task.id)!;
    if (before.state === 'queued') this.#waiting.remove(before);
    if (before.assignee !== undefined) this.#roster.freed(before.assignee, at);
    this.#tasks.delete(task.id);
    this.#gaveBack.delete(task.id);
    const reason = this.#reasonOf.get(task.id);
    this.#reasonOf.delete(task.id);
    if (reason !== undefined) this.#byReason.delete(reason);
    out.push({ kind, task });
  }

  #queue(task: Task, at: Instant, out: TaskChange[]): void {
    if (task.assignee !== undefined) this.#roster.freed(task.assignee, at);
    const queued: Task = { ...task, state: 'queued', assignee: undefined, why: [] };
    this.#tasks.set(task.id, queued);
    const candidates = this.#roster.candidates(task.skill, this.#gaveBack.get(task.id) ?? []);
    this.#waiting.add(queued);
    if (candidates.length > 0 && this.#waiting.first(task.skill) === queued)
      this.#assign(queued, candidates, out);
    else out.push({ kind: 'queued', task: queued });
  }

  #assign(task: Task, candidates: readonly StaffId[], out: TaskChange[]): void {
    const why = this.#roster.why(task.skill, candidates);
    const assigned: Task = { ...task, state: 'accepted', assignee: candidates[0]!, why };
    this.#waiting.remove(task);
    this.#tasks.set(task.id, assigned);
    this.#roster.took(candidates[0]!);
    out.push({ kind: 'assigned', task: assigned });
  }

  /** Gives what waits to whom is free, the most urgent of each skill first. */
  #drain(): TaskChange[] {
    const out: TaskChange[] = [];
    for (const task of this.#waiting.inOrder((skill) => this.#roster.candidates(skill, []).length > 0)) {
      const candidates = this.#roster.candidates(task.skill, this.#gaveBack.get(task.id) ?? []);
      if (candidates.length > 0) this.#assign(task, candidates, out);
    }
    return out;
  }
}

const hasBegun = (task: Task): boolean => task.state === 'active' || task.state === 'paused';

interface DispatchSnapshot {
  readonly tasks: readonly Task[];
  readonly byReason: readonly (readonly [string, TaskId])[];
  readonly reasons: readonly (readonly [TaskId, string])[];
  readonly gaveBack: readonly (readonly [TaskId, readonly StaffId[]])[];
  readonly kinds: readonly (readonly [IncidentId, FaultKind])[];
  readonly roster: RosterSnapshot;
  readonly refused: number;
}
