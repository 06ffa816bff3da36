/** What subscribers write to our numbers: the answer to the question that is open there, else a contact that a person reads. */
import { SourceRates } from '../../base/source-rates.ts';
import type { World } from '../../base/world.ts';
import { meantBy, openInOrder, type Reading } from '../../confirm/confirm.ts';
import type { Book } from '../../edge/book/book.ts';
import type { SubscriberRecord } from '../../edge/book/records.ts';
import type { Input, SubscriberReply } from '../../flow/input.ts';
import type { Confirmation } from '../../model/confirmation.ts';
import type { Reply } from '../../notify/channel.ts';

export interface RepliesOptions {
  readonly book: Book;
  readonly world: World;
  /** Resolves when the line has it. */
  readonly submit: (input: Input) => Promise<unknown>;
  /** Reads what somebody wrote; `open` questions wait for an answer there. */
  readonly read: (text: string, open: number) => Reading;
}

/** One number may be that of a family; more are not looked at. */
const mostPeople = 20;
const questionsEach = 50;
/** Of one number: nobody needs more, and a machine that answers must not fill journal and book. */
const rate = { burst: 20, perSecond: 0.02, mostSources: 65_536 };

export class Replies {
  readonly #options: RepliesOptions;
  readonly #rates = new SourceRates(rate);
  readonly #counts = { answers: 0, contacts: 0, strangers: 0, tooMany: 0 };

  constructor(options: RepliesOptions) {
    this.#options = options;
  }

  counters(): Readonly<Record<string, number>> {
    return { ...this.#counts };
  }

  /** Resolves when it is kept, or is one of too many. */
  async take(reply: Reply): Promise<void> {
    const { book, world } = this.#options;
    if (!this.#rates.take(reply.from, world.monotonicMs())) {
      this.#counts.tooMany++;
      return;
    }
    const { items: people } = await book.subscribers({ phone: reply.from, limit: mostPeople });
    const [first] = people;
    if (first === undefined) return this.#keepStranger(reply);
    const all = await this.#questionsTo(people);
    const waiting = openInOrder(all);
    const reading = this.#options.read(reply.text, Math.max(1, waiting.length));
    const meant = meantBy(reading, { waiting, all });
    const subscriber = meant[0]?.subscriber ?? first.key;
    const id = this.#newId();
    await book.addContact({ id, subscriber, at: world.now(), text: reply.text });
    // Words that say neither are asked about while somebody waits for an answer, else they are for a person.
    const isAnswer = waiting.length > 0 || reading.kind !== 'unclear';
    if (meant.length > 0 && isAnswer) return this.#answer(meant, reading, id);
    this.#counts.contacts++;
    // A "yes" to nothing needs nobody; it is kept beside its subscriber.
    if (reading.kind === 'answer' && reading.answer === 'fixed') return;
    await this.#options.submit({ kind: 'subscriberContact', subscriber, channel: 'sms', contact: id });
  }

  async #answer(meant: readonly Confirmation[], reading: Reading, contact: string): Promise<void> {
    for (const { id } of meant) {
      const reply = replyOf(reading, contact);
      await this.#options.submit({ kind: 'subscriberReply', confirmation: id, channel: 'sms', reply });
    }
    this.#counts.answers++;
  }

  async #questionsTo(people: readonly SubscriberRecord[]): Promise<Confirmation[]> {
    const { book } = this.#options;
    const pages = await Promise.all(
      people.map(({ key }) => book.confirmations({ subscriber: key, limit: questionsEach })),
    );
    return pages.flatMap(({ items }) => items);
  }

  /** A number that no subscriber has. */
  async #keepStranger({ from, to, text }: Reply): Promise<void> {
    const { book, world } = this.#options;
    await book.addStranger({ at: world.now(), from, to, text });
    this.#counts.strangers++;
  }

  #newId(): string {
    return Buffer.from(this.#options.world.randomBytes(12)).toString('hex');
  }
}

const replyOf = (reading: Reading, contact: string): SubscriberReply =>
  reading.kind === 'answer'
    ? { kind: 'answer', answer: reading.answer, sureness: reading.sureness, contact }
    : reading.kind === 'stop'
      ? { kind: 'stop' }
      : { kind: 'unclear', contact };
