/** Outgoing HTTP: guarded address, no redirects, caps on size and time, connections kept alive. */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { DurationMs } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import { refusedTarget, resolveTarget } from './address-guard.ts';

export interface HttpClientOptions {
  readonly world: World;
  readonly allowPrivate: boolean;
  /** From the call to the last byte of the answer. */
  readonly timeoutMs: DurationMs;
  /** Connections to one host. */
  readonly connections: number;
  /** Larger answers are cut off as `badAnswer`; 64 KiB when left out. */
  readonly answerBytes?: number | undefined;
  /** Address of this machine that requests leave from. */
  readonly localAddress?: string | undefined;
}

interface HttpCall {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** `refused` and `unreachable`: nothing was sent. `lost`: the peer may have acted, the answer never came. */
export type HttpOutcome =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: IncomingMessage['headers'];
      readonly body: string;
    }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'lost'; readonly reason: string; readonly isTooLarge?: true };

export interface HttpClient {
  call(call: HttpCall): Promise<HttpOutcome>;
  close(): void;
}

export function openHttpClient(options: HttpClientOptions): HttpClient {
  const lookup = guardedLookup(options.allowPrivate);
  const pool = {
    keepAlive: true,
    maxSockets: options.connections,
    maxFreeSockets: options.connections,
    lookup,
    ...(options.localAddress === undefined ? {} : { localAddress: options.localAddress }),
  };
  const agents = { http: new HttpAgent(pool), https: new HttpsAgent(pool) };
  return {
    call: (call) => oneCall(call, options, agents),
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

class RefusedAddress extends Error {}
class TooLarge extends Error {}

/** The socket connects to what this answers and asks nobody again. */
const guardedLookup =
  (allowPrivate: boolean): LookupFunction =>
  (host, options, answer) => {
    resolveTarget(host, allowPrivate).then(
      (target) => {
        if (target.kind === 'refused') answer(new RefusedAddress(target.reason), '', 0);
        else if (target.kind === 'unknown') answer(new Error(target.reason), '', 0);
        else if (options.all === true) answer(null, [{ address: target.address, family: target.family }]);
        else answer(null, target.address, target.family);
      },
      (error: unknown) => answer(error as Error, '', 0),
    );
  };

function oneCall(
  call: HttpCall,
  options: HttpClientOptions,
  agents: { readonly http: HttpAgent; readonly https: HttpsAgent },
): Promise<HttpOutcome> {
  const url = new URL(call.url);
  // A literal address never passes the resolver, so it is judged here.
  const reason = options.allowPrivate ? undefined : refusedTarget(url.hostname);
  if (reason !== undefined) return Promise.resolve({ kind: 'refused', reason });
  return new Promise((resolve) => {
    let wasSent = false;
    const isTls = url.protocol === 'https:';
    const body = call.body === undefined ? undefined : Buffer.from(call.body);
    const headers = {
      ...call.headers,
      ...(body === undefined ? {} : { 'content-length': String(body.length) }),
    };
    const sending = (isTls ? httpsRequest : httpRequest)(url, {
      method: call.method,
      headers,
      agent: isTls ? agents.https : agents.http,
      // A header flood is cut long before this machine feels it.
      maxHeaderSize: 16_384,
    });
    const done = (outcome: HttpOutcome): void => {
      deadline.cancel();
      resolve(outcome);
    };
    const broken = (error: Error): void => {
      if (error instanceof RefusedAddress) return done({ kind: 'refused', reason: error.message });
      if (error instanceof TooLarge) return done({ kind: 'lost', reason: error.message, isTooLarge: true });
      done({ kind: wasSent ? 'lost' : 'unreachable', reason: error.message });
    };
    const deadline = options.world.after(options.timeoutMs, () =>
      sending.destroy(new Error('no answer in time')),
    );
    sending.on('socket', (socket) => {
      const connected = (): void => {
        wasSent = true;
      };
      if (socket.connecting) socket.once(isTls ? 'secureConnect' : 'connect', connected);
      else connected();
    });
    sending.on('error', broken);
    sending.on('response', (answer) =>
      readAnswer(answer, { limit: options.answerBytes ?? 65_536, done, broken }),
    );
    sending.end(body);
  });
}

function readAnswer(
  answer: IncomingMessage,
  to: {
    readonly limit: number;
    readonly done: (outcome: HttpOutcome) => void;
    readonly broken: (error: Error) => void;
  },
): void {
  const parts: Buffer[] = [];
  let size = 0;
  answer.on('data', (part: Buffer) => {
    size += part.length;
    if (size > to.limit) answer.destroy(new TooLarge(`the answer is larger than ${to.limit} bytes`));
    else parts.push(part);
  });
  answer.on('error', to.broken);
  answer.on('end', () => {
    const body = Buffer.concat(parts).toString('utf8');
    to.done({ kind: 'answer', status: answer.statusCode ?? 0, headers: answer.headers, body });
  });
}
