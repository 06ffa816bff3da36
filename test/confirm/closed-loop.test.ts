import fc from 'fast-check';
import { expect, test } from 'vitest';
import { days, hours, instant, minutes } from '../../src/base/instant.ts';
import { Confirmations, type ConfirmOutcome } from '../../src/confirm/confirm.ts';
import { Dispatch } from '../../src/dispatch/dispatch.ts';
import type { Answer } from '../../src/model/confirmation.ts';
import {
  confirmationId,
  type StaffId,
  type SubscriberKey,
  subscriberKey,
  type TaskId,
} from '../../src/model/ids.ts';
import type { Task, TaskChange } from '../../src/model/task.ts';
import { Tickets } from '../../src/ticket/ticket.ts';
import { CountingColumns, happens, ids, noon, outage, policy } from '../support/care.ts';

const size = 6;
const key = (number: number): SubscriberKey => subscriberKey(number + 1_000);

/** Ticket, confirm and dispatch joined by their changes alone, in the order of the line. */
function loop() {
  const source = ids();
  const columns = new CountingColumns(size);
  const [tickets, confirmations, dispatch] = [new Tickets(), new Confirmations(), new Dispatch()];
  tickets.setSubscribers(columns);
  confirmations.setSubscribers(columns, 1);
  confirmations.setPolicy(policy());
  dispatch.setPolicy(policy());
  const tasks = new Map<TaskId, Task>();
  let at = noon;
  const context = () => ({ at, ids: source });
  const worked = (changes: TaskChange[]): void => {
    for (const { task } of changes) {
      if (task.state === 'done' || task.state === 'cancelled') tasks.delete(task.id);
      else tasks.set(task.id, task);
    }
    const done = changes.filter((change) => change.kind === 'done');
    if (done.length > 0) confirmed(confirmations.worked(done, context()));
  };
  const confirmed = (outcome: ConfirmOutcome): void => {
    tickets.answered(outcome.changes, context());
    worked(dispatch.onConfirmations(outcome.changes, (of, who) => tickets.openOf(who, of)?.id, context()));
  };
  const incident = (kind: 'opened' | 'resolved'): void => {
    tickets.onIncident([happens(kind)], context());
    worked(dispatch.onIncidents([happens(kind)], () => size, context()));
    const who = {
      toldRanges: () => [{ from: 0, to: size }],
      attached: (of: typeof outage) => tickets.attachedSubscribers(of),
    };
    confirmed(confirmations.onIncident([happens(kind, { resolvedAt: at })], { ...context(), ...who }));
  };
  const pass = (ms: number): void => {
    const until = instant(at + ms);
    for (let next = confirmations.wakeAt; next !== undefined && next <= until; next = confirmations.wakeAt) {
      at = instant(Math.max(next, at));
      confirmed(confirmations.wake(context()));
    }
    at = until;
  };
  return {
    tickets,
    tasks,
    pass,
    incident,
    state: (number: number) => confirmations.of(confirmationId(outage, key(number)))?.state,
    call: (number: number) =>
      tickets.contact({ subscriber: key(number), channel: 'phone', contact: 'row' }, () => outage, context()),
    answer: (number: number, answer: Answer) =>
      confirmed(
        confirmations.answer(confirmationId(outage, key(number)), answer, { ...context(), channel: 'web' }),
      ),
    staff: (limit: number) =>
      worked(
        dispatch.staff(
          { id: 'ann' as StaffId, skills: ['care', 'fibre'], state: 'available', limit },
          context(),
        ),
      ),
    finish: (pick: number, outcome: NonNullable<Task['outcome']>) => {
      const id = [...tasks.keys()][pick];
      if (id !== undefined) worked(dispatch.finish(id, outcome, context()));
    },
  };
}

const number = fc.nat(size - 1);
const step = fc.oneof(
  fc.record({
    kind: fc.constant('answer' as const),
    number,
    answer: fc.constantFrom<Answer>('fixed', 'notFixed', 'contactMe'),
  }),
  fc.record({
    kind: fc.constant('finish' as const),
    pick: fc.nat(3),
    outcome: fc.constantFrom<NonNullable<Task['outcome']>>('fixed', 'notFixed', 'talked', 'noAnswer'),
  }),
  fc.record({ kind: fc.constant('staff' as const), limit: fc.nat(4) }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(hours(20)) }),
);

test('whoever is still out has a task and a ticket in work; whoever is at rest has neither', () => {
  fc.assert(
    fc.property(fc.array(number, { maxLength: 4 }), fc.array(step, { maxLength: 25 }), (callers, steps) => {
      const made = loop();
      made.incident('opened');
      for (const caller of callers) made.call(caller);
      made.incident('resolved');
      made.pass(minutes(10));
      for (const one of steps) {
        if (one.kind === 'answer') made.answer(one.number, one.answer);
        else if (one.kind === 'finish') made.finish(one.pick, one.outcome);
        else if (one.kind === 'staff') made.staff(one.limit);
        else made.pass(one.ms);
      }
      for (let who = 0; who < size; who++) {
        const state = made.state(who)!;
        const kinds = [...made.tasks.values()]
          .filter((task) => task.subscriber === key(who))
          .map((task) => task.kind);
        const status = made.tickets.openOf(key(who))?.status;
        if (state === 'STILL_OUT' || state === 'ESCALATED')
          expect([kinds, status]).toEqual([['diagnose'], 'inProgress']);
        else if (state.startsWith('CALLBACK')) expect([kinds, status]).toEqual([['callBack'], 'pending']);
        else expect([state, kinds]).toEqual([state, []]);
        if (state === 'CONFIRMED' || state.startsWith('EXPIRED') || state === 'CLOSED')
          expect([state, status]).toEqual([state, undefined]);
      }
    }),
    { numRuns: 200 },
  );
});

test('a "no" is diagnosed, asked again and confirmed; the caller has one ticket all the way', () => {
  const made = loop();
  made.staff(5);
  made.incident('opened');
  const ticket = made.call(2)[0]!.ticket.id;
  made.incident('resolved');
  made.pass(minutes(10));
  made.answer(2, 'notFixed');
  expect([...made.tasks.values()].map((task) => [task.kind, task.assignee, task.ticket])).toEqual([
    ['diagnose', 'ann', ticket],
  ]);
  made.finish(0, 'fixed');
  expect([made.state(2), made.tickets.ticket(ticket)?.status]).toEqual(['ASKED', 'resolved']);
  made.answer(2, 'fixed');
  expect([made.state(2), made.tickets.ticket(ticket)?.status]).toEqual(['CONFIRMED', 'closed']);
  made.pass(days(3));
  expect(made.state(3)).toBe('EXPIRED_UNKNOWN');
});
