/** The frame of an SNMPv3 message (RFC 3412 section 6, RFC 3414 section 2.4): written into one buffer, read in place. */
import { BerReader } from './ber.ts';
import { valueTag } from './pdu.ts';

export const V3 = 3;
export const flag = { auth: 1, priv: 2, reportable: 4 } as const;

const SEQUENCE = 0x30;
const USM = 3;
/** What we take in one datagram; RFC 3412 section 6 wants at least 484. */
const LARGEST_MESSAGE = 65_507;
const LARGEST_NUMBER = 0x7fff_ffff;
const LONGEST_ENGINE_ID = 32;
const LEAST_MESSAGE_SIZE = 484;
/** Everything of a frame but the scoped PDU: the longest engine id, user name, digest and salt take 250 bytes. */
const FRAME_BYTES = 512;

export interface Frame {
  readonly messageId: number;
  readonly flags: number;
  readonly engineId: Uint8Array;
  readonly boots: number;
  readonly time: number;
  readonly user: Uint8Array;
  /** Digest bytes to leave zero until the message is whole (RFC 3414 section 6.3.1). */
  readonly macBytes: number;
  readonly salt: Uint8Array;
  /** A scoped PDU as it stands, or its cipher text when the flags say so. */
  readonly data: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);

/**
 * Writes forwards. Lengths of what encloses are always two bytes long, as BER allows, so that they are patched when
 * the content is known.
 */
export class FrameWriter {
  readonly #buffer = new Uint8Array(LARGEST_MESSAGE + FRAME_BYTES);
  #at = 0;
  #macAt = 0;

  /** Where the digest of the last message belongs. */
  get macAt(): number {
    return this.#macAt;
  }

  /** The message inside this writer's buffer, valid until the next one; undefined when no datagram could carry it. */
  message(frame: Frame): Uint8Array | undefined {
    const isEncrypted = (frame.flags & flag.priv) !== 0;
    const parts = frame.engineId.length + frame.user.length + frame.macBytes + frame.salt.length;
    if (parts > FRAME_BYTES / 2 || frame.data.length > LARGEST_MESSAGE - FRAME_BYTES) return undefined;
    this.#at = 0;
    const whole = this.#open(SEQUENCE);
    this.#integer(V3);
    const header = this.#open(SEQUENCE);
    this.#integer(frame.messageId);
    this.#integer(LARGEST_MESSAGE);
    this.#byte(valueTag.octets);
    this.#byte(1);
    this.#byte(frame.flags);
    this.#integer(USM);
    this.#close(header);
    const security = this.#open(valueTag.octets);
    const parameters = this.#open(SEQUENCE);
    this.#octets(frame.engineId);
    this.#integer(frame.boots);
    this.#integer(frame.time);
    this.#octets(frame.user);
    this.#length(valueTag.octets, frame.macBytes);
    this.#macAt = this.#at;
    this.#buffer.fill(0, this.#at, this.#at + frame.macBytes);
    this.#at += frame.macBytes;
    this.#octets(frame.salt);
    this.#close(parameters);
    this.#close(security);
    const data = isEncrypted ? this.#open(valueTag.octets) : undefined;
    this.#copy(frame.data);
    if (data !== undefined) this.#close(data);
    this.#close(whole);
    return this.#buffer.subarray(0, this.#at);
  }

  /** A scoped PDU (RFC 3412 section 6) around the bytes of a PDU, valid until the next message. */
  scopedPdu(contextEngineId: Uint8Array, contextName: Uint8Array, pdu: Uint8Array): Uint8Array | undefined {
    const parts = contextEngineId.length + contextName.length;
    if (parts > FRAME_BYTES / 2 || pdu.length > LARGEST_MESSAGE - FRAME_BYTES) return undefined;
    this.#at = 0;
    const whole = this.#open(SEQUENCE);
    this.#octets(contextEngineId);
    this.#octets(contextName);
    this.#copy(pdu);
    this.#close(whole);
    return this.#buffer.subarray(0, this.#at);
  }

  #open(tag: number): number {
    this.#byte(tag);
    this.#byte(0x82);
    this.#at += 2;
    return this.#at;
  }

  #close(from: number): void {
    const length = this.#at - from;
    this.#buffer[from - 2] = length >> 8;
    this.#buffer[from - 1] = length & 0xff;
  }

  #length(tag: number, length: number): void {
    this.#byte(tag);
    if (length >= 0x80) this.#byte(0x81);
    this.#byte(length);
  }

  #octets(bytes: Uint8Array): void {
    this.#length(valueTag.octets, bytes.length);
    this.#copy(bytes);
  }

  /** Non-negative and at most 31 bits, in its shortest form. */
  #integer(value: number): void {
    const bytes = value < 0x80 ? 1 : value < 0x8000 ? 2 : value < 0x80_0000 ? 3 : 4;
    this.#byte(valueTag.integer);
    this.#byte(bytes);
    for (let shift = (bytes - 1) * 8; shift >= 0; shift -= 8) this.#byte((value >> shift) & 0xff);
  }

  #copy(bytes: Uint8Array): void {
    this.#buffer.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #byte(value: number): void {
    this.#buffer[this.#at++] = value;
  }
}

/** Positions of one received frame; reused for every datagram. */
export class FrameView {
  bytes: Uint8Array = NO_BYTES;
  messageId = 0;
  flags = 0;
  engineFrom = 0;
  engineEnd = 0;
  boots = 0;
  time = 0;
  userFrom = 0;
  userEnd = 0;
  macFrom = 0;
  macEnd = 0;
  saltFrom = 0;
  saltEnd = 0;
  /** The scoped PDU with its header, or the cipher text without. */
  dataFrom = 0;
  dataEnd = 0;
  readonly #reader = new BerReader();

  /** True when every length fits and every number is in the range of RFC 3412 section 6 and RFC 3414 section 2.4. */
  read(bytes: Uint8Array): boolean {
    const reader = this.#reader;
    this.bytes = bytes;
    reader.open(bytes);
    if (!reader.enter(SEQUENCE) || reader.integer() !== V3) return false;
    const end = reader.end;
    if (!this.#readHeader(reader)) return false;
    reader.end = end;
    if (!reader.enter(valueTag.octets) || !this.#readParameters(reader)) return false;
    reader.end = end;
    const from = reader.at;
    if (!reader.header() || reader.contentEnd !== end) return false;
    const isEncrypted = (this.flags & flag.priv) !== 0;
    if (reader.tag !== (isEncrypted ? valueTag.octets : SEQUENCE)) return false;
    this.dataFrom = isEncrypted ? reader.at : from;
    this.dataEnd = reader.contentEnd;
    return true;
  }

  /** A copy, so that it outlives the datagram; undefined when it is no engine id (RFC 3411 section 5). */
  engineId(): Uint8Array | undefined {
    const length = this.engineEnd - this.engineFrom;
    if (length < 5 || length > LONGEST_ENGINE_ID) return undefined;
    return new Uint8Array(this.bytes.subarray(this.engineFrom, this.engineEnd));
  }

  #readHeader(reader: BerReader): boolean {
    if (!reader.enter(SEQUENCE)) return false;
    const end = reader.end;
    this.messageId = reader.integer();
    const size = reader.integer();
    if (!(this.messageId >= 0) || !(size >= LEAST_MESSAGE_SIZE)) return false;
    if (!reader.header() || reader.tag !== valueTag.octets || reader.contentEnd !== reader.at + 1)
      return false;
    this.flags = reader.bytes[reader.at]!;
    reader.at = reader.contentEnd;
    // RFC 3412 section 7.2 step 5d: privacy without authentication is no security level.
    const isLevel = (this.flags & (flag.auth | flag.priv)) !== flag.priv;
    return isLevel && reader.integer() === USM && reader.at === end;
  }

  #readParameters(reader: BerReader): boolean {
    const outer = reader.end;
    if (!reader.enter(SEQUENCE) || reader.end !== outer) return false;
    if (!isOctets(reader)) return false;
    this.engineFrom = reader.at;
    this.engineEnd = reader.at = reader.contentEnd;
    this.boots = reader.integer();
    this.time = reader.integer();
    if (!isCount(this.boots) || !isCount(this.time) || !isOctets(reader)) return false;
    this.userFrom = reader.at;
    this.userEnd = reader.at = reader.contentEnd;
    if (!isOctets(reader)) return false;
    this.macFrom = reader.at;
    this.macEnd = reader.at = reader.contentEnd;
    if (!isOctets(reader)) return false;
    this.saltFrom = reader.at;
    this.saltEnd = reader.at = reader.contentEnd;
    return reader.at === outer;
  }
}

/** The message id of what claims to be a v3 message; undefined for anything else. Nothing further is checked. */
export function messageIdOf(bytes: Uint8Array): number | undefined {
  idReader.open(bytes);
  if (!idReader.enter(SEQUENCE) || idReader.integer() !== V3 || !idReader.enter(SEQUENCE)) return undefined;
  const id = idReader.integer();
  return id >= 0 ? id : undefined;
}

const idReader = new BerReader();

const isOctets = (reader: BerReader): boolean => reader.header() && reader.tag === valueTag.octets;
const isCount = (value: number): boolean => value >= 0 && value <= LARGEST_NUMBER;

/** Equal bytes; for names only, digests are compared in constant time. */
export function isSameBytes(
  { bytes, from, end }: { readonly bytes: Uint8Array; readonly from: number; readonly end: number },
  expected: Uint8Array,
): boolean {
  if (end - from !== expected.length) return false;
  for (let i = 0; i < expected.length; i++) if (bytes[from + i] !== expected[i]) return false;
  return true;
}
