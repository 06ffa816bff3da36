import { describe, expect, test } from 'vitest';
import { minutes } from '../../src/base/instant.ts';
import { Confirmations, type ConfirmOutcome } from '../../src/confirm/confirm.ts';
import { Reserve } from '../../src/confirm/reserve.ts';
import { confirmationId, type IncidentId, subscriberKey } from '../../src/model/ids.ts';
import type { Tell } from '../../src/model/notice.ts';
import {
  CountingColumns,
  happens,
  ids,
  later,
  noon,
  outage,
  policy,
  reached,
  touches,
} from '../support/care.ts';

const key = (number: number) => subscriberKey(number + 1_000);

/** Branches of 32. */
function branches(count: number): CountingColumns {
  const columns = new CountingColumns(count);
  columns.branchOf = (number) => ({
    from: number - (number % 32),
    to: Math.min(count, number - (number % 32) + 32),
  });
  return columns;
}

function asking(count: number, change: Parameters<typeof policy>[0] = {}) {
  const columns = branches(count);
  let confirmations = new Confirmations();
  const equip = (): void => {
    confirmations.setPolicy(policy({ confirm: { askAllUpTo: 200, ...change.confirm } }));
    confirmations.setSubscribers(columns, 1);
  };
  equip();
  const tells: Tell[] = [];
  const closable: IncidentId[] = [];
  let at = noon;
  const context = () => ({ at, ids: ids() });
  const whole = (outcome: ConfirmOutcome): void => {
    let step = outcome;
    for (;;) {
      tells.push(...step.tells);
      closable.push(...step.closable);
      if (step.rest === undefined) return;
      step = confirmations.continue(step.rest, context());
    }
  };
  const to = (type: Tell['type']) =>
    tells.filter((tell) => tell.type === type).flatMap((tell) => reached(tell));
  return {
    to,
    tells,
    columns,
    closable,
    room: () => confirmations,
    resolve(attached: number[] = []) {
      whole(
        confirmations.onIncident([happens('resolved', { resolvedAt: at })], {
          ...context(),
          toldRanges: () => [{ from: 0, to: count }],
          attached: () => attached.map(key),
        }),
      );
      at = later(at, minutes(10));
      whole(confirmations.wake(context()));
    },
    say: (number: number, answer: 'fixed' | 'notFixed') =>
      whole(
        confirmations.answer(confirmationId(outage, key(number)), answer, { ...context(), channel: 'sms' }),
      ),
    probe: (number: number, result: 'good' | 'bad') =>
      whole(confirmations.tested(key(number), result, context())),
    cover: (from: number, end: number) =>
      whole(
        confirmations.onImpact([touches([[from, end]], { of: { id: 'l.1.9' as IncidentId } })], context()),
      ),
    reborn() {
      const snapshot = JSON.parse(JSON.stringify(confirmations.snapshot()));
      confirmations = new Confirmations();
      equip();
      confirmations.restore(snapshot);
    },
  };
}

describe('of more than two hundred', () => {
  test('five of each branch are asked, and all others hear that it is repaired: each hears once', () => {
    const { to, resolve } = asking(320);
    resolve();
    const asked = to('ask');
    expect(asked).toHaveLength(50);
    for (let branch = 0; branch < 10; branch++)
      expect(asked.filter((number) => Math.floor(number / 32) === branch)).toHaveLength(5);
    expect([...asked, ...to('restored')].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 320 }, (_, number) => number),
    );
  });

  test('whoever turned to us is asked besides', () => {
    const { to, resolve } = asking(320, {});
    resolve([33, 34, 35]);
    expect(to('ask').filter((number) => number >= 32 && number < 64)).toHaveLength(8);
    expect(to('restored')).not.toContain(33);
  });

  test('the first "no" of a branch asks all of it, and of no other', () => {
    const { to, resolve, say } = asking(320);
    resolve();
    const [first] = to('ask').filter((number) => number >= 64 && number < 96);
    say(first!, 'notFixed');
    const asked = to('ask');
    expect(asked).toHaveLength(50 + 27);
    expect(asked.filter((number) => number >= 64 && number < 96)).toHaveLength(32);
    expect(new Set(asked).size).toBe(asked.length);
  });

  test('a test of a line that comes out bad does the same', () => {
    const { to, resolve, probe } = asking(320);
    resolve();
    probe(to('ask')[0]!, 'bad');
    expect(to('ask')).toHaveLength(50 + 27);
  });

  test('a "yes" asks nobody more, and the incident may close when the asked have answered', () => {
    const { to, resolve, say, closable } = asking(320);
    resolve();
    for (const number of to('ask')) say(number, 'fixed');
    expect([to('ask').length, closable]).toEqual([50, [outage]]);
  });

  test('it is not closed while a branch is being asked', () => {
    const { to, resolve, say, closable } = asking(320);
    resolve();
    const [first, ...others] = to('ask');
    for (const number of others) say(number, 'fixed');
    say(first!, 'notFixed');
    expect(closable).toEqual([]);
  });

  test('whom a new outage covers is not asked when his branch is widened', () => {
    const { to, resolve, say, cover } = asking(320);
    resolve();
    cover(0, 16);
    const [, , , , last] = to('ask');
    say(last!, 'notFixed');
    expect(to('ask').filter((number) => number < 16)).toHaveLength(2);
    expect(to('ask').filter((number) => number >= 16 && number < 32)).toHaveLength(16);
  });

  test('a restart in between changes nothing', () => {
    const { to, resolve, say, reborn } = asking(320);
    resolve();
    reborn();
    say(to('ask')[0]!, 'notFixed');
    expect(to('ask')).toHaveLength(50 + 27);
  });
});

test('up to two hundred everybody is asked', () => {
  const { to, resolve } = asking(200);
  resolve();
  expect([to('ask').length, to('restored')]).toEqual([200, []]);
});

test('of a million some are asked, in few and small steps', () => {
  const { to, resolve, tells, room } = asking(1_000_000);
  resolve();
  expect(to('ask')).toHaveLength(156_250);
  expect(tells.every((tell) => tell.except.length <= 5_000)).toBe(true);
  expect(JSON.stringify(room().snapshot()).length).toBeLessThan(8_000_000);
});

test('what was said in numbers of an older network is kept by name', () => {
  const columns = branches(64);
  const reserve = new Reserve([{ from: 0, to: 64 }], columns, 1);
  reserve.take(5, 5);
  const moved = new CountingColumns(64, (number) => 1_000 + ((number + 1) % 64));
  const { version, unseen, kept } = reserve.snapshot(moved, 2);
  expect(version).toBe(2);
  const keys = (from: typeof unseen, of: CountingColumns) =>
    from.flatMap((range) =>
      Array.from({ length: range.to - range.from }, (_, n) => of.keyOf(range.from + n)),
    );
  const now = reserve.snapshot(columns, 1);
  expect(new Set(keys(unseen, moved))).toEqual(new Set(keys(now.unseen, columns)));
  expect(new Set(keys(kept, moved))).toEqual(new Set(keys(now.kept, columns)));
});
