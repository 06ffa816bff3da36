/** How long effects follow their causes: shares over spans that double, counted as they are seen. */

/** Seconds at which the spans begin are 0, 1, 2, 4 and so on; the last one ends after about half an hour. */
const spans = 12;
export const longestDelayMs = 2 ** (spans - 1) * 1_000;
/** Of so many an older half is forgotten: networks change. */
const mostSeen = 20_000;

export interface DelaysSnapshot {
  readonly seen: readonly number[];
  /** Kept and not added up anew: the sum would differ in its last bit. */
  readonly total: number;
}

export class Delays {
  readonly #prior: readonly number[];
  #seen: number[];
  #total: number;

  /** `prior`: how many delays in each span are taken as seen before anything was. */
  constructor(prior: readonly number[]) {
    this.#prior = Array.from({ length: spans }, (_, span) => prior[span] ?? 0);
    this.#seen = [...this.#prior];
    this.#total = sum(this.#seen);
  }

  /** Share of effects that follow after so long, per second. Only sums and products: a replay must not differ in a bit. */
  density(delayMs: number): number {
    const span = spanOf(delayMs);
    if (span >= spans) return 0;
    const length = span === 0 ? 1 : 2 ** (span - 1);
    return this.#seen[span]! / (this.#total * length);
  }

  add(delayMs: number, weight: number): void {
    const span = spanOf(delayMs);
    if (span >= spans) return;
    this.#seen[span]! += weight;
    this.#total += weight;
    if (this.#total > mostSeen) this.#seen = this.#seen.map((seen) => seen / 2);
    if (this.#total > mostSeen) this.#total = sum(this.#seen);
  }

  snapshot(): DelaysSnapshot {
    return { seen: [...this.#seen], total: this.#total };
  }

  restore({ seen, total }: DelaysSnapshot): void {
    this.#seen = this.#prior.map((prior, span) => seen[span] ?? prior);
    this.#total = total;
  }
}

/** Per second, where every span up to the end is as likely as any other. */
export function evenDensity(endMs: number, delayMs: number): number {
  const span = spanOf(delayMs);
  return 1 / ((spanOf(Math.max(1, endMs - 1)) + 1) * (span === 0 ? 1 : 2 ** (span - 1)));
}

const spanOf = (delayMs: number): number => 32 - Math.clz32(Math.max(0, delayMs) / 1_000);
const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
