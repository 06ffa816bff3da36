/** The data of resource records as text that can be compared, and back: the types that a platform is judged by. */
import { BadMessage, readName, writeName } from './dns-names.ts';

export const dnsTypes = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  OPT: 41,
  DS: 43,
  RRSIG: 46,
  DNSKEY: 48,
  CAA: 257,
  ANY: 255,
} as const;

export interface RecordData {
  readonly bytes: Uint8Array;
  /** Where the data begins; names in it may point before it. */
  readonly from: number;
  readonly length: number;
}

/** Types without a form here are hexadecimal digits (RFC 3597 section 5, without its length). */
export function dataText(type: number, { bytes, from, length }: RecordData): string {
  const end = from + length;
  const data = bytes.subarray(from, end);
  switch (type) {
    case dnsTypes.A:
      if (length !== 4) throw new BadMessage('an A record is not of 4 bytes');
      return data.join('.');
    case dnsTypes.AAAA:
      if (length !== 16) throw new BadMessage('an AAAA record is not of 16 bytes');
      return addressText(data);
    case dnsTypes.NS:
    case dnsTypes.CNAME:
    case dnsTypes.PTR:
      return nameWithin(bytes, from, end).name;
    case dnsTypes.MX:
      if (length < 3) throw new BadMessage('an MX record is cut short');
      return `${(data[0]! << 8) | data[1]!} ${nameWithin(bytes, from + 2, end).name}`;
    case dnsTypes.SOA:
      return startOfAuthority(bytes, from, end);
    case dnsTypes.TXT:
      return characterStrings(data);
    default:
      return hex(data);
  }
}

function nameWithin(bytes: Uint8Array, from: number, end: number): { name: string; end: number } {
  const found = readName(bytes, from);
  if (found.end > end) throw new BadMessage('a name runs out of its record');
  return found;
}

function startOfAuthority(bytes: Uint8Array, from: number, end: number): string {
  const primary = nameWithin(bytes, from, end);
  const mailbox = nameWithin(bytes, primary.end, end);
  if (end - mailbox.end !== 20) throw new BadMessage('a SOA record is not of its length');
  const view = new DataView(bytes.buffer, bytes.byteOffset + mailbox.end, 20);
  const numbers = [0, 4, 8, 12, 16].map((offset) => view.getUint32(offset));
  return `${primary.name} ${mailbox.name} ${numbers.join(' ')}`;
}

/** The strings of a TXT record put together: where they are parted says nothing (RFC 7208 section 3.3). */
function characterStrings(data: Uint8Array): string {
  let text = '';
  for (let at = 0; at < data.length; at += data[at]! + 1) {
    const part = data.subarray(at + 1, at + 1 + data[at]!);
    if (part.length !== data[at]) throw new BadMessage('a TXT record is cut short');
    for (const byte of part) {
      const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x5c;
      text += isPlain ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`;
    }
  }
  return text;
}

/** RFC 5952 section 4: the longest run of zeros is left out once. */
function addressText(data: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((data[2 * i]! << 8) | data[2 * i + 1]!).toString(16));
  const runs = [...`${groups.map((group) => (group === '0' ? '0' : 'x')).join('')}`.matchAll(/00+/g)];
  const longest = runs.sort((a, b) => b[0].length - a[0].length || a.index - b.index)[0];
  if (longest === undefined) return groups.join(':');
  const after = longest.index + longest[0].length;
  return `${groups.slice(0, longest.index).join(':')}::${groups.slice(after).join(':')}`;
}

const hex = (data: Uint8Array): string =>
  Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The reverse of `dataText`; throws BadMessage for a text that is none of the type. */
export function dataBytes(type: number, text: string): number[] {
  const bad = (): never => {
    throw new BadMessage(`"${text}" is no data of type ${type}`);
  };
  switch (type) {
    case dnsTypes.A: {
      const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
      const parts = match?.slice(1).map(Number) ?? [];
      return parts.length === 4 && parts.every((part) => part <= 255) ? parts : bad();
    }
    case dnsTypes.AAAA:
      return addressBytes(text) ?? bad();
    case dnsTypes.NS:
    case dnsTypes.CNAME:
    case dnsTypes.PTR:
      return writeName(text);
    case dnsTypes.MX: {
      const [preference, name, ...rest] = text.split(' ');
      const value = Number(preference);
      if (name === undefined || rest.length > 0 || !(value >= 0 && value <= 65_535)) return bad();
      return [value >> 8, value & 255, ...writeName(name)];
    }
    case dnsTypes.SOA: {
      const [primary, mailbox, ...numbers] = text.split(' ');
      if (mailbox === undefined || numbers.length !== 5 || !numbers.every((n) => /^\d{1,10}$/.test(n)))
        return bad();
      return [...writeName(primary!), ...writeName(mailbox), ...numbers.flatMap((n) => wide(Number(n)))];
    }
    case dnsTypes.TXT:
      return textBytes(text) ?? bad();
    default:
      if (text.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(text)) return bad();
      return (text.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
  }
}

export const wide = (value: number): number[] => [
  (value >>> 24) & 255,
  (value >>> 16) & 255,
  (value >>> 8) & 255,
  value & 255,
];

function addressBytes(text: string): number[] | undefined {
  if (!/^[0-9a-f:]{2,39}$/i.test(text)) return undefined;
  const [head = '', tail, ...more] = text.split('::');
  const groupsOf = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [before, behind] = [groupsOf(head), groupsOf(tail ?? '')];
  const missing = 8 - before.length - behind.length;
  if (more.length > 0 || (tail === undefined ? missing !== 0 : missing < 1)) return undefined;
  const groups = [...before, ...Array<string>(missing).fill('0'), ...behind];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 255];
  });
}

function textBytes(text: string): number[] | undefined {
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const escaped = text[at] === '\\' ? /^\d{3}/.exec(text.slice(at + 1))?.[0] : undefined;
    if (escaped !== undefined) at += 3;
    bytes.push(escaped === undefined ? text.charCodeAt(at) : Number(escaped));
  }
  if (bytes.some((byte) => byte > 255) || bytes.length > 60_000) return undefined;
  const parts: number[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += 255) {
    const part = bytes.slice(at, at + 255);
    parts.push(part.length, ...part);
  }
  return parts;
}

/** One form of the same data, so that what a person wrote can be compared with what came; throws BadMessage. */
export function canonicalData(type: number, text: string): string {
  const bytes = Uint8Array.from(dataBytes(type, text.trim()));
  return dataText(type, { bytes, from: 0, length: bytes.length });
}
