/** Pages of memory for small chunks that live about an hour: a page is used again once all its chunks are released. */
import { assert } from '../../base/fault.ts';
import type { Slot } from './chunk.ts';

const PAGE_BYTES = 256 * 1024;
/** Address of the next chunk of the series (4 bytes) and length (2 bytes) stand before each chunk. */
const HEAD_BYTES = 6;

/** Where a chunk lies; 0 is none. */
export type Address = number;

export class Slab {
  readonly #pages: Uint8Array[] = [];
  readonly #live: number[] = [];
  readonly #free: number[] = [];
  #page = -1;
  #at = PAGE_BYTES;

  /** Bytes of pages that hold chunks. */
  get bytes(): number {
    const isEmpty = this.#page >= 0 && this.#live[this.#page] === 0;
    return (this.#pages.length - this.#free.length - (isEmpty ? 1 : 0)) * PAGE_BYTES;
  }

  /** Copies the chunk in. */
  put(chunk: Uint8Array): Address {
    const size = HEAD_BYTES + chunk.length;
    assert(size < PAGE_BYTES, 'a chunk larger than a page');
    if (this.#at + size > PAGE_BYTES) this.#turnPage();
    const page = this.#pages[this.#page]!;
    const at = this.#at;
    page.fill(0, at, at + 4);
    page[at + 4] = chunk.length;
    page[at + 5] = chunk.length >>> 8;
    page.set(chunk, at + HEAD_BYTES);
    this.#at += size;
    this.#live[this.#page]!++;
    return this.#page * PAGE_BYTES + at;
  }

  link(address: Address, next: Address): void {
    const { page, at } = this.#place(address);
    page[at] = next;
    page[at + 1] = next >>> 8;
    page[at + 2] = next >>> 16;
    page[at + 3] = next >>> 24;
  }

  next(address: Address): Address {
    const { page, at } = this.#place(address);
    return (page[at]! | (page[at + 1]! << 8) | (page[at + 2]! << 16) | (page[at + 3]! << 24)) >>> 0;
  }

  slot(address: Address): Slot {
    const { page, at } = this.#place(address);
    const length = page[at + 4]! + page[at + 5]! * 256;
    return { bytes: page, from: at + HEAD_BYTES, to: at + HEAD_BYTES + length };
  }

  release(address: Address): void {
    const index = Math.floor(address / PAGE_BYTES);
    this.#live[index]!--;
    if (this.#live[index] === 0 && index !== this.#page) this.#free.push(index);
  }

  #place(address: Address): { page: Uint8Array; at: number } {
    return { page: this.#pages[Math.floor(address / PAGE_BYTES)]!, at: address % PAGE_BYTES };
  }

  #turnPage(): void {
    if (this.#page >= 0 && this.#live[this.#page] === 0) this.#free.push(this.#page);
    const free = this.#free.pop();
    if (free === undefined) {
      this.#pages.push(new Uint8Array(PAGE_BYTES));
      this.#live.push(0);
    }
    this.#page = free ?? this.#pages.length - 1;
    // Address 0 means none.
    this.#at = this.#page === 0 ? HEAD_BYTES : 0;
  }
}
