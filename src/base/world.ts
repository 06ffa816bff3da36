/** Clock, chance and log as arguments: what a program may not take from the air. */
import type { DurationMs, Instant } from './instant.ts';

/** A running timer; cancelling twice is harmless. */
export interface Wake {
  cancel(): void;
}

/** Structured log lines: a static message and fields. Secrets print as `***`. */
export interface Log {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/**
 * Clock, chance and log, handed to the few places that may know them (flow/measuring, edge, app, sim).
 * Made real once in app/world.ts; tests use the virtual one of test/support.
 */
export interface World {
  /** The line's instant: wall time at start plus monotonic elapsed (design L10). */
  now(): Instant;
  /** Monotonic milliseconds with a fraction, for measuring lengths only. */
  monotonicMs(): number;
  after(length: DurationMs, run: () => void): Wake;
  every(length: DurationMs, run: () => void): Wake;
  /** `count` unguessable bytes. */
  randomBytes(count: number): Uint8Array;
  readonly log: Log;
}
