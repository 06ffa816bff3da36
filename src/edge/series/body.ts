/** A body: chunks of one series one behind the other, each with its own checksum; what a segment holds of a series. */
import { crc32 } from 'node:zlib';
import { BitWriter, DamagedChunk } from './bits.ts';
import {
  CHUNK_BYTES,
  type Part,
  readChunk,
  type TimeRange,
  type TimesRead,
  type TimesWritten,
  writeChunk,
} from './chunk.ts';
import type { PointBuffer } from './point-buffer.ts';

/** CRC-32 (4 bytes, little-endian) and the length (2 bytes) stand before each chunk. */
const HEAD_BYTES = 6;
const MIN_CHUNK_BYTES = 3;
const out = new BitWriter();

/** Encodes the part; the result is a copy of its own. */
export function writeBody(part: Part): Uint8Array {
  out.at = 0;
  appendBody(out, part);
  return out.bytes.slice(0, out.at);
}

/** Encodes the part behind what is there. */
export function appendBody(to: BitWriter, part: Part, shared?: TimesWritten): void {
  let { from } = part;
  while (from < part.to) {
    const start = beginSealed(to);
    from += writeChunk(to, from === part.from ? part : { ...part, from }, shared);
    endSealed(to, start);
  }
}

/** Leaves room for checksum and length of what follows; `endSealed` wants to know where. */
export function beginSealed(to: BitWriter): number {
  const start = to.at;
  to.reserve(HEAD_BYTES);
  to.at += HEAD_BYTES;
  return start;
}

export function endSealed({ bytes, at }: BitWriter, start: number): void {
  const length = at - start - HEAD_BYTES;
  const crc = crc32(bytes.subarray(start + HEAD_BYTES, at));
  bytes[start] = crc;
  bytes[start + 1] = crc >>> 8;
  bytes[start + 2] = crc >>> 16;
  bytes[start + 3] = crc >>> 24;
  bytes[start + 4] = length;
  bytes[start + 5] = length >>> 8;
}

/**
 * Appends the samples of every sound chunk that touches the range and returns how many stretches were damaged.
 * Behind a damaged chunk, whose length cannot be trusted either, the next sound one is looked for byte by byte.
 */
export function readBody(
  body: Uint8Array,
  into: PointBuffer,
  given: { readonly range?: TimeRange | undefined; readonly times?: TimesRead | undefined } = {},
): number {
  let damaged = 0;
  let inDamage = false;
  let at = 0;
  while (at < body.length) {
    const end = sealedEnd(body, at);
    if (end > 0 && isRead({ bytes: body, from: at + HEAD_BYTES, to: end }, into, given)) {
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

/** The bytes of what was sealed at `at`; undefined where its checksum says that nothing sound begins here. */
export function unsealed(bytes: Uint8Array, at: number): Uint8Array | undefined {
  const end = sealedEnd(bytes, at);
  return end === 0 ? undefined : bytes.subarray(at + HEAD_BYTES, end);
}

/** Where what was sealed at `at` ends, or 0. */
function sealedEnd(body: Uint8Array, at: number): number {
  if (at + HEAD_BYTES + MIN_CHUNK_BYTES > body.length) return 0;
  const end = at + HEAD_BYTES + body[at + 4]! + body[at + 5]! * 256;
  if (end > body.length || end - at > HEAD_BYTES + CHUNK_BYTES || end < at + HEAD_BYTES + MIN_CHUNK_BYTES)
    return 0;
  const crc = (body[at]! | (body[at + 1]! << 8) | (body[at + 2]! << 16) | (body[at + 3]! << 24)) >>> 0;
  return crc32(body.subarray(at + HEAD_BYTES, end)) === crc ? end : 0;
}

function isRead(
  slot: { readonly bytes: Uint8Array; readonly from: number; readonly to: number },
  into: PointBuffer,
  given: { readonly range?: TimeRange | undefined; readonly times?: TimesRead | undefined },
): boolean {
  const held = into.count;
  try {
    readChunk(slot, into, given);
    return true;
  } catch (error) {
    if (!(error instanceof DamagedChunk)) throw error;
    into.count = held;
    return false;
  }
}
