// Which channel follows, and when: one after the other, never two at once, and nothing more once somebody has it.
import { cpSync } from 'node:fs';
import { expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import type { Book } from '../../../src/edge/book/book.ts';
import type { ChannelFacts, Settlement } from '../../../src/edge/book/records.ts';
import type { Tell } from '../../../src/model/notice.ts';
import {
  applied,
  bookIn,
  expandAll,
  importAll,
  incident,
  incidentId,
  inFolder,
  subscriberRow,
  t0,
  tell,
  tells,
} from './book-fixture.ts';

const minute = 60_000;
const sms: ChannelFacts = {
  ...{ name: 'sms', address: 'phone', honoursKey: false },
  receiptWithinMs: 10 * minute,
};
const mail: ChannelFacts = { name: 'mail', address: 'email', honoursKey: false, uncertain: 'resend' };
const late: ChannelFacts = { name: 'late', address: 'phone', honoursKey: false };
const channels = [sms, mail, late];
const order = ['sms', 'mail', 'late'];

async function withChain(
  run: (book: Book, folder: string) => Promise<void>,
  { count = 1, change = {} }: { count?: number; change?: Partial<Tell> } = {},
): Promise<void> {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    await importAll(
      book,
      Array.from({ length: count }, (_, n) => subscriberRow(n)),
    );
    await book.project([applied([], [{ kind: 'incident', incident: incident() }])]);
    await book.project([tells(tell({ to: count, order, ...change }))]);
    await expandAll(book, channels);
    await run(book, folder);
    await book.close();
  });
}

const at = (minutes: number) => instant(t0 + minutes * minute);
const take = async (book: Book, channel: ChannelFacts, minutes = 0) =>
  (await book.takeDue({ channel, channels, limit: 100, now: at(minutes) })).notices;
const settle = (book: Book, results: readonly Settlement[], minutes = 0, among = channels) =>
  book.settle(results, { channels: among, now: at(minutes) });
const receipt = (book: Book, externalId: string, state: 'delivered' | 'failed', minutes: number) =>
  book.noteDeliveries([{ externalId, state }], { channels, channel: 'sms', now: at(minutes) });
/** Every row, first one first. */
const rows = async (book: Book) =>
  (await book.notices({ incident: incidentId, limit: 100 })).items
    .map(({ channel, state, reason }) => [channel, state, reason])
    .reverse();

test('a failure is followed by the next channel at once, under a key that names it', async () => {
  await withChain(async (book) => {
    const [first] = await take(book, sms);
    await settle(book, [{ kind: 'failed', row: first!.row, reason: 'no' }]);
    const [second] = await take(book, mail);
    expect(second!.key).not.toBe(first!.key);
    await settle(book, [{ kind: 'failed', row: second!.row, reason: 'no' }]);
    const [third] = await take(book, late);
    await settle(book, [{ kind: 'failed', row: third!.row, reason: 'no' }]);
    expect(await rows(book)).toEqual([
      ['sms', 'failed', 'no'],
      ['mail', 'failed', 'no'],
      ['late', 'failed', 'no'],
    ]);
    expect((await book.nextReceipts())!.unreachable).toHaveLength(1);
  });
});

test('without a receipt in ten minutes the next channel follows once, and nobody is counted twice', async () => {
  await withChain(async (book) => {
    const [first] = await take(book, sms);
    await settle(book, [{ kind: 'sent', row: first!.row, externalId: 'm1' }]);
    expect(await book.passSilent({ channels, now: at(9) })).toBe(0);
    expect(await book.passSilent({ channels, now: at(10) })).toBe(1);
    expect(await book.passSilent({ channels, now: at(60) })).toBe(0);
    expect(await rows(book)).toEqual([
      ['sms', 'uncertain', 'noReceipt'],
      ['mail', 'queued', undefined],
    ]);
    const [second] = await take(book, mail, 11);
    await settle(book, [{ kind: 'sent', row: second!.row, externalId: 'm2' }], 11);
    await receipt(book, 'm1', 'failed', 12);
    expect((await book.incident(incidentId))!.told).toBe(1);
    await receipt(book, 'm1', 'delivered', 13);
    expect((await book.incident(incidentId))!.told).toBe(1);
    // A channel without receipts is never silent.
    expect(await book.passSilent({ channels, now: at(600) })).toBe(0);
    expect(await rows(book)).toEqual([
      ['sms', 'delivered', undefined],
      ['mail', 'sent', undefined],
    ]);
  });
});

test('a late receipt stops what waits, and what is being sent is not tried again', async () => {
  await withChain(async (book) => {
    const [first] = await take(book, sms);
    await settle(book, [{ kind: 'sent', row: first!.row, externalId: 'm1' }]);
    await book.passSilent({ channels, now: at(10) });
    await receipt(book, 'm1', 'delivered', 11);
    expect(await take(book, mail, 12)).toEqual([]);
    expect(await rows(book)).toEqual([
      ['sms', 'delivered', undefined],
      ['mail', 'suppressed', 'alreadyTold'],
    ]);
  });
  await withChain(async (book) => {
    const [first] = await take(book, sms);
    await settle(book, [{ kind: 'sent', row: first!.row, externalId: 'm1' }]);
    await book.passSilent({ channels, now: at(10) });
    const [second] = await take(book, mail, 10);
    await receipt(book, 'm1', 'delivered', 11);
    const again = { kind: 'retry', row: second!.row, reason: '451', at: at(12), uncertain: false } as const;
    await settle(book, [again], 11);
    expect(await take(book, mail, 30)).toEqual([]);
    expect(await rows(book)).toEqual([
      ['sms', 'delivered', undefined],
      ['mail', 'expired', '451'],
    ]);
  });
});

test('what was taken back, and what is past its time, is not told once more by the next channel', async () => {
  for (const change of [{}, { notAfter: at(5) }]) {
    await withChain(
      async (book) => {
        const [first] = await take(book, sms);
        await settle(book, [{ kind: 'sent', row: first!.row, externalId: 'm1' }]);
        if (!('notAfter' in change))
          await book.project([applied([{ kind: 'withdraw', incident: incidentId, types: ['detected'] }])]);
        await book.passSilent({ channels, now: at(10) });
        expect(await rows(book)).toEqual([['sms', 'sent', undefined]]);
      },
      { change },
    );
  }
});

test.each([
  ['hold', 'uncertain', []],
  ['next', 'uncertain', [['mail', 'queued', undefined]]],
  ['resend', 'uncertain', [['mail', 'queued', undefined]]],
] as const)('after two sends without an answer: %s', async (uncertain, state, further) => {
  const known = [{ ...sms, uncertain }, mail, late];
  await withChain(async (book) => {
    for (const tries of [1, 2]) {
      const [one] = await take(book, sms, tries * 5);
      const lost = {
        kind: 'retry',
        row: one!.row,
        reason: 'silence',
        at: at(tries * 5),
        uncertain: true,
      } as const;
      await settle(book, [lost], tries * 5, known);
    }
    expect(await take(book, sms, 60)).toEqual([]);
    expect(await rows(book)).toEqual([['sms', state, 'silence'], ...further]);
    expect((await book.nextReceipts())!.unreachable).toEqual([]);
  });
});

test.each([
  ['hold', 2, [['sms', 'uncertain', 'cutOff']]],
  [
    'next',
    2,
    [
      ['sms', 'uncertain', 'cutOff'],
      ['mail', 'queued', undefined],
    ],
  ],
  ['resend', 2, [['sms', 'queued', 'cutOff']]],
  [
    'resend',
    1,
    [
      ['sms', 'uncertain', 'cutOff'],
      ['mail', 'queued', undefined],
    ],
  ],
] as const)('cut off in flight, with %s and %i unanswered', async (uncertain, unanswered, then) => {
  await withChain(async (book) => {
    const [one] = await take(book, sms);
    await book.reclaimAll([{ ...sms, uncertain, unanswered }, mail, late], t0);
    expect(await rows(book)).toEqual(then);
    if (then[0][1] !== 'queued') return;
    const [again] = await take(book, sms);
    expect(again!.key).toBe(one!.key);
  });
});

test('a restart forgets no waiting for receipts, and lets those come first that could not while it was down', async () => {
  await withChain(async (book, folder) => {
    const [first] = await take(book, sms);
    await settle(book, [{ kind: 'sent', row: first!.row, externalId: 'm1' }]);
    await inFolder(async (copy) => {
      cpSync(folder, copy, { recursive: true });
      const after = await bookIn(copy);
      await after.reclaimAll(channels, at(60));
      expect(await after.passSilent({ channels, now: at(60) })).toBe(0);
      expect(await after.passSilent({ channels, now: at(61) })).toBe(1);
      expect((await take(after, mail, 61)).length).toBe(1);
      await after.close();
    });
  });
});

test('an id that a centre gives again means the newer message, and an old early receipt means none', async () => {
  await withChain(
    async (book) => {
      const [first, second] = await take(book, sms);
      const parts = ['m1', 'm2'];
      await settle(book, [{ kind: 'sent', row: first!.row, externalId: 'm1', parts }]);
      await settle(book, [{ kind: 'sent', row: second!.row, externalId: 'm2' }], 1);
      await receipt(book, 'm2', 'delivered', 2);
      expect((await rows(book)).map(([, state]) => state)).toEqual(['sent', 'delivered']);
    },
    { count: 2 },
  );
  for (const [minutes, state] of [
    [30, 'delivered'],
    [90, 'sent'],
  ] as const) {
    await withChain(async (book) => {
      const [one] = await take(book, sms);
      await receipt(book, 'm1', 'delivered', 0);
      await settle(book, [{ kind: 'sent', row: one!.row, externalId: 'm1' }], minutes);
      expect(await rows(book)).toEqual([['sms', state, undefined]]);
    });
  }
});

test('whatever fails, is lost, comes late or twice: one channel at a time, and no key twice', async () => {
  let seed = 11;
  const below = (n: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 2 ** 32) * n);
  };
  await withChain(
    async (book) => {
      for (let minutes = 0; minutes < 240; minutes += 4) {
        for (const channel of channels) {
          const taken = await take(book, channel, minutes);
          const results = taken.flatMap(({ row }): Settlement[] => {
            const uncertain = below(2) === 0;
            const again = { kind: 'retry', row, reason: 'x', at: at(minutes + 4), uncertain } as const;
            const all: readonly Settlement[] = [
              { kind: 'sent', row, externalId: `${channel.name}-${row}` },
              { kind: 'failed', row, reason: 'no' },
              again,
            ];
            return [all[below(3)]!];
          });
          await settle(book, results, minutes);
        }
        await book.passSilent({ channels, now: at(minutes) });
        for (let n = 0; n < 3; n++)
          await receipt(book, `sms-${below(60)}`, below(2) === 0 ? 'delivered' : 'failed', minutes);
        const { items } = await book.notices({ incident: incidentId, limit: 1_000 });
        const under = items.filter(({ state }) => state === 'queued' || state === 'sending');
        expect(new Set(under.map(({ subscriber }) => subscriber)).size).toBe(under.length);
        expect(new Set(items.map(({ key }) => key)).size).toBe(items.length);
      }
      const { items } = await book.notices({ incident: incidentId, limit: 1_000 });
      expect(items.filter(({ state }) => state === 'queued' || state === 'sending')).toEqual([]);
      const ended = new Set(items.map(({ subscriber }) => subscriber));
      expect(ended.size).toBe(40);
    },
    { count: 40 },
  );
});

test('a backup that is restored sends nothing by itself, also not what was sent after it', async () => {
  await withChain(
    async (book, folder) => {
      const waiting = (await take(book, sms)).slice(0, 5);
      await settle(
        book,
        waiting.map(({ row }) => ({ kind: 'sent', row, externalId: `m${row}` })),
      );
      await inFolder(async (copy) => {
        cpSync(folder, copy, { recursive: true });
        const { items } = await book.notices({ incident: incidentId, state: 'sending', limit: 100 });
        await settle(
          book,
          items.map(({ id }) => ({ kind: 'sent', row: Number(id), externalId: `m${id}` })),
        );
        const restored = await bookIn(copy);
        expect(await restored.holdUndecided()).toBe(35);
        await restored.reclaimAll(channels, at(1));
        expect(await restored.passSilent({ channels, now: at(60) })).toBe(0);
        for (const channel of channels) expect(await take(restored, channel, 60)).toEqual([]);
        expect((await restored.incident(incidentId))!.notices).toMatchObject({
          held: 35,
          sent: 5,
          queued: 0,
        });
        // A person lets them go: then under the keys that the peer knows.
        await restored.project([applied([{ kind: 'release', incident: incidentId }])]);
        const again = await take(restored, sms, 61);
        expect(again.map(({ key }) => key).sort()).toEqual(items.map(({ key }) => key).sort());
        await restored.close();
      });
    },
    { count: 40 },
  );
});

test('who takes a consent back, or leaves a chat, while a notice waits is told by the next channel they agree to', async () => {
  await withChain(
    async (book) => {
      const subscribers = (await book.subscribers({ limit: 10 })).items;
      const keyOf = (id: string) => subscribers.find((one) => one.id === id)!.key;
      const withdraw = (id: string, channel: string) =>
        book.putConsents({
          subscriber: keyOf(id),
          consents: [
            {
              category: 'outage',
              channel,
              state: 'withdrawn',
              basis: 'consent',
              at: t0,
              by: 'op',
              evidence: 'a call',
            },
          ],
        });
      await withdraw('s0', 'sms');
      await withdraw('s1', '*');
      await book.optOut(keyOf('s2'), true);
      expect((await take(book, sms)).map(({ subscriberId }) => subscriberId)).toEqual(['s3']);
      expect((await take(book, mail)).map(({ subscriberId }) => subscriberId)).toEqual(['s0']);
      expect(await rows(book)).toEqual([
        ['sms', 'suppressed', 'optedOut'],
        ['sms', 'suppressed', 'optedOut'],
        ['sms', 'suppressed', 'optedOut'],
        ['sms', 'sending', undefined],
        ['mail', 'sending', undefined],
      ]);
    },
    { count: 4 },
  );
});

test('a chat that is left while a notice waits for it is followed by a message to the phone', async () => {
  const bot: ChannelFacts = { name: 'bot', address: 'chat', honoursKey: false, uncertain: 'next' };
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    await importAll(book, [subscriberRow(0)]);
    const { key } = (await book.subscribers({ limit: 1 })).items[0]!;
    await book.putChatCode({ subscriber: key, code: 'a'.repeat(22), now: t0 });
    expect(await book.bindChat({ channel: 'bot', chat: '77', code: 'a'.repeat(22), now: t0 })).toBe(true);
    await book.project([applied([], [{ kind: 'incident', incident: incident() }])]);
    await book.project([tells(tell({ to: 1, order: ['bot', 'sms'] }))]);
    const both = [bot, sms];
    await expandAll(book, both);
    await book.unbindChat({ channel: 'bot', chat: '77' });
    const taken = await book.settleAndTake(
      [],
      { channels: both, now: t0 },
      { channel: bot, limit: 9, now: t0 },
    );
    expect(taken.notices).toEqual([]);
    expect(await take(book, sms)).toHaveLength(1);
    expect(await rows(book)).toEqual([
      ['bot', 'suppressed', 'noChannel'],
      ['sms', 'sending', undefined],
    ]);
    await book.close();
  });
});

test('what was sent again by policy is shown as maybe told twice, and is not where the peer drops a repeated key', async () => {
  await withChain(
    async (book) => {
      const [cut] = await take(book, mail);
      await book.reclaimAll(channels, at(1));
      const [again] = await take(book, mail, 1);
      expect(again!.key).toBe(cut!.key);
      await settle(book, [{ kind: 'sent', row: again!.row, externalId: 'm1' }], 1);
      const [first] = (await book.notices({ incident: incidentId })).items;
      expect(first).toMatchObject({ state: 'sent', maybeTwice: true });
      expect((await book.incident(incidentId))!.notices).toMatchObject({
        planned: 1,
        sent: 1,
        maybeTwice: 1,
      });
    },
    { change: { order: ['mail'] } },
  );
  const keyed = { ...mail, honoursKey: true };
  await withChain(
    async (book) => {
      await take(book, keyed);
      await book.reclaimAll([keyed], at(1));
      const [again] = await take(book, keyed, 1);
      await settle(book, [{ kind: 'sent', row: again!.row, externalId: 'm1' }], 1, [keyed]);
      expect((await book.incident(incidentId))!.notices).toMatchObject({ sent: 1, maybeTwice: 0 });
    },
    { change: { order: ['mail'] } },
  );
});
