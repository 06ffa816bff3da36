/** Delivery receipts: what a `deliver_sm` says of a message sent before, as parameters or as the text of Appendix B. */
import type { Receipt } from '../../../notify/channel.ts';
import { type IncomingMessage, octetsOf } from './link.ts';
import { tags } from './pdu.ts';

/**
 * How a centre writes the id in a receipt: as in its answer; in decimal digits where the answer has hexadecimal ones; or
 * the other way round. Ids are then compared as numbers.
 */
export type ReceiptIds = 'same' | 'decimal' | 'hex';

/** `underway` says nothing final; `unreadable` names no message. */
export type ReadReceipt =
  | { readonly kind: 'final'; readonly receipt: Receipt }
  | { readonly kind: 'underway' | 'unreadable' };

// Section 5.2.12: bits 5 to 2 tell what a message to us is.
const typeBits = 0x3c;
const receiptType = 0x04;
const intermediateType = 0x20;

/** True for a receipt; centres that leave the type out are known by the parameter. */
export const isReceipt = ({ esmClass, optional }: IncomingMessage): boolean =>
  [receiptType, intermediateType].includes(esmClass & typeBits) || optional.has(tags.receiptedMessageId);

/** Section 5.2.28; 9 and above are of later versions. */
const states: Readonly<Record<number, Receipt['state'] | undefined>> = {
  2: 'delivered',
  3: 'failed',
  4: 'failed',
  5: 'failed',
  8: 'failed',
};

/** Appendix B; ACCEPTD, UNKNOWN and ENROUTE decide nothing. */
const words: ReadonlyMap<string, Receipt['state']> = new Map([
  ['DELIVRD', 'delivered'],
  ['EXPIRED', 'failed'],
  ['DELETED', 'failed'],
  ['UNDELIV', 'failed'],
  ['REJECTD', 'failed'],
]);

const longestText = 1_000;

export function readReceipt(message: IncomingMessage, ids: ReceiptIds): ReadReceipt {
  const octets = octetsOf(message);
  const text = Buffer.from(octets.subarray(0, longestText)).toString('latin1');
  const named = message.optional.get(tags.receiptedMessageId);
  const id = named === undefined ? /\bid:\s{0,4}([^\s]{1,65})/i.exec(text)?.[1] : cString(named);
  if (id === undefined || id === '') return { kind: 'unreadable' };
  if ((message.esmClass & typeBits) === intermediateType) return { kind: 'underway' };
  const number = message.optional.get(tags.messageState)?.[0];
  const word = /\bstat:\s{0,4}([A-Z]{1,10})/i.exec(text)?.[1]?.toUpperCase();
  if (number === undefined && word === undefined) return { kind: 'unreadable' };
  const state = states[number ?? 0] ?? words.get(word ?? '');
  if (state === undefined) return { kind: 'underway' };
  return { kind: 'final', receipt: { externalId: comparableId(id, ids, 'receipt'), state } };
}

/** The id by which answer and receipt find each other. */
export function comparableId(id: string, ids: ReceiptIds, of: 'answer' | 'receipt'): string {
  if (ids === 'same') return id;
  const isHex = (ids === 'decimal') === (of === 'answer');
  const digits = isHex ? /^(?:0x)?([0-9a-f]{1,64})$/i.exec(id)?.[1] : /^(\d{1,64})$/.exec(id)?.[1];
  if (digits === undefined) return id;
  return BigInt(isHex ? `0x${digits}` : digits).toString();
}

function cString(octets: Uint8Array): string {
  const end = octets.indexOf(0);
  return Buffer.from(end < 0 ? octets : octets.subarray(0, end))
    .toString('latin1')
    .slice(0, 65);
}
