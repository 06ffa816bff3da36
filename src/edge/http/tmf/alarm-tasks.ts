/** TMF642 tasks: acknowledge, clear, comment, group and ungroup alarms that a pattern names. */
import type { Command } from '../../../flow/input.ts';
import type { AlarmId, IncidentId } from '../../../model/ids.ts';
import { alarmKind, alarmShape, order } from './alarm.ts';
import { type Document, documentsIn, isDocument, textOf } from './document.ts';
import { type Context, type Created, eventsOf, type Kind } from './kind.ts';
import { find, list } from './reading.ts';
import { conflict, isRefusal, notFound, type Refusal, wrongField } from './refusal.ts';
import type { Filter } from './selecting.ts';
import { shape, wrongIn } from './shape.ts';

/** Acted on by one task; who means more says it in parts. */
const mostAlarms = 1_000;

type Act = (sent: Document, context: Context) => Promise<Document | Refusal>;

function task(name: string, more: Pick<Kind['shape'], 'mandatory'> & { readonly act: Act }): Kind {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}`;
  return {
    ...{ name, type, verbs: ['list', 'get', 'create'], fixed: [], state: 'state', isTask: true },
    shape: shape(
      {
        text: 'ackSystemId ackUserId clearSystemId clearUserId sourceSystemId state',
        time: 'ackTime alarmClearedTime alarmChangedTime',
        object: 'comment parentAlarm',
        list: 'alarmPattern ackedAlarm unAckedAlarm clearedAlarm commentedAlarm correlatedAlarm groupedAlarm unGroupedAlarm',
      },
      { mandatory: more.mandatory, parts: { parentAlarm: ['id'], correlatedAlarm: ['id'] } },
    ),
    events: eventsOf(type, ['create', 'state']),
    async create(sent, context): Promise<Created | Refusal> {
      const done = await more.act(sent, context);
      return isRefusal(done) ? done : { kept: { ...sent, ...done, state: 'done' } };
    },
  };
}

const pattern = (by: string): readonly string[] => [`${by}SystemId`, `${by}UserId`, 'alarmPattern'];

export const alarmTasks: readonly Kind[] = [
  task('ackAlarms', {
    mandatory: pattern('ack'),
    act: forEach('ackedAlarm', (alarm) => ({ kind: 'acknowledgeAlarm', alarm })),
  }),
  task('unAckAlarms', {
    mandatory: pattern('ack'),
    act: forEach('unAckedAlarm', (alarm) => ({ kind: 'unacknowledgeAlarm', alarm })),
  }),
  task('clearAlarms', {
    mandatory: ['clearSystemId', 'clearUserId', 'alarmClearedTime', 'alarmPattern'],
    act: forEach('clearedAlarm', (alarm) => ({ kind: 'clearAlarm', alarm })),
  }),
  task('commentAlarms', { mandatory: ['comment', 'alarmPattern'], act: comment }),
  task('groupAlarms', { mandatory: grouping(), act: (sent, context) => group(sent, true, context) }),
  task('unGroupAlarms', { mandatory: grouping(), act: (sent, context) => group(sent, false, context) }),
];

function grouping(): readonly string[] {
  return ['sourceSystemId', 'alarmChangedTime', 'parentAlarm', 'correlatedAlarm'];
}

function forEach(result: string, commandOf: (alarm: AlarmId) => Command): Act {
  return async (sent, context) => {
    const alarms = await meant(sent, context);
    if ('refused' in alarms) return alarms;
    for (const { id } of alarms) await order(commandOf(String(id) as AlarmId), context);
    const now = sent['ackSystemId'] === undefined ? {} : { ackTime: sent['ackTime'] ?? context.at };
    return { ...now, [result]: alarms.map((alarm) => referenceTo(alarm, context)) };
  };
}

async function comment(sent: Document, context: Context): Promise<Document | Refusal> {
  const { comment: said } = sent;
  const text = isDocument(said) ? textOf(said['comment']) : undefined;
  if (text === undefined) return wrongField('comment.comment', 'must be a text');
  const alarms = await meant(sent, context);
  if ('refused' in alarms) return alarms;
  for (const { id } of alarms) {
    const note = await context.ports.query.storeNote(text);
    await order({ kind: 'noteAlarm', alarm: String(id) as AlarmId, note }, context);
  }
  return { commentedAlarm: alarms.map((alarm) => referenceTo(alarm, context)) };
}

const referenceTo = ({ id }: Document, { href }: Context): Document => ({
  ...{ id, href: href('alarm', String(id)), '@referredType': 'Alarm' },
});

/** The alarms that one of the patterns fits; a pattern that names nothing would mean all of them. */
async function meant(sent: Document, context: Context): Promise<readonly Document[] | Refusal> {
  const found = new Map<unknown, Document>();
  for (const wanted of documentsIn(sent['alarmPattern'])) {
    const wrong = wrongIn(wanted, alarmShape);
    if (wrong !== undefined) return wrong;
    if (typeof wanted['id'] === 'object') return wrongField('alarmPattern.id', 'must be a text');
    const filters = filtersOf(wanted);
    if (filters.length === 0)
      return wrongField('alarmPattern', 'must say something of the alarms that are meant');
    const selection = { filters, offset: 0, limit: mostAlarms };
    const { items, total } = await list(alarmKind, selection, context);
    const id = wanted['id'];
    if (id !== undefined && total === 0) return notFound('Alarm', String(id));
    for (const item of items) found.set(item['id'], item);
    if (total > mostAlarms || found.size > mostAlarms)
      return conflict(`The pattern means more than ${mostAlarms} alarms; say it in parts.`);
  }
  return [...found.values()];
}

/** Every value that the pattern holds must be so. */
function filtersOf(value: unknown, path: readonly string[] = []): readonly Filter[] {
  if (Array.isArray(value)) return value.flatMap((one: unknown) => filtersOf(one, path));
  if (isDocument(value)) {
    return Object.entries(value).flatMap(([name, held]) =>
      name === 'href' || name.startsWith('@') ? [] : filtersOf(held, [...path, name]),
    );
  }
  return value === null || value === undefined ? [] : [{ path, operator: 'eq', values: [String(value)] }];
}

/** What is one fault is one incident: the children join that of the parent, or become one of their own. */
async function group(sent: Document, belongs: boolean, context: Context): Promise<Document | Refusal> {
  const { ports } = context;
  const parentId = String((sent['parentAlarm'] as Document)['id']);
  const incident = (await ports.query.alarm(parentId))?.incident;
  if (incident === undefined) {
    const parent = await find(alarmKind, parentId, context);
    return parent === undefined
      ? notFound('Alarm', parentId)
      : conflict('The parent alarm is of no incident.');
  }
  const children = documentsIn(sent['correlatedAlarm']).map(({ id }) => String(id));
  if (children.length > mostAlarms) return conflict(`At most ${mostAlarms} alarms at once.`);
  for (const child of children) {
    if ((await ports.query.alarm(child)) === undefined) return notFound('Alarm', child);
  }
  const placed: Document[] = [];
  for (const child of children) {
    await order(
      { kind: 'placeAlarm', incident: incident as IncidentId, alarm: child as AlarmId, belongs },
      context,
    );
    const isThere = (await ports.query.alarm(child))?.incident === incident;
    if (isThere === belongs) placed.push(referenceTo({ id: child }, context));
  }
  if (placed.length === 0)
    return conflict(
      'Nothing was changed: the incident is over, the alarms are, or nothing would be left of it.',
    );
  return { [belongs ? 'groupedAlarm' : 'unGroupedAlarm']: placed };
}
