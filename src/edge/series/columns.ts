/** The two column codecs of a chunk: whole numbers in frames of reference, and odd floats by XOR. */
import { type BitReader, type BitWriter, DamagedChunk } from './bits.ts';

/** Values coded against one reference: small enough that a step in level costs little, large enough to hide its header. */
const GROUP = 64;
/** Header byte of a column whose differences are all equal; no group header has this value. */
const STRAIGHT = 0xff;
const WIDTH_MASK = 0x3f;
const BY_DIFFERENCE = 0x40;
const EXACT_LIMIT = 2 ** 53;

/**
 * Writes `count` >= 1 whole numbers that lie within 2^53 of zero and of each other. A straight line (constants,
 * regular times) takes a few bytes; otherwise each group keeps either levels or differences, whichever is
 * narrower, as offsets from the group's minimum.
 */
export function writeIntegers(out: BitWriter, numbers: Float64Array, count: number): void {
  out.signed(numbers[0]!);
  if (count === 1) return;
  const slope = numbers[1]! - numbers[0]!;
  if (isStraight(numbers, count, slope)) {
    out.byte(STRAIGHT);
    out.signed(slope);
    return;
  }
  for (let from = 1; from < count; from += GROUP)
    writeGroup(out, numbers, from, Math.min(count, from + GROUP));
}

function isStraight(numbers: Float64Array, count: number, slope: number): boolean {
  for (let i = 2; i < count; i++) if (numbers[i]! - numbers[i - 1]! !== slope) return false;
  return true;
}

function writeGroup(out: BitWriter, numbers: Float64Array, from: number, to: number): void {
  const base = numbers[from - 1]!;
  let previous = base;
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  let smallestStep = Number.POSITIVE_INFINITY;
  let largestStep = Number.NEGATIVE_INFINITY;
  for (let i = from; i < to; i++) {
    const number = numbers[i]!;
    const step = number - previous;
    if (number < lowest) lowest = number;
    if (number > highest) highest = number;
    if (step < smallestStep) smallestStep = step;
    if (step > largestStep) largestStep = step;
    previous = number;
  }
  const stepRange = largestStep - smallestStep;
  const levelWidth = widthOf(highest - lowest);
  const stepWidth = stepRange <= EXACT_LIMIT ? widthOf(stepRange) : 64;
  if (stepWidth < levelWidth) {
    out.byte(BY_DIFFERENCE | stepWidth);
    out.signed(smallestStep);
    if (stepWidth > 0) {
      for (let i = from; i < to; i++) out.put(numbers[i]! - numbers[i - 1]! - smallestStep, stepWidth);
    }
  } else {
    out.byte(levelWidth);
    out.signed(lowest - base);
    if (levelWidth > 0) for (let i = from; i < to; i++) out.put(numbers[i]! - lowest, levelWidth);
  }
  out.align();
}

const widthOf = (range: number): number =>
  range < 4_294_967_296 ? 32 - Math.clz32(range) : 64 - Math.clz32(Math.floor(range / 4_294_967_296));

/** Reads `count` >= 1 numbers of `writeIntegers` into `into`. */
export function readIntegers(from: BitReader, into: Float64Array, count: number): void {
  into[0] = from.signed();
  if (count === 1) return;
  let header = from.byte();
  if (header === STRAIGHT) {
    const slope = from.signed();
    for (let i = 1; i < count; i++) into[i] = into[i - 1]! + slope;
    return;
  }
  for (let start = 1; start < count; start += GROUP) {
    if (start > 1) header = from.byte();
    readGroup(from, into, { start, end: Math.min(count, start + GROUP), header });
  }
}

function readGroup(
  from: BitReader,
  into: Float64Array,
  group: { start: number; end: number; header: number },
): void {
  const { start, end, header } = group;
  const width = header & WIDTH_MASK;
  if (width > 54 || header > 0x7f) throw new DamagedChunk('a group header is out of range');
  const base = into[start - 1]!;
  const least = from.signed();
  if ((header & BY_DIFFERENCE) !== 0) {
    let level = base;
    for (let i = start; i < end; i++) {
      level += least + (width === 0 ? 0 : from.take(width));
      into[i] = level;
    }
  } else {
    const lowest = base + least;
    for (let i = start; i < end; i++) into[i] = lowest + (width === 0 ? 0 : from.take(width));
  }
  from.align();
}

/**
 * Writes floats bit for bit, each XORed with the one before (Pelkonen et al., "Gorilla", VLDB 2015, section 4.1.2):
 * 0 = same value; 10 = the changed bits lie in the window of the last change; 11 = a new window follows.
 */
export function writeFloats(out: BitWriter, floats: Float64Array, count: number): void {
  const words = new Uint32Array(floats.buffer, floats.byteOffset, count * 2);
  let low = 0;
  let high = 0;
  let leading = 64;
  let trailing = 0;
  for (let i = 0; i < count; i++) {
    const lowChange = words[i * 2]! ^ low;
    const highChange = words[i * 2 + 1]! ^ high;
    low = words[i * 2]!;
    high = words[i * 2 + 1]!;
    if (lowChange === 0 && highChange === 0) {
      out.put(0, 1);
      continue;
    }
    const newLeading = highChange !== 0 ? Math.clz32(highChange) : 32 + Math.clz32(lowChange);
    const newTrailing = lowChange !== 0 ? trailingZeros(lowChange) : 32 + trailingZeros(highChange);
    if (leading < 64 && newLeading >= leading && newTrailing >= trailing) {
      out.put(2, 2);
    } else {
      leading = newLeading;
      trailing = newTrailing;
      out.put(3, 2);
      out.put(leading, 6);
      out.put(64 - leading - trailing - 1, 6);
    }
    putWindow(out, { low: lowChange >>> 0, high: highChange >>> 0 }, { leading, trailing });
  }
  out.align();
}

const trailingZeros = (word: number): number => 31 - Math.clz32(word & -word);

interface Words {
  readonly low: number;
  readonly high: number;
}

interface Window {
  readonly leading: number;
  readonly trailing: number;
}

function putWindow(out: BitWriter, change: Words, { leading, trailing }: Window): void {
  if (trailing >= 32) {
    out.put(change.high >>> (trailing - 32), 64 - leading - trailing);
  } else if (leading >= 32) {
    out.put(change.low >>> trailing, 64 - leading - trailing);
  } else {
    out.put(change.high, 32 - leading);
    out.put(change.low >>> trailing, 32 - trailing);
  }
}

/** Reads `count` floats of `writeFloats` into `into`, which must be as long. */
export function readFloats(from: BitReader, into: Float64Array, count: number): void {
  const words = new Uint32Array(into.buffer, into.byteOffset, count * 2);
  let low = 0;
  let high = 0;
  let leading = 0;
  let trailing = 0;
  for (let i = 0; i < count; i++) {
    if (from.take(1) === 1) {
      if (from.take(1) === 1) {
        leading = from.take(6);
        trailing = 64 - leading - (from.take(6) + 1);
        if (trailing < 0) throw new DamagedChunk('a float window is out of range');
      }
      if (trailing >= 32) {
        high ^= shiftLeft(from.take(64 - leading - trailing), trailing - 32);
      } else if (leading >= 32) {
        low ^= shiftLeft(from.take(64 - leading - trailing), trailing);
      } else {
        high ^= from.take(32 - leading);
        low ^= shiftLeft(from.take(32 - trailing), trailing);
      }
    }
    words[i * 2] = low;
    words[i * 2 + 1] = high;
  }
  from.align();
}

const shiftLeft = (word: number, by: number): number => (by >= 32 ? 0 : word << by);
