/** The phones of the demo city: an SMS gateway on loopback that takes the signed webhook and shows each text to its owner. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface PhoneText {
  readonly to: string;
  readonly text: string;
  readonly subscriber: string;
  readonly incident: string;
  readonly type: string;
  readonly key: string;
}

export interface Phones {
  readonly url: string;
  /** Texts taken, and repeats of a key that was there already: shown to nobody twice. */
  readonly counters: { readonly taken: number; readonly repeated: number; readonly refused: number };
  close(): Promise<void>;
}

const maxBodyBytes = 16_384;
/** Keys remembered for repeats; the oldest are forgotten. */
const maxKeys = 100_000;

export async function openPhones(options: {
  readonly secret: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly onText: (text: PhoneText) => void;
}): Promise<Phones> {
  const counters = { taken: 0, repeated: 0, refused: 0 };
  const keys = new Set<string>();
  const take = (body: string, request: IncomingMessage, response: ServerResponse): void => {
    if (!isSigned(body, request, options.secret)) {
      counters.refused++;
      response.writeHead(401).end();
      return;
    }
    const text = JSON.parse(body) as PhoneText;
    if (keys.has(text.key)) counters.repeated++;
    else {
      keys.add(text.key);
      if (keys.size > maxKeys) keys.delete(keys.values().next().value!);
      counters.taken++;
      options.onText(text);
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(`{"id":"${text.key}"}`);
  };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    request.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes <= maxBodyBytes) parts.push(part);
    });
    request.on('end', () => {
      if (bytes > maxBodyBytes) return void response.writeHead(413).end();
      take(Buffer.concat(parts).toString('utf8'), request, response);
    });
  });
  const port = await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${port}/sms`,
    counters,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}

/** `X-Allclear-Signature: t=<unix s>,v1=<hex hmac-sha256 of "t.body">`. */
function isSigned(body: string, request: IncomingMessage, secret: string): boolean {
  const match = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(request.headers['x-allclear-signature'] ?? ''));
  if (match === null) return false;
  const expected = createHmac('sha256', secret).update(`${match[1]}.${body}`).digest();
  return timingSafeEqual(expected, Buffer.from(match[2]!, 'hex'));
}
