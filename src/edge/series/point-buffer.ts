/** Growing columns of samples of one series: what chunks are decoded into, merged in and encoded from. */
import type { Points } from '../../flow/series.ts';

/**
 * Times are whole milliseconds. A NaN value is a gap. `exact`, once present, holds the counter where it is above
 * 2^53 and 0n elsewhere; `values` then holds the nearest float.
 */
export class PointBuffer {
  times: Float64Array;
  values: Float64Array;
  exact: BigUint64Array | undefined;
  count = 0;

  constructor(capacity: number) {
    this.times = new Float64Array(capacity);
    this.values = new Float64Array(capacity);
  }

  get bytes(): number {
    return this.times.length * (this.exact === undefined ? 16 : 24);
  }

  /** Makes room for `more` points behind those held. */
  reserve(more: number): void {
    const needed = this.count + more;
    if (needed <= this.times.length) return;
    const capacity = Math.max(needed, Math.ceil(this.times.length * 1.5));
    this.times = grown(this.times, capacity);
    this.values = grown(this.values, capacity);
    if (this.exact !== undefined) {
      const exact = new BigUint64Array(capacity);
      exact.set(this.exact);
      this.exact = exact;
    }
  }

  push(time: number, value: number): void {
    this.reserve(1);
    this.times[this.count] = time;
    this.values[this.count] = value;
    if (this.exact !== undefined) this.exact[this.count] = 0n;
    this.count++;
  }

  pushExact(time: number, exact: bigint): void {
    this.push(time, Number(exact));
    this.exactColumn()[this.count - 1] = exact;
  }

  /** The exact column, made when first needed. */
  exactColumn(): BigUint64Array {
    this.exact ??= new BigUint64Array(this.times.length);
    return this.exact;
  }

  append(from: PointBuffer): void {
    this.reserve(from.count);
    this.times.set(from.times.subarray(0, from.count), this.count);
    this.values.set(from.values.subarray(0, from.count), this.count);
    if (from.exact !== undefined) this.exactColumn().set(from.exact.subarray(0, from.count), this.count);
    else this.exact?.fill(0n, this.count, this.count + from.count);
    this.count += from.count;
  }

  clear(): void {
    this.count = 0;
    this.exact = undefined;
  }

  /**
   * Brings the points into strict time order. Of several points at one time the one pushed last stays, so sources
   * are appended oldest first.
   */
  normalise(): void {
    if (this.#isAscending()) return;
    const order = Uint32Array.from({ length: this.count }, (_, index) => index);
    const { times, values, exact } = this;
    order.sort((a, b) => times[a]! - times[b]! || a - b);
    const sorted = new PointBuffer(this.count);
    for (let i = 0; i < order.length; i++) {
      const index = order[i]!;
      if (i + 1 < order.length && times[order[i + 1]!] === times[index]) continue;
      const whole = exact?.[index] ?? 0n;
      if (whole === 0n) sorted.push(times[index]!, values[index]!);
      else sorted.pushExact(times[index]!, whole);
    }
    this.times = sorted.times;
    this.values = sorted.values;
    this.exact = sorted.exact;
    this.count = sorted.count;
  }

  #isAscending(): boolean {
    const times = this.times;
    for (let i = 1; i < this.count; i++) if (times[i]! <= times[i - 1]!) return false;
    return true;
  }

  /** First index whose time is >= `time`; the points must be in order. */
  indexAt(time: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.times[middle]! < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** A copy of the points from <= time < to, with the exact column when the series is a counter. */
  points(range: { readonly from: number; readonly to: number; readonly isCounter: boolean }): Points {
    const start = this.indexAt(range.from);
    const end = Math.max(start, this.indexAt(range.to));
    const times = this.times.slice(start, end);
    const values = this.values.slice(start, end);
    if (!range.isCounter) return { times, values };
    const exact = new BigUint64Array(end - start);
    for (let i = start; i < end; i++) exact[i - start] = exactOf(this.values[i]!, this.exact?.[i] ?? 0n);
    return { times, values, exact };
  }
}

/** The counter as a whole number; a gap, and what never was a counter value, is 0n. */
export function exactOf(value: number, exact: bigint): bigint {
  if (exact !== 0n) return exact;
  if (!(value >= 1)) return 0n;
  return value >= 2 ** 64 ? 2n ** 64n - 1n : BigInt(Math.trunc(value));
}

function grown(column: Float64Array, capacity: number): Float64Array {
  const larger = new Float64Array(capacity);
  larger.set(column);
  return larger;
}
