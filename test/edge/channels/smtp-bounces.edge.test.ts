/** Mails that come back: a relay that keeps return paths, a Maildir that a mail server would fill, and what is made of it. */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openChannel } from '../../../src/edge/channels/index.ts';
import { deliveryStatusIn } from '../../../src/edge/channels/smtp/dsn.ts';
import type { Channel, Inbound, Receipt } from '../../../src/notify/channel.ts';
import { until } from '../../app/courier/courier-fixture.ts';
import { openMailbox } from '../../support/mailbox.ts';
import { realWorld } from '../../support/real-world.ts';
import { notice } from './channel-compliance.ts';

interface Lab {
  readonly maildir: string;
  readonly receipts: Receipt[];
  /** What channels keep with the book. */
  memory: string | undefined;
  open(): Channel;
  /** Sends a notice of that key and answers its return path. */
  send(channel: Channel, key: string): Promise<string>;
  put(name: string, mail: string | Uint8Array): Promise<void>;
}

async function inLab(run: (lab: Lab) => Promise<void>): Promise<void> {
  const maildir = await mkdtemp(join(tmpdir(), 'allclear-maildir-'));
  for (const name of ['new', 'cur', 'tmp']) await mkdir(join(maildir, name));
  const mailbox = await openMailbox();
  const opened: Channel[] = [];
  const lab: Lab = {
    maildir,
    receipts: [],
    memory: undefined,
    open() {
      const settings = {
        ...{
          kind: 'smtp',
          host: '127.0.0.1',
          port: mailbox.port,
          tls: 'off',
          from: 'noc@isp.example',
          allowPrivate: true,
        },
        bounces: { maildir, address: 'bounces@isp.example' },
      };
      const channel = openChannel('mail', settings as never, realWorld())!;
      opened.push(channel);
      const inbound: Inbound = {
        receipt: async (receipt) => void lab.receipts.push(receipt),
        reply: async () => {},
        memory: {
          load: async () => lab.memory,
          keep: async (value) => {
            lab.memory = value;
          },
        },
      };
      channel.listen!(inbound);
      return channel;
    },
    async send(channel, key) {
      expect((await channel.send(notice({ to: 's1@example.org', key }))).kind).toBe('sent');
      return mailbox.mails.at(-1)!.from;
    },
    async put(name, mail) {
      await writeFile(join(maildir, 'new', name), mail);
    },
  };
  try {
    await run(lab);
  } finally {
    await Promise.all(opened.map((channel) => channel.close()));
    await mailbox.close();
    await rm(maildir, { recursive: true, force: true });
  }
}

/** As Postfix writes them. */
const dsn = (to: string, { status = '5.1.1', action = 'failed' } = {}): string =>
  [
    `Delivered-To: ${to}`,
    'From: MAILER-DAEMON@isp.example',
    'Subject: Undelivered Mail Returned to Sender',
    'Auto-Submitted: auto-replied',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'Status: 2.0.0 is what a stranger could write here.',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.isp.example',
    '',
    'Final-Recipient: rfc822; s1@example.org',
    `Action: ${action}`,
    `Status: ${status} (unknown)`,
    'Diagnostic-Code: smtp; 550 no such user',
    '',
    '--b',
    'Content-Type: message/rfc822',
    '',
    'Status: 2.0.0',
    '--b--',
    '',
  ].join('\r\n');

const keyOf = (n: number): string => n.toString(16).padStart(32, '0');

test('a mail that came back fails its notice, says whether the address is dead, and goes', async () => {
  await inLab(async (lab) => {
    const channel = lab.open();
    const to = await lab.send(channel, keyOf(1));
    expect(to).toMatch(/^bounces\+[0-9a-f]{48}@isp\.example$/);
    expect(to.indexOf('@')).toBeLessThanOrEqual(64);
    await lab.put('1.host', dsn(to));
    await lab.put('2.host', dsn((await lab.send(channel, keyOf(2))).toUpperCase(), { status: '5.2.2' }));
    await lab.put('3.host', dsn(await lab.send(channel, keyOf(3)), { status: '4.4.7' }));
    await lab.put('4.host', dsn(await lab.send(channel, keyOf(4)), { status: '4.4.1', action: 'delayed' }));
    await until(async () => (await readdir(join(lab.maildir, 'new'))).length === 0);
    const id = (n: number) => `<${keyOf(n)}@isp.example>`;
    expect([...lab.receipts].sort((a, b) => (a.externalId < b.externalId ? -1 : 1))).toEqual([
      { externalId: id(1), state: 'failed', reason: 'bounced 5.1.1', isDeadContact: true },
      { externalId: id(2), state: 'failed', reason: 'bounced 5.2.2', isDeadContact: false },
      { externalId: id(3), state: 'failed', reason: 'bounced 4.4.7', isDeadContact: false },
    ]);
    expect(channel.counters!()).toEqual({
      hardBounces: 2,
      softBounces: 2,
      forgedBounces: 0,
      strangeMails: 0,
      stuckMails: 0,
    });
    expect(await readdir(join(lab.maildir, 'cur'))).toEqual([]);
  });
});

test('what came back of mails from before a restart is still known', async () => {
  await inLab(async (lab) => {
    const first = lab.open();
    const to = await lab.send(first, keyOf(1));
    await first.close();
    await lab.put('1', dsn(to));
    const second = lab.open();
    await until(() => lab.receipts.length === 1);
    expect(second.counters!()).toMatchObject({ hardBounces: 1 });
  });
});

test('forged, strange and hostile mail fails nothing and stays for a person', async () => {
  await inLab(async (lab) => {
    const channel = lab.open();
    const to = await lab.send(channel, keyOf(1));
    const secret = join(lab.maildir, 'secret');
    await writeFile(secret, dsn(to));
    const hostile: readonly (string | Uint8Array)[] = [
      dsn(`bounces+${keyOf(2)}${'0'.repeat(16)}@isp.example`),
      dsn(to.replace(/.@/, (found) => (found === '0@' ? '1@' : '0@'))),
      dsn('bounces@isp.example'),
      dsn('bounces+@isp.example'),
      'Subject: I am on holiday\r\n\r\nBack on Monday',
      '',
      Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 256),
      `${'a:'.repeat(200_000)}`,
      '\n'.repeat(300_000),
      dsn(to, { status: '5.1.1.1' }),
      dsn(to, { status: `5.${'9'.repeat(1_000)}` }),
    ];
    for (const [n, mail] of hostile.entries()) await lab.put(`${n}`, mail);
    await symlink(secret, join(lab.maildir, 'new', 'link'));
    await mkdir(join(lab.maildir, 'new', 'folder'));
    await until(async () => (await readdir(join(lab.maildir, 'cur'))).length === hostile.length + 2);
    expect(lab.receipts).toEqual([]);
    expect(channel.counters!()).toMatchObject({ hardBounces: 0, forgedBounces: 3, strangeMails: 10 });
    expect(await readFile(secret, 'utf8')).toBe(dsn(to));
  });
});

test('no mail is written over by another of the same name', async () => {
  await inLab(async (lab) => {
    await writeFile(join(lab.maildir, 'cur', 'a:2,S'), 'first');
    await lab.put('a', 'second');
    await lab.put('a:1', 'third');
    lab.open();
    await until(async () => (await readdir(join(lab.maildir, 'new'))).length === 0);
    const names = await readdir(join(lab.maildir, 'cur'));
    const mails = names.map((name) => readFile(join(lab.maildir, 'cur', name), 'utf8'));
    expect((await Promise.all(mails)).sort()).toEqual(['first', 'second', 'third']);
  });
});

test('a receipt that could not be kept is read again, and counted once', async () => {
  await inLab(async (lab) => {
    const channel = lab.open();
    const to = await lab.send(channel, keyOf(1));
    const { push } = lab.receipts;
    let refusals = 1;
    lab.receipts.push = (...receipts) => {
      if (refusals-- > 0) throw new Error('the book is away');
      return push.apply(lab.receipts, receipts);
    };
    await lab.put('1', dsn(to));
    await until(() => lab.receipts.length === 1);
    expect(lab.receipts[0]).toMatchObject({ state: 'failed' });
    await until(async () => (await readdir(join(lab.maildir, 'new'))).length === 0);
    expect(channel.counters!()).toMatchObject({ hardBounces: 1 });
  });
});

test('the status is that of the report, not what stands around it', () => {
  expect(deliveryStatusIn(dsn('x'))).toEqual({ action: 'failed', status: '5.1.1' });
  expect(deliveryStatusIn(dsn('x').replaceAll('\r\n', '\n'))).toEqual({ action: 'failed', status: '5.1.1' });
  expect(deliveryStatusIn(dsn('x', { action: 'relayed', status: '2.1.9' }))).toMatchObject({
    action: 'other',
  });
  expect(deliveryStatusIn('Status: 5.1.1\nAction: failed\n')).toBeUndefined();
  const commented = dsn('x', { action: 'failed (said the server)' }).replace('5.1.1 (', '5.1.1\t(');
  for (const kind of ['message/delivery-status', 'message/global-delivery-status'])
    expect(deliveryStatusIn(commented.replace('message/delivery-status', kind))).toEqual({
      ...{ action: 'failed', status: '5.1.1' },
    });
});

test('five hundred files that cannot be moved keep nobody back, in whatever round', async () => {
  await inLab(async (lab) => {
    // Their names have no room for the flags that a seen mail has.
    for (let n = 0; n < 510; n++) await lab.put(`${n}-`.padEnd(253, 'x'), 'no bounce');
    const channel = lab.open();
    const to = await lab.send(channel, keyOf(1));
    await until(() => (channel.counters!()['stuckMails'] ?? 0) >= 500);
    await lab.put('zz', dsn(to));
    await until(() => channel.counters!()['hardBounces'] === 1);
    expect(lab.receipts).toHaveLength(1);
  });
});

test('a mail that another reader saw first is found where it was put, whatever flags it has', async () => {
  await inLab(async (lab) => {
    const sender = lab.open();
    const paths = [await lab.send(sender, keyOf(1)), await lab.send(sender, keyOf(2))];
    await sender.close();
    const cur = (name: string) => join(lab.maildir, 'cur', name);
    await writeFile(cur('1.host:2,'), dsn(paths[0]!));
    await writeFile(cur('2.host:2,RS'), dsn(paths[1]!));
    await writeFile(cur('3.host:2,S'), 'Subject: from a person');
    await writeFile(cur('4.host:2,S'), dsn(paths[0]!));
    // Of a year ago: it says nothing of what is sent now.
    await utimes(cur('4.host:2,S'), 1_700_000_000, 1_700_000_000);
    const channel = lab.open();
    await until(() => lab.receipts.length === 2);
    await until(async () => (await readdir(join(lab.maildir, 'cur'))).length === 2);
    expect((await readdir(join(lab.maildir, 'cur'))).sort()).toEqual(['3.host:2,S', '4.host:2,S']);
    expect(channel.counters!()).toMatchObject({ hardBounces: 2, strangeMails: 0, stuckMails: 0 });
  });
});

test('fields that go on in the next line are read whole', async () => {
  await inLab(async (lab) => {
    const channel = lab.open();
    const to = await lab.send(channel, keyOf(1));
    const folded = dsn(to)
      .replace('Delivered-To: ', 'Delivered-To:\r\n\t')
      .replace('Content-Type: message/delivery-status', 'Content-Type:\r\n message/delivery-status')
      .replace('Action: ', 'Action:\r\n ')
      .replace('Status: 5.1.1', 'Status:\r\n  5.1.1');
    await lab.put('1', folded);
    await until(() => lab.receipts.length === 1);
    expect(lab.receipts[0]).toMatchObject({ reason: 'bounced 5.1.1', isDeadContact: true });
  });
});
