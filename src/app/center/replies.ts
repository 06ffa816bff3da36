/** What subscribers write to our numbers: the answer to the question that is open there, else a contact that a person reads. */
import { SourceRates } from '../../base/source-rates.ts';
import type { World } from '../../base/world.ts';
import { meantBy, namesOf, openInOrder, type Reading } from '../../confirm/confirm.ts';
import type { Book } from '../../edge/book/book.ts';
import { everyChannel } from '../../edge/book/consents.ts';
import { telephoneNumber } from '../../edge/files/telephone-number.ts';
import type { Input, SubscriberReply } from '../../flow/input.ts';
import type { Confirmation } from '../../model/confirmation.ts';
import type { ConfirmationId, SubscriberKey } from '../../model/ids.ts';
import type { Press, Reply } from '../../notify/channel.ts';

export interface RepliesOptions {
  readonly book: Book;
  readonly world: World;
  /** Resolves when the line has it. */
  readonly submit: (input: Input) => Promise<unknown>;
  /** Whose numbers come without their code. */
  readonly country?: string | undefined;
  /** Reads what somebody wrote; `asked` are the questions that wait there, by what their texts called them. */
  readonly read: (text: string, asked?: readonly number[]) => Reading;
}

/** Contacts whose reply the line did not take: they come again, and are not kept twice. */
const mostUnsaid = 1_000;
/** Of one number: nobody needs more, and a machine that answers must not fill journal and book. */
const rate = { burst: 20, perSecond: 0.02, mostSources: 65_536 };

export class Replies {
  readonly #options: RepliesOptions;
  readonly #rates = new SourceRates(rate);
  /** Ids of contacts, by subscriber, number and text. */
  readonly #unsaid = new Map<string, string>();
  readonly #counts = { answers: 0, contacts: 0, strangers: 0, crowded: 0, tooMany: 0 };

  constructor(options: RepliesOptions) {
    this.#options = options;
  }

  counters(): Readonly<Record<string, number>> {
    return { ...this.#counts };
  }

  /** Resolves when it is kept, or is one of too many. */
  async take(given: Reply, channel: string): Promise<void> {
    const reply = worldwide(given, this.#options.country);
    if (!this.#rates.take(reply.from, this.#options.world.monotonicMs())) {
      this.#counts.tooMany++;
      return;
    }
    try {
      await this.#keep(reply, channel);
    } catch (error) {
      // It comes again, and must not count as one of too many then.
      this.#rates.giveBack(reply.from);
      throw error;
    }
  }

  /**
   * What a subscriber wrote on his ticket in another system; the book's row of it, undefined when it was one of too many. It says
   * as much as if it had come by a message: "it works" is an answer, too.
   */
  async said(subscriber: SubscriberKey, text: string): Promise<string | undefined> {
    const from = `subscriber ${subscriber}`;
    if (!this.#rates.take(from, this.#options.world.monotonicMs())) {
      this.#counts.tooMany++;
      return undefined;
    }
    return this.#keepOf([subscriber], { from, text, by: 'mail' });
  }

  async #keep(reply: Reply, channel: string): Promise<void> {
    const { book } = this.#options;
    const people =
      reply.isChat === true
        ? await book.subscribersOfChat({ channel, chat: reply.from })
        : await book.whoHas(reply.from);
    if (people === 'crowd' || people.length === 0)
      return this.#keepStranger(reply, people === 'crowd' ? 'crowded' : 'strangers');
    const { from, text, isChat, isPartial } = reply;
    const by = isChat === true ? 'telegram' : 'sms';
    await this.#keepOf(people, { from, text, isPartial, by, channel });
  }

  async #keepOf(
    people: readonly SubscriberKey[],
    reply: Pick<Reply, 'from' | 'text' | 'isPartial'> & { readonly by: Way; readonly channel?: string },
  ): Promise<string> {
    const { book, world } = this.#options;
    const all = await book.questionsTo(people);
    const waiting = openInOrder(all);
    const names = namesOf(waiting, await book.askedNumbers(waiting.map(({ id }) => id)));
    const reading: Reading =
      reply.isPartial === true
        ? { kind: 'unclear', sureness: 0 }
        : this.#options.read(reply.text, waiting.length === 0 ? undefined : names);
    const meant = meantBy(reading, { waiting, names, all });
    const subscriber = meant[0]?.subscriber ?? people[0]!;
    const again = `${subscriber} ${reply.from} ${reply.text}`;
    const known = this.#unsaid.get(again);
    const id = known ?? this.#newId();
    if (known === undefined) await book.addContact({ id, subscriber, at: world.now(), text: reply.text });
    this.#unsaid.set(again, id);
    const [oldest] = this.#unsaid.keys();
    if (this.#unsaid.size > mostUnsaid) this.#unsaid.delete(oldest!);
    if (reading.kind === 'stop') await this.#withdraw(people, reply.channel);
    const isWaiting = waiting.length > 0;
    await this.#say(reading, { meant, isWaiting, subscriber, id, by: reply.by });
    this.#unsaid.delete(again);
    return id;
  }

  async #say(reading: Reading, { meant, isWaiting, subscriber, id, by }: Meant): Promise<void> {
    // Words that say neither are asked about while somebody waits for an answer, else they are for a person.
    const isAnswer = isWaiting || (reading.kind !== 'unclear' && !isCallForNew(reading, meant));
    if (meant.length > 0 && isAnswer) return this.#answer(meant, reading, { contact: id, by });
    // A "yes" to nothing needs nobody; it is kept beside its subscriber.
    const isForPerson = reading.kind !== 'answer' || reading.answer !== 'fixed';
    if (isForPerson)
      await this.#options.submit({ kind: 'subscriberContact', subscriber, channel: by, contact: id });
    this.#counts.contacts++;
  }

  /** A button: the token names the question, and its chat must be that of whoever was asked. */
  async press({ chat, token, answer }: Press, channel: string): Promise<boolean> {
    const { book, world } = this.#options;
    if (!this.#rates.take(`${channel} ${chat}`, world.monotonicMs())) {
      this.#counts.tooMany++;
      return false;
    }
    const link = await book.findLink(token, world.now());
    if (link?.purpose !== 'confirm') return false;
    const people = await book.subscribersOfChat({ channel, chat });
    const asked = (await book.confirmation(link.confirmation))?.askedAt;
    if (!people.includes(link.subscriber) || asked === undefined) return false;
    const confirmation = link.confirmation as ConfirmationId;
    const reply = { kind: 'answer', answer } as const;
    await this.#options.submit({ kind: 'subscriberReply', confirmation, channel: 'telegram', reply });
    this.#counts.answers++;
    return true;
  }

  async #answer(
    meant: readonly Confirmation[],
    reading: Reading,
    { contact, by }: { readonly contact: string; readonly by: Way },
  ): Promise<void> {
    for (const { id } of meant) {
      const reply = replyOf(reading, contact);
      await this.#options.submit({ kind: 'subscriberReply', confirmation: id, channel: by, reply });
    }
    this.#counts.answers++;
  }

  /** On the channel it came by; notices of outages go on: whoever wants none of them says so to a person. */
  async #withdraw(people: readonly SubscriberKey[], channel = everyChannel): Promise<void> {
    const { book, world } = this.#options;
    const said = {
      category: 'feedback',
      channel,
      state: 'withdrawn',
      basis: 'consent',
    } as const;
    const consents = [{ ...said, at: world.now(), by: 'subscriber', evidence: 'STOP' }];
    for (const subscriber of people) await book.putConsents({ subscriber, consents });
  }

  /** A number that no subscriber has, or so many that nobody can tell who wrote. */
  async #keepStranger({ from, to, text }: Reply, as: 'strangers' | 'crowded'): Promise<void> {
    const { book, world } = this.#options;
    await book.addStranger({ at: world.now(), from, to, text });
    this.#counts[as]++;
  }

  #newId(): string {
    return Buffer.from(this.#options.world.randomBytes(12)).toString('hex');
  }
}

type Way = 'sms' | 'telegram' | 'mail';

interface Meant {
  readonly meant: readonly Confirmation[];
  readonly isWaiting: boolean;
  readonly subscriber: SubscriberKey;
  readonly id: string;
  readonly by: Way;
}

/** The fault came back after the question: nobody waits for its answer, and who wants a call is called about the new outage. */
const isCallForNew = (reading: Reading, [last]: readonly Confirmation[]): boolean =>
  reading.kind === 'answer' && reading.answer === 'contactMe' && last?.state === 'SUPERSEDED';

const replyOf = (reading: Reading, contact: string): SubscriberReply =>
  reading.kind === 'answer'
    ? { kind: 'answer', answer: reading.answer, sureness: reading.sureness, contact }
    : reading.kind === 'stop'
      ? { kind: 'stop' }
      : { kind: 'unclear', contact };

/** A number as the country writes it stands in the book with the country's code. */
const worldwide = (reply: Reply, country: string | undefined): Reply =>
  reply.written === undefined || country === undefined
    ? reply
    : { ...reply, from: telephoneNumber(reply.written, country) ?? reply.from };
