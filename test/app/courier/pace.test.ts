import { expect, test } from 'vitest';
import { Breaker } from '../../../src/app/courier/breaker.ts';
import { TokenBucket } from '../../../src/app/courier/token-bucket.ts';
import { seededRandom } from '../../../src/base/random.ts';

test('a rate is kept within 1.2 times in any second, retries or not', () => {
  const bucket = new TokenBucket(100, 0);
  const spent: number[] = [];
  for (let now = 0; now < 5_000; now += 7) {
    for (let n = bucket.available(now); n > 0; n--) {
      bucket.spend(1);
      spent.push(now);
    }
  }
  for (let from = 0; from < 4_000; from += 50) {
    expect(spent.filter((at) => at >= from && at < from + 1_000).length).toBeLessThanOrEqual(120);
  }
  expect(spent.length).toBeGreaterThanOrEqual(500);
});

test('a slow rate still lets one notice through, and says when the next may go', () => {
  const bucket = new TokenBucket(0.5, 0);
  expect(bucket.available(0)).toBe(1);
  bucket.spend(1);
  expect(bucket.available(0)).toBe(0);
  expect(bucket.waitMs(0)).toBe(2_000);
  expect(bucket.available(2_000)).toBe(1);
});

test('five failures in a row stop a channel, a trial that works opens it, one that fails doubles the pause', () => {
  const breaker = new Breaker(seededRandom(1));
  for (let n = 0; n < 4; n++) breaker.failed(0);
  breaker.worked();
  for (let n = 0; n < 4; n++) breaker.failed(0);
  expect(breaker.allows(0)).toBe('all');
  breaker.failed(0);
  expect(breaker.allows(0)).toBe('none');
  const first = breaker.waitMs(0);
  expect(first).toBeGreaterThanOrEqual(750);
  expect(first).toBeLessThanOrEqual(1_250);
  expect(breaker.allows(first)).toBe('one');
  breaker.failed(first);
  expect(breaker.waitMs(first)).toBeGreaterThanOrEqual(1_500);
  let now = first;
  for (let n = 0; n < 20; n++) {
    now += breaker.waitMs(now);
    breaker.failed(now);
  }
  expect(breaker.waitMs(now)).toBeLessThanOrEqual(75_000);
  breaker.worked();
  expect(breaker.allows(now)).toBe('all');
});

test('a channel is left alone as long as it asked for', () => {
  const breaker = new Breaker(seededRandom(1));
  breaker.pause(0, 7_000);
  expect(breaker.allows(6_999)).toBe('none');
  expect(breaker.allows(7_000)).toBe('one');
});
