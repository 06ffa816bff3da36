/** The signature on everything we post: `t=<unix s>,v1=<hex hmac-sha256 of "t.body">`. */
import { createHmac } from 'node:crypto';
import type { Secret } from '../../base/secret.ts';

/** `atMs` is the time of sending in ms since 1970; receivers refuse old ones against replay. */
export function signBody(secret: Secret, body: string, atMs: number): string {
  const t = Math.floor(atMs / 1_000);
  return `t=${t},v1=${createHmac('sha256', secret.reveal()).update(`${t}.${body}`).digest('hex')}`;
}
