/**
 * Rows of a recording without names, addresses and serial numbers. What a profile reads as numbers, states, units and
 * models stays; any other text does not. A row in which a hidden name still stands afterwards is left out.
 */
import type { Profile } from '../../collect/collect.ts';
import type { Varbind, VarbindValue } from '../../collect/session.ts';
import { ColumnCare } from './column-care.ts';
import { Mask } from './mask.ts';
import { IndexMask } from './mask-index.ts';
import { NameList } from './name-list.ts';

export interface MaskedRows {
  readonly rows: readonly Varbind[];
  readonly leftOut: number;
  readonly replaced: Readonly<Record<Replaced, number>>;
}

/** What was replaced: values by what they told, and rows whose index did. */
type Replaced = 'names' | 'serials' | 'addresses' | 'texts' | 'indexes';

const sysObjectID = '1.3.6.1.2.1.1.2.0';
const sysDescr = '1.3.6.1.2.1.1.1.0';
/** What `uname -a` prints: the name of the machine stands second, whatever the agent calls itself. */
const systemName = /^(Linux|FreeBSD|NetBSD|OpenBSD|Darwin|SunOS|AIX|HP-UX) (\S+)(?= )/;

export function maskedRows(
  rows: readonly Varbind[],
  { profiles, salt }: { readonly profiles: Iterable<Profile>; readonly salt: Uint8Array },
): MaskedRows {
  const care = new ColumnCare(profiles);
  const secrets = secretsOf(rows, care);
  const mask = new Mask(salt);
  const index = new IndexMask(mask, secrets);
  const made: Varbind[] = [];
  const replaced = { names: 0, serials: 0, addresses: 0, texts: 0, indexes: 0 };
  let leftOut = 0;
  for (const row of rows) {
    const oid = maskedOid(row.oid, care, index);
    const masked = { oid, value: maskedValue(row, { care, index, mask, names: secrets.names }) };
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

interface Secrets {
  /** Bytes as latin1. */
  readonly macs: Set<string>;
  readonly ips: Set<string>;
  readonly names: NameList;
}

/** What the values hold that must not be met again in an index or in a sentence. */
function secretsOf(rows: readonly Varbind[], care: ColumnCare): Secrets {
  const secrets: Secrets = { macs: new Set(), ips: new Set(), names: new NameList() };
  const kept = new Set<string>();
  const hidden = new Set<string>();
  for (const { oid, value } of rows) {
    const arcs = oid.split('.').map(Number);
    const column = care.of(arcs);
    if (column.isSerial && 'number' in value) hidden.add(String(value.number));
    if (value.type === 'ipAddress') addIp(secrets.ips, value.address.split('.').map(Number));
    if (value.type !== 'octets') continue;
    const { bytes } = value;
    const text = textOf(bytes);
    const isLoose = column.care === 'hide';
    if (bytes.length === 6 && text === undefined && isLoose) addMac(secrets.macs, bytes);
    if (bytes.length === 4 && text === undefined && isLoose) addIp(secrets.ips, [...bytes]);
    for (const [address] of text?.matchAll(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g) ?? [])
      addIp(secrets.ips, address.split('.').map(Number));
    for (const [address] of text?.matchAll(/\b[0-9a-fA-F]{2}(?:[:-][0-9a-fA-F]{2}){5}\b/g) ?? [])
      addMac(secrets.macs, Buffer.from(address.replace(/[:-]/g, ''), 'hex'));
    if (text === undefined) continue;
    const ownName = oid === sysDescr ? systemName.exec(text)?.[2] : undefined;
    if (ownName !== undefined) hidden.add(ownName);
    for (const telling of care.tellingIn(arcs, text)) hidden.add(telling);
    if (column.isHidden) hidden.add(text.trim());
    else if (column.care !== 'hide' || column.allowed.has(text.toLowerCase())) kept.add(text.trim());
  }
  // A name that is the name of a port as well gives nobody away.
  for (const name of hidden) if (!kept.has(name)) secrets.names.add(name);
  return secrets;
}

function addIp(ips: Set<string>, bytes: readonly number[]): void {
  const [first = 0] = bytes;
  const isOwn = first > 0 && first !== 127 && first < 224 && bytes.every((byte) => byte <= 255);
  if (isOwn) ips.add(String.fromCharCode(...bytes));
}

function addMac(macs: Set<string>, bytes: Uint8Array): void {
  if (bytes.some((byte) => byte !== 0) && (bytes[0]! & 1) === 0)
    macs.add(Buffer.from(bytes).toString('latin1'));
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

interface Masking {
  readonly care: ColumnCare;
  readonly index: IndexMask;
  readonly mask: Mask;
  readonly names: NameList;
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

function maskedOctets(oid: string, bytes: Uint8Array, { care, mask, names }: Masking): Uint8Array {
  const column = care.of(oid.split('.').map(Number));
  const text = textOf(bytes);
  if (bytes.length === 0 || (column.care === 'keep' && text === undefined)) return bytes;
  if (text === undefined) return maskedBytes(bytes, mask, column.isSerial);
  if (!column.isHidden && column.allowed.has(text.toLowerCase())) return bytes;
  if (column.care === 'hide') return Buffer.from(mask.text(text));
  if (!column.isHidden && figure.test(text)) return bytes;
  // What is kept for its form may still quote a name: as a system's description does with its own.
  const named =
    oid === sysDescr ? text.replace(systemName, (_, system, name) => `${system} ${mask.text(name)}`) : text;
  const safe = names.replacedIn(named, (name) => mask.text(name));
  return Buffer.from(column.care === 'words' ? mask.words(safe) : mask.model(safe));
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

/** Undefined where the bytes are no text. A zero at the end belongs to it. */
function textOf(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes).toString('utf8');
  const isText = !/[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd]|\0(?!\0*$)/.test(text);
  return isText && /[^\0]/.test(text) ? text : undefined;
}
