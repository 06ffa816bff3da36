/** TMF642 alarm: what the daemon holds as alarms, and alarms that other systems raise with it. */
import { instant } from '../../../base/instant.ts';
import type { Command } from '../../../flow/input.ts';
import type { Alarm } from '../../../model/alarm.ts';
import { type AlarmId, alarmId, resourceId } from '../../../model/ids.ts';
import { type Observation, type PerceivedSeverity, severities } from '../../../model/observation.ts';
import { iso } from '../views.ts';
import { compact, type Document, isDocument, textOf } from './document.ts';
import { allVerbs, type Context, type Created, eventsOf, type Kind } from './kind.ts';
import { conflict, missingField, type Refusal, wrongField } from './refusal.ts';
import type { Filter } from './selecting.ts';
import { shape } from './shape.ts';

/** Names of resources and causes, as alarm streams bound them. */
const longestName = 500;
const states = ['raised', 'updated', 'cleared'];
const severityWords: readonly string[] = [...severities, 'cleared'];

export const alarmShape = shape(
  {
    text: `ackState ackSystemId ackUserId alarmDetails alarmType alarmedObjectType clearSystemId clearUserId externalAlarmId
      perceivedSeverity plannedOutageIndicator probableCause proposedRepairedActions reportingSystemId sourceSystemId specificProblem state`,
    time: 'alarmChangedTime alarmClearedTime alarmRaisedTime alarmReportingTime',
    flag: 'alarmEscalation isRootCause serviceAffecting',
    object: 'alarmedObject crossedThresholdInformation',
    list: 'affectedService comment correlatedAlarm parentAlarm place',
  },
  {
    mandatory: [
      ...['alarmType', 'perceivedSeverity', 'probableCause', 'alarmedObject', 'sourceSystemId', 'state'],
      'alarmRaisedTime',
    ],
    parts: { alarmedObject: ['id'], correlatedAlarm: ['id'], parentAlarm: ['id'], place: ['role'] },
  },
);

export const alarmKind: Kind = {
  name: 'alarm',
  type: 'Alarm',
  verbs: allVerbs,
  shape: alarmShape,
  fixed: ['alarmRaisedTime', 'sourceSystemId'],
  state: 'state',
  events: eventsOf('Alarm', ['create', 'attribute', 'state', 'delete']),
  create: raise,
  own: {
    live: ['state', 'perceivedSeverity', 'ackState', 'ackUserId', 'alarmClearedTime'],
    async list({ limit, offset, filters }, context) {
      const listed = await context.ports.query.alarms({ state: stateIn(filters) }, { limit, offset });
      return { items: await documents(listed.items, context), total: listed.total };
    },
    async get(id, context) {
      const alarm = await context.ports.query.alarm(id);
      return alarm === undefined ? undefined : (await documents([alarm], context))[0];
    },
    change: changeLive,
    async remove(own, context) {
      if (own['state'] === 'cleared') return undefined;
      await order({ kind: 'clearAlarm', alarm: own['id'] as AlarmId }, context);
      return undefined;
    },
    isBack: (own, hiddenAt) => Date.parse(String(own['alarmRaisedTime'])) > hiddenAt,
    heard: {
      change: 'alarm',
      document: async (record, context) => (await documents([record as Alarm], context))[0]!,
    },
  },
};

/** Half of the book need not be looked at. */
function stateIn(filters: readonly Filter[]): Alarm['state'] | undefined {
  const asked = filters.find(({ path, operator }) => path.join() === 'state' && operator === 'eq');
  const [only] = asked?.values ?? [];
  return asked?.values.length === 1 && (only === 'raised' || only === 'cleared') ? only : undefined;
}

async function documents(alarms: readonly Alarm[], { ports, href }: Context): Promise<readonly Document[]> {
  const texts = await ports.query.noteTexts(
    alarms.flatMap(({ notes = [] }) => notes.map(({ text }) => text)),
  );
  return alarms.map((alarm) => {
    const facts = Object.entries(alarm.attributes).map(([name, value]) => `${name}: ${value}`);
    return compact({
      id: alarm.id,
      alarmType: alarm.alarmType,
      perceivedSeverity: alarm.perceivedSeverity,
      probableCause: alarm.cause,
      alarmedObject: { id: alarm.resource, href: href('resource', alarm.resource) },
      sourceSystemId: alarm.device ?? 'allclear',
      reportingSystemId: 'allclear',
      state: alarm.state,
      ackState: alarm.ackState,
      ackUserId: alarm.ackBy,
      alarmRaisedTime: iso(alarm.raisedAt),
      alarmReportingTime: iso(alarm.raisedAt),
      alarmChangedTime: iso(alarm.changedAt),
      alarmClearedTime: alarm.clearedAt === undefined ? undefined : iso(alarm.clearedAt),
      alarmDetails: facts.length === 0 ? undefined : facts.join('; '),
      comment: alarm.notes?.map(({ at, by, text }) => ({
        ...{ time: iso(at), userId: by, systemId: 'allclear', comment: texts.get(text) ?? '' },
      })),
    });
  });
}

/** An alarm of another system is raised like any other; what of it our alarms have no place for is kept beside. */
async function raise(sent: Document, context: Context): Promise<Created | Refusal> {
  const read = observed(sent);
  if ('refused' in read) return read;
  const { ports } = context;
  await ports.submit({ kind: 'observation', observation: { ...read, event: 'raise' } });
  const id = alarmId(read.resource, read.cause, undefined);
  if (isOver(sent)) await ports.submit({ kind: 'observation', observation: { ...read, event: 'clear' } });
  if (word(sent['ackState']) === 'acknowledged')
    await order({ kind: 'acknowledgeAlarm', alarm: id }, context);
  // What did not become an alarm, e.g. while its resource flaps, is kept as it was sent.
  return { own: (await ports.query.alarm(id)) === undefined ? undefined : id, kept: sent };
}

type Raised = Observation & { readonly cause: string };

function observed(sent: Document): Raised | Refusal {
  const resource = textOf((sent['alarmedObject'] as Document)['id']);
  const cause = textOf(sent['probableCause']);
  if (resource === undefined) return missingField('alarmedObject.id');
  if (resource.length > longestName) return wrongField('alarmedObject.id', `is longer than ${longestName}`);
  if (cause === undefined) return missingField('probableCause');
  if (cause.length > longestName) return wrongField('probableCause', `is longer than ${longestName}`);
  const wrong = wrongWords(sent);
  if (wrong !== undefined) return wrong;
  const severity = word(sent['perceivedSeverity']);
  const facts = ['alarmType', 'sourceSystemId', 'specificProblem', 'externalAlarmId'].flatMap((name) => {
    const fact = textOf(sent[name]);
    return fact === undefined ? [] : [[name, fact.slice(0, 1_024)]];
  });
  return {
    event: 'raise',
    resource: resourceId(resource),
    cause,
    severity: severities.find((known) => known === severity),
    source: 'api',
    deviceAt: instant(Math.max(0, Date.parse(String(sent['alarmRaisedTime'])))),
    attributes: Object.fromEntries(facts) as Record<string, string>,
  };
}

function wrongWords(sent: Document): Refusal | undefined {
  const { perceivedSeverity, state } = sent;
  if (perceivedSeverity !== undefined && !severityWords.includes(word(perceivedSeverity)))
    return wrongField('perceivedSeverity', `must be one of ${severityWords.join(', ')}`);
  if (state !== undefined && !states.includes(word(state)))
    return wrongField('state', `must be one of ${states.join(', ')}`);
  return undefined;
}

const word = (value: unknown): string => (typeof value === 'string' ? value.toLowerCase() : '');

const isOver = (sent: Document): boolean =>
  word(sent['state']) === 'cleared' || word(sent['perceivedSeverity']) === 'cleared';

async function changeLive(change: Document, own: Document, context: Context): Promise<Refusal | undefined> {
  const ack = word(change['ackState']);
  const wrong = wrongWords(change);
  if (wrong !== undefined) return wrong;
  if (ack !== '' && ack !== 'acknowledged' && ack !== 'unacknowledged')
    return wrongField('ackState', 'must be acknowledged or unacknowledged');
  const alarm = own['id'] as AlarmId;
  if (isOver(change)) await order({ kind: 'clearAlarm', alarm }, context);
  else if (change['state'] !== undefined || change['perceivedSeverity'] !== undefined) {
    const object = own['alarmedObject'];
    await context.ports.submit({
      kind: 'observation',
      observation: {
        ...{
          event: 'raise',
          source: 'api',
          resource: resourceId(String(isDocument(object) ? object['id'] : '')),
        },
        cause: String(own['probableCause']),
        severity: severityIn(change) ?? severityIn(own),
      },
    });
  }
  if (ack === 'acknowledged') await order({ kind: 'acknowledgeAlarm', alarm }, context);
  else if (ack === 'unacknowledged') await order({ kind: 'unacknowledgeAlarm', alarm }, context);
  const now = await context.ports.query.alarm(alarm);
  if (isOver(change)) return now?.state === 'raised' ? conflict('The alarm was not cleared.') : undefined;
  const wanted = severityIn(change);
  return wanted === undefined || now?.perceivedSeverity === wanted
    ? undefined
    : conflict(`The alarm stays ${now?.perceivedSeverity}: another source says so.`);
}

const severityIn = (document: Document): PerceivedSeverity | undefined =>
  severities.find((known) => known === word(document['perceivedSeverity']));

export const order = (command: Command, { ports, user }: Context): Promise<unknown> =>
  ports.submit({ kind: 'command', by: user.name, command });
