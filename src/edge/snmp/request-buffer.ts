/** One request of a walk as bytes: names written in place of the last ones, the header in front of them, the id patched. */
import { pduTag, type SnmpVersion, valueTag } from './pdu.ts';

const SEQUENCE = 0x30;
/** Header fields without the community: never more than this. */
const HEADER_BYTES = 48;
/** Long names of many columns; no request of a walk needs more. */
const MOST_BYTES = 32_768;

/** What of a walk its next request is made of. */
export interface RequestParts {
  readonly nonRepeaters: number;
  readonly maxRepetitions: number;
  readonly usesBulk: boolean;
  /** The names of all columns, and the columns asked, `askedCount` of them. */
  readonly prefixes: { readonly names: readonly Uint8Array[] };
  readonly asked: Int32Array;
  readonly askedCount: number;
  readonly cells: Indexes;
}

/** What a walk is at, column by column; answers where the written index ends. */
interface Indexes {
  lastIndexLength(column: number): number;
  writeLastIndex(column: number, to: Uint8Array, at: number): number;
}

export interface Addressee {
  readonly version: SnmpVersion;
  readonly community: Uint8Array;
}

/** 1.3.6.1.2.1.1.3; GETNEXT of it is the instance. */
export const upTimeColumn = Uint8Array.of(0x2b, 6, 1, 2, 1, 1, 3);

/** Of all devices that are asked for the same columns: each finds the request of the one before it and changes what differs. */
export class TableRequests {
  readonly #first = new RequestBuffer();
  readonly #next = new RequestBuffer();

  /** Without an index at the beginning of a walk, so that two are kept. */
  bufferFor({ cells, asked }: RequestParts): RequestBuffer {
    return cells.lastIndexLength(asked[0]!) === 0 ? this.#first : this.#next;
  }
}

export class RequestBuffer {
  #listFrom = 0;
  #bytes = new Uint8Array(0);
  #end = 0;
  #from = 0;
  #idAt = 0;
  #repetitionsAt = 0;
  /** Of each name with an index: where it stands; the indexes' one length, -1 when they differ. */
  #indexAt: number[] = [];
  #indexLength = -1;
  #message: Uint8Array = new Uint8Array(0);
  /** Whom the bytes ask in which form, when they ask by GETBULK, and for which columns. */
  #form = -1;
  #asked = new Int32Array(0);
  #version: SnmpVersion = 0;
  #community: Uint8Array = new Uint8Array(0);

  /** The datagram, valid until the next call; undefined when none is so large. */
  encode(request: RequestParts, addressee: Addressee, requestId: number): Uint8Array | undefined {
    const form = formOf(request);
    const isLikeLast =
      form >= 0 && form === this.#form && this.#isTo(addressee) && this.#asksTheSame(request);
    if (!isLikeLast || !this.#moveOn(request)) {
      this.#form = -1;
      if (!this.#write(request, addressee)) return undefined;
      this.#form = form;
    }
    return this.#withId(requestId);
  }

  /** The bytes at hand are no longer to be written into. */
  leave(): void {
    this.#bytes = this.#bytes.slice();
    this.#form = -1;
  }

  #isTo({ version, community }: Addressee): boolean {
    const known = this.#community;
    if (version !== this.#version || community.length !== known.length) return false;
    for (let i = 0; i < known.length; i++) if (community[i] !== known[i]) return false;
    return true;
  }

  #asksTheSame({ asked, askedCount }: RequestParts): boolean {
    const known = this.#asked;
    if (askedCount !== known.length) return false;
    for (let i = 0; i < askedCount; i++) if (asked[i] !== known[i]) return false;
    return true;
  }

  #write(request: RequestParts, { version, community }: Addressee): boolean {
    const { prefixes, asked, askedCount, nonRepeaters, cells } = request;
    this.#version = version;
    this.#community = community;
    this.#asked = asked.slice(0, askedCount);
    this.#listFrom = HEADER_BYTES + community.length;
    this.#end = this.#listFrom;
    this.#indexAt = [];
    this.#indexLength = -1;
    if (!this.#makeRoom(upTimeColumn.length)) return false;
    if (nonRepeaters === 1) this.#add(upTimeColumn);
    for (let i = 0; i < askedCount; i++) {
      const column = asked[i]!;
      const prefix = prefixes.names[column]!;
      if (!this.#makeRoom(prefix.length + cells.lastIndexLength(column))) return false;
      this.#add(prefix, cells, column);
    }
    this.#finish(request);
    return true;
  }

  /** The request at hand for the next rows; false when its indexes are not as long as before, and all is to be written anew. */
  #moveOn({ cells, maxRepetitions }: RequestParts): boolean {
    const places = this.#indexAt;
    const length = this.#indexLength;
    if (length < 0) return false;
    const asked = this.#asked;
    for (let i = 0; i < places.length; i++) {
      const column = asked[i]!;
      if (cells.lastIndexLength(column) !== length) return false;
      cells.writeLastIndex(column, this.#bytes, places[i]!);
    }
    // Max-repetitions are the last byte before the list of names.
    this.#bytes[this.#repetitionsAt] = maxRepetitions;
    return true;
  }

  /** Room for one more name of at most so many bytes; false when the request is as large as any may be. */
  #makeRoom(nameBytes: number): boolean {
    const wanted = this.#end + nameBytes + 12;
    if (wanted <= this.#bytes.length) return true;
    if (wanted > MOST_BYTES) return false;
    const larger = new Uint8Array(wanted * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
    return true;
  }

  /** A binding of a name with the value NULL; with `indexes` the last row of the column follows the prefix. */
  #add(prefix: Uint8Array, indexes?: Indexes, column = 0): void {
    const bytes = this.#bytes;
    const at = this.#end;
    let end = at + 4;
    for (let i = 0; i < prefix.length; i++) bytes[end++] = prefix[i]!;
    if (indexes !== undefined) {
      this.#noteIndex(end, indexes.lastIndexLength(column));
      end = indexes.writeLastIndex(column, bytes, end);
    }
    this.#end = this.#close(at, end);
  }

  #noteIndex(at: number, length: number): void {
    // A long name moves behind its lengths (`#close`).
    const isAsBefore = this.#indexAt.length === 0 || length === this.#indexLength;
    this.#indexLength = isAsBefore && at - this.#end + length < 0x7c ? length : -1;
    this.#indexAt.push(at);
  }

  /** Writes the lengths before a name and NULL behind it. */
  #close(at: number, nameEnd: number): number {
    const bytes = this.#bytes;
    const length = nameEnd - at - 4;
    let end = nameEnd;
    if (length + 4 < 0x80) {
      bytes[at] = SEQUENCE;
      bytes[at + 1] = length + 4;
      bytes[at + 2] = valueTag.oid;
      bytes[at + 3] = length;
    } else {
      const header = [
        ...headerOf(SEQUENCE, length + headerOf(0, length).length + 2),
        ...headerOf(valueTag.oid, length),
      ];
      bytes.copyWithin(at + header.length, at + 4, nameEnd);
      bytes.set(header, at);
      end = at + header.length + length;
    }
    bytes[end] = valueTag.null;
    bytes[end + 1] = 0;
    return end + 2;
  }

  /** The header, once all names are there. */
  #finish({ usesBulk, nonRepeaters, maxRepetitions }: RequestParts): void {
    const bytes = this.#bytes;
    let at = this.#header(this.#listFrom, SEQUENCE);
    this.#repetitionsAt = at - 1;
    at = this.#small(at, usesBulk ? maxRepetitions : 0);
    at = this.#small(at, usesBulk ? nonRepeaters : 0);
    this.#idAt = at - 4;
    bytes[at - 5] = 4;
    bytes[at - 6] = valueTag.integer;
    at = this.#header(at - 6, usesBulk ? pduTag.getBulk : pduTag.getNext);
    at -= this.#community.length;
    bytes.set(this.#community, at);
    const community = headerOf(valueTag.octets, this.#community.length);
    at -= community.length;
    bytes.set(community, at);
    at = this.#header(this.#small(at, this.#version), SEQUENCE);
    if (
      this.#from !== at ||
      this.#from + this.#message.length !== this.#end ||
      this.#message.buffer !== bytes.buffer
    ) {
      this.#from = at;
      this.#message = bytes.subarray(at, this.#end);
    }
  }

  #withId(requestId: number): Uint8Array {
    const at = this.#idAt;
    const bytes = this.#bytes;
    bytes[at] = requestId >>> 24;
    bytes[at + 1] = requestId >>> 16;
    bytes[at + 2] = requestId >>> 8;
    bytes[at + 3] = requestId;
    return this.#message;
  }

  /** Tag and length of all that stands from `at` to the end; answers where they begin. */
  #header(at: number, tag: number): number {
    const bytes = this.#bytes;
    const length = this.#end - at;
    let start = at;
    bytes[--start] = length;
    if (length >= 0x80) {
      if (length >= 0x100) bytes[--start] = length >>> 8;
      bytes[start - 1] = 0x80 | (at - start);
      start--;
    }
    bytes[--start] = tag;
    return start;
  }

  /** An INTEGER of one byte before `at`. */
  #small(at: number, value: number): number {
    const bytes = this.#bytes;
    bytes[at - 1] = value;
    bytes[at - 2] = 1;
    bytes[at - 3] = valueTag.integer;
    return at - 3;
  }
}

/** Requests of one form differ in indexes and numbers only; -1 for those that are written anew each time. */
const formOf = ({ usesBulk, nonRepeaters }: RequestParts): number => (usesBulk ? nonRepeaters : -1);

function headerOf(tag: number, length: number): number[] {
  if (length < 0x80) return [tag, length];
  if (length < 0x100) return [tag, 0x81, length];
  return [tag, 0x82, length >>> 8, length & 0xff];
}
