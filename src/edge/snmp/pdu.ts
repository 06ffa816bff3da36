/** SNMP v1 and v2c messages (RFC 1157, RFC 1901, RFC 3416): requests and responses to bytes and back. */

import type { Varbind, VarbindValue } from '../../collect/session.ts';
import { isOid, oidText, valueTag } from '../../collect/session.ts';
import {
  BerReader,
  BerWriter,
  contentEnd,
  contentFrom,
  signedNumber,
  unsigned64,
  unsignedNumber,
} from './ber.ts';
import { encodeOid } from './oid.ts';

export { valueTag };

/** The version field of a message. */
export type SnmpVersion = 0 | 1;
export const V1: SnmpVersion = 0;
export const V2C: SnmpVersion = 1;

export const pduTag = {
  get: 0xa0,
  getNext: 0xa1,
  response: 0xa2,
  getBulk: 0xa5,
  trap: 0xa7,
  report: 0xa8,
} as const;

/** RFC 3416 section 3: what error-status says. */
export const errorStatus = {
  none: 0,
  tooBig: 1,
  noSuchName: 2,
  genErr: 5,
  noAccess: 6,
  authorization: 16,
} as const;

const SEQUENCE = 0x30;
/** The largest UDP payload over IPv4; no message is larger. */
export const LARGEST_DATAGRAM = 65_507;

const writer = new BerWriter(LARGEST_DATAGRAM);
const NO_BYTES = new Uint8Array(0);

export interface Request {
  readonly version: SnmpVersion;
  readonly community: Uint8Array;
  readonly kind: 'get' | 'getNext' | 'getBulk';
  readonly requestId: number;
  /** Only of getBulk. */
  readonly maxRepetitions: number;
  /** Asked names as BER content. */
  readonly names: readonly Uint8Array[];
}

/** The datagram of a request; undefined when it would be larger than any datagram. */
export function encodeRequest(request: Request): Uint8Array<ArrayBuffer> | undefined {
  writer.reset();
  for (let i = request.names.length - 1; i >= 0; i--) {
    const before = writer.size;
    writer.bytes(valueTag.null, NO_BYTES);
    writer.bytes(valueTag.oid, request.names[i]!);
    writer.header(SEQUENCE, before);
  }
  writer.header(SEQUENCE, 0);
  writer.integer(valueTag.integer, request.kind === 'getBulk' ? request.maxRepetitions : 0);
  writer.integer(valueTag.integer, 0);
  return finish(pduTag[request.kind], request);
}

export interface Response {
  readonly version: SnmpVersion;
  readonly community: Uint8Array;
  readonly requestId: number;
  readonly errorStatus: number;
  readonly errorIndex: number;
  /** Each made by `encodeVarbind`. */
  readonly varbinds: readonly Uint8Array[];
}

/** The datagram of a response, or of an SNMPv2 trap, which has the same form; undefined when none could carry it. */
export function encodeResponse(
  response: Response,
  kind: 'response' | 'trap' = 'response',
): Uint8Array<ArrayBuffer> | undefined {
  writer.reset();
  for (let i = response.varbinds.length - 1; i >= 0; i--) writer.content(response.varbinds[i]!);
  writer.header(SEQUENCE, 0);
  writer.integer(valueTag.integer, response.errorIndex);
  writer.integer(valueTag.integer, response.errorStatus);
  return finish(pduTag[kind], response);
}

/** One variable binding as it stands in a message; undefined when its name is no OID or it fits no datagram. */
export function encodeVarbind({ oid, value }: Varbind): Uint8Array<ArrayBuffer> | undefined {
  const name = encodeOid(oid);
  if (name === undefined) return undefined;
  writer.reset();
  writeValue(value);
  writer.bytes(valueTag.oid, name);
  writer.header(SEQUENCE, 0);
  return writer.isFull ? undefined : writer.written();
}

function finish(
  tag: number,
  message: { readonly version: number; readonly community: Uint8Array; readonly requestId: number },
): Uint8Array<ArrayBuffer> | undefined {
  writer.integer(valueTag.integer, message.requestId);
  writer.header(tag, 0);
  writer.bytes(valueTag.octets, message.community);
  writer.integer(valueTag.integer, message.version);
  writer.header(SEQUENCE, 0);
  return writer.isFull ? undefined : writer.written();
}

function writeValue(value: VarbindValue): void {
  switch (value.type) {
    case 'integer':
    case 'counter32':
    case 'gauge32':
    case 'timeticks':
      writer.integer(valueTag[value.type], value.number);
      break;
    case 'counter64':
      writer.unsigned64(valueTag.counter64, value.bigint);
      break;
    case 'octets':
    case 'opaque':
      writer.bytes(valueTag[value.type], value.bytes);
      break;
    case 'oid':
      writer.bytes(valueTag.oid, encodeOid(value.oid) ?? ZERO_DOT_ZERO);
      break;
    case 'ipAddress':
      writer.bytes(valueTag.ipAddress, Uint8Array.from(value.address.split('.').map(Number)));
      break;
    default:
      writer.bytes(valueTag[value.type], NO_BYTES);
      break;
  }
}

const ZERO_DOT_ZERO = Uint8Array.of(0);
/**
 * One decoded message whose variable bindings stay in the datagram: positions, not objects. It is reused for
 * every datagram, so whoever gets one reads it before returning.
 */
export class MessageView {
  bytes: Uint8Array = NO_BYTES;
  version = 0;
  communityFrom = 0;
  communityEnd = 0;
  pduTag = 0;
  requestId = 0;
  /** Of a GETBULK these two are non-repeaters and max-repetitions (RFC 3416 section 3). */
  errorStatus = 0;
  errorIndex = 0;
  count = 0;
  /** True when at least the request id was readable, even if what follows is broken. */
  hasRequestId = false;
  /** Where each binding begins, and where the last one ends. */
  starts: Int32Array = new Int32Array(128);
  readonly #reader = new BerReader();

  /** True when the whole message is sound; any other message is to be counted and dropped. */
  read(bytes: Uint8Array): boolean {
    return this.readFrame(bytes) && this.hasOids();
  }

  /** As `read`, yet names are only known to be elements of their length: whoever uses one looks at its bytes. */
  readFrame(bytes: Uint8Array): boolean {
    const reader = this.#reader;
    this.bytes = bytes;
    this.count = 0;
    this.hasRequestId = false;
    reader.open(bytes);
    if (!reader.enter(SEQUENCE)) return false;
    this.version = reader.integer();
    if (!reader.header() || reader.tag !== valueTag.octets) return false;
    this.communityFrom = reader.at;
    this.communityEnd = reader.contentEnd;
    reader.at = reader.contentEnd;
    if ((this.version !== V1 && this.version !== V2C) || !reader.header()) return false;
    return this.#readPdu();
  }

  /** As `readFrame` for the PDU inside an SNMPv3 message: it begins at `from`, and padding may follow it. */
  readPdu(bytes: Uint8Array, from: number): boolean {
    const reader = this.#reader;
    this.bytes = bytes;
    this.count = 0;
    this.hasRequestId = false;
    this.version = 3;
    this.communityFrom = this.communityEnd = from;
    reader.open(bytes);
    reader.at = from;
    return reader.header() && this.#readPdu();
  }

  /** True when all names are OIDs. */
  hasOids(): boolean {
    for (let i = 0; i < this.count; i++) {
      if (!isOid(this.bytes, this.nameFrom(i), this.nameEnd(i))) return false;
    }
    return true;
  }

  #readPdu(): boolean {
    const reader = this.#reader;
    // 0xa4 is the v1 trap, which has other fields; what is no PDU at all ends here too.
    if (reader.tag < 0xa0 || reader.tag > 0xa8 || reader.tag === 0xa4) return false;
    this.pduTag = reader.tag;
    reader.end = reader.contentEnd;
    this.requestId = reader.integer();
    if (reader.isBroken) return false;
    this.hasRequestId = true;
    this.errorStatus = reader.integer();
    this.errorIndex = reader.integer();
    return !reader.isBroken && reader.enter(SEQUENCE) && this.#readVarbinds(reader.at, reader.end);
  }

  #readVarbinds(from: number, end: number): boolean {
    const { bytes } = this;
    let { starts } = this;
    let count = 0;
    let at = from;
    while (at < end) {
      if (count + 1 === starts.length) starts = this.#moreStarts();
      starts[count++] = at;
      // Nearly all bindings have lengths of one byte, so that they are read without the general reader.
      const rowEnd = at + 2 + bytes[at + 1]!;
      const nameEnd = at + 4 + bytes[at + 3]!;
      const isShort =
        at + 6 <= end &&
        bytes[at] === SEQUENCE &&
        bytes[at + 1]! < 0x80 &&
        bytes[at + 2] === valueTag.oid &&
        bytes[at + 3]! < 0x80 &&
        nameEnd + 2 <= rowEnd &&
        rowEnd <= end &&
        nameEnd + 2 + bytes[nameEnd + 1]! === rowEnd &&
        (bytes[nameEnd]! & 0x1f) !== 0x1f;
      if (isShort) at = rowEnd;
      else if (this.#readLongVarbind(at, end)) at = this.#reader.end;
      else return false;
    }
    starts[count] = at;
    this.count = count;
    return true;
  }

  #readLongVarbind(at: number, end: number): boolean {
    const reader = this.#reader;
    reader.at = at;
    reader.end = end;
    if (!reader.enter(SEQUENCE)) return false;
    const rowEnd = reader.end;
    if (!reader.header() || reader.tag !== valueTag.oid) return false;
    reader.at = reader.contentEnd;
    return reader.header() && reader.contentEnd === rowEnd;
  }

  #moreStarts(): Int32Array {
    const larger = new Int32Array(this.starts.length * 2);
    larger.set(this.starts);
    this.starts = larger;
    return larger;
  }

  nameFrom(i: number): number {
    return contentFrom(this.bytes, contentFrom(this.bytes, this.starts[i]!));
  }
  nameEnd(i: number): number {
    const { bytes } = this;
    return contentEnd(bytes, contentFrom(bytes, this.starts[i]!));
  }
  tag(i: number): number {
    return this.bytes[this.nameEnd(i)]!;
  }
  valueFrom(i: number): number {
    return contentFrom(this.bytes, this.nameEnd(i));
  }
  /** A binding ends with its value. */
  valueEnd(i: number): number {
    return this.starts[i + 1]!;
  }

  hasCommunity(community: Uint8Array): boolean {
    if (this.communityEnd - this.communityFrom !== community.length) return false;
    for (let i = 0; i < community.length; i++) {
      if (this.bytes[this.communityFrom + i] !== community[i]) return false;
    }
    return true;
  }

  oid(i: number): string {
    return oidText(this.bytes, this.nameFrom(i), this.nameEnd(i));
  }

  /** The value as data of its own; undefined when its bytes do not fit its type. */
  value(i: number): VarbindValue | undefined {
    return decodeValue(this.bytes, this.tag(i), this.valueFrom(i), this.valueEnd(i));
  }
}

function decodeValue(bytes: Uint8Array, tag: number, from: number, end: number): VarbindValue | undefined {
  switch (tag) {
    case valueTag.integer:
      return numberOf('integer', signedNumber(bytes, from, end));
    case valueTag.counter32:
      return numberOf('counter32', unsignedNumber(bytes, from, end));
    case valueTag.gauge32:
    case valueTag.unsigned32:
      return numberOf('gauge32', unsignedNumber(bytes, from, end));
    case valueTag.timeticks:
      return numberOf('timeticks', unsignedNumber(bytes, from, end));
    case valueTag.counter64: {
      const bigint = unsigned64(bytes, from, end);
      return bigint === undefined ? undefined : { type: 'counter64', bigint };
    }
    case valueTag.octets:
    case valueTag.nsap:
      return { type: 'octets', bytes: new Uint8Array(bytes.subarray(from, end)) };
    case valueTag.opaque:
      return { type: 'opaque', bytes: new Uint8Array(bytes.subarray(from, end)) };
    case valueTag.oid:
      // A length of zero is no OID, yet some agents send it where they have none: RFC 2578's zeroDotZero.
      if (from === end) return { type: 'oid', oid: '0.0' };
      return isOid(bytes, from, end) ? { type: 'oid', oid: oidText(bytes, from, end) } : undefined;
    case valueTag.ipAddress:
      if (end - from !== 4) return undefined;
      return {
        type: 'ipAddress',
        address: `${bytes[from]}.${bytes[from + 1]}.${bytes[from + 2]}.${bytes[from + 3]}`,
      };
    case valueTag.null:
      return { type: 'null' };
    case valueTag.noSuchObject:
      return { type: 'noSuchObject' };
    case valueTag.noSuchInstance:
      return { type: 'noSuchInstance' };
    case valueTag.endOfMibView:
      return { type: 'endOfMibView' };
    default:
      return undefined;
  }
}

const numberOf = (
  type: 'integer' | 'gauge32' | 'counter32' | 'timeticks',
  number: number,
): VarbindValue | undefined => (Number.isNaN(number) ? undefined : { type, number });
