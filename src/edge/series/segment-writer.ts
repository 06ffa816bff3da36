/**
 * A segment while it is written: frames one behind the other, a directory of them at the end. It counts for nothing
 * until it is whole, synced and has its final name.
 */
import { closeSync, fdatasync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import type { Part } from './chunk.ts';
import { FrameWriter, frameOf } from './frame.ts';

/** Begins the file, and ends it. */
export const MAGIC = Buffer.from('allclear-series1');
/** Number of the frame, length of its head, offset. */
export const ENTRY_BYTES = 16;
/** Offset of the directory, its entries, checksum of it and of what follows, oldest and newest time, the magic. */
export const TRAILER_BYTES = 32 + MAGIC.length;
const WRITE_BYTES = 1024 * 1024;
const datasync = promisify(fdatasync);

export class SegmentWriter {
  readonly #path: string;
  readonly #file: number;
  readonly #frame = new FrameWriter();
  readonly #entries: { readonly frame: number; readonly headLength: number; readonly offset: number }[] = [];
  readonly #buffer = Buffer.allocUnsafe(WRITE_BYTES);
  #frameNumber = -1;
  #filled = 0;
  #written = 0;
  #isClosed = false;
  #oldest = Number.POSITIVE_INFINITY;
  #newest = Number.NEGATIVE_INFINITY;
  /** Series so far. */
  count = 0;

  /** Throws where the file cannot be made. */
  constructor(path: string) {
    this.#path = path;
    this.#file = openSync(path, 'w', 0o600);
    this.#put(MAGIC);
  }

  /** Series come in rising order, each once; throws what the disk throws, and then the segment is lost. */
  add(series: number, part: Part): void {
    if (frameOf(series) !== this.#frameNumber) this.#endFrame();
    this.#frameNumber = frameOf(series);
    this.#frame.add(series, part);
    this.#oldest = Math.min(this.#oldest, part.times[part.from]!);
    this.#newest = Math.max(this.#newest, part.times[part.to - 1]!);
    this.count++;
  }

  /** Makes the segment durable under its final name; the folder is to be synced. */
  async finish(path: string): Promise<void> {
    this.#endFrame();
    const offset = this.#written + this.#filled;
    const directory = Buffer.alloc(this.#entries.length * ENTRY_BYTES);
    for (const [i, entry] of this.#entries.entries()) {
      directory.writeUInt32LE(entry.frame, i * ENTRY_BYTES);
      directory.writeUInt32LE(entry.headLength, i * ENTRY_BYTES + 4);
      directory.writeDoubleLE(entry.offset, i * ENTRY_BYTES + 8);
    }
    const trailer = Buffer.alloc(TRAILER_BYTES);
    trailer.writeDoubleLE(offset, 0);
    trailer.writeUInt32LE(this.#entries.length, 8);
    trailer.writeDoubleLE(this.#oldest, 16);
    trailer.writeDoubleLE(this.#newest, 24);
    MAGIC.copy(trailer, 32);
    trailer.writeUInt32LE(crc32(trailer.subarray(16), crc32(directory)), 12);
    this.#put(directory);
    this.#put(trailer);
    this.#flush();
    await datasync(this.#file);
    this.#close();
    renameSync(this.#path, path);
  }

  /** Leaves nothing behind. */
  abandon(): void {
    this.#close();
    rmSync(this.#path, { force: true });
  }

  #endFrame(): void {
    if (this.#frame.isEmpty) return;
    const { pieces, headLength } = this.#frame.take();
    this.#entries.push({ frame: this.#frameNumber, headLength, offset: this.#written + this.#filled });
    for (const piece of pieces) this.#put(piece);
  }

  #put(bytes: Uint8Array): void {
    if (this.#filled + bytes.length > WRITE_BYTES) this.#flush();
    if (bytes.length > WRITE_BYTES) {
      this.#write(bytes);
      return;
    }
    this.#buffer.set(bytes, this.#filled);
    this.#filled += bytes.length;
  }

  #flush(): void {
    this.#write(this.#buffer.subarray(0, this.#filled));
    this.#filled = 0;
  }

  #write(bytes: Uint8Array): void {
    // write(2) may take less than it was given.
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    this.#written += bytes.length;
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.#file);
  }
}
