/**
 * The head: everything that is durable in the write-ahead log and not yet in a day file, per series as compressed
 * chunks, one raw block of the newest samples, and a side buffer of samples that came out of order.
 */
import type { SampleBatch } from '../../flow/series.ts';
import { BitWriter } from './bits.ts';
import { BLOCK_SAMPLES, Blocks, indexOf, pageOf } from './blocks.ts';
import { readChunk, writeChunk } from './chunk.ts';
import { PointBuffer } from './point-buffer.ts';
import { type Address, Slab } from './slab.ts';

const NONE = -1;
/** The high word of the first whole number a float cannot tell from its neighbour, 2^53. */
const WIDE_HIGH_WORD = 0x200000;

/** Which samples may come in: series below `known`, times within from..to; the rest is refused. */
export interface Admission {
  readonly known: number;
  readonly from: number;
  readonly to: number;
}

export class Head {
  readonly #blocks = new Blocks();
  readonly #slab = new Slab();
  readonly #late = new Map<number, PointBuffer>();
  readonly #lastExact = new Map<number, bigint>();
  readonly #out = new BitWriter();
  #block = new Int32Array(0);
  #fill = new Uint8Array(0);
  #firstChunk = new Uint32Array(0);
  #lastChunk = new Uint32Array(0);
  #lastTime = new Float64Array(0);
  #lastValue = new Float64Array(0);
  #lateBytes = 0;
  /** Counters since the start. */
  taken = 0;
  late = 0;
  duplicates = 0;
  refused = 0;
  /** The newest time taken so far, 0 before the first. */
  newest = 0;

  /** Bytes of samples held. */
  get bytes(): number {
    return this.#blocks.bytes + this.#slab.bytes + this.#lateBytes;
  }

  get lateBytes(): number {
    return this.#lateBytes;
  }

  lateSeries(): number[] {
    return [...this.#late.keys()];
  }

  /** Makes room for series below `known`. */
  reserve(known: number): void {
    if (known <= this.#block.length) return;
    const capacity = Math.max(known, Math.ceil(this.#block.length * 1.25), 1_024);
    const held = this.#block.length;
    this.#block = copied(this.#block, new Int32Array(capacity)).fill(NONE, held);
    this.#fill = copied(this.#fill, new Uint8Array(capacity));
    this.#firstChunk = copied(this.#firstChunk, new Uint32Array(capacity));
    this.#lastChunk = copied(this.#lastChunk, new Uint32Array(capacity));
    this.#lastTime = copied(this.#lastTime, new Float64Array(capacity)).fill(NONE, held);
    this.#lastValue = copied(this.#lastValue, new Float64Array(capacity));
  }

  /** Takes the batch in; `reserve` was called for all admitted series. */
  take(batch: SampleBatch, { known, from, to }: Admission): void {
    const { series, times, values } = batch;
    const lastTime = this.#lastTime;
    const lastValue = this.#lastValue;
    const fills = this.#fill;
    const pages = this.#blocks.pages;
    const words = batch.exact === undefined ? undefined : halves(batch.exact);
    let newest = this.newest;
    let taken = 0;
    for (let i = 0; i < series.length; i++) {
      const id = series[i]!;
      const time = Math.floor(times[i]!);
      if (id >= known || !(time >= from && time <= to)) {
        this.refused++;
        continue;
      }
      taken++;
      const exact = words === undefined ? 0n : wideOrZero(words, i);
      const value = words === undefined ? values[i]! : floatOf(words, i, values[i]!);
      if (time <= lastTime[id]!) {
        this.#takeLate(id, { time, value, exact });
        continue;
      }
      const block = this.#roomIn(id);
      const page = pages[pageOf(block)]!;
      const index = indexOf(block) + fills[id]!++;
      page.times[index] = time;
      page.values[index] = value;
      lastTime[id] = time;
      lastValue[id] = value;
      if (exact !== 0n || page.exact !== undefined)
        this.#takeExact(id, { page: pageOf(block), index, exact });
      if (time > newest) newest = time;
    }
    this.newest = newest;
    this.taken += taken;
  }

  /** The block of the series, with room for one more sample. */
  #roomIn(id: number): number {
    let block = this.#block[id]!;
    if (block === NONE) {
      block = this.#blocks.open();
      this.#block[id] = block;
      this.#fill[id] = 0;
    } else if (this.#fill[id] === BLOCK_SAMPLES) {
      this.#compress(id);
    }
    return block;
  }

  #takeExact(id: number, sample: { page: number; index: number; exact: bigint }): void {
    const page = this.#blocks.pages[sample.page]!;
    page.exact ??= new BigUint64Array(page.times.length);
    page.exact[sample.index] = sample.exact;
    this.#rememberExact(id, sample.exact);
  }

  #rememberExact(id: number, exact: bigint): void {
    if (exact !== 0n) this.#lastExact.set(id, exact);
    else this.#lastExact.delete(id);
  }

  #takeLate(id: number, sample: { time: number; value: number; exact: bigint }): void {
    const { time, value, exact } = sample;
    if (time === this.#lastTime[id]) {
      this.duplicates++;
      this.#lastValue[id] = value;
      this.#rememberExact(id, exact);
    } else {
      this.late++;
    }
    const points = this.#late.get(id) ?? new PointBuffer(4);
    if (points.count === 0) this.#late.set(id, points);
    const before = points.count === 0 ? 0 : points.bytes;
    if (exact === 0n) points.push(time, value);
    else points.pushExact(time, exact);
    this.#lateBytes += points.bytes - before;
  }

  /** Turns the raw block of the series into chunks. */
  #compress(id: number): void {
    const block = this.#block[id]!;
    const page = this.#blocks.pages[pageOf(block)]!;
    const start = indexOf(block);
    const end = start + this.#fill[id]!;
    for (let from = start; from < end; ) {
      this.#out.at = 0;
      from += writeChunk(this.#out, {
        times: page.times,
        values: page.values,
        exact: page.exact,
        from,
        to: end,
      });
      this.#chain(id, this.#slab.put(this.#out.bytes.subarray(0, this.#out.at)));
    }
    this.#fill[id] = 0;
  }

  #chain(id: number, address: Address): void {
    const last = this.#lastChunk[id]!;
    if (last === 0) this.#firstChunk[id] = address;
    else this.#slab.link(last, address);
    this.#lastChunk[id] = address;
  }

  /** Appends all samples of the series, oldest arrival class first: the caller normalises. */
  copy(id: number, into: PointBuffer, range?: { readonly from: number; readonly to: number }): void {
    if (id >= this.#block.length) return;
    for (let address = this.#firstChunk[id]!; address !== 0; address = this.#slab.next(address)) {
      readChunk(this.#slab.slot(address), into, range);
    }
    const block = this.#block[id]!;
    if (block !== NONE) this.#copyBlock(block, this.#fill[id]!, into);
    const late = this.#late.get(id);
    if (late !== undefined) into.append(late);
  }

  #copyBlock(block: number, count: number, into: PointBuffer): void {
    const page = this.#blocks.pages[pageOf(block)]!;
    const start = indexOf(block);
    into.reserve(count);
    for (let i = start; i < start + count; i++) {
      const exact = page.exact === undefined ? 0n : page.exact[i]!;
      if (exact === 0n) into.push(page.times[i]!, page.values[i]!);
      else into.pushExact(page.times[i]!, exact);
    }
  }

  /** Forgets the samples of the series, which are in a day file now; its newest sample stays known. */
  release(id: number): void {
    let address = this.#firstChunk[id]!;
    while (address !== 0) {
      const next = this.#slab.next(address);
      this.#slab.release(address);
      address = next;
    }
    this.#firstChunk[id] = 0;
    this.#lastChunk[id] = 0;
    const block = this.#block[id]!;
    if (block !== NONE) this.#blocks.release(block);
    this.#block[id] = NONE;
    this.#fill[id] = 0;
    const late = this.#late.get(id);
    if (late !== undefined) this.#lateBytes -= late.bytes;
    this.#late.delete(id);
  }

  isEmpty(id: number): boolean {
    return (
      id >= this.#block.length ||
      (this.#block[id] === NONE && this.#firstChunk[id] === 0 && !this.#late.has(id))
    );
  }

  /** The newest sample taken since the start, or undefined. */
  last(id: number): { readonly time: number; readonly value: number; readonly exact: bigint } | undefined {
    const time = id < this.#lastTime.length ? this.#lastTime[id]! : NONE;
    if (time < 0) return undefined;
    return { time, value: this.#lastValue[id]!, exact: this.#lastExact.get(id) ?? 0n };
  }

  /** Tells of a newer sample found in a day file. */
  remember(
    id: number,
    sample: { readonly time: number; readonly value: number; readonly exact: bigint },
  ): void {
    this.#lastTime[id] = sample.time;
    this.#lastValue[id] = sample.value;
    this.#rememberExact(id, sample.exact);
  }
}

/** The exact counter where it is above 2^53, else 0n; looks at 32-bit halves, since making a bigint costs more. */
function wideOrZero(words: Uint32Array, index: number): bigint {
  const low = words[index * 2]!;
  const high = words[index * 2 + 1]!;
  if (high < WIDE_HIGH_WORD || (high === WIDE_HIGH_WORD && low === 0)) return 0n;
  return (BigInt(high) << 32n) | BigInt(low);
}

const halves = (exact: BigUint64Array): Uint32Array =>
  new Uint32Array(exact.buffer, exact.byteOffset, exact.length * 2);

/** The exact counter as a float where one is given, else the value. */
function floatOf(words: Uint32Array, index: number, value: number): number {
  const whole = words[index * 2 + 1]! * 4_294_967_296 + words[index * 2]!;
  return whole === 0 ? value : whole;
}

function copied<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
