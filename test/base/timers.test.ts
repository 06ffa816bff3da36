import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Instant, instant } from '../../src/base/instant.ts';
import { Timers } from '../../src/base/timers.ts';

const at = (time: number): Instant => instant(time);

describe('due times by key', () => {
  test('moving one key a hundred thousand times takes no more memory than a few', () => {
    const timers = new Timers();
    timers.set('other', at(5));
    for (let i = 0; i < 100_000; i++) timers.set('calm', at(1_000 + i));
    expect(timers.kept).toBeLessThan(200);
    expect(timers.entries()).toEqual([
      ['other', 5],
      ['calm', 100_999],
    ]);
  });

  test('keys that were set and cleared leave nothing behind', () => {
    const timers = new Timers();
    for (let i = 0; i < 10_000; i++) {
      timers.set(`resolve ${i}`, at(i));
      timers.clear(`resolve ${i}`);
    }
    expect(timers.kept).toBeLessThan(200);
    expect(timers.next).toBeUndefined();
  });

  test('whatever was moved meanwhile, keys of one instant fire in the order of setting', () => {
    const timers = new Timers();
    const names = Array.from({ length: 500 }, (_, i) => `k${i}`);
    for (const name of names) timers.set(name, at(7));
    for (let i = 0; i < 5_000; i++) timers.set('moving', at(100 + i));
    timers.set('early', at(3));
    expect(timers.due(at(50))).toEqual(['early', ...names]);
    expect(timers.due(at(10_000))).toEqual(['moving']);
  });

  test('whatever is set, moved, cleared and asked for, what is due is what a sorted list would give', () => {
    const key = fc.integer({ min: 0, max: 12 }).map((n) => `k${n}`);
    const time = fc.integer({ min: 0, max: 40 });
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ set: key, time }) },
      { weight: 2, arbitrary: fc.record({ clear: key }) },
      { weight: 2, arbitrary: fc.record({ due: time, limit: fc.integer({ min: 1, max: 4 }) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const timers = new Timers();
        let waiting: { key: string; time: number }[] = [];
        for (const step of steps) {
          if ('set' in step) {
            waiting = [...waiting.filter(({ key }) => key !== step.set), { key: step.set, time: step.time }];
            timers.set(step.set, at(step.time));
          } else if ('clear' in step) {
            waiting = waiting.filter(({ key }) => key !== step.clear);
            timers.clear(step.clear);
          } else {
            const due = waiting
              .filter(({ time }) => time <= step.due)
              .sort((a, b) => a.time - b.time)
              .slice(0, step.limit);
            waiting = waiting.filter((one) => !due.includes(one));
            expect(timers.due(at(step.due), step.limit)).toEqual(due.map(({ key }) => key));
          }
          const inOrder = [...waiting].sort((a, b) => a.time - b.time);
          expect(timers.entries()).toEqual(inOrder.map(({ key, time }) => [key, time]));
          expect(timers.next).toBe(inOrder[0]?.time);
        }
      }),
      { numRuns: 300 },
    );
  });
});
