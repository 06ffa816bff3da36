/** Keeps the operator's ticket system in step: tickets and texts in batches, tried again until they are stored or held. */
import { neverHappens } from '../../base/fault.ts';
import { instant } from '../../base/instant.ts';
import type { Random } from '../../base/random.ts';
import type { World } from '../../base/world.ts';
import type { Book } from '../../edge/book/book.ts';
import type { DeskJob, DeskSettlement, DeskWordsJob, DeskWordsSettlement } from '../../edge/book/records.ts';
import type { Input } from '../../flow/input.ts';
import type { SubscriberKey } from '../../model/ids.ts';
import type { Desk, DeskItem, DeskOutcome } from '../../ticket/desk.ts';
import { Breaker } from './breaker.ts';
import { DeskNewsTaker } from './desk-news.ts';

const jobsAtOnce = 20;
const countEveryMs = 15_000;
const firstRetryMs = 2_000;
const longestRetryMs = 600_000;
/** Ten minutes apart that is most of a day; then it is held until its next state, or until a person looks. */
const mostAttempts = 100;

export interface DeskLaneOptions {
  readonly book: Book;
  readonly desk: Desk;
  readonly world: World;
  readonly random: Random;
  /** Addresses of subscribers may leave for the desk. */
  readonly contacts: boolean;
  readonly submit: (input: Input) => Promise<unknown> | undefined;
  /** What a subscriber wrote there; resolves to the book's row of it once the line has it. */
  readonly onSaid: (subscriber: SubscriberKey, text: string) => Promise<string | undefined>;
}

export class DeskLane {
  readonly #options: DeskLaneOptions;
  readonly #breaker: Breaker;
  readonly #news: DeskNewsTaker;
  #inBook = { waiting: 0, held: 0 };
  #countAtMs = 0;
  readonly #counts = { stored: 0, said: 0, retried: 0, refused: 0, givenUp: 0, threw: 0 };

  constructor(options: DeskLaneOptions) {
    this.#options = options;
    this.#breaker = new Breaker(options.random);
    this.#news = new DeskNewsTaker(options);
  }

  counters(): Readonly<Record<string, number>> {
    const state = { all: 0, one: 1, none: 2 } as const;
    return {
      ...this.#counts,
      ...this.#inBook,
      ...this.#news.counters(),
      /** 0: all is well, 1: one is tried, 2: nothing is asked of it for now. */
      breaker: state[this.#breaker.allows(this.#now())],
    };
  }

  /** The desk says that there is news. */
  hurry(): void {
    this.#news.hurry();
  }

  /** What the desk handed in itself; false when one of it is of no ticket that we know (yet). */
  take(items: readonly DeskItem[]): Promise<boolean> {
    return this.#news.takeItems(items);
  }

  /** What is due; true when more may be. */
  async work(): Promise<boolean> {
    const { book, world } = this.#options;
    await this.#count();
    const limit = this.#room();
    if (limit === 0) return false;
    const now = world.now();
    const jobs = await book.dueDeskJobs({ limit, now, contacts: this.#options.contacts });
    if (jobs.length > 0) await this.#bring(jobs);
    // What was said stands on tickets that are there.
    const words = jobs.length === 0 ? await book.dueDeskWords({ limit, now }) : [];
    if (words.length > 0) await this.#say(words);
    const more = this.#room() > 0 && (await this.#takeNews());
    return jobs.length + words.length > 0 || more;
  }

  /** What waits for the desk and what it refused; of all tickets, so now and then. */
  async #count(): Promise<void> {
    if (this.#now() < this.#countAtMs) return;
    this.#countAtMs = this.#now() + countEveryMs;
    const { queued = 0, refused = 0 } = await this.#options.book.deskCounts();
    this.#inBook = { waiting: queued, held: refused };
  }

  #room(): number {
    const allowed = this.#breaker.allows(this.#now());
    return allowed === 'none' ? 0 : allowed === 'one' ? 1 : jobsAtOnce;
  }

  async #bring(jobs: readonly DeskJob[]): Promise<void> {
    const { book, desk, submit } = this.#options;
    const outcomes = await this.#judged(() =>
      desk.put(
        jobs.map((job) => {
          const { ticket, external, parent, linked, subscriber } = job;
          return { ticket, external, parent, linked, subscriber, ...textOf(job) };
        }),
      ),
    );
    const results = jobs.map(
      ({ ticket: { id: ticket }, version, attempts, parent }, index): DeskSettlement => {
        const outcome = this.#held(outcomes[index], attempts);
        switch (outcome.kind) {
          case 'stored':
            this.#counts.stored++;
            return { kind: 'stored', ticket, version, external: outcome.external, linked: parent };
          case 'refused':
            return { kind: 'refused', ticket, version, reason: outcome.reason };
          case 'retry':
            return { ...this.#again(outcome, attempts), ticket, version };
          default:
            return neverHappens(outcome);
        }
      },
    );
    await book.settleDesk(results);
    for (const [index, result] of results.entries()) {
      if (result.kind === 'stored' && result.external !== jobs[index]?.external)
        await submit({ kind: 'deskUpdate', ticket: result.ticket, external: result.external });
    }
  }

  async #say(words: readonly DeskWordsJob[]): Promise<void> {
    const { book, desk } = this.#options;
    const outcomes = await this.#judged(() =>
      desk.say(words.map(({ attempts, ...note }) => ({ ...note, isRepeat: attempts > 0 }))),
    );
    const results = words.map(({ key, attempts }, index): DeskWordsSettlement => {
      const outcome = this.#held(outcomes[index], attempts);
      switch (outcome.kind) {
        case 'stored':
          this.#counts.said++;
          return { kind: 'stored', key };
        case 'refused':
          return { kind: 'refused', key, reason: outcome.reason };
        case 'retry':
          return { ...this.#again(outcome, attempts), key };
        default:
          return neverHappens(outcome);
      }
    });
    await book.settleDeskWords(results);
  }

  async #takeNews(): Promise<boolean> {
    const outcome = await this.#news.take();
    if (outcome.kind === 'retry') this.#failed(outcome.afterMs);
    return outcome.kind === 'news' && outcome.isMore;
  }

  /** A batch of which nothing came through is a failure of the desk, not of its tickets. */
  async #judged(ask: () => Promise<readonly DeskOutcome[]>): Promise<readonly DeskOutcome[]> {
    let outcomes: readonly DeskOutcome[];
    try {
      outcomes = await ask();
    } catch (error) {
      this.#counts.threw++;
      const { world, desk } = this.#options;
      world.log.error('a ticket system threw', { desk: desk.name, error: String(error) });
      this.#failed(undefined);
      return [];
    }
    const retries = outcomes.filter((outcome) => outcome.kind === 'retry');
    if (retries.length < outcomes.length) this.#breaker.worked();
    else this.#failed(Math.max(0, ...retries.map(({ afterMs }) => afterMs ?? 0)));
    return outcomes;
  }

  #failed(afterMs: number | undefined): void {
    this.#breaker.failed(this.#now());
    if (afterMs !== undefined && afterMs > 0) this.#breaker.pause(this.#now(), afterMs);
  }

  /** Missing where the desk threw. */
  #held(given: DeskOutcome | undefined, attempts: number): DeskOutcome {
    const outcome: DeskOutcome = given ?? { kind: 'retry', reason: 'desk threw' };
    if (outcome.kind === 'refused') this.#counts.refused++;
    if (outcome.kind !== 'retry') return outcome;
    if (attempts + 1 < mostAttempts) {
      this.#counts.retried++;
      return outcome;
    }
    this.#counts.givenUp++;
    return { kind: 'refused', reason: `given up after ${mostAttempts} tries: ${outcome.reason}` };
  }

  #again(outcome: DeskOutcome & { readonly kind: 'retry' }, attempts: number) {
    const wait = Math.max(outcome.afterMs ?? 0, Math.min(longestRetryMs, firstRetryMs * 2 ** attempts));
    const at = instant(Math.round(this.#options.world.now() + wait));
    return { kind: 'retry', reason: outcome.reason, at } as const;
  }

  #now(): number {
    return this.#options.world.monotonicMs();
  }
}

function textOf({ ticket, incident, text }: DeskJob): { title: string; description: string } {
  const about =
    incident === undefined
      ? ''
      : `${incident.kind}${incident.root === undefined ? '' : ` at ${incident.root}`}`;
  if (ticket.kind === 'incident') {
    // Of subscribers' tickets the incident's knows how many there are, and nothing that they say.
    const counted = `${about}; ${ticket.attached} subscriber tickets`;
    return { title: `Incident ${ticket.incident ?? ticket.id}: ${counted}`, description: counted };
  }
  return {
    title: about === '' ? `Ticket ${ticket.id}` : `Ticket ${ticket.id}: ${about}`,
    description:
      text ?? (ticket.isUnasked === true ? 'Opened by the policy; the subscriber has not called.' : ''),
  };
}
