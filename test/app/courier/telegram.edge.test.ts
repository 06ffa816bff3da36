// A bot against a server that refuses what Telegram's does: binding, questions with buttons, answers, and a restart between.
import { afterEach, expect, test } from 'vitest';
import { Replies } from '../../../src/app/center/replies.ts';
import type { Courier } from '../../../src/app/courier/courier.ts';
import { Secret } from '../../../src/base/secret.ts';
import type { Book } from '../../../src/edge/book/book.ts';
import { channelRefusals, openChannel } from '../../../src/edge/channels/index.ts';
import type { Input } from '../../../src/flow/input.ts';
import type { Confirmation } from '../../../src/model/confirmation.ts';
import { confirmationId, type SubscriberKey } from '../../../src/model/ids.ts';
import type { Channel, OutgoingNotice } from '../../../src/notify/channel.ts';
import {
  applied,
  bookIn,
  importAll,
  incident,
  incidentId,
  inFolder,
  subscriberRow,
  t0,
  tell,
  tells,
} from '../../edge/book/book-fixture.ts';
import { answerReader as reader } from '../../support/answer-reader.ts';
import { type BotServer, openBotServer } from '../../support/bot-api.ts';
import { realWorld } from '../../support/real-world.ts';
import { courierOver, testChannel, until } from './courier-fixture.ts';

const token = '123456:a-token-of-a-bot';
const world = realWorld();
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function botServer(): Promise<BotServer> {
  const server = await openBotServer(token);
  ends.push(() => server.close());
  return server;
}

const settings = (server: BotServer, change: object = {}) => ({
  ...{ kind: 'telegram', bot: 'isp_bot', token: new Secret(token), url: server.url, allowPrivate: true },
  ...change,
});
const open = (server: BotServer, change: object = {}): Channel =>
  openChannel('bot', settings(server, change) as never, world)!;

const notice: OutgoingNotice = {
  ...{ key: 'k', to: '501', subject: 's', text: 'Нет связи', language: 'ru', subscriber: 's1' },
  ...{ incident: 'l.1.1', type: 'ask', answerToken: 'tokentokentokentoken12' },
};

test('each answer of the server has its outcome', async () => {
  const server = await botServer();
  const channel = open(server);
  ends.push(() => channel.close());
  server.chats.add('501');
  expect(await channel.send(notice)).toEqual({ kind: 'sent', externalId: '1' });
  expect(server.messages[0]!.buttons).toHaveLength(3);
  server.next = 'throttle';
  expect(await channel.send(notice)).toMatchObject({ kind: 'retry', afterMs: 1_000, uncertain: false });
  server.next = 'error';
  expect(await channel.send(notice)).toMatchObject({ kind: 'retry', uncertain: true });
  server.next = 'drop';
  expect(await channel.send(notice)).toMatchObject({ kind: 'retry', uncertain: true });
  expect(await channel.send({ ...notice, text: 'я'.repeat(5_000) })).toMatchObject({ kind: 'sent' });
  expect(await channel.send({ ...notice, to: '777' })).toMatchObject({ kind: 'failed', isDeadContact: true });
  server.blocked.add('501');
  expect(await channel.send(notice)).toMatchObject({ kind: 'failed', isDeadContact: true });
  const wrong = open(server, { token: new Secret('9:another-token-of-a-bot') });
  ends.push(() => wrong.close());
  const refused = await wrong.send(notice);
  expect(refused).toMatchObject({ kind: 'failed', reason: 'Telegram 401 Unauthorized' });
});

test('a token that is none and a server on this machine are refused in the configuration', async () => {
  const server = await botServer();
  expect(channelRefusals(settings(server) as never)).toEqual([]);
  const keys = (change: object) => channelRefusals(settings(server, change) as never).map(({ key }) => key);
  expect(keys({ token: new Secret('nothing') })).toEqual(['token']);
  expect(keys({ allowPrivate: false })).toEqual(['url']);
});

interface Life {
  readonly server: BotServer;
  readonly book: Book;
  readonly inputs: Input[];
  start(): Promise<Courier>;
  ask(type: 'ask' | 'detected', revision: number): Promise<void>;
  bind(subscriber: number, chat: string): Promise<void>;
}

async function withBot(run: (life: Life) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const server = await botServer();
    const book = await bookIn(folder, world);
    await importAll(book, [subscriberRow(0), subscriberRow(2)]);
    await book.project([applied([], [{ kind: 'incident', incident: incident() }])]);
    const inputs: Input[] = [];
    const replies = new Replies({
      ...{ book, world },
      read: (text, asked) => reader.read(text, asked),
      submit: async (input) => inputs.push(input),
    });
    const sms = testChannel();
    await run({
      server,
      book,
      inputs,
      start: () =>
        courierOver(book, [open(server), sms], {
          onReply: (reply, channel) => replies.take(reply, channel),
          onPress: (press, channel) => replies.press(press, channel),
        }),
      async ask(type, revision) {
        const question = { kind: 'confirmation', confirmation: asked } as const;
        await book.project([
          ...(type === 'ask' ? [applied([], [question])] : []),
          tells(tell({ to: 1, order: ['bot', 'sms'], type, revision })),
        ]);
      },
      async bind(subscriber, chat) {
        const code = Buffer.from(world.randomBytes(16)).toString('base64url');
        await book.putChatCode({ subscriber, code, now: world.now() });
        const before = server.messages.length;
        server.say(chat, `/start ${code}`);
        await until(() => server.messages.length > before);
      },
    });
    await book.close();
  });
}

const asked: Confirmation = {
  ...{
    id: confirmationId(incidentId, 1 as SubscriberKey),
    incident: incidentId,
    subscriber: 1 as SubscriberKey,
  },
  ...{ state: 'ASKED', loop: 0, askedAt: t0, answers: [] },
};

test('a chat is bound by a code that works once, asked with buttons, and its answer counts; nobody else may press', async () => {
  await withBot(async ({ server, book, inputs, start, ask, bind }) => {
    const courier = await start();
    await bind(1, '501');
    expect(server.messages.at(-1)!.text).toContain('Готово');
    await bind(2, '502');
    const used = 'a'.repeat(22);
    await book.putChatCode({ subscriber: 1, code: used, now: world.now() - 16 * 60_000 });
    server.say('666', `/start ${used}`);
    await until(() => server.messages.at(-1)!.chat === '666');
    expect(server.messages.at(-1)!.text).toContain('Такого кода нет');
    expect(await book.subscribersOfChat({ channel: 'bot', chat: '666' })).toEqual([]);

    await ask('detected', 1);
    courier.poke();
    await until(() => server.messages.some(({ chat, text }) => chat === '501' && text.includes('/s/')));
    await ask('ask', 2);
    courier.poke();
    await until(() => server.messages.some(({ buttons }) => buttons.length === 3));
    const question = server.messages.find(({ buttons }) => buttons.length === 3)!;
    const [yes, no] = question.buttons;
    // Another chat that holds the same words, and one that makes them up.
    server.press(question, no!, '502');
    server.press(question, '0:made-up-token-of-somebody');
    server.press(question, 'nonsense');
    const last = server.press(question, yes!);
    await until(() => server.offsets.includes(last + 1));
    const replies = inputs.filter(({ kind }) => kind === 'subscriberReply');
    expect(replies).toEqual([
      {
        ...{ kind: 'subscriberReply', confirmation: asked.id, channel: 'telegram' },
        reply: { kind: 'answer', answer: 'fixed' },
      },
    ]);
    await until(() => server.notes.length === 3 && question.text.includes('Ваш ответ: Да, работает'));
    expect(question.buttons).toEqual([]);
    expect(server.notes.toSorted()).toEqual([
      'Ваш ответ: Да, работает',
      'Этот вопрос уже закрыт. Если что-то не работает, напишите сюда.',
      'Этот вопрос уже закрыт. Если что-то не работает, напишите сюда.',
    ]);
    await courier.close();
  });
});

test('a chat that tries code after code is told five times, and keeps nobody waiting', async () => {
  await withBot(async ({ server, book, inputs, start, ask, bind }) => {
    const courier = await start();
    await bind(1, '501');
    await ask('ask', 1);
    for (let n = 0; n < 60; n++) server.say('666', `/start ${String(n).padStart(22, 'x')}`);
    const last = server.say('501', 'нет, не работает');
    await until(() => server.offsets.includes(last + 1));
    expect(inputs.filter(({ kind }) => kind === 'subscriberReply')).toHaveLength(1);
    const told = () => server.messages.filter(({ chat }) => chat === '666');
    await until(() => told().length === 5);
    await courier.close();
    expect(told()).toHaveLength(5);
    expect(await book.subscribersOfChat({ channel: 'bot', chat: '666' })).toEqual([]);
  });
});

test('words in a bound chat answer the question or are a contact; of groups and strangers nothing is a subscriber', async () => {
  await withBot(async ({ server, book, inputs, start, ask, bind }) => {
    const courier = await start();
    await bind(1, '501');
    await ask('ask', 1);
    server.say('501', 'нет, не работает');
    server.say('501', '+79000000000', 'group');
    server.raw({ message: 'odd' });
    server.raw({ callback_query: { id: 7, from: null, data: '0:x' } });
    const last = server.say('888', '+79000000000');
    await until(() => server.offsets.includes(last + 1));
    expect(inputs.filter(({ kind }) => kind === 'subscriberReply')).toMatchObject([
      { channel: 'telegram', reply: { kind: 'answer', answer: 'notFixed' } },
    ]);
    expect((await book.strangers({})).items).toMatchObject([{ from: '888', text: '+79000000000' }]);
    expect(await book.subscribersOfChat({ channel: 'bot', chat: '888' })).toEqual([]);
    await courier.close();
  });
});

test('over restarts no update is lost and none is taken twice', async () => {
  await withBot(async ({ server, book, inputs, start, bind }) => {
    const first = await start();
    await bind(1, '501');
    await first.close();
    for (let n = 0; n < 3; n++) server.say('501', `вода ${n}`);
    const second = await start();
    await until(() => inputs.length === 3);
    await second.close();
    const last = server.say('501', 'вода 3');
    const third = await start();
    await until(() => server.offsets.includes(last + 1));
    await third.close();
    const texts = await Promise.all(
      inputs.map((input) =>
        input.kind === 'subscriberContact' ? book.contactText(input.contact!) : undefined,
      ),
    );
    expect(texts).toEqual(['вода 0', 'вода 1', 'вода 2', 'вода 3']);
  });
});

test('whoever blocks the bot is told by the next channel, and the chat is let go', async () => {
  await withBot(async ({ server, book, start, ask, bind }) => {
    const courier = await start();
    await bind(1, '501');
    server.blocked.add('501');
    await ask('detected', 1);
    courier.poke();
    await until(async () => (await book.notices({ incident: incidentId, state: 'sent' })).total === 1);
    const { items } = await book.notices({ incident: incidentId });
    expect(items.map(({ channel, state }) => [channel, state])).toEqual([
      ['sms', 'sent'],
      ['bot', 'failed'],
    ]);
    expect(await book.subscribersOfChat({ channel: 'bot', chat: '501' })).toEqual([]);
    await courier.close();
  });
});
