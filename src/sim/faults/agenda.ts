/** What happens next: a heap of instants and acts; ties in the order of entering. */
interface Entry {
  readonly at: number;
  readonly order: number;
  readonly run: (at: number) => void;
}

export class Agenda {
  readonly #heap: Entry[] = [];
  #entered = 0;

  /** `at` in ms after the beginning. */
  enter(at: number, run: (at: number) => void): void {
    const heap = this.#heap;
    const entry = { at, order: this.#entered++, run };
    let place = heap.push(entry) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (isBefore(heap[above]!, entry)) break;
      heap[place] = heap[above]!;
      place = above;
    }
    heap[place] = entry;
  }

  /** Everything due, and what that enters, until nothing is left. */
  runAll(): void {
    for (let next = this.#take(); next !== undefined; next = this.#take()) next.run(next.at);
  }

  #take(): Entry | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below++;
      if (!isBefore(heap[below]!, last)) break;
      heap[place] = heap[below]!;
      place = below;
    }
    heap[place] = last;
    return top;
  }
}

const isBefore = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
