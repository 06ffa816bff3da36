/** A write-ahead record gives back its batch, also one that a former version wrote. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRecord, encodeBatch, RecordMemory } from '../../../src/edge/series/record.ts';

const batches = fc
  .array(
    fc.record({
      first: fc.integer({ min: 0, max: 2 ** 32 - 50 }),
      length: fc.integer({ min: 1, max: 40 }),
      // No instant is negative zero, and a run of times takes it for zero.
      time: fc.double({ noNaN: false }).map((time) => time + 0),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .chain((runs) => {
    const series = runs.flatMap(({ first, length }) => Array.from({ length }, (_, i) => first + i));
    const times = runs.flatMap(({ length, time }) => new Array<number>(length).fill(time));
    const each = { minLength: series.length, maxLength: series.length };
    return fc.record({
      series: fc.constant(Uint32Array.from(series)),
      times: fc.constant(Float64Array.from(times)),
      values: fc.array(fc.double(), each).map((values) => Float64Array.from(values)),
      exact: fc.option(
        fc
          .array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), each)
          .map((exact) => BigUint64Array.from(exact)),
        { nil: undefined },
      ),
    });
  });

describe('write-ahead records', () => {
  it('give back every sample of every batch, in memory that is used again', () => {
    const memory = new RecordMemory();
    fc.assert(
      fc.property(batches, (batch) => {
        const records = encodeBatch(batch, memory);
        expect(records.map(decodeRecord)).toEqual([batch]);
        memory.give(records);
      }),
      { numRuns: 200 },
    );
  });

  it('keep what a device answered in little more than its values', () => {
    const count = 481;
    const [record] = encodeBatch({
      series: Uint32Array.from({ length: count }, (_, i) => 7_000 + i),
      times: new Float64Array(count).fill(1_770_000_000_123),
      values: Float64Array.from({ length: count }, (_, i) => i),
    });
    expect(record!.length).toBeLessThan(count * 8 + 64);
  });

  it('of former versions are read', () => {
    const record = new Uint8Array(8 + 8 + 3 * 8 + 4);
    const view = new DataView(record.buffer);
    record.set([1, 3, 0, 0, 3]);
    view.setFloat64(8, 5_000, true);
    for (const [i, value] of [1.5, 2.5, 3.5].entries()) view.setFloat64(16 + i * 8, value, true);
    view.setUint32(40, 9, true);
    expect(decodeRecord(record)).toEqual({
      series: Uint32Array.of(9, 10, 11),
      times: Float64Array.of(5_000, 5_000, 5_000),
      values: Float64Array.of(1.5, 2.5, 3.5),
      exact: undefined,
    });
  });

  it('that are cut or made up are none', () => {
    const [record] = encodeBatch({
      series: Uint32Array.of(1, 2, 9),
      times: Float64Array.of(1, 1, 2),
      values: Float64Array.of(1, 2, 3),
    });
    for (let length = 0; length < record!.length; length++)
      expect(decodeRecord(record!.subarray(0, length))).toBeUndefined();
    for (const at of [4, 8, 12, 48, 60, 68]) {
      const wrong = record!.slice();
      wrong[at]! ^= 0x41;
      expect(decodeRecord(wrong)?.series.length ?? 3).toBe(3);
    }
  });
});
