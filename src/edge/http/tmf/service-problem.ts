/** TMF656 service problem: our incidents, and problems that other systems report. */
import type { IncidentId } from '../../../model/ids.ts';
import type { Incident } from '../../../model/incident.ts';
import { type PerceivedSeverity, severities } from '../../../model/observation.ts';
import { ticketStatuses } from '../../../model/ticket.ts';
import type { IncidentView } from '../ports.ts';
import { incidentRowJson, iso } from '../views.ts';
import { compact, type Document } from './document.ts';
import { allVerbs, type Context, eventsOf, type Kind } from './kind.ts';
import { shape } from './shape.ts';
import { changedStatus, firstStatus } from './status.ts';

/** Named in the answer for one; the others are in the list of alarms. */
const mostAlarmsNamed = 200;
/** Incidents whose history is listed as records of events. */
const mostHistories = 200;
const self = { id: 'allclear', name: 'allclear', '@referredType': 'Organization' } as const;
const responsible = { ...self, role: 'responsible' } as const;

export const problemKind: Kind = {
  name: 'serviceProblem',
  type: 'ServiceProblem',
  verbs: allVerbs,
  shape: shape(
    {
      text: 'category description impactImportanceFactor name originatingSystem problemEscalation reason statusChangeReason status',
      integer: 'affectedNumberOfServices priority',
      time: 'creationDate lastUpdate resolutionDate statusChangeDate',
      object: 'firstAlert impactPattern originatorParty responsibleParty',
      list: `affectedLocation affectedResource affectedService characteristic externalIdentifier note parentProblem relatedEntity
        relatedEvent relatedParty rootCauseResource rootCauseService slaViolation trackingRecord troubleTicket underlyingAlarm
        underlyingProblem`,
    },
    {
      mandatory: ['category', 'priority', 'description', 'reason', 'originatorParty'],
      words: { status: ticketStatuses },
      parts: {
        ...{
          affectedResource: ['id'],
          affectedService: ['id'],
          relatedParty: ['id'],
          originatorParty: ['id'],
        },
        ...{
          parentProblem: ['id'],
          rootCauseResource: ['id'],
          rootCauseService: ['id'],
          troubleTicket: ['id'],
        },
        ...{ underlyingAlarm: ['id'], underlyingProblem: ['id'], characteristic: ['name', 'value'] },
        ...{ externalIdentifier: ['id'], relatedEntity: ['id', 'role'], responsibleParty: ['id'] },
      },
    },
  ),
  fixed: ['creationDate', 'firstAlert', 'originatingSystem', 'trackingRecord'],
  state: 'status',
  events: eventsOf('ServiceProblem', ['create', 'attribute', 'state']),
  // Both are mandatory in answers by the conformance profile of version 3, and allowed by that of version 4.
  filled: (sent, { at }) => ({
    originatingSystem: 'unknown',
    affectedNumberOfServices: Array.isArray(sent['affectedService']) ? sent['affectedService'].length : 0,
    responsibleParty: responsible,
    ...firstStatus(sent, at),
  }),
  renewed: (before, after, { at }) => changedStatus(before, after, at),
  own: {
    live: [
      ...[
        'status',
        'statusChangeDate',
        'creationDate',
        'lastUpdate',
        'resolutionDate',
        'affectedNumberOfServices',
      ],
      ...[
        'rootCauseResource',
        'underlyingAlarm',
        'troubleTicket',
        'trackingRecord',
        'parentProblem',
        'category',
      ],
    ],
    async list({ limit, offset }, context) {
      const { items, total } = await context.ports.query.incidents(undefined, { limit, offset });
      return { items: items.map((view) => documentOf(view, context)), total };
    },
    async get(id, context) {
      const view = await context.ports.query.incident(id);
      return view === undefined ? undefined : withParts(view, context);
    },
    heard: {
      change: 'incident',
      async document(record, context) {
        const incident = record as Incident;
        const view = await context.ports.query.incident(incident.id);
        return view === undefined ? { id: incident.id } : documentOf({ ...view, incident }, context);
      },
    },
  },
};

/** X.733 words as numbers: 1 is the worst. */
const priorityOf = (severity: PerceivedSeverity): number => severities.indexOf(severity) + 1;

const statusOf = ({ state, decidedAt }: Incident): (typeof ticketStatuses)[number] => {
  if (state === 'closed' || state === 'merged') return 'closed';
  if (state === 'resolved') return 'resolved';
  return decidedAt === undefined ? 'acknowledged' : 'inProgress';
};

/** Events after which an incident stands otherwise. */
const turns: ReadonlySet<string> = new Set(['open', 'decide', 'merge', 'resolve', 'reopen', 'close']);

function documentOf(view: IncidentView, { ports, href, language }: Context): Document {
  const { incident, impact } = view;
  const row = incidentRowJson(view, ports.faults());
  const words = row.words[language];
  const turned = incident.history.findLast(({ event }) => turns.has(event));
  const parent = incident.into ?? incident.parent;
  return compact({
    id: incident.id,
    name: words.title,
    description: words.cause,
    category: incident.planned ? 'plannedWorks' : incident.kind,
    priority: priorityOf(row.severity),
    reason: words.title,
    originatorParty: { ...self, role: 'originator' },
    responsibleParty: responsible,
    originatingSystem: self.id,
    status: statusOf(incident),
    statusChangeDate: iso(turned?.at ?? incident.startedAt),
    statusChangeReason: incident.state === 'merged' ? 'merged into another problem' : turned?.event,
    creationDate: iso(incident.startedAt),
    lastUpdate: iso(incident.history.at(-1)?.at ?? incident.startedAt),
    resolutionDate: incident.resolvedAt === undefined ? undefined : iso(incident.resolvedAt),
    affectedNumberOfServices: impact?.subscribers ?? 0,
    rootCauseResource:
      incident.root === undefined
        ? undefined
        : [{ id: incident.root, href: href('resource', incident.root), '@referredType': 'Resource' }],
    parentProblem:
      parent === undefined
        ? undefined
        : [{ id: parent, href: href('serviceProblem', parent), '@referredType': 'ServiceProblem' }],
    trackingRecord: incident.history.map(({ at, event, by, root }, n) => ({
      ...{ id: String(n + 1), time: iso(at), systemId: self.id, user: by ?? self.id },
      description: root === undefined ? event : `${event}: ${root}`,
    })),
  });
}

async function withParts(view: IncidentView, context: Context): Promise<Document> {
  const { ports, href } = context;
  const incident = view.incident.id;
  const [alarms, tickets] = await Promise.all([
    ports.query.alarms({ incident }, { limit: mostAlarmsNamed }),
    ports.query.tickets({ incident }, { limit: mostAlarmsNamed }),
  ]);
  const named = (resource: string, referredType: string, ids: readonly string[]): Document =>
    ids.length === 0
      ? {}
      : {
          [referredType === 'Alarm' ? 'underlyingAlarm' : 'troubleTicket']: ids.map((id) => ({
            ...{ id, href: href(resource, id), '@referredType': referredType },
          })),
        };
  return {
    ...documentOf(view, context),
    ...named(
      'alarm',
      'Alarm',
      alarms.items.map(({ id }) => id),
    ),
    ...named(
      'troubleTicket',
      'TroubleTicket',
      tickets.items.map(({ ticket }) => ticket.id),
    ),
  };
}

/** What happened to problems, one record an event; the newest problems. */
export const problemRecordKind: Kind = {
  name: 'serviceProblemEventRecord',
  type: 'ServiceProblemEventRecord',
  verbs: ['list', 'get'],
  shape: shape({}),
  fixed: [],
  events: {},
  own: {
    live: 'all',
    async list({ limit, offset }, context) {
      const { items } = await context.ports.query.incidents(undefined, { limit: mostHistories });
      const all = items.flatMap(({ incident }) => recordsOf(incident, context).toReversed());
      return { items: all.slice(offset, offset + limit), total: all.length };
    },
    async get(id, context) {
      const incident = id.slice(0, Math.max(0, id.lastIndexOf(':')));
      const view = await context.ports.query.incident(incident as IncidentId);
      return view === undefined
        ? undefined
        : recordsOf(view.incident, context).find((record) => record['id'] === id);
    },
  },
};

const recordsOf = (incident: Incident, { href }: Context): readonly Document[] =>
  incident.history.map(({ at, event }, n) => ({
    id: `${incident.id}:${n + 1}`,
    eventTime: iso(at),
    recordTime: iso(at),
    eventType: `ServiceProblem${event === 'open' ? 'Create' : turns.has(event) ? 'StateChange' : 'AttributeValueChange'}Event`,
    notification: { description: event },
    serviceProblem: {
      ...{ id: incident.id, href: href('serviceProblem', incident.id), '@referredType': 'ServiceProblem' },
    },
  }));

/** What version 3 calls otherwise. */
export const problemWordsOf3 = {
  creationDate: 'timeRaised',
  lastUpdate: 'timeChanged',
  slaViolation: 'associatedSLAViolation',
  troubleTicket: 'associatedTroubleTicket',
  note: 'comment',
  characteristic: 'extensionInfo',
  impactPattern: 'impactPatterns',
  relatedEntity: 'relatedObject',
} as const;
