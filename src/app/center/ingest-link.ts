/** The line's end of the way from the ingest: takes records of its spool, confirms what the journal has. */
import { neverHappens } from '../../base/fault.ts';
import { seconds } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import type { Detection } from '../../detect/detect.ts';
import type { Applied } from '../../flow/applied.ts';
import type { ObservationInput } from '../../flow/input.ts';
import type { Running } from '../../flow/running.ts';
import type { InForce } from '../processes/messages.ts';
import { FloodWatch, type ShedMessages } from './flood-watch.ts';
import { type DeviceOf, meaningOfSpooled } from './spooled.ts';

export interface RecordsMessage {
  readonly kind: 'records';
  readonly spool: string;
  /** The first offset that was not handed on before; the spool has lost what lies between it and `first`. */
  readonly from: number;
  /** Offset of the first; the others follow without a hole. */
  readonly first: number;
  readonly records: readonly Uint8Array[];
}

interface CountersMessage {
  readonly kind: 'counters';
  readonly counters: Readonly<Record<string, number>>;
  /** Whose messages were thrown away since the last of these. */
  readonly shed: readonly ShedMessages[];
}

export type FromIngest =
  | { readonly kind: 'hello'; readonly spool: string }
  | RecordsMessage
  | CountersMessage
  /** Who may send is changed; `problem` says why it is not. */
  | { readonly kind: 'reloaded'; readonly problem?: string | undefined };

export type ToIngest =
  /** Who may send is changed to what these texts say. */
  | { readonly kind: 'reload'; readonly inForce: InForce }
  | { readonly kind: 'whoAreYou' }
  /** The first offset the line does not have; ingest sends from there. */
  | { readonly kind: 'sendFrom'; readonly spool: string; readonly offset: number }
  | { readonly kind: 'confirmed'; readonly spool: string; readonly offset: number };

export interface IngestLinkOptions {
  readonly running: Running;
  readonly detection: Detection;
  readonly deviceOf: DeviceOf;
  /** A message spoke of this device: it wants to be asked now. */
  readonly onHint: (device: string) => void;
  /** A message said that its parts or neighbours changed: it wants to be read whole. */
  readonly onChange: (device: string) => void;
  readonly spoolOffset: (spool: string) => number;
  readonly send: (message: ToIngest) => void;
  readonly world: World;
}

const reloadWithin = seconds(10);
/** Inputs that may still wait when what was refused is asked for again. */
const waitingBeforeResend = 10_000;

export class IngestLink {
  readonly #options: IngestLinkOptions;
  readonly #confirmed = new Map<string, number>();
  /**
   * The next offset to take of each spool that said hello. What comes behind it (sent before the ingest was told where
   * to go on) would leave a hole that nobody fills again, because the line drops everything below its last offset.
   */
  readonly #next = new Map<string, number>();
  #counters: Readonly<Record<string, number>> = {};
  readonly #floods: FloodWatch;
  /** True after a refusal, until the ingest is asked for it again. */
  #hasGap = false;
  #unreadable = 0;
  /** Messages that may be of several devices behind one address. */
  #ambiguous = 0;
  #onReloaded: (problem: string | undefined) => void = () => undefined;

  constructor(options: IngestLinkOptions) {
    this.#options = options;
    const { running, deviceOf, world } = options;
    this.#floods = new FloodWatch({ offer: (input) => running.offer(input), deviceOf, world });
  }

  get counters(): Readonly<Record<string, number>> {
    const { counters } = this.#floods;
    return {
      ...this.#counters,
      ...counters,
      spoolUnreadable: this.#unreadable,
      messagesAmbiguous: this.#ambiguous,
    };
  }

  /** Resolves with why the ingest could not, or undefined. */
  reload(inForce: InForce): Promise<string | undefined> {
    const { send, world } = this.#options;
    return new Promise((resolve) => {
      const patience = world.after(reloadWithin, () => resolve('the ingest did not answer'));
      this.#onReloaded = (problem) => {
        patience.cancel();
        resolve(problem);
      };
      send({ kind: 'reload', inForce });
    });
  }

  take(message: FromIngest): void {
    switch (message.kind) {
      case 'reloaded':
        return this.#onReloaded(message.problem);
      case 'hello':
        // An ingest that was started again has read what is in force.
        this.#onReloaded(undefined);
        return this.#sendFrom(message.spool);
      case 'records':
        return this.#takeRecords(message);
      case 'counters':
        this.#counters = message.counters;
        this.#floods.take(message.shed);
        return;
      default:
        return neverHappens(message);
    }
  }

  /** The batch is durable: what it carried of a spool may be cut there. */
  delivered(batch: readonly Applied[]): void {
    if (this.#hasGap && this.#options.running.waiting < waitingBeforeResend) {
      this.#hasGap = false;
      for (const spool of this.#next.keys()) this.#sendFrom(spool);
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
    let offset = this.#next.get(spool);
    if (offset === undefined) {
      // Nothing of it was taken since the start, so all that the line has of it is durable.
      const known = this.#options.spoolOffset(spool);
      this.#confirmed.set(spool, known);
      offset = known + 1;
      this.#next.set(spool, offset);
    }
    this.#options.send({ kind: 'sendFrom', spool, offset });
    const confirmed = this.#confirmed.get(spool) ?? 0;
    if (confirmed > 0) this.#options.send({ kind: 'confirmed', spool, offset: confirmed });
  }

  #takeRecords({ spool, from, first, records }: RecordsMessage): void {
    const next = this.#next.get(spool);
    if (next === undefined || from > next) return;
    for (const [index, bytes] of records.entries()) {
      const offset = first + index;
      if (offset < next) continue;
      const inputs = this.#readable(bytes, { id: spool, offset });
      if (!inputs.every((input) => this.#options.running.offer(input))) {
        // Lateness, never loss: the spool keeps what the full queue refused (design L19).
        this.#hasGap = true;
        return;
      }
      this.#next.set(spool, offset + 1);
    }
  }

  /** One record that cannot be read must not end the centre again at each of its starts: counted, logged, passed over. */
  #readable(bytes: Uint8Array, spool: NonNullable<ObservationInput['spool']>): ObservationInput[] {
    try {
      return this.#inputsOf(bytes, spool);
    } catch (error) {
      this.#unreadable++;
      this.#options.world.log.error('a spooled record was left out', { ...spool, error: String(error) });
      return [];
    }
  }

  /** At least one input a record, so that everything acknowledged is in the journal; the last one marks it as taken. */
  #inputsOf(bytes: Uint8Array, spool: NonNullable<ObservationInput['spool']>): ObservationInput[] {
    const { observations, evidence, changed, doubt } = meaningOfSpooled(bytes, this.#options);
    for (const device of changed) this.#options.onChange(device);
    if (doubt.length > 0) {
      this.#ambiguous++;
      if (observations.some(({ event }) => event !== 'alive'))
        for (const device of doubt) this.#options.onHint(device);
    }
    // A message is a hint: the next poll decides, and it comes at once.
    for (const { event, device } of observations) {
      if (doubt.length === 0 && device !== undefined && event !== 'alive') this.#options.onHint(device);
    }
    return observations.map((observation, index) => ({
      kind: 'observation',
      observation,
      evidence: index === 0 ? evidence : undefined,
      spool: index === observations.length - 1 ? spool : undefined,
    }));
  }
}
