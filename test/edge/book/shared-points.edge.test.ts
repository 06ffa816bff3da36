// One telephone with two flats, a company with forty services: one message of each change, which names them all.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { calendarFrom } from '../../../src/app/center/calendar.ts';
import { composeNotice } from '../../../src/app/courier/compose.ts';
import { instant } from '../../../src/base/instant.ts';
import type { Book } from '../../../src/edge/book/book.ts';
import { migrate } from '../../../src/edge/book/migrations.ts';
import type { ChannelFacts, DueNotice, Settlement } from '../../../src/edge/book/records.ts';
import { openSql } from '../../../src/edge/book/sql.ts';
import type { IncidentId, SubscriberKey } from '../../../src/model/ids.ts';
import type { Tell } from '../../../src/model/notice.ts';
import type { SubscriberRow } from '../../../src/model/subscriber.ts';
import { shippedTexts, testChannel } from '../../app/courier/courier-fixture.ts';
import { virtualWorld } from '../../support/virtual-world.ts';
import {
  applied,
  bookIn,
  expandAll,
  importAll,
  incident,
  incidentId,
  inFolder,
  mail,
  subscriberRow,
  t0,
  tell,
  tells,
} from './book-fixture.ts';

const family = '+79001112233';
const minute = 60_000;
const sms: ChannelFacts = {
  ...{ name: 'sms', address: 'phone', honoursKey: false, receiptWithinMs: 10 * minute },
};
const channels = [sms, mail];
const at = (minutes: number) => instant(t0 + minutes * minute);
const sharing = (n: number): SubscriberRow => subscriberRow(n, n < 2 ? { phone: family } : {});

async function withBook(
  run: (book: Book) => Promise<void>,
  { rowOf = sharing, count = 4 }: { rowOf?: (n: number) => SubscriberRow; count?: number } = {},
): Promise<void> {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    await importAll(
      book,
      Array.from({ length: count }, (_, n) => rowOf(n)),
    );
    await book.project([applied([], [{ kind: 'incident', incident: incident() }])]);
    await run(book);
    await book.close();
  });
}

const plan = async (book: Book, change: Partial<Tell> = {}, minutes = 0) => {
  await book.project([tells(tell({ to: 4, ...change }))]);
  await expandAll(book, channels, at(minutes));
};
const take = async (book: Book, minutes = 1, channel = sms) =>
  (await book.takeDue({ channel, channels, limit: 100, now: at(minutes) })).notices;
const settle = (book: Book, results: readonly Settlement[], minutes = 1) =>
  book.settle(results, { channels, now: at(minutes) });
const sent = ({ row }: DueNotice): Settlement => ({ kind: 'sent', row, externalId: `x${row}` });
const numbers = (notices: readonly DueNotice[]) =>
  notices.map(({ subscriber, others }) => [subscriber - 1, others] as const);
const counts = async (book: Book) => (await book.incident(incidentId))!.notices;
const states = async (book: Book) =>
  (await book.notices({ incident: incidentId, limit: 100 })).items
    .map(({ subscriber, channel, state, reason }) => [subscriber - 1, channel, state, reason])
    .reverse();

test('two flats of one phone are told by one message that names both, and both count as told', async () => {
  await withBook(async (book) => {
    await plan(book);
    const notices = await take(book);
    expect(numbers(notices)).toEqual([
      [2, undefined],
      [3, undefined],
      [0, ['Street 1']],
    ]);
    expect(await take(book)).toEqual([]);
    await settle(book, notices.map(sent));
    expect(await counts(book)).toMatchObject({ planned: 4, sent: 4, queued: 0 });
    expect((await book.incident(incidentId))!.told).toBe(4);
    // What comes next goes to one address once, too, in the same order as before.
    await plan(book, { type: 'etr-changed', revision: 2 });
    expect(numbers(await take(book, 2)).filter(([n]) => n < 2)).toEqual([[0, ['Street 1']]]);
  });
});

test('the text names the first of them in a short message and all of them in a mail', async () => {
  const [texts, world] = [await shippedTexts(), virtualWorld()];
  const composing = { texts, world, publicUrl: 'https://a.example', language: 'ru', zone: 'UTC' } as const;
  const rowOf = (n: number) =>
    subscriberRow(n, { phone: family, email: 'all@company.example', language: 'en' });
  await withBook(
    async (book) => {
      await plan(book, { to: 5 });
      const [short] = await take(book);
      const text = (channel: ChannelFacts, notice: DueNotice) =>
        composeNotice(composing, testChannel(channel), { notice, tells: new Map([[notice.job, tell()]]) })!
          .text;
      expect(text(sms, short!)).toMatch(/This is about Street 0; Street 1; Street 2 and 2 more\.$/);
      await settle(book, [{ kind: 'failed', row: short!.row, reason: 'HTTP 400' }]);
      const [long, ...more] = await take(book, 2, mail);
      expect(more).toEqual([]);
      expect(text(mail, long!)).toContain('This is about Street 0; Street 1; Street 2; Street 3; Street 4.');
    },
    { rowOf, count: 5 },
  );
});

test('a try that failed for now is made again as the same message under the same key', async () => {
  await withBook(async (book) => {
    await plan(book, { to: 2 });
    const [first] = await take(book);
    await settle(book, [{ kind: 'retry', row: first!.row, reason: 'busy', at: at(2), uncertain: false }]);
    const [again, ...more] = await take(book, 3);
    expect([again!.key, again!.others, more]).toEqual([first!.key, ['Street 1'], []]);
    // The process dies with it in flight: nobody knows, of neither of them.
    await book.reclaimAll([{ ...sms, honoursKey: true }], at(4));
    const [once, ...none] = await take(book, 5);
    expect([once!.key, once!.others, none]).toEqual([first!.key, ['Street 1'], []]);
  });
});

test('who was planned when the message had left is not told again at that phone', async () => {
  await withBook(async (book) => {
    await plan(book, { to: 1 });
    await settle(book, (await take(book)).map(sent));
    await plan(book, { from: 1, to: 2 }, 2);
    expect(await take(book, 3)).toEqual([]);
    expect(await counts(book)).toMatchObject({ planned: 2, sent: 2 });
  });
});

test('of more than one message can name the rest has one of its own, also when the first is tried again', async () => {
  const count = 503;
  const rowOf = (n: number) => subscriberRow(n, { phone: family });
  await withBook(
    async (book) => {
      await plan(book, { to: count });
      const notices = await take(book);
      expect(notices.map(({ others }) => others?.length)).toEqual([499, 2]);
      const [first, second] = notices;
      await settle(book, [
        sent(second!),
        { kind: 'retry', row: first!.row, reason: 'busy', at: at(2), uncertain: false },
      ]);
      const again = await take(book, 3);
      expect(again.map(({ key, others }) => [key, others?.length])).toEqual([[first!.key, 499]]);
      await settle(book, again.map(sent), 3);
      expect(await counts(book)).toMatchObject({ planned: count, sent: count });
    },
    { rowOf, count },
  );
});

test('when the message fails each goes on by a channel of their own, and a silent one passes all of them on', async () => {
  await withBook(async (book) => {
    await plan(book, { to: 2 });
    const [first] = await take(book);
    await settle(book, [{ kind: 'failed', row: first!.row, reason: 'HTTP 400' }]);
    expect(numbers(await take(book, 2, mail))).toEqual([
      [0, undefined],
      [1, undefined],
    ]);
  });
  await withBook(async (book) => {
    await plan(book, { to: 2 });
    await settle(book, (await take(book)).map(sent));
    await book.passSilent({ channels, now: at(12) });
    expect(await states(book)).toEqual([
      [0, 'sms', 'uncertain', 'noReceipt'],
      [1, 'sms', 'uncertain', 'noReceipt'],
      [0, 'mail', 'queued', undefined],
      [1, 'mail', 'queued', undefined],
    ]);
  });
});

test('a receipt of the message is one for everybody whom it speaks of', async () => {
  await withBook(async (book) => {
    await plan(book, { to: 2 });
    const notices = await take(book);
    await settle(book, notices.map(sent));
    const externalId = `x${notices[0]!.row}`;
    await book.noteDeliveries([{ externalId, state: 'delivered' }], { channels, channel: 'sms', now: at(2) });
    expect(await counts(book)).toMatchObject({ delivered: 2, sent: 0 });
  });
});

test('an address that several have gets no more messages than one that only one has', async () => {
  await withBook(async (book) => {
    const caps = { ofIncident: 2, all: 3 };
    const other = 'l.1.2' as IncidentId;
    await book.project([applied([], [{ kind: 'incident', incident: incident({ id: other }) }])]);
    const ones: Partial<Tell>[] = [
      { from: 0, to: 1 },
      { from: 1, to: 2, revision: 2 },
      { type: 'etr', revision: 3, to: 2 },
      { incident: other, to: 2 },
      { incident: other, type: 'etr', revision: 2, to: 2 },
    ];
    const left: number[] = [];
    for (const [n, one] of ones.entries()) {
      await plan(book, { caps, ...one }, n);
      const notices = await take(book, n + 1);
      left.push(notices.length);
      await settle(book, notices.map(sent), n + 1);
    }
    expect(left).toEqual([1, 1, 0, 1, 0]);
    expect(await counts(book)).toMatchObject({ planned: 4, sent: 2, suppressed: 2 });
  });
});

test('who withdrew is not spoken of, and nobody waits for who is gone', async () => {
  await withBook(async (book) => {
    await plan(book, { to: 2 });
    const withdrawn = { category: 'outage', channel: '*', state: 'withdrawn', basis: 'consent' } as const;
    const consents = [{ ...withdrawn, at: t0, by: 'staff', evidence: '' }];
    await book.putConsents({ subscriber: 1 as SubscriberKey, consents });
    const first = await take(book);
    expect(first).toEqual([]);
    expect(numbers(await take(book, 2))).toEqual([[1, undefined]]);
  });
});

test('questions are not joined: each flat has an answer of its own', async () => {
  await withBook(async (book) => {
    await plan(book, { to: 2 });
    await settle(book, (await take(book)).map(sent));
    await plan(book, { to: 2, type: 'ask', revision: 2 }, 2);
    expect(await take(book, 3)).toHaveLength(2);
  });
});

test('in a book of the time before, who has a telephone in common is found', async () => {
  await inFolder(async (folder) => {
    const sql = openSql(`${folder}/book.sqlite`);
    migrate(sql, 'book.sqlite', 21);
    const add = `INSERT INTO subscribers (key, id, resource, class, language, zone, consent, reach, digest, phone_hash)
      VALUES (?, ?, 'r', 'residential', '', '', '', 1, x'00', ?)`;
    const hashes = [1, 1, 2, 3].map((n) => Uint8Array.of(n));
    for (const [n, hash] of hashes.entries()) sql.run(add, n + 1, `s${n}`, hash);
    sql.run(
      "INSERT INTO contact_points (subscriber, hash, kind, place, state, changed_at, body) VALUES (4, ?, 'phone', 1, 'active', 0, x'00')",
      Uint8Array.of(2),
    );
    migrate(sql, 'book.sqlite');
    expect(sql.all('SELECT key FROM subscribers WHERE shares = 1 ORDER BY key')).toEqual(
      [1, 2, 3, 4].map((key) => ({ key })),
    );
    sql.close();
  });
});

test('whoever shares and whatever becomes of the tries, an address gets one message of a change, and everybody is settled', async () => {
  const plans = fc.record({
    kind: fc.constant('plan' as const),
    from: fc.nat(7),
    size: fc.integer({ min: 1, max: 8 }),
    change: fc.constantFrom(['detected', 1], ['detected', 2], ['etr', 3]) as fc.Arbitrary<
      ['detected' | 'etr', number]
    >,
  });
  const sends = fc.record({
    kind: fc.constant('send' as const),
    channel: fc.constantFrom(sms, mail),
    outcomes: fc.array(fc.constantFrom('sent' as const, 'retry' as const, 'failed' as const), {
      minLength: 8,
      maxLength: 8,
    }),
  });
  const scene = fc.tuple(
    fc.array(fc.nat(3), { minLength: 8, maxLength: 8 }),
    fc.array(fc.oneof(plans, sends), { minLength: 4, maxLength: 14 }),
  );
  await fc.assert(
    fc.asyncProperty(scene, async ([phones, steps]) => {
      const rowOf = (n: number) => subscriberRow(n, { phone: `+7900111000${phones[n]}` });
      await withBook(
        async (book) => {
          const arrived: string[] = [];
          let minutes = 0;
          const send = async (
            channel: ChannelFacts,
            outcomeOf: (n: number) => 'sent' | 'retry' | 'failed',
          ) => {
            minutes += 2;
            const due = await book.takeDue({ channel, channels, limit: 100, now: at(minutes) });
            const revisions = new Map(due.tells.map(({ job, tell: one }) => [job, one.revision]));
            const results = due.notices.map(({ row, to, type, job }, n): Settlement => {
              const outcome = outcomeOf(n);
              if (outcome === 'sent') arrived.push(`${to} ${type} ${revisions.get(job)}`);
              if (outcome === 'sent') return { kind: 'sent', row };
              if (outcome === 'failed') return { kind: 'failed', row, reason: 'HTTP 400' };
              return { kind: 'retry', row, reason: 'busy', at: at(minutes + 1), uncertain: false };
            });
            await settle(book, results, minutes);
          };
          for (const one of steps) {
            if (one.kind === 'send') await send(one.channel, (n) => one.outcomes[n % 8]!);
            else {
              const [type, revision] = one.change;
              await plan(
                book,
                { type, revision, from: one.from, to: Math.min(8, one.from + one.size) },
                minutes,
              );
            }
          }
          for (let n = 0; n < 12; n++) for (const channel of channels) await send(channel, () => 'sent');
          expect(new Set(arrived).size).toBe(arrived.length);
          expect(await counts(book)).toMatchObject({ queued: 0, held: 0 });
        },
        { rowOf, count: 8 },
      );
    }),
    { numRuns: 12 },
  );
}, 60_000);

test('who shares a telephone over two zones is left in peace by the night of both', () =>
  inFolder(async (folder) => {
    const book = await bookIn(folder);
    const phone = '+79001234567';
    await importAll(book, [
      subscriberRow(1, { phone, timezone: 'Asia/Omsk' }),
      subscriberRow(2, { phone, timezone: undefined }),
      subscriberRow(3, { timezone: 'Asia/Omsk' }),
      subscriberRow(4, { email: 'a@example.org', timezone: 'Asia/Tomsk' }),
      subscriberRow(5, { email: 'a@example.org', timezone: 'Asia/Tomsk' }),
    ]);
    const wish = { channels, language: 'ru', zone: 'Europe/Moscow' } as const;
    const { key, zone, zones } = await book.exportColumns(wish);
    const ofKey = new Map([...key].map((one, n) => [one, zones[zone[n]!]]));
    expect([1, 2, 3, 4, 5].map((one) => ofKey.get(one))).toEqual([
      ...['Asia/Omsk|Europe/Moscow', 'Asia/Omsk|Europe/Moscow', 'Asia/Omsk', 'Asia/Tomsk', 'Asia/Tomsk'],
    ]);
    const { zones: known } = calendarFrom(zones, t0);
    expect(Object.keys(known).sort()).toEqual(['Asia/Omsk', 'Asia/Tomsk', 'Europe/Moscow']);
    await book.close();
  }));

test('the preview counts a message once, whatever languages they speak whom it is for', () =>
  inFolder(async (folder) => {
    const book = await bookIn(folder);
    const phone = '+79001234567';
    const languages = ['ru', 'en', 'en', 'ru'] as const;
    await importAll(
      book,
      languages.map((language, n) => subscriberRow(n, n < 3 ? { phone, language } : { language })),
    );
    await book.project([tells(tell({ to: 4 }))]);
    await expandAll(book);
    const { waiting } = await book.noticesAhead(incidentId);
    expect(waiting.map(({ language, count, messages }) => [language, count, messages])).toEqual([
      ['en', 2, 0],
      ['ru', 2, 2],
    ]);
    await book.close();
  }));
