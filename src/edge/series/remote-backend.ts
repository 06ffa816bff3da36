/** What a store of series elsewhere has to do for us; `remote.ts` keeps the spool, the numbers and the order. */
import { Fault } from '../../base/fault.ts';
import type { SeriesName } from '../../flow/series.ts';
import type { HttpClient, HttpOutcome } from '../net/http-request.ts';
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

/** `tokenScheme`: how the store calls what stands before a token. */
export function authorization(
  { user, password, token }: RemoteOptions,
  tokenScheme: 'Bearer' | 'Token',
): Record<string, string> {
  if (token !== undefined) return { authorization: `${tokenScheme} ${token.reveal()}` };
  if (user === undefined) return {};
  const pair = `${user}:${password?.reveal() ?? ''}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** Posts lines of the line protocol; what the store answers is judged alike for all of them. */
export async function writeLines(
  http: HttpClient,
  to: { readonly url: string; readonly headers: Readonly<Record<string, string>> },
  lines: string,
): Promise<WriteOutcome> {
  const headers = { 'content-type': 'text/plain; charset=utf-8', ...to.headers };
  const outcome = await http.call({ url: to.url, method: 'POST', headers, body: lines });
  if (outcome.kind !== 'answer') return { kind: 'away', reason: outcome.reason };
  if (outcome.status < 300) return { kind: 'written' };
  const reason = `${outcome.status}: ${outcome.body.slice(0, 200)}`;
  // 400: these lines; 413: so many of them. All else (401, 404 before the database is made, 429, 5xx) may pass.
  return { kind: outcome.status === 400 || outcome.status === 413 ? 'refused' : 'away', reason };
}

/** What a store answered to a question; throws `series/away` or `series/failed`. */
export function bodyOf(outcome: HttpOutcome): string {
  if (outcome.kind !== 'answer')
    throw new Fault('series/away', `the series store did not answer: ${outcome.reason}`);
  if (outcome.status >= 300) {
    throw new Fault(
      'series/failed',
      `the series store said ${outcome.status}: ${outcome.body.slice(0, 200)}`,
    );
  }
  return outcome.body;
}
