/** Records of the book as the JSON of the outside contract: ISO times, null for what is absent. */
import type { Instant } from '../../base/instant.ts';
import type { Alarm } from '../../model/alarm.ts';
import type { FaultGlossary } from '../../model/fault-words.ts';
import { type Incident, severityByPeople } from '../../model/incident.ts';
import { type PerceivedSeverity, severities } from '../../model/observation.ts';
import { propagation } from '../../ticket/ticket.ts';
import { mayReadWords } from './access.ts';
import type {
  AlarmJson,
  AlarmRowJson,
  ConfirmationJson,
  DeviceJson,
  DevicePollingJson,
  EtrJson,
  IncidentJson,
  IncidentRowJson,
  Language,
  ListJson,
  NoticeJson,
  PortTrafficJson,
  SubscriberJson,
  TaskJson,
  TicketJson,
  WaitingQuestionJson,
} from './contract.ts';
import { incidentWords, wordsOf } from './incident-words.ts';
import type {
  ConfirmationView,
  DeviceView,
  IncidentView,
  Listed,
  NoticeView,
  PortTraffic,
  SubscriberView,
  TaskView,
  TicketView,
  User,
  WaitingQuestion,
} from './ports.ts';

export const iso = (at: Instant): string => new Date(at).toISOString();
export const isoOrNull = (at: Instant | undefined): string | null => (at === undefined ? null : iso(at));

export function listJson<T, J>(listed: Listed<T>, convert: (item: T) => J): ListJson<J> {
  return { items: listed.items.map(convert), total: listed.total, next: listed.next ?? null };
}

export function incidentJson(view: IncidentView, faults: FaultGlossary, language: Language): IncidentJson {
  const { incident } = view;
  const { alarmCount: _, ...row } = incidentRowJson(view, faults);
  return {
    ...row,
    alarms: incident.alarms,
    affected: incident.affected,
    explanation: incident.explanation,
    topologyVersion: view.impact?.topologyVersion ?? null,
    kinds: kindsOf(incident, faults),
    history: incident.history.map((event) => ({
      at: iso(event.at),
      event: event.event,
      ...(event.root === undefined ? {} : { root: event.root }),
      ...(event.kind === undefined ? {} : { kind: event.kind }),
      ...(event.probability === undefined ? {} : { probability: event.probability }),
      ...(event.by === undefined ? {} : { by: event.by }),
    })),
    title: row.words[language].title,
    cause: row.words[language].cause,
    runbook: wordsOf(faults, incident.kind)?.runbook ?? null,
    losses: view.losses ?? [],
    revisions: (view.revisions ?? []).map((one) => ({ ...one, at: iso(one.at) })),
    levels: view.levels ?? null,
  };
}

function kindsOf({ kind, candidates }: Incident, faults: FaultGlossary): IncidentJson['kinds'] {
  const named = [
    kind,
    ...candidates.flatMap(({ kind: one, indistinguishable = [] }) => [
      one,
      ...indistinguishable.map((other) => other.kind),
    ]),
  ];
  return Object.fromEntries(
    [...new Set(named)].flatMap((one) => {
      const title = wordsOf(faults, one)?.title;
      return title === undefined ? [] : [[one, title]];
    }),
  );
}

export function incidentRowJson(view: IncidentView, faults: FaultGlossary): IncidentRowJson {
  const { incident, impact } = view;
  const words = {
    en: incidentWords(incident, faults, 'en'),
    ru: incidentWords(incident, faults, 'ru'),
  };
  return {
    incident: incident.id,
    id: incident.id,
    kind: incident.kind,
    root: incident.root ?? null,
    probability: incident.probability,
    candidates: incident.candidates,
    state: incident.state,
    into: incident.into ?? null,
    parent: incident.parent ?? null,
    actionable: incident.actionable,
    suspected: incident.suspected === true,
    planned: incident.planned,
    works: incident.works ?? null,
    severity: presentedSeverity(view),
    startedAt: iso(incident.startedAt),
    decidedAt: isoOrNull(incident.decidedAt),
    resolvedAt: isoOrNull(incident.resolvedAt),
    closedAt: isoOrNull(incident.closedAt),
    alarmCount: incident.alarms.length,
    suppressed: incident.suppressed,
    subscribers: impact?.subscribers ?? 0,
    byClass: impact?.byClass ?? null,
    title: words.en.title,
    cause: words.en.cause,
    words,
    etr: etrJson(view),
    tickets: view.tickets,
    notices: view.notices,
    told: view.told,
  };
}

function etrJson(view: IncidentView): EtrJson | null {
  const etr = view.impact?.etr;
  if (etr === undefined) return null;
  return { from: iso(etr.from), to: iso(etr.to), source: etr.source, revision: etr.revision };
}

export function alarmJson(alarm: Alarm, noteTexts: ReadonlyMap<string, string>): AlarmJson {
  return {
    ...alarmRowJson(alarm),
    notes: (alarm.notes ?? []).map(({ at, by, text }) => ({
      at: iso(at),
      by,
      text: noteTexts.get(text) ?? null,
    })),
    alarmType: alarm.alarmType,
    clearReason: alarm.clearReason ?? null,
    sources: alarm.sources,
    attributes: alarm.attributes,
  };
}

export function alarmRowJson(alarm: Alarm): AlarmRowJson {
  return {
    id: alarm.id,
    resource: alarm.resource,
    cause: alarm.cause,
    by: alarm.by ?? null,
    perceivedSeverity: alarm.perceivedSeverity,
    ackState: alarm.ackState,
    ackBy: alarm.ackBy ?? null,
    shelvedUntil: isoOrNull(alarm.shelvedUntil),
    shelvedBy: alarm.shelf?.by ?? null,
    shelvedUntilCleared: alarm.shelf?.untilCleared === true,
    unshelved:
      alarm.unshelved === undefined
        ? null
        : { at: iso(alarm.unshelved.at), because: alarm.unshelved.because },
    noteCount: alarm.notes?.length ?? 0,
    flapping: alarm.flapping,
    state: alarm.state,
    raisedAt: iso(alarm.raisedAt),
    changedAt: iso(alarm.changedAt),
    clearedAt: isoOrNull(alarm.clearedAt),
    source: alarm.sources[0] ?? alarm.source ?? null,
    count: alarm.count,
    device: alarm.device ?? null,
    incident: alarm.incident ?? null,
  };
}

export function deviceJson(view: DeviceView): DeviceJson {
  return {
    id: view.id,
    address: view.address,
    profile: view.profile ?? null,
    state: view.state,
    lastAnswerAt: isoOrNull(view.lastAnswerAt),
    nextPollAt: isoOrNull(view.nextPollAt),
  };
}

export function devicePollingJson({ polling }: DeviceView): DevicePollingJson | null {
  if (polling === undefined) return null;
  const { everyMs, lateMs, silentRounds, refusal, incomplete } = polling;
  return { everySeconds: everyMs / 1_000, lateMs, silentRounds, refusal: refusal ?? null, incomplete };
}

export function portTrafficJson({ ifIndex, inBps, outBps }: PortTraffic): PortTrafficJson {
  const orNull = (value: number): number | null => (Number.isNaN(value) ? null : Math.round(value));
  return { ifIndex, inBps: inBps.map(orNull), outBps: outBps.map(orNull) };
}

export function subscriberJson(view: SubscriberView): SubscriberJson {
  return {
    id: view.id,
    resource: view.resource,
    class: view.class,
    language: view.language ?? null,
    phone: view.maskedPhone ?? null,
    quietHours: view.quietHours ?? null,
    services: view.services,
    bindings: view.bindings.map(({ service, resource, from, to }) => ({
      ...{ service, resource, from: isoOrNull(from), to: isoOrNull(to) },
    })),
    contacts: view.contacts,
    openIncident: view.openIncident ?? null,
    openTickets: view.openTickets,
  };
}

export function noticeJson(view: NoticeView): NoticeJson {
  return {
    id: view.id,
    key: view.key,
    incident: view.incident,
    subscriber: view.subscriber,
    channel: view.channel ?? null,
    type: view.type,
    state: view.state,
    attempts: view.attempts,
    createdAt: iso(view.createdAt),
    sentAt: isoOrNull(view.sentAt),
    maybeTwice: view.maybeTwice,
  };
}

const handedDown = Object.entries(propagation).flatMap(([field, way]) => (way === 'down' ? [field] : []));

export function ticketJson(
  { ticket, subscriber, description, note, texts }: TicketView,
  reader: Pick<User, 'role'>,
): TicketJson {
  const mayRead = mayReadWords(reader);
  const textOf = (row: string | undefined): string | null =>
    mayRead ? ((row && texts?.get(row)) ?? null) : null;
  return {
    id: ticket.id,
    kind: ticket.kind,
    status: ticket.status,
    subscriber: subscriber ?? null,
    incident: ticket.incident ?? null,
    parent: ticket.parent ?? null,
    channel: ticket.channel ?? null,
    description: mayRead ? (description ?? null) : null,
    openedAt: iso(ticket.openedAt),
    resolvedAt: isoOrNull(ticket.resolvedAt),
    closedAt: isoOrNull(ticket.closedAt),
    expectedResolutionAt: isoOrNull(ticket.expectedResolutionAt),
    attached: ticket.attached,
    byPolicy: ticket.byPolicy ?? null,
    isUnasked: ticket.isUnasked === true,
    contacts: ticket.contacts ?? 0,
    loops: ticket.loops,
    notOf: ticket.notOf ?? [],
    // On the ticket of an incident it is told to all who hang below it.
    note: mayRead || ticket.kind === 'incident' ? (note ?? null) : null,
    withheld: !mayRead,
    questions: (ticket.questions ?? []).map(({ contact, at, answer, answeredAt }) => ({
      id: contact,
      at: iso(at),
      text: textOf(contact),
      answer: textOf(answer),
      answeredAt: isoOrNull(answeredAt),
    })),
    follows: ticket.parent === undefined ? [] : handedDown,
    history: ticket.history.map((event) => ({
      at: iso(event.at),
      status: event.status,
      reason: event.reason,
    })),
  };
}

export const waitingQuestionJson = (
  waiting: WaitingQuestion,
  reader: Pick<User, 'role'>,
): WaitingQuestionJson => ({
  id: waiting.question,
  ticket: waiting.ticket.id,
  subscriber: waiting.subscriber ?? null,
  incident: waiting.ticket.incident ?? null,
  at: iso(waiting.at),
  dueAt: iso(waiting.dueAt),
  text: mayReadWords(reader) ? (waiting.text ?? null) : null,
  withheld: !mayReadWords(reader),
  more: waiting.more,
});

export function confirmationJson({ confirmation, subscriber }: ConfirmationView): ConfirmationJson {
  const { rating } = confirmation;
  return {
    id: confirmation.id,
    subscriber,
    incident: confirmation.incident,
    state: confirmation.state,
    loop: confirmation.loop,
    askedAt: isoOrNull(confirmation.askedAt),
    answers: confirmation.answers.map(({ at, answer, channel, sureness = null }) => ({
      at: iso(at),
      answer,
      channel,
      sureness,
    })),
    rating:
      rating === undefined ? null : { at: iso(rating.at), score: rating.score, cause: rating.cause ?? null },
    toRate: confirmation.toRate ?? null,
  };
}

export function taskJson({ task, subscriber }: TaskView): TaskJson {
  return {
    id: task.id,
    kind: task.kind,
    state: task.state,
    skill: task.skill,
    ticket: task.ticket ?? null,
    incident: task.incident ?? null,
    subscriber: subscriber ?? null,
    assignee: task.assignee ?? null,
    createdAt: iso(task.createdAt),
    dueAt: iso(task.dueAt),
    doneAt: isoOrNull(task.doneAt),
    outcome: task.outcome ?? null,
    cause: task.cause ?? null,
    says: task.says ?? null,
    automation: task.automation ?? null,
    words: task.words ?? null,
    why: task.why,
  };
}

/** People raise the severity that equipment reported: an outage of many is critical whatever a port called it. */
function presentedSeverity({ severity, incident, impact }: IncidentView): PerceivedSeverity {
  const touched = incident.planned ? 0 : (impact?.subscribers ?? 0);
  const byPeople = severityByPeople(touched);
  if (byPeople === undefined) return severity;
  return severities.indexOf(byPeople) < severities.indexOf(severity) ? byPeople : severity;
}
