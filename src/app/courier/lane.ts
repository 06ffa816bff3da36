/** One channel's way out: takes due notices up to its window, sends them, and hands back what became of them. */
import { neverHappens } from '../../base/fault.ts';
import type { DurationMs } from '../../base/instant.ts';
import { instant, milliseconds } from '../../base/instant.ts';
import type { Random } from '../../base/random.ts';
import type { Wake, World } from '../../base/world.ts';
import type { Book } from '../../edge/book/book.ts';
import type { ChannelFacts, DueNotice, DueNotices, Settlement } from '../../edge/book/records.ts';
import type { Tell } from '../../model/notice.ts';
import type { Channel, OutgoingNotice, SendOutcome } from '../../notify/channel.ts';
import { Breaker } from './breaker.ts';
import { TokenBucket } from './token-bucket.ts';

/** Within the book's lease of 30 s, so that a notice is settled before it may be taken again. */
const sendWithinMs: DurationMs = milliseconds(25_000);
const idleMs = 1_000;
const firstRetryMs = 1_000;
const longestRetryMs = 300_000;
const composeAgainMs = 60_000;

export interface LaneOptions {
  readonly book: Book;
  readonly channel: Channel;
  /** Notices marked as being sent at once: at most so many are uncertain after a crash. */
  readonly window: number;
  readonly ratePerSecond: number;
  /** All channels, for the fallback. */
  readonly facts: readonly ChannelFacts[];
  readonly world: World;
  readonly random: Random;
  /** undefined when this notice must not leave by this channel. */
  readonly compose: (notice: DueNotice, tells: ReadonlyMap<number, Tell>) => OutgoingNotice | undefined;
}

export interface LaneStatus {
  readonly channel: string;
  readonly state: 'open' | 'trying' | 'paused';
  readonly inFlight: number;
  readonly window: number;
  /** Until a paused one is tried. */
  readonly waitMs: number;
  readonly sent: number;
  readonly failed: number;
  readonly retried: number;
  /** Questions sent without digits to answer by, as too many have the phone or too many wait there. */
  readonly linkOnly: number;
}

export class Lane {
  readonly #options: LaneOptions;
  readonly #facts: ChannelFacts;
  readonly #bucket: TokenBucket;
  readonly #breaker: Breaker;
  readonly #counts = { sent: 0, failed: 0, retried: 0, linkOnly: 0 };
  /** Marked as being sent and not settled yet, `#results` included. */
  #inFlight = 0;
  #results: Settlement[] = [];
  #turn: Promise<void> | undefined;
  #wake: Wake | undefined;
  #isPoked = false;
  #isClosing = false;
  #onTurn: () => void = () => {};

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#facts = options.facts.find(({ name }) => name === options.channel.name)!;
    this.#bucket = new TokenBucket(options.ratePerSecond, options.world.monotonicMs());
    this.#breaker = new Breaker(options.random);
  }

  get status(): LaneStatus {
    const state = ({ all: 'open', one: 'trying', none: 'paused' } as const)[
      this.#breaker.allows(this.#now())
    ];
    return {
      ...{ channel: this.#facts.name, state, inFlight: this.#inFlight, window: this.#options.window },
      ...{ waitMs: this.#breaker.waitMs(this.#now()), ...this.#counts },
    };
  }

  /** There may be something to send; called as often as one likes. */
  poke(): void {
    this.#isPoked = true;
    this.#turn ??= this.#run().finally(() => {
      this.#turn = undefined;
      // Results that came while the last step of the turn was ending.
      if (this.#isPoked) this.poke();
      this.#onTurn();
    });
  }

  /** Takes nothing more, waits for what is in flight, settles it and closes the channel. */
  async close(within: DurationMs): Promise<void> {
    this.#isClosing = true;
    this.#wake?.cancel();
    let isLate = false;
    const deadline = this.#options.world.after(within, () => {
      isLate = true;
      this.#onTurn();
    });
    this.poke();
    do
      await new Promise<void>((resolve) => {
        this.#onTurn = resolve;
      });
    while (this.#inFlight > 0 && !isLate);
    deadline.cancel();
    await this.#turn;
    this.#wake?.cancel();
    await this.#options.channel.close();
  }

  async #run(): Promise<void> {
    this.#wake?.cancel();
    for (;;) {
      this.#isPoked = false;
      await sendsSettled();
      const results = this.#results;
      const limit = this.#room();
      if (results.length === 0 && limit === 0) return this.#sleep(undefined);
      this.#results = [];
      const due = await this.#exchange(results, limit);
      if (due === undefined) return;
      this.#inFlight += due.notices.length - results.length;
      this.#bucket.spend(due.notices.length);
      const tells = new Map(due.tells.map(({ job, tell }) => [job, tell]));
      for (const notice of due.notices) this.#send(notice, tells);
      if (due.notices.length === 0 && !this.#isPoked) return this.#sleep(due.nextDueAt);
    }
  }

  /** How many may be taken now. */
  #room(): number {
    if (this.#isClosing) return 0;
    const free = this.#options.window - this.#inFlight + this.#results.length;
    const allowed = this.#breaker.allows(this.#now());
    if (allowed === 'none') return 0;
    const most = allowed === 'one' ? Math.max(0, 1 - this.#inFlight + this.#results.length) : free;
    return Math.max(0, Math.min(free, most, this.#bucket.available(this.#now())));
  }

  async #exchange(results: readonly Settlement[], limit: number): Promise<DueNotices | undefined> {
    const { book, facts, world } = this.#options;
    const now = world.now();
    const settling = { channels: facts, now };
    try {
      if (limit > 0) return await book.settleAndTake(results, settling, { channel: this.#facts, limit, now });
      await book.settle(results, settling);
      return { notices: [], tells: [] };
    } catch (error) {
      world.log.error('the book did not take results of sending', {
        channel: this.#facts.name,
        error: String(error),
      });
      this.#results.push(...results);
      this.#wakeIn(idleMs);
      return undefined;
    }
  }

  #sleep(nextDueAt: number | undefined): void {
    if (this.#isClosing) return;
    const now = this.#now();
    const due = nextDueAt === undefined ? idleMs : nextDueAt - this.#options.world.now();
    const wait = Math.max(this.#breaker.waitMs(now), this.#bucket.waitMs(now), Math.min(idleMs, due), 1);
    // With a full window the next result wakes the lane.
    this.#wakeIn(wait);
  }

  #wakeIn(lengthMs: number): void {
    this.#wake?.cancel();
    this.#wake = this.#options.world.after(milliseconds(lengthMs), () => this.poke());
  }

  #send(notice: DueNotice, tells: ReadonlyMap<number, Tell>): void {
    const outgoing = this.#composed(notice, tells);
    if (outgoing === 'later') {
      const at = instant(this.#options.world.now() + composeAgainMs);
      return this.#finish({ kind: 'unsent', row: notice.row, at });
    }
    if (outgoing === undefined) return this.#finish({ kind: 'failed', row: notice.row, reason: 'onlyTo' });
    this.#sent(outgoing).then(
      (outcome) => this.#finish(this.#judge(notice, outcome)),
      (error: unknown) => {
        this.#options.world.log.error('a channel threw', { channel: this.#facts.name, error: String(error) });
        this.#finish(this.#judge(notice, { kind: 'retry', reason: 'channel threw', uncertain: true }));
      },
    );
  }

  /** A text that cannot be made keeps its notice waiting: the next set of texts may be sound. */
  #composed(notice: DueNotice, tells: ReadonlyMap<number, Tell>): OutgoingNotice | undefined | 'later' {
    try {
      return this.#options.compose(notice, tells);
    } catch (error) {
      const { type, incident } = notice;
      this.#options.world.log.error('a notice has no text', { type, incident, error: String(error) });
      return 'later';
    }
  }

  #sent(outgoing: OutgoingNotice): Promise<SendOutcome> {
    const { channel, world } = this.#options;
    return new Promise((resolve, reject) => {
      const late: SendOutcome = { kind: 'retry', reason: 'no answer', uncertain: true };
      const deadline = world.after(sendWithinMs, () => resolve(late));
      channel
        .send(outgoing)
        .then(resolve, reject)
        .finally(() => deadline.cancel());
    });
  }

  #judge(notice: DueNotice, outcome: SendOutcome): Settlement {
    const { row } = notice;
    switch (outcome.kind) {
      case 'sent':
        this.#counts.sent++;
        if (notice.question === 'none') this.#counts.linkOnly++;
        this.#breaker.worked();
        return { kind: 'sent', row, externalId: outcome.externalId, parts: outcome.parts };
      case 'failed':
        // The peer answered: the channel works, this notice does not.
        this.#counts.failed++;
        this.#breaker.worked();
        return { kind: 'failed', row, reason: outcome.reason, isDeadContact: outcome.isDeadContact };
      case 'retry': {
        this.#counts.retried++;
        const { afterMs } = outcome;
        if (afterMs === undefined) this.#breaker.failed(this.#now());
        else this.#breaker.pause(this.#now(), afterMs);
        const backOff = Math.min(longestRetryMs, firstRetryMs * 2 ** notice.attempts);
        const wait = Math.max(afterMs ?? 0, backOff * (0.5 + this.#options.random.next()));
        const at = instant(Math.ceil(this.#options.world.now() + wait));
        return { kind: 'retry', row, reason: outcome.reason, at, uncertain: outcome.uncertain };
      }
      default:
        return neverHappens(outcome);
    }
  }

  #finish(result: Settlement): void {
    this.#results.push(result);
    this.poke();
  }

  #now(): number {
    return this.#options.world.monotonicMs();
  }
}

/** Lets promises that only wait for each other finish, so that results of one moment are committed as a group. */
async function sendsSettled(): Promise<void> {
  for (let hop = 0; hop < 16; hop++) await Promise.resolve();
}
