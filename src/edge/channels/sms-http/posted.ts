/** What a gateway posts to us: whether it is the gateway's, and the receipts and replies in it. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../../base/secret.ts';
import type { Posted, Receipt, Reply } from '../../../notify/channel.ts';
import { exactJson, valueAt, wordAt } from './answer.ts';
import type { PostedReading } from './description.ts';

const longestText = 4_000;

/** The secret ends the address, or signs the body (HMAC, RFC 2104). */
export function isGenuine(post: Posted, reading: PostedReading, secret: Secret): boolean {
  if (reading.signature === undefined) return isSame(post.path, secret.reveal());
  const given = (post.headers[reading.signature.toLowerCase()] ?? '').replace(/^sha256=/i, '');
  const due = createHmac('sha256', secret.reveal()).update(post.body).digest();
  return isSame(given.toLowerCase(), due.toString('hex')) || isSame(given, due.toString('base64'));
}

/** Compares digests, so that neither time nor length tells anything. */
function isSame(given: string, due: string): boolean {
  const digest = (text: string): Buffer => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(given), digest(due));
}

export interface PostedNews {
  readonly receipts: readonly Receipt[];
  readonly replies: readonly Reply[];
  /** Pieces that say neither, such as receipts of states on the way. */
  readonly others: number;
}

/** JSON or a form; undefined for what is neither. All of it: how long a post may be bounds how much is in it. */
export function newsIn(post: Posted, reading: PostedReading): PostedNews | undefined {
  const whole = contentOf(post);
  if (whole === undefined) return undefined;
  const listed = reading.each === undefined ? whole : valueAt(whole, reading.each);
  const pieces = Array.isArray(listed) ? (listed as readonly unknown[]) : [listed];
  const receipts = pieces.flatMap((piece) => receiptIn(piece, reading) ?? []);
  const replies = pieces.flatMap((piece) => replyIn(piece, reading) ?? []);
  return { receipts, replies, others: pieces.length - receipts.length - replies.length };
}

function contentOf({ headers, body }: Posted): unknown {
  if (/^application\/x-www-form-urlencoded/i.test(headers['content-type'] ?? ''))
    return Object.fromEntries(new URLSearchParams(body));
  try {
    return exactJson(body);
  } catch {
    return undefined;
  }
}

function receiptIn(piece: unknown, { receipt }: PostedReading): Receipt | undefined {
  if (receipt === undefined) return undefined;
  const externalId = wordAt(piece, receipt.id);
  const said = wordAt(piece, receipt.state);
  if (externalId === undefined || externalId.length > 200 || said === undefined) return undefined;
  if (receipt.delivered.includes(said)) return { externalId, state: 'delivered' };
  return receipt.failed.includes(said) ? { externalId, state: 'failed' } : undefined;
}

function replyIn(piece: unknown, { reply }: PostedReading): Reply | undefined {
  if (reply === undefined) return undefined;
  const from = wordAt(piece, reply.from);
  const text = wordAt(piece, reply.text);
  if (from === undefined || text === undefined) return undefined;
  const to = reply.to === undefined ? undefined : wordAt(piece, reply.to);
  return {
    from: numberIn(from),
    written: /^[\d\s()-]{7,30}$/.test(from) ? bare(from).slice(0, 21) : undefined,
    to: (to ?? '').slice(0, 40),
    text: text.slice(0, longestText).replaceAll('\0', ''),
  };
}

/** Gateways leave the plus of an international number away. */
function numberIn(written: string): string {
  const digits = bare(written);
  return /^[1-9]\d{10,14}$/.test(digits) ? `+${digits}` : digits.slice(0, 21);
}

const bare = (written: string): string => written.replace(/[\s()-]/g, '');
