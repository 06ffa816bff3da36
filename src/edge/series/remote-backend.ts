/** What a store of series elsewhere has to do for us; `remote.ts` keeps the spool, the numbers and the order. */
import type { SeriesName } from '../../flow/series.ts';
import type { RemotePoint } from './line-protocol.ts';

/** What became of lines that were sent. */
export type WriteOutcome =
  | { readonly kind: 'written' }
  /** The lines themselves are at fault: sending them again would fail again. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The store is away, busy or did not answer: they are sent again later. */
  | { readonly kind: 'away'; readonly reason: string };

export interface RemoteBackend {
  /** How long what was acknowledged may still be lost when the store dies: so much is sent again after a break. */
  readonly unsafeMs: number;
  /** Makes database and retention where the store lets us; called before the first write and after a break. */
  prepare(): Promise<WriteOutcome>;
  write(lines: string): Promise<WriteOutcome>;
  /** Points with from <= time < to, in order of time. Throws `series/away` or `series/failed`. */
  read(
    name: SeriesName,
    range: { readonly from: number; readonly to: number },
  ): Promise<readonly RemotePoint[]>;
  /** The newest point; undefined where there is none. */
  newest(name: SeriesName): Promise<RemotePoint | undefined>;
  /** Deletes everything before the instant where the store can; else its own retention does. */
  dropBefore(before: number): Promise<void>;
  close(): void;
}

export interface RemoteOptions {
  readonly url: string;
  readonly database: string;
  readonly user?: string | undefined;
  readonly password?: { reveal(): string } | undefined;
  /** InfluxDB 2 and 3, and proxies before VictoriaMetrics. */
  readonly token?: { reveal(): string } | undefined;
}
