// The whole way of short messages: book, courier and channel against a message centre with the faults of real ones.
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { inboundOf } from '../../../src/app/courier/returns.ts';
import { instant } from '../../../src/base/instant.ts';
import { seededRandom } from '../../../src/base/random.ts';
import { Secret } from '../../../src/base/secret.ts';
import type { Book } from '../../../src/edge/book/book.ts';
import { openChannel } from '../../../src/edge/channels/index.ts';
import type { Channel, Reply } from '../../../src/notify/channel.ts';
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
import { openSmsc, type Smsc, type Submitted } from '../../support/smsc.ts';
import { courierOver, until } from './courier-fixture.ts';

const world = realWorld();

async function withCentre(
  count: number,
  run: (parts: { readonly book: Book; readonly smsc: Smsc; readonly replies: Reply[] }) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const smsc = await openSmsc();
    const book = await bookIn(folder, world);
    const rows = Array.from({ length: count }, (_, n) => subscriberRow(n));
    await importAll(book, rows);
    const channel = openChannel(
      'sms',
      {
        ...{ kind: 'smpp', host: '127.0.0.1', port: smsc.port, tls: 'off', allowPrivate: true },
        ...{ systemId: 'allclear', password: new Secret('secret08'), from: '1234', timeout: '500ms' },
      } as never,
      world,
    )!;
    const replies: Reply[] = [];
    await book.project([
      applied([], [{ kind: 'incident', incident: incident() }]),
      tells(tell({ to: count, order: ['sms'], notAfter: instant(world.now() + 3_600_000) })),
    ]);
    const courier = await courierOver(book, [{ channel, window: 20 }], {
      onReply: async (reply) => void replies.push(reply),
    });
    await run({ book, smsc, replies });
    await courier.close();
    await book.close();
    await smsc.stop();
  });
}

const notices = async (book: Book): Promise<Readonly<Record<string, number>>> => ({
  ...(await book.incident(incidentId))?.notices,
});

const receipt = (id: string, stat: string): { esmClass: number; shortMessage: Uint8Array } => ({
  esmClass: 4,
  shortMessage: Buffer.from(`id:${id} sub:001 dlvrd:001 stat:${stat} err:000 text:`),
});

/** The last part of a notice, or the whole of a short one. */
const isWhole = ({ shortMessage, esmClass }: Submitted): boolean =>
  (esmClass & 0x40) === 0 || shortMessage[4] === shortMessage[5];

test('receipts of all parts, early, late, twice and mixed, make every notice delivered', async () => {
  await withCentre(60, async ({ book, smsc }) => {
    const random = seededRandom(7);
    const ids: string[] = [];
    smsc.onSubmit = (_message, nth) => {
      const id = nth.toString(16).padStart(8, '0');
      ids.push(id);
      // Some receipts overtake the answer to their submit.
      if (nth % 3 === 0) void smsc.deliver(receipt(id, 'DELIVRD'));
      return { kind: 'take', id };
    };
    await until(() => smsc.submitted.filter(isWhole).length === 60);
    const told = [...ids, ...ids.slice(0, 30)].map((id) => ({ id, at: random.next() }));
    told.sort((a, b) => a.at - b.at);
    const statuses = await Promise.all(
      told.map(({ id }, n) => smsc.deliver(receipt(id, n % 5 === 0 ? 'ENROUTE' : 'DELIVRD'))),
    );
    expect(new Set(statuses)).toEqual(new Set([0]));
    // An hour at most, and the centre drops what is older.
    expect(smsc.submitted.every(({ validity }) => /^000000(00|01)\d{4}000R$/.test(validity))).toBe(true);
    await Promise.all(ids.map((id) => smsc.deliver(receipt(id, 'DELIVRD'))));
    expect(await smsc.deliver(receipt('0badcafe', 'DELIVRD'))).toBe(0);
    await until(async () => (await notices(book))['delivered'] === 60);
    expect(await notices(book)).toMatchObject({ planned: 60, failed: 0, uncertain: 0, sent: 0 });
  });
});

test('a notice whose number is dead has failed, and a receipt of failure counts as much', async () => {
  await withCentre(3, async ({ book, smsc }) => {
    smsc.onSubmit = ({ destination }, nth) =>
      destination.address === '79000000001'
        ? { kind: 'status', status: 0x0b }
        : { kind: 'take', id: `n${nth}` };
    await until(async () => (await notices(book))['sent'] === 2);
    const first = smsc.submitted.findIndex(({ destination }) => destination.address === '79000000000');
    await smsc.deliver(receipt(`n${first + 1}`, 'UNDELIV'));
    await until(async () => (await notices(book))['failed'] === 2);
    expect(await notices(book)).toMatchObject({ planned: 3, sent: 1 });
  });
});

test('through throttling, silence and broken connections nobody is missed', async () => {
  await withCentre(40, async ({ book, smsc }) => {
    const random = seededRandom(11);
    let lost = 0;
    smsc.onSubmit = () => {
      const chance = random.next();
      if (chance < 0.02) return { kind: 'status', status: 0x58 };
      if (chance < 0.06) return { kind: 'status', status: 0x08 };
      if (chance > 0.97 && lost < 10) {
        lost++;
        return { kind: chance > 0.985 ? 'drop' : 'silent' };
      }
      return { kind: 'take' };
    };
    await until(async () => {
      const { sent = 0, uncertain = 0 } = await notices(book);
      return sent + uncertain === 40;
    });
    const reached = new Set(smsc.submitted.map(({ destination }) => destination.address));
    expect(reached.size).toBe(40);
    expect(await notices(book)).toMatchObject({ planned: 40, failed: 0, expired: 0 });
  });
});

test('what somebody writes is handed on, and the centre keeps what was not taken', async () => {
  await withCentre(1, async ({ smsc, replies }) => {
    await until(() => smsc.binds === 1);
    const from = { ton: 1, npi: 1, address: '79000000000' };
    const to = { ton: 0, npi: 1, address: '1234' };
    expect(await smsc.deliver({ source: from, destination: to, shortMessage: Buffer.from('1') })).toBe(0);
    expect(replies).toEqual([{ from: '+79000000000', to: '1234', text: '1' }]);
  });
});

test('a part that was taken from the centre is there after the process was killed', async () => {
  await inFolder(async (folder) => {
    const smsc = await openSmsc();
    const book = await bookIn(folder, world);
    const replies: Reply[] = [];
    const live = async (): Promise<Channel> => {
      const settings = {
        ...{ kind: 'smpp', host: '127.0.0.1', port: smsc.port, tls: 'off', allowPrivate: true },
        ...{ systemId: 'allclear', password: new Secret('secret08'), from: '1234', timeout: '500ms' },
      };
      const channel = openChannel('sms', settings as never, world)!;
      const binds = smsc.binds;
      const inbound = inboundOf({
        ...{ book, channel: 'sms', facts: [], world, onKept: () => {} },
        onReply: async (reply) => void replies.push(reply),
      });
      channel.listen!(inbound);
      await until(() => smsc.binds > binds);
      return channel;
    };
    const part = (n: number, text: string) =>
      smsc.deliver({
        ...{ source: { ton: 1, npi: 1, address: '79001234567' }, esmClass: 0x40, dataCoding: 8 },
        ...{ destination: { ton: 0, npi: 1, address: '1234' } },
        shortMessage: Buffer.concat([Uint8Array.of(5, 0, 3, 9, 3, n), Buffer.from(text, 'utf16le').swap16()]),
      });
    const killed = await live();
    expect([await part(1, 'нет, '), await part(3, 'работает')]).toEqual([0, 0]);
    const onDisk = await readFile(`${folder}/book.sqlite-wal`);
    expect(onDisk.includes('9001234567')).toBe(false);
    // Nothing is written at its end: it is as if there had been none.
    await killed.close();
    expect(replies).toEqual([]);
    const next = await live();
    // The centre did not hear the answer to one of them, and brings it again.
    expect([await part(1, 'нет, '), await part(2, 'не ')]).toEqual([0, 0]);
    expect(replies).toMatchObject([{ from: '+79001234567', text: 'нет, не работает' }]);
    expect(replies[0]!.isPartial).toBeUndefined();
    expect(await book.replyParts('sms')).toEqual([]);
    await next.close();
    await book.close();
    await smsc.stop();
  });
});
