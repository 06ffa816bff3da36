import { cpSync } from 'node:fs';
import { expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import type { Input } from '../../../src/flow/input.ts';
import type { TicketId } from '../../../src/model/ids.ts';
import type { Ticket } from '../../../src/model/ticket.ts';
import type { OutgoingNotice } from '../../../src/notify/channel.ts';
import type { Desk } from '../../../src/ticket/desk.ts';
import {
  applied,
  bookIn,
  importAll,
  incident,
  incidentId,
  inFolder,
  subscriberRow,
  tell,
  tells,
} from '../../edge/book/book-fixture.ts';
import { realWorld } from '../../support/real-world.ts';
import { courierOver, testChannel, until } from './courier-fixture.ts';

const world = realWorld();
const opened = () => applied([], [{ kind: 'incident', incident: incident() }]);
const rows = (count: number) => Array.from({ length: count }, (_, n) => subscriberRow(n));

test('everybody in a tell gets one notice in their language with a link that works', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder, world);
    await importAll(book, rows(1_200));
    await book.project([opened(), tells(tell({ to: 1_200, except: [7], suppressed: { alreadyTold: 1 } }))]);
    const sms = testChannel();
    const inputs: Input[] = [];
    const courier = await courierOver(book, [sms], {
      submit: async (input) => {
        inputs.push(input);
      },
    });
    await until(() => sms.received.length === 1_199);
    await courier.close();
    expect(new Set(sms.received.map(({ subscriber }) => subscriber)).size).toBe(1_199);
    expect(sms.received.some(({ subscriber }) => subscriber === 's7')).toBe(false);
    const russian = sms.received.find(({ subscriber }) => subscriber === 's2')!;
    expect(russian).toMatchObject({
      to: '+79000000002',
      language: 'ru',
      incident: incidentId,
      type: 'detected',
    });
    expect(russian.text).toContain('обрыв кабеля');
    const token = /https:\/\/status\.example\/s\/([\w-]{11})$/.exec(russian.text)?.[1];
    expect(await book.findLink(token!, world.now())).toMatchObject({ subscriber: 3, purpose: 'request' });
    expect((await book.incident(incidentId))?.notices).toMatchObject({
      planned: 1_200,
      sent: 1_199,
      suppressed: 1,
      queued: 0,
    });
    const reported = inputs.flatMap((input) => (input.kind === 'receipts' ? input.counts : []));
    expect(reported.reduce((sum, { state, count }) => sum + (state === 'sent' ? count : 0), 0)).toBe(1_199);
    expect(await book.nextReceipts()).toBeUndefined();
    await book.close();
  });
});

test('a channel that is down takes nothing away from the others, and its notices go once it is back', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder, world);
    await importAll(book, [
      ...rows(100),
      ...Array.from({ length: 100 }, (_, n) => subscriberRow(100 + n, { consent: ['mail'] })),
    ]);
    await book.project([opened(), tells(tell({ to: 200 }))]);
    const sms = testChannel();
    const mail = testChannel({ name: 'mail', address: 'email', honoursKey: false });
    let isDown = true;
    sms.answer = () => (isDown ? { kind: 'retry', reason: 'refused', uncertain: false } : { kind: 'sent' });
    const courier = await courierOver(book, [{ channel: sms, window: 32 }, mail]);
    await until(() => mail.received.length === 100);
    // The breaker holds the rest back: no storm on a dead gateway.
    expect(sms.received.length).toBeLessThanOrEqual(64);
    isDown = false;
    await until(async () => (await book.incident(incidentId))?.notices.sent === 200);
    await courier.close();
    await book.close();
  });
});

test('a notice that one channel refuses goes by the next one, and whom none reaches is reported', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder, world);
    await importAll(book, [subscriberRow(0), subscriberRow(1, { email: undefined })]);
    await book.project([opened(), tells(tell({ to: 2 }))]);
    const sms = testChannel();
    sms.answer = () => ({ kind: 'failed', reason: 'HTTP 400' });
    const mail = testChannel({ name: 'mail', address: 'email', honoursKey: false });
    const inputs: Input[] = [];
    const courier = await courierOver(book, [sms, mail], {
      submit: async (input) => {
        inputs.push(input);
      },
    });
    await until(() => mail.received.length === 1);
    await courier.close();
    expect(mail.received[0]).toMatchObject({ to: 's0@example.org', type: 'detected' });
    expect(mail.received[0]!.key).not.toBe(sms.received[0]!.key);
    const unreachable = inputs.flatMap((input) => (input.kind === 'receipts' ? input.unreachable : []));
    expect(unreachable).toEqual([{ incident: incidentId, type: 'detected', subscriber: 2 }]);
    await book.close();
  });
});

test('one subscriber hears of the outage before its end, however the channel stumbles', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder, world);
    await importAll(book, rows(6));
    await book.project([opened(), tells(tell({ to: 6 })), tells(tell({ to: 6, type: 'ask' }))]);
    const sms = testChannel();
    sms.answer = (_notice, nth) =>
      nth % 3 === 0 ? { kind: 'retry', reason: 'busy', uncertain: false, afterMs: 20 } : { kind: 'sent' };
    const courier = await courierOver(book, [sms]);
    await until(async () => (await book.incident(incidentId))?.notices.sent === 12);
    await courier.close();
    for (let n = 0; n < 6; n++) {
      const types = sms.received.filter(({ subscriber }) => subscriber === `s${n}`).map(({ type }) => type);
      expect(types.lastIndexOf('detected')).toBeLessThan(types.indexOf('ask'));
    }
    await book.close();
  });
});

test('--only-to sends every notice to that one address', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder, world);
    await importAll(book, rows(5));
    await book.project([opened(), tells(tell({ to: 5 }))]);
    const sms = testChannel();
    const mail = testChannel({ name: 'mail', address: 'email' });
    const courier = await courierOver(book, [sms, mail], { onlyTo: 'me@isp.example' });
    await until(() => mail.received.length === 5);
    await courier.close();
    expect(sms.received).toEqual([]);
    expect(new Set(mail.received.map(({ to }) => to))).toEqual(new Set(['me@isp.example']));
    await book.close();
  });
});

test('never more notices are marked as being sent than the window holds', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder, world);
    await importAll(book, rows(300));
    await book.project([opened(), tells(tell({ to: 300 }))]);
    const sms = testChannel();
    let most = 0;
    sms.answer = async (_notice, nth) => {
      if (nth % 16 === 0) most = Math.max(most, (await book.notices({ state: 'sending' })).total);
      return { kind: 'sent' };
    };
    const courier = await courierOver(book, [{ channel: sms, window: 8 }]);
    await until(() => sms.received.length === 300);
    await courier.close();
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(8);
    await book.close();
  });
});

test('a crash anywhere between intent, send and mark misses nobody and repeats only with the same key', async () => {
  await inFolder(async (folder) => {
    const first = `${folder}/first`;
    const book = await bookIn(first, world);
    await importAll(book, rows(300));
    await book.project([opened(), tells(tell({ to: 300 }))]);
    const gateway: OutgoingNotice[] = [];
    const copies: { folder: string; sentBefore: number }[] = [];
    const sms = testChannel();
    sms.answer = (notice, nth) => {
      gateway.push(notice);
      // A copy of the files at this moment is what a process killed now would leave behind.
      if (nth % 60 === 0) {
        const copy = { folder: `${folder}/copy-${nth}`, sentBefore: gateway.length };
        cpSync(first, copy.folder, { recursive: true });
        copies.push(copy);
      }
      return { kind: 'sent' };
    };
    const courier = await courierOver(book, [{ channel: sms, window: 32 }]);
    await until(async () => (await book.incident(incidentId))?.notices.sent === 300);
    await courier.close();
    await book.close();
    expect(copies.length).toBe(5);
    for (const copy of copies) {
      const reopened = await bookIn(copy.folder, world);
      const again = testChannel();
      const second = await courierOver(reopened, [again]);
      await until(async () => (await reopened.incident(incidentId))?.notices.sent === 300);
      await second.close();
      await reopened.close();
      const all = [...gateway.slice(0, copy.sentBefore), ...again.received];
      expect(new Set(all.map(({ subscriber }) => subscriber)).size).toBe(300);
      // As many keys as people: a gateway that honours keys tells nobody twice; at most a window is repeated.
      expect(new Set(all.map(({ key }) => key)).size).toBe(300);
      expect(all.length - 300).toBeLessThanOrEqual(64);
    }
  });
});

test('without keys what was in flight at a crash is uncertain, shown, and not sent again', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder, world);
    await importAll(book, rows(40));
    await book.project([opened(), tells(tell({ to: 40, order: ['mail'] }))]);
    const mail = testChannel({ name: 'mail', address: 'email', honoursKey: false });
    const [page] = await book.nextTellPages({ limit: 500, pages: 1 });
    await book.addNotices({
      page: page!,
      keys: Uint32Array.from({ length: 40 }, (_, n) => n + 1),
      channels: [mail],
      now: world.now(),
    });
    const facts = { name: 'mail', address: 'email', honoursKey: false } as const;
    const inFlight = await book.takeDue({ channel: facts, limit: 8, now: world.now() });
    expect(inFlight.notices).toHaveLength(8);
    const courier = await courierOver(book, [{ channel: mail, uncertain: 'hold' }]);
    await until(async () => (await book.incident(incidentId))?.notices.sent === 32);
    await courier.close();
    expect((await book.incident(incidentId))?.notices).toMatchObject({ sent: 32, uncertain: 8, queued: 0 });
    expect(mail.received).toHaveLength(32);
    await book.close();
  });
});

test('the ticket system hears of each ticket until it has stored the newest state', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder, world);
    await importAll(book, rows(1));
    await book.addContact({ id: 'c1', subscriber: 1, at: world.now(), text: 'Нет интернета' });
    const ticket: Ticket = {
      ...{
        id: 't.1' as TicketId,
        kind: 'subscriber',
        status: 'acknowledged',
        contact: 'c1',
        openedAt: instant(1),
        attached: 0,
        loops: 0,
      },
      history: [],
    };
    await book.project([applied([{ kind: 'desk', ticket: ticket.id }], [{ kind: 'ticket', ticket }])]);
    const texts: string[] = [];
    const inputs: Input[] = [];
    const desk: Desk = {
      name: 'desk',
      put: async (tickets) => {
        texts.push(...tickets.map(({ description }) => description));
        return tickets.map(() => ({ kind: 'stored', external: 'RT-1' }));
      },
      say: async () => [],
      close: async () => {},
    };
    const courier = await courierOver(book, [], {
      desk: { desk, contacts: false, onSaid: async () => undefined },
      submit: async (input) => {
        inputs.push(input);
      },
    });
    await until(() => inputs.length === 1);
    await courier.close();
    expect(texts).toEqual(['Нет интернета']);
    expect(inputs).toEqual([{ kind: 'deskUpdate', ticket: 't.1', external: 'RT-1' }]);
    await book.close();
  });
});

test('a text that cannot be made keeps its notice, and a full line keeps its receipts', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder, world);
    await importAll(book, rows(2));
    await book.project([opened(), tells(tell({ to: 2 }))]);
    const sms = testChannel();
    let made = 0;
    const courier = await courierOver(book, [sms], {
      texts: ({ link }) => {
        if (++made === 1) throw new Error('no such text');
        return { subject: '', text: link };
      },
      submit: () => Promise.reject(new Error('the line is full')),
    });
    await until(() => sms.received.length === 1);
    await courier.close();
    expect((await book.incident(incidentId))?.notices).toMatchObject({ sent: 1, queued: 1 });
    expect((await book.nextReceipts())?.counts).toEqual([
      { incident: incidentId, type: 'detected', state: 'sent', count: 1 },
    ]);
    await book.close();
  });
});

test('what waits for a person is told of as soon as it is planned', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder, world);
    await importAll(book, rows(3));
    await book.project([opened(), tells(tell({ to: 3, held: true }))]);
    const sms = testChannel();
    const counted: unknown[] = [];
    const courier = await courierOver(book, [sms], {
      onPlanned: async (incident) => void counted.push((await book.incident(incident))?.notices.held),
    });
    await until(() => counted.length > 0);
    await courier.close();
    expect(counted).toEqual([3]);
    expect(sms.received).toEqual([]);
    await book.close();
  });
});
