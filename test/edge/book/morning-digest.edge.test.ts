// Several incidents of one night: one message in the morning, in which each of them is said once.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { composeNotice } from '../../../src/app/courier/compose.ts';
import { instant } from '../../../src/base/instant.ts';
import type { Book } from '../../../src/edge/book/book.ts';
import type { ChannelFacts, DueNotice, DueNotices, Settlement } from '../../../src/edge/book/records.ts';
import type { IncidentId } from '../../../src/model/ids.ts';
import type { NoticeFacts, Tell } from '../../../src/model/notice.ts';
import { segmentsOf } from '../../../src/model/sms-segments.ts';
import { shippedTexts, testChannel } from '../../app/courier/courier-fixture.ts';
import { virtualWorld } from '../../support/virtual-world.ts';
import {
  applied,
  bookIn,
  expandAll,
  importAll,
  incident,
  inFolder,
  mail,
  sms,
  subscriberRow,
  t0,
  tell,
  tells,
} from './book-fixture.ts';

const hour = 3_600_000;
const morning = instant(t0 + 8 * hour);
const channels = [sms, mail];
const people = 4;
const ids = ['l.1.1', 'l.1.2', 'l.1.3'] as IncidentId[];
const [cut, dead, dark] = ids as [IncidentId, IncidentId, IncidentId];

/** The first two have one telephone. */
async function withBook(run: (book: Book) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    const rowOf = (n: number) => subscriberRow(n, n < 2 ? { phone: '+79001112233' } : {});
    await importAll(
      book,
      Array.from({ length: people }, (_, n) => rowOf(n)),
    );
    const changes = ids.map((id) => ({ kind: 'incident', incident: incident({ id }) }) as const);
    await book.project([applied([], changes)]);
    await run(book);
    await book.close();
  });
}

async function plan(book: Book, change: Partial<Tell>): Promise<void> {
  await book.project([tells(tell({ to: people, notBefore: morning, ...change }))]);
  await expandAll(book, channels);
}

const withdraw = (book: Book, id: IncidentId) =>
  book.project([applied([{ kind: 'withdraw', incident: id, types: ['detected', 'etr', 'etr-changed'] }])]);
const facts = (kind: string, more: Partial<NoticeFacts> = {}): NoticeFacts => ({
  kind,
  startedAt: t0,
  ...more,
});
const ready = (minutes = 1) => instant(morning + minutes * 60_000);
const take = (book: Book, minutes = 1, channel: ChannelFacts = sms) =>
  book.takeDue({ channel, channels, limit: 100, now: ready(minutes) });
const settle = (book: Book, results: readonly Settlement[], minutes = 1) =>
  book.settle(results, { channels, now: ready(minutes) });
const sent = ({ row }: DueNotice): Settlement => ({ kind: 'sent', row, externalId: `x${row}` });
const countsOf = async (book: Book, id: IncidentId) => (await book.incident(id))!.notices;

/** Incidents of a message. */
function saysOf({ tells: of }: DueNotices, { job, speaks = [] }: DueNotice): IncidentId[] {
  const tellOf = new Map(of.map((one) => [one.job, one.tell]));
  const jobs = speaks.length === 0 ? [job] : speaks.map((one) => one.job);
  return jobs.map((one) => tellOf.get(one)!.incident);
}

/** Numbers of those whom a message speaks of. */
const numbersOf = ({ subscriber, others = [] }: DueNotice): number[] => [
  subscriber - 1,
  ...others.map((address) => Number(address.split(' ')[1])),
];

test('incidents of one night are one message to each telephone, and each of them counts as told', async () => {
  await withBook(async (book) => {
    await plan(book, { incident: cut });
    await plan(book, { incident: dead });
    const due = await take(book);
    const said = due.notices.map((notice) => [numbersOf(notice), saysOf(due, notice)]);
    expect(said.sort()).toEqual([
      [
        [0, 1],
        [cut, dead],
      ],
      [[2], [cut, dead]],
      [[3], [cut, dead]],
    ]);
    const shared = due.notices.find((notice) => numbersOf(notice).length === 2)!;
    expect((await take(book)).notices).toEqual([]);
    await settle(book, due.notices.map(sent));
    for (const id of [cut, dead]) {
      expect(await countsOf(book, id)).toMatchObject({ planned: 4, sent: 4, queued: 0 });
      expect((await book.incident(id))!.told).toBe(4);
    }
    await book.noteDeliveries([{ externalId: `x${shared.row}`, state: 'delivered' }], {
      ...{ channel: 'sms', channels, now: ready(2) },
    });
    expect(await countsOf(book, dead)).toMatchObject({ delivered: 2, sent: 2 });
    const { counts } = (await book.nextReceipts())!;
    const reported = counts.filter(({ state }) => state === 'sent').map((one) => [one.incident, one.count]);
    expect(reported.sort()).toEqual([
      [cut, 4],
      [dead, 4],
    ]);
  });
});

test('the message says the newest of each, what is out still first, and fits into two parts in both languages', async () => {
  const [texts, world] = [await shippedTexts(), virtualWorld({ startsAt: morning })];
  const composing = { texts, world, publicUrl: 'https://a.example', language: 'ru', zone: 'UTC' } as const;
  await withBook(async (book) => {
    const etr = (hours: number) =>
      ({ from: t0, to: instant(morning + hours * hour), source: 'operator', revision: hours }) as const;
    await plan(book, { incident: cut, facts: facts('feeder') });
    await plan(book, { incident: dead, facts: facts('node-down', { etr: etr(2) }) });
    await plan(book, {
      incident: dead,
      type: 'etr-changed',
      revision: 2,
      facts: facts('node-down', { etr: etr(3) }),
    });
    await withdraw(book, cut);
    await plan(book, {
      incident: cut,
      type: 'overnight',
      revision: 2,
      facts: facts('feeder', { restoredAt: t0 }),
    });
    const due = await take(book);
    const written = (number: number, channel: ChannelFacts) => {
      const notice = due.notices.find(({ subscriber }) => subscriber === number + 1)!;
      const all = new Map(due.tells.map((one) => [one.job, one.tell]));
      return composeNotice(composing, testChannel(channel), { notice, tells: all })!;
    };
    const [russian, english] = [written(2, sms).text, written(3, sms).text];
    expect(russian).toMatch(
      /^Оператор: отказ узла связи с 12:00, ждём к 23:00; обрыв кабеля: уже работает\. Ход: https/,
    );
    expect(english).toMatch(
      /^Operator: a network node is down since 12:00, expected back by 23:00; cable cut: it works again\. Progress/,
    );
    for (const text of [russian, english]) expect(segmentsOf(text).parts.length).toBeLessThanOrEqual(2);
    expect(written(3, mail)).toMatchObject({
      subject: expect.stringMatching(/^Last night: a network node is down .*; cable cut: it works again$/),
      text: expect.stringMatching(/\n- a network node is down .*\n- cable cut: it works again\n/),
      incident: dead,
    });
  });
});

test('what is out of date by the morning is not in it, and one incident alone is told as always', async () => {
  await withBook(async (book) => {
    await plan(book, { incident: cut });
    await plan(book, { incident: dead });
    await withdraw(book, dead);
    const { notices } = await take(book);
    expect(notices.map(({ incident: of, speaks }) => [of, speaks])).toEqual(
      Array.from({ length: 3 }, () => [cut, undefined]),
    );
    expect(await countsOf(book, dead)).toMatchObject({ suppressed: 4, queued: 0 });
  });
});

test('when it fails all of it goes on by the next channel, again as one', async () => {
  await withBook(async (book) => {
    await plan(book, { incident: cut, from: 2 });
    await plan(book, { incident: dead, from: 2 });
    const { notices } = await take(book);
    await settle(
      book,
      notices.map(({ row }) => ({ kind: 'failed', row, reason: 'HTTP 400' })),
    );
    const next = await take(book, 2, mail);
    expect(next.notices.map((notice) => saysOf(next, notice))).toEqual([
      [cut, dead],
      [cut, dead],
    ]);
  });
});

test('what was in flight when the process died is the same message again, whatever was taken back meanwhile', async () => {
  await withBook(async (book) => {
    await plan(book, { incident: cut, from: 2, to: 3 });
    await plan(book, { incident: dead, from: 2, to: 3 });
    const [first] = (await take(book)).notices;
    await book.reclaimAll(channels, ready(2));
    await withdraw(book, cut);
    await plan(book, { incident: dark, from: 2, to: 3 });
    const again = await take(book, 3);
    const said = again.notices.map((notice) => [notice.key === first!.key, saysOf(again, notice)]);
    expect(said.sort()).toEqual([
      [false, [dark]],
      [true, [dead]],
    ]);
    expect(await countsOf(book, cut)).toMatchObject({ uncertain: 1 });
  });
});

/** What became of the tries, in turn: the peer took it, wants it again, took it and said nothing, or refuses it. */
const fate = fc.constantFrom('sent', 'busy', 'lost', 'refused');
const night = fc.record({
  incident: fc.constantFrom(...ids),
  numbers: fc.subarray([0, 1, 2, 3], { minLength: 1 }),
  isNews: fc.boolean(),
});

test('whatever happens to it, nobody reads of an incident twice, and nobody is forgotten', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(night, { minLength: 1, maxLength: 6 }),
      fc.array(fate, { maxLength: 8 }),
      fc.option(fc.constantFrom(...ids)),
      async (nights, fates, over) => {
        await withBook(async (book) => {
          const wanted = new Set<string>();
          for (const [n, { incident: id, numbers, isNews }] of nights.entries()) {
            const type =
              isNews && numbers.every((one) => wanted.has(`${id} ${one}`)) ? 'etr-changed' : 'detected';
            const fresh = numbers.filter((one) => type === 'etr-changed' || !wanted.has(`${id} ${one}`));
            for (const one of fresh) {
              await plan(book, { incident: id, type, revision: n + 1, from: one, to: one + 1 });
              wanted.add(`${id} ${one}`);
            }
          }
          if (over !== null) await withdraw(book, over);
          const told = await bringOut(book, fates);
          for (const pair of wanted) {
            const [id, number] = pair.split(' ') as [IncidentId, string];
            expect([pair, told.get(pair) ?? 0]).toEqual([pair, id === over ? 0 : 1]);
            expect(Number(number)).toBeLessThan(people);
          }
        });
      },
    ),
    { numRuns: 25 },
  );
});

/** Sends until nothing waits; how often whom a message reached about what. The peer drops what it has by its key. */
async function bringOut(book: Book, fates: readonly string[]): Promise<Map<string, number>> {
  const [told, keys] = [new Map<string, number>(), new Set<string>()];
  let tries = 0;
  for (let minutes = 1; minutes < 60; minutes++) {
    for (const channel of [sms, { ...mail, honoursKey: true }]) {
      const due = await take(book, minutes, channel);
      for (const notice of due.notices) {
        const what = keys.has(notice.key) ? 'sent' : (fates[tries++] ?? 'sent');
        const isTaken = what === 'sent' || what === 'lost' || (what === 'refused' && channel.name === 'mail');
        if (isTaken && !keys.has(notice.key)) {
          for (const id of new Set(saysOf(due, notice)))
            for (const number of numbersOf(notice))
              told.set(`${id} ${number}`, (told.get(`${id} ${number}`) ?? 0) + 1);
          keys.add(notice.key);
        }
        const { row } = notice;
        if (what === 'lost') continue;
        if (what === 'busy')
          await settle(book, [
            { kind: 'retry', row, reason: 'busy', at: ready(minutes + 1), uncertain: false },
          ]);
        else if (what === 'refused' && channel.name === 'sms')
          await settle(book, [{ kind: 'failed', row, reason: 'HTTP 400' }], minutes);
        else await settle(book, [sent(notice)], minutes);
      }
      await book.reclaimAll([sms, { ...mail, honoursKey: true }], ready(minutes));
    }
  }
  return told;
}
