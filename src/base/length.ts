/** Lengths of time as rules write them. */
import { type DurationMs, milliseconds } from './instant.ts';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `8s`, `500ms`, `2h`; a schema has seen that it is one. */
export function lengthIn(text: string): DurationMs {
  const [, count = '0', unit = 's'] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
  return milliseconds(Number(count) * unitMs[unit]!);
}
