/** Cuts a TCP stream into syslog messages, by counted octets or by line ends (RFC 6587 section 3.4). */

const lineFeed = 10;
const zero = 0;
const space = 32;
const lessThan = 60;
const longestCount = 6;

export class SyslogFrames {
  readonly #largest: number;
  readonly #found: (message: Buffer) => void;
  readonly #oversized: () => void;
  /** At most one message that is not whole yet. */
  #rest: Buffer = Buffer.alloc(0);
  /** Octets of a message too large that are still to come. */
  #skip = 0;
  #isSkippingLine = false;

  constructor(options: {
    /** Octets of one message. */
    readonly largest: number;
    readonly found: (message: Buffer) => void;
    readonly oversized: () => void;
  }) {
    this.#largest = options.largest;
    this.#found = options.found;
    this.#oversized = options.oversized;
  }

  take(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (at < bytes.length) {
      const next = this.#step(bytes, at);
      if (next === undefined) break;
      at = next;
    }
    this.#rest = Buffer.from(bytes.subarray(at));
  }

  /** The stream ended: a last line needs no end. */
  end(): void {
    const last = this.#rest;
    this.#rest = Buffer.alloc(0);
    if (last[0] === lessThan) this.#found(last);
  }

  /** Where to go on, or undefined while more must come. */
  #step(bytes: Buffer, at: number): number | undefined {
    if (this.#skip > 0) {
      const skipped = Math.min(this.#skip, bytes.length - at);
      this.#skip -= skipped;
      return at + skipped;
    }
    // Some senders count octets and end the line beside.
    if (!this.#isSkippingLine && isEnding(bytes[at])) return at + 1;
    const counted = this.#isSkippingLine ? undefined : countedAt(bytes, at);
    if (counted === 'notYet') return undefined;
    return counted === undefined ? this.#line(bytes, at) : this.#counted(bytes, counted);
  }

  #counted(bytes: Buffer, { from, length }: Counted): number | undefined {
    if (length > this.#largest) {
      this.#oversized();
      this.#skip = length;
      return from;
    }
    if (bytes.length - from < length) return undefined;
    this.#found(bytes.subarray(from, from + length));
    return from + length;
  }

  #line(bytes: Buffer, at: number): number | undefined {
    const end = endOfLine(bytes, at);
    const isTooLong = (end ?? bytes.length) - at > this.#largest;
    if (end === undefined && !isTooLong && !this.#isSkippingLine) return undefined;
    if (isTooLong && !this.#isSkippingLine) this.#oversized();
    else if (end !== undefined && !this.#isSkippingLine) this.#found(bytes.subarray(at, end));
    this.#isSkippingLine = end === undefined;
    return end === undefined ? bytes.length : end + 1;
  }
}

interface Counted {
  readonly from: number;
  readonly length: number;
}

/** A count is digits, a space and the `<` of the message; anything else that begins with a digit is a line. */
function countedAt(bytes: Buffer, at: number): Counted | 'notYet' | undefined {
  if (!isDigit(bytes[at]) || bytes[at] === 48) return undefined;
  let end = at;
  while (end - at <= longestCount && isDigit(bytes[end])) end++;
  if (end - at > longestCount) return undefined;
  if (end + 1 >= bytes.length && (end === bytes.length || bytes[end] === space)) return 'notYet';
  if (bytes[end] !== space || bytes[end + 1] !== lessThan) return undefined;
  return { from: end + 1, length: Number(bytes.toString('latin1', at, end)) };
}

/** Section 3.4.2: the line feed is usual, a zero is seen too. */
function endOfLine(bytes: Buffer, at: number): number | undefined {
  const feed = bytes.indexOf(lineFeed, at);
  const nil = bytes.subarray(at, feed < 0 ? bytes.length : feed).indexOf(zero);
  if (nil >= 0) return at + nil;
  return feed < 0 ? undefined : feed;
}

const isEnding = (byte: number | undefined): boolean => byte === lineFeed || byte === 13 || byte === zero;
const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57;
