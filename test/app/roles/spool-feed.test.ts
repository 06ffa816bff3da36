import { expect, test } from 'vitest';
import type { RecordsMessage } from '../../../src/app/center/ingest-link.ts';
import { SpoolFeed } from '../../../src/app/roles/spool-feed.ts';
import type { Spool, SpoolRecord } from '../../../src/edge/journal/spool.ts';
import { virtualWorld } from '../../support/virtual-world.ts';

/** A spool that has lost some of its records to damage. */
function spoolWithout(lost: readonly number[], last: number) {
  const state = { last };
  const spool: Spool = {
    id: 'spool',
    confirmed: 0,
    pending: { records: 0, bytes: 0 },
    refused: 0,
    get lastOffset() {
      return state.last;
    },
    append: () => Promise.reject(new Error('not here')),
    async *read(from): AsyncGenerator<SpoolRecord> {
      for (let offset = from; offset <= state.last; offset++) {
        if (!lost.includes(offset)) yield { spool: 'spool', offset, bytes: Uint8Array.of(offset) };
      }
    },
    confirm: async () => undefined,
    close: async () => undefined,
  };
  return { spool, state };
}

const settled = async (): Promise<void> => {
  for (let hop = 0; hop < 100; hop++) await Promise.resolve();
};

test('each record keeps its own offset behind a hole, and a lost end is not waited for', async () => {
  const { spool, state } = spoolWithout([3, 4, 7, 8], 8);
  const sent: RecordsMessage[] = [];
  const feed = new SpoolFeed({ spool, world: virtualWorld(), send: (message) => void sent.push(message) });
  feed.sendFrom(1);
  await settled();
  state.last = 9;
  feed.appended(9, [Uint8Array.of(9)]);
  await settled();
  expect(sent.map(({ from, first, records }) => [from, first, records.map((bytes) => bytes[0])])).toEqual([
    [1, 1, [1, 2]],
    [3, 5, [5, 6]],
    [7, 9, [9]],
  ]);
});

test('nothing is sent before the line says where to go on, then everything in order', async () => {
  const { spool, state } = spoolWithout([], 4);
  const sent: RecordsMessage[] = [];
  const feed = new SpoolFeed({ spool, world: virtualWorld(), send: (message) => void sent.push(message) });
  feed.appended(4, [Uint8Array.of(4)]);
  await settled();
  expect(sent).toEqual([]);
  feed.sendFrom(3);
  await settled();
  state.last = 5;
  feed.appended(5, [Uint8Array.of(5)]);
  expect(sent.map(({ first, records }) => [first, records.length])).toEqual([
    [3, 2],
    [5, 1],
  ]);
});
