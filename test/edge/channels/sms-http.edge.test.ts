import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { channelRefusals, openChannel } from '../../../src/edge/channels/index.ts';
import type { Channel, Posted, Receipt, Reply } from '../../../src/notify/channel.ts';
import { realWorld } from '../../support/real-world.ts';
import { channelCompliance, notice, type Peer, type PeerMode, type Received } from './channel-compliance.ts';

interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A gateway of which only the words of its interface are made up. */
interface HttpGateway extends Peer {
  readonly url: string;
  readonly asked: Asked[];
  says: string | undefined;
  with(settings: Readonly<Record<string, unknown>>): Channel;
}

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const json = {
  headers: { authorization: 'Bearer {secret}' },
  json: { messages: [{ to: '{digits}', text: '{text}', ref: '{key}', ttl: '{validMinutes}', flash: false }] },
  answer: {
    id: 'messages.0.id',
    code: 'messages.0.status',
    taken: ['0', '1'],
    later: ['21'],
    deadNumber: ['13'],
  },
};

async function startGateway(): Promise<HttpGateway> {
  const asked: Asked[] = [];
  const received: Received[] = [];
  const statuses: Record<Exclude<PeerMode, 'drop'>, number> = {
    accept: 200,
    busy: 429,
    broken: 502,
    refuse: 422,
  };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      const url = new URL(request.url!, 'http://gateway');
      asked.push({ method: request.method!, url, headers: request.headers, body });
      if (body.startsWith('{')) {
        const [one] = (JSON.parse(body) as { messages: { to: string; text: string; ref: string }[] })
          .messages;
        received.push({ to: `+${one!.to}`, text: one!.text, key: one!.ref });
      }
      if (gateway.mode === 'drop') return request.socket.destroy();
      const said = gateway.says ?? `{"messages":[{"id":"m${asked.length}","status":0}]}`;
      return response.writeHead(statuses[gateway.mode]).end(said);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/send`;
  const gateway: HttpGateway = {
    ...{ mode: 'accept' as PeerMode, received, asked, url, says: undefined },
    with(settings) {
      const whole = {
        kind: 'sms-http',
        url,
        allowPrivate: true,
        secret: new Secret('gw-token'),
        ...settings,
      };
      expect(channelRefusals(whole as never)).toEqual([]);
      const channel = openChannel('sms', whole as never, realWorld())!;
      ends.push(() => channel.close());
      return channel;
    },
    open: () => gateway.with(json),
    stop: () =>
      new Promise((stopped) => {
        server.closeAllConnections();
        server.close(() => stopped());
      }),
  };
  ends.push(() => gateway.stop().catch(() => undefined));
  return gateway;
}

channelCompliance('sms-http', { start: startGateway, to: '+79001234567' });

test('whatever stands in a text, it stays one value where the gateway looks for it', async () => {
  const gateway = await startGateway();
  const nasty = 'a"}],"admin":true,{"x\r\nBcc: y&to=+1 {secret} %0d';
  await gateway.open().send(notice({ text: nasty }));
  expect(JSON.parse(gateway.asked[0]!.body)).toEqual({
    messages: [{ to: '79001234567', text: nasty, ref: notice().key, ttl: '2880', flash: false }],
  });
  expect(gateway.asked[0]!.headers.authorization).toBe('Bearer gw-token');

  gateway.says = 'OK - 1 SMS, ID - 77';
  const form = gateway.with({
    form: { phones: '{to}', mes: '{text}', id: '{key}' },
    basic: true,
    user: 'isp',
    answer: { format: 'text', id: 'ID - ', code: 'ERROR = ', deadNumber: ['7'], later: ['9'] },
  });
  expect(await form.send(notice({ text: nasty }))).toEqual({ kind: 'sent', externalId: '77' });
  const { headers, body } = gateway.asked[1]!;
  expect([...new URLSearchParams(body)]).toEqual([
    ['phones', '+79001234567'],
    ['mes', nasty],
    ['id', notice().key],
  ]);
  expect(headers.authorization).toBe(`Basic ${Buffer.from('isp:gw-token').toString('base64')}`);
  expect(headers['content-type']).toBe('application/x-www-form-urlencoded');

  const query = gateway.with({
    method: 'GET',
    url: `${gateway.url}/{user}`,
    user: 'a/../b',
    query: { to: '{digits}', text: '{text}' },
    answer: { format: 'text', id: 'ID - ' },
  });
  await query.send(notice({ text: nasty }));
  const { url, method } = gateway.asked[2]!;
  expect(method).toBe('GET');
  expect(url.pathname).toBe('/v1/send/a%2F..%2Fb');
  expect([...url.searchParams]).toEqual([
    ['to', '79001234567'],
    ['text', nasty],
  ]);
});

test.each([
  ['{"messages":[{"id":"m1","status":1}]}', { kind: 'sent', externalId: 'm1' }],
  ['{"messages":[{"id":"m1","status":21}]}', { kind: 'retry', uncertain: false }],
  ['{"messages":[{"status":13}]}', { kind: 'failed', isDeadContact: true }],
  ['{"messages":[{"status":7}]}', { kind: 'failed', reason: 'the gateway says 7' }],
  ['{"messages":[{"status":0}]}', { kind: 'retry', uncertain: true }],
  ['{"messages":[]}', { kind: 'retry', uncertain: true }],
  ['<html>busy</html>', { kind: 'retry', uncertain: true }],
  ['', { kind: 'retry', uncertain: true }],
  [`{"messages":[{"id":{"x":1},"status":0}]}`, { kind: 'retry', uncertain: true }],
])('an answer of 200 with %s', async (said, outcome) => {
  const gateway = await startGateway();
  gateway.says = said;
  expect(await gateway.open().send(notice())).toMatchObject(outcome);
});

test.each([
  [{ json: { to: '{to}', text: '{text}', x: '{env}' } }, 'json'],
  [{ json: { to: '{to}' } }, 'url'],
  [{ json: { text: '{text}' } }, 'url'],
  [{ json: { to: '{to}', text: '{text}' }, headers: { x: '{text}' } }, 'headers'],
  [{ json: { to: '{to}', text: '{text}' }, form: {} }, 'form'],
  [{ json: { to: '{to}', text: '{text}' }, honoursKey: true }, 'honoursKey'],
  [{ json: { to: '{to}', text: '{text}' }, method: 'GET' }, 'method'],
  [{ query: { to: '{to}', text: '{text}', k: '{secret}' } }, 'secret'],
  [
    { query: { to: '{to}', text: '{text}' }, inbound: {}, inboundSecret: new Secret('short') },
    'inboundSecret',
  ],
  [{ query: { to: '{to}', text: '{text}' }, allowPrivate: false }, 'url'],
])('a description that cannot work is refused with the key: %j', (settings, key) => {
  const whole = { kind: 'sms-http', url: 'http://10.0.0.7/send', allowPrivate: true, ...settings };
  expect(channelRefusals(whole as never).map((one) => one.key)).toEqual([key]);
});

const inbound = {
  each: 'results',
  receipt: { id: 'messageId', state: 'status.name', delivered: ['DELIVERED'], failed: ['REJECTED'] },
  reply: { from: 'from', to: 'to', text: 'text' },
};
const post = (path: string, value: unknown, headers: Posted['headers'] = {}): Posted => ({
  path,
  headers: { 'content-type': 'application/json', ...headers },
  body: typeof value === 'string' ? value : JSON.stringify(value),
});

interface Kept {
  readonly receipts: Receipt[];
  readonly replies: Reply[];
}

function listening(channel: Channel): Kept {
  const kept: Kept = { receipts: [], replies: [] };
  channel.listen!({
    receipt: async (receipt) => void kept.receipts.push(receipt),
    reply: async (reply) => void kept.replies.push(reply),
  });
  return kept;
}

test('of several replies in a post none is handed in twice, though the book was away in the midst of them', async () => {
  const gateway = await startGateway();
  const secret = 'a-long-secret-of-the-gateway';
  const channel = gateway.with({ ...json, inbound, inboundSecret: new Secret(secret) });
  const texts: string[] = [];
  let isAway = false;
  channel.listen!({
    receipt: async () => {},
    async reply({ text }) {
      if (isAway && text === 'second') throw new Error('the book is away');
      texts.push(text);
    },
  });
  const reply = (text: string): object => ({ from: '+79001234567', to: '1234', text });
  const news = { results: [reply('first'), reply('second'), reply('third')] };
  isAway = true;
  for (let n = 0; n < 2; n++)
    await expect(channel.posted!(post(secret, news))).rejects.toThrow('the book is away');
  isAway = false;
  expect(await channel.posted!(post(secret, news))).toBe('kept');
  expect(texts).toEqual(['first', 'second', 'third']);
  // Word for word the same once more is said once more.
  expect(await channel.posted!(post(secret, news))).toBe('kept');
  expect(texts).toHaveLength(6);
});

test('a gateway posts receipts and replies under its secret, and nobody else does', async () => {
  const gateway = await startGateway();
  const secret = 'a-long-secret-of-the-gateway';
  const channel = gateway.with({ ...json, inbound, inboundSecret: new Secret(secret) });
  expect(channel.givesReceipts).toBe(true);
  const news = {
    results: [
      { messageId: 'm1', status: { name: 'DELIVERED' } },
      { messageId: 'm2', status: { name: 'REJECTED' } },
      { messageId: 'm3', status: { name: 'ON_ITS_WAY' } },
      { from: '79001234567', to: '1234', text: 'да' },
      { __proto__: null, messageId: 7 },
      null,
      'x',
    ],
  };
  expect(await channel.posted!(post(secret, news))).toBe('later');
  const kept = listening(channel);
  expect(await channel.posted!(post(secret, news))).toBe('kept');
  expect(kept.receipts).toEqual([
    { externalId: 'm1', state: 'delivered' },
    { externalId: 'm2', state: 'failed' },
  ]);
  const written = '79001234567';
  expect(kept.replies).toEqual([{ from: `+${written}`, written, to: '1234', text: 'да' }]);
  for (const path of ['', `${secret}x`, secret.slice(1)])
    expect(await channel.posted!(post(path, news))).toBe('unknown');
  expect(await channel.posted!(post(secret, '{"results":'))).toBe('unreadable');
  expect(kept.receipts).toHaveLength(2);
});

test('a signed post needs no secret in its address, and a form is read like JSON', async () => {
  const gateway = await startGateway();
  const secret = 'a-long-secret-of-the-gateway';
  const { each: _none, ...flat } = inbound;
  const channel = gateway.with({
    ...json,
    inbound: { ...flat, receipt: { ...flat.receipt, state: 'status' }, signature: 'X-Signature' },
    inboundSecret: new Secret(secret),
  });
  const kept = listening(channel);
  const body = 'messageId=m1&status=DELIVERED';
  const signed = (by: string, as: 'hex' | 'base64'): Posted =>
    post('', body, {
      'content-type': 'application/x-www-form-urlencoded',
      'x-signature': createHmac('sha256', by).update(body).digest(as),
    });
  expect(await channel.posted!(signed('another secret', 'hex'))).toBe('unknown');
  expect(await channel.posted!(signed(secret, 'hex'))).toBe('kept');
  expect(await channel.posted!(signed(secret, 'base64'))).toBe('kept');
  expect(kept.receipts).toEqual([
    { externalId: 'm1', state: 'delivered' },
    { externalId: 'm1', state: 'delivered' },
  ]);
});

test('a post of many receipts is taken whole, and ids of 64 bits are found again to the last digit', async () => {
  const gateway = await startGateway();
  const secret = 'a-long-secret-of-the-gateway';
  const channel = gateway.with({ ...json, inbound, inboundSecret: new Secret(secret) });
  const kept = listening(channel);
  const results = Array.from({ length: 3_000 }, (_, n) => ({
    messageId: `m${n}`,
    status: { name: 'DELIVERED' },
  }));
  expect(await channel.posted!(post(secret, { results }))).toBe('kept');
  expect(kept.receipts).toHaveLength(3_000);
  gateway.says = '{"messages":[{"id":9007199254740993123,"status":0,"cost":1.12345678901234567}]}';
  expect(await channel.send(notice())).toEqual({ kind: 'sent', externalId: '9007199254740993123' });
  const said =
    '{"results":[{"messageId":9007199254740993123,"status":{"name":"DELIVERED"},"note":"\\"9007199254740993124"}]}';
  expect(await channel.posted!(post(secret, said))).toBe('kept');
  expect(kept.receipts.at(-1)).toEqual({ externalId: '9007199254740993123', state: 'delivered' });
});

test('an answer without the code that says that it was taken may have been taken, or not', async () => {
  const gateway = await startGateway();
  const channel = gateway.with({ ...json, answer: { code: 'messages.0.status', taken: ['0'] } });
  gateway.says = '{"messages":[{"status":0}]}';
  expect(await channel.send(notice())).toEqual({ kind: 'sent', externalId: undefined });
  gateway.says = '{"error":"maintenance"}';
  expect(await channel.send(notice())).toMatchObject({ kind: 'retry', uncertain: true });
});
