/** Reads what an SNMP value says as text, number, address; undefined where it says no such thing. */
import type { VarbindValue } from './session.ts';

/** An exact number: a bigint only above 2^53. */
export function numberIn(value: VarbindValue | undefined): number | bigint | undefined {
  switch (value?.type) {
    case 'integer':
    case 'gauge32':
    case 'counter32':
    case 'timeticks':
      return value.number;
    case 'counter64':
      return value.bigint <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value.bigint) : value.bigint;
    default:
      return undefined;
  }
}

export function smallNumberIn(value: VarbindValue | undefined): number | undefined {
  const number = numberIn(value);
  return typeof number === 'number' ? number : undefined;
}

/** Text without the NUL bytes that some agents pad with; bytes that are not UTF-8 are taken as ISO 8859-1. */
export function textIn(value: VarbindValue | undefined): string | undefined {
  switch (value?.type) {
    case 'octets': {
      const text = decoded(value.bytes).replace(/\0+$/, '').trim();
      return text === '' ? undefined : text;
    }
    case 'oid':
      return value.oid;
    case 'ipAddress':
      return value.address;
    default:
      return undefined;
  }
}

/** As `textIn`, without taking spaces off. */
export function rawTextIn(value: VarbindValue): string | undefined {
  if (value.type !== 'octets') return textIn(value);
  const text = decoded(value.bytes).replace(/\0+$/, '');
  return text === '' ? undefined : text;
}

/** What an OID points to where it names a word or a row: its last sub-identifier. */
export const lastIdIn = (value: VarbindValue | undefined): number | undefined =>
  value?.type === 'oid' ? Number(value.oid.slice(value.oid.lastIndexOf('.') + 1)) : undefined;

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    return text;
  }
}

/** IEEE 802 address in lower-case hex with colons; anything but six bytes is none. */
export function macIn(value: VarbindValue | undefined): string | undefined {
  if (value?.type !== 'octets' || value.bytes.length !== 6) return undefined;
  return Array.from(value.bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** What the raw value was, for `raw` of a reading: a number where it fits, else text. */
export function rawOf(value: VarbindValue): number | string {
  const number = numberIn(value);
  if (number !== undefined) return typeof number === 'bigint' ? number.toString() : number;
  return textIn(value) ?? '';
}

/** A counter as the outside contract wants it: above 2^53 a decimal string. */
export const exactly = (value: number | bigint): number | string =>
  typeof value === 'bigint' ? value.toString() : value;
