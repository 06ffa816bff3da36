/** A segment of a day, read: its directory is held while it is open, frames are read as they are asked for. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { Fault } from '../../base/fault.ts';
import { DamagedChunk } from './bits.ts';
import { readBody } from './body.ts';
import type { TimeRange } from './chunk.ts';
import { DAY_MS } from './day-names.ts';
import { FRAME_SERIES, FrameHead, firstOf, frameOf } from './frame.ts';
import type { PointBuffer } from './point-buffer.ts';
import { ENTRY_BYTES, MAGIC, TRAILER_BYTES } from './segment-writer.ts';

/** Where samples of a day are read from. */
export interface Source {
  readonly path: string;
  /** Opens it where it is closed; throws a Fault where it cannot be read at all. */
  open(): void;
  /** Appends the samples of the series that touch the range; returns how many damaged stretches were passed over. */
  read(series: number, into: PointBuffer, range?: TimeRange): number;
  /** Numbers of the frames of series that may be there, rising. */
  frames(): Iterable<number>;
  /** Above the number of every series that is there. */
  seriesEnd(): number;
  /** Reads a frame as a whole, for who reads all its series. */
  hold(frame: number): void;
  close(): void;
}

interface Directory {
  readonly frames: Uint32Array;
  readonly headLengths: Uint32Array;
  /** One more than frames: the last is where the directory begins. */
  readonly offsets: Float64Array;
  readonly oldest: number;
  readonly newest: number;
}

/** The frame read last. */
interface HeldFrame {
  readonly frame: number;
  readonly offset: number;
  readonly headLength: number;
  readonly head: FrameHead;
  /** Absent when only the head was read. */
  readonly bodies: Uint8Array | undefined;
}

export class Segment implements Source {
  readonly path: string;
  /** Whole days since 1970-01-01 UTC: whose samples it is to hold. */
  readonly #day: number;
  #file: number | undefined;
  #directory: Directory | undefined;
  #held: HeldFrame | undefined;

  constructor(path: string, day: number) {
    this.path = path;
    this.#day = day;
  }

  open(): void {
    if (this.#file !== undefined) return;
    const file = openSync(this.path, 'r');
    try {
      const directory = readDirectory(file, this.path);
      if (!isOfDay(directory, this.#day)) {
        // Copied back under the name of another day: it would be searched on the wrong day and go with it.
        const message = `${this.path} holds samples of another day than its name says`;
        throw new Fault('series/day-damaged', message);
      }
      this.#directory = directory;
    } catch (error) {
      closeSync(file);
      throw error;
    }
    this.#file = file;
  }

  read(series: number, into: PointBuffer, range?: TimeRange): number {
    try {
      this.open();
      const { oldest, newest } = this.#directory!;
      if (range !== undefined && (newest < range.from || oldest >= range.to)) return 0;
      const held = this.#frameOf(frameOf(series), false);
      if (held === undefined) return 0;
      const place = held.head.bodyOf(series % FRAME_SERIES);
      if (place === undefined) return 0;
      const body =
        held.bodies?.subarray(place.from, place.from + place.length) ??
        this.#bytes(held.offset + held.headLength + place.from, place.length);
      return readBody(body, into, { range, times: held.head });
    } catch (error) {
      if (!(error instanceof DamagedChunk)) throw error;
      return 1;
    }
  }

  frames(): Iterable<number> {
    this.open();
    return this.#directory!.frames;
  }

  hold(frame: number): void {
    try {
      this.#frameOf(frame, true);
    } catch (error) {
      // Whoever reads its series counts the damage.
      if (!(error instanceof DamagedChunk)) throw error;
    }
  }

  seriesEnd(): number {
    this.open();
    const last = this.#directory!.frames.at(-1);
    if (last === undefined) return 0;
    try {
      return firstOf(last) + this.#frameOf(last, false)!.head.slots().at(-1)! + 1;
    } catch (error) {
      if (!(error instanceof DamagedChunk)) throw error;
      return firstOf(last + 1);
    }
  }

  /** Numbers of all series that have samples here, as far as they can be read. */
  *series(): Generator<number> {
    for (const frame of this.frames()) {
      this.hold(frame);
      if (this.#held?.frame !== frame) continue;
      for (const slot of this.#held.head.slots()) yield firstOf(frame) + slot;
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#directory = undefined;
    this.#held = undefined;
  }

  #frameOf(frame: number, isWhole: boolean): HeldFrame | undefined {
    if (this.#held?.frame === frame && (!isWhole || this.#held.bodies !== undefined)) return this.#held;
    this.open();
    const { frames, headLengths, offsets } = this.#directory!;
    const place = placeIn(frames, frame);
    if (place < 0) return undefined;
    const offset = offsets[place]!;
    const headLength = headLengths[place]!;
    const bytes = this.#bytes(offset, isWhole ? offsets[place + 1]! - offset : headLength);
    this.#held = {
      frame,
      offset,
      headLength,
      head: new FrameHead(bytes.subarray(0, headLength)),
      bodies: isWhole ? bytes.subarray(headLength) : undefined,
    };
    return this.#held;
  }

  /** Throws `DamagedChunk` where the disk does not give them. */
  #bytes(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    try {
      for (let at = 0; at < length; ) {
        const count = readSync(this.#file!, bytes, at, length - at, offset + at);
        if (count === 0) throw new DamagedChunk(`${this.path} ends too early`);
        at += count;
      }
    } catch (error) {
      throw error instanceof DamagedChunk ? error : new DamagedChunk(String(error));
    }
    return bytes;
  }
}

const isOfDay = ({ frames, oldest, newest }: Directory, day: number): boolean =>
  frames.length === 0 || (oldest >= day * DAY_MS && newest < (day + 1) * DAY_MS);

function placeIn(frames: Uint32Array, frame: number): number {
  let low = 0;
  let high = frames.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (frames[middle] === frame) return middle;
    if (frames[middle]! < frame) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

function readDirectory(file: number, path: string): Directory {
  const { size } = fstatSync(file);
  const trailer = Buffer.alloc(TRAILER_BYTES);
  if (size >= MAGIC.length + TRAILER_BYTES) readSync(file, trailer, 0, TRAILER_BYTES, size - TRAILER_BYTES);
  const [from, count, crc] = [trailer.readDoubleLE(0), trailer.readUInt32LE(8), trailer.readUInt32LE(12)];
  const length = count * ENTRY_BYTES;
  const isSound = trailer.subarray(32).equals(MAGIC) && from + length + TRAILER_BYTES === size;
  const directory = Buffer.alloc(isSound ? length : 0);
  if (isSound) readSync(file, directory, 0, length, from);
  if (!isSound || crc32(trailer.subarray(16), crc32(directory)) !== crc) {
    throw new Fault(
      'series/day-damaged',
      `${path} is no segment of series: its directory is missing or damaged`,
    );
  }
  const entries = { length: count };
  return {
    frames: Uint32Array.from(entries, (_, i) => directory.readUInt32LE(i * ENTRY_BYTES)),
    headLengths: Uint32Array.from(entries, (_, i) => directory.readUInt32LE(i * ENTRY_BYTES + 4)),
    offsets: Float64Array.from({ length: count + 1 }, (_, i) =>
      i === count ? from : directory.readDoubleLE(i * ENTRY_BYTES + 8),
    ),
    oldest: trailer.readDoubleLE(16),
    newest: trailer.readDoubleLE(24),
  };
}
