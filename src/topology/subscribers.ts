/** The facts the line decides with about each subscriber, as columns, and their form on disk. */
import { Fault } from '../base/fault.ts';
import { subscriberClasses } from '../model/incident.ts';

/** Raw columns as the book gives them, in any order. Row r is one subscriber. */
export interface SubscriberTable {
  readonly count: number;
  /** Channel names; at most 8, bit i of `channelMask` speaks of `channels[i]`. */
  readonly channels: readonly string[];
  /** Time-zone names. */
  readonly zones: readonly string[];
  /** Unique resource ids. */
  readonly resources: readonly string[];
  /** The book's stable keys. */
  readonly key: Uint32Array;
  /** Index into `resources`. */
  readonly resource: Uint32Array;
  /** Index into `subscriberClasses`. */
  readonly subscriberClass: Uint8Array;
  /** 0 en, 1 ru. */
  readonly language: Uint8Array;
  /** Bit i: reachable and consented on `channels[i]`. */
  readonly channelMask: Uint8Array;
  /** Index into `zones`. */
  readonly zone: Uint16Array;
  /** 1: takes no notices. */
  readonly optedOut: Uint8Array;
}

/** Of a network whose subscribers nobody listed. */
export const noSubscribers: SubscriberTable = {
  count: 0,
  channels: [],
  zones: [],
  resources: [],
  key: new Uint32Array(0),
  resource: new Uint32Array(0),
  zone: new Uint16Array(0),
  subscriberClass: new Uint8Array(0),
  language: new Uint8Array(0),
  channelMask: new Uint8Array(0),
  optedOut: new Uint8Array(0),
};

// "ACSB", little endian; then version, checksum of all that follows, and length of the JSON head.
const magic = 0x42534341;
const version = 1;
const headerBytes = 16;
const countLimit = 50_000_000;

/** Header, JSON head (names), then the columns, little-endian, each on a multiple of 4 bytes. */
export function encodeSubscribers(table: SubscriberTable): Uint8Array {
  const { count, channels, zones, resources } = table;
  const head = new TextEncoder().encode(JSON.stringify({ count, channels, zones, resources }));
  const bytes = new Uint8Array(headerBytes + aligned(head.length) + columnBytes(count));
  const view = new DataView(bytes.buffer);
  bytes.set(head, headerBytes);
  let at = headerBytes + aligned(head.length);
  for (const column of [table.key, table.resource]) {
    for (let row = 0; row < count; row++) view.setUint32(at + row * 4, column[row]!, true);
    at += count * 4;
  }
  for (let row = 0; row < count; row++) view.setUint16(at + row * 2, table.zone[row]!, true);
  at += aligned(count * 2);
  for (const column of [table.subscriberClass, table.language, table.channelMask, table.optedOut]) {
    bytes.set(column.subarray(0, count), at);
    at += aligned(count);
  }
  view.setUint32(0, magic, true);
  view.setUint32(4, version, true);
  view.setUint32(12, head.length, true);
  view.setUint32(8, checksum(bytes), true);
  return bytes;
}

/** Throws `topology/damaged-subscribers` on anything `encodeSubscribers` did not write. */
export function decodeSubscribers(bytes: Uint8Array): SubscriberTable {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < headerBytes || view.getUint32(0, true) !== magic)
    throw damaged('not a subscriber table');
  if (view.getUint32(4, true) !== version)
    throw damaged(`version ${view.getUint32(4, true)}, expected ${version}`);
  if (view.getUint32(8, true) !== checksum(bytes)) throw damaged('checksum does not match');
  const headLength = view.getUint32(12, true);
  if (headLength > bytes.length - headerBytes) throw damaged('head is longer than the file');
  const { count, channels, zones, resources } = readHead(
    bytes.subarray(headerBytes, headerBytes + headLength),
  );
  let at = headerBytes + aligned(headLength);
  if (bytes.length !== at + columnBytes(count))
    throw damaged(`${bytes.length} bytes do not hold ${count} rows`);
  const words = (): Uint32Array => {
    const start = at;
    at += count * 4;
    return Uint32Array.from({ length: count }, (_, row) => view.getUint32(start + row * 4, true));
  };
  const key = words();
  const resource = words();
  const zoneAt = at;
  const zone = Uint16Array.from({ length: count }, (_, row) => view.getUint16(zoneAt + row * 2, true));
  at += aligned(count * 2);
  const octets = (): Uint8Array => {
    const column = bytes.slice(at, at + count);
    at += aligned(count);
    return column;
  };
  const [subscriberClass, language, channelMask, optedOut] = [octets(), octets(), octets(), octets()];
  checkBelow(resource, resources.length, 'resource');
  checkBelow(zone, zones.length, 'zone');
  checkBelow(subscriberClass, subscriberClasses.length, 'class');
  checkBelow(language, 2, 'language');
  return {
    count,
    channels,
    zones,
    resources,
    key,
    resource,
    subscriberClass,
    language,
    channelMask,
    zone,
    optedOut,
  };
}

type Head = Pick<SubscriberTable, 'count' | 'channels' | 'zones' | 'resources'>;

function readHead(bytes: Uint8Array): Head {
  let head: Partial<Head> | null;
  try {
    head = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Partial<Head> | null;
  } catch (error) {
    throw damaged('head is not JSON', error);
  }
  const texts = (value: unknown): value is string[] =>
    Array.isArray(value) && value.every((entry) => typeof entry === 'string');
  const { count, channels, zones, resources } = head ?? {};
  if (!Number.isSafeInteger(count) || count! < 0 || count! > countLimit) throw damaged(`count ${count}`);
  if (!texts(channels) || channels.length > 8 || !texts(zones) || !texts(resources)) throw damaged('names');
  return { count: count!, channels, zones, resources };
}

function checkBelow(column: Uint8Array | Uint16Array | Uint32Array, limit: number, name: string): void {
  for (const value of column) if (value >= limit) throw damaged(`${name} ${value} of ${limit}`);
}

const damaged = (what: string, cause?: unknown): Fault =>
  new Fault('topology/damaged-subscribers', `damaged subscriber columns: ${what}`, cause);
const aligned = (length: number): number => (length + 3) & ~3;
const columnBytes = (count: number): number => count * 8 + aligned(count * 2) + aligned(count) * 4;

/** 32-bit FNV-1a of everything behind the checksum: finds accidents; the content hash guards against malice. */
function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 12; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash >>> 0;
}
