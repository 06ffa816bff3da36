/** Takes the sub-identifiers of a row's index apart by what the MIB says of them (RFC 2578 section 7.7). */
import { addressText } from './octets.ts';

export interface IndexPart {
  readonly name: string;
  readonly form: IndexForm;
  /** Of `bytes(n)`. */
  readonly length: number;
}

export const indexForms = [
  ...(['integer', 'mac', 'ipv4', 'inetAddress', 'address', 'string', 'impliedString'] as const),
  ...(['oid', 'bytes', 'gponSerial', 'rest'] as const),
] as const;
type IndexForm = (typeof indexForms)[number];

/** `mac` or `bytes(4)`; undefined where it is no form of a part. */
export function parseIndexForm(text: string): Pick<IndexPart, 'form' | 'length'> | undefined {
  const [, word, count] = /^([A-Za-z0-9]+)(?:\(([0-9]{1,3})\))?$/.exec(text) ?? [];
  const form = indexForms.find((one) => one === word);
  if (form === undefined || (form === 'bytes') !== (count !== undefined)) return undefined;
  return { form, length: Number(count ?? 0) };
}

/** Values by name; undefined when the index is not made so. */
export function indexParts(
  parts: readonly IndexPart[],
  index: string,
): ReadonlyMap<string, string | number> | undefined {
  const ids = index.split('.').map(Number);
  const values = new Map<string, string | number>();
  let at = 0;
  for (const part of parts) {
    const [value, length] = valueAt(part, ids, at);
    if (value === undefined || at + length > ids.length) return undefined;
    values.set(part.name, value);
    at += length;
  }
  return at === ids.length ? values : undefined;
}

type Taken = readonly [value: string | number | undefined, length: number];

function valueAt({ form, length }: IndexPart, ids: readonly number[], at: number): Taken {
  const first = ids[at];
  if (first === undefined) return form === 'rest' || form === 'impliedString' ? ['', 0] : [undefined, 0];
  switch (form) {
    case 'integer':
      return [first, 1];
    case 'mac':
      return [hex(ids.slice(at, at + 6), ':'), 6];
    case 'ipv4':
      return [addressText(ids.slice(at, at + 4)), 4];
    case 'inetAddress':
      return [inetAddress(first, ids.slice(at + 2, at + 2 + (ids[at + 1] ?? 0))), 2 + (ids[at + 1] ?? 0)];
    case 'address':
      return [addressText(ids.slice(at + 1, at + 1 + first)), 1 + first];
    case 'string':
      return [text(ids.slice(at + 1, at + 1 + first)), 1 + first];
    case 'impliedString':
      return [text(ids.slice(at)), ids.length - at];
    case 'oid':
      return [ids.slice(at + 1, at + 1 + first).join('.'), 1 + first];
    case 'bytes':
      return [hex(ids.slice(at, at + length), ''), length];
    case 'gponSerial':
      return gponSerialAt(ids, at);
    case 'rest':
      return [ids.slice(at).join('.'), ids.length - at];
  }
}

/** RFC 4001 InetAddressType: 16 is a name, all others are bytes. */
const inetAddress = (type: number, ids: readonly number[]): string | undefined =>
  type === 16 ? text(ids) : addressText(ids);

/** ITU-T G.984.3 clause 9.2.4.1: four letters of the vendor and four bytes; some agents count them first, some spell them out. */
function gponSerialAt(ids: readonly number[], at: number): Taken {
  const count = ids[at]!;
  if (count === 12) return [text(ids.slice(at + 1, at + 13)), 13];
  const from = count === 8 ? at + 1 : at;
  const vendor = text(ids.slice(from, from + 4));
  const number = hex(ids.slice(from + 4, from + 8), '');
  const isWhole = ids.length >= from + 8;
  return [
    !isWhole || vendor === undefined || number === undefined ? undefined : vendor + number.toUpperCase(),
    from + 8 - at,
  ];
}

const isByte = (id: number): boolean => id >= 0 && id <= 255;

const text = (ids: readonly number[]): string | undefined =>
  ids.every(isByte) ? String.fromCharCode(...ids) : undefined;

const hex = (ids: readonly number[], between: string): string | undefined =>
  ids.every(isByte) ? ids.map((id) => id.toString(16).padStart(2, '0')).join(between) : undefined;
