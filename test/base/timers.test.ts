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
});
