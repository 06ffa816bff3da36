/** All rooms of the line with the contents in force, set and saved together. */
import { Alarms } from '../alarm/alarm.ts';
import { Assessment } from '../assess/assess.ts';
import { Automations } from '../automate/automate.ts';
import { neverHappens } from '../base/fault.ts';
import { earliest, type Instant } from '../base/instant.ts';
import { Compensations } from '../compensate/compensate.ts';
import { Confirmations } from '../confirm/confirm.ts';
import { Correlation, type CorrelationTiming, type Judged, Patterns } from '../correlate/correlate.ts';
import { Dispatch } from '../dispatch/dispatch.ts';
import { Measure } from '../measure/measure.ts';
import type { AlarmChange } from '../model/alarm.ts';
import type { Calendar } from '../model/calendar.ts';
import { type IncidentId, type ResourceId, resourceId, type SubscriberKey } from '../model/ids.ts';
import type { Tell } from '../model/notice.ts';
import {
  type NoticeContext,
  type NoticePlan,
  Notices,
  WorksNotices,
  type WorksSnapshot,
  worksToken,
} from '../notify/notify.ts';
import { Tickets } from '../ticket/ticket.ts';
import {
  type ChangedFactsSnapshot,
  placeSubscribers,
  type Subscribers,
  type Topology,
} from '../topology/topology.ts';
import { viewOf } from './automating.ts';
import type { Contents } from './contents.ts';
import type { Input } from './input.ts';
import { SubscriberWords } from './subscriber-words.ts';

/** Hashes of what is in force. */
export interface NamedContents {
  readonly topologyVersion: number;
  readonly topology?: string | undefined;
  readonly subscribers?: string | undefined;
  readonly policy?: string | undefined;
  readonly calendar?: string | undefined;
  readonly rules?: string | undefined;
  readonly automations?: string | undefined;
}

export interface RoomsSnapshot {
  readonly named: NamedContents;
  /** Absent in what older versions kept, and where nobody changed. */
  readonly facts?: ChangedFactsSnapshot | undefined;
  readonly alarm: unknown;
  /** Absent in what older versions kept. */
  readonly patterns?: unknown;
  readonly correlate: unknown;
  readonly assess: unknown;
  readonly ticket: unknown;
  readonly notify: unknown;
  /** Absent in what older versions kept. */
  readonly works?: unknown;
  readonly confirm: unknown;
  /** Absent in what older versions kept. */
  readonly compensate?: unknown;
  readonly dispatch: unknown;
  readonly measure: unknown;
  /** Absent in what older versions kept. */
  readonly automate?: unknown;
}

export class Rooms {
  readonly alarms = new Alarms();
  readonly patterns: Patterns;
  readonly correlation: Correlation;
  readonly assessment = new Assessment();
  readonly tickets = new Tickets((incident) => this.assessment.impactOf(incident)?.ranges ?? []);
  readonly worksNotices = new WorksNotices();
  readonly compensations = new Compensations((works) => this.worksNotices.toldAheadMs(works));
  readonly notices = new Notices((incident, number) => this.compensations.owes(incident, number));
  readonly confirmations = new Confirmations();
  readonly dispatch = new Dispatch();
  readonly measure = new Measure();
  readonly automations: Automations;
  readonly words = new SubscriberWords(this.alarms, this.confirmations);
  readonly #contents: Contents;
  #named: NamedContents = { topologyVersion: 0 };
  #subscribers: Subscribers | undefined;
  #topology: Topology | undefined;
  #calendar: Calendar = { zones: {} };
  #isDryRun = false;

  constructor(contents: Contents, timing: Partial<CorrelationTiming> | undefined) {
    this.#contents = contents;
    const rules = contents.rules(undefined);
    this.patterns = new Patterns(rules, (alarm) => this.alarms.alarm(alarm));
    this.correlation = new Correlation(rules, timing);
    this.automations = new Automations(viewOf(this));
  }

  get named(): NamedContents {
    return this.#named;
  }

  get subscribers(): Subscribers | undefined {
    return this.#subscribers;
  }

  /** Everything below in `access`, and everything that collector watches: whom `alive` with `below` speaks for. */
  below(resource: ResourceId): readonly ResourceId[] {
    const topology = this.#topology;
    const start = topology?.indexOf(resource) ?? -1;
    if (topology === undefined || start < 0) return [];
    const found = new Set<number>();
    const waiting = [...topology.childrenOf('collector', start), start];
    // Asked for with every poll of a port: no list of children is made for each of its parts.
    const access = topology.treeOf('access');
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
      const end = access?.starts[index + 1] ?? 0;
      for (let i = access?.starts[index] ?? 0; i < end; i++) {
        const child = access!.children[i]!;
        if (!found.has(child)) waiting.push(child);
      }
      if (index !== start) found.add(index);
    }
    return [...found].map((index) => topology.idOf(index));
  }

  /** When a room wants a `tick`, or undefined. */
  get wakeAt(): Instant | undefined {
    return [
      this.alarms.wakeAt,
      this.patterns.wakeAt,
      this.correlation.wakeAt,
      this.assessment.wakeAt,
      this.notices.wakeAt,
      this.worksNotices.wakeAt,
      this.confirmations.wakeAt,
      this.compensations.wakeAt,
      this.dispatch.wakeAt,
      this.automations.wakeAt,
    ].reduce<Instant | undefined>(earliest, undefined);
  }

  /** Why a person must release notices, and when they leave without. */
  noticeGuard(incident: IncidentId, at: Instant): ReturnType<Notices['guard']> {
    return this.worksNotices.guard(incident, at) ?? this.notices.guard(incident, at);
  }

  /** The rest of a slice of notices. */
  continueNotices(token: string, context: NoticeContext): NoticePlan {
    return token === worksToken
      ? this.worksNotices.continue(context.at)
      : this.notices.continue(token, context);
  }

  /** What waits for people does not run while we are down (design L10). */
  shift(stoppedMs: number): void {
    this.notices.shift(stoppedMs);
    this.worksNotices.shift(stoppedMs);
    this.confirmations.shift(stoppedMs);
    this.compensations.shift(stoppedMs);
    this.automations.shift(stoppedMs);
  }

  /** What decides from now on, without anything to be judged again. */
  use(input: Extract<Input, { kind: 'subscriberFacts' | 'automationSet' | 'policy' | 'calendar' }>): void {
    switch (input.kind) {
      case 'subscriberFacts':
        return this.#useFacts(input);
      case 'automationSet':
        return this.useAutomations(input.automations);
      case 'policy':
        return this.usePolicy(input.policy);
      case 'calendar':
        return this.useCalendar(input.calendar);
      default:
        return neverHappens(input);
    }
  }

  /** Whoever the columns do not hold comes with the next ones. */
  #useFacts({ channels, facts }: Extract<Input, { kind: 'subscriberFacts' }>): void {
    const subscribers = this.#subscribers;
    for (const one of facts) {
      const number = subscribers?.numberOf(one.subscriber) ?? -1;
      if (number >= 0) subscribers!.changed.change(number, one, channels);
    }
  }

  useTopology(named: {
    readonly version: number;
    readonly topology: string;
    readonly subscribers: string;
  }): void {
    const { version } = named;
    const topology = this.#contents.topology(named.topology);
    const subscribers = placeSubscribers(topology, this.#contents.subscribers(named.subscribers));
    this.#named = {
      ...this.#named,
      topologyVersion: version,
      topology: named.topology,
      subscribers: named.subscribers,
    };
    this.#topology = topology;
    this.#subscribers = subscribers;
    this.patterns.setTopology(topology);
    this.correlation.setTopology(topology);
    this.#judgeBy();
    this.assessment.setTopology(topology, subscribers, version);
    this.tickets.setSubscribers(subscribers);
    this.notices.setSubscribers(subscribers, version);
    this.worksNotices.setTopology(topology, subscribers, version);
    this.confirmations.setSubscribers(subscribers, version);
    this.compensations.setSubscribers(subscribers, version);
    this.words.setTopology(topology, subscribers);
  }

  usePolicy(hash: string): void {
    const policy = this.#contents.policy(hash);
    this.#named = { ...this.#named, policy: hash };
    this.#isDryRun = policy.notify.dryRun === true;
    this.alarms.setPolicy(policy);
    this.assessment.setPolicy(policy);
    this.tickets.setPolicy(policy);
    this.notices.setPolicy(policy);
    this.worksNotices.setPolicy(policy);
    this.confirmations.setPolicy(policy);
    this.compensations.setPolicy(policy);
    this.dispatch.setPolicy(policy);
    this.automations.setPolicy(policy);
    this.measure.setPolicy(policy);
  }

  useCalendar(hash: string): void {
    const calendar = this.#contents.calendar(hash);
    this.#named = { ...this.#named, calendar: hash };
    this.assessment.setCalendar(calendar);
    this.patterns.setCalendar(calendar);
    this.notices.setCalendar(calendar);
    this.worksNotices.setCalendar(calendar);
    this.confirmations.setCalendar(calendar);
    this.#calendar = calendar;
    this.automations.calendarChanged();
  }

  useAutomations(hash: string): void {
    this.automations.setAutomations(this.#contents.automations(hash));
    this.#named = { ...this.#named, automations: hash };
  }

  /** In a dry run notices are planned and counted, and nobody gets one. */
  orTrial(tell: Tell): Tell {
    return this.#isDryRun ? { ...tell, dryRun: true } : tell;
  }

  takeReceipts(counts: Extract<Input, { kind: 'receipts' }>['counts']): void {
    this.notices.receipts(counts);
    this.measure.receipts(counts);
  }

  /** Evidence of somebody who turned to us. */
  called(subscriber: SubscriberKey): AlarmChange[] {
    return this.words.called(subscriber, this.tickets.notOf(subscriber));
  }

  /** What somebody who turns to us may be told of: not what they said is not theirs. */
  outageOf(subscriber: SubscriberKey, id: IncidentId | undefined) {
    const incident = id === undefined ? undefined : this.assessment.incident(id);
    if (incident === undefined || this.tickets.notOf(subscriber).includes(incident.id)) return undefined;
    const ticket = this.tickets.openOf(subscriber, incident.id) ?? this.tickets.parentOf(incident.id);
    const { etr } = this.assessment.impactOf(incident.id) ?? {};
    return { incident: incident.id, kind: incident.kind, etr, ticket: ticket?.id };
  }

  get calendar(): Calendar {
    return this.#calendar;
  }

  /** Kind of a resource of the topology in force. */
  kindOf(resource: string): string | undefined {
    const index = this.#topology?.indexOf(resourceId(resource)) ?? -1;
    return index < 0 ? undefined : this.#topology!.kindOf(index);
  }

  /** Answers what the rules that went had kept back, and the ends of what they had raised. */
  useRules(hash: string): Judged {
    const rules = this.#contents.rules(hash);
    this.correlation.setRules(rules);
    this.#named = { ...this.#named, rules: hash };
    this.#judgeBy();
    return this.patterns.setRules(rules);
  }

  /** A verdict is read years later: it says what it was made with. */
  #judgeBy(): void {
    const { topologyVersion, rules = '' } = this.#named;
    this.correlation.judgeBy({ topologyVersion, rules: rules.slice(0, 12) });
  }

  kpis(): Readonly<Record<string, number>> {
    const { corrected, correctionsForgotten, refused, evicted, crowdedOut } = this.correlation.counters;
    const alarms = this.alarms.counters;
    const { ratings } = this.confirmations.sparing;
    return {
      ...this.measure.kpis(),
      groupingsCorrected: corrected,
      correctionsForgotten,
      alarmsRefused: alarms.refused,
      alarmsForgottenEarly: alarms.forgottenEarly,
      alarmAttributesCut: alarms.attributesCut,
      evidenceRefused: refused,
      incidentsForgottenEarly: evicted,
      relationsCrowdedOut: crowdedOut,
      patternsCrowdedOut: this.patterns.crowdedOut,
      compensationsForgotten: this.compensations.forgotten,
      stopsRefused: this.confirmations.sparing.stopsRefused,
      ratingsAsked: ratings.asked,
      ratingsAskedLately: ratings.askedLately,
      ratingsComplainedLately: ratings.complainedLately,
      ratingsForgotten: ratings.forgotten,
      ticketsBeyondLimit: this.tickets.beyondLimit,
      subscribersChanged: this.#subscribers?.changed.size ?? 0,
      subscriberChangesRefused: this.#subscribers?.changed.refused ?? 0,
    };
  }

  /** Hot state as plain JSON; topology, columns and policy are named by hash and loaded again (design L13). */
  snapshot(): RoomsSnapshot {
    const changed = this.#subscribers?.changed;
    const keyOf = (number: number): number => this.#subscribers!.keyOf(number);
    return {
      named: this.#named,
      facts: changed === undefined || changed.size === 0 ? undefined : changed.snapshot(keyOf),
      alarm: this.alarms.snapshot(),
      patterns: this.patterns.snapshot(),
      correlate: this.correlation.snapshot(),
      assess: this.assessment.snapshot(),
      ticket: this.tickets.snapshot(),
      notify: this.notices.snapshot(),
      works: this.worksNotices.snapshot(),
      confirm: this.confirmations.snapshot(),
      compensate: this.compensations.snapshot(),
      dispatch: this.dispatch.snapshot(),
      measure: this.measure.snapshot(),
      automate: this.automations.snapshot(),
    };
  }

  /** Contents first: rooms read their state with the topology and policy it was made under. */
  restore(snapshot: RoomsSnapshot): void {
    const { topology, subscribers, policy, calendar, rules, automations, topologyVersion } = snapshot.named;
    if (policy !== undefined) this.usePolicy(policy);
    if (calendar !== undefined) this.useCalendar(calendar);
    if (rules !== undefined) this.useRules(rules);
    if (automations !== undefined) this.useAutomations(automations);
    if (topology !== undefined && subscribers !== undefined) {
      this.useTopology({ version: topologyVersion, topology, subscribers });
    }
    this.#named = snapshot.named;
    const numberOf = (key: number): number => this.#subscribers!.numberOf(key);
    this.#subscribers?.changed.restore(snapshot.facts ?? [], numberOf);
    this.alarms.restore(snapshot.alarm);
    if (snapshot.patterns !== undefined) this.patterns.restore(snapshot.patterns);
    this.correlation.restore(snapshot.correlate);
    this.assessment.restore(snapshot.assess);
    this.tickets.restore(snapshot.ticket);
    this.notices.restore(snapshot.notify);
    if (snapshot.works !== undefined) this.worksNotices.restore(snapshot.works as WorksSnapshot);
    this.confirmations.restore(snapshot.confirm);
    if (snapshot.compensate !== undefined) this.compensations.restore(snapshot.compensate);
    this.dispatch.restore(snapshot.dispatch);
    this.measure.restore(snapshot.measure);
    if (snapshot.automate !== undefined) this.automations.restore(snapshot.automate);
  }
}
