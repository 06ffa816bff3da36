import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/canonical.ts';
import { hours, instant, minutes } from '../../src/base/instant.ts';
import { Dispatch } from '../../src/dispatch/dispatch.ts';
import type { Confirmation, ConfirmationChange, ConfirmationState } from '../../src/model/confirmation.ts';
import {
  confirmationId,
  type IncidentId,
  type StaffId,
  subscriberKey,
  type TaskId,
  type TicketId,
} from '../../src/model/ids.ts';
import type { Staff, Task, TaskChange } from '../../src/model/task.ts';
import { happens, ids, noon, outage, policy } from '../support/care.ts';

function room() {
  let dispatch = new Dispatch();
  dispatch.setPolicy(policy());
  const source = ids();
  let at = noon;
  const context = () => ({ at, ids: source });
  const log: TaskChange[] = [];
  const note = (changes: TaskChange[]): TaskChange[] => {
    log.push(...changes);
    return changes;
  };
  return {
    log,
    room: () => dispatch,
    pass: (ms: number) => {
      at = instant(at + ms);
    },
    staff: (id: string, skills: string[], change: Partial<Staff> = {}) =>
      note(dispatch.staff({ id: id as StaffId, skills, state: 'available', limit: 2, ...change }, context())),
    said: (number: number, state: ConfirmationState, change: Partial<Confirmation> = {}) =>
      note(dispatch.onConfirmations([about(number, state, change)], () => 'ticket-1' as TicketId, context())),
    happens: (
      kind: Parameters<typeof happens>[0],
      change: Parameters<typeof happens>[1] = {},
      touched = 10,
    ) => note(dispatch.onIncidents([happens(kind, change)], () => touched, context())),
    finish: (task: TaskId, outcome: NonNullable<Task['outcome']> = 'fixed') =>
      note(dispatch.finish(task, outcome, context())),
    giveBack: (task: TaskId) => note(dispatch.giveBack(task, context())),
    plan: (task: TaskId, staff: string) =>
      note(dispatch.plan([{ task, staff: staff as StaffId }], context())),
    reborn: () => {
      const snapshot = JSON.parse(JSON.stringify(dispatch.snapshot()));
      dispatch = new Dispatch();
      dispatch.setPolicy(policy());
      dispatch.restore(snapshot);
    },
  };
}

function about(
  number: number,
  state: ConfirmationState,
  change: Partial<Confirmation> = {},
): ConfirmationChange {
  const subscriber = subscriberKey(1_000 + number);
  const confirmation = {
    id: confirmationId(outage, subscriber),
    incident: outage,
    subscriber,
    state,
    loop: 0,
    answers: [],
    ...change,
  };
  return { kind: change.rating === undefined ? 'answered' : 'rated', confirmation };
}

const brief = (changes: readonly TaskChange[]) =>
  changes.map(({ kind, task }) => [kind, task.kind, task.assignee]);

test.each([
  ['"contact me" is a call within the hour', 'CALLBACK_QUEUED', {}, 'callBack', 'care', hours(1)],
  ['"not fixed" is a diagnosis by who knows the fault', 'STILL_OUT', {}, 'diagnose', 'fibre', hours(4)],
  [
    'a low mark is a personal call',
    'CONFIRMED',
    { rating: { at: noon, score: 6 } },
    'ratingCall',
    'care',
    hours(24),
  ],
] as const)('%s', (_title, state, change, kind, skill, within) => {
  const { staff, said, happens: incident } = room();
  staff('ann', ['care']);
  staff('bob', ['fibre'], { limit: 0 });
  incident('opened', {}, 0);
  const made = said(3, state, change)[0]!.task;
  expect(made).toMatchObject({ kind, skill, dueAt: noon + within, ticket: 'ticket-1', subscriber: 1_003 });
});

test('a good mark brings nobody a call', () => {
  expect(room().said(3, 'CONFIRMED', { rating: { at: noon, score: 9 } })).toEqual([]);
});

test('the least loaded with the skill gets it, then the longest idle, then by name', () => {
  const { staff, said, pass } = room();
  staff('zoe', ['care']);
  pass(minutes(1));
  staff('bob', ['care']);
  staff('ann', ['care']);
  staff('eve', ['fibre']);
  const takers = [1, 2, 3, 4].map((number) => said(number, 'CALLBACK_QUEUED')[0]!.task.assignee);
  expect(takers).toEqual(['zoe', 'ann', 'bob', 'zoe']);
});

test('the reasons of a choice are kept: the chosen one, then the next', () => {
  const { staff, said } = room();
  for (const name of ['ann', 'bob', 'cid', 'dan']) staff(name, ['care']);
  expect(said(1, 'CALLBACK_QUEUED')[0]!.task.why).toEqual([
    { staff: 'ann', openTasks: 0, skilled: true },
    { staff: 'bob', openTasks: 0, skilled: true },
    { staff: 'cid', openTasks: 0, skilled: true },
  ]);
});

test('work nobody is free for waits, and the most urgent goes first to who is', () => {
  const { staff, said, happens: incident, finish } = room();
  incident('opened', { kind: 'unexplained' }, 0);
  expect(brief(said(1, 'CONFIRMED', { rating: { at: noon, score: 0 } }))).toEqual([
    ['queued', 'ratingCall', undefined],
  ]);
  said(2, 'CALLBACK_QUEUED');
  const given = staff('ann', ['care'], { limit: 1 });
  expect(brief(given)).toEqual([['assigned', 'callBack', 'ann']]);
  expect(brief(finish(given[0]!.task.id, 'talked'))).toEqual([
    ['done', 'callBack', 'ann'],
    ['assigned', 'ratingCall', 'ann'],
  ]);
});

test('an incident with subscribers or a physical cause is one repair, whatever else happens to it', () => {
  const { happens: incident, log } = room();
  incident('opened');
  incident('grew');
  incident('rerooted');
  incident('opened', { id: 'l.1.2' as IncidentId, kind: 'duct' }, 0);
  incident('opened', { id: 'l.1.3' as IncidentId, kind: 'config' }, 0);
  incident('opened', { id: 'l.1.4' as IncidentId, actionable: false });
  incident('opened', { id: 'l.1.5' as IncidentId, planned: true });
  expect(log.map(({ task }) => [task.kind, task.skill, task.incident])).toEqual([
    ['repair', 'fibre', outage],
    ['repair', 'fibre', 'l.1.2'],
  ]);
});

test('a repair goes to other hands when the cause turns out to be another', () => {
  const { happens: incident, staff } = room();
  staff('ann', ['fibre']);
  staff('bob', ['power']);
  incident('opened');
  expect(brief(incident('rerooted', { kind: 'area-power' }))).toEqual([
    ['cancelled', 'repair', 'ann'],
    ['assigned', 'repair', 'bob'],
  ]);
});

test('work whose reason is gone is cancelled', () => {
  const { happens: incident, staff, said } = room();
  staff('ann', ['fibre', 'care'], { limit: 9 });
  incident('opened');
  said(1, 'STILL_OUT');
  expect(brief(said(1, 'CONFIRMED'))).toEqual([['cancelled', 'diagnose', 'ann']]);
  expect(brief(incident('resolved'))).toEqual([['cancelled', 'repair', 'ann']]);
  expect(brief(incident('reopened'))).toEqual([['assigned', 'repair', 'ann']]);
});

test('what was given back goes to another, and to the same one only as the sole expert', () => {
  const { staff, said, giveBack } = room();
  staff('ann', ['care']);
  const id = said(1, 'CALLBACK_QUEUED')[0]!.task.id;
  expect(brief(giveBack(id))).toEqual([
    ['returned', 'callBack', undefined],
    ['assigned', 'callBack', 'ann'],
  ]);
  staff('bob', ['care']);
  expect(brief(giveBack(id)).at(-1)).toEqual(['assigned', 'callBack', 'bob']);
  expect(brief(giveBack(id)).at(-1)).toEqual(['queued', 'callBack', undefined]);
});

test('who goes home leaves his tasks to the others', () => {
  const { staff, said } = room();
  staff('ann', ['care']);
  said(1, 'CALLBACK_QUEUED');
  staff('bob', ['care']);
  expect(brief(staff('ann', ['care'], { state: 'off' }))).toEqual([['assigned', 'callBack', 'bob']]);
});

test('a plan is applied only to what still waits and to who is still free', () => {
  const { staff, said, plan } = room();
  staff('ann', ['care'], { limit: 0 });
  const id = said(1, 'CALLBACK_QUEUED')[0]!.task.id;
  expect(plan(id, 'ann')).toEqual([]);
  expect(plan(id, 'nobody')).toEqual([]);
  const given = staff('ann', ['care'], { limit: 1 })[0]!.task;
  expect(given.assignee).toBe('ann');
  expect(plan(id, 'ann')).toEqual([]);
});

const number = fc.nat(5);
const step = fc.oneof(
  fc.record({
    kind: fc.constant('said' as const),
    number,
    state: fc.constantFrom<ConfirmationState>(
      'STILL_OUT',
      'CALLBACK_QUEUED',
      'CONFIRMED',
      'ESCALATED',
      'SUPERSEDED',
    ),
  }),
  fc.record({ kind: fc.constantFrom('finish' as const, 'giveBack' as const), pick: fc.nat(9) }),
  fc.record({
    kind: fc.constant('staff' as const),
    name: fc.constantFrom('ann', 'bob', 'cid'),
    state: fc.constantFrom<Staff['state']>('available', 'away', 'off'),
    limit: fc.nat(3),
  }),
  fc.record({
    kind: fc.constant('incident' as const),
    change: fc.constantFrom('opened' as const, 'grew' as const, 'resolved' as const, 'reopened' as const),
  }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function play(steps: readonly Step[], restoreAt = -1) {
  const made = room();
  const open = new Map<TaskId, Task>();
  const wanted = new Map<number, ConfirmationState>();
  const seen = (changes: TaskChange[]): void => {
    for (const { task } of changes) {
      if (task.state === 'done' || task.state === 'cancelled') open.delete(task.id);
      else open.set(task.id, task);
    }
  };
  seen(made.happens('opened'));
  steps.forEach((one, index) => {
    if (one.kind === 'said') {
      wanted.set(one.number, one.state);
      seen(made.said(one.number, one.state));
    } else if (one.kind === 'staff')
      seen(made.staff(one.name, ['care', 'fibre'], { state: one.state, limit: one.limit }));
    else if (one.kind === 'incident') seen(made.happens(one.change));
    else {
      const task = [...open.values()][one.pick];
      if (task === undefined) return;
      if (one.kind === 'giveBack') seen(made.giveBack(task.id));
      else {
        seen(made.finish(task.id));
        if (task.subscriber !== undefined) wanted.set(task.subscriber - 1_000, 'CLOSED');
      }
    }
    if (index === restoreAt) made.reborn();
  });
  return { open, wanted, log: made.log, end: canonicalJson(made.room().snapshot()) };
}

test('everybody still out has exactly one task, and nobody holds more than his limit when it is given', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const { open, wanted, log } = play(steps);
      for (const [who, state] of wanted) {
        const kinds = [...open.values()]
          .filter((task) => task.subscriber === who + 1_000)
          .map((task) => task.kind);
        const expected =
          state === 'STILL_OUT' || state === 'ESCALATED'
            ? ['diagnose']
            : state === 'CALLBACK_QUEUED'
              ? ['callBack']
              : [];
        expect(kinds).toEqual(expected);
      }
      for (const { kind, task } of log)
        if (kind === 'assigned') expect(task.why[0]!.openTasks).toBeLessThan(3);
    }),
    { numRuns: 150 },
  );
});

test('the same calls give the same state, and a restored room goes on alike', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), fc.nat(24), (steps, restoreAt) => {
      const first = play(steps);
      const restored = play(steps, restoreAt);
      expect(play(steps).end).toBe(first.end);
      expect(restored.end).toBe(first.end);
      expect(canonicalJson(restored.log)).toBe(canonicalJson(first.log));
    }),
    { numRuns: 100 },
  );
});
