/** A World on the real clock for edge tests; its log is quiet unless the test hands one in. */
import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { instant } from '../../src/base/instant.ts';
import type { Log, World } from '../../src/base/world.ts';

const quiet: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export function realWorld(log: Log = quiet): World {
  const startsAt = Date.now() - performance.now();
  return {
    now: () => instant(Math.floor(startsAt + performance.now())),
    monotonicMs: () => performance.now(),
    after(length, run) {
      const timer = setTimeout(run, length);
      return { cancel: () => clearTimeout(timer) };
    },
    every(length, run) {
      const timer = setInterval(run, length);
      return { cancel: () => clearInterval(timer) };
    },
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
    log,
  };
}
