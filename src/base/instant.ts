/** Instants and durations in milliseconds, branded so that one is never taken for the other. */

/** Milliseconds since 1970-01-01T00:00:00Z on the line's clock (design L10). */
export type Instant = number & { readonly __unit: 'instant' };
/** A length of time in milliseconds; never negative. */
export type DurationMs = number & { readonly __unit: 'duration-ms' };

export const instant = (epochMs: number): Instant => epochMs as Instant;
export const milliseconds = (n: number): DurationMs => n as DurationMs;
export const seconds = (n: number): DurationMs => (n * 1_000) as DurationMs;
export const minutes = (n: number): DurationMs => (n * 60_000) as DurationMs;
export const hours = (n: number): DurationMs => (n * 3_600_000) as DurationMs;
export const days = (n: number): DurationMs => (n * 86_400_000) as DurationMs;

export const after = (at: Instant, length: DurationMs): Instant => (at + length) as Instant;
export const since = (earlier: Instant, later: Instant): DurationMs =>
  Math.max(0, later - earlier) as DurationMs;
export const earliest = (a: Instant | undefined, b: Instant | undefined): Instant | undefined =>
  a === undefined ? b : b === undefined ? a : a < b ? a : b;
