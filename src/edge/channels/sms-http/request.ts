/** One notice as the request that a gateway's description asks for; each value is encoded for the place where it stands. */
import type { OutgoingNotice } from '../../../notify/channel.ts';
import type { FieldValue, SmsHttpSettings } from './description.ts';

export interface GatewayRequest {
  readonly url: string;
  readonly method: 'POST' | 'PUT' | 'GET';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** What may stand in braces. */
export const variables = [
  ...['to', 'digits', 'text', 'key', 'from', 'user', 'secret', 'language', 'validMinutes'],
] as const;
/** What may stand in a header: nothing of it was written by somebody else. */
export const headerVariables: readonly string[] = ['key', 'from', 'user', 'secret', 'language'];
const longestValidMinutes = 2_880;

type Values = Readonly<Record<string, string>>;

/** Names in braces, in order. */
export const namesIn = (text: string): readonly string[] =>
  [...text.matchAll(/\{([A-Za-z]+)\}/g)].map(([, name]) => name!);

/** Every text in a tree of fields. */
export function textsIn(value: FieldValue): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((part) => textsIn(part as FieldValue));
}

export function requestOf(settings: SmsHttpSettings, notice: OutgoingNotice, now: number): GatewayRequest {
  const values = valuesOf(settings, notice, now);
  const url = new URL(filled(settings.url, values, encodeURIComponent));
  for (const [name, value] of Object.entries(settings.query ?? {}))
    url.searchParams.append(name, plain(value, values));
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(settings.headers ?? {}))
    headers[name.toLowerCase()] = filled(value, values, visible);
  if (settings.basic === true) {
    const both = `${settings.user ?? ''}:${settings.secret?.reveal() ?? ''}`;
    headers['authorization'] = `Basic ${Buffer.from(both).toString('base64')}`;
  }
  const method = settings.method ?? 'POST';
  if (settings.json !== undefined) {
    headers['content-type'] ??= 'application/json';
    return { url: url.href, method, headers, body: JSON.stringify(tree(settings.json, values)) };
  }
  if (settings.form === undefined) return { url: url.href, method, headers, body: undefined };
  headers['content-type'] ??= 'application/x-www-form-urlencoded';
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(settings.form)) form.append(name, plain(value, values));
  return { url: url.href, method, headers, body: form.toString() };
}

function valuesOf(settings: SmsHttpSettings, notice: OutgoingNotice, now: number): Values {
  const { to, text, key, language, notAfter } = notice;
  const left = notAfter === undefined ? longestValidMinutes : Math.ceil((notAfter - now) / 60_000);
  return {
    ...{ to, text, key, language },
    digits: to.replace(/^\+/, ''),
    from: settings.from ?? '',
    user: settings.user ?? '',
    secret: settings.secret?.reveal() ?? '',
    validMinutes: String(Math.min(longestValidMinutes, Math.max(1, left))),
  };
}

const filled = (text: string, values: Values, encode: (value: string) => string): string =>
  text.replace(/\{([A-Za-z]+)\}/g, (whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return value === undefined ? whole : encode(value);
  });

const asIs = (value: string): string => value;
const visible = (value: string): string => value.replace(/[^\x20-\x7e]/g, '');
const plain = (value: FieldValue, values: Values): string => filled(String(value), values, asIs);

function tree(value: FieldValue, values: Values): unknown {
  if (typeof value === 'string') return filled(value, values, asIs);
  if (Array.isArray(value)) return (value as readonly FieldValue[]).map((part) => tree(part, values));
  if (typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value as Readonly<Record<string, FieldValue>>).map(([name, part]) => [
      name,
      tree(part, values),
    ]),
  );
}
