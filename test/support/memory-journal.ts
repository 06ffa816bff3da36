/** A journal in memory whose disk obeys the test: it may wait, break, or end anywhere. */
import type { Journal, JournalRecord } from '../../src/flow/journal.ts';

export class MemoryJournal implements Journal {
  readonly records: Uint8Array[];
  /** Records of each append, oldest first. */
  readonly batches: number[] = [];
  /** While true, nothing becomes durable until `release`. */
  isSlow = false;
  #failure: Error | undefined;
  #waiting: (() => void)[] = [];

  constructor(records: readonly Uint8Array[] = []) {
    this.records = [...records];
  }

  get lastSequence(): number {
    return this.records.length;
  }

  /** From now on every append rejects, those that still wait included. */
  breakDown(): void {
    this.#failure = new Error('no space left on device');
    this.release();
  }

  release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const go of waiting) go();
  }

  async append(records: readonly Uint8Array[]): Promise<number> {
    if (this.isSlow) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#failure !== undefined) throw this.#failure;
    this.records.push(...records);
    this.batches.push(records.length);
    return this.records.length;
  }

  async *read(from: number): AsyncGenerator<JournalRecord> {
    for (const [at, bytes] of this.records.slice(from - 1).entries()) yield { sequence: from + at, bytes };
  }

  async trim(): Promise<number> {
    return 0;
  }

  async close(): Promise<void> {}
}
