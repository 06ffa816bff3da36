/**
 * Rows of a recording without names, addresses and serial numbers. What a profile reads as numbers, states, units and
 * models stays; any other text does not. A row in which a hidden name still stands afterwards is left out.
 */
import { groundedProfile, type Profile } from '../../collect/collect.ts';
import type { Varbind, VarbindValue } from '../../collect/session.ts';
import { ColumnCare } from './column-care.ts';
import { Mask } from './mask.ts';
import { IndexMask } from './mask-index.ts';
import { secretsOf } from './mask-secrets.ts';
import { maskedModel, type TextMasking, textOf, withoutNames } from './mask-text.ts';
import { ProductWords } from './product-words.ts';
import { ReadPatterns } from './read-patterns.ts';

export interface MaskedRows {
  readonly rows: readonly Varbind[];
  readonly leftOut: number;
  readonly replaced: Readonly<Record<Replaced, number>>;
}

/** What was replaced: values by what they told, and rows whose index did. */
type Replaced = 'names' | 'serials' | 'addresses' | 'texts' | 'indexes';

const sysObjectID = '1.3.6.1.2.1.1.2.0';

export function maskedRows(
  rows: readonly Varbind[],
  { profiles, salt }: { readonly profiles: Iterable<Profile>; readonly salt: Uint8Array },
): MaskedRows {
  const own = rows.find(({ oid }) => oid === sysObjectID)?.value;
  const known = Array.from(profiles, (profile) => groundedFor(profile, own));
  const care = new ColumnCare(known);
  const products = new ProductWords(known);
  const secrets = secretsOf(rows, care, products);
  const mask = new Mask(salt, secrets.versions);
  const index = new IndexMask(mask, secrets);
  const masking: Masking = { care, index, mask, secrets, products, patterns: new ReadPatterns(known) };
  const made: Varbind[] = [];
  const replaced = { names: 0, serials: 0, addresses: 0, texts: 0, indexes: 0 };
  let leftOut = 0;
  for (const row of rows) {
    const oid = maskedOid(row.oid, care, index);
    const masked = { oid, value: maskedValue(row, masking) };
    if (row.oid !== sysObjectID && secrets.names.standsIn(masked)) {
      leftOut++;
      continue;
    }
    made.push(masked);
    if (masked.oid !== row.oid) replaced.indexes++;
    const what = replacedIn(row, masked.value, care);
    if (what !== undefined) replaced[what]++;
  }
  return { rows: made, leftOut, replaced };
}

/** Columns that hang on the device's own id are known where the profile is one for it. */
function groundedFor(profile: Profile, own: VarbindValue | undefined): Profile {
  const isFor = (prefix: string): boolean => own?.type === 'oid' && `${own.oid}.`.startsWith(`${prefix}.`);
  return own?.type === 'oid' && profile.match.sysObjectID.some(isFor)
    ? groundedProfile(profile, own.oid)
    : profile;
}

function replacedIn(row: Varbind, masked: VarbindValue, care: ColumnCare): Replaced | undefined {
  const { value } = row;
  if (isSame(value, masked)) return undefined;
  const { isSerial, isHidden } = care.of(row.oid.split('.').map(Number));
  if (isSerial) return 'serials';
  const isBinary = value.type === 'octets' && textOf(value.bytes) === undefined;
  if (value.type === 'ipAddress' || value.type === 'oid' || isBinary) return 'addresses';
  return isHidden ? 'names' : 'texts';
}

function isSame(value: VarbindValue, masked: VarbindValue): boolean {
  if ('bytes' in value && 'bytes' in masked) return Buffer.compare(value.bytes, masked.bytes) === 0;
  if ('address' in value && 'address' in masked) return value.address === masked.address;
  if ('oid' in value && 'oid' in masked) return value.oid === masked.oid;
  return !('number' in value && 'number' in masked) || value.number === masked.number;
}

function maskedOid(oid: string, care: ColumnCare, index: IndexMask): string {
  const arcs = oid.split('.').map(Number);
  const { indexFrom, parts } = care.of(arcs);
  // Below 1.3.6.1.4.1.<enterprise>.<branch>, or below a group of MIB-2: what stands before is no index.
  if (indexFrom === undefined) index.unknown(arcs, 8);
  else if (parts === undefined || parts.length === 0) index.unknown(arcs, indexFrom);
  else index.known(arcs, indexFrom, parts);
  return arcs.join('.');
}

/** A measured value written as text, as `38.5 C` or `1.2E-04`; a whole number of more digits may be a customer's. */
const figure = /^\s*[<>]?[+-]?\d{1,4}(?:\.\d{1,12})?(?:[eE][+-]?\d{1,3})?\s?(?:%|[A-Za-z]{1,3})?\s*$/;

interface Masking extends TextMasking {
  readonly care: ColumnCare;
  readonly index: IndexMask;
  readonly patterns: ReadPatterns;
}

function maskedValue({ oid, value }: Varbind, masking: Masking): VarbindValue {
  const { care, index, mask } = masking;
  switch (value.type) {
    case 'ipAddress': {
      const bytes = Uint8Array.from(value.address.split('.').map(Number));
      return { type: 'ipAddress', address: mask.ipv4(bytes).join('.') };
    }
    case 'oid':
      return oid === sysObjectID ? value : { type: 'oid', oid: maskedOid(value.oid, care, index) };
    case 'octets':
      return { type: 'octets', bytes: maskedOctets(oid, value.bytes, masking) };
    case 'opaque':
      // Net-SNMP wraps floats so; anything else may be anything.
      return value.bytes[0] === 0x9f ? value : { type: 'opaque', bytes: mask.bytes(value.bytes) };
    case 'integer':
    case 'gauge32':
    case 'counter32':
      // A serial number may be a number: no profile judges it.
      if (!care.of(oid.split('.').map(Number)).isSerial) return value;
      return { ...value, number: mask.number(value.number) };
    default:
      return value;
  }
}

function maskedOctets(oid: string, bytes: Uint8Array, masking: Masking): Uint8Array {
  const { care, mask, patterns } = masking;
  const column = care.of(oid.split('.').map(Number));
  const text = textOf(bytes);
  if (bytes.length === 0 || (column.care === 'keep' && text === undefined)) return bytes;
  if (text === undefined) return maskedBytes(bytes, mask, column.isSerial);
  if (!column.isHidden && column.allowed.has(text.toLowerCase())) return bytes;
  if (column.isHidden) return Buffer.from(mask.text(text));
  if (column.care !== 'hide' && figure.test(text)) return bytes;
  if (column.care === 'model') return Buffer.from(maskedModel(oid, text, masking));
  if (column.care === 'keep') return Buffer.from(mask.model(withoutNames(text, masking)));
  // What is kept for its form may still quote a name.
  const safe = withoutNames(text, masking);
  const made = column.care === 'words' ? mask.words(safe) : mask.text(text);
  return Buffer.from(patterns.answering(column.name, { text: safe, masked: made }));
}

function maskedBytes(bytes: Uint8Array, mask: Mask, isSerial: boolean): Uint8Array {
  if (bytes.length === 6) return mask.mac(bytes);
  if (bytes.length === 4) return mask.ipv4(bytes);
  if (!isSerial && isDateAndTime(bytes)) return bytes;
  const isGpon =
    bytes.length === 8 && /^[A-Z]{4}$/.test(Buffer.from(bytes.subarray(0, 4)).toString('latin1'));
  return isGpon ? mask.gponSerial(bytes) : mask.bytes(bytes);
}

/** RFC 2579: a year, month, day, hour of our time. */
function isDateAndTime(bytes: Uint8Array): boolean {
  const [high = 0, low = 0, month = 0, day = 0, hour = 0] = bytes;
  const year = high * 256 + low;
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour < 24;
  return (bytes.length === 8 || bytes.length === 11) && year >= 1970 && year < 2100 && isDay;
}
