/**
 * Runs the line on a journal: inputs are numbered, dated, made durable and applied in order; what they caused is handed
 * on only when durable (design L3). The one place where inputs, journal and line meet.
 */
import { BoundedQueue } from '../base/bounded-queue.ts';
import { Fault } from '../base/fault.ts';
import { type Instant, instant, milliseconds } from '../base/instant.ts';
import type { Wake, World } from '../base/world.ts';
import type { Applied } from './applied.ts';
import type { Input, Rest } from './input.ts';
import type { Journal } from './journal.ts';
import type { Line } from './line.ts';
import type { LineSnapshot } from './line-snapshot.ts';
import { encodeInput } from './record.ts';

export interface RunningOptions {
  readonly line: Line;
  readonly journal: Journal;
  readonly world: World;
  /** Called in order with durable batches only; the next batch waits for it. Its failure stops the line. */
  readonly deliver: (batch: readonly Applied[]) => Promise<void>;
  /** Called once when nobody may rely on the line any more: the process has to end. */
  readonly onFailure: (fault: unknown) => void;
  /** Comes before all else, timers that fell due meanwhile included: how long the line was away (design L10). */
  readonly opening?: Input | undefined;
  /** Slices that recovery found unfinished: they go next. */
  readonly rest?: readonly Rest[] | undefined;
  /** Inputs waiting at most (design L19). */
  readonly capacity?: number | undefined;
}

interface Waiting {
  readonly input: Input;
  readonly settle?: { resolve(applied: Applied): void; reject(reason: unknown): void } | undefined;
}

const batchLimit = 2_000;
/** Of one turn of the event loop, in which nobody else is answered; looked at once in so many inputs. */
const turnMs = 8;
const inputsAtOnce = 16;
/** Batches between journal and delivery; bounds memory when the book is slow. */
const flightLimit = 8;

export class Running {
  readonly #options: RunningOptions;
  readonly #queue: BoundedQueue<Waiting>;
  /** Work that a slice left over; goes before new inputs, bounded by what the rooms leave. */
  #rest: Rest[] = [];
  #opening: readonly Input[];
  #inFlight = 0;
  #scheduled = false;
  /** Takes nothing more. */
  #closing = false;
  /** Applies nothing more. */
  #stopped = false;
  /** Why nothing more may be delivered. */
  #failure: { readonly error: unknown } | undefined;
  #delivered: Promise<void> = Promise.resolve();
  #wake: Wake | undefined;
  #failedInputs = 0;

  constructor(options: RunningOptions) {
    this.#options = options;
    this.#queue = new BoundedQueue(options.capacity ?? 50_000);
    this.#opening = options.opening === undefined ? [] : [options.opening];
    this.#rest = [...(options.rest ?? [])];
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /** Inputs refused because the queue was full; whoever offered them still holds them. */
  get refused(): number {
    return this.#queue.refused;
  }

  get failedInputs(): number {
    return this.#failedInputs;
  }

  /** Storm mode begins above 10,000 waiting inputs (design L19). */
  get isStorm(): boolean {
    return this.#queue.size > 10_000;
  }

  /** False when the queue is full or the line stops: the caller keeps the input and offers it again. */
  offer(input: Input): boolean {
    if (this.#closing || !this.#queue.push({ input })) return false;
    this.#schedule();
    return true;
  }

  /** Resolves when the input is durable, applied and delivered. Rejects with `line/full` or `line/stopped`. */
  submit(input: Input): Promise<Applied> {
    return new Promise((resolve, reject) => {
      if (this.#closing) return reject(new Fault('line/stopped', 'the line has stopped'));
      if (!this.#queue.push({ input, settle: { resolve, reject } })) {
        return reject(new Fault('line/full', `${this.#queue.size} inputs are waiting`));
      }
      this.#schedule();
    });
  }

  /** The line's hot state and its durability (rejects when that failed), or undefined while a slice's rest is still to be journaled. */
  checkpoint(): { readonly snapshot: LineSnapshot; readonly durable: Promise<void> } | undefined {
    if (this.#failure !== undefined || this.#rest.length > 0) return undefined;
    const durable = this.#delivered.then(() => {
      // The snapshot of a line that ran ahead of its disk must never be kept.
      if (this.#failure !== undefined) throw this.#failure.error;
    });
    durable.catch(() => undefined);
    return { snapshot: this.#options.line.snapshot(), durable };
  }

  /** Fires timers that are due and waits for the next; call once after start. */
  start(): void {
    this.#schedule();
  }

  /** Applies what waits, waits for its delivery and takes nothing more. */
  async stop(): Promise<void> {
    this.#closing = true;
    while (!this.#stopped && (this.#queue.size > 0 || this.#rest.length > 0)) {
      this.#round();
      await this.#delivered;
    }
    this.#stopped = true;
    this.#wake?.cancel();
    await this.#delivered;
  }

  #schedule(): void {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    // A turn of the event loop gathers what arrives together into one append.
    this.#options.world.after(milliseconds(0), () => {
      this.#scheduled = false;
      this.#round();
    });
  }

  #round(): void {
    if (this.#stopped || this.#inFlight >= flightLimit) return;
    const now = this.#now();
    const due = this.#options.line.wakeAt;
    // What the opening moves is not due any more; the round after this one fires what still is.
    const isOpening = this.#opening.length > 0;
    const waiting: Waiting[] = this.#opening.map((input) => ({ input }));
    waiting.push(...this.#rest.map((rest) => ({ input: { kind: 'continue', rest } as const })));
    this.#opening = [];
    this.#rest = [];
    if (!isOpening && due !== undefined && due <= now) waiting.push({ input: { kind: 'tick' } });
    this.#apply(waiting, now);
    if (this.#queue.size > 0 || this.#rest.length > 0) this.#schedule();
    this.#sleep();
  }

  /** The line's clock never runs backwards, whatever the wall clock does (design L10). */
  #now(): Instant {
    return instant(Math.max(this.#options.world.now(), this.#options.line.at));
  }

  /** What waits, and of the queue as much as fits into a turn: the place of an input is the same, whatever batch it is in. */
  #apply(waiting: Waiting[], at: Instant): void {
    const { line, journal, world } = this.#options;
    const beganMs = world.monotonicMs();
    const first = line.sequence + 1;
    const batch: Applied[] = [];
    for (;;) {
      if (batch.length === waiting.length) waiting.push(...this.#queue.take(inputsAtOnce));
      const next = waiting[batch.length];
      if (next === undefined) break;
      batch.push(line.apply(first + batch.length, at, next.input));
      const isLookedAt = batch.length === waiting.length;
      if (isLookedAt && (batch.length >= batchLimit || world.monotonicMs() - beganMs >= turnMs)) break;
    }
    if (batch.length === 0) return;
    const durable = journal.append(waiting.map(({ input }) => encodeInput(at, input)));
    for (const applied of batch) this.#rest.push(...applied.rest);
    this.#count(batch);
    this.#inFlight++;
    this.#delivered = this.#hand(this.#delivered, durable, waiting, batch);
  }

  async #hand(
    previous: Promise<void>,
    durable: Promise<number>,
    waiting: readonly Waiting[],
    batch: readonly Applied[],
  ): Promise<void> {
    try {
      const [last] = await Promise.all([durable, previous]);
      if (this.#failure !== undefined) throw this.#failure.error;
      if (last !== batch.at(-1)!.sequence) {
        throw new Fault('line/out-of-step', `journal is at ${last}, line at ${batch.at(-1)!.sequence}`);
      }
      await this.#options.deliver(batch);
      for (const [index, { settle }] of waiting.entries()) settle?.resolve(batch[index]!);
      this.#inFlight--;
      // A round that found too many batches under way left its work and its timers to us.
      this.#schedule();
    } catch (error) {
      for (const { settle } of waiting) settle?.reject(error);
      this.#fail(error);
    }
  }

  #count(batch: readonly Applied[]): void {
    for (const applied of batch) {
      if (applied.failed === undefined) continue;
      this.#failedInputs++;
      this.#options.world.log.error('an input failed in the line', {
        sequence: applied.sequence,
        failed: applied.failed,
      });
    }
  }

  /** Fail-stop: what the line holds in memory may be ahead of the disk, so nothing of it may be shown any more. */
  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    this.#closing = true;
    this.#stopped = true;
    this.#wake?.cancel();
    for (const { settle } of this.#queue.take(Number.POSITIVE_INFINITY)) {
      settle?.reject(new Fault('line/stopped', 'the line has stopped', error));
    }
    this.#options.onFailure(error);
  }

  #sleep(): void {
    this.#wake?.cancel();
    const due = this.#options.line.wakeAt;
    if (due === undefined || this.#stopped) return;
    const wait = Math.min(Math.max(due - this.#options.world.now(), 1), 60_000);
    this.#wake = this.#options.world.after(milliseconds(wait), () => this.#round());
  }
}
