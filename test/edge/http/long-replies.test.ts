/** Answers of megabytes: few at once, and whoever stopped reading makes room for who reads. */
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { LongReplies } from '../../../src/edge/http/long-replies.ts';
import { virtualWorld } from '../../support/virtual-world.ts';

const large = { items: Array.from({ length: 5_000 }, (_, n) => ({ n })) };

function underWay(count: number) {
  const world = virtualWorld();
  const replies = new LongReplies(world);
  const texts = Array.from({ length: count }, () => replies.text(large) as Readable);
  return { world, replies, texts };
}

test('what fits in one piece is text at once, however many larger ones are under way', () => {
  const { replies } = underWay(8);
  expect(replies.text({ items: [1, 2] })).toBe('{"items":[1,2]}');
  expect(replies.counters).toEqual({ longRepliesCut: 0, longRepliesRefused: 0 });
});

test('a ninth is told to come again while the eight are being read', () => {
  const { replies } = underWay(8);
  expect(replies.text(large)).toBeUndefined();
  expect(replies.counters).toEqual({ longRepliesCut: 0, longRepliesRefused: 1 });
});

test('the one that was not read for the longest is cut off for a ninth', async () => {
  const { world, replies, texts } = underWay(7);
  await world.pass(1_500);
  texts.push(replies.text(large) as Readable);
  await world.pass(1_500);
  for (const text of texts) text.on('error', () => undefined);
  expect(replies.text(large)).toBeInstanceOf(Readable);
  expect(texts.map(({ destroyed }) => destroyed)).toEqual([true, ...texts.slice(1).map(() => false)]);
  expect(replies.counters).toEqual({ longRepliesCut: 1, longRepliesRefused: 0 });
});

test('one that was read to its end is whole and leaves its place', async () => {
  const { world, replies, texts } = underWay(8);
  let heard = '';
  texts[3]!.on('data', (piece: string) => {
    heard += piece;
  });
  for (let turn = 0; turn < 100 && !texts[3]!.destroyed; turn++) await world.pass(1);
  expect(JSON.parse(heard)).toEqual(large);
  expect(replies.text(large)).toBeInstanceOf(Readable);
});
