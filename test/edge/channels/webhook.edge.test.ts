import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { channelRefusals, openChannel } from '../../../src/edge/channels/index.ts';
import { webhook } from '../../../src/edge/channels/webhook.ts';
import { realWorld } from '../../support/real-world.ts';
import { channelCompliance, notice, type Peer, type PeerMode, type Received } from './channel-compliance.ts';

const secret = new Secret('gateway-secret');

interface Gateway extends Peer {
  readonly url: string;
  readonly requests: { headers: IncomingHttpHeaders; body: string }[];
  answer: { status: number; headers: Record<string, string>; body: string };
}

async function startGateway(): Promise<Gateway> {
  const received: Received[] = [];
  const requests: Gateway['requests'] = [];
  const answers: Record<Exclude<PeerMode, 'drop'>, number> = {
    accept: 202,
    busy: 429,
    broken: 500,
    refuse: 400,
  };
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => {
      body += part.toString('utf8');
    });
    request.on('end', () => {
      requests.push({ headers: request.headers, body });
      const { to, text } = JSON.parse(body) as { to: string; text: string };
      received.push({ to, text, key: String(request.headers['idempotency-key']) });
      if (gateway.mode === 'drop') return request.socket.destroy();
      const status = gateway.answer.status === 0 ? answers[gateway.mode] : gateway.answer.status;
      return response.writeHead(status, gateway.answer.headers).end(gateway.answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/send`;
  const gateway: Gateway = {
    mode: 'accept',
    received,
    requests,
    url,
    answer: { status: 0, headers: {}, body: '' },
    open: () =>
      openChannel('sms', { kind: 'webhook', url, secret, allowPrivate: true } as never, realWorld())!,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return gateway;
}

channelCompliance('webhook', { start: startGateway, to: '+79001234567' });

test('the webhook signs what it posts so that the gateway can tell it is ours', async () => {
  const gateway = await startGateway();
  gateway.answer = { status: 200, headers: {}, body: '{"id":"gw-1"}' };
  const channel = gateway.open();
  expect(await channel.send(notice())).toEqual({ kind: 'sent', externalId: 'gw-1' });
  const { headers, body } = gateway.requests[0]!;
  const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-allclear-signature']))!;
  expect(v1).toBe(createHmac('sha256', 'gateway-secret').update(`${t}.${body}`).digest('hex'));
  expect(headers['content-type']).toBe('application/json');
  expect(JSON.parse(body)).toMatchObject({
    to: '+79001234567',
    language: 'ru',
    subscriber: 's1',
    incident: 'l.1.1',
    type: 'detected',
    key: notice().key,
  });
  await channel.close();
  await gateway.stop();
});

test('a gateway says in Retry-After how long to wait', async () => {
  const gateway = await startGateway();
  gateway.answer = { status: 429, headers: { 'retry-after': '7' }, body: '' };
  const channel = gateway.open();
  expect(await channel.send(notice())).toMatchObject({ kind: 'retry', afterMs: 7_000 });
  gateway.answer = { status: 503, headers: { 'retry-after': '999999' }, body: '' };
  expect(await channel.send(notice())).toMatchObject({ kind: 'retry', afterMs: 3_600_000 });
  await channel.close();
  await gateway.stop();
});

test('a redirect is not followed and a flood of an answer is cut', async () => {
  const gateway = await startGateway();
  gateway.answer = { status: 302, headers: { location: gateway.url }, body: '' };
  const channel = gateway.open();
  expect(await channel.send(notice())).toMatchObject({ kind: 'failed', reason: 'HTTP 302' });
  expect(gateway.requests).toHaveLength(1);
  gateway.answer = { status: 200, headers: {}, body: 'x'.repeat(1_000_000) };
  expect(await channel.send(notice())).toMatchObject({ kind: 'retry', uncertain: true });
  await channel.close();
  await gateway.stop();
});

test('without allowPrivate a gateway on this machine is refused in the configuration and again when sending', async () => {
  const gateway = await startGateway();
  const settings = { kind: 'webhook', url: gateway.url, secret } as const;
  expect(channelRefusals(settings)[0]?.key).toBe('url');
  const channel = webhook.open('sms', settings, realWorld());
  expect(await channel.send(notice())).toMatchObject({ kind: 'failed' });
  expect(gateway.requests).toEqual([]);
  expect(channelRefusals({ ...settings, allowPrivate: true } as never)).toEqual([]);
  await channel.close();
  await gateway.stop();
});
