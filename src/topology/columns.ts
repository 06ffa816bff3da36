/** The compiled network as it lies in memory and on disk: nothing but numbers, and bytes of names. */
import type { NameColumns } from './names.ts';
import type { PlannedWorks } from './records.ts';

export interface Tree {
  /** -1 at a root. */
  readonly parents: Int32Array;
  /** Children of i are `children[starts[i] .. starts[i + 1])`, in plant order. */
  readonly starts: Uint32Array;
  readonly children: Int32Array;
}

/** Lists of numbers, one behind the other: list i is `items[starts[i] .. starts[i + 1])`. */
export interface Lists {
  readonly starts: Uint32Array;
  readonly items: Int32Array;
}

/**
 * Indexes are resources in depth-first order of `access`, each root in the order of the file, then links in the order of
 * the file: what lies below a resource in `access` is one range.
 */
export interface TopologyColumns {
  /** How many indexes are resources. */
  readonly resources: number;
  readonly ids: NameColumns;
  /** Display names by index of resource, empty where there is none. */
  readonly labels: Omit<NameColumns, 'slots'>;
  readonly kinds: readonly string[];
  /** Number of its kind, by index. */
  readonly kind: Uint16Array;
  readonly ownSubscribers: Uint32Array;
  /** Position among siblings; NaN where the file names none. Empty when it names none at all. */
  readonly order: Float64Array;
  /** By name, sorted. */
  readonly trees: ReadonlyMap<string, Tree>;
  /** Two for each link; -1 where the file names an end that does not exist. */
  readonly ends: Int32Array;
  /** What the file calls an end that is a part of that resource, such as `switch-1/if/3`; empty for the resource itself. */
  readonly endNames: Omit<NameColumns, 'slots'>;
  readonly segments: Lists;
  /** Indexes that need others, and how many of which. */
  readonly needy: Int32Array;
  readonly atLeast: Uint32Array;
  readonly needs: Lists;
  readonly serviceRoots: Int32Array;
  readonly planned: readonly PlannedWorks[];
}

/** A row of numbers that grows. */
export class NumberRow {
  #numbers = new Int32Array(64);
  length = 0;

  push(number: number): void {
    if (this.length === this.#numbers.length) {
      const larger = new Int32Array(this.length * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.length++] = number;
  }

  at(place: number): number {
    return this.#numbers[place]!;
  }

  /** Valid until the next is pushed. */
  get all(): Int32Array {
    return this.#numbers.subarray(0, this.length);
  }
}
