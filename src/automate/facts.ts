/** What a condition and a text may speak of, from the records as they are at that moment. */
import { neverHappens } from '../base/fault.ts';
import type { Instant } from '../base/instant.ts';
import type { Alarm } from '../model/alarm.ts';
import { type Calendar, localMinutes, weekdayAt } from '../model/calendar.ts';
import type { Confirmation } from '../model/confirmation.ts';
import type { AlarmId, ConfirmationId, IncidentId, TaskId, TicketId } from '../model/ids.ts';
import type { Impact, Incident } from '../model/incident.ts';
import type { Task } from '../model/task.ts';
import type { Ticket } from '../model/ticket.ts';
import type { Facts } from './text.ts';

/** The rest of the line, as far as automations may ask it. */
export interface LineView {
  incident(id: IncidentId): Incident | undefined;
  impactOf(id: IncidentId): Impact | undefined;
  openIncidents(): readonly Incident[];
  /** A person has acknowledged one of its alarms. */
  isAcknowledged(id: IncidentId): boolean;
  /** Subscribers' tickets that hang on it. */
  ticketsOf(id: IncidentId): number;
  alarm(id: AlarmId): Alarm | undefined;
  ticket(id: TicketId): Ticket | undefined;
  /** Open ones only. */
  task(id: TaskId): Task | undefined;
  openTasks(): Iterable<Task>;
  confirmation(id: ConfirmationId): Confirmation | undefined;
  /** Kind of a resource, "" where the topology does not hold it. */
  kindOf(resource: string): string;
  readonly calendar: Calendar;
}

/** The thing that changed, whole. */
export type Subject =
  | { readonly kind: 'incident'; readonly record: Incident }
  | { readonly kind: 'alarm'; readonly record: Alarm }
  | { readonly kind: 'ticket'; readonly record: Ticket }
  | { readonly kind: 'task'; readonly record: Task }
  | { readonly kind: 'confirmation'; readonly record: Confirmation };

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const minuteMs = 60_000;

export const incidentOf = ({ record }: Subject): IncidentId | undefined =>
  'alarmType' in record ? record.incident : 'candidates' in record ? record.id : record.incident;

/** What is the same for all that happens at one instant. */
export function clockFacts(view: LineView, at: Instant): Facts {
  const zone = zoneOf(view);
  return {
    at: timeOf(at, view, zone),
    hour: Math.floor(localMinutes(view.calendar, zone, at) / 60),
    weekday: weekdays[weekdayAt(view.calendar, zone, at)],
  };
}

export function factsOf(
  subject: Subject,
  { view, at, clock }: { readonly view: LineView; readonly at: Instant; readonly clock: Facts },
): Facts {
  const common = { ...clock, incident: incidentOf(subject) ?? '' };
  switch (subject.kind) {
    case 'incident':
      return { ...common, ...incidentFacts(subject.record, view, at) };
    case 'alarm':
      return { ...common, ...alarmFacts(subject.record, view, at) };
    case 'ticket': {
      const { id, kind, status, channel = '', loops, attached, incident } = subject.record;
      const own = { ticket: id, ticketKind: kind, status, channel, loops, attached };
      return { ...common, ...incidentFacts(known(incident, view), view, at), ...own };
    }
    case 'task':
      return {
        ...common,
        ...incidentFacts(known(subject.record.incident, view), view, at),
        ...taskFacts(subject.record, at),
      };
    case 'confirmation':
      return {
        ...common,
        ...incidentFacts(known(subject.record.incident, view), view, at),
        ...answerFacts(subject.record),
      };
    default:
      return neverHappens(subject);
  }
}

/** The time of the installation: that of its first zone, as calendars of rules count. */
export const zoneOf = ({ calendar }: LineView): string | undefined => Object.keys(calendar.zones).sort()[0];

function timeOf(at: Instant | undefined, { calendar }: LineView, zone: string | undefined): string {
  if (at === undefined) return '';
  const minutes = localMinutes(calendar, zone, at);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

const known = (id: IncidentId | undefined, view: LineView): Incident | undefined =>
  id === undefined ? undefined : view.incident(id);

function incidentFacts(incident: Incident | undefined, view: LineView, at: Instant): Facts {
  const impact = incident === undefined ? undefined : view.impactOf(incident.id);
  const { etr, byClass } = impact ?? {};
  const zone = zoneOf(view);
  return {
    kind: incident?.kind ?? '',
    root: incident?.root ?? '',
    rootKind: incident?.root === undefined ? '' : view.kindOf(incident.root),
    state: incident?.state ?? '',
    probability: incident?.probability ?? 0,
    subscribers: impact?.subscribers ?? 0,
    ...{ business: byClass?.business ?? 0, priority: byClass?.priority ?? 0, vip: byClass?.vip ?? 0 },
    alarms: incident?.alarms.length ?? 0,
    tickets: incident === undefined ? 0 : view.ticketsOf(incident.id),
    planned: incident?.planned ?? false,
    actionable: incident?.actionable ?? false,
    suspected: incident?.suspected ?? false,
    acknowledged: incident !== undefined && view.isAcknowledged(incident.id),
    started: timeOf(incident?.startedAt, view, zone),
    minutes: incident === undefined ? 0 : (at - incident.startedAt) / minuteMs,
    etr: timeOf(etr?.to, view, zone),
    etrMinutes: etr === undefined ? 0 : (etr.to - at) / minuteMs,
    etrSource: etr?.source ?? '',
    etrChanges: Math.max(0, (etr?.revision ?? 1) - 1),
  };
}

const alarmFacts = (alarm: Alarm, view: LineView, at: Instant): Facts => ({
  cause: alarm.cause,
  severity: alarm.perceivedSeverity,
  type: alarm.alarmType,
  kind: view.kindOf(alarm.resource),
  resource: alarm.resource,
  device: alarm.device ?? '',
  source: alarm.source ?? '',
  by: alarm.by ?? '',
  flapping: alarm.flapping,
  acknowledged: alarm.ackState === 'acknowledged',
  shelved: alarm.shelvedUntil !== undefined,
  count: alarm.count,
  minutes: (at - alarm.raisedAt) / minuteMs,
  attributes: alarm.attributes,
});

const taskFacts = (task: Task, at: Instant): Facts => ({
  task: task.id,
  taskKind: task.kind,
  skill: task.skill,
  taskState: task.state,
  assignee: task.assignee ?? '',
  outcome: task.outcome ?? '',
  minutesLate: Math.max(0, (task.doneAt ?? at) - task.dueAt) / minuteMs,
});

function answerFacts({ id, answers, loop, rating }: Confirmation): Facts {
  const last = answers.at(-1);
  return {
    question: id,
    answer: last?.answer ?? '',
    channel: last?.channel ?? '',
    loop,
    noes: answers.filter(({ answer }) => answer === 'notFixed').length,
    score: rating?.score ?? -1,
    ratingCause: rating?.cause ?? '',
  };
}
