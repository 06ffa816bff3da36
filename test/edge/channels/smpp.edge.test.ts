import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { seededRandom, spreadHash } from '../../../src/base/random.ts';
import { Secret } from '../../../src/base/secret.ts';
import { channelRefusals, openChannel } from '../../../src/edge/channels/index.ts';
import type { Channel, Receipt, Reply } from '../../../src/notify/channel.ts';
import { realWorld } from '../../support/real-world.ts';
import { openSmsc, type Smsc, type SubmitDeed, textIn } from '../../support/smsc.ts';
import { until } from '../../support/until.ts';
import { channelCompliance, notice, type Peer, type PeerMode } from './channel-compliance.ts';

const base = {
  ...{ kind: 'smpp', host: '127.0.0.1', tls: 'off', allowPrivate: true, systemId: 'allclear' },
  ...{ password: new Secret('secret08'), from: 'ISP' },
} as const;

const channelTo = (smsc: Smsc, change: object = {}): Channel =>
  openChannel('sms', { ...base, port: smsc.port, ...change } as never, realWorld())!;

const referenceOf = (key: string): string => (spreadHash(key) & 0xffff).toString(16).padStart(4, '0');

async function startPeer(): Promise<Peer> {
  const smsc = await openSmsc();
  const deeds: Readonly<Record<PeerMode, SubmitDeed>> = {
    accept: { kind: 'take' },
    busy: { kind: 'status', status: 0x58 },
    broken: { kind: 'status', status: 0x08 },
    drop: { kind: 'drop' },
    refuse: { kind: 'status', status: 0x0b },
  };
  const peer: Peer = {
    mode: 'accept',
    keyOf: referenceOf,
    get received() {
      return smsc.submitted.map((message) => ({
        to: `+${message.destination.address}`,
        key: Buffer.from(message.optional.get(0x0204)!).toString('hex'),
        text: textIn(message),
      }));
    },
    open: () => channelTo(smsc),
    stop: () => smsc.stop(),
  };
  smsc.onSubmit = () => deeds[peer.mode];
  return peer;
}

channelCompliance('smpp', { start: startPeer, to: '+79001234567' });

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface Begun {
  readonly smsc: Smsc;
  readonly channel: Channel;
  readonly receipts: Receipt[];
  readonly replies: Reply[];
}

async function begin(change: object = {}, listens = false): Promise<Begun> {
  const smsc = await openSmsc();
  const channel = channelTo(smsc, change);
  const begun: Begun = { smsc, channel, receipts: [], replies: [] };
  if (listens) {
    channel.listen!({
      receipt: async (receipt) => void begun.receipts.push(receipt),
      reply: async (reply) => void begun.replies.push(reply),
    });
    await until(() => smsc.binds === 1);
  }
  ends.push(
    () => smsc.stop(),
    () => channel.close(),
  );
  return begun;
}

const long = 'Ремонт кабеля на улице Садовой закончится к половине восьмого вечера, потом спросим вас.';

test('a long Russian text leaves in joined parts, and each part has an id for its receipt', async () => {
  const { smsc, channel } = await begin();
  expect(await channel.send(notice({ text: long }))).toEqual({
    ...{ kind: 'sent', externalId: 'id-1', parts: ['id-1', 'id-2'] },
  });
  expect(smsc.submitted.map(textIn).join('')).toBe(long);
  const [first, second] = smsc.submitted;
  const header = (at: number): number[] => [...smsc.submitted[at]!.shortMessage.subarray(0, 6)];
  expect([header(0).slice(0, 3), header(0).slice(4)]).toEqual([
    [5, 0, 3],
    [2, 1],
  ]);
  expect(header(1)).toEqual([...header(0).slice(0, 5), 2]);
  expect([first!.esmClass, second!.dataCoding]).toEqual([0x40, 8]);
});

test('parts may be joined by parameters, and the centre may cut a text itself', async () => {
  const sar = await begin({ joining: 'sar' });
  await sar.channel.send(notice({ text: long }));
  expect(sar.smsc.submitted.map((one) => [...one.optional.get(0x020f)!])).toEqual([[1], [2]]);
  expect(sar.smsc.submitted.every(({ esmClass }) => esmClass === 0)).toBe(true);
  const payload = await begin({ joining: 'payload' });
  expect(await payload.channel.send(notice({ text: long }))).toMatchObject({ externalId: 'id-1' });
  expect(payload.smsc.submitted.map(textIn)).toEqual([long]);
});

test('address, number plan, receipts and time limit stand in the submit', async () => {
  const { smsc, channel } = await begin({ from: '+79990000000', receipts: 'failures', serviceType: 'WAP' });
  const notAfter = (realWorld().now() + 5_400_000) as never;
  await channel.send(notice({ text: 'Fixed [ok]', notAfter }));
  expect(smsc.submitted[0]).toMatchObject({
    ...{ source: { ton: 1, npi: 1, address: '79990000000' }, serviceType: 'WAP', dataCoding: 0 },
    ...{ destination: { ton: 1, npi: 1, address: '79001234567' }, registeredDelivery: 2 },
  });
  expect(smsc.submitted[0]!.validity).toMatch(/^000000(013000|0129\d\d)000R$/);
  // "[ok]" in the default alphabet: brackets stand behind an escape.
  expect([...smsc.submitted[0]!.shortMessage].slice(-6)).toEqual([0x1b, 0x3c, 0x6f, 0x6b, 0x1b, 0x3e]);
});

test('what the centre throttles is sent later, all of it and each once', async () => {
  const { smsc, channel } = await begin();
  const many = Array.from({ length: 30 }, (_, n) => notice({ key: `${n}`, text: `notice ${n}` }));
  smsc.onSubmit = (_message, nth) =>
    nth > 10 && nth <= 20 ? { kind: 'status', status: nth % 2 === 0 ? 0x58 : 0x14 } : { kind: 'take' };
  const outcomes = await Promise.all(many.map((one) => channel.send(one)));
  expect(outcomes.every(({ kind }) => kind === 'sent')).toBe(true);
  expect(smsc.submitted).toHaveLength(40);
  expect(channel.counters!()).toMatchObject({ throttled: 10, connections: 1 });
});

test('a dead number has failed, an error of the centre has not, and both name the status', async () => {
  const { smsc, channel } = await begin();
  smsc.onSubmit = () => ({ kind: 'status', status: 0x0b });
  expect(await channel.send(notice())).toEqual({ kind: 'failed', reason: 'SMPP 0x0B ESME_RINVDSTADR' });
  smsc.onSubmit = () => ({ kind: 'status', status: 0x400 });
  const later = { kind: 'retry', reason: 'SMPP 0x400', uncertain: false };
  expect(await channel.send(notice())).toEqual(later);
  expect(await channel.send(notice({ to: 'noc@isp.example' }))).toMatchObject({ kind: 'failed' });
});

test('a submit without an answer is uncertain; the answer that comes late spares the second one', async () => {
  const { smsc, channel } = await begin({ timeout: '500ms' });
  smsc.onSubmit = () => ({ kind: 'silent' });
  expect(await channel.send(notice())).toMatchObject({ kind: 'retry', uncertain: true });
  const { sequence } = smsc.submitted[0]!;
  smsc.answer({ kind: 'submit_sm_resp', messageId: 'late-1' }, sequence);
  await until(() => channel.counters!()['lateAnswers'] === 1);
  expect(await channel.send(notice())).toMatchObject({ kind: 'sent', externalId: 'late-1' });
  expect(smsc.submitted).toHaveLength(1);
});

test('to a centre that never answers each send is one submit', async () => {
  const { smsc, channel } = await begin({ timeout: '500ms' });
  smsc.onSubmit = () => ({ kind: 'silent' });
  expect(await channel.send(notice())).toMatchObject({ kind: 'retry', uncertain: true });
  expect(smsc.submitted).toHaveLength(1);
});

test('a second try goes on with the part where the first one ended', async () => {
  const { smsc, channel } = await begin();
  smsc.onSubmit = (_message, nth) => (nth === 2 ? { kind: 'status', status: 0x08 } : { kind: 'take' });
  expect(await channel.send(notice({ text: long }))).toMatchObject({ kind: 'retry', uncertain: false });
  expect(await channel.send(notice({ text: long }))).toMatchObject({ parts: ['id-1', 'id-3'] });
  const parts = smsc.submitted.map(({ shortMessage }) => shortMessage[5]);
  expect(parts).toEqual([1, 2, 2]);
});

test('a connection that is dead without a word is found out, and what was in flight is uncertain', async () => {
  const { smsc, channel } = await begin({ timeout: '500ms', keepAlive: '100ms' }, true);
  smsc.answersEnquiries = false;
  smsc.onSubmit = () => ({ kind: 'silent' });
  const sent = channel.send(notice());
  expect(await sent).toMatchObject({ kind: 'retry', uncertain: true });
  await until(() => smsc.binds >= 2);
  smsc.answersEnquiries = true;
  smsc.onSubmit = () => ({ kind: 'take' });
  await until(async () => (await channel.send(notice({ key: 'b' }))).kind === 'sent');
});

test('a centre that asks whether we are there gets its answer', async () => {
  const { smsc } = await begin({}, true);
  smsc.raw(Uint8Array.from(Buffer.from('00000010000000150000000000000007', 'hex')));
  await until(() => smsc.heard.some(({ kind }) => kind === 'enquire_link_resp'));
  expect(smsc.heard.at(-1)).toEqual({ kind: 'enquire_link_resp', status: 0, sequence: 7 });
});

test('answers with wrong numbers and of wrong kinds settle nothing', async () => {
  const { smsc, channel } = await begin({ timeout: '2s' });
  smsc.onSubmit = ({ sequence }) => {
    smsc.answer({ kind: 'submit_sm_resp', messageId: 'wrong' }, sequence + 1_000);
    smsc.answer({ kind: 'enquire_link_resp' }, sequence);
    smsc.answer({ kind: 'submit_sm_resp', messageId: 'wrong' }, 0);
    return { kind: 'take', id: 'right' };
  };
  expect(await channel.send(notice())).toMatchObject({ kind: 'sent', externalId: 'right' });
  expect(channel.counters!()).toMatchObject({ strayAnswers: 3, connections: 1 });
});

test('unknown commands and damaged bodies are refused, and the binding holds', async () => {
  const { smsc, channel } = await begin({}, true);
  const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
  smsc.raw(hex('00000010000000030000000000000021'));
  smsc.raw(hex('0000001400000005000000000000002241414141'));
  smsc.raw(hex('00000010800001230000000000000023'));
  await until(() => smsc.heard.filter(({ kind }) => kind === 'generic_nack').length === 2);
  expect(smsc.heard.slice(-2)).toEqual([
    { kind: 'generic_nack', status: 3, sequence: 0x21 },
    { kind: 'generic_nack', status: 2, sequence: 0x22 },
  ]);
  expect(await channel.send(notice())).toMatchObject({ kind: 'sent' });
  expect(channel.counters!()).toMatchObject({ unknown: 2, damaged: 1, connections: 1 });
});

test('what is no SMPP at all ends the connection, and the channel binds anew', async () => {
  const { smsc, channel } = await begin({}, true);
  smsc.raw(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await until(() => smsc.binds === 2);
  expect(await channel.send(notice())).toMatchObject({ kind: 'sent' });
  expect(channel.counters!()).toMatchObject({ damaged: 1, connections: 2 });
});

test('garbage instead of an answer leaves the notice uncertain', async () => {
  const { smsc, channel } = await begin();
  smsc.onSubmit = () => ({ kind: 'octets', octets: new Uint8Array(64).fill(0xee) });
  expect(await channel.send(notice())).toMatchObject({ kind: 'retry', uncertain: true });
});

test('a bind that is refused is tried again later, and nothing was handed over', async () => {
  const { smsc, channel } = await begin();
  smsc.bindStatus = 0x0e;
  const refused = 'the bind was refused: SMPP 0x0E ESME_RINVPASWD';
  expect(await channel.send(notice())).toEqual({ kind: 'retry', reason: refused, uncertain: false });
  expect(await channel.send(notice())).toMatchObject({ kind: 'retry', uncertain: false });
  smsc.bindStatus = 0;
  await until(async () => (await channel.send(notice())).kind === 'sent');
  expect(smsc.submitted).toHaveLength(1);
});

const receiptText = (id: string, stat: string): Uint8Array =>
  Buffer.from(
    `id:${id} sub:001 dlvrd:001 submit date:2601011200 done date:2601011201 stat:${stat} err:000 Text:`,
  );

test('receipts come as text and as parameters, in any order and more than once', async () => {
  const { smsc, receipts, channel } = await begin({}, true);
  const tlv = (id: string, state: number): ReadonlyMap<number, Uint8Array> =>
    new Map([
      [0x001e, Buffer.from(`${id}\0`)],
      [0x0427, Uint8Array.of(state)],
    ]);
  const none = new Uint8Array();
  await Promise.all([
    smsc.deliver({ esmClass: 4, shortMessage: receiptText('b', 'UNDELIV') }),
    smsc.deliver({ esmClass: 4, shortMessage: receiptText('a', 'ENROUTE') }),
    smsc.deliver({ esmClass: 4, shortMessage: receiptText('a', 'DELIVRD') }),
    smsc.deliver({ esmClass: 4, shortMessage: receiptText('a', 'DELIVRD') }),
    smsc.deliver({ esmClass: 0, shortMessage: none, optional: tlv('c', 2) }),
    smsc.deliver({ esmClass: 4, shortMessage: none, optional: tlv('d', 8) }),
    smsc.deliver({ esmClass: 0x20, shortMessage: receiptText('e', 'DELIVRD') }),
    smsc.deliver({ esmClass: 4, shortMessage: Buffer.from('thank you') }),
    smsc.deliverData({ esmClass: 4, optional: tlv('f', 2) }),
    smsc.deliverData({ esmClass: 4, optional: new Map([[0x0424, receiptText('g', 'REJECTD')]]) }),
  ]);
  expect(receipts.map(({ externalId, state }) => `${externalId} ${state}`)).toEqual([
    ...['b failed', 'a delivered', 'a delivered', 'c delivered', 'd failed', 'f delivered', 'g failed'],
  ]);
  expect(channel.counters!()).toMatchObject({ receipts: 9, unreadableReceipts: 1 });
});

test.each([
  ['decimal', '1A2B', '0000006699'],
  ['hex', '0000006699', '1a2b'],
] as const)(
  'ids are compared as numbers where receipts have them as %s',
  async (receiptIds, answered, told) => {
    const { smsc, receipts, channel } = await begin({ receiptIds }, true);
    smsc.onSubmit = () => ({ kind: 'take', id: answered });
    expect(await channel.send(notice())).toMatchObject({ externalId: '6699' });
    await smsc.deliver({ esmClass: 4, shortMessage: receiptText(told, 'DELIVRD') });
    expect(receipts).toEqual([{ externalId: '6699', state: 'delivered' }]);
  },
);

test('what the book does not take the centre keeps', async () => {
  const { smsc, channel } = await begin();
  channel.listen!({
    receipt: () => Promise.reject(new Error('the disk is full')),
    reply: () => Promise.reject(new Error('the disk is full')),
  });
  await until(() => smsc.binds === 1);
  expect(await smsc.deliver({ esmClass: 4, shortMessage: receiptText('a', 'DELIVRD') })).toBe(0x64);
  expect(await smsc.deliver({ shortMessage: Buffer.from('1') })).toBe(0x64);
  expect(channel.counters!()).toMatchObject({ putOff: 2 });
});

test('while nobody listens the centre keeps what it has for us', async () => {
  const { smsc, channel } = await begin();
  await channel.send(notice());
  expect(await smsc.deliver({ shortMessage: Buffer.from('1') })).toBe(0x64);
});

test('more at once than can be kept is put off', async () => {
  const { smsc, channel } = await begin();
  let letGo: (() => void) | undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  channel.listen!({ receipt: () => held, reply: () => held });
  await until(() => smsc.binds === 1);
  const statuses = Array.from({ length: 510 }, () => smsc.deliver({ shortMessage: Buffer.from('1') }));
  expect(await Promise.all(statuses.slice(500))).toEqual(Array(10).fill(0x58));
  letGo!();
  expect(new Set(await Promise.all(statuses.slice(0, 500)))).toEqual(new Set([0]));
});

const phone = { ton: 1, npi: 1, address: '79001234567' };
const ours = { ton: 0, npi: 1, address: '1234' };
const ucs2 = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

test('replies are read in the alphabets of phones, and their parts are joined', async () => {
  const { smsc, replies } = await begin({}, true);
  const from = { source: phone, destination: ours };
  await smsc.deliver({ ...from, shortMessage: Buffer.from('1') });
  await smsc.deliver({ ...from, dataCoding: 8, shortMessage: ucs2('да') });
  const part = (at: number, text: string): Promise<number> =>
    smsc.deliver({
      ...{ ...from, esmClass: 0x40, dataCoding: 8 },
      shortMessage: Buffer.concat([Uint8Array.of(5, 0, 3, 9, 2, at), ucs2(text)]),
    });
  await part(2, 'телефон не работает');
  await part(1, 'интернет есть, ');
  const sar = (at: number): ReadonlyMap<number, Uint8Array> =>
    new Map([
      [0x020c, Uint8Array.of(1, 2)],
      [0x020e, Uint8Array.of(2)],
      [0x020f, Uint8Array.of(at)],
    ]);
  await smsc.deliver({ ...from, optional: sar(1), shortMessage: Buffer.from('still ') });
  await smsc.deliver({ ...from, optional: sar(2), shortMessage: Buffer.from('down') });
  await smsc.deliver({ ...from, optional: new Map([[0x0424, Buffer.from('no')]]), shortMessage: ucs2('') });
  expect(replies.map(({ text }) => text)).toEqual([
    ...['1', 'да', 'интернет есть, телефон не работает', 'still down', 'no'],
  ]);
  expect(new Set(replies.map((reply) => `${reply.from} ${reply.to}`))).toEqual(
    new Set(['+79001234567 1234']),
  );
});

test('a number of no said type is one of the world where it is long; another default alphabet is read as Latin', async () => {
  const { smsc, replies } = await begin({ alphabet: 'ucs2' }, true);
  const unsaid = { source: { ton: 0, npi: 0, address: '79001234567' }, destination: ours };
  const national = { source: { ton: 2, npi: 1, address: '9001234567' }, destination: ours };
  await smsc.deliver({ ...unsaid, shortMessage: Uint8Array.of(0x40, 0xe9) });
  await smsc.deliver({ ...unsaid, source: ours, shortMessage: Buffer.from('x') });
  await smsc.deliver({ ...national, shortMessage: Buffer.from('y') });
  expect(replies).toEqual([
    { from: '+79001234567', written: '79001234567', to: '1234', text: '@é' },
    { from: '1234', to: '1234', text: 'x' },
    { from: '9001234567', written: '9001234567', to: '1234', text: 'y' },
  ]);
});

test('a name that its sender chose is never the number of a subscriber', async () => {
  const { smsc, replies } = await begin({}, true);
  const named = { source: { ton: 5, npi: 0, address: '+4512345678' }, destination: ours };
  await smsc.deliver({ ...named, shortMessage: Buffer.from('1') });
  expect(replies).toEqual([{ from: '4512345678', to: '1234', text: '1' }]);
});

test('who has not taken our bind has nothing to say to us', async () => {
  const { smsc, channel, replies } = await begin();
  smsc.bindStatus = 'none';
  channel.listen!({ receipt: async () => {}, reply: async (reply) => void replies.push(reply) });
  await until(() => smsc.binds === 1);
  expect(await smsc.deliver({ shortMessage: Buffer.from('1') })).toBe(4);
  expect(replies).toEqual([]);
});

test('a reply that never becomes whole is handed on at the end, and hostile headers are only text', async () => {
  const { smsc, replies, channel } = await begin({}, true);
  const from = { source: phone, destination: ours, esmClass: 0x40 };
  await smsc.deliver({ ...from, shortMessage: Uint8Array.of(5, 0, 3, 7, 3, 2, 0x41, 0x42) });
  await smsc.deliver({ ...from, shortMessage: Uint8Array.of(5, 0, 3, 7, 3, 9, 0x43) });
  await smsc.deliver({ ...from, shortMessage: Uint8Array.of(200, 0, 3) });
  await smsc.deliver({ ...from, shortMessage: new Uint8Array() });
  expect(replies.map(({ text }) => text)).toHaveLength(3);
  await channel.close();
  expect(replies.at(-1)!.text).toBe(' … AB … ');
});

test('a centre that unbinds is bound again, one that is stopped is waited for', async () => {
  const { smsc, channel } = await begin({}, true);
  smsc.raw(Uint8Array.from(Buffer.from('00000010000000060000000000000031', 'hex')));
  await until(() => smsc.binds === 2);
  expect(smsc.heard.some(({ kind }) => kind === 'unbind_resp')).toBe(true);
  smsc.breakOff();
  await until(() => smsc.binds === 3);
  expect(await channel.send(notice())).toMatchObject({ kind: 'sent' });
  await channel.close();
  expect(smsc.heard.at(-1)?.kind).toBe('unbind');
});

test('a channel is closed at once, also while a centre does not answer its bind', async () => {
  const { smsc, channel } = await begin();
  smsc.bindStatus = 'none';
  const sent = channel.send(notice());
  await until(() => smsc.binds === 1);
  await channel.close();
  expect(await sent).toMatchObject({ kind: 'retry', uncertain: false });
});

test('what the schema cannot say is refused with the setting it is about', () => {
  const settings = { kind: 'smpp', host: 'smsc.example', systemId: 'a', from: 'ISP' } as const;
  const refused = (change: object): readonly string[] =>
    channelRefusals({ ...settings, ...change } as never).map(({ key }) => key);
  expect(refused({})).toEqual([]);
  expect(refused({ host: '10.0.0.1' })).toEqual(['host']);
  expect(refused({ tls: 'off' })).toEqual(['tls']);
  expect(refused({ host: '10.0.0.1', tls: 'off', allowPrivate: true })).toEqual([]);
  expect(refused({ timeout: '11s' })).toEqual(['timeout']);
});

test('without allowPrivate a centre on this machine is not connected to', async () => {
  const { smsc, channel } = await begin({ allowPrivate: false });
  expect(await channel.send(notice())).toMatchObject({ kind: 'failed' });
  expect(smsc.binds).toBe(0);
});

test('over TLS a centre shows a certificate that the configured authority signed, or gets nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'allclear-smsc-'));
  ends.push(() => rm(folder, { recursive: true }));
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
  const names = ['-subj', '/CN=smsc', '-addext', 'subjectAltName=IP:127.0.0.1'];
  await promisify(execFile)('openssl', ['req', '-x509', ...key, ...names, '-days', '2', '-out', certFile]);
  const cert = await readFile(certFile, 'utf8');
  const smsc = await openSmsc({ cert, key: await readFile(keyFile, 'utf8') });
  const known = channelTo(smsc, { tls: 'required', ca: new Secret(cert) });
  const unknown = channelTo(smsc, { tls: 'required' });
  ends.push(
    () => smsc.stop(),
    () => known.close(),
    () => unknown.close(),
  );
  expect(await unknown.send(notice())).toMatchObject({ kind: 'retry', uncertain: false });
  expect(smsc.heard).toEqual([]);
  expect(await known.send(notice())).toMatchObject({ kind: 'sent' });
});

test('whatever octets a centre sends, the channel counts, breaks off and comes back, and a notice has an outcome', async () => {
  const { smsc, channel } = await begin({ timeout: '100ms' }, true);
  const random = seededRandom(20);
  for (let round = 0; round < 150; round++) {
    const octets = Uint8Array.from({ length: 1 + random.below(120) }, () => random.below(256));
    // Half of it has a length that is right, so that it is read.
    if (octets.length >= 16 && random.below(2) === 0) {
      const view = new DataView(octets.buffer);
      view.setUint32(0, octets.length);
      view.setUint32(4, [4, 5, 6, 0x15, 0x103, 0x8000_0000, 0x8000_0004, 0x8000_0015][random.below(8)]!);
      view.setUint32(12, random.below(40));
    }
    smsc.onSubmit = () => (random.below(3) === 0 ? { kind: 'octets', octets } : { kind: 'take' });
    smsc.raw(octets);
    const outcome = await channel.send(notice({ key: `${round}`, text: 'x' }));
    expect(['sent', 'retry', 'failed']).toContain(outcome.kind);
  }
  expect(channel.counters!()['damaged']).toBeGreaterThan(0);
  smsc.onSubmit = () => ({ kind: 'take' });
  await until(async () => (await channel.send(notice({ key: 'last' }))).kind === 'sent');
});
