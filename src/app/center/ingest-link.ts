/** The line's end of the way from the ingest: takes records of its spool, confirms what the journal has. */
import type { Detection } from '../../detect/detect.ts';
import type { Applied } from '../../flow/change.ts';
import type { ObservationInput } from '../../flow/input.ts';
import type { Running } from '../../flow/running.ts';
import { type DeviceOf, meaningOfSpooled } from './spooled.ts';

export interface RecordsMessage {
  readonly kind: 'records';
  readonly spool: string;
  /** Offset of the first; the others follow without a hole. */
  readonly first: number;
  readonly records: readonly Uint8Array[];
}

export interface CountersMessage {
  readonly kind: 'counters';
  readonly counters: Readonly<Record<string, number>>;
}

export type FromIngest =
  | { readonly kind: 'hello'; readonly spool: string }
  | RecordsMessage
  | CountersMessage;

export type ToIngest =
  | { readonly kind: 'whoAreYou' }
  /** The first offset the line does not have; ingest sends from there. */
  | { readonly kind: 'sendFrom'; readonly spool: string; readonly offset: number }
  | { readonly kind: 'confirmed'; readonly spool: string; readonly offset: number };

export interface IngestLinkOptions {
  readonly running: Running;
  readonly detection: Detection;
  readonly deviceOf: DeviceOf;
  readonly spoolOffset: (spool: string) => number;
  readonly send: (message: ToIngest) => void;
}

export class IngestLink {
  readonly #options: IngestLinkOptions;
  readonly #confirmed = new Map<string, number>();
  #counters: Readonly<Record<string, number>> = {};
  /** True after a refusal: what follows would leave a hole, so it is dropped until ingest starts again. */
  #hasGap = false;

  constructor(options: IngestLinkOptions) {
    this.#options = options;
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
    if (this.#hasGap && this.#options.running.waiting === 0) {
      this.#hasGap = false;
      for (const spool of this.#confirmed.keys()) this.#sendFrom(spool);
    }
    const reached = new Map<string, number>();
    // The line may be ahead of what is durable, so the batch says how far its spools are safe.
    for (const { spool } of batch) if (spool !== undefined) reached.set(spool.id, spool.offset);
    for (const [spool, offset] of reached) {
      if (offset <= (this.#confirmed.get(spool) ?? 0)) continue;
      this.#confirmed.set(spool, offset);
      this.#options.send({ kind: 'confirmed', spool, offset });
    }
  }

  #sendFrom(spool: string): void {
    const offset = this.#options.spoolOffset(spool);
    this.#confirmed.set(spool, offset);
    this.#options.send({ kind: 'sendFrom', spool, offset: offset + 1 });
  }

  #takeRecords({ spool, first, records }: RecordsMessage): void {
    if (this.#hasGap) return;
    for (const [index, bytes] of records.entries()) {
      const inputs = this.#inputsOf(bytes, { id: spool, offset: first + index });
      for (const input of inputs) {
        if (this.#options.running.offer(input)) continue;
        // Lateness, never loss: the spool keeps what the full queue refused (design L19).
        this.#hasGap = true;
        return;
      }
    }
  }

  /** At least one input a record, so that everything acknowledged is in the journal; the last one marks it as taken. */
  #inputsOf(bytes: Uint8Array, spool: NonNullable<ObservationInput['spool']>): ObservationInput[] {
    const { observations, evidence } = meaningOfSpooled(bytes, this.#options);
    return observations.map((observation, index) => ({
      kind: 'observation',
      observation,
      evidence: index === 0 ? evidence : undefined,
      spool: index === observations.length - 1 ? spool : undefined,
    }));
  }
}
