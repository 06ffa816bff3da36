/** The kinds of change that an automation may be for: of what each is, and what ends the reason for acting on it. */
import type { ExpressionType } from '../base/expression.ts';
import type { Family } from '../model/automation.ts';

const families = {
  incidentOpened: 'incident',
  causeChanged: 'incident',
  incidentGrew: 'incident',
  incidentMitigated: 'incident',
  incidentResolved: 'incident',
  incidentReopened: 'incident',
  incidentMerged: 'incident',
  incidentClosed: 'incident',
  etrChanged: 'incident',
  etrNear: 'incident',
  etrPassed: 'incident',
  alarmRaised: 'alarm',
  alarmCleared: 'alarm',
  collectorBlind: 'alarm',
  collectorSees: 'alarm',
  floodBegan: 'alarm',
  floodEnded: 'alarm',
  ticketOpened: 'ticket',
  ticketReopened: 'ticket',
  ticketResolved: 'ticket',
  ticketClosed: 'ticket',
  taskOpened: 'task',
  taskOverdue: 'task',
  taskDone: 'task',
  taskCancelled: 'task',
  answeredFixed: 'confirmation',
  answeredNotFixed: 'confirmation',
  answeredContactMe: 'confirmation',
  questionEscalated: 'confirmation',
  rated: 'confirmation',
  ratedLow: 'confirmation',
} as const satisfies Readonly<Record<string, Family>>;

export type OccasionKind = keyof typeof families;

export const occasionKinds = Object.keys(families) as readonly OccasionKind[];
export const isOccasion = (word: string): word is OccasionKind => Object.hasOwn(families, word);
export const familyOf = (kind: OccasionKind): Family => families[kind];

const incidentEnds: readonly OccasionKind[] = ['incidentResolved', 'incidentMerged', 'incidentClosed'];
const answerEnds: readonly OccasionKind[] = ['answeredFixed'];

/** What takes the reason away; nothing does for what is not listed. */
const endsOf: Readonly<Partial<Record<OccasionKind, readonly OccasionKind[]>>> = {
  incidentOpened: incidentEnds,
  causeChanged: incidentEnds,
  incidentGrew: incidentEnds,
  incidentMitigated: incidentEnds,
  incidentReopened: incidentEnds,
  etrChanged: incidentEnds,
  etrNear: [...incidentEnds, 'etrChanged'],
  etrPassed: incidentEnds,
  incidentResolved: ['incidentReopened', 'incidentMerged', 'incidentClosed'],
  alarmRaised: ['alarmCleared'],
  collectorBlind: ['alarmCleared'],
  floodBegan: ['alarmCleared'],
  alarmCleared: ['alarmRaised'],
  collectorSees: ['alarmRaised'],
  floodEnded: ['alarmRaised'],
  ticketOpened: ['ticketResolved', 'ticketClosed'],
  ticketReopened: ['ticketResolved', 'ticketClosed'],
  ticketResolved: ['ticketReopened', 'ticketClosed'],
  taskOpened: ['taskDone', 'taskCancelled'],
  taskOverdue: ['taskDone', 'taskCancelled'],
  answeredNotFixed: answerEnds,
  answeredContactMe: answerEnds,
  questionEscalated: answerEnds,
};

export const isEndOf = (end: OccasionKind, kind: OccasionKind): boolean =>
  endsOf[kind]?.includes(end) ?? false;

/** Names that a condition and a text may use, whatever happened. */
const common = { at: 'string', hour: 'number', weekday: 'string', incident: 'string' } as const;

const incidentNames = {
  ...common,
  kind: 'string',
  root: 'string',
  rootKind: 'string',
  state: 'string',
  probability: 'number',
  subscribers: 'number',
  business: 'number',
  priority: 'number',
  vip: 'number',
  alarms: 'number',
  tickets: 'number',
  planned: 'bool',
  actionable: 'bool',
  suspected: 'bool',
  acknowledged: 'bool',
  started: 'string',
  minutes: 'number',
  etr: 'string',
  etrMinutes: 'number',
  etrSource: 'string',
  etrChanges: 'number',
} as const;

/** By what changed; an incident's names are empty, 0 or false where there is none. */
export const namesOf: Readonly<Record<Family, Readonly<Record<string, ExpressionType>>>> = {
  incident: incidentNames,
  alarm: {
    ...common,
    cause: 'string',
    severity: 'string',
    type: 'string',
    kind: 'string',
    resource: 'string',
    device: 'string',
    source: 'string',
    by: 'string',
    flapping: 'bool',
    acknowledged: 'bool',
    shelved: 'bool',
    count: 'number',
    minutes: 'number',
    attributes: 'map',
  },
  ticket: {
    ...incidentNames,
    ticket: 'string',
    ticketKind: 'string',
    status: 'string',
    channel: 'string',
    loops: 'number',
    attached: 'number',
  },
  task: {
    ...incidentNames,
    task: 'string',
    taskKind: 'string',
    skill: 'string',
    taskState: 'string',
    assignee: 'string',
    outcome: 'string',
    minutesLate: 'number',
  },
  confirmation: {
    ...incidentNames,
    question: 'string',
    answer: 'string',
    channel: 'string',
    loop: 'number',
    noes: 'number',
    score: 'number',
    ratingCause: 'string',
  },
};
