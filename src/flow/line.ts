/**
 * The line: one ordered stream of inputs through the rooms; to read `#observe` and `#incidents` is to read the product.
 *
 * Invariants: no clock, no chance, nothing awaited; the same inputs with the same sequences and instants give the
 * same state, changes and effects byte for byte; no call looks at more than 5,000 subscribers (design L3, L5, L9).
 */
import { neverHappens } from '../base/fault.ts';
import { type Instant, instant } from '../base/instant.ts';
import type { ConfirmOutcome } from '../confirm/confirm.ts';
import type { Judged, RuleUse } from '../correlate/correlate.ts';
import type { AlarmChange } from '../model/alarm.ts';
import type { AlarmLoadReport } from '../model/alarm-load.ts';
import type { AutomationStatus } from '../model/automation.ts';
import type { IncidentId, SubscriberKey, TicketId } from '../model/ids.ts';
import type { ImpactChange, IncidentChange } from '../model/incident.ts';
import type { Tell } from '../model/notice.ts';
import type { Staff, TaskChange } from '../model/task.ts';
import type { NoticePlan } from '../notify/notify.ts';
import type { Subscribers } from '../topology/topology.ts';
import type { Applied } from './applied.ts';
import { carryOut } from './automating.ts';
import type { Input, Rest } from './input.ts';
import { epochOf, type LineOptions } from './line-options.ts';
import { type LineSnapshot, refuseOthers, snapshotSchema } from './line-snapshot.ts';
import { type Onward, obey } from './obeying.ts';
import { owe } from './owing.ts';
import { Pass } from './pass.ts';
import { takeSaid } from './replying.ts';
import { type NamedContents, Rooms } from './rooms.ts';
import { takeBitmap, takeFullBitmap } from './seen-at-once.ts';
import { toldRanges } from './told-of.ts';

export class Line {
  readonly #options: LineOptions;
  readonly #rooms: Rooms;
  /** Last offset taken of each ingest spool: repeats are dropped by it (design L12). */
  readonly #spools = new Map<string, number>();
  readonly #onward: Onward = {
    observed: (changes, pass) => this.#observe(changes, pass),
    reassessed: (impacts, pass) => this.#reassessed(impacts, pass),
    regrouped: (changes, pass) => this.#incidents(changes, pass),
    attachTickets: (pass) => this.#attachTickets([], pass),
    planned: (plan, pass) => this.#plan(plan, pass),
    tasksChanged: (changes, pass) => this.#taskChanges(changes, pass),
    confirmed: (outcome, pass) => this.#confirmed(outcome, pass),
    incidentOf: (subscriber) => this.incidentOf(subscriber),
  };
  #sequence = 0;
  #at: Instant = instant(0);
  #failed = 0;

  constructor(options: LineOptions) {
    this.#options = options;
    this.#rooms = new Rooms(options.contents, options.timing);
  }

  /** Sequence of the last input applied; 0 at first. */
  get sequence(): number {
    return this.#sequence;
  }

  get at(): Instant {
    return this.#at;
  }

  get topologyVersion(): number {
    return this.#rooms.named.topologyVersion;
  }

  /** Hashes of the contents now in force. */
  get named(): NamedContents {
    return this.#rooms.named;
  }

  get subscribers(): Subscribers | undefined {
    return this.#rooms.subscribers;
  }

  get staff(): readonly Staff[] {
    return this.#rooms.dispatch.roster();
  }

  /** Last offset of that spool which an applied input carried; 0 when none. */
  spoolOffset(spool: string): number {
    return this.#spools.get(spool) ?? 0;
  }

  /** Open actionable incidents, raised alarms, and subscribers touched by open incidents. */
  openCounts(): { readonly incidents: number; readonly alarms: number; readonly subscribers: number } {
    const open = this.#rooms.correlation.openActionable();
    const subscribers = open.reduce((sum, id) => sum + this.#touched(id), 0);
    return { incidents: open.length, alarms: this.#rooms.alarms.raisedCount, subscribers };
  }

  /** How often each pattern rule was asked and fitted, since these rules are in force. */
  patternsUsed(): ReadonlyMap<string, RuleUse> {
    return this.#rooms.patterns.used;
  }

  /** How each automation stands. */
  automations(at: Instant): readonly AutomationStatus[] {
    return this.#rooms.automations.status(at);
  }

  /** Why a person must release the notices of an incident, and when they leave without. */
  noticeGuard = (incident: IncidentId, at: Instant) => this.#rooms.noticeGuard(incident, at);

  kpis(): Readonly<Record<string, number>> {
    return { ...this.#rooms.kpis(), failedInputs: this.#failed };
  }

  /** What an operator position was shown until the last input. */
  alarmLoad(): AlarmLoadReport {
    return this.#rooms.measure.alarmLoad(this.#at);
  }

  /** When the line wants a `tick`, or undefined. */
  get wakeAt(): Instant | undefined {
    return this.#rooms.wakeAt;
  }

  /**
   * Applies one input. A room that throws is a bug: the input is counted as failed and the line goes on, alike in
   * every replay, so that one poisoned input cannot stop the centre.
   */
  apply(sequence: number, at: Instant, input: Input): Applied {
    this.#sequence = sequence;
    this.#at = at;
    const { automations } = this.#rooms;
    const prefix = `${this.#options.name}.${epochOf(this.#options, sequence)}`;
    const pass = new Pass(prefix, { sequence, at }, automations.watched);
    try {
      this.#take(input, pass);
      this.#automate(pass);
    } catch (error) {
      this.#failed++;
      pass.failed = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    }
    const applied = pass.finish();
    this.#rooms.measure.take(applied.changes, at);
    this.#rooms.measure.told(pass.tells);
    return applied;
  }

  #take(input: Input, pass: Pass): void {
    switch (input.kind) {
      case 'observation': {
        const spool = input.spool;
        if (spool !== undefined) {
          pass.spool = spool;
          if (spool.offset <= this.spoolOffset(spool.id)) return;
          this.#spools.set(spool.id, spool.offset);
        }
        return this.#observe(this.#rooms.alarms.observe(input.observation, pass.at), pass);
      }
      case 'bitmap':
        return this.#observe(takeBitmap(this.#rooms.alarms, input.bitmap, pass.at), pass);
      case 'fullBitmap':
        return this.#observe(takeFullBitmap(this.#rooms.alarms, input.bitmap, pass.at), pass);
      case 'topologyVersion':
        return this.#useTopology(input, pass);
      case 'command':
        pass.order = { by: input.by, command: input.command };
        return obey(input, this.#rooms, this.#onward, pass);
      case 'subscriberContact':
      case 'subscriberReply':
      case 'subscriberSays':
        return takeSaid(input, this.#rooms, this.#onward, pass);
      case 'deskUpdate':
        pass.tickets(this.#rooms.tickets.deskUpdate(input.ticket, input.status, pass.context));
        return this.#attachTickets([], pass);
      case 'receipts':
        this.#rooms.takeReceipts(input.counts);
        for (const { incident, subscriber } of input.unreachable) {
          this.#confirmed(this.#rooms.confirmations.unreachable(incident, subscriber, pass.context), pass);
        }
        return;
      case 'testResult':
        return this.#confirmed(
          this.#rooms.confirmations.tested(input.subscriber, input.result, pass.context),
          pass,
        );
      case 'staffChange':
        return this.#taskChanges(this.#rooms.dispatch.staff(input.staff, pass.context), pass);
      case 'plan':
        return this.#taskChanges(this.#rooms.dispatch.plan(input.assignments, pass.context), pass);
      case 'continue':
        return this.#continue(input.rest, pass);
      case 'ruleSet':
        return this.#judged(this.#rooms.useRules(input.rules), pass);
      case 'subscriberFacts':
      case 'automationSet':
      case 'policy':
      case 'calendar':
        return this.#rooms.use(input);
      case 'resumed':
        this.#rooms.shift(input.stoppedMs);
        this.#rooms.correlation.resume(pass.at, input.stoppedMs);
        return this.#ask(pass);
      case 'clockStepped':
        return;
      case 'tick':
        return this.#tick(pass);
      default:
        return neverHappens(input);
    }
  }

  /** Alarms found their state; what do patterns make of them? */
  #observe(changes: readonly AlarmChange[], pass: Pass): void {
    pass.alarms(changes);
    const ended = changes.flatMap((change) => {
      if (change.kind !== 'alive' || !change.below) return [];
      return this.#rooms.alarms.endWithProofOfLife(this.#rooms.below(change.resource), pass.at);
    });
    pass.alarms(ended);
    this.#judged(this.#rooms.patterns.take(changes, ended, pass.at), pass);
  }

  /** What rules raise themselves becomes alarms, too; now which incident does all that belong to? */
  #judged({ passed, derived }: Judged, pass: Pass): void {
    const own = this.#rooms.alarms.observeAll(derived, pass.at);
    pass.alarms(own);
    this.#incidents(this.#rooms.correlation.take([...passed, ...own], pass.context), pass);
  }

  #ask(pass: Pass): void {
    for (const measurement of this.#rooms.correlation.takeAsks())
      pass.effect({ kind: 'observe', measurement });
  }

  /** An incident opened, moved or ended: who is touched, which tickets, who is told, who is asked, who works. */
  #incidents(changes: readonly IncidentChange[], pass: Pass): void {
    this.#ask(pass);
    if (changes.length === 0) return;
    pass.incidents(changes);
    for (const change of changes) {
      pass.alarms(this.#rooms.alarms.attach(change.joined, change.incident.id, pass.at));
    }
    const impacts = this.#rooms.assessment.take(changes, pass.at);
    pass.impacts(impacts);
    pass.tickets(this.#rooms.tickets.onIncident(changes, pass.context));
    this.#attachTickets(impacts, pass);
    this.#plan(this.#rooms.notices.onIncident(changes, pass.context), pass);
    this.#plan(this.#rooms.notices.onImpact(impacts, pass.context), pass);
    this.#owe(this.#rooms.compensations.take(changes, impacts, pass.at), pass);
    this.#confirmed(this.#rooms.confirmations.onImpact(impacts, pass.context), pass);
    this.#taskChanges(this.#rooms.dispatch.onIncidents(changes, this.#touched, pass.context), pass);
    this.#confirmed(
      this.#rooms.confirmations.onIncident(changes, {
        ...pass.context,
        toldRanges: (incident) => toldRanges(this.#rooms, incident),
        attached: this.#attachedSubscribers,
      }),
      pass,
    );
  }

  #owe(outcome: Parameters<typeof owe>[0], pass: Pass): void {
    for (const plan of owe(outcome, this.#rooms, pass)) this.#plan(plan, pass);
  }

  #attachTickets(impacts: readonly ImpactChange[], pass: Pass): void {
    const attached = this.#rooms.tickets.onImpact(impacts, pass.context);
    pass.tickets(attached.changes);
    pass.left('ticket', attached.rest);
  }

  #plan(plan: NoticePlan, pass: Pass): void {
    this.#tell(plan.tells, pass);
    for (const incident of plan.releases) pass.effect({ kind: 'release', incident });
    for (const { incident, types } of plan.withdrawals) pass.effect({ kind: 'withdraw', incident, types });
    pass.left('notify', plan.rest);
  }

  #tell(tells: readonly Tell[], pass: Pass): void {
    for (const tell of tells) pass.effect({ kind: 'tell', tell: this.#rooms.orTrial(tell) });
  }

  /** What subscribers said, or did not say in time: tickets and tasks follow, and the incident closes when all have. */
  #confirmed(outcome: ConfirmOutcome, pass: Pass): void {
    pass.confirmations(outcome.changes);
    this.#tell(outcome.tells, pass);
    this.#rooms.notices.count(outcome.tells);
    pass.left('confirm', outcome.rest);
    pass.tickets(this.#rooms.tickets.answered(outcome.changes, pass.context));
    this.#taskChanges(
      this.#rooms.dispatch.onConfirmations(outcome.changes, this.#ticketOf, pass.context),
      pass,
    );
    const probed = this.#rooms.words.probed(outcome.changes);
    if (probed.length > 0) this.#observe(probed, pass);
    for (const incident of outcome.closable) {
      this.#incidents(this.#rooms.correlation.close(incident, pass.context), pass);
    }
  }

  /** A task that ends may mean that a line works again: then its subscriber is asked once more. */
  #taskChanges(changes: readonly TaskChange[], pass: Pass): void {
    if (changes.length === 0) return;
    pass.tasks(changes);
    this.#reassessed(this.#rooms.assessment.onTasks(changes, pass.at), pass);
    const done = changes.filter(({ kind }) => kind === 'done' || kind === 'started');
    if (done.length > 0) this.#confirmed(this.#rooms.confirmations.worked(done, pass.context), pass);
  }

  /** What operators want done about all that; what comes of it they do not act on again. */
  #automate(pass: Pass): void {
    const { automations } = this.#rooms;
    const changes = carryOut(automations.take(pass.takeSeen(), pass.context), this.#rooms, pass);
    this.#taskChanges(changes, pass);
    automations.note(pass.takeSeen(), pass.at);
  }

  #continue(rest: Rest, pass: Pass): void {
    switch (rest.room) {
      case 'ticket': {
        const attached = this.#rooms.tickets.continue(rest.token, pass.context);
        pass.tickets(attached.changes);
        return pass.left('ticket', attached.rest);
      }
      case 'notify':
        return this.#plan(this.#rooms.continueNotices(rest.token, pass.context), pass);
      case 'confirm':
        return this.#confirmed(this.#rooms.confirmations.continue(rest.token, pass.context), pass);
      case 'compensate':
        return this.#owe(this.#rooms.compensations.continue(rest.token), pass);
      default:
        return neverHappens(rest);
    }
  }

  #tick(pass: Pass): void {
    this.#observe(this.#rooms.alarms.wake(pass.at), pass);
    this.#judged(this.#rooms.patterns.wake(pass.at), pass);
    this.#incidents(this.#rooms.correlation.wake(pass.context), pass);
    this.#reassessed(this.#rooms.assessment.wake(pass.at), pass);
    this.#plan(this.#rooms.notices.wake(pass.context), pass);
    this.#plan(this.#rooms.worksNotices.wake(pass.at), pass);
    this.#owe(this.#rooms.compensations.wake(pass.at), pass);
    this.#confirmed(this.#rooms.confirmations.wake(pass.context), pass);
    this.#taskChanges(this.#rooms.dispatch.wake(pass.context), pass);
  }

  #useTopology(input: Extract<Input, { kind: 'topologyVersion' }>, pass: Pass): void {
    this.#rooms.useTopology(input);
    this.#reassessed(this.#rooms.assessment.rebase(pass.at), pass);
    this.#plan(this.#rooms.worksNotices.changed(pass.at), pass);
  }

  /** Who is touched, or until when, was judged anew without news of the incident itself. */
  #reassessed(impacts: readonly ImpactChange[], pass: Pass): void {
    if (impacts.length === 0) return;
    pass.impacts(impacts);
    this.#attachTickets(impacts, pass);
    this.#plan(this.#rooms.notices.onImpact(impacts, pass.context), pass);
    this.#owe(this.#rooms.compensations.take([], impacts, pass.at), pass);
  }

  /** The open incident that covers this subscriber. */
  readonly incidentOf = (subscriber: SubscriberKey): IncidentId | undefined => {
    const number = this.#rooms.subscribers?.numberOf(subscriber) ?? -1;
    return number < 0 ? undefined : this.#rooms.assessment.incidentOf(number);
  };

  /** What this subscriber may be told now. */
  readonly outageOf = (subscriber: SubscriberKey) =>
    this.#rooms.outageOf(subscriber, this.incidentOf(subscriber));

  readonly #attachedSubscribers = (incident: IncidentId) => this.#rooms.tickets.attachedSubscribers(incident);
  readonly #touched = (incident: IncidentId): number =>
    this.#rooms.assessment.impactOf(incident)?.subscribers ?? 0;
  readonly #ticketOf = (incident: IncidentId, subscriber: SubscriberKey): TicketId | undefined =>
    this.#rooms.tickets.openOf(subscriber, incident)?.id;

  /** Hot state as plain JSON (design L13). */
  snapshot(): LineSnapshot {
    return {
      schema: snapshotSchema,
      sequence: this.#sequence,
      at: this.#at,
      failed: this.#failed,
      spools: [...this.#spools].sort(([a], [b]) => (a < b ? -1 : 1)),
      rooms: this.#rooms.snapshot(),
    };
  }

  /** Throws a Fault `journal/snapshot-schema` for the state of another version of the rooms. */
  restore(snapshot: LineSnapshot): void {
    refuseOthers(snapshot);
    this.#rooms.restore(snapshot.rooms);
    this.#sequence = snapshot.sequence;
    this.#at = snapshot.at;
    this.#failed = snapshot.failed;
    this.#spools.clear();
    for (const [spool, offset] of snapshot.spools) this.#spools.set(spool, offset);
  }
}
