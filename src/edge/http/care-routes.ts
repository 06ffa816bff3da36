/** Calls about people who wait: "is it fixed?" and its answers, and the tasks of staff. */
import { feedbackCauses } from '../../model/feedback-cause.ts';
import type { TaskId } from '../../model/ids.ts';
import { answerRoutes } from './answer-routes.ts';
import type { FeedbackCauseJson, TaskJson } from './contract.ts';
import {
  type Call,
  listQuery,
  object,
  ok,
  oneOf,
  type Reply,
  type Route,
  refusal,
  text,
  unknownId,
} from './route.ts';
import { ticketRoutes } from './ticket-routes.ts';
import { confirmationJson, listJson, taskJson } from './views.ts';

/** A draft is sent by a call of its own. */
const outcomes = ['fixed', 'notFixed', 'talked', 'noAnswer', 'done', 'dropped'] as const;

export const careRoutes: readonly Route[] = [
  ...ticketRoutes,
  {
    method: 'GET',
    path: '/confirmations',
    summary: 'Who was asked whether it is fixed, and what they answered',
    query: listQuery({ incident: text(200) }),
    answers: 'a list of confirmations',
    async handle({ ports, query, page }) {
      return ok(
        listJson(await ports.query.confirmations({ incident: query['incident'] }, page), confirmationJson),
      );
    },
  },
  ...answerRoutes,
  {
    method: 'GET',
    path: '/tasks',
    summary: 'Work of staff, and why it was given to whom',
    query: listQuery(),
    answers: 'a list of tasks',
    async handle({ ports, page }) {
      return ok(listJson(await ports.query.tasks(page), taskJson));
    },
  },
  {
    method: 'GET',
    path: '/feedback/causes',
    summary:
      'What low marks may be about, and how many subscribers named each in the last days (90 when left out)',
    query: object({ days: { type: 'integer', minimum: 1, maximum: 366, default: 90 } }, []),
    answers: 'a list of causes',
    async handle({ ports, query }) {
      const since = ports.world.now() - Number(query['days']) * 86_400_000;
      const named = await ports.query.causesNamed(since);
      const items = feedbackCauses.map(({ id, name }): FeedbackCauseJson => {
        return { id, name, subscribers: named.get(id) ?? 0 };
      });
      return ok({ items });
    },
  },
  {
    method: 'POST',
    path: '/tasks/:id/finish',
    summary:
      'Ends a task with its outcome; of a call about a low mark also what it was about (`cause`, see /feedback/causes)',
    body: object({ outcome: oneOf(outcomes), cause: oneOf(feedbackCauses.map(({ id }) => id)) }, ['outcome']),
    answers: 'the task',
    handle: finish,
  },
  {
    method: 'POST',
    path: '/tasks/:id/send',
    summary: 'Sends the text of a draft to all subscribers who were told of its incident',
    answers: 'the task',
    handle: sendDraft,
  },
  {
    method: 'POST',
    path: '/tasks/:id/start',
    summary:
      'Begins a task: from now on it is not cancelled, and the assignee hears what the subscriber says',
    answers: 'the task',
    handle: (call) => commandTask(call, { kind: 'startTask', task: call.id as TaskId }),
  },
  {
    method: 'POST',
    path: '/tasks/:id/return',
    summary: 'Gives a task back: it is shared out again',
    answers: 'the task',
    handle: (call) => commandTask(call, { kind: 'returnTask', task: call.id as TaskId }),
  },
];

async function finish(call: Call): Promise<Reply> {
  const { outcome, cause } = call.body as {
    readonly outcome: (typeof outcomes)[number];
    readonly cause?: string;
  };
  const view = cause === undefined ? undefined : await call.ports.query.task(call.id);
  if (view !== undefined && view.task.kind !== 'ratingCall')
    return refusal(409, 'Only a call about a low mark has a cause.');
  return commandTask(call, { kind: 'finishTask', task: call.id as TaskId, outcome, cause });
}

async function sendDraft(call: Call): Promise<Reply> {
  const view = await call.ports.query.task(call.id);
  if (view !== undefined && view.task.kind !== 'draft') return refusal(409, 'The task is no draft.');
  const reply = await commandTask(call, { kind: 'sendDraft', task: call.id as TaskId });
  if (reply.status !== 200 || (reply.body as TaskJson).state === 'done') return reply;
  return refusal(409, 'Nobody was told of the incident, or its notices wait for a second person.');
}

async function commandTask(
  { ports, user, id }: Call,
  command:
    | { kind: 'finishTask'; task: TaskId; outcome: (typeof outcomes)[number]; cause: string | undefined }
    | { kind: 'startTask' | 'returnTask' | 'sendDraft'; task: TaskId },
): Promise<Reply> {
  const view = await ports.query.task(id);
  if (view === undefined) return unknownId('task', id);
  if (view.task.state === 'done' || view.task.state === 'cancelled') {
    return refusal(409, `The task is ${view.task.state} already.`);
  }
  await ports.submit({ kind: 'command', by: user.name, command });
  return ok(taskJson((await ports.query.task(id)) ?? view));
}
