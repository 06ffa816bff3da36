/** A body: chunks of one series one behind the other, each with its own checksum; what a row of a day file holds. */
import { crc32 } from 'node:zlib';
import { BitWriter, DamagedChunk } from './bits.ts';
import { type Part, readChunk, writeChunk } from './chunk.ts';
import type { PointBuffer } from './point-buffer.ts';

/** CRC-32 (4 bytes, little-endian) and the chunk's length (2 bytes) stand before each chunk. */
const HEAD_BYTES = 6;
const MIN_CHUNK_BYTES = 4;
const out = new BitWriter();

/** Encodes the part; the result is a copy of its own. */
export function writeBody(part: Part): Uint8Array {
  out.at = 0;
  let from = part.from;
  while (from < part.to) {
    const start = out.at;
    out.reserve(HEAD_BYTES);
    out.at += HEAD_BYTES;
    from += writeChunk(out, { ...part, from });
    const chunk = out.bytes.subarray(start + HEAD_BYTES, out.at);
    writeHead(out.bytes, start, { crc: crc32(chunk), length: chunk.length });
  }
  return out.bytes.slice(0, out.at);
}

function writeHead(
  bytes: Uint8Array,
  at: number,
  head: { readonly crc: number; readonly length: number },
): void {
  bytes[at] = head.crc;
  bytes[at + 1] = head.crc >>> 8;
  bytes[at + 2] = head.crc >>> 16;
  bytes[at + 3] = head.crc >>> 24;
  bytes[at + 4] = head.length;
  bytes[at + 5] = head.length >>> 8;
}

/** Which samples are wanted: from <= time < to. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Appends the samples of every sound chunk that touches the range and returns how many stretches were damaged.
 * Behind a damaged chunk, whose length cannot be trusted either, the next sound one is looked for byte by byte.
 */
export function readBody(body: Uint8Array, into: PointBuffer, range?: Range): number {
  let damaged = 0;
  let inDamage = false;
  let at = 0;
  while (at < body.length) {
    const end = chunkEnd(body, at);
    if (end > 0 && isRead(body, { from: at + HEAD_BYTES, to: end }, { into, range })) {
      at = end;
      inDamage = false;
      continue;
    }
    if (!inDamage) damaged++;
    inDamage = true;
    at++;
  }
  return damaged;
}

/** Where the chunk at `at` ends, or 0 when its checksum says that none begins here. */
function chunkEnd(body: Uint8Array, at: number): number {
  if (at + HEAD_BYTES + MIN_CHUNK_BYTES > body.length) return 0;
  const end = at + HEAD_BYTES + body[at + 4]! + body[at + 5]! * 256;
  if (end > body.length || end < at + HEAD_BYTES + MIN_CHUNK_BYTES) return 0;
  const crc = (body[at]! | (body[at + 1]! << 8) | (body[at + 2]! << 16) | (body[at + 3]! << 24)) >>> 0;
  return crc32(body.subarray(at + HEAD_BYTES, end)) === crc ? end : 0;
}

function isRead(
  body: Uint8Array,
  place: { readonly from: number; readonly to: number },
  target: { readonly into: PointBuffer; readonly range: Range | undefined },
): boolean {
  const held = target.into.count;
  try {
    readChunk({ bytes: body, ...place }, target.into, target.range);
    return true;
  } catch (error) {
    if (!(error instanceof DamagedChunk)) throw error;
    target.into.count = held;
    return false;
  }
}
