/** Where samples are kept: the `series` part of the configuration. */
import { type DurationMs, days, milliseconds } from '../../base/instant.ts';
import type { Secret } from '../../base/secret.ts';
import type { DocumentPath } from '../../base/source-document.ts';
import { parseDuration, type SecretSource } from './values.ts';

export type SeriesConfig =
  | { readonly kind: 'embedded'; readonly retentionMs: DurationMs; readonly hoursMs: DurationMs }
  | RemoteSeriesConfig;

export interface RemoteSeriesConfig {
  readonly kind: 'influx' | 'victoriametrics';
  readonly retentionMs: DurationMs;
  readonly hoursMs: DurationMs;
  readonly url: string;
  readonly database: string;
  readonly user?: string | undefined;
  readonly password?: Secret | undefined;
  readonly token?: Secret | undefined;
  /** Bytes of samples that may wait on this disk while the store is away. */
  readonly spoolBytes?: number | undefined;
}

export interface RawSeries {
  readonly kind?: SeriesConfig['kind'];
  readonly retention?: string;
  readonly hours?: string;
  readonly url?: string;
  readonly database?: string;
  readonly user?: string;
  readonly password?: SecretSource;
  readonly token?: SecretSource;
  readonly spoolGigabytes?: number;
}

const standardRetention = days(35);
const standardHours = days(1_100);

export function seriesOf(
  raw: RawSeries,
  reader: {
    secret(source: SecretSource, path: DocumentPath): Secret;
    problem(path: DocumentPath, code: string, message: string): void;
  },
): SeriesConfig {
  const retentionMs = milliseconds(parseDuration(raw.retention ?? '') ?? standardRetention);
  const hoursMs = milliseconds(parseDuration(raw.hours ?? '') ?? standardHours);
  if (raw.kind === undefined || raw.kind === 'embedded') {
    const [strange] = Object.keys(raw).filter((key) => !['kind', 'retention', 'hours'].includes(key));
    if (strange !== undefined) {
      reader.problem(
        ['series', strange],
        'config/refused',
        `"${strange}" needs "kind: influx" or "victoriametrics"`,
      );
    }
    return { kind: 'embedded', retentionMs, hoursMs };
  }
  const protocol =
    raw.url === undefined ? undefined : URL.canParse(raw.url) ? new URL(raw.url).protocol : undefined;
  if (protocol !== 'http:' && protocol !== 'https:') {
    reader.problem(
      ['series', 'url'],
      'config/not-valid',
      `"${raw.kind}" needs its address, such as http://127.0.0.1:8086`,
    );
  }
  if (protocol !== undefined && /^[^/]*\/\/[^/]*@/.test(raw.url ?? '')) {
    const message = 'a password does not stand in an address: write "user" and "password"';
    reader.problem(['series', 'url'], 'config/not-valid', message);
  }
  const secret = (key: 'password' | 'token'): Secret | undefined =>
    raw[key] === undefined ? undefined : reader.secret(raw[key], ['series', key]);
  return {
    kind: raw.kind,
    retentionMs,
    hoursMs,
    url: raw.url ?? '',
    database: raw.database ?? 'allclear',
    user: raw.user,
    password: secret('password'),
    token: secret('token'),
    spoolBytes: raw.spoolGigabytes === undefined ? undefined : raw.spoolGigabytes * 1024 ** 3,
  };
}
