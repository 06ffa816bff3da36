/** What subscribers write to our numbers: the answer to the question that is open there, else a contact that a person reads. */
import { SourceRates } from '../../base/source-rates.ts';
import type { World } from '../../base/world.ts';
import type { Book } from '../../edge/book/book.ts';
import type { SubscriberRecord } from '../../edge/book/records.ts';
import type { Input } from '../../flow/input.ts';
import type { Confirmation } from '../../model/confirmation.ts';
import type { Reply } from '../../notify/channel.ts';
import { saidIn } from './reply-words.ts';

export interface RepliesOptions {
  readonly book: Book;
  readonly world: World;
  /** Resolves when the line has it. */
  readonly submit: (input: Input) => Promise<unknown>;
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
    const question = newest(await this.#questionsTo(people));
    const subscriber = question?.subscriber ?? first.key;
    const id = this.#newId();
    await book.addContact({ id, subscriber, at: world.now(), text: reply.text });
    if (question !== undefined && (await this.#answer(question, reply.text))) return;
    this.#counts.contacts++;
    // A "yes" to nothing needs nobody; it is kept beside its subscriber.
    if (saidIn(reply.text) === 'fixed') return;
    await this.#options.submit({ kind: 'subscriberContact', subscriber, channel: 'sms', contact: id });
  }

  /** False where the words are none of an answer, and nobody waits for one. */
  async #answer(question: Confirmation, text: string): Promise<boolean> {
    const isOpen = waiting.includes(question.state);
    // Words that say neither are for a person, who calls.
    const said = saidIn(text) ?? (isOpen ? 'contactMe' : undefined);
    if (said === undefined) return false;
    await this.#options.submit({
      ...{ kind: 'subscriberReply', confirmation: question.id, channel: 'sms' },
      reply: said === 'stop' ? { kind: 'stop' } : { kind: 'answer', answer: said },
    });
    this.#counts.answers++;
    return true;
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

const waiting: readonly Confirmation['state'][] = ['ASKED', 'REMINDED', 'CLARIFY'];

/** Of those that were asked the last one, open ones before settled ones: a late "no" still counts. */
function newest(questions: readonly Confirmation[]): Confirmation | undefined {
  const asked = questions.filter(({ askedAt }) => askedAt !== undefined);
  const open = asked.filter(({ state }) => waiting.includes(state));
  const [first] = (open.length > 0 ? open : asked).sort((a, b) => b.askedAt! - a.askedAt!);
  return first;
}
