/** A World whose clock moves only when the test says so: same test, same run, whatever the machine does. */
import { type DurationMs, type Instant, instant } from '../../src/base/instant.ts';
import { seededRandom } from '../../src/base/random.ts';
import type { Log, Wake, World } from '../../src/base/world.ts';

interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface VirtualWorld extends World {
  /** What was logged so far, oldest first. */
  readonly lines: readonly LogLine[];
  /** Timers that still wait; an `every` counts as one. */
  readonly waiting: number;
  /** Moves the clock by `ms` and runs what falls due, in order of due time, then of setting. */
  advance(ms: number): void;
  /** Like `advance`, but lets promises settle before and after each timer. */
  pass(ms: number): Promise<void>;
}

interface Timer {
  readonly order: number;
  readonly run: () => void;
  /** 0 for a timer that fires once. */
  readonly everyMs: number;
  dueMs: number;
}

export function virtualWorld(
  options: { readonly startsAt?: number; readonly seed?: number } = {},
): VirtualWorld {
  const startsAt = options.startsAt ?? Date.UTC(2026, 0, 1);
  const random = seededRandom(options.seed ?? 1);
  const lines: LogLine[] = [];
  const timers = new Set<Timer>();
  let elapsedMs = 0;
  let order = 0;

  const set = (lengthMs: number, run: () => void, everyMs: number): Wake => {
    const timer: Timer = { order: order++, run, everyMs, dueMs: elapsedMs + Math.max(0, lengthMs) };
    timers.add(timer);
    return { cancel: () => void timers.delete(timer) };
  };
  /** Runs the first timer due at or before `untilMs`; false when none is. */
  const fireNext = (untilMs: number): boolean => {
    let first: Timer | undefined;
    for (const timer of timers) if (first === undefined || isBefore(timer, first)) first = timer;
    if (first === undefined || first.dueMs > untilMs) return false;
    elapsedMs = first.dueMs;
    if (first.everyMs > 0) first.dueMs += first.everyMs;
    else timers.delete(first);
    first.run();
    return true;
  };

  return {
    now: (): Instant => instant(startsAt + Math.floor(elapsedMs)),
    monotonicMs: () => elapsedMs,
    after: (length: DurationMs, run) => set(length, run, 0),
    every: (length: DurationMs, run) => set(length, run, Math.max(1, length)),
    randomBytes: (count) => Uint8Array.from({ length: count }, () => random.below(256)),
    log: collectingLog(lines),
    lines,
    get waiting() {
      return timers.size;
    },
    advance(ms) {
      const untilMs = elapsedMs + ms;
      while (fireNext(untilMs));
      elapsedMs = untilMs;
    },
    async pass(ms) {
      const untilMs = elapsedMs + ms;
      do await promisesSettled();
      while (fireNext(untilMs));
      elapsedMs = untilMs;
      await promisesSettled();
    },
  };
}

const isBefore = (a: Timer, b: Timer): boolean =>
  a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);

/** One turn of the event loop: everything that only waits for promises is done after it. */
const promisesSettled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function collectingLog(lines: LogLine[]): Log {
  const at =
    (level: LogLine['level']) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      lines.push({ level, message, fields });
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
