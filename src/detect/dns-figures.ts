/** What the latest rounds say of one resolver in numbers: latencies with and without its cache, and its rcodes. */
import type { DnsLatency, DnsOutcome, DnsSeen } from '../model/dns.ts';

/** Answers that the figures look back on. */
const window = 120;
/** Fewer answers than this between two rounds make no share. */
const leastServed = 100;

export class DnsFigures {
  readonly #latencies: Record<'hit' | 'miss', number[]> = { hit: [], miss: [] };
  readonly #codes: string[] = [];
  #counted: Readonly<Record<string, number>> | undefined;
  #served: Readonly<Record<string, number>> | undefined;

  take(seen: readonly DnsSeen[]): void {
    for (const { check, outcome } of seen) {
      if (!isOrdinary(check)) continue;
      remember(this.#codes, codeOf(outcome));
      if (outcome.kind === 'answer' && (check === 'hit' || check === 'miss'))
        remember(this.#latencies[check], outcome.latencyMs);
    }
  }

  /** Questions that the shares are made of. */
  get answers(): number {
    return this.#codes.length;
  }

  latency(check: 'hit' | 'miss'): DnsLatency | undefined {
    const sorted = [...this.#latencies[check]].sort((a, b) => a - b);
    if (sorted.length === 0) return undefined;
    return { p50Ms: quantile(sorted, 0.5), p95Ms: quantile(sorted, 0.95), answers: sorted.length };
  }

  /** The median of the last few: what is judged, so that neither one slow answer nor an hour ago decides. */
  recent(check: 'hit' | 'miss'): number | undefined {
    const sorted = this.#latencies[check].slice(-3).sort((a, b) => a - b);
    return sorted.length === 0 ? undefined : quantile(sorted, 0.5);
  }

  /** Takes the resolver's own counters: what it answered since the round before is what is looked at. */
  count(counted: Readonly<Record<string, number>> | undefined): void {
    const before = this.#counted;
    this.#counted = counted;
    this.#served = undefined;
    if (before === undefined || counted === undefined) return;
    const grown = Object.entries(counted).map(([code, now]) => [code, now - (before[code] ?? 0)] as const);
    const total = grown.reduce((sum, [, more]) => sum + more, 0);
    // Counters that went back are those of a resolver that was started anew.
    if (total < leastServed || grown.some(([, more]) => more < 0)) return;
    this.#served = Object.fromEntries(grown.map(([code, more]) => [code, more / total]));
  }

  /** Shares of what it answered to everybody since the round before; undefined where it does not tell. */
  get served(): Readonly<Record<string, number>> | undefined {
    return this.#served;
  }

  shares(): Readonly<Record<string, number>> {
    const counts = new Map<string, number>();
    for (const code of this.#codes) counts.set(code, (counts.get(code) ?? 0) + 1);
    return Object.fromEntries([...counts].map(([code, count]) => [code, count / this.#codes.length]));
  }
}

function remember<T>(list: T[], value: T): void {
  list.push(value);
  if (list.length > window) list.shift();
}

/** The nearest rank of a sorted list that is not empty. */
const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))]!;

/** What a subscriber might ask; the others are asked in order to be refused, or are large on purpose. */
export const isOrdinary = (check: DnsSeen['check']): boolean =>
  check === 'hit' || check === 'miss' || check === 'answer' || check === 'signed' || check === 'serial';

const names: readonly string[] = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];

/** RFC 1035 section 4.1.1; above them the number. */
export function codeOf(outcome: DnsOutcome): string {
  if (outcome.kind !== 'answer') return outcome.kind === 'badAnswer' ? 'badAnswer' : 'timeout';
  return names[outcome.rcode] ?? `RCODE${outcome.rcode}`;
}
