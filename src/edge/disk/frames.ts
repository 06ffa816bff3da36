/**
 * Checksummed frames, the unit of every append-only file: how they are written, and how a file of them is read
 * when part of it is torn or damaged.
 *
 * A frame is 20 bytes of header and the record: marker u32, CRC-32 u32 (zlib polynomial, over all that follows),
 * length u32, sequence u64; all big-endian. The marker is drawn at random for each file and kept in its name: frames
 * behind a damaged place are found again by it, and nobody outside can smuggle a frame inside a record.
 */
import { crc32 } from 'node:zlib';
import { assert } from '../../base/fault.ts';
import type { DiskFile } from './file-system.ts';

export const frameHeaderBytes = 20;
/** The largest record; a longer length in a header is taken for damage. */
export const maxRecordBytes = 16 * 1024 * 1024;
const windowBytes = 1024 * 1024;

export interface Frame {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  /** Where the frame begins in its file. */
  readonly offset: number;
}

export type Scanned =
  | { readonly kind: 'frames'; readonly frames: readonly Frame[] }
  /** Bytes that are no frame, with a sound frame behind them. */
  | { readonly kind: 'damage'; readonly offset: number; readonly bytes: number }
  /** Bytes at the end that are no frame; comes last. */
  | ScannedTail;

export interface ScannedTail {
  readonly kind: 'tail';
  readonly offset: number;
  readonly bytes: number;
  /** True when this is the beginning of a frame, or zeros, cut off by a crash, so it was never acknowledged. */
  readonly isTorn: boolean;
  /** How many frames may have stood here; at least 1. */
  readonly frames: number;
}

/** The frames of records numbered from `first` on, as one run of bytes; in `room` where they fit. */
export function encodeFrames(
  records: readonly Uint8Array[],
  at: { readonly marker: number; readonly first: number; readonly room?: Buffer | undefined },
): Buffer {
  let size = 0;
  for (const record of records) {
    assert(record.length <= maxRecordBytes, `a record of ${record.length} bytes is over the limit`);
    size += frameHeaderBytes + record.length;
  }
  const { room } = at;
  const out = room !== undefined && room.length >= size ? room.subarray(0, size) : Buffer.allocUnsafe(size);
  let offset = 0;
  let sequence = at.first;
  for (const record of records) {
    const end = offset + frameHeaderBytes + record.length;
    out.writeUInt32BE(at.marker, offset);
    out.writeUInt32BE(record.length, offset + 8);
    out.writeUInt32BE(Math.floor(sequence / 0x1_0000_0000), offset + 12);
    out.writeUInt32BE(sequence % 0x1_0000_0000, offset + 16);
    out.set(record, offset + frameHeaderBytes);
    out.writeUInt32BE(crc32(out.subarray(offset + 8, end)), offset + 4);
    offset = end;
    sequence++;
  }
  return out;
}

/** Reads the file from `from` up to `to` (its size when left out) in windows, never whole. */
export async function* scanFrames(
  file: DiskFile,
  range: { readonly marker: number; readonly from?: number; readonly to?: number | undefined },
): AsyncGenerator<Scanned> {
  const source: Source = { file, marker: range.marker, end: range.to ?? (await file.size()) };
  let offset = range.from ?? 0;
  let need = windowBytes;
  while (offset < source.end) {
    const chunk = await chunkAt(source, offset, need);
    // A reader beside the writer may see the file cut while it reads.
    if (chunk.length < need) source.end = Math.min(source.end, offset + chunk.length);
    const { frames, used, rest } = framesIn(chunk, offset, range.marker);
    if (frames.length > 0) {
      yield { kind: 'frames', frames };
      offset += used;
      need = windowBytes;
    } else if (rest > chunk.length && offset + rest <= source.end) {
      need = rest;
    } else {
      const found = await nextFrame(source, offset + 1);
      if (found === undefined) {
        yield await judgeTail(source, offset);
        return;
      }
      yield { kind: 'damage', offset, bytes: found - offset };
      offset = found;
      need = windowBytes;
    }
  }
}

interface Source {
  readonly file: DiskFile;
  readonly marker: number;
  end: number;
}

/** Up to `count` bytes in memory of their own, so that records may keep pointing into them. */
async function chunkAt(source: Source, offset: number, count: number): Promise<Buffer> {
  const chunk = Buffer.allocUnsafe(Math.max(0, Math.min(count, source.end - offset)));
  return chunk.subarray(0, await source.file.read(chunk, offset));
}

/** Sound frames at the start of the chunk; `rest` is the size of the one that did not fit, 0 when what follows is no frame. */
function framesIn(
  chunk: Buffer,
  base: number,
  marker: number,
): { frames: Frame[]; used: number; rest: number } {
  const frames: Frame[] = [];
  let used = 0;
  for (;;) {
    const size = frameSize(chunk, used, marker);
    const end = used + size;
    if (size === 0 || end > chunk.length) return { frames, used, rest: size };
    if (crc32(chunk.subarray(used + 8, end)) !== chunk.readUInt32BE(used + 4))
      return { frames, used, rest: 0 };
    const sequence = chunk.readUInt32BE(used + 12) * 0x1_0000_0000 + chunk.readUInt32BE(used + 16);
    frames.push({ sequence, bytes: chunk.subarray(used + frameHeaderBytes, end), offset: base + used });
    used = end;
  }
}

/** Header and record together, as the header says; the header's own size when it is cut off; 0 when it is none. */
function frameSize(chunk: Buffer, at: number, marker: number): number {
  if (chunk.length - at < frameHeaderBytes) return chunk.length > at ? frameHeaderBytes : 0;
  if (chunk.readUInt32BE(at) !== marker) return 0;
  const length = chunk.readUInt32BE(at + 8);
  return length > maxRecordBytes ? 0 : frameHeaderBytes + length;
}

/** Offset of the first sound frame at or behind `from`. */
async function nextFrame(source: Source, from: number): Promise<number | undefined> {
  for await (const candidate of markersFrom(source, from)) {
    const header = await chunkAt(source, candidate, frameHeaderBytes);
    const size = frameSize(header, 0, source.marker);
    if (header.length < frameHeaderBytes || size === 0 || candidate + size > source.end) continue;
    if (framesIn(await chunkAt(source, candidate, size), 0, source.marker).frames.length > 0)
      return candidate;
  }
  return undefined;
}

async function* markersFrom(source: Source, from: number): AsyncGenerator<number> {
  const marker = Buffer.alloc(4);
  marker.writeUInt32BE(source.marker);
  // Windows overlap by three bytes, so that a marker across two of them is seen once.
  for (let base = from; base < source.end; base += windowBytes - 3) {
    const chunk = await chunkAt(source, base, windowBytes);
    for (let at = chunk.indexOf(marker); at >= 0; at = chunk.indexOf(marker, at + 1)) yield base + at;
  }
}

async function judgeTail(source: Source, offset: number): Promise<ScannedTail> {
  const bytes = source.end - offset;
  let frames = 0;
  for await (const _ of markersFrom(source, offset)) frames++;
  const isTorn = await isCutFrame({ ...source, end: await endOfData(source, offset) }, offset);
  return { kind: 'tail', offset, bytes, isTorn, frames: Math.max(1, frames) };
}

/** True for the beginning of a frame whose rest is missing, and for nothing at all. */
async function isCutFrame(source: Source, offset: number): Promise<boolean> {
  const header = await chunkAt(source, offset, frameHeaderBytes);
  const marker = Buffer.alloc(4);
  marker.writeUInt32BE(source.marker);
  const seen = Math.min(4, header.length);
  if (marker.compare(header, 0, seen, 0, seen) !== 0) return false;
  if (header.length < frameHeaderBytes) return true;
  return offset + frameSize(header, 0, source.marker) > source.end;
}

const sectorBytes = 512;

/**
 * The end of the file without the sectors of zeros that a file system leaves when power is lost after it made the file
 * longer and before it wrote the bytes.
 */
async function endOfData(source: Source, from: number): Promise<number> {
  let end = from;
  for (let base = from; base < source.end; base += windowBytes) {
    const chunk = await chunkAt(source, base, windowBytes);
    const last = chunk.findLastIndex((byte) => byte !== 0);
    if (last >= 0) end = base + last + 1;
  }
  const sector = end === from ? from : Math.ceil(end / sectorBytes) * sectorBytes;
  return Math.min(sector, source.end);
}
