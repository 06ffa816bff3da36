/** Ingest's end of the way to the line: hands on what the spool holds, in order, and cuts what is confirmed. */
import type { World } from '../../base/world.ts';
import type { Spool } from '../../edge/journal/spool.ts';
import type { RecordsMessage } from '../center/ingest-link.ts';

/** Records on their way to the line at most; what is above waits in the spool. */
const window = 10_000;
const batchRecords = 500;

export class SpoolFeed {
  readonly #spool: Spool;
  readonly #send: (message: RecordsMessage) => void;
  readonly #world: World;
  #next = 0;
  /** What follows the last record handed on; behind `#next` only where the spool has lost records. */
  #handed = 0;
  #confirmed = 0;
  #isLinked = false;
  #isReading = false;
  /** Rises with every new start, so that a reader of before stops. */
  #run = 0;

  constructor(options: {
    readonly spool: Spool;
    readonly send: (message: RecordsMessage) => void;
    readonly world: World;
  }) {
    this.#spool = options.spool;
    this.#send = options.send;
    this.#world = options.world;
  }

  /** The line wants everything from this offset on. */
  sendFrom(offset: number): void {
    this.#isLinked = true;
    this.#run++;
    this.#isReading = false;
    // What was confirmed is kept for reading again, not for the line: a fresh journal must not raise last week's alarms.
    const from = Math.max(offset, this.#spool.confirmed + 1);
    this.#next = from;
    this.#handed = offset;
    this.#confirmed = from - 1;
    void this.#read();
  }

  /** Fresh records became durable: handed on at once when nothing older waits. */
  appended(first: number, records: readonly Uint8Array[]): void {
    if (!this.#isLinked || this.#isReading) return;
    if (this.#next !== first || this.#hasFullWindow) return void this.#read();
    this.#hand(records.map((bytes, index) => ({ offset: first + index, bytes })));
  }

  confirmed(offset: number): void {
    this.#confirmed = Math.max(this.#confirmed, offset);
    this.#spool.confirm(offset).catch((error: unknown) => {
      this.#world.log.error('the spool could not be cut', { error: String(error) });
    });
    void this.#read();
  }

  get #hasFullWindow(): boolean {
    return this.#next - this.#confirmed > window;
  }

  async #read(): Promise<void> {
    if (this.#isReading || !this.#isLinked) return;
    this.#isReading = true;
    const run = this.#run;
    try {
      while (run === this.#run && this.#next <= this.#spool.lastOffset && !this.#hasFullWindow) {
        const last = this.#spool.lastOffset;
        const before = this.#next;
        await this.#readBatch(run);
        // Damage has cost all that was left: waiting for it would never end.
        if (run === this.#run && this.#next === before) this.#next = last + 1;
      }
    } finally {
      if (run === this.#run) this.#isReading = false;
    }
  }

  async #readBatch(run: number): Promise<void> {
    let batch: { offset: number; bytes: Uint8Array }[] = [];
    for await (const { offset, bytes } of this.#spool.read(this.#next)) {
      if (run !== this.#run) return;
      const last = batch.at(-1);
      const isBehindHole = last !== undefined && offset !== last.offset + 1;
      if (isBehindHole || batch.length === batchRecords) {
        this.#hand(batch);
        batch = [];
        if (this.#hasFullWindow) return;
      }
      batch.push({ offset, bytes });
    }
    if (batch.length > 0 && run === this.#run) this.#hand(batch);
  }

  #hand(records: readonly { readonly offset: number; readonly bytes: Uint8Array }[]): void {
    const from = this.#handed;
    const first = records[0]!.offset;
    this.#next = records.at(-1)!.offset + 1;
    this.#handed = this.#next;
    const bytes = records.map((record) => record.bytes);
    this.#send({ kind: 'records', spool: this.#spool.id, from, first, records: bytes });
  }
}
