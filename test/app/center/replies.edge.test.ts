import { expect, test } from 'vitest';
import { Replies } from '../../../src/app/center/replies.ts';
import type { Book } from '../../../src/edge/book/book.ts';
import type { Input } from '../../../src/flow/input.ts';
import type { Confirmation } from '../../../src/model/confirmation.ts';
import { type ConfirmationId, confirmationId, type SubscriberKey } from '../../../src/model/ids.ts';
import {
  applied,
  bookIn,
  importAll,
  incidentId,
  inFolder,
  subscriberRow,
  t0,
} from '../../edge/book/book-fixture.ts';
import { answerReader as reader } from '../../support/answer-reader.ts';
import { virtualWorld } from '../../support/virtual-world.ts';

const question = (subscriber: number, change: Partial<Confirmation> = {}): Confirmation => ({
  id: confirmationId(incidentId, subscriber as SubscriberKey),
  ...{ incident: incidentId, subscriber: subscriber as SubscriberKey, state: 'ASKED', loop: 0, askedAt: t0 },
  answers: [],
  ...change,
});

interface Desk {
  readonly said: (text: string, from?: string, isPartial?: boolean) => Promise<Input[]>;
  readonly replies: Replies;
  readonly line: { isAway: boolean };
  readonly strangers: () => Promise<readonly object[]>;
  readonly consentsOf: (key: number) => Promise<readonly object[]>;
  readonly textOf: (id: string) => Promise<string | undefined>;
}

async function withQuestions(
  questions: readonly Confirmation[],
  run: (desk: Desk) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const world = virtualWorld();
    const book = await bookIn(folder, world);
    await importAll(book, [subscriberRow(0), subscriberRow(1), subscriberRow(2, { phone: '+79000000001' })]);
    await book.project([
      applied(
        [],
        questions.map((confirmation) => ({ kind: 'confirmation', confirmation })),
      ),
    ]);
    const inputs: Input[] = [];
    const line = { isAway: false };
    const replies = new Replies({
      ...{ book, world, country: 'ru' },
      read: (text, asked) => reader.read(text, asked),
      submit: async (input) => {
        if (line.isAway) throw new Error('the line takes nothing');
        return inputs.push(input);
      },
    });
    await run({
      replies,
      line,
      consentsOf: (key: number) => book.consents(key),
      strangers: async () => (await book.strangers({})).items,
      async said(text, from = '+79000000000', isPartial = false) {
        inputs.length = 0;
        await replies.take(
          {
            ...{ from, to: '1234', text, isPartial },
            written: /^\d+$/.test(from) ? from : undefined,
          },
          'sms',
        );
        return [...inputs];
      },
      textOf: (id) => book.contactText(id),
    });
    await book.close();
  });
}

const replied = (id: ConfirmationId, reply: object): object => ({
  ...{ kind: 'subscriberReply', confirmation: id, channel: 'sms' },
  reply: { contact: expect.any(String), ...reply },
});
const answered = (id: ConfirmationId, answer: string): object =>
  replied(id, { kind: 'answer', answer, sureness: 0.99 });

test('a reply answers the question that is open at its number', async () => {
  const one = question(1);
  await withQuestions([one], async ({ said }) => {
    expect(await said('1')).toEqual([answered(one.id, 'fixed')]);
    expect(await said(' Нет! ')).toEqual([answered(one.id, 'notFixed')]);
    expect(await said('Перезвоните.')).toEqual([answered(one.id, 'contactMe')]);
    expect(await said('СТОП')).toMatchObject([{ reply: { kind: 'stop' } }]);
    expect(await said('Скажите, какой у вас тариф?')).toEqual([replied(one.id, { kind: 'unclear' })]);
  });
});

test('a number as the country writes it is that of its subscriber', async () => {
  const one = question(1);
  await withQuestions([one], async ({ said, strangers }) => {
    for (const from of ['89000000000', '79000000000', '9000000000'])
      expect(await said('1', from)).toEqual([answered(one.id, 'fixed')]);
    expect(await said('1', '1234')).toEqual([]);
    expect(await strangers()).toHaveLength(1);
  });
});

test('of several questions at one number the number in the answer names one, a stop ends both', async () => {
  const settled = question(2, { state: 'CONFIRMED', askedAt: (t0 + 9_000) as never });
  const later = question(3, { state: 'REMINDED', askedAt: (t0 + 5_000) as never });
  const first = question(2, { id: 'x:2' as never });
  await withQuestions([first, later, settled], async ({ said }) => {
    expect(await said('11', '+79000000001')).toEqual([answered(first.id, 'fixed')]);
    expect(await said('22 нет', '+79000000001')).toEqual([answered(later.id, 'notFixed')]);
    expect(await said('да', '+79000000001')).toEqual([replied(later.id, { kind: 'unclear' })]);
    expect(await said('стоп', '+79000000001')).toMatchObject([
      { confirmation: first.id, reply: { kind: 'stop' } },
      { confirmation: later.id, reply: { kind: 'stop' } },
    ]);
  });
});

test('a late "no" goes to the question that was settled', async () => {
  const settled = question(1, { state: 'CONFIRMED' });
  await withQuestions([settled], async ({ said }) => {
    expect(await said('не работает')).toEqual([answered(settled.id, 'notFixed')]);
  });
});

test('words from a number without a question are a contact with their text, and a bare "yes" troubles nobody', async () => {
  await withQuestions([], async ({ said, textOf, replies }) => {
    const [contact] = await said('Когда почините?');
    expect(contact).toMatchObject({ kind: 'subscriberContact', subscriber: 1, channel: 'sms' });
    expect(await textOf((contact as { contact: string }).contact)).toBe('Когда почините?');
    expect(await said('да')).toEqual([]);
    expect(replies.counters()).toMatchObject({ answers: 0, contacts: 2 });
  });
});

test('a question that was never asked takes no answer', async () => {
  await withQuestions([question(1, { state: 'HELD', askedAt: undefined })], async ({ said }) => {
    expect(await said('2')).toMatchObject([{ kind: 'subscriberContact' }]);
  });
});

test('strangers reach no question, and one number cannot flood', async () => {
  await withQuestions([question(1)], async ({ said, replies, strangers }) => {
    expect(await said('1', '+79009999999')).toEqual([]);
    expect(await strangers()).toMatchObject([{ from: '+79009999999', to: '1234', text: '1' }]);
    for (let i = 0; i < 30; i++) await said('1');
    expect(replies.counters()).toEqual({ answers: 20, contacts: 0, strangers: 1, tooMany: 10, crowded: 0 });
  });
});

test('what the line does not take comes again as often as it must, and is none of too many', async () => {
  const one = question(1);
  await withQuestions([one], async ({ said, replies, line }) => {
    line.isAway = true;
    for (let i = 0; i < 30; i++) await expect(said('2')).rejects.toThrow('the line takes nothing');
    line.isAway = false;
    expect(await said('2')).toEqual([answered(one.id, 'notFixed')]);
    expect(replies.counters()).toEqual({ answers: 1, contacts: 0, strangers: 0, tooMany: 0, crowded: 0 });
  });
});

test('who wants a call after the fault came back is called about the new outage', async () => {
  await withQuestions([question(1, { state: 'SUPERSEDED' })], async ({ said }) => {
    expect(await said('Перезвоните')).toMatchObject([{ kind: 'subscriberContact', subscriber: 1 }]);
  });
});

test('a reply of which a part is missing is no answer, whatever the rest says', async () => {
  await withQuestions([question(1)], async ({ said }) => {
    const [whole] = await said('да, работает');
    expect(whole).toMatchObject({ reply: { kind: 'answer', answer: 'fixed' } });
    const [partial] = await said(' … да, работает', '+79000000000', true);
    expect(partial).toMatchObject({ kind: 'subscriberReply', reply: { kind: 'unclear' } });
  });
});

test('STOP is a withdrawal on record, on the channel it came by: no more questions there, outages are still told', async () => {
  const one = question(1);
  await withQuestions([one], async ({ said, consentsOf }) => {
    await said('СТОП');
    expect(await consentsOf(1)).toMatchObject([
      { category: 'feedback', channel: 'sms', state: 'withdrawn', by: 'subscriber', evidence: 'STOP' },
    ]);
  });
});

const placeholder = '+70000000000';

/** Their keys are 1 to `count`; the one with that key is asked. */
async function atPlaceholder(
  count: number,
  asked: number,
  run: (said: (text: string) => Promise<readonly Input[]>, book: Book, replies: Replies) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const world = virtualWorld();
    const book = await bookIn(folder, world);
    await importAll(
      book,
      Array.from({ length: count }, (_, n) => subscriberRow(n, { phone: placeholder })),
    );
    await book.project([applied([], [{ kind: 'confirmation', confirmation: question(asked) }])]);
    const inputs: Input[] = [];
    const replies = new Replies({
      ...{ book, world },
      read: (text, waiting) => reader.read(text, waiting),
      submit: async (input) => inputs.push(input),
    });
    const said = async (text: string): Promise<readonly Input[]> => {
      inputs.length = 0;
      await replies.take({ from: placeholder, to: '1234', text }, 'sms');
      return [...inputs];
    };
    await run(said, book, replies);
    await book.close();
  });
}

test('however many of a company have the number, the answer finds the one who was asked', async () => {
  for (const asked of [1, 30, 60])
    await atPlaceholder(60, asked, async (said) => {
      expect(await said('нет')).toEqual([answered(question(asked).id, 'notFixed')]);
    });
});

test("a number that stands with very many is nobody's: what comes from it is counted and waits for a person", async () => {
  await atPlaceholder(501, 1, async (said, book, replies) => {
    expect(await said('нет')).toEqual([]);
    expect((await book.strangers({})).items).toMatchObject([{ from: placeholder, text: 'нет' }]);
    expect(replies.counters()).toMatchObject({ crowded: 1, strangers: 0, answers: 0, contacts: 0 });
  });
});
