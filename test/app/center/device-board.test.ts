/** What is known of devices, over a change of the configuration. */
import { expect, test } from 'vitest';
import { DeviceBoard } from '../../../src/app/center/device-board.ts';
import type { DeviceConfig } from '../../../src/app/config/config.ts';
import { instant } from '../../../src/base/instant.ts';
import { Secret } from '../../../src/base/secret.ts';
import type { PollingOfDevice } from '../../../src/flow/measuring.ts';
import type { DeviceReading } from '../../../src/model/reading.ts';

const device = (id: string, more: Partial<DeviceConfig> = {}): DeviceConfig => ({
  id,
  address: '192.0.2.1',
  port: 161,
  version: '2c',
  community: new Secret('public'),
  resource: id,
  profile: 'auto',
  poll: true,
  ...more,
});
const reading = { profile: 'generic' } as DeviceReading;

test('a device asked as before keeps what is known of it, the others begin anew', async () => {
  const board = new DeviceBoard([device('a'), device('b'), device('c'), device('d')]);
  for (const id of ['a', 'b', 'c', 'd']) board.answered(id, 'generic', instant(1));
  board.readFrom({ readingOf: async () => reading, pollingOf: () => undefined, now: () => instant(2) });
  board.use([device('a'), device('b', { address: '192.0.2.9' }), device('c', { poll: false }), device('e')]);
  expect(board.list().map(({ id, state }) => [id, state])).toEqual([
    ['a', 'answers'],
    ['b', 'unknown'],
    ['c', 'notPolled'],
    ['e', 'unknown'],
  ]);
  expect(await board.reading('a')).toBe(reading);
  expect(await board.reading('d')).toBeUndefined();
  expect(board.get('d')).toBeUndefined();
  board.use([device('c')]);
  expect(board.get('c')?.state).toBe('unknown');
});

test('after a restart a device shows what it showed, and how old that is, until it is asked again', () => {
  const before = new DeviceBoard([device('a'), device('b'), device('c'), device('d'), device('e')]);
  before.answered('a', 'cisco/ios', instant(7));
  before.answered('b', 'generic', instant(8));
  before.silent('b');
  before.answered('c', 'generic', instant(9));
  before.answered('d', 'generic', instant(9));
  const kept: unknown = JSON.parse(JSON.stringify(before.snapshot()));
  const board = new DeviceBoard([
    ...[device('a'), device('b'), device('c', { address: '192.0.2.7' })],
    ...[device('d', { poll: false }), device('e')],
  ]);
  board.restore(kept);
  expect(
    board.list().map(({ id, state, lastAnswerAt, profile }) => [id, state, lastAnswerAt, profile]),
  ).toEqual([
    ['a', 'answers', 7, 'cisco/ios'],
    ['b', 'silent', 8, 'generic'],
    ['c', 'unknown', undefined, undefined],
    ['d', 'notPolled', undefined, undefined],
    ['e', 'unknown', undefined, undefined],
  ]);
  board.restore({ nonsense: true });
  expect(board.get('a')?.state).toBe('answers');
});

test('who looks at a device sees when it is asked next and what polling it suffers from', () => {
  const board = new DeviceBoard([device('a'), device('b', { poll: false })]);
  const incomplete = [
    { column: '1.3.6.1.2.1.2.2.1.8', problem: { kind: 'badAnswer', reason: 'tooBig' } },
  ] as const;
  board.readFrom({
    readingOf: async () => undefined,
    pollingOf: (id) =>
      id === 'a'
        ? {
            ...{ everyMs: 60_000, dueInMs: 1_500, lateMs: 12.4, silent: 2, refusal: 'authentication' },
            ...{ hasAnswered: false, incomplete },
          }
        : undefined,
    now: () => instant(10_000),
  });
  expect(board.get('a')).toMatchObject({
    nextPollAt: 11_500,
    polling: {
      everyMs: 60_000,
      lateMs: 12,
      silentRounds: 2,
      refusal: 'authentication',
      incomplete: [{ column: '1.3.6.1.2.1.2.2.1.8', problem: 'tooBig' }],
    },
  });
  expect(board.get('b')?.polling).toBeUndefined();
});

test('of a table that did not arrive whole the bound is told that ended it', () => {
  const board = new DeviceBoard([device('a')]);
  const problems = [
    { kind: 'overBudget', budget: 'rows' },
    { kind: 'badAnswer', reason: 'tooBig' },
    { kind: 'timeout' },
  ] as const;
  const incomplete = problems.map((problem, place) => ({ column: `1.3.${place}`, problem }));
  const polling = { everyMs: 1, dueInMs: 1, lateMs: 0, silent: 0, refusal: undefined, incomplete };
  board.readFrom({
    ...{ readingOf: async () => undefined, now: () => instant(2) },
    pollingOf: () => polling as unknown as PollingOfDevice,
  });
  const { polling: shown } = board.polled(board.list()[0]!);
  expect(shown?.incomplete.map(({ problem }) => problem)).toEqual(['rows', 'tooBig', 'timeout']);
});
