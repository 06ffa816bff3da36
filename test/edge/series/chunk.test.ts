/** A chunk gives back every sample bit for bit, whatever it measures. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBody, writeBody } from '../../../src/edge/series/body.ts';
import { PointBuffer } from '../../../src/edge/series/point-buffer.ts';

const start = Date.UTC(2026, 0, 1);

interface Sample {
  readonly step: number;
  readonly value: number | bigint;
}

function buffer(samples: readonly Sample[]): PointBuffer {
  const points = new PointBuffer(4);
  let time = start;
  for (const { step, value } of samples) {
    time += step;
    if (typeof value === 'bigint') points.pushExact(time, value);
    else points.push(time, value);
  }
  return points;
}

const encode = (points: PointBuffer): Uint8Array =>
  writeBody({ ...columns(points), from: 0, to: points.count });
const columns = ({ times, values, exact }: PointBuffer) => ({ times, values, exact });

function expectSame(read: PointBuffer, written: PointBuffer): void {
  expect(read.count).toBe(written.count);
  for (let i = 0; i < written.count; i++) {
    expect(read.times[i]).toBe(written.times[i]);
    expect(Object.is(read.values[i], written.values[i])).toBe(true);
    expect(read.exact?.[i] ?? 0n).toBe(written.exact?.[i] ?? 0n);
  }
}

function roundTrip(samples: readonly Sample[]): number {
  const written = buffer(samples);
  const body = encode(written);
  const read = new PointBuffer(1);
  expect(readBody(body, read)).toBe(0);
  expectSame(read, written);
  return body.length;
}

const everyMinute = (values: readonly (number | bigint)[]): Sample[] =>
  values.map((value) => ({ step: 60_000, value }));
const gap = Number.NaN;

const step = fc.oneof(
  fc.constant(60_000),
  fc.integer({ min: 1, max: 90_000 }),
  fc.integer({ min: 1, max: 2 ** 40 }),
);
const value = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.integer({ min: -4_000, max: 1_000 }).map((hundredths) => hundredths / 100),
  fc.constantFrom(gap, gap, 0, -0, Number.POSITIVE_INFINITY, Number.MIN_VALUE, 2 ** 53, -(2 ** 53)),
  fc.bigInt({ min: 2n ** 53n + 1n, max: 2n ** 64n - 1n }),
  fc.integer({ min: 1, max: 1_000 }).map((more) => 2n ** 63n + BigInt(more)),
);
const sample = fc.record({ step, value });

describe('chunk', () => {
  it('gives back any mix of floats, counters and gaps bit for bit', () => {
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 80 }), (samples) => void roundTrip(samples)),
    );
  });

  it.each([
    ['floats', fc.double()],
    ['whole numbers', fc.maxSafeInteger()],
    ['exact counters', fc.bigInt({ min: 2n ** 53n + 1n, max: 2n ** 64n - 1n })],
    [
      'advancing exact counters',
      fc.integer({ min: 1, max: 2 ** 31 }).map((more) => 2n ** 63n + BigInt(more)),
    ],
    ['gauges in hundredths', fc.integer({ min: -9_999, max: 9_999 }).map((hundredths) => hundredths / 100)],
  ])('gives back a series of %s longer than one chunk', (_, one: fc.Arbitrary<number | bigint>) => {
    const series = fc.array(fc.record({ step, value: one }), { minLength: 600, maxLength: 700 });
    fc.assert(
      fc.property(series, (samples) => void roundTrip(samples)),
      { numRuns: 10 },
    );
  });

  it('keeps a day of a constant polled each minute in under 100 bytes', () => {
    expect(roundTrip(everyMinute(new Array<number>(1_440).fill(42.5)))).toBeLessThan(100);
  });

  it('keeps a day of gaps in under 100 bytes', () => {
    expect(roundTrip(everyMinute(new Array<number>(1_440).fill(gap)))).toBeLessThan(100);
  });

  it('keeps the last bit of a counter at 2^63+1 and over its wrap at 2^64', () => {
    roundTrip(everyMinute([2n ** 63n, 2n ** 63n + 1n, 2n ** 64n - 1n, 3, gap, 2n ** 53n + 1n, 1.5]));
  });

  it('reports a damaged chunk once and gives the samples of the others', () => {
    const written = buffer(everyMinute(Array.from({ length: 1_440 }, (_, index) => (index * 7_919) % 1_000)));
    const body = encode(written);
    for (let at = 0; at < body.length; at += 97) {
      const flipped = body.slice();
      flipped[at]! ^= 0x10;
      const read = new PointBuffer(1);
      expect(readBody(flipped, read)).toBe(1);
      expect(read.count).toBeGreaterThanOrEqual(1_440 - 512);
    }
  });

  it('never fails on bytes that are no chunk', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        readBody(bytes, new PointBuffer(1));
      }),
    );
  });
});
