/** TMF656 tasks: acknowledge a problem, which takes its alarms, and make problems one. */
import type { IncidentId } from '../../../model/ids.ts';
import { order } from './alarm.ts';
import { type Document, documentsIn } from './document.ts';
import type { Context, Created, Kind } from './kind.ts';
import { find } from './reading.ts';
import { conflict, isRefusal, notFound, type Refusal } from './refusal.ts';
import { problemKind } from './service-problem.ts';
import { shape } from './shape.ts';
import { change } from './writing.ts';

/** Of one problem, and problems of one task. */
const mostAlarms = 1_000;
const mostProblems = 100;

type Act = (sent: Document, context: Context) => Promise<Document | Refusal>;

function task(
  name: string,
  { mandatory, act }: { readonly mandatory: readonly string[]; readonly act: Act },
): Kind {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}`;
  return {
    ...{ name, type, verbs: ['create'], fixed: [], events: {}, isTask: true },
    shape: shape(
      { list: 'problem ackProblem unackProblem childProblem', object: 'parentProblem trackingRecord' },
      { mandatory, parts: { problem: ['id'], childProblem: ['id'], parentProblem: ['id'] } },
    ),
    async create(sent, context): Promise<Created | Refusal> {
      const done = await act(sent, context);
      return isRefusal(done) ? done : { kept: { ...sent, ...done } };
    },
  };
}

export const problemTasks: readonly Kind[] = [
  task('problemAcknowledgement', {
    mandatory: ['problem'],
    act: (sent, context) => take(sent, true, context),
  }),
  task('problemUnacknowledgement', {
    mandatory: ['problem'],
    act: (sent, context) => take(sent, false, context),
  }),
  task('problemGroup', { mandatory: ['parentProblem', 'childProblem'], act: group }),
  task('problemUngroup', { mandatory: ['parentProblem', 'childProblem'], act: ungroup }),
];

/** Somebody looks after the problem: after every alarm of it. */
async function take(sent: Document, isTaken: boolean, context: Context): Promise<Document | Refusal> {
  const problems = await all(sent['problem'], context);
  if ('refused' in problems) return problems;
  for (const { id, own } of problems) {
    if (own === undefined) {
      const status = isTaken ? 'acknowledged' : 'pending';
      const changed = await change(problemKind, id, { status }, context);
      if (isRefusal(changed)) return changed;
      continue;
    }
    const page = { limit: mostAlarms };
    const { items } = await context.ports.query.alarms({ incident: id, state: 'raised' }, page);
    const kind = isTaken ? 'acknowledgeAlarm' : 'unacknowledgeAlarm';
    for (const alarm of items) await order({ kind, alarm: alarm.id }, context);
  }
  const said = isTaken ? 'ackProblem' : 'unackProblem';
  return {
    [said]: problems.map(({ id }) => referenceTo(id, context)),
    trackingRecord: {
      ...{ description: said, systemId: 'allclear', time: context.at, user: context.user.name },
      ...(sent['trackingRecord'] as Document | undefined),
    },
  };
}

const referenceTo = (id: string, { href }: Context): Document => ({
  ...{ id, href: href('serviceProblem', id), '@referredType': 'ServiceProblem' },
});

interface Problem {
  readonly id: string;
  /** Undefined: it is from outside. */
  readonly own?: Document | undefined;
}

async function all(named: unknown, context: Context): Promise<readonly Problem[] | Refusal> {
  const ids = documentsIn(named).map(({ id }) => String(id));
  if (ids.length > mostProblems) return conflict(`At most ${mostProblems} problems at once.`);
  const problems: Problem[] = [];
  for (const id of ids) {
    const found = await find(problemKind, id, context);
    if (found === undefined) return notFound('ServiceProblem', id);
    problems.push({ id, own: found.own });
  }
  return problems;
}

async function group(sent: Document, context: Context): Promise<Document | Refusal> {
  const problems = await parentAndChildren(sent, context);
  if ('refused' in problems) return problems;
  const [parent, ...children] = problems;
  for (const child of children) {
    if (child.own !== undefined && parent!.own === undefined)
      return conflict(`${child.id} is an incident: it becomes part of another incident only.`);
  }
  for (const { id, own } of children) {
    if (own === undefined) {
      const parentProblem = [referenceTo(parent!.id, context)];
      const changed = await change(problemKind, id, { parentProblem }, context);
      if (isRefusal(changed)) return changed;
      continue;
    }
    const into = parent!.id as IncidentId;
    await order({ kind: 'mergeIncidents', incident: id as IncidentId, into }, context);
    const merged = (await context.ports.query.incident(id))?.incident;
    if (merged?.state !== 'merged') return conflict(`${id} was not merged: one of the two is over.`);
  }
  return {};
}

async function ungroup(sent: Document, context: Context): Promise<Document | Refusal> {
  const problems = await parentAndChildren(sent, context);
  if ('refused' in problems) return problems;
  const [, ...children] = problems;
  const own = children.find((child) => child.own !== undefined);
  if (own !== undefined)
    return conflict(
      `${own.id} is an incident that was merged: its alarms are ungrouped one by one, as alarms.`,
    );
  for (const { id } of children) {
    const changed = await change(problemKind, id, { parentProblem: null }, context);
    if (isRefusal(changed)) return changed;
  }
  return {};
}

const parentAndChildren = (sent: Document, context: Context): Promise<readonly Problem[] | Refusal> =>
  all([sent['parentProblem'], ...documentsIn(sent['childProblem'])], context);
