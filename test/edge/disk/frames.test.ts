import { expect, test } from 'vitest';
import {
  encodeFrames,
  frameHeaderBytes,
  maxRecordBytes,
  type Scanned,
  scanFrames,
} from '../../../src/edge/disk/frames.ts';
import { memoryDisk } from '../../support/memory-disk.ts';

const marker = 0xa1b2c3d5;
const record = (text: string): Uint8Array => new TextEncoder().encode(text);
const framed = (...texts: string[]): Buffer => encodeFrames(texts.map(record), { marker, first: 1 });

async function scan(bytes: Uint8Array): Promise<Scanned[]> {
  const disk = memoryDisk(new Map([['f/log', bytes]]));
  const out: Scanned[] = [];
  for await (const scanned of scanFrames(await disk.open('f/log', 'read'), { marker })) out.push(scanned);
  return out;
}

const textsOf = (scanned: readonly Scanned[]): string[] =>
  scanned.flatMap((one) =>
    one.kind === 'frames' ? one.frames.map((frame) => new TextDecoder().decode(frame.bytes)) : [],
  );

test('frames come back in order with their sequences, empty records included', async () => {
  const bytes = encodeFrames([record('one'), record(''), record('three')], { marker, first: 2 ** 40 });
  const [only, ...rest] = await scan(bytes);
  expect(rest).toEqual([]);
  expect(only?.kind === 'frames' && only.frames.map((frame) => [frame.sequence, frame.offset])).toEqual([
    [2 ** 40, 0],
    [2 ** 40 + 1, 23],
    [2 ** 40 + 2, 43],
  ]);
  expect(await scan(new Uint8Array(0))).toEqual([]);
});

test('a frame cut off at any byte is a torn tail and the frames before it stay', async () => {
  const whole = framed('first', 'the last one');
  const start = framed('first').length;
  for (let length = start + 1; length < whole.length; length++) {
    const scanned = await scan(whole.subarray(0, length));
    expect(textsOf(scanned)).toEqual(['first']);
    expect(scanned.at(-1)).toEqual({
      kind: 'tail',
      offset: start,
      bytes: length - start,
      isTorn: true,
      frames: 1,
    });
  }
});

test('a flipped bit anywhere in a frame is damage with its place, and the frames behind it are kept', async () => {
  const whole = framed('first', 'second', 'third');
  const start = framed('first').length;
  const end = framed('first', 'second').length;
  for (let at = start; at < end; at++) {
    const bytes = Buffer.from(whole);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
    const scanned = await scan(bytes);
    expect(textsOf(scanned)).toEqual(['first', 'third']);
    expect(scanned).toContainEqual({ kind: 'damage', offset: start, bytes: end - start });
  }
});

test('a whole last frame with wrong bytes is damage, since it may have been acknowledged', async () => {
  const bytes = framed('first', 'last');
  bytes[bytes.length - 1] = 0;
  expect((await scan(bytes)).at(-1)).toMatchObject({ kind: 'tail', isTorn: false, frames: 1 });
});

test('zeros that a file system left at the end are a torn tail', async () => {
  const bytes = Buffer.concat([framed('first'), Buffer.alloc(5_000)]);
  expect((await scan(bytes)).at(-1)).toMatchObject({ kind: 'tail', isTorn: true, bytes: 5_000 });
});

test('an absurd length is damage and is never allocated', async () => {
  const bytes = framed('first', 'second', 'third');
  bytes.writeUInt32BE(0xffff_ffff, framed('first').length + 8);
  expect(textsOf(await scan(bytes))).toEqual(['first', 'third']);
  bytes.writeUInt32BE(maxRecordBytes, framed('first').length + 8);
  expect(textsOf(await scan(bytes))).toEqual(['first', 'third']);
});

test('a frame smuggled inside a record with another marker is never taken for one', async () => {
  const inner = encodeFrames([record('forged')], { marker: 0x11111111, first: 9 });
  const bytes = encodeFrames([record('first'), inner, record('third')], { marker, first: 1 });
  bytes[framed('first').length] = 0;
  expect(textsOf(await scan(bytes))).toEqual(['first', 'third']);
});

test('frames larger than the reading window and across its edges come back whole', async () => {
  const sizes = [1_000_000, 70_000, 3_000_000, 0, 1_048_576 - frameHeaderBytes, 5];
  const records = sizes.map((size, index) => new Uint8Array(size).fill(index));
  const scanned = await scan(encodeFrames(records, { marker, first: 1 }));
  const lengths = scanned.flatMap((one) =>
    one.kind === 'frames' ? one.frames.map((f) => f.bytes.length) : [-1],
  );
  expect(lengths).toEqual(sizes);
});
