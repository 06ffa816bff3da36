/**
 * InfluxDB 1, and 2 and 3 through the same two addresses (`/write`, `/query`): lines go out over our own connection, the
 * `influx` package makes the database and asks in InfluxQL.
 */
import { InfluxDB } from 'influx';
import { Fault } from '../../base/fault.ts';
import type { DurationMs } from '../../base/instant.ts';
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

/** Retention policies shorter than this are refused by InfluxDB. */
const SHORTEST_RETENTION_MS = 3_600_000;
const POLICY = 'allclear';
/** Of one answer: a year of a value a minute. */
const MOST_POINTS = 600_000;
const FIELDS = '"value", "low", "gap"';

export function influxBackend(
  options: RemoteOptions & {
    readonly http: HttpClient;
    /** Kept by a retention policy of our own; undefined = the database's. */
    readonly retentionMs: DurationMs | undefined;
  },
): RemoteBackend {
  const { http, database } = options;
  const base = options.url.replace(/\/+$/, '');
  const client = influxClient(options);
  const headers = authorization(options, 'Token');
  const write = `${base}/write?db=${encodeURIComponent(database)}&precision=ms&consistency=one`;
  // Over our own connection, whose answers have a bound: the package takes any, and one of a store gone wrong may be endless.
  const ask = async (query: string, method: 'GET' | 'POST' = 'GET'): Promise<RemotePoint[]> => {
    const url = `${base}/query?${new URLSearchParams({ db: database, epoch: 'ms', q: query })}`;
    const body = bodyOf(await http.call({ url, method, headers }));
    try {
      return pointsIn(JSON.parse(body));
    } catch (error) {
      throw new Fault('series/failed', `the series store answered what cannot be read: ${reasonOf(error)}`);
    }
  };
  return {
    unsafeMs: 0,
    async prepare() {
      try {
        await makeDatabase(client, options);
        return { kind: 'written' };
      } catch (error) {
        return { kind: 'away', reason: reasonOf(error) };
      }
    },
    write: (lines) => writeLines(http, { url: write, headers }, lines),
    read: async (name, { from, to }) =>
      inBounds(
        await ask(
          `SELECT ${FIELDS} FROM ${source(name)} AND time >= ${time(from)} AND time < ${time(to)} LIMIT ${MOST_POINTS + 1}`,
        ),
      ),
    async newest(name) {
      return (await ask(`SELECT ${FIELDS} FROM ${source(name)} ORDER BY time DESC LIMIT 1`))[0];
    },
    async dropBefore(before) {
      await ask(`DELETE WHERE time < ${time(before)}`, 'POST');
    },
    close() {},
  };
}

function influxClient(options: RemoteOptions): InfluxDB {
  const { protocol, hostname, port, pathname } = new URL(options.url);
  const host = {
    protocol: protocol === 'https:' ? ('https' as const) : ('http' as const),
    host: hostname,
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
    path: pathname.replace(/\/+$/, ''),
    options: { headers: authorization(options, 'Token') },
  };
  const { user, password, database } = options;
  return new InfluxDB({
    hosts: [host],
    database,
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password: password.reveal() }),
  });
}

async function makeDatabase(
  client: InfluxDB,
  { database, token, retentionMs }: RemoteOptions & { readonly retentionMs: DurationMs | undefined },
): Promise<void> {
  // With a token it is InfluxDB 2 or 3, where databases are made by its administrator and mapped to these addresses.
  if (token !== undefined) return;
  await client.createDatabase(database);
  if (retentionMs === undefined) return;
  const duration = `${Math.ceil(Math.max(retentionMs, SHORTEST_RETENTION_MS) / 60_000)}m`;
  const policy = { database, duration, replication: 1, isDefault: true };
  const known = await client.showRetentionPolicies(database);
  if (known.some(({ name }) => name === POLICY)) await client.alterRetentionPolicy(POLICY, policy);
  else await client.createRetentionPolicy(POLICY, policy);
}

/** InfluxQL: identifiers in double, texts in single quotes, both with backslashes before their own kind. */
function source({ metric, resource, unit, kind }: SeriesName): string {
  const tags = { resource, unit, kind };
  const conditions = Object.entries(tags).map(
    ([tag, text]) => `"${tag}" = '${quoted(plainText(text), "'")}'`,
  );
  return `"${quoted(measurementOf(metric), '"')}" WHERE ${conditions.join(' AND ')}`;
}

const quoted = (text: string, mark: string): string => text.replaceAll(mark, `\\${mark}`);

const time = (ms: number): string => `${Math.round(Math.max(-9e12, Math.min(9e12, ms)))}ms`;

const reasonOf = (error: unknown): string =>
  String(error instanceof Error ? error.message : error).slice(0, 200);

/** A part of what was asked must not pass for the whole. */
function inBounds(points: RemotePoint[]): RemotePoint[] {
  if (points.length <= MOST_POINTS) return points;
  throw new Fault(
    'series/failed',
    `the answer holds more than ${MOST_POINTS} points: ask for a shorter time`,
  );
}

/** Rows of `time, value, low, gap` out of the answer's first series; what has another form is a fault of the store. */
function pointsIn(raw: unknown): RemotePoint[] {
  const answer = raw as {
    readonly results?: readonly {
      readonly error?: string;
      readonly series?: readonly { readonly values?: readonly (readonly unknown[])[] }[];
    }[];
  };
  const [result] = answer.results ?? [];
  if (result?.error !== undefined) throw new Error(result.error);
  return (result?.series?.[0]?.values ?? []).map(([at, value, low, gap]) => {
    if (!Number.isSafeInteger(at)) throw new Error('a point of its answer has no time');
    return { time: Number(at), value: numberOr(value), low: numberOr(low), gap: numberOr(gap) };
  });
}

const numberOr = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
