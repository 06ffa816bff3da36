/** A way to a ticket system that can lose answers, make them up, or let nothing through. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens to calls: `lost` reaches the system and its answer does not come back, all others never reach it. */
type Fault =
  | 'lost'
  | 'stalled'
  | { readonly status: number; readonly body?: string; readonly retryAfter?: string };

export interface FaultyWay {
  readonly url: string;
  /** For calls with these methods only, so often; then the way is whole again. */
  fail(fault: Fault, which: { readonly methods: readonly string[]; readonly times?: number }): void;
  heal(): void;
  /** Calls that reached the system. */
  readonly passed: readonly { readonly method: string; readonly path: string; readonly body: string }[];
  close(): Promise<void>;
}

export async function openFaultyWay(to: string): Promise<FaultyWay> {
  const target = new URL(to);
  const passed: { method: string; path: string; body: string }[] = [];
  let failing: { fault: Fault; methods: readonly string[]; left: number } | undefined;
  const server = createServer((asked, reply) => {
    void bodyOf(asked).then(async (body) => {
      const method = asked.method ?? '';
      const fault = failing?.methods.includes(method) && failing.left-- > 0 ? failing.fault : undefined;
      if (fault === 'stalled') return;
      if (fault !== undefined && fault !== 'lost') {
        const wait = fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter };
        reply.writeHead(fault.status, { 'content-type': 'application/json', ...wait });
        return void reply.end(fault.body ?? '{}');
      }
      passed.push({ method, path: asked.url ?? '', body });
      const answered = await forward(target, asked, body);
      if (fault === 'lost') return void asked.socket.destroy();
      answer(reply, answered);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${target.pathname.replace(/\/$/, '')}`,
    fail: (fault, { methods, times = Number.POSITIVE_INFINITY }) => {
      failing = { fault, methods, left: times };
    },
    heal: () => {
      failing = undefined;
    },
    passed,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

interface Answered {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

function answer(reply: ServerResponse, { status, type, body }: Answered): void {
  reply.writeHead(status, { 'content-type': type });
  reply.end(body);
}

function forward(target: URL, asked: IncomingMessage, body: string): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const { host: _, ...headers } = asked.headers;
    const sending = request(
      { host: target.hostname, port: target.port, method: asked.method, path: asked.url, headers },
      (response) => {
        void bodyOf(response).then((text) =>
          resolve({
            status: response.statusCode ?? 0,
            type: String(response.headers['content-type'] ?? 'text/plain'),
            body: text,
          }),
        );
      },
    );
    sending.on('error', reject);
    sending.end(body);
  });
}

export async function bodyOf(message: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
