/**
 * VictoriaMetrics, single or behind its cluster's gateway: lines in over `/write`, raw points out over `/api/v1/export`.
 * It keeps both of two samples at one time, has its own retention, and holds what it acknowledged in memory for a few
 * seconds before it writes it down.
 */
import { Fault } from '../../base/fault.ts';
import type { SeriesName } from '../../flow/series.ts';
import type { HttpClient } from '../net/http-request.ts';
import { measurementOf, plainText, type RemotePoint } from './line-protocol.ts';
import {
  authorization,
  bodyOf,
  type RemoteBackend,
  type RemoteOptions,
  writeLines,
} from './remote-backend.ts';

type Field = 'value' | 'low' | 'gap';
const fields: readonly Field[] = ['value', 'low', 'gap'];

export function victoriaBackend(options: RemoteOptions & { readonly http: HttpClient }): RemoteBackend {
  const { http } = options;
  const base = options.url.replace(/\/+$/, '');
  const headers = authorization(options, 'Bearer');
  const get = async (path: string, query: Readonly<Record<string, string>>): Promise<string> => {
    const url = `${base}${path}?${new URLSearchParams(query)}`;
    return bodyOf(await http.call({ url, method: 'GET', headers }));
  };
  /** Its search sees rows once a second; asked, it looks at once. Undefined: rows came since. */
  let flushed: Promise<unknown> | undefined = Promise.resolve();
  const flush = async (): Promise<void> => {
    flushed ??= get('/internal/force_flush', {});
    try {
      await flushed;
    } catch (error) {
      flushed = undefined;
      throw error;
    }
  };
  const exported = async (selector: string, from: number, to: number): Promise<RemotePoint[]> => {
    await flush();
    const query = { 'match[]': selector, start: String(from / 1000), end: String((to - 1) / 1000) };
    if (to <= from) return [];
    const answer = await get('/api/v1/export', query);
    return understood(() => merged(answer, { from, to }));
  };
  return {
    unsafeMs: 60_000,
    prepare: async () => ({ kind: 'written' }),
    async write(lines) {
      const outcome = await writeLines(http, { url: `${base}/write?precision=ms`, headers }, lines);
      flushed = undefined;
      return outcome;
    },
    read: (name, { from, to }) => exported(selectorOf(name), from, to),
    async newest(name) {
      await flush();
      const query = `max(tlast_over_time(${selectorOf(name)}[100y]))`;
      const answer = await get('/api/v1/query', { query, time: FAR_AHEAD });
      const seconds = understood(() => newestIn(answer));
      if (!Number.isFinite(seconds)) return undefined;
      const at = Math.round(seconds * 1000);
      return (await exported(selectorOf(name), at, at + 1)).at(-1);
    },
    // It has no deletion by time; -retentionPeriod is its administrator's.
    dropBefore: async () => {},
    close() {},
  };
}

/** 2100-01-01 in seconds: a sample stamped ahead of the clock still is the newest. */
const FAR_AHEAD = '4102444800';

/** A metric's name is measurement and field; JSON's escapes are those of a text in MetricsQL. */
function selectorOf({ metric, resource, unit, kind }: SeriesName): string {
  const measurement = measurementOf(metric).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const name = `__name__=~${JSON.stringify(`${measurement}_(${fields.join('|')})`)}`;
  const tags = Object.entries({ resource, unit, kind }).map(
    ([tag, text]) => `${tag}=${JSON.stringify(plainText(text))}`,
  );
  return `{${[name, ...tags].join(',')}}`;
}

/** What the store wrote may have any form: a text that cannot be read is its fault, not ours. */
function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Fault('series/failed', `the series store answered what cannot be read: ${String(error)}`);
  }
}

/** Seconds since 1970; NaN where there is no sample. */
function newestIn(body: string): number {
  const answer = JSON.parse(body) as {
    readonly data?: { readonly result?: readonly { readonly value?: readonly [number, string] }[] };
  };
  return Number(answer.data?.result?.[0]?.value?.[1] ?? Number.NaN);
}

/** One line a series with `values` and `timestamps`; the fields of one time make one point. */
function merged(body: string, { from, to }: { readonly from: number; readonly to: number }): RemotePoint[] {
  const byTime = new Map<number, { time: number; value?: number; low?: number; gap?: number }>();
  for (const line of body.split('\n')) {
    if (line === '') continue;
    const { metric, values, timestamps } = JSON.parse(line) as {
      readonly metric: { readonly __name__: string };
      readonly values: readonly (number | null)[];
      readonly timestamps: readonly number[];
    };
    const field = fields.find((name) => metric.__name__.endsWith(`_${name}`));
    if (field === undefined) continue;
    for (const [index, time] of timestamps.entries()) {
      const value = values[index];
      if (typeof value !== 'number' || !Number.isSafeInteger(time) || time < from || time >= to) continue;
      const point = byTime.get(time) ?? { time };
      byTime.set(time, point);
      point[field] = value;
    }
  }
  return [...byTime.values()].sort((a, b) => a.time - b.time);
}
