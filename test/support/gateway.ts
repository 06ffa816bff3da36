/** An SMS gateway on loopback that honours keys or does not, makes errors now and then, and sometimes loses its answer. */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Random } from '../../src/base/random.ts';

interface GatewayNotice {
  readonly to: string;
  readonly subscriber: string;
  readonly type: string;
  readonly key: string;
  readonly text: string;
}

export interface Gateway {
  readonly url: string;
  /** What subscribers got, by key. */
  readonly taken: ReadonlyMap<string, GatewayNotice>;
  /** Requests with a key that was taken before. */
  readonly repeats: number;
  /** Requests whose signature or headers were wrong. */
  readonly wrong: number;
  close(): Promise<void>;
}

export async function openGateway(options: {
  readonly secret: string;
  readonly random: Random;
  /** Shares of requests, 0 to 1. */
  readonly errors: number;
  readonly lostAnswers: number;
  readonly onTaken?: ((notice: GatewayNotice, isRepeat: boolean) => void) | undefined;
}): Promise<Gateway> {
  const taken = new Map<string, GatewayNotice>();
  const count = { repeats: 0, wrong: 0 };
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request).catch(() => undefined);
    if (body === undefined) return;
    if (options.random.next() < options.errors) return void response.writeHead(503).end();
    const notice = JSON.parse(body) as GatewayNotice;
    if (!isGenuine(request, body, options.secret) || request.headers['idempotency-key'] !== notice.key) {
      count.wrong++;
      return void response.writeHead(400).end();
    }
    options.onTaken?.(notice, taken.has(notice.key));
    if (taken.has(notice.key)) count.repeats++;
    else taken.set(notice.key, notice);
    if (options.random.next() < options.lostAnswers) return void request.socket.destroy();
    response.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify({ id: notice.key }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/send`,
    taken,
    get repeats() {
      return count.repeats;
    },
    get wrong() {
      return count.wrong;
    },
    close() {
      server.closeAllConnections();
      return new Promise((closed) => server.close(() => closed()));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const part of request.setEncoding('utf8')) body += String(part);
  return body;
}

function isGenuine(request: IncomingMessage, body: string, secret: string): boolean {
  const [, at, signature] =
    /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(request.headers['x-allclear-signature'])) ?? [];
  return signature === createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
}
