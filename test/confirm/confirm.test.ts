import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/canonical.ts';
import { days, hours, instant, minutes } from '../../src/base/instant.ts';
import { Confirmations, type ConfirmOutcome } from '../../src/confirm/confirm.ts';
import type { Answer, ConfirmationChange, ConfirmationState } from '../../src/model/confirmation.ts';
import { confirmationId, type IncidentId, subscriberKey, type TaskId } from '../../src/model/ids.ts';
import type { Tell } from '../../src/model/notice.ts';
import type { Task } from '../../src/model/task.ts';
import { CountingColumns, happens, ids, noon, outage, policy, reached, touches } from '../support/care.ts';

const second = 'l.1.2' as IncidentId;

function room(change: Parameters<typeof policy>[0] = {}, count = 100) {
  const columns = new CountingColumns(count);
  const source = ids();
  let confirmations = new Confirmations();
  const equip = (): void => {
    confirmations.setPolicy(policy(change));
    confirmations.setSubscribers(columns, 1);
  };
  equip();
  let at = noon;
  const tells: Tell[] = [];
  const changes: ConfirmationChange[] = [];
  const closable: IncidentId[] = [];
  const take = (outcome: ConfirmOutcome): ConfirmOutcome => {
    tells.push(...outcome.tells);
    changes.push(...outcome.changes);
    closable.push(...outcome.closable);
    return outcome;
  };
  const whole = (outcome: ConfirmOutcome): ConfirmOutcome => {
    let step = take(outcome);
    while (step.rest !== undefined) step = take(confirmations.continue(step.rest, { at, ids: source }));
    return outcome;
  };
  const base = () => ({ at, ids: source });
  const id = (number: number, incident = outage) => confirmationId(incident, subscriberKey(number + 1_000));
  const wakeAfter = (ms: number): void => {
    const until = instant(at + ms);
    for (let next = confirmations.wakeAt; next !== undefined && next <= until; next = confirmations.wakeAt) {
      at = instant(Math.max(next, at));
      whole(confirmations.wake(base()));
    }
    at = until;
  };
  return {
    tells,
    changes,
    closable,
    columns,
    whole,
    wakeAfter,
    base,
    id,
    room: () => confirmations,
    resolve: (told: [number, number][], attached: number[] = []) =>
      whole(
        confirmations.onIncident([happens('resolved', { resolvedAt: at })], {
          ...base(),
          toldRanges: () => told.map(([from, to]) => ({ from, to })),
          attached: () => attached.map((number) => subscriberKey(number + 1_000)),
        }),
      ),
    incident: (kind: 'reopened' | 'closed') =>
      whole(
        confirmations.onIncident([happens(kind)], { ...base(), toldRanges: () => [], attached: () => [] }),
      ),
    answer: (number: number, answer: Answer) =>
      whole(confirmations.answer(id(number), answer, { ...base(), channel: 'web' })),
    work: (
      number: number,
      outcome: Task['outcome'],
      kind: Task['kind'] = 'diagnose',
      state: Task['state'] = 'done',
    ) =>
      whole(
        confirmations.worked(
          [
            {
              kind: 'done',
              task: {
                id: 't' as TaskId,
                kind,
                state,
                skill: 'care',
                incident: outage,
                subscriber: subscriberKey(number + 1_000),
                createdAt: at,
                dueAt: at,
                outcome,
                why: [],
              },
            },
          ],
          base(),
        ),
      ),
    state: (number: number): ConfirmationState | undefined => confirmations.of(id(number))?.state,
    reborn: () => {
      const snapshot = JSON.parse(JSON.stringify(confirmations.snapshot()));
      confirmations = new Confirmations();
      equip();
      confirmations.restore(snapshot);
    },
  };
}

/** Everybody of [0, 10) was told, the repair was stable, all were asked. */
function asked(change: Parameters<typeof policy>[0] = {}) {
  const made = room(change);
  made.resolve([[0, 10]]);
  made.wakeAfter(minutes(10));
  return made;
}

const types = (tells: readonly Tell[]) => tells.map((tell) => tell.type);

describe('the question', () => {
  test('goes to all who were told and all with a ticket, once the repair is stable', () => {
    const { resolve, wakeAfter, tells, state } = room();
    resolve([[0, 10]], [5, 20]);
    wakeAfter(minutes(10) - 1);
    expect(tells).toEqual([]);
    wakeAfter(1);
    expect(tells.map((tell) => [tell.type, ...reached(tell)])).toEqual([
      ['ask', 0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      ['ask', 20],
    ]);
    expect(state(20)).toBe('ASKED');
  });

  test('is dropped when the fault comes back meanwhile', () => {
    const { resolve, incident, wakeAfter, tells, closable } = room();
    resolve([[0, 10]]);
    incident('reopened');
    wakeAfter(days(5));
    expect(tells).toEqual([]);
    expect(closable).toEqual([]);
  });

  test('waits for the morning', () => {
    const { resolve, wakeAfter, tells, state } = room({
      notify: { quietHours: { fromMinute: 22 * 60, toMinute: 8 * 60 } },
    });
    wakeAfter(hours(11));
    resolve([[0, 10]]);
    wakeAfter(hours(8));
    expect([state(3), types(tells)]).toEqual(['HELD', []]);
    wakeAfter(hours(1));
    expect([state(3), types(tells)]).toEqual(['ASKED', ['ask']]);
  });

  test('is repeated at most twice, then silence is an answer', () => {
    const { tells, wakeAfter, state, closable } = asked();
    wakeAfter(days(3));
    expect(types(tells)).toEqual(['ask', 'reminder', 'reminder']);
    expect(state(3)).toBe('EXPIRED_UNKNOWN');
    expect(closable).toEqual([outage]);
  });

  test('reminds only who has not answered and did not say stop', () => {
    const { tells, wakeAfter, answer, whole, room: at, base, id } = asked();
    answer(3, 'fixed');
    whole(at().stop(id(4), base()));
    wakeAfter(hours(4));
    expect(reached(tells.at(-1)!)).toEqual([0, 1, 2, 5, 6, 7, 8, 9]);
  });

  test('moves with the time we were down', () => {
    const { tells, wakeAfter, room: at } = asked();
    at().shift(hours(3));
    wakeAfter(hours(6));
    expect(types(tells)).toEqual(['ask']);
    wakeAfter(hours(1));
    expect(types(tells)).toEqual(['ask', 'reminder']);
  });

  test('is not put where the policy does not ask: the incident may close when it is stable', () => {
    const { resolve, wakeAfter, tells, closable } = room({ confirm: { ask: false } });
    resolve([[0, 10]], [3]);
    wakeAfter(minutes(10));
    expect([tells, closable]).toEqual([[], [outage]]);
  });

  test('is taken back when a new outage covers the subscriber', () => {
    const { room: at, whole, base, state } = asked();
    whole(at().onImpact([touches([[0, 4]], { of: { id: second } })], base()));
    expect([state(3), state(4)]).toEqual(['SUPERSEDED', 'ASKED']);
  });

  test('is put again to all when the fault came back and was repaired again', () => {
    const { incident, resolve, wakeAfter, answer, tells, state } = asked();
    answer(3, 'fixed');
    incident('reopened');
    expect([state(2), state(3)]).toEqual(['SUPERSEDED', 'CONFIRMED']);
    resolve([[0, 10]]);
    wakeAfter(minutes(10));
    expect(reached(tells.at(-1)!)).toHaveLength(10);
    expect(new Set(tells.map((tell) => tell.revision)).size).toBe(2);
  });
});

describe('the answer', () => {
  test.each([
    ['"fixed" confirms', ['fixed'], 'CONFIRMED'],
    ['"not fixed" brings a diagnosis', ['notFixed'], 'STILL_OUT'],
    ['"contact me" brings a call', ['contactMe'], 'CALLBACK_QUEUED'],
    ['"no" after "yes" wins', ['fixed', 'notFixed'], 'STILL_OUT'],
    ['"yes" after "no" counts while nobody has acted', ['notFixed', 'fixed'], 'CONFIRMED'],
    ['the same answer twice is one answer', ['notFixed', 'notFixed', 'notFixed'], 'STILL_OUT'],
  ] as const)('%s', (_title, answers, state) => {
    const made = asked();
    for (const one of answers) made.answer(3, one);
    expect(made.state(3)).toBe(state);
    expect(made.room().of(made.id(3))?.loop).toBe(state === 'STILL_OUT' ? 1 : 0);
  });

  test('"yes" does not undo a "no" somebody already works on', () => {
    const { answer, work, state } = asked();
    answer(3, 'notFixed');
    work(3, undefined, 'diagnose', 'active');
    answer(3, 'fixed');
    expect(state(3)).toBe('STILL_OUT');
  });

  test('a late "no" reopens within a week, not after', () => {
    const { wakeAfter, incident, answer, state } = asked();
    wakeAfter(days(3));
    incident('closed');
    wakeAfter(days(4));
    answer(3, 'notFixed');
    expect(state(3)).toBe('STILL_OUT');
    wakeAfter(days(9));
    answer(4, 'notFixed');
    expect(state(4)).not.toBe('STILL_OUT');
  });

  test('who wants a call about what is long forgotten gets a ticket of its own, a "yes" nothing', () => {
    const { room: at, base } = room();
    const subscriber = subscriberKey(1_003);
    const late = (answer: 'fixed' | 'contactMe'): unknown =>
      at().answer(confirmationId('gone' as IncidentId, subscriber), answer, { ...base(), channel: 'sms' })
        .late;
    expect([late('fixed'), late('contactMe')]).toEqual([[], [{ incident: 'gone', subscriber }]]);
  });

  test('after three times "no" somebody takes it over, and no fourth question follows', () => {
    const { answer, work, state, tells } = asked();
    for (let i = 0; i < 3; i++) {
      answer(3, 'notFixed');
      work(3, 'fixed');
    }
    expect(state(3)).toBe('CLOSED');
    expect(tells.filter((tell) => reached(tell).includes(3))).toHaveLength(3);
  });

  test('a bad test of the line is a "no" nobody had to give, a good one lets silence confirm', () => {
    const { resolve, wakeAfter, state, room: at, whole, base, tells } = room();
    resolve([[0, 3]]);
    whole(at().tested(subscriberKey(1_000), 'bad', base()));
    whole(at().tested(subscriberKey(1_001), 'good', base()));
    wakeAfter(days(3));
    expect([state(0), state(1), state(2)]).toEqual(['STILL_OUT', 'EXPIRED_OK', 'EXPIRED_UNKNOWN']);
    expect(reached(tells[0]!)).toEqual([1, 2]);
  });

  test('who cannot be reached is not waited for', () => {
    const { room: at, whole, base, answer, closable } = asked();
    for (let number = 0; number < 9; number++) answer(number, 'fixed');
    expect(closable).toEqual([]);
    whole(at().unreachable(outage, subscriberKey(1_009), base()));
    expect(closable).toEqual([outage]);
    expect(at().done(outage)).toBe(true);
  });

  test('to an unknown question changes nothing', () => {
    const { room: at, base } = asked();
    for (const id of ['', ':', 'l.1.1:', 'l.1.1:99999', 'x:1000', 'l.1.1:1e3'] as never[]) {
      expect(at().answer(id, 'fixed', { ...base(), channel: 'web' }).changes).toEqual([]);
    }
  });
});

test('a mark is taken once after "yes" and may be corrected for ten minutes', () => {
  const { answer, room: at, whole, base, id, wakeAfter, changes } = asked();
  const rate = (score: number) => whole(at().rate(id(3), { score, cause: 'network.outage' }, base()));
  rate(9);
  answer(3, 'fixed');
  rate(11);
  rate(3);
  rate(4);
  wakeAfter(minutes(11));
  rate(10);
  expect(
    changes.filter((change) => change.kind === 'rated').map((change) => change.confirmation.rating?.score),
  ).toEqual([3, 4]);
});

test('twelve thousand are asked in slices of 5,000, and after an import by their new numbers', () => {
  const { columns, room: at, whole, wakeAfter, tells } = room({}, 12_000);
  const told = { toldRanges: () => [{ from: 0, to: 12_000 }], attached: () => [] };
  whole(at().onIncident([happens('resolved', { resolvedAt: noon })], { at: noon, ids: ids(), ...told }));
  const moved = new CountingColumns(12_000, (number) => 1_000 + ((number + 1) % 12_000));
  at().setSubscribers(moved, 2);
  let most = 0;
  const step = at().continue.bind(at());
  at().continue = (token, context) => {
    most = Math.max(most, moved.looked.size, columns.looked.size);
    moved.looked.clear();
    columns.looked.clear();
    return step(token, context);
  };
  wakeAfter(minutes(10));
  expect(most).toBe(5_000);
  expect(tells.flatMap(reached)).toHaveLength(12_000);
  expect(tells[0]!.topologyVersion).toBe(2);
});

describe('whatever happens', () => {
  const number = fc.nat(9);
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('answer' as const),
      number,
      answer: fc.constantFrom<Answer>('fixed', 'notFixed', 'contactMe'),
    }),
    fc.record({
      kind: fc.constant('work' as const),
      number,
      outcome: fc.constantFrom<Task['outcome']>('fixed', 'notFixed', 'talked', 'noAnswer'),
      task: fc.constantFrom<Task['kind']>('diagnose', 'callBack'),
    }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(hours(30)) }),
    fc.record({ kind: fc.constant('turn' as const) }),
  );
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

  function play(steps: readonly Step[], restoreAt = -1) {
    const made = asked({ notify: { quietHours: { fromMinute: 22 * 60, toMinute: 8 * 60 } } });
    let isDown = false;
    steps.forEach((one, index) => {
      if (one.kind === 'answer') made.answer(one.number, one.answer);
      else if (one.kind === 'work') made.work(one.number, one.outcome, one.task);
      else if (one.kind === 'wait') made.wakeAfter(one.ms);
      else {
        isDown = !isDown;
        if (isDown) made.incident('reopened');
        else made.resolve([[0, 10]]);
      }
      if (index === restoreAt) made.reborn();
    });
    return { ...made, isDown, end: canonicalJson(made.room().snapshot()) };
  }

  test('nobody is asked or reminded twice with one revision, nor asked more than three times a repair', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const { tells } = play(steps);
        const keys = tells.flatMap((tell) =>
          reached(tell).map((who) => `${who} ${tell.type} ${tell.revision}`),
        );
        expect(new Set(keys).size).toBe(keys.length);
        const asks = tells
          .filter((tell) => tell.type === 'ask')
          .flatMap((tell) => reached(tell).map((who) => `${who} ${tell.revision >> 6}`));
        for (const one of new Set(asks))
          expect(asks.filter((other) => other === one).length).toBeLessThanOrEqual(3);
      }),
      { numRuns: 150 },
    );
  });

  test('there is no dead end: whoever is not at rest waits for a timer or for somebody who works', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const made = play(steps);
        if (made.isDown) return;
        made.wakeAfter(days(4));
        for (let who = 0; who < 10; who++) {
          expect([
            'CONFIRMED',
            'STILL_OUT',
            'CALLBACK_QUEUED',
            'CALLBACK_ACTIVE',
            'UNREACHABLE',
            'EXPIRED_OK',
            'EXPIRED_UNKNOWN',
            'ESCALATED',
            'CLOSED',
          ]).toContain(made.state(who));
        }
      }),
      { numRuns: 100 },
    );
  });

  test('the same calls give the same state, and a restored room goes on alike', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.nat(11), (steps, restoreAt) => {
        const first = play(steps);
        const restored = play(steps, restoreAt);
        expect(play(steps).end).toBe(first.end);
        expect(restored.end).toBe(first.end);
        expect(canonicalJson(restored.changes)).toBe(canonicalJson(first.changes));
      }),
      { numRuns: 100 },
    );
  });
});
