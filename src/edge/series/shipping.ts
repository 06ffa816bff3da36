/** Carries the spool of samples to a remote store: in order, again after a break, and past lines it will never take. */
import { Fault } from '../../base/fault.ts';
import { type DurationMs, milliseconds } from '../../base/instant.ts';
import type { Wake, World } from '../../base/world.ts';
import type { SampleBatch } from '../../flow/series.ts';
import type { SegmentedLog } from '../disk/segmented-log.ts';
import { lineOf, linePrefix } from './line-protocol.ts';
import type { Names } from './names.ts';
import { decodeRecord } from './record.ts';
import type { RemoteBackend, WriteOutcome } from './remote-backend.ts';

/** Lines of one request; the stores are fastest at some thousands. */
const LINES_PER_REQUEST = 10_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;
/** Line beginnings kept in memory; the others are looked up again. */
const MOST_PREFIXES = 1_000_000;
/** Records whose time of shipping is kept, to send those again that a dying store forgot. */
const MOST_MARKS = 100_000;
const SAMPLES_A_WARNING = 1_000;

export class Shipping {
  readonly #world: World;
  readonly #backend: RemoteBackend;
  readonly #names: Names;
  readonly #log: SegmentedLog;
  readonly #mostBytes: number;
  readonly #openedAt: number;
  readonly #prefixes = new Map<number, string>();
  /** The newest gap written of each series: only samples up to it have to say that they are none. At most one a series. */
  readonly #lastGap = new Map<number, number>();
  /** Record and the monotonic time at which it was shipped, oldest first. */
  #marks: { readonly sequence: number; readonly atMs: number }[] = [];
  readonly #count = { shipped: 0, requests: 0, failures: 0, quarantined: 0, givenUp: 0, sentAgain: 0 };
  /** Everything up to this record is with the store. */
  #shipped: number;
  /** Samples of the record after it that are. */
  #into = 0;
  /** Samples of one request: fewer after a refusal. */
  #most = LINES_PER_REQUEST;
  /** Since the last break. */
  #hasAdvanced = false;
  #isPrepared = false;
  #pauseMs = 0;
  #pause: Wake | undefined;
  #running: Promise<void> | undefined;
  #isStopped = false;
  readonly #waiting = new Set<() => void>();

  constructor(parts: {
    readonly world: World;
    readonly backend: RemoteBackend;
    readonly names: Names;
    readonly log: SegmentedLog;
    readonly mostBytes: number;
  }) {
    this.#world = parts.world;
    this.#backend = parts.backend;
    this.#names = parts.names;
    this.#log = parts.log;
    this.#mostBytes = parts.mostBytes;
    this.#openedAt = parts.world.now();
    // What the spool still holds may be with the store already: the same sample again changes nothing.
    this.#shipped = parts.log.firstSequence - 1;
  }

  /** Something may be in the spool. */
  wake(): void {
    if (this.#isStopped || this.#pause !== undefined || this.#running !== undefined) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      for (const told of this.#waiting) told();
      if (this.#pauseMs === 0 && this.#shipped < this.#log.lastSequence) this.wake();
    });
  }

  /** Resolves once everything in the spool now is with the store; throws `series/away` when that takes longer. */
  async drained(within: DurationMs): Promise<void> {
    const upTo = this.#log.lastSequence;
    const until = this.#world.monotonicMs() + within;
    while (this.#shipped < upTo) {
      const left = until - this.#world.monotonicMs();
      if (left <= 0 || this.#isStopped || this.#pauseMs > 0) {
        throw new Fault('series/away', 'the series store is away; samples wait for it on this disk');
      }
      await this.#news(milliseconds(left));
    }
  }

  #news(within: DurationMs): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#world.after(within, () => told());
      const told = (): void => {
        timer.cancel();
        this.#waiting.delete(told);
        resolve();
      };
      this.#waiting.add(told);
      this.wake();
    });
  }

  counters(): Readonly<Record<string, number>> {
    const { shipped, requests, failures, quarantined, givenUp, sentAgain } = this.#count;
    return {
      samples_shipped: shipped,
      samples_quarantined: quarantined,
      records_sent_again: sentAgain,
      records_given_up: givenUp,
      requests,
      requests_failed: failures,
      records_waiting: this.#log.lastSequence - this.#shipped,
    };
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#pause?.cancel();
    this.#pause = undefined;
    await this.#running;
    for (const told of this.#waiting) told();
  }

  async #run(): Promise<void> {
    try {
      await this.#boundSpool();
      if (!this.#isPrepared) {
        const prepared = await this.#backend.prepare();
        if (prepared.kind !== 'written') return this.#rest(prepared.reason);
        this.#isPrepared = true;
      }
      for await (const { sequence, bytes } of this.#log.read(this.#shipped + 1)) {
        const batch = decodeRecord(bytes);
        if (batch !== undefined) {
          const outcome = await this.#ship(batch);
          if (outcome.kind !== 'written') return this.#rest(outcome.reason);
        }
        this.#done(sequence);
        if (this.#isStopped) return;
      }
      this.#pauseMs = 0;
      await this.#trim();
    } catch (error) {
      this.#rest(String(error));
    }
  }

  /**
   * The record from where it was left, in requests of a bounded size. Samples that the store refuses are halved until the
   * one at fault stands alone; that one is left out and counted. What is done, and how far it was halved, stays when the
   * store goes away meanwhile.
   */
  async #ship(batch: SampleBatch): Promise<WriteOutcome> {
    while (this.#into < batch.series.length) {
      const from = this.#into;
      const to = Math.min(batch.series.length, from + this.#most);
      const lines = this.#linesOf(batch, from, to);
      this.#count.requests += Math.min(1, lines.length);
      const outcome: WriteOutcome =
        lines.length === 0 ? { kind: 'written' } : await this.#backend.write(lines.join('\n'));
      if (outcome.kind === 'away') return outcome;
      if (outcome.kind === 'refused' && to - from > 1) {
        this.#most = (to - from) >> 1;
        continue;
      }
      if (outcome.kind === 'refused') this.#leaveOut(lines[0]!, outcome.reason);
      else this.#count.shipped += lines.length;
      this.#into = to;
      this.#most = Math.min(LINES_PER_REQUEST, this.#most * 2);
      this.#hasAdvanced = true;
    }
    return { kind: 'written' };
  }

  #linesOf(batch: SampleBatch, from: number, to: number): string[] {
    const lines: string[] = [];
    for (let index = from; index < to; index++) {
      const id = batch.series[index]!;
      const prefix = this.#prefixOf(id);
      if (prefix === undefined) continue;
      const time = batch.times[index]!;
      const overGap = time <= Math.max(this.#lastGap.get(id) ?? 0, this.#openedAt);
      lines.push(lineOf(prefix, batch, { index, overGap }));
      if (!Number.isFinite(batch.values[index]!)) this.#noteGap(id, time);
    }
    return lines;
  }

  #noteGap(id: number, time: number): void {
    if (time > (this.#lastGap.get(id) ?? 0)) this.#lastGap.set(id, time);
  }

  #prefixOf(id: number): string | undefined {
    const known = this.#prefixes.get(id);
    if (known !== undefined) return known;
    const name = this.#names.nameOf(id);
    if (name === undefined) return undefined;
    const prefix = linePrefix(name);
    if (this.#prefixes.size < MOST_PREFIXES) this.#prefixes.set(id, prefix);
    return prefix;
  }

  #leaveOut(line: string, reason: string): void {
    // One line of many: a store may come to refuse everything, and how much it was is in the counter.
    if (this.#count.quarantined++ % SAMPLES_A_WARNING !== 0) return;
    const fields = { line: line.slice(0, 300), reason };
    this.#world.log.warn('the series store refuses samples: they are left out', fields);
  }

  #done(sequence: number): void {
    this.#shipped = sequence;
    this.#into = 0;
    if (this.#pauseMs > 0) this.#world.log.info('the series store takes samples again');
    this.#pauseMs = 0;
    if (this.#backend.unsafeMs === 0) return;
    const nowMs = this.#world.monotonicMs();
    this.#marks.push({ sequence, atMs: nowMs });
    if (this.#marks.length > MOST_MARKS) this.#marks = this.#marks.slice(MOST_MARKS / 2);
  }

  /** After a break everything is sent again that the store may have had in memory only. */
  #rest(reason: string): void {
    this.#count.failures++;
    if (this.#pauseMs === 0)
      this.#world.log.warn('the series store is away: samples wait on this disk', { reason });
    const since = this.#world.monotonicMs() - this.#backend.unsafeMs;
    const first = this.#marks.find(({ atMs }) => atMs >= since);
    if (first !== undefined) {
      this.#count.sentAgain += Math.max(0, this.#shipped - first.sequence + 1);
      if (first.sequence <= this.#shipped) this.#into = 0;
      this.#shipped = Math.min(this.#shipped, first.sequence - 1);
    }
    this.#marks = [];
    this.#isPrepared = false;
    this.#pauseMs = this.#hasAdvanced
      ? FIRST_PAUSE_MS
      : Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, this.#pauseMs * 2));
    this.#hasAdvanced = false;
    if (this.#isStopped) return;
    this.#pause = this.#world.after(milliseconds(this.#pauseMs), () => {
      this.#pause = undefined;
      this.wake();
    });
  }

  /** Lets go what is with the store for good. */
  async #trim(): Promise<void> {
    const since = this.#world.monotonicMs() - this.#backend.unsafeMs;
    this.#marks = this.#marks.filter(({ atMs }) => atMs >= since);
    const safe = (this.#marks[0]?.sequence ?? this.#shipped + 1) - 1;
    await this.#log.trim(safe + 1);
  }

  /** A disk that fills up would stop everything else: the oldest samples go first, and are counted. */
  async #boundSpool(): Promise<void> {
    while (this.#log.bytes > this.#mostBytes) {
      const first = this.#log.firstSequence;
      const middle = first + Math.max(1, Math.floor((this.#log.lastSequence - first) / 16));
      if ((await this.#log.trim(middle)) === 0) return;
      const lost = Math.max(0, this.#log.firstSequence - 1 - this.#shipped);
      if (lost === 0) continue;
      this.#count.givenUp += lost;
      this.#shipped = this.#log.firstSequence - 1;
      this.#world.log.error('the spool of samples is full: the oldest are given up', { records: lost });
    }
  }
}
