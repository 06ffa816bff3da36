import { expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import type { Book } from '../../../src/edge/book/book.ts';
import type { ChannelFacts, Settlement } from '../../../src/edge/book/records.ts';
import type { IncidentId, SubscriberKey, TicketId } from '../../../src/model/ids.ts';
import type { Tell } from '../../../src/model/notice.ts';
import type { Ticket } from '../../../src/model/ticket.ts';
import {
  applied,
  bookIn,
  expandAll,
  importAll,
  incident,
  incidentId,
  inFolder,
  mail,
  sms,
  subscriberRow,
  t0,
  tell,
  tells,
} from './book-fixture.ts';

const channels = [sms, mail];

async function withBook(count: number, run: (book: Book, folder: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    await importAll(
      book,
      Array.from({ length: count }, (_, n) => subscriberRow(n)),
    );
    await book.project([applied([], [{ kind: 'incident', incident: incident() }])]);
    await run(book, folder);
    await book.close();
  });
}

const take = (book: Book, change: { channel?: ChannelFacts; limit?: number; now?: number } = {}) =>
  book.takeDue({ channel: sms, limit: 100, now: t0, ...change });
const counts = async (book: Book) => (await book.incident(incidentId))!.notices;
const settleAll = async (
  book: Book,
  rows: readonly { row: number }[],
  how: (row: number) => Settlement,
  now = t0,
) =>
  book.settle(
    rows.map(({ row }) => how(row)),
    { channels, now },
  );
const sent = (row: number): Settlement => ({ kind: 'sent', row });
const failed = (row: number): Settlement => ({ kind: 'failed', row, reason: 'HTTP 400' });

test('a second tell of the same revision tells nobody again', async () => {
  await withBook(10, async (book) => {
    await book.project([tells(tell())]);
    await expandAll(book);
    await book.project([tells(tell())]);
    await expandAll(book);
    expect(await counts(book)).toMatchObject({ planned: 10, queued: 10 });
    await book.project([tells(tell({ type: 'etr', revision: 2 }))]);
    await expandAll(book);
    expect(await counts(book)).toMatchObject({ planned: 20 });
  });
});

test('who was told is counted once, however many notices of however many incidents were his', async () => {
  await withBook(10, async (book) => {
    const told = async () => (await book.incident(incidentId))!.told;
    const sendAll = async (telling: Tell) => {
      await book.project([tells(telling)]);
      await expandAll(book);
      await settleAll(book, (await take(book)).notices, sent);
    };
    await sendAll(tell({ to: 4 }));
    await sendAll(tell({ type: 'etr', revision: 2, to: 4 }));
    expect([(await counts(book)).sent, await told()]).toEqual([8, 4]);
    // Others were told of what turned out to be the same outage.
    const part = 'a.1.9' as IncidentId;
    await sendAll(tell({ incident: part, from: 3, to: 6 }));
    const merged = incident({ id: part, state: 'merged', into: incidentId });
    await book.project([applied([], [{ kind: 'incident', incident: merged }])]);
    expect(await told()).toBe(6);
    // It came back, and whoever had heard that it works was told anew.
    const history = [{ at: t0, event: 'reopen' }] as const;
    await book.project([applied([], [{ kind: 'incident', incident: incident({ history }) }])]);
    await sendAll(tell({ revision: 3, to: 4 }));
    expect(await told()).toBe(6);
  });
});

test('a page that was answered before the crash adds nothing after it', async () => {
  await withBook(1_000, async (book) => {
    await book.project([tells(tell({ to: 1_000 }))]);
    const page = (await book.nextTellPages({ limit: 500, pages: 1 }))[0]!;
    const keys = Uint32Array.from({ length: 500 }, (_, n) => n + 1);
    await book.addNotices({ page, keys, channels, now: t0 });
    await book.addNotices({ page, keys, channels, now: t0 });
    expect(await counts(book)).toMatchObject({ planned: 500 });
    expect((await book.nextTellPages({ limit: 500, pages: 1 }))[0]).toMatchObject({ from: 500, to: 1_000 });
  });
});

test('pages of several tells are under way at once; one that comes before its turn adds nothing', async () => {
  await withBook(1_000, async (book) => {
    await book.project([tells(tell({ to: 900, except: [700] }), tell({ type: 'etr', revision: 2, to: 3 }))]);
    const pages = await book.nextTellPages({ limit: 500, pages: 8 });
    expect(pages.map(({ from, to, except }) => [from, to, [...except]])).toEqual([
      [0, 500, []],
      [500, 900, [700]],
      [0, 3, []],
    ]);
    expect(await book.nextTellPages({ limit: 500, pages: 2 })).toEqual(pages.slice(0, 2));
    const add = (n: number) => {
      const { from, to } = pages[n]!;
      const keys = Uint32Array.from({ length: to - from }, (_, i) => from + i + 1);
      return book.addNotices({ page: pages[n]!, keys, channels, now: t0 });
    };
    await add(1);
    expect(await counts(book)).toMatchObject({ planned: 0 });
    await Promise.all([add(0), add(1), add(2)]);
    expect(await counts(book)).toMatchObject({ planned: 903 });
    expect(await book.nextTellPages({ limit: 500, pages: 8 })).toEqual([]);
  });
});

test('a key is 128 bit, and stays the same for the same notice in another book', async () => {
  const keys: string[] = [];
  for (let round = 0; round < 2; round++) {
    await withBook(3, async (book) => {
      await book.project([tells(tell({ to: 3 }))]);
      await expandAll(book);
      keys.push(...(await take(book)).notices.map(({ key }) => key));
    });
  }
  expect(keys).toHaveLength(6);
  expect(new Set(keys).size).toBe(3);
  expect(keys.every((key) => /^[0-9a-f]{32}$/.test(key))).toBe(true);
});

test('a second person lets go what is held, also what was not expanded yet', async () => {
  await withBook(1_000, async (book) => {
    await book.project([tells(tell({ to: 1_000, held: true }))]);
    const page = (await book.nextTellPages({ limit: 500, pages: 1 }))[0]!;
    await book.addNotices({
      page,
      keys: Uint32Array.from({ length: 500 }, (_, n) => n + 1),
      channels,
      now: t0,
    });
    expect(await counts(book)).toMatchObject({ held: 500 });
    expect((await take(book)).notices).toEqual([]);
    await book.project([applied([{ kind: 'release', incident: incidentId }])]);
    await expandAll(book);
    expect(await counts(book)).toMatchObject({ held: 0, queued: 1_000 });
  });
});

test('a withdrawn notice is not sent, and nobody hears of the end of what they were never told of', async () => {
  await withBook(4, async (book) => {
    await book.project([tells(tell({ to: 4 }))]);
    await expandAll(book);
    const [first] = (await take(book, { limit: 1 })).notices;
    await settleAll(book, [first!], sent);
    await book.project([
      applied([{ kind: 'withdraw', incident: incidentId, types: ['detected', 'etr'] }]),
      tells(tell({ type: 'restored', to: 4, revision: 2 })),
    ]);
    await expandAll(book);
    expect(await counts(book)).toMatchObject({ sent: 1, suppressed: 3, queued: 4 });
    const due = await take(book);
    expect(due.notices.map(({ type, subscriber }) => [type, subscriber])).toEqual([
      ['restored', first!.subscriber],
    ]);
    expect(await counts(book)).toMatchObject({ planned: 8, sent: 1, suppressed: 6 });
    const reasons = (await book.notices({ incident: incidentId, state: 'suppressed' })).items.map(
      ({ reason }) => reason,
    );
    expect(new Set(reasons)).toEqual(new Set(['clearedBeforeHold', 'neverTold']));
  });
});

test('what was being sent when it was taken back is not tried again, by no channel', async () => {
  await withBook(4, async (book) => {
    await book.project([tells(tell({ to: 4 }))]);
    await expandAll(book);
    const { notices } = await take(book, { limit: 3 });
    await book.project([applied([{ kind: 'withdraw', incident: incidentId, types: ['detected'] }])]);
    const ends: readonly Settlement[] = [
      { kind: 'retry', row: notices[0]!.row, reason: 'HTTP 503', at: instant(t0 + 1_000), uncertain: false },
      failed(notices[1]!.row),
      sent(notices[2]!.row),
    ];
    await book.settle(ends, { channels, now: t0 });
    for (const channel of channels) {
      expect((await take(book, { channel, now: t0 + 60_000 })).notices).toEqual([]);
    }
    expect(await counts(book)).toMatchObject({ sent: 1, suppressed: 1, queued: 0 });
  });
});

test('who turned to us is asked, told or not', async () => {
  await withBook(2, async (book) => {
    const ticket: Ticket = {
      id: 't.1' as TicketId,
      kind: 'subscriber',
      status: 'inProgress',
      subscriber: 2 as SubscriberKey,
      incident: incidentId,
      openedAt: t0,
      attached: 0,
      loops: 0,
      history: [],
    };
    await book.project([applied([], [{ kind: 'ticket', ticket }]), tells(tell({ type: 'ask', to: 2 }))]);
    await expandAll(book);
    expect((await take(book)).notices.map(({ subscriber, purpose }) => [subscriber, purpose])).toEqual([
      [2, 'confirm'],
    ]);
    expect(await counts(book)).toMatchObject({ suppressed: 1 });
  });
});

test('an update waits until the first notice is out', async () => {
  await withBook(1, async (book) => {
    await book.project([tells(tell({ to: 1 }), tell({ type: 'etr-changed', to: 1, revision: 2 }))]);
    await expandAll(book);
    const first = await take(book);
    expect(first.notices.map(({ type }) => type)).toEqual(['detected']);
    expect((await take(book, { now: t0 + 2_000 })).notices).toEqual([]);
    const retryAt = instant(t0 + 60_000);
    await settleAll(book, first.notices, (row) => ({
      kind: 'retry',
      row,
      reason: 'HTTP 500',
      at: retryAt,
      uncertain: true,
    }));
    expect((await take(book, { now: t0 + 5_000 })).notices).toEqual([]);
    const again = await take(book, { now: t0 + 60_000 });
    expect(again.notices.map(({ type }) => type)).toEqual(['detected']);
    expect(again.notices[0]!.key).toBe(first.notices[0]!.key);
    await settleAll(book, again.notices, sent, instant(t0 + 60_000));
    expect((await take(book, { now: t0 + 120_000 })).notices.map(({ type }) => type)).toEqual([
      'etr-changed',
    ]);
  });
});

test('a notice past its time expires, and one the peer may have stays uncertain', async () => {
  await withBook(2, async (book) => {
    await book.project([tells(tell({ to: 2, notAfter: instant(t0 + 10_000) }))]);
    await expandAll(book);
    const [first] = (await take(book, { limit: 1 })).notices;
    const at = instant(t0 + 20_000);
    await settleAll(book, [first!], (row) => ({
      kind: 'retry',
      row,
      reason: 'no answer',
      at,
      uncertain: true,
    }));
    expect((await take(book, { now: t0 + 30_000 })).notices).toEqual([]);
    expect(await counts(book)).toMatchObject({ planned: 2, uncertain: 1, expired: 1, queued: 0 });
  });
});

test('a notice for the morning waits for the morning', async () => {
  await withBook(1, async (book) => {
    const morning = instant(t0 + 3_600_000);
    await book.project([tells(tell({ to: 1, notBefore: morning }))]);
    await expandAll(book);
    expect(await take(book)).toMatchObject({ notices: [], nextDueAt: morning });
    expect((await take(book, { now: morning })).notices).toHaveLength(1);
  });
});

test('a lease that runs out is taken again with the same key only where the channel honours it', async () => {
  await withBook(2, async (book) => {
    await book.project([tells(tell({ from: 0, to: 1 }), tell({ from: 1, to: 2, order: ['mail'] }))]);
    await expandAll(book);
    const [bySms] = (await take(book)).notices;
    expect((await take(book, { channel: mail })).notices).toHaveLength(1);
    expect((await take(book, { now: t0 + 29_000 })).notices).toEqual([]);
    const later = { now: t0 + 31_000 };
    expect((await take(book, later)).notices.map(({ key }) => key)).toEqual([bySms!.key]);
    expect((await take(book, { ...later, channel: mail })).notices).toEqual([]);
    expect(await counts(book)).toMatchObject({ queued: 1, uncertain: 1 });
  });
});

test('a result that comes after its row was settled changes nothing', async () => {
  await withBook(1, async (book) => {
    await book.project([tells(tell({ to: 1 }))]);
    await expandAll(book);
    const { notices } = await take(book);
    await settleAll(book, notices, sent);
    await settleAll(book, notices, failed);
    expect(await counts(book)).toMatchObject({ planned: 1, sent: 1, failed: 0 });
  });
});

test('receipts that come twice, late, early or in the wrong order leave the truth', async () => {
  await withBook(4, async (book) => {
    await book.project([tells(tell({ to: 4 }))]);
    await expandAll(book);
    const { notices } = await take(book);
    const note = (...deliveries: { externalId: string; state: 'delivered' | 'failed' }[]) =>
      book.noteDeliveries(deliveries, { channels, channel: 'sms', now: t0 });
    await note(
      { externalId: 'x2', state: 'delivered' },
      { externalId: 'x2', state: 'failed' },
      { externalId: 'nobody', state: 'delivered' },
    );
    await settleAll(book, notices, (row) => ({
      kind: 'sent',
      row,
      externalId: `x${notices.findIndex((one) => one.row === row)}`,
    }));
    await note(
      { externalId: 'x0', state: 'delivered' },
      { externalId: 'x0', state: 'failed' },
      { externalId: 'x0', state: 'delivered' },
    );
    await note({ externalId: 'x1', state: 'failed' }, { externalId: 'x1', state: 'failed' });
    expect(await counts(book)).toMatchObject({ delivered: 2, sent: 1, failed: 1, queued: 1 });
    expect((await take(book, { channel: mail })).notices).toHaveLength(1);
  });
});

test('an id that a gateway gives again means the newer message', async () => {
  await withBook(2, async (book) => {
    await book.project([tells(tell({ to: 2 }))]);
    await expandAll(book);
    const { notices } = await take(book);
    await settleAll(book, notices, (row) => ({ kind: 'sent', row, externalId: '1' }));
    await book.noteDeliveries([{ externalId: '1', state: 'delivered' }], {
      channels,
      channel: 'sms',
      now: t0,
    });
    await book.noteDeliveries([{ externalId: '1', state: 'failed' }], { channels, channel: 'sms', now: t0 });
    const { items } = await book.notices({});
    expect(items.map(({ state }) => state)).toEqual(['delivered', 'sent']);
  });
});

test('a notice in parts is delivered when all its parts are, and has failed when one has', async () => {
  await withBook(5, async (book) => {
    await book.project([tells(tell({ to: 5 }))]);
    await expandAll(book);
    const { notices } = await take(book);
    const note = (externalId: string, state: 'delivered' | 'failed') =>
      book.noteDeliveries([{ externalId, state }], { channels, channel: 'sms', now: t0 });
    await note('4b', 'delivered');
    await note('4a', 'delivered');
    await note('3b', 'delivered');
    await settleAll(book, notices, (row) => {
      const nth = notices.findIndex((one) => one.row === row);
      return { kind: 'sent', row, externalId: `${nth}a`, parts: [`${nth}a`, `${nth}b`] };
    });
    expect(await counts(book)).toMatchObject({ sent: 4, delivered: 1 });
    await note('0b', 'delivered');
    await note('0b', 'delivered');
    await note('1a', 'delivered');
    await note('1b', 'failed');
    await note('1a', 'failed');
    expect(await counts(book)).toMatchObject({ sent: 3, delivered: 1, failed: 1, queued: 1 });
    await note('0a', 'delivered');
    await note('3a', 'delivered');
    expect(await counts(book)).toMatchObject({ sent: 1, delivered: 3, failed: 1 });
    await note('1b', 'delivered');
    await note('0a', 'failed');
    expect(await counts(book)).toMatchObject({ sent: 1, delivered: 4, failed: 0 });
  });
});

test('opted-out subscribers and those without an address are counted, not sent to', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    await importAll(book, [
      subscriberRow(0),
      subscriberRow(1, { phone: undefined, email: undefined }),
      subscriberRow(2, { consent: ['mail'] }),
      subscriberRow(3),
    ]);
    await book.optOut(4, true);
    await book.project([applied([], [{ kind: 'incident', incident: incident() }]), tells(tell({ to: 6 }))]);
    await expandAll(book);
    expect((await take(book)).notices.map(({ subscriberId }) => subscriberId)).toEqual(['s0']);
    expect((await take(book, { channel: mail })).notices.map(({ to }) => to)).toEqual(['s2@example.org']);
    expect(await counts(book)).toMatchObject({ planned: 6, suppressed: 4 });
    await book.close();
  });
});

test('after a restore nothing goes out until a person lets it', async () => {
  await withBook(1_000, async (book) => {
    await book.project([tells(tell({ to: 1_000 }))]);
    const page = (await book.nextTellPages({ limit: 500, pages: 1 }))[0]!;
    await book.addNotices({
      page,
      keys: Uint32Array.from({ length: 500 }, (_, n) => n + 1),
      channels,
      now: t0,
    });
    await take(book, { limit: 10 });
    expect(await book.holdUndecided()).toBe(500);
    await expandAll(book);
    await book.reclaimAll(channels, t0);
    expect((await take(book)).notices).toEqual([]);
    expect(await counts(book)).toMatchObject({ held: 1_000, queued: 0 });
  });
});

test('counts of an incident agree with its rows whatever happened', async () => {
  await withBook(300, async (book) => {
    await book.project([tells(tell({ to: 300 }), tell({ type: 'ask', to: 300, revision: 2 }))]);
    await expandAll(book);
    let random = 7;
    const below = (n: number): number => {
      random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
      return (random >>> 8) % n;
    };
    for (let round = 0; round < 30; round++) {
      const now = t0 + round * 40_000;
      for (const channel of channels) {
        const { notices } = await take(book, { channel, limit: 50, now });
        const results = notices.flatMap(({ row }): Settlement[] => {
          const at = instant(now + 1_000);
          return [
            [sent(row)],
            [failed(row)],
            [{ kind: 'retry' as const, row, reason: 'x', at, uncertain: below(2) === 0 }],
            [{ kind: 'unsent' as const, row, at }],
            [],
          ][below(5)]!;
        });
        await book.settle(results, { channels, now: instant(now) });
      }
    }
    const totals = await counts(book);
    for (const state of [
      'held',
      'sent',
      'delivered',
      'failed',
      'uncertain',
      'suppressed',
      'expired',
    ] as const) {
      expect([state, totals[state]]).toEqual([
        state,
        (await book.notices({ incident: incidentId, state })).total,
      ]);
    }
    expect(totals.planned).toBe((await book.notices({ incident: incidentId })).total);
  });
});

test('notices of other incidents are not touched by a withdrawal', async () => {
  await withBook(2, async (book) => {
    const other = 'l.1.2' as IncidentId;
    await book.project([tells(tell({ to: 2 }), tell({ to: 2, incident: other }))]);
    await expandAll(book);
    await book.project([applied([{ kind: 'withdraw', incident: other, types: ['detected'] }])]);
    expect(await counts(book)).toMatchObject({ queued: 2, suppressed: 0 });
  });
});

test('notices of a channel that is gone go by the next one; what it was sending is uncertain', async () => {
  await withBook(3, async (book) => {
    await book.project([tells(tell({ to: 3 }))]);
    await expandAll(book);
    await take(book, { limit: 1 });
    await book.reclaimAll([mail], t0);
    expect(await book.reroute({ channels: [mail], now: t0 })).toBe(2);
    expect(await book.reroute({ channels: [mail], now: t0 })).toBe(0);
    expect(await counts(book)).toMatchObject({ planned: 5, uncertain: 1, failed: 2, queued: 2 });
    expect((await take(book, { channel: mail })).notices.map(({ to }) => to)).toEqual([
      's1@example.org',
      's2@example.org',
    ]);
  });
});

test('the kill switch keeps everything where it is, what is late meanwhile expires, and the rest goes on', async () => {
  await withBook(4, async (book) => {
    const early = { to: 2, notAfter: instant(t0 + 60_000) };
    await book.project([tells(tell(early), tell({ from: 2, to: 4 }))]);
    await expandAll(book);
    await book.project([applied([{ kind: 'sending', isStopped: true }])]);
    expect(await book.isSendingStopped()).toBe(true);
    expect(await take(book)).toMatchObject({ notices: [], nextDueAt: undefined });
    expect((await take(book, { now: t0 + 120_000 })).notices).toEqual([]);
    await book.project([applied([{ kind: 'sending', isStopped: false }])]);
    expect((await take(book, { now: t0 + 120_000 })).notices).toHaveLength(2);
    expect(await counts(book)).toMatchObject({ expired: 2, queued: 2 });
  });
});

test('a dry run plans and counts everything and sends nothing', async () => {
  await withBook(4, async (book) => {
    await book.project([tells(tell({ to: 4, dryRun: true }))]);
    await expandAll(book);
    expect((await take(book)).notices).toEqual([]);
    expect(await counts(book)).toMatchObject({ planned: 4, suppressed: 4 });
    expect((await book.notices({})).items.map(({ reason }) => reason)).toEqual(Array(4).fill('dryRun'));
  });
});
