/**
 * The line: one ordered stream of inputs through the rooms. Reading `#observe` and `#incidents` top to bottom is
 * reading the product.
 *
 * Invariants: no clock, no chance, nothing awaited; the same inputs with the same sequences and instants give the
 * same state, changes and effects byte for byte; no call looks at more than 5,000 subscribers (design L3, L5, L9).
 */
import { Alarms } from '../alarm/alarm.ts';
import { Assessment } from '../assess/assess.ts';
import { neverHappens } from '../base/fault.ts';
import { earliest, type Instant, instant } from '../base/instant.ts';
import { Confirmations } from '../confirm/confirm.ts';
import { Correlation, type CorrelationTiming } from '../correlate/correlate.ts';
import { Dispatch } from '../dispatch/dispatch.ts';
import { Measure } from '../measure/measure.ts';
import type { AlarmChange } from '../model/alarm.ts';
import type { ConfirmationChange } from '../model/confirmation.ts';
import type { IncidentId, SubscriberKey, TicketId } from '../model/ids.ts';
import type { ImpactChange, IncidentChange } from '../model/incident.ts';
import type { Tell } from '../model/notice.ts';
import type { TaskChange } from '../model/task.ts';
import type { TicketChange } from '../model/ticket.ts';
import { type NoticePlan, Notices } from '../notify/notify.ts';
import { Tickets } from '../ticket/ticket.ts';
import { placeSubscribers, type Subscribers } from '../topology/topology.ts';
import type { Applied } from './change.ts';
import type { Contents } from './contents.ts';
import type { Command, Input, Rest } from './input.ts';
import { Pass } from './pass.ts';

export interface LineOptions {
  /** Short name of this line; first part of every id. */
  readonly name: string;
  /** Rises at restore, failover and a forced cut (design L9). */
  readonly epoch: number;
  readonly contents: Contents;
  readonly timing?: Partial<CorrelationTiming> | undefined;
}

export class Line {
  readonly #options: LineOptions;
  readonly #alarms = new Alarms();
  readonly #correlation: Correlation;
  readonly #assessment = new Assessment();
  readonly #tickets = new Tickets();
  readonly #notices = new Notices();
  readonly #confirmations = new Confirmations();
  readonly #dispatch = new Dispatch();
  readonly #measure = new Measure();
  /** Last offset taken of each ingest spool: repeats are dropped by it (design L12). */
  readonly #spools = new Map<string, number>();
  #subscribers: Subscribers | undefined;
  #named: NamedContents = { topologyVersion: 0 };
  #sequence = 0;
  #at: Instant = instant(0);
  #failed = 0;

  constructor(options: LineOptions) {
    this.#options = options;
    this.#correlation = new Correlation(options.timing);
  }

  /** Sequence of the last input applied; 0 at first. */
  get sequence(): number {
    return this.#sequence;
  }

  get at(): Instant {
    return this.#at;
  }

  get topologyVersion(): number {
    return this.#named.topologyVersion;
  }

  /** Hashes of the contents now in force. */
  get named(): NamedContents {
    return this.#named;
  }

  get subscribers(): Subscribers | undefined {
    return this.#subscribers;
  }

  /** Last offset of that spool which an applied input carried; 0 when none. */
  spoolOffset(spool: string): number {
    return this.#spools.get(spool) ?? 0;
  }

  /** Open actionable incidents, raised alarms, and subscribers touched by open incidents. */
  openCounts(): { readonly incidents: number; readonly alarms: number; readonly subscribers: number } {
    const open = this.#correlation.open().filter(({ actionable, state }) => actionable && state !== 'resolved');
    const subscribers = open.reduce((sum, { id }) => sum + this.#touched(id), 0);
    return { incidents: open.length, alarms: this.#alarms.raisedCount, subscribers };
  }

  /** The open incident that covers this subscriber. */
  incidentOf(subscriber: SubscriberKey): IncidentId | undefined {
    return this.#incidentOf(subscriber);
  }

  kpis(): Readonly<Record<string, number>> {
    return { ...this.#measure.kpis(), failedInputs: this.#failed };
  }

  /** When the line wants a `tick`, or undefined. */
  get wakeAt(): Instant | undefined {
    return [
      this.#alarms.wakeAt,
      this.#correlation.wakeAt,
      this.#notices.wakeAt,
      this.#confirmations.wakeAt,
      this.#dispatch.wakeAt,
    ].reduce<Instant | undefined>(earliest, undefined);
  }

  /**
   * Applies one input. A room that throws is a bug: the input is counted as failed and the line goes on, alike in
   * every replay, so that one poisoned input cannot stop the centre.
   */
  apply(sequence: number, at: Instant, input: Input): Applied {
    this.#sequence = sequence;
    this.#at = at;
    const pass = new Pass(`${this.#options.name}.${this.#options.epoch}`, sequence, at);
    try {
      this.#take(input, pass);
    } catch (error) {
      this.#failed++;
      pass.failed = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    }
    const applied = pass.finish();
    this.#measure.take(applied.changes, at);
    this.#measure.told(applied.effects.flatMap((effect) => (effect.kind === 'tell' ? [effect.tell] : [])));
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
        return this.#observe(this.#alarms.observe(input.observation, pass.at), pass);
      }
      case 'topologyVersion':
        return this.#useTopology(input, pass);
      case 'command':
        return this.#command(input.command, input.by, pass);
      case 'subscriberContact':
        return this.#ticketChanges(this.#tickets.contact(input, this.#incidentOf, pass.context), pass);
      case 'subscriberReply':
        return this.#reply(input, pass);
      case 'deskUpdate':
        return this.#ticketChanges(this.#tickets.deskUpdate(input.ticket, input.status, pass.context), pass);
      case 'receipts':
        this.#notices.receipts(input.counts);
        this.#measure.receipts(input.counts);
        for (const { incident, subscriber } of input.unreachable) {
          this.#confirmed(this.#confirmations.unreachable(incident, subscriber, pass.context), pass);
        }
        return;
      case 'testResult':
        return this.#confirmed(
          this.#confirmations.tested(input.subscriber, input.result, pass.context),
          pass,
        );
      case 'staffChange':
        return this.#taskChanges(this.#dispatch.staff(input.staff, pass.context), pass);
      case 'plan':
        return this.#taskChanges(this.#dispatch.plan(input.assignments, pass.context), pass);
      case 'continue':
        return this.#continue(input.rest, pass);
      case 'ruleSet':
        this.#named = { ...this.#named, rules: input.rules };
        return;
      case 'policy':
        return this.#usePolicy(input.policy);
      case 'calendar':
        return this.#useCalendar(input.calendar);
      case 'resumed':
        this.#notices.shift(input.stoppedMs);
        this.#confirmations.shift(input.stoppedMs);
        return;
      case 'clockStepped':
        return;
      case 'tick':
        return this.#tick(pass);
      default:
        return neverHappens(input);
    }
  }

  /** Alarms found their state; now which incident do they belong to? */
  #observe(changes: readonly AlarmChange[], pass: Pass): void {
    pass.alarms(changes);
    this.#incidents(this.#correlation.take(changes, pass.context), pass);
  }

  /** An incident opened, moved or ended: who is touched, which tickets, who is told, who is asked, who works. */
  #incidents(changes: readonly IncidentChange[], pass: Pass): void {
    if (changes.length === 0) return;
    pass.incidents(changes);
    for (const change of changes) {
      pass.alarms(this.#alarms.attach(change.joined, change.incident.id, pass.at));
    }
    const impacts = this.#assessment.take(changes, pass.at);
    pass.impacts(impacts);
    this.#ticketChanges(this.#tickets.onIncident(changes, pass.context), pass);
    this.#attachTickets(impacts, pass);
    this.#plan(this.#notices.onIncident(changes, pass.context), pass);
    this.#plan(this.#notices.onImpact(impacts, pass.context), pass);
    this.#confirmed(this.#confirmations.onImpact(impacts, pass.context), pass);
    this.#taskChanges(this.#dispatch.onIncidents(changes, this.#touched, pass.context), pass);
    this.#confirmed(
      this.#confirmations.onIncident(changes, {
        ...pass.context,
        toldRanges: this.#toldRanges,
        attached: this.#attachedSubscribers,
      }),
      pass,
    );
  }

  #attachTickets(impacts: readonly ImpactChange[], pass: Pass): void {
    const attached = this.#tickets.onImpact(impacts, pass.context);
    this.#ticketChanges(attached.changes, pass);
    pass.left('ticket', attached.rest);
  }

  #plan(plan: NoticePlan, pass: Pass): void {
    for (const tell of plan.tells) pass.effect({ kind: 'tell', tell });
    for (const incident of plan.releases) pass.effect({ kind: 'release', incident });
    for (const { incident, types } of plan.withdrawals) pass.effect({ kind: 'withdraw', incident, types });
    pass.left('notify', plan.rest);
  }

  /** What subscribers said, or did not say in time: tickets and tasks follow, and the incident closes when all have. */
  #confirmed(outcome: ConfirmOutcome, pass: Pass): void {
    pass.confirmations(outcome.changes);
    for (const tell of outcome.tells) pass.effect({ kind: 'tell', tell });
    this.#notices.count(outcome.tells);
    pass.left('confirm', outcome.rest);
    this.#ticketChanges(this.#tickets.answered(outcome.changes, pass.context), pass);
    this.#taskChanges(this.#dispatch.onConfirmations(outcome.changes, this.#ticketOf, pass.context), pass);
    for (const incident of outcome.closable) {
      this.#incidents(this.#correlation.close(incident, pass.context), pass);
    }
  }

  #ticketChanges(changes: readonly TicketChange[], pass: Pass): void {
    pass.tickets(changes);
  }

  /** A task that ends may mean that a line works again: then its subscriber is asked once more. */
  #taskChanges(changes: readonly TaskChange[], pass: Pass): void {
    if (changes.length === 0) return;
    pass.tasks(changes);
    const done = changes.filter((change) => change.kind === 'done');
    if (done.length > 0) this.#confirmed(this.#confirmations.worked(done, pass.context), pass);
  }

  #reply(input: Extract<Input, { kind: 'subscriberReply' }>, pass: Pass): void {
    const { confirmation, reply, channel } = input;
    switch (reply.kind) {
      case 'answer':
        return this.#confirmed(
          this.#confirmations.answer(confirmation, reply.answer, { ...pass.context, channel }),
          pass,
        );
      case 'rating':
        return this.#confirmed(this.#confirmations.rate(confirmation, reply, pass.context), pass);
      case 'stop':
        return this.#confirmed(this.#confirmations.stop(confirmation, pass.context), pass);
      default:
        return neverHappens(reply);
    }
  }

  #command(command: Command, by: string, pass: Pass): void {
    switch (command.kind) {
      case 'acknowledgeAlarm':
        return this.#observe(this.#alarms.acknowledge(command.alarm, by, pass.at), pass);
      case 'unacknowledgeAlarm':
        return this.#observe(this.#alarms.unacknowledge(command.alarm, pass.at), pass);
      case 'shelveAlarm':
        return this.#observe(this.#alarms.shelve(command.alarm, command.until, pass.at), pass);
      case 'clearAlarm':
        return this.#observe(this.#alarms.clear(command.alarm, pass.at), pass);
      case 'reconcile':
        return this.#observe(this.#alarms.reconcile(command, pass.at), pass);
      case 'setEtr': {
        const impacts = this.#assessment.setEtr(command.incident, command, pass.at);
        pass.impacts(impacts);
        this.#attachTickets(impacts, pass);
        return this.#plan(this.#notices.onImpact(impacts, pass.context), pass);
      }
      case 'approveNotices':
        return this.#plan(this.#notices.approve(command.incident, pass.context), pass);
      case 'refuseNotices':
        return this.#plan(this.#notices.refuse(command.incident, pass.context), pass);
      case 'setTicketStatus':
        return this.#ticketChanges(
          this.#tickets.setStatus(command.ticket, command.status, pass.context),
          pass,
        );
      case 'finishTask':
        return this.#taskChanges(this.#dispatch.finish(command.task, command.outcome, pass.context), pass);
      case 'returnTask':
        return this.#taskChanges(this.#dispatch.giveBack(command.task, pass.context), pass);
      default:
        return neverHappens(command);
    }
  }

  #continue(rest: Rest, pass: Pass): void {
    switch (rest.room) {
      case 'ticket': {
        const attached = this.#tickets.continue(rest.token, pass.context);
        this.#ticketChanges(attached.changes, pass);
        return pass.left('ticket', attached.rest);
      }
      case 'notify':
        return this.#plan(this.#notices.continue(rest.token, pass.context), pass);
      case 'confirm':
        return this.#confirmed(this.#confirmations.continue(rest.token, pass.context), pass);
      default:
        return neverHappens(rest);
    }
  }

  #tick(pass: Pass): void {
    this.#observe(this.#alarms.wake(pass.at), pass);
    this.#incidents(this.#correlation.wake(pass.context), pass);
    this.#plan(this.#notices.wake(pass.context), pass);
    this.#confirmed(this.#confirmations.wake(pass.context), pass);
    this.#taskChanges(this.#dispatch.wake(pass.context), pass);
  }

  #useTopology(input: Extract<Input, { kind: 'topologyVersion' }>, pass: Pass): void {
    this.#placeTopology(input.version, input.topology, input.subscribers);
    const impacts = this.#assessment.rebase(pass.at);
    pass.impacts(impacts);
    this.#attachTickets(impacts, pass);
    this.#plan(this.#notices.onImpact(impacts, pass.context), pass);
  }

  #placeTopology(version: number, topologyHash: string, subscribersHash: string): void {
    const topology = this.#options.contents.topology(topologyHash);
    const subscribers = placeSubscribers(topology, this.#options.contents.subscribers(subscribersHash));
    this.#named = {
      ...this.#named,
      topologyVersion: version,
      topology: topologyHash,
      subscribers: subscribersHash,
    };
    this.#subscribers = subscribers;
    this.#correlation.setTopology(topology);
    this.#assessment.setTopology(topology, subscribers, version);
    this.#tickets.setSubscribers(subscribers);
    this.#notices.setSubscribers(subscribers, version);
    this.#confirmations.setSubscribers(subscribers, version);
  }

  #usePolicy(hash: string): void {
    const policy = this.#options.contents.policy(hash);
    this.#named = { ...this.#named, policy: hash };
    this.#alarms.setPolicy(policy);
    this.#assessment.setPolicy(policy);
    this.#notices.setPolicy(policy);
    this.#confirmations.setPolicy(policy);
    this.#dispatch.setPolicy(policy);
  }

  #useCalendar(hash: string): void {
    const calendar = this.#options.contents.calendar(hash);
    this.#named = { ...this.#named, calendar: hash };
    this.#notices.setCalendar(calendar);
    this.#confirmations.setCalendar(calendar);
  }

  readonly #incidentOf = (subscriber: SubscriberKey): IncidentId | undefined => {
    const number = this.#subscribers?.numberOf(subscriber) ?? -1;
    return number < 0 ? undefined : this.#assessment.incidentOf(number);
  };

  readonly #toldRanges = (incident: IncidentId) => this.#notices.toldRanges(incident);
  readonly #attachedSubscribers = (incident: IncidentId) => this.#tickets.attachedSubscribers(incident);
  readonly #touched = (incident: IncidentId): number => this.#assessment.impactOf(incident)?.subscribers ?? 0;
  readonly #ticketOf = (incident: IncidentId, subscriber: SubscriberKey): TicketId | undefined =>
    this.#tickets.openOf(subscriber, incident)?.id;

  /** Hot state as plain JSON; topology, columns and policy are named by hash and loaded again (design L13). */
  snapshot(): LineSnapshot {
    return {
      sequence: this.#sequence,
      at: this.#at,
      failed: this.#failed,
      named: this.#named,
      spools: [...this.#spools].sort(([a], [b]) => (a < b ? -1 : 1)),
      alarm: this.#alarms.snapshot(),
      correlate: this.#correlation.snapshot(),
      assess: this.#assessment.snapshot(),
      ticket: this.#tickets.snapshot(),
      notify: this.#notices.snapshot(),
      confirm: this.#confirmations.snapshot(),
      dispatch: this.#dispatch.snapshot(),
      measure: this.#measure.snapshot(),
    };
  }

  restore(snapshot: LineSnapshot): void {
    const { topology, subscribers, policy, calendar, topologyVersion } = snapshot.named;
    if (policy !== undefined) this.#usePolicy(policy);
    if (calendar !== undefined) this.#useCalendar(calendar);
    if (topology !== undefined && subscribers !== undefined) {
      this.#placeTopology(topologyVersion, topology, subscribers);
    }
    this.#named = snapshot.named;
    this.#sequence = snapshot.sequence;
    this.#at = snapshot.at;
    this.#failed = snapshot.failed;
    this.#spools.clear();
    for (const [spool, offset] of snapshot.spools) this.#spools.set(spool, offset);
    this.#alarms.restore(snapshot.alarm);
    this.#correlation.restore(snapshot.correlate);
    this.#assessment.restore(snapshot.assess);
    this.#tickets.restore(snapshot.ticket);
    this.#notices.restore(snapshot.notify);
    this.#confirmations.restore(snapshot.confirm);
    this.#dispatch.restore(snapshot.dispatch);
    this.#measure.restore(snapshot.measure);
  }
}

interface ConfirmOutcome {
  readonly changes: readonly ConfirmationChange[];
  readonly tells: readonly Tell[];
  readonly closable: readonly IncidentId[];
  readonly rest?: string | undefined;
}

/** Hashes of what is in force. */
export interface NamedContents {
  readonly topologyVersion: number;
  readonly topology?: string | undefined;
  readonly subscribers?: string | undefined;
  readonly policy?: string | undefined;
  readonly calendar?: string | undefined;
  readonly rules?: string | undefined;
}

export interface LineSnapshot {
  readonly sequence: number;
  readonly at: Instant;
  readonly failed: number;
  readonly named: NamedContents;
  readonly spools: readonly (readonly [string, number])[];
  readonly alarm: unknown;
  readonly correlate: unknown;
  readonly assess: unknown;
  readonly ticket: unknown;
  readonly notify: unknown;
  readonly confirm: unknown;
  readonly dispatch: unknown;
  readonly measure: unknown;
}
