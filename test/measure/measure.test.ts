// Figures are counted once for each transition, whatever else changes in the same instant.
import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/canonical.ts';
import { instant } from '../../src/base/instant.ts';
import { Measure } from '../../src/measure/measure.ts';
import { promoterScore } from '../../src/measure/promoter-score.ts';
import type { Alarm } from '../../src/model/alarm.ts';
import type { Change } from '../../src/model/change.ts';
import type { Confirmation } from '../../src/model/confirmation.ts';
import type { Incident } from '../../src/model/incident.ts';
import type { Tell } from '../../src/model/notice.ts';
import type { Task } from '../../src/model/task.ts';
import type { Ticket } from '../../src/model/ticket.ts';

const t0 = instant(1_700_000_000_000);
const at = (s: number) => instant(t0 + s * 1_000);
const alarm = (more: Partial<Alarm>): Change => ({
  kind: 'alarm',
  alarm: { id: 'a~LOS', state: 'raised', raisedAt: t0, ...more } as Alarm,
});
const incident = (more: Partial<Incident>): Change => ({
  kind: 'incident',
  incident: {
    id: 'l.1.1',
    actionable: true,
    startedAt: t0,
    history: [{ at: t0, event: 'open' }],
    ...more,
  } as Incident,
});
const confirmation = (id: string, more: Partial<Confirmation>): Change => ({
  kind: 'confirmation',
  confirmation: { id, answers: [], ...more } as unknown as Confirmation,
});

test('a raise counts once although its incident is noted in the same instant', () => {
  const measure = new Measure();
  measure.take([alarm({})], t0);
  measure.take([alarm({ incident: 'l.1.1' as Incident['id'] })], t0);
  measure.take([alarm({ ackState: 'acknowledged' })], at(5));
  measure.take([alarm({ state: 'cleared', clearedAt: at(9) })], at(9));
  expect(measure.kpis()).toMatchObject({ alarmsRaised: 1, alarmsCleared: 1 });
});

test('times to decide, resolve and close run from the onset', () => {
  const measure = new Measure();
  measure.take([incident({})], t0);
  measure.take([incident({ decidedAt: at(12) })], at(12));
  measure.take([incident({ decidedAt: at(12), resolvedAt: at(600) })], at(600));
  measure.take([incident({ decidedAt: at(12), resolvedAt: at(600), closedAt: at(900) })], at(900));
  expect(measure.kpis()).toMatchObject({
    incidentsOpened: 1,
    decideMeanMs: 12_000,
    resolveMeanMs: 600_000,
    closeMeanMs: 900_000,
  });
});

test('questions, answers, marks, tickets, tasks and notices are counted', () => {
  const measure = new Measure();
  const answers = [{ at: at(1), answer: 'fixed', channel: 'page' }] as const;
  measure.take([confirmation('c1', { askedAt: t0 }), confirmation('c2', { askedAt: t0 })], t0);
  measure.take([confirmation('c1', { askedAt: t0, answers })], at(1));
  measure.take([confirmation('c1', { askedAt: t0, answers, rating: { at: at(2), score: 10 } })], at(2));
  measure.take(
    [{ kind: 'ticket', ticket: { id: 't', kind: 'subscriber', openedAt: at(3) } as Ticket }],
    at(3),
  );
  const task = { id: 'k', state: 'done', createdAt: at(3), dueAt: at(4), doneAt: at(5) } as Task;
  measure.take([{ kind: 'task', task: { ...task, state: 'queued', doneAt: undefined } }], at(3));
  measure.take([{ kind: 'task', task }], at(5));
  measure.told([{ from: 10, to: 20, except: [11] } as unknown as Tell]);
  measure.receipts([{ state: 'delivered', count: 9 }]);
  expect(measure.kpis()).toMatchObject({
    asked: 2,
    answersFixed: 1,
    ratings: 1,
    nps: 100,
    subscriberTicketsOpened: 1,
    tasksCreated: 1,
    tasksLate: 1,
    taskDoneMeanMs: 2_000,
    noticesPlanned: 9,
    noticesSuppressed: 1,
    noticesDelivered: 9,
  });
});

test('a restored room counts on, also within the instant', () => {
  const measure = new Measure();
  measure.take([alarm({})], t0);
  const restored = new Measure();
  restored.restore(JSON.parse(JSON.stringify(measure.snapshot())));
  restored.take([alarm({})], t0);
  expect(canonicalJson(restored.snapshot())).toBe(canonicalJson(measure.snapshot()));
});

test('the promoter score of a third each is 0 with about 160 over root n points', () => {
  const marks = [0, 0, 0, 0, 0, 0, 333, 0, 333, 0, 333];
  expect(promoterScore(marks)).toEqual({ score: 0, low: -5.1, high: 5.1, ratings: 999 });
  expect(promoterScore(Array(11).fill(0))).toBeUndefined();
  const five = promoterScore([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5])!;
  expect(five.score).toBe(100);
  expect(five.low).toBeLessThan(50);
  expect(five.high).toBe(100);
});
