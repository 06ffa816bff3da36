/**
 * The chunk: up to 512 samples of one series as compressed bytes, the unit of a body and of the checksum.
 *
 * Layout: a header byte (form, gap flag, decimal places, flag of shared times), count, first time, length in ms, times,
 * gaps, values. With shared times the number of a column of times stands in place of the first four.
 * Forms: `decimal` whole numbers after scaling by a power of ten, `exact` counters above 2^53 as offsets from a
 * 64-bit base, `float` anything else by XOR. Every form gives back each value bit for bit.
 */
import { BitReader, type BitWriter, DamagedChunk } from './bits.ts';
import { readFloats, readIntegers, writeFloats, writeIntegers } from './columns.ts';
import type { PointBuffer } from './point-buffer.ts';

/** Most samples of one chunk: the most that one damaged chunk can take along. */
const CHUNK_SAMPLES = 512;
/** No chunk is longer: times and floats at their worst, gaps, and the header. */
export const CHUNK_BYTES = CHUNK_SAMPLES * 20 + 64;

const FORM = { decimal: 0, exact: 1, float: 2 } as const;
const FORM_MASK = 3;
const HAS_GAPS = 4;
const HAS_SHARED_TIMES = 64;
const PLACES_MASK = 7;
const SCALES = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];
const SAFE = 2 ** 53;
const WIDE = 2n ** 53n;
/** Offsets reach half of 2^53 both ways from the base, so that their distance stays within 2^53. */
const EXACT_SPAN = 2n ** 52n;

// Scratch of one chunk: this code runs to its end before anybody else in the thread can.
const offsets = new Float64Array(CHUNK_SAMPLES);
const numbers = new Float64Array(CHUNK_SAMPLES);
const present = new Float64Array(CHUNK_SAMPLES);
const gapRuns = new Float64Array(CHUNK_SAMPLES + 2);
const wholes = new BigUint64Array(CHUNK_SAMPLES);
const reader = new BitReader();

/** Times that chunks of several series have in common. */
export interface TimesWritten {
  /** The number of the column of these times, made where it is new. */
  numberOf(times: Float64Array, from: number, to: number): number;
}

export interface TimesRead {
  /** Throws `DamagedChunk` where there is no sound column of that number. */
  at(number: number): Float64Array;
}

/** Samples in strict time order, and the part of the columns that is meant. */
export interface Part {
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly exact: BigUint64Array | undefined;
  readonly from: number;
  readonly to: number;
}

/**
 * Writes one chunk from the beginning of the part and returns how many samples it took: at least 1, at most
 * `CHUNK_SAMPLES`, fewer where exact counters and other numbers cannot share one chunk.
 */
export function writeChunk(out: BitWriter, part: Part, shared?: TimesWritten): number {
  const { times, from } = part;
  const stretch = part.exact === undefined ? undefined : exactStretch(part, part.exact);
  const to = stretch?.to ?? Math.min(part.to, from + CHUNK_SAMPLES);
  const base = stretch?.base;
  const count = to - from;
  const held = gatherPresent(part, to);
  const places = base === undefined ? toDecimals(held) : toOffsets(part, to, base);
  const form = base !== undefined ? FORM.exact : places < 0 ? FORM.float : FORM.decimal;
  out.reserve(CHUNK_BYTES);
  const header = form | (held < count ? HAS_GAPS : 0) | (Math.max(0, places) << 3);
  if (shared === undefined) {
    out.byte(header);
    writeTimes(out, times, from, to);
  } else {
    out.byte(header | HAS_SHARED_TIMES);
    out.unsigned(shared.numberOf(times, from, to));
  }
  if (held < count) writeGaps(out, part, to);
  if (held === 0) return count;
  if (base !== undefined)
    for (let shift = 0n; shift < 64n; shift += 8n) out.byte(Number((base >> shift) & 255n));
  if (form === FORM.float) writeFloats(out, present, held);
  else writeIntegers(out, numbers, held);
  return count;
}

/** Count, first time, length in ms, and what lies between; at most `CHUNK_SAMPLES`, for which the caller has made room. */
export function writeTimes(out: BitWriter, times: Float64Array, from: number, to: number): void {
  const count = to - from;
  out.unsigned(count);
  out.unsigned(times[from]!);
  out.unsigned(times[to - 1]! - times[from]!);
  if (count === 1) return;
  for (let i = from; i < to; i++) offsets[i - from] = times[i]! - times[from]!;
  writeIntegers(out, offsets, count);
}

/** The times that `writeTimes` wrote; undefined, and not read on, where none lies in the range. */
export function readTimes(from: BitReader, range?: TimeRange): Float64Array | undefined {
  const count = from.unsigned();
  if (count < 1 || count > CHUNK_SAMPLES) throw new DamagedChunk(`a chunk of ${count} samples`);
  const first = from.unsigned();
  const length = from.unsigned();
  if (range !== undefined && (first >= range.to || first + length < range.from)) return undefined;
  offsets[0] = 0;
  if (count > 1) readIntegers(from, offsets, count);
  const times = new Float64Array(count);
  for (let i = 0; i < count; i++) times[i] = first + offsets[i]!;
  return times;
}

/** Copies what is no gap into the scratch column and returns how many that are. */
function gatherPresent({ values, from }: Part, to: number): number {
  let held = 0;
  for (let i = from; i < to; i++) {
    const value = values[i]!;
    // biome-ignore lint/suspicious/noSelfCompare: NaN alone differs from itself, and this loop sees every sample.
    if (value === value) present[held++] = value;
  }
  return held;
}

/** Fills `numbers` with the present values times a power of ten and returns the power; -1 where none makes them whole. */
function toDecimals(held: number): number {
  let places = 0;
  let scale = 1;
  for (let i = 0; i < held; i++) {
    const value = present[i]!;
    while (Math.round(value * scale) / scale !== value) {
      if (++places === SCALES.length) return -1;
      scale = SCALES[places]!;
    }
  }
  let lowest = 0;
  let highest = 0;
  for (let i = 0; i < held; i++) {
    const value = present[i]!;
    const number = Math.round(value * scale);
    // Scaling up may round; a negative zero would come back positive: both go to the float form.
    if (number / scale !== value || (number === 0 && 1 / value < 0)) return -1;
    if (i === 0 || number < lowest) lowest = number;
    if (i === 0 || number > highest) highest = number;
    numbers[i] = number;
  }
  return lowest < -SAFE || highest > SAFE || highest - lowest > SAFE ? -1 : places;
}

function toOffsets({ values, exact, from }: Part, to: number, base: bigint): number {
  let held = 0;
  for (let i = from; i < to; i++) {
    if (!Number.isNaN(values[i]!)) numbers[held++] = Number(wholeOf(values[i]!, exact?.[i] ?? 0n)! - base);
  }
  return 0;
}

/** How far one chunk can reach when the part has an exact column, and its base where the exact form is needed. */
function exactStretch(part: Part, exact: BigUint64Array): { to: number; base: bigint | undefined } {
  const limit = Math.min(part.to, part.from + CHUNK_SAMPLES);
  let base: bigint | undefined;
  let isExact = false;
  let isPlain = false;
  for (let i = part.from; i < limit; i++) {
    if (Number.isNaN(part.values[i]!)) continue;
    const whole = wholeOf(part.values[i]!, exact[i]!);
    base ??= whole;
    const fits = whole !== undefined && base !== undefined && isWithin(whole - base);
    const needsExact = exact[i] !== 0n;
    if (needsExact ? isPlain || !fits : isExact && !fits) return { to: i, base: isExact ? base : undefined };
    if (needsExact) isExact = true;
    else if (!fits) isPlain = true;
  }
  return { to: limit, base: isExact ? base : undefined };
}

const isWithin = (offset: bigint): boolean => offset <= EXACT_SPAN && offset >= -EXACT_SPAN;

function wholeOf(value: number, exact: bigint): bigint | undefined {
  if (exact !== 0n) return exact;
  return Number.isInteger(value) && value <= SAFE && (value > 0 || Object.is(value, 0))
    ? BigInt(value)
    : undefined;
}

/** Lengths of stretches, turn by turn: present, gap, present, ..., until the count is reached. */
function writeGaps(out: BitWriter, { values, from }: Part, to: number): void {
  let runs = 0;
  let length = 0;
  let inGap = false;
  for (let i = from; i < to; i++) {
    if (Number.isNaN(values[i]!) !== inGap) {
      gapRuns[runs++] = length;
      length = 0;
      inGap = !inGap;
    }
    length++;
  }
  gapRuns[runs++] = length;
  for (let i = 0; i < runs; i++) out.unsigned(gapRuns[i]!);
}

/** The bytes of one chunk inside a larger array. */
export interface Slot {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
}

export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Appends the chunk's samples unless none lies in from <= time < to; throws `DamagedChunk` where the bytes make no sense. */
export function readChunk(
  slot: Slot,
  into: PointBuffer,
  given: { readonly range?: TimeRange | undefined; readonly times?: TimesRead | undefined } = {},
): void {
  reader.open(slot.bytes, slot.from, slot.to);
  const header = reader.byte();
  const isShared = (header & HAS_SHARED_TIMES) !== 0;
  const times = isShared ? sharedTimes(given) : readTimes(reader, given.range);
  if (times === undefined) return;
  const count = times.length;
  const gaps = (header & HAS_GAPS) !== 0 ? readGaps(count) : withoutGaps(count);
  const isExact = (header & FORM_MASK) === FORM.exact && gaps.held > 0;
  if (gaps.held > 0) readPresent(header, gaps.held);
  into.reserve(count);
  into.times.set(times, into.count);
  spread(into, gaps.runs, isExact);
  into.count += count;
}

function sharedTimes({
  range,
  times: shared,
}: {
  readonly range?: TimeRange | undefined;
  readonly times?: TimesRead | undefined;
}): Float64Array | undefined {
  const number = reader.unsigned();
  if (shared === undefined) throw new DamagedChunk('times that nobody shares');
  const times = shared.at(number);
  const isWanted = range === undefined || (times[0]! < range.to && times.at(-1)! >= range.from);
  return isWanted ? times : undefined;
}

/** Fills `present`, and `wholes` in the exact form. */
function readPresent(header: number, held: number): void {
  const form = header & FORM_MASK;
  if (form === FORM.float) {
    readFloats(reader, present, held);
    return;
  }
  if (form === FORM.exact) {
    let base = 0n;
    for (let shift = 0n; shift < 64n; shift += 8n) base |= BigInt(reader.byte()) << shift;
    readIntegers(reader, numbers, held);
    for (let i = 0; i < held; i++) {
      const whole = base + BigInt(numbers[i]!);
      present[i] = Number(whole);
      wholes[i] = whole > WIDE ? whole : 0n;
    }
    return;
  }
  const scale = SCALES[(header >> 3) & PLACES_MASK];
  if (form !== FORM.decimal || scale === undefined) throw new DamagedChunk('an unknown chunk form');
  readIntegers(reader, numbers, held);
  for (let i = 0; i < held; i++) present[i] = numbers[i]! / scale;
}

function withoutGaps(count: number): { runs: number; held: number } {
  gapRuns[0] = count;
  return { runs: 1, held: count };
}

function readGaps(count: number): { runs: number; held: number } {
  let runs = 0;
  let total = 0;
  let held = 0;
  while (total < count) {
    const length = reader.unsigned();
    if (length > count - total || runs > CHUNK_SAMPLES)
      throw new DamagedChunk('the gaps do not fit the chunk');
    if (runs % 2 === 0) held += length;
    total += length;
    gapRuns[runs++] = length;
  }
  return { runs, held };
}

/** Lays the present values between the gaps. */
function spread(into: PointBuffer, runs: number, isExact: boolean): void {
  const values = into.values;
  const exact = isExact ? into.exactColumn() : into.exact;
  let at = into.count;
  let next = 0;
  for (let run = 0; run < runs; run++) {
    const end = at + gapRuns[run]!;
    if (run % 2 === 1) {
      values.fill(Number.NaN, at, end);
      exact?.fill(0n, at, end);
      at = end;
      continue;
    }
    if (exact !== undefined) for (let i = at; i < end; i++) exact[i] = isExact ? wholes[next + i - at]! : 0n;
    while (at < end) values[at++] = present[next++]!;
  }
}
