/** The facts the line decides with about each subscriber, as columns, and their form on disk. */
import { Fault } from '../base/fault.ts';
import { subscriberClasses } from '../model/incident.ts';
import { type ConsentCategory, consentCategories } from '../model/subscriber.ts';

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
  /** The same as `channelMask` for one category of notices; absent: `channelMask` speaks for all of them. */
  readonly consented?: Readonly<Record<Exclude<ConsentCategory, 'outage'>, Uint8Array>> | undefined;
  /** Absent: everybody has one service, `internet`, at their resource. */
  readonly services?: ServiceColumns | undefined;
  /** Their own quiet hours (`quietCode`), 0 for the policy's. Absent: nobody chose any. */
  readonly quiet?: Uint16Array | undefined;
}

/** Which services everybody has. */
interface ServiceColumns {
  /** At most 16. */
  readonly names: readonly string[];
  /** By row: bit i is `names[i]` at the subscriber's own resource, for as long as the list says nothing else. */
  readonly own: Uint16Array;
  /** Services at other resources, or for a time. */
  readonly bindings: BindingColumns;
}

export interface BindingColumns {
  /** Row of the subscriber. */
  readonly row: Uint32Array;
  /** Index into `resources`. */
  readonly resource: Uint32Array;
  /** Index into `names`. */
  readonly service: Uint8Array;
  /** Minutes since 1970, [from, to). */
  readonly from: Uint32Array;
  readonly to: Uint32Array;
}

export const mostServices = 16;
/** The minute of a binding that has no end. */
export const noEnd = 0xffff_ffff;

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
/** Of tables without services, categories and own quiet hours; such tables are still written so, for their hash names them. */
const plainVersion = 1;
const version = 2;
const headerBytes = 16;
const furtherCategories = consentCategories.filter((category) => category !== 'outage');
const countLimit = 50_000_000;

/** Header, JSON head (names), then the columns, little-endian, each on a multiple of 4 bytes. */
export function encodeSubscribers(table: SubscriberTable): Uint8Array {
  const { count, channels, zones, resources, services, consented, quiet } = table;
  const isPlain = services === undefined && consented === undefined && quiet === undefined;
  const bindings = services?.bindings.row.length;
  const more = isPlain ? {} : { services: services?.names, bindings, consented: consented !== undefined };
  const rest = quiet === undefined ? {} : { quiet: true };
  const head = new TextEncoder().encode(
    JSON.stringify({ count, channels, zones, resources, ...more, ...rest }),
  );
  const columns = columnsOf(table);
  const start = headerBytes + aligned(head.length);
  const length = columns.reduce((sum, column) => sum + aligned(column.byteLength), start);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  bytes.set(head, headerBytes);
  let at = start;
  for (const column of columns) {
    write(view, column, at);
    at += aligned(column.byteLength);
  }
  view.setUint32(0, magic, true);
  view.setUint32(4, isPlain ? plainVersion : version, true);
  view.setUint32(12, head.length, true);
  view.setUint32(8, checksum(bytes), true);
  return bytes;
}

function write(view: DataView, column: Uint32Array | Uint16Array | Uint8Array, at: number): void {
  const { length } = column;
  if (column instanceof Uint32Array)
    for (let row = 0; row < length; row++) view.setUint32(at + row * 4, column[row]!, true);
  else if (column instanceof Uint16Array)
    for (let row = 0; row < length; row++) view.setUint16(at + row * 2, column[row]!, true);
  else new Uint8Array(view.buffer).set(column, at);
}

function columnsOf(table: SubscriberTable): readonly (Uint32Array | Uint16Array | Uint8Array)[] {
  const { services, consented } = table;
  const { subscriberClass, language, channelMask, optedOut } = table;
  const plain = [table.key, table.resource, table.zone, subscriberClass, language, channelMask, optedOut];
  const masks = consented === undefined ? [] : furtherCategories.map((category) => consented[category]);
  const rest = table.quiet === undefined ? [] : [table.quiet];
  if (services === undefined) return [...plain, ...masks, ...rest];
  const { row, resource, service, from, to } = services.bindings;
  return [...plain, ...masks, services.own, row, resource, from, to, service, ...rest];
}

/** Throws `topology/damaged-subscribers` on anything `encodeSubscribers` did not write. */
export function decodeSubscribers(bytes: Uint8Array): SubscriberTable {
  const head = checkedHead(bytes);
  const { count, bindings = 0 } = head;
  const isConsented = head.consented === true;
  const start = headerBytes + aligned(new DataView(bytes.buffer, bytes.byteOffset).getUint32(12, true));
  const masks = isConsented ? furtherCategories.length * aligned(count) : 0;
  const bound = head.services === undefined ? 0 : aligned(count * 2) + bindings * 16 + aligned(bindings);
  const rest = head.quiet === true ? aligned(count * 2) : 0;
  if (bytes.length !== start + columnBytes(count) + masks + bound + rest)
    throw damaged(`${bytes.length} bytes do not hold ${count} rows`);
  const reader = new ColumnReader(bytes, start);
  const plain = {
    ...{ key: reader.words(count), resource: reader.words(count), zone: reader.halves(count) },
    ...{ subscriberClass: reader.octets(count), language: reader.octets(count) },
    ...{ channelMask: reader.octets(count), optedOut: reader.octets(count) },
  };
  const { channels, zones, resources } = head;
  checkBelow(plain.resource, resources.length, 'resource');
  checkBelow(plain.zone, zones.length, 'zone');
  checkBelow(plain.subscriberClass, subscriberClasses.length, 'class');
  checkBelow(plain.language, 2, 'language');
  const consented = isConsented
    ? (Object.fromEntries(
        furtherCategories.map((category) => [category, reader.octets(count)]),
      ) as NonNullable<SubscriberTable['consented']>)
    : undefined;
  const services =
    head.services === undefined
      ? undefined
      : readServices(reader, { ...head, names: head.services, bindings });
  const quiet = head.quiet === true ? reader.halves(count) : undefined;
  return { count, channels, zones, resources, ...plain, consented, services, quiet };
}

function readServices(
  reader: ColumnReader,
  head: Head & { readonly names: readonly string[]; readonly bindings: number },
): ServiceColumns {
  const { count, names, bindings, resources } = head;
  const own = reader.halves(count);
  const [row, resource] = [reader.words(bindings), reader.words(bindings)];
  const [from, to] = [reader.words(bindings), reader.words(bindings)];
  const service = reader.octets(bindings);
  checkBelow(row, count, 'row of a binding');
  checkBelow(resource, resources.length, 'resource of a binding');
  checkBelow(service, names.length, 'service');
  return { names, own, bindings: { row, resource, service, from, to } };
}

class ColumnReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = start;
  }

  words(count: number): Uint32Array {
    const start = this.#skip(count * 4);
    return Uint32Array.from({ length: count }, (_, row) => this.#view.getUint32(start + row * 4, true));
  }

  halves(count: number): Uint16Array {
    const start = this.#skip(count * 2);
    return Uint16Array.from({ length: count }, (_, row) => this.#view.getUint16(start + row * 2, true));
  }

  octets(count: number): Uint8Array {
    const start = this.#skip(count);
    return this.#bytes.slice(start, start + count);
  }

  #skip(bytes: number): number {
    const start = this.#at;
    this.#at += aligned(bytes);
    return start;
  }
}

interface Head extends Pick<SubscriberTable, 'count' | 'channels' | 'zones' | 'resources'> {
  readonly services?: readonly string[] | undefined;
  readonly bindings?: number | undefined;
  readonly consented?: boolean | undefined;
  readonly quiet?: boolean | undefined;
}

function checkedHead(bytes: Uint8Array): Head {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < headerBytes || view.getUint32(0, true) !== magic)
    throw damaged('not a subscriber table');
  const written = view.getUint32(4, true);
  if (written !== plainVersion && written !== version)
    throw damaged(`version ${written}, expected ${plainVersion} or ${version}`);
  if (view.getUint32(8, true) !== checksum(bytes)) throw damaged('checksum does not match');
  const length = view.getUint32(12, true);
  if (length > bytes.length - headerBytes) throw damaged('head is longer than the file');
  return readHead(bytes.subarray(headerBytes, headerBytes + length));
}

function readHead(bytes: Uint8Array): Head {
  let head: Partial<Head> | null;
  try {
    head = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Partial<Head> | null;
  } catch (error) {
    throw damaged('head is not JSON', error);
  }
  const texts = (value: unknown): value is string[] =>
    Array.isArray(value) && value.every((entry) => typeof entry === 'string');
  const isCount = (value: unknown): boolean =>
    Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= countLimit;
  const { count, channels, zones, resources, services, bindings = 0, consented, quiet } = head ?? {};
  if (!isCount(count)) throw damaged(`count ${count}`);
  if (!texts(channels) || channels.length > 8 || !texts(zones) || !texts(resources)) throw damaged('names');
  if (services !== undefined && (!texts(services) || services.length > mostServices))
    throw damaged('services');
  if (!isCount(bindings)) throw damaged(`${bindings} bindings`);
  return { count: count!, channels, zones, resources, services, bindings, consented, quiet };
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
