/** Raw blocks: the newest few samples of each series, not yet compressed, in pages of typed arrays. */

/** Samples of one block. */
export const BLOCK_SAMPLES = 32;
const PAGE_BLOCKS = 512;
const PAGE_SHIFT = 9;
const BLOCK_SHIFT = 5;
const BLOCK_BYTES = BLOCK_SAMPLES * 16;

/** One page of blocks as columns; `exact` is made when the first counter above 2^53 arrives. */
export interface BlockPage {
  readonly times: Float64Array;
  readonly values: Float64Array;
  exact: BigUint64Array | undefined;
}

export class Blocks {
  readonly pages: BlockPage[] = [];
  readonly #free: number[] = [];
  #used = 0;

  /** Bytes of blocks in use. */
  get bytes(): number {
    return this.#used * BLOCK_BYTES;
  }

  /** The number of a block nobody uses. */
  open(): number {
    this.#used++;
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const first = this.pages.length * PAGE_BLOCKS;
    const samples = PAGE_BLOCKS * BLOCK_SAMPLES;
    this.pages.push({
      times: new Float64Array(samples),
      values: new Float64Array(samples),
      exact: undefined,
    });
    for (let block = first + PAGE_BLOCKS - 1; block > first; block--) this.#free.push(block);
    return first;
  }

  release(block: number): void {
    this.#used--;
    this.#free.push(block);
  }
}

export const pageOf = (block: number): number => block >> PAGE_SHIFT;
/** Index of the block's first sample in the columns of its page. */
export const indexOf = (block: number): number => (block & (PAGE_BLOCKS - 1)) << BLOCK_SHIFT;
