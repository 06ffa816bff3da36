import { expect, test } from 'vitest';
import { hours, minutes } from '../../src/base/instant.ts';
import type { SubscriberSays } from '../../src/flow/input.ts';
import { Line } from '../../src/flow/line.ts';
import type { IncidentId, TicketId } from '../../src/model/ids.ts';
import { subscriberKey } from '../../src/model/ids.ts';
import { allTerminals, cityContents, keyAt } from '../support/line-city.ts';
import { LineRun } from '../support/line-run.ts';

const below = allTerminals.filter((id) => id.startsWith('ont-1-1-1-'));

/** A splitter is dark and its incident known. */
function cut(): { readonly run: LineRun; readonly incident: IncidentId } {
  const run = new LineRun().begin();
  run.observe('raise', below, { cause: 'LOS' }).pass(minutes(2));
  return { run, incident: run.line.incidentOf(subscriberKey(keyAt(below[0]!)))! };
}

const say = (run: LineRun, terminal: string, says: SubscriberSays, channel = 'page'): LineRun =>
  run.put({ kind: 'subscriberSays', subscriber: subscriberKey(keyAt(terminal)), channel, says });
const explanationOf = (run: LineRun, incident: IncidentId) =>
  run.changes('incident').findLast((change) => change.incident.id === incident)!.incident.explanation;
const order = (
  run: LineRun,
  command: Extract<LineRun['inputs'][0]['input'], { kind: 'command' }>['command'],
) => run.put({ kind: 'command', by: 'olga', command });

test('a call that the telephone system answered is evidence for its incident, and no ticket', () => {
  const { run, incident } = cut();
  const before = run.changes('ticket').filter(({ ticket }) => ticket.kind === 'subscriber').length;
  for (const terminal of below.slice(0, 3)) say(run, terminal, { kind: 'heard', incident }, 'ivr');
  run.pass(minutes(2));
  expect(run.changes('ticket').filter(({ ticket }) => ticket.kind === 'subscriber')).toHaveLength(before);
  expect(run.changes('ticket').at(-1)!.ticket).toMatchObject({ kind: 'incident', contacts: 3 });
  expect(explanationOf(run, incident)).toMatchObject({ subscribersSayDown: 3 });
});

test('before an alarm calls that were deflected from elsewhere crowd to a suspicion like any other', () => {
  const run = new LineRun().begin();
  for (const terminal of below.slice(0, 4))
    say(run, terminal, { kind: 'heard', incident: 'l.1.1' as IncidentId });
  run.pass(minutes(2));
  expect(run.changes('incident').at(-1)!.incident).toMatchObject({ suspected: true, state: 'uncertain' });
});

test('who wants to be told has a ticket below the incident and is asked when it is repaired', () => {
  const { run, incident } = cut();
  say(run, below[0]!, { kind: 'tellMe' }, 'ivr');
  expect(run.changes('ticket').findLast(({ ticket }) => ticket.kind === 'subscriber')!.ticket).toMatchObject({
    incident,
    channel: 'ivr',
  });
});

test('"not this outage" is a ticket of its own, work for somebody, a correction, and no witness of that incident any more', () => {
  const { run, incident } = cut();
  say(run, below[0]!, { kind: 'heard', incident }, 'ivr');
  say(run, below[0]!, { kind: 'tellMe' });
  say(run, below[0]!, { kind: 'notThis', incident, contact: 'row-1' });
  run.pass(minutes(2));
  const ticket = run.changes('ticket').findLast((change) => change.ticket.kind === 'subscriber')!.ticket;
  expect(ticket).toMatchObject({ notOf: [incident], status: 'acknowledged' });
  expect(ticket.incident).toBeUndefined();
  const task = run.changes('task').findLast((change) => change.task.kind === 'triage')!.task;
  expect(task).toMatchObject({ ticket: ticket.id, state: 'queued' });
  expect(task.dueAt).toBeGreaterThan(task.createdAt);
  expect(explanationOf(run, incident)).toMatchObject({ subscribersSayDown: 0, notThisOutage: [below[0]] });
  run.put({ kind: 'subscriberContact', subscriber: ticket.subscriber!, channel: 'phone', contact: 'row-2' });
  run.pass(minutes(2));
  expect(explanationOf(run, incident)).toMatchObject({ subscribersSayDown: 0 });
  expect(run.line.kpis()['groupingsCorrected']).toBe(1);
});

test('several on a branch to whom it is another fault raise a suspicion beside the incident', () => {
  const { run, incident } = cut();
  for (const terminal of below.slice(0, 4)) say(run, terminal, { kind: 'notThis', incident });
  run.pass(minutes(2));
  const suspected = run.changes('incident').filter((change) => change.incident.suspected === true);
  expect(suspected.at(-1)?.incident).toMatchObject({
    kind: 'unexplained',
    explanation: { subscribersSayDown: 4 },
  });
  expect(suspected.at(-1)?.incident.id).not.toBe(incident);
});

test('to whom it is another fault is not asked whether this one is fixed; the others are', () => {
  const { run, incident } = cut();
  run.pass(minutes(10));
  say(run, below[0]!, { kind: 'notThis', incident });
  run.observe('clear', below, { cause: 'LOS' }).observe('alive', below).pass(hours(2));
  const asked = run.changes('confirmation').map(({ confirmation }) => confirmation);
  const people = new Set(
    asked.filter((one) => one.incident === incident).map(({ subscriber }) => subscriber),
  );
  expect(people.size).toBeGreaterThan(1);
  expect(people.has(subscriberKey(keyAt(below[0]!)))).toBe(false);
});

test('an operator takes a ticket away and back: the case is looked into, and not any more', () => {
  const { run, incident } = cut();
  say(run, below[0]!, { kind: 'tellMe' });
  const { id } = run.changes('ticket').findLast((change) => change.ticket.kind === 'subscriber')!.ticket;
  order(run, { kind: 'detachTicket', ticket: id, notThis: true });
  expect(run.changes('task').at(-1)!.task).toMatchObject({ kind: 'triage', ticket: id });
  order(run, { kind: 'attachTicket', ticket: id, incident });
  expect(run.changes('task').at(-1)!.task).toMatchObject({ kind: 'triage', state: 'cancelled' });
  expect(run.changes('ticket').findLast((change) => change.ticket.id === id)!.ticket).toMatchObject({
    incident,
  });
});

test('a question is a task with a due time until it is answered', () => {
  const { run } = cut();
  say(run, below[0]!, { kind: 'question', contact: 'q-1' });
  const { task } = run.changes('task').findLast((change) => change.task.kind === 'answer')!;
  expect(task).toMatchObject({ state: 'queued', skill: 'care', subscriber: keyAt(below[0]!) });
  order(run, { kind: 'answerQuestion', ticket: task.ticket as TicketId, question: 'q-1', answer: 'a-1' });
  expect(run.changes('task').at(-1)!.task).toMatchObject({ id: task.id, state: 'done', outcome: 'done' });
  expect(run.changes('ticket').at(-1)!.ticket.questions).toMatchObject([{ contact: 'q-1', answer: 'a-1' }]);
});

test('however many tickets somebody has, a change is told in one message', () => {
  const run = new LineRun().begin();
  const subscriber = subscriberKey(keyAt(below[0]!));
  const call = (contact: string) =>
    run.put({ kind: 'subscriberContact', subscriber, channel: 'phone', contact });
  call('row-1');
  run.observe('raise', below, { cause: 'LOS' }).pass(minutes(2));
  const incident = run.line.incidentOf(subscriber)!;
  const { id } = run.changes('ticket').findLast((change) => change.ticket.kind === 'subscriber')!.ticket;
  order(run, { kind: 'detachTicket', ticket: id, notThis: false });
  say(run, below[0]!, { kind: 'question', contact: 'q-1' });
  run.pass(minutes(10));
  const told = run.tells().filter((tell) => tell.incident === incident && tell.type === 'detected');
  const number = run.line.subscribers!.numberOf(subscriber)!;
  const reaching = told.filter(
    ({ from, to, except }) => from <= number && number < to && !except.includes(number),
  );
  expect(reaching).toHaveLength(1);
});

test('a restored line goes on with what was said', () => {
  const { run, incident } = cut();
  say(run, below[0]!, { kind: 'notThis', incident });
  const other = new Line({ name: 'l', epoch: 1, contents: cityContents() });
  other.restore(JSON.parse(JSON.stringify(run.line.snapshot())));
  const again = new LineRun(other, run.at);
  for (const one of [run, again]) say(one, below[0]!, { kind: 'question', contact: 'q-1' }).pass(minutes(5));
  expect(JSON.stringify(again.line.snapshot())).toBe(JSON.stringify(run.line.snapshot()));
});
