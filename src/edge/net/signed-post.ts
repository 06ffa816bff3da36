/** What channels and ticket systems behind HTTP get: JSON, signed, with a key that stays; and the id they answer with. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../base/secret.ts';
import type { HttpClient, HttpOutcome } from './http-request.ts';

/** `atMs` is the time of sending in ms since 1970; receivers refuse old ones against replay. */
export function postSigned(
  client: HttpClient,
  post: {
    readonly url: string;
    readonly secret: Secret;
    readonly key: string;
    readonly value: unknown;
    readonly atMs: number;
    /** Beside those of every post. */
    readonly headers?: Readonly<Record<string, string>> | undefined;
  },
): Promise<HttpOutcome> {
  const body = JSON.stringify(post.value);
  const headers = {
    ...post.headers,
    'content-type': 'application/json',
    'idempotency-key': post.key,
    'x-allclear-signature': signatureOf(post.secret, body, post.atMs),
  };
  return client.call({ url: post.url, method: 'POST', headers, body });
}

/** `t=<unix s>,v1=<hex hmac-sha256 of "t.body">`. */
function signatureOf(secret: Secret, body: string, atMs: number): string {
  const t = Math.floor(atMs / 1_000);
  return `t=${t},v1=${createHmac('sha256', secret.reveal()).update(`${t}.${body}`).digest('hex')}`;
}

const oldestMs = 300_000;

/** Whether that signature is ours over that body, and made in the last five minutes or the next. */
export function isSignedBy(
  secret: Secret,
  signed: { readonly signature: string | undefined; readonly body: string; readonly atMs: number },
): boolean {
  const [, t = '', given = ''] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(signed.signature ?? '') ?? [];
  if (t === '' || Math.abs(signed.atMs - Number(t) * 1_000) > oldestMs) return false;
  const [, right = ''] = signatureOf(secret, signed.body, Number(t) * 1_000).split('v1=');
  return timingSafeEqual(Buffer.from(given), Buffer.from(right));
}

/** The peer's own id; anything else in its answer is not ours to judge. */
export function idIn(body: string): string | undefined {
  try {
    const { id } = JSON.parse(body) as { id?: unknown };
    if (typeof id === 'number') return String(id);
    return typeof id === 'string' && id !== '' && id.length <= 200 ? id : undefined;
  } catch {
    return undefined;
  }
}
