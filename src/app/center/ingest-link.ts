/** The line's end of the way from the ingest: takes records of its spool, confirms what the journal has. */
import type { Applied } from '../../flow/change.ts';
import type { ObservationInput } from '../../flow/input.ts';
import type { Running } from '../../flow/running.ts';

/** What ingest sends; every record brings at least one input. */
export interface RecordsMessage {
  readonly kind: 'records';
  readonly spool: string;
  readonly inputs: readonly ObservationInput[];
}

export type FromIngest = { readonly kind: 'hello'; readonly spool: string } | RecordsMessage | CountersMessage;

export interface CountersMessage {
  readonly kind: 'counters';
  readonly counters: Readonly<Record<string, number>>;
}

/** `from`: the first offset the line does not have; ingest sends from there. */
export type ToIngest =
  | { readonly kind: 'sendFrom'; readonly spool: string; readonly offset: number }
  | { readonly kind: 'confirmed'; readonly spool: string; readonly offset: number };

export class IngestLink {
  readonly #running: Running;
  readonly #spoolOffset: (spool: string) => number;
  readonly #send: (message: ToIngest) => void;
  readonly #confirmed = new Map<string, number>();
  #counters: Readonly<Record<string, number>> = {};
  /** True after a refusal: what follows would leave a hole, so it is dropped until ingest starts again. */
  #hasGap = false;

  constructor(options: {
    readonly running: Running;
    readonly spoolOffset: (spool: string) => number;
    readonly send: (message: ToIngest) => void;
  }) {
    this.#running = options.running;
    this.#spoolOffset = options.spoolOffset;
    this.#send = options.send;
  }

  get counters(): Readonly<Record<string, number>> {
    return this.#counters;
  }

  take(message: FromIngest): void {
    switch (message.kind) {
      case 'hello':
        return this.#sendFrom(message.spool);
      case 'records':
        return this.#takeRecords(message);
      case 'counters':
        this.#counters = message.counters;
        return;
    }
  }

  /** The batch is durable: what it carried of a spool may be cut there. */
  delivered(batch: readonly Applied[]): void {
    if (this.#hasGap && this.#running.waiting === 0) {
      this.#hasGap = false;
      for (const spool of this.#confirmed.keys()) this.#sendFrom(spool);
    }
    const reached = new Map<string, number>();
    // The line may be ahead of what is durable, so the batch says how far its spools are safe.
    for (const { spool } of batch) if (spool !== undefined) reached.set(spool.id, spool.offset);
    for (const [spool, offset] of reached) {
      if (offset <= (this.#confirmed.get(spool) ?? 0)) continue;
      this.#confirmed.set(spool, offset);
      this.#send({ kind: 'confirmed', spool, offset });
    }
  }

  #sendFrom(spool: string): void {
    const offset = this.#spoolOffset(spool);
    this.#confirmed.set(spool, offset);
    this.#send({ kind: 'sendFrom', spool, offset: offset + 1 });
  }

  #takeRecords({ spool, inputs }: RecordsMessage): void {
    if (!this.#confirmed.has(spool)) this.#confirmed.set(spool, this.#spoolOffset(spool));
    if (this.#hasGap) return;
    for (const input of inputs) {
      if (this.#running.offer(input)) continue;
      // Lateness, never loss: the spool keeps what the full queue refused (design L19).
      this.#hasGap = true;
      return;
    }
  }
}
