/** Ids as numbers: the bytes of all of them in one row, found by open addressing; a Map of a million strings takes 190 MB. */

export interface NameColumns {
  /** UTF-8 of all names, one behind the other. */
  readonly bytes: Uint8Array;
  /** Name i is `bytes[starts[i] .. starts[i + 1])`. */
  readonly starts: Uint32Array;
  /** Hash table of numbers + 1, 0 where empty; its length is a power of two. */
  readonly slots: Uint32Array;
}

/** Longest name, in UTF-16 units. */
export const nameLimit = 512;
/** More names, or more bytes of names, than any network has: a file that brings them is hostile. */
const countLimit = 1 << 24;
const byteLimit = 1 << 30;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const scratch = new Uint8Array(nameLimit * 3);

/** Bytes of `name` in `scratch`; -1 when it is longer than any name. */
function encoded(name: string): number {
  const { length } = name;
  if (length > nameLimit) return -1;
  for (let i = 0; i < length; i++) {
    const unit = name.charCodeAt(i);
    if (unit > 127) return encoder.encodeInto(name, scratch).written;
    scratch[i] = unit;
  }
  return length;
}

function hashed(bytes: Uint8Array, from: number, to: number): number {
  // FNV-1a, then a mix, since the table takes the low bits.
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** The slot that holds the `length` bytes of `scratch`, or the empty one where they belong. */
function slotOf({ bytes, starts, slots }: NameColumns, length: number): number {
  const mask = slots.length - 1;
  for (let slot = hashed(scratch, 0, length) & mask; ; slot = (slot + 1) & mask) {
    const name = slots[slot]! - 1;
    if (name < 0) return slot;
    const start = starts[name]!;
    if (starts[name + 1]! - start !== length) continue;
    let at = 0;
    while (at < length && bytes[start + at] === scratch[at]) at++;
    if (at === length) return slot;
  }
}

/** -1 when there is none of that name. */
export function numberOf(columns: NameColumns, name: string): number {
  const length = encoded(name);
  return length <= 0 ? -1 : columns.slots[slotOf(columns, length)]! - 1;
}

export function textOf({ bytes, starts }: Omit<NameColumns, 'slots'>, number: number): string {
  return decoder.decode(bytes.subarray(starts[number], starts[number + 1]));
}

/** Order of the bytes, which is that of the code points. */
export function compareNames({ bytes, starts }: Omit<NameColumns, 'slots'>, a: number, b: number): number {
  const endA = starts[a + 1]!;
  const endB = starts[b + 1]!;
  for (let i = starts[a]!, k = starts[b]!; ; i++, k++) {
    if (i === endA || k === endB) return endA - i - (endB - k);
    const difference = bytes[i]! - bytes[k]!;
    if (difference !== 0) return difference;
  }
}

/** Texts one behind the other, without a way to find them. */
export class TextRow {
  #bytes: Uint8Array = new Uint8Array(1 << 12);
  #starts: Uint32Array = new Uint32Array(1 << 8);
  count = 0;

  /** Its number; -1 when there is no room for more. */
  add(text: string): number {
    const length = encoded(text);
    return length < 0 ? -1 : this.addScratch(length);
  }

  /** Takes the first bytes of `scratch`. */
  addScratch(length: number): number {
    const end = this.#starts[this.count]! + length;
    if (this.count >= countLimit || end > byteLimit) return -1;
    this.#bytes = withRoom(this.#bytes, end);
    this.#starts = withRoom(this.#starts, this.count + 2);
    this.#bytes.set(scratch.subarray(0, length), end - length);
    this.#starts[++this.count] = end;
    return this.count - 1;
  }

  /** Valid until the next is added. */
  get columns(): Omit<NameColumns, 'slots'> {
    return { bytes: this.#bytes, starts: this.#starts };
  }

  /** All of them, in arrays of exactly that size. */
  whole(): { readonly bytes: Uint8Array; readonly starts: Uint32Array } {
    const starts = this.#starts.slice(0, this.count + 1);
    return { bytes: this.#bytes.slice(0, starts[this.count]), starts };
  }

  /** Those numbers in that order, -1 standing for an empty text, in arrays of exactly that size. */
  inOrder(order: Int32Array): { readonly bytes: Uint8Array; readonly starts: Uint32Array } {
    const starts = new Uint32Array(order.length + 1);
    for (let i = 0; i < order.length; i++) {
      const from = order[i]!;
      starts[i + 1] = starts[i]! + (from < 0 ? 0 : this.#starts[from + 1]! - this.#starts[from]!);
    }
    const bytes = new Uint8Array(starts[order.length]!);
    for (let i = 0; i < order.length; i++) {
      const from = order[i]!;
      if (from >= 0)
        copyBytes(
          this.#bytes,
          { from: this.#starts[from]!, to: this.#starts[from + 1]! },
          { bytes, at: starts[i]! },
        );
    }
    return { bytes, starts };
  }
}

/** Names are short: a call of `set` with a view of each would take ten times as long. */
function copyBytes(
  source: Uint8Array,
  { from, to }: { readonly from: number; readonly to: number },
  { bytes, at }: { readonly bytes: Uint8Array; readonly at: number },
): void {
  for (let i = from, k = at; i < to; i++, k++) bytes[k] = source[i]!;
}

/** A table of names that grows. */
export class NameTable {
  readonly #row = new TextRow();
  #slots = new Uint32Array(1 << 10);

  get count(): number {
    return this.#row.count;
  }

  /** The number it has, else a new one; -1 when there is no room for more. */
  claim(name: string): number {
    const length = encoded(name);
    if (length <= 0) return -1;
    const { bytes, starts } = this.#row.columns;
    const slot = slotOf({ bytes, starts, slots: this.#slots }, length);
    const known = this.#slots[slot]! - 1;
    if (known >= 0) return known;
    const number = this.#row.addScratch(length);
    this.#slots[slot] = number + 1;
    if (this.count * 2 > this.#slots.length) this.#slots = slotsFor(this.#row.columns, this.count);
    return number;
  }

  /** -1 when it was never claimed. */
  numberOf(name: string): number {
    return numberOf({ ...this.#row.columns, slots: this.#slots }, name);
  }

  textOf(number: number): string {
    return textOf(this.#row.columns, number);
  }

  compare(a: number, b: number): number {
    return compareNames(this.#row.columns, a, b);
  }

  /** Those names alone, renumbered in that order. */
  inOrder(order: Int32Array): NameColumns {
    const { bytes, starts } = this.#row.inOrder(order);
    return { bytes, starts, slots: slotsFor({ bytes, starts }, order.length) };
  }
}

/** A table at most half full of names that are all different. */
function slotsFor({ bytes, starts }: Omit<NameColumns, 'slots'>, count: number): Uint32Array<ArrayBuffer> {
  let size = 1 << 10;
  while (size < count * 2) size *= 2;
  const slots = new Uint32Array(size);
  const mask = slots.length - 1;
  for (let name = 0; name < count; name++) {
    let slot = hashed(bytes, starts[name]!, starts[name + 1]!) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = name + 1;
  }
  return slots;
}

/** The same column, or a copy of it with room for twice as much. */
export function withRoom<T extends Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array>(
  column: T,
  length: number,
  fill = 0,
): T {
  if (length <= column.length) return column;
  const Column = column.constructor as new (length: number) => T;
  const larger = new Column(Math.max(length, column.length * 2));
  larger.set(column as never);
  if (fill !== 0) larger.fill(fill as never, column.length);
  return larger;
}
