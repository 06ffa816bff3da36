/** Lengths of time as profiles write them: `30s`, `5m`, `6h`, `1d`. */

const unitsMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Of a text that the schema has let through. */
export const durationMs = (text: string): number =>
  Number(text.slice(0, -1)) * (unitsMs[text.slice(-1)] ?? 1_000);
