/** The listener for staff and programs: pages, /api/v1, /ws, health and metrics. Nothing but health answers strangers. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Fault } from '../../base/fault.ts';
import { since } from '../../base/instant.ts';
import {
  type Caller,
  findCaller,
  isFromOwnOrigin,
  ownPageHeader,
  sessionCookie,
  setSessionCookie,
} from './access.ts';
import { addApi, replyForError, sendReply } from './api.ts';
import { boundCrowd, Turnstile } from './crowding.ts';
import { type LiveBacklog, openLiveSockets } from './live-socket.ts';
import { LongReplies } from './long-replies.ts';
import { chooseLanguage, scriptlessPolicy } from './page-frame.ts';
import type { FrontPorts } from './ports.ts';
import { refusal } from './route.ts';
import { signedOutPage, signInPage, signInStyle, spentLinkPage } from './sign-in-page.ts';
import { addTmForum, refuse } from './tmf/engine.ts';
import { failed } from './tmf/refusal.ts';
import { TokenGate } from './token-gate.ts';

/** No inline script or style, nothing from elsewhere (design pages.md 12.1). */
const pagesPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const signInPolicy = scriptlessPolicy(signInStyle);
const wrongTokens = { burst: 20, perSecond: 1 };
const connections = 1_024;
/** A connection without a byte either way is closed; a long import says nothing while it works. */
const idleMs = 300_000;
/** Keys and sessions looked up at once. */
const lookUps = 256;

/** Addresses of the console; the page itself decides what to show. */
const consolePages = [
  '/',
  '/alarms',
  '/alarm-load',
  '/incidents',
  '/incidents/:id',
  '/notices',
  '/tickets',
  '/tickets/:id',
  '/devices',
  '/dns',
  '/rules',
  '/works',
  '/devices/:id',
  '/subscribers/:id',
  '/tasks',
  '/users',
];

export interface Listener {
  readonly address: { readonly host: string; readonly port: number };
  /** For /metrics: what came and was refused here since the start. */
  counters(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

export async function openConsole(
  ports: FrontPorts,
  at: { readonly host: string; readonly port: number },
  pages: { readonly folder: string; readonly liveBacklog?: Partial<LiveBacklog> | undefined },
): Promise<Listener> {
  if (!existsSync(join(pages.folder, 'index.html'))) {
    throw new Fault('front/no-pages', `no built pages in ${pages.folder}; run npm run build`);
  }
  const server = makeServer(ports);
  const { counters } = boundCrowd(server, connections);
  const callers = new WeakMap<FastifyRequest, Caller>();
  const gate = new TokenGate(ports.world, wrongTokens);
  const turnstile = new Turnstile(lookUps);
  addAccess(server, { ports, callers, gate, turnstile });
  const longReplies = new LongReplies(ports.world);
  const callerOf = (request: FastifyRequest): Caller | undefined => callers.get(request);
  await addApi(server, ports, { callerOf, longReplies });
  await addTmForum(server, { ports, callerOf });
  addHealth(server, ports);
  addSignIn(server, ports, gate);
  await addPages(server, pages.folder, (request) => callers.has(request));
  const sockets = openLiveSockets(ports, server.server, {
    turnstile,
    backlog: pages.liveBacklog,
  });
  await server.listen({ host: at.host, port: at.port });
  return {
    address: addressOf(server),
    counters: () => ({
      wrongConsoleTokens: gate.wrong,
      callersCrowded: turnstile.refused,
      consoleConnectionsRefused: counters.connectionsRefused,
      consoleRequestsCrowded: counters.requestsCrowded,
      ...longReplies.counters,
      ...sockets.counters,
    }),
    async close() {
      sockets.close();
      await server.close();
    },
  };
}

export function addressOf(server: FastifyInstance): Listener['address'] {
  const bound = server.server.address();
  if (bound === null || typeof bound === 'string')
    throw new Fault('front/no-address', 'the listener has no port');
  return { host: bound.family === 'IPv6' ? `[${bound.address}]` : bound.address, port: bound.port };
}

function makeServer(ports: FrontPorts): FastifyInstance {
  const server = fastify({
    logger: false,
    trustProxy: false,
    bodyLimit: 256 * 1024,
    requestTimeout: 30_000,
    connectionTimeout: idleMs,
    forceCloseConnections: true,
    // Clients are given an address that ends in a slash, and put theirs behind it or a slash behind theirs.
    routerOptions: { maxParamLength: 2_000, ignoreTrailingSlash: true },
  });
  server.addHook('onSend', async (request, reply) => {
    setSafeHeaders(reply, ports.consoleUrl?.startsWith('https:') === true);
    // Errors and answers with data are nobody's to keep; built files name their own caching.
    if (!reply.hasHeader('cache-control') || request.url.startsWith('/api/'))
      reply.header('cache-control', 'no-store');
  });
  server.setErrorHandler((error, _request, reply) => sendReply(reply, replyForError(ports, error)));
  server.setNotFoundHandler((_request, reply) =>
    sendReply(reply, refusal(404, 'There is nothing at this address.')),
  );
  return server;
}

function setSafeHeaders(reply: FastifyReply, isHttps: boolean): void {
  if (!reply.hasHeader('content-security-policy'))
    reply.header('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  reply.header('x-content-type-options', 'nosniff');
  reply.header('x-frame-options', 'DENY');
  reply.header('referrer-policy', 'no-referrer');
  reply.header('cross-origin-opener-policy', 'same-origin');
  reply.header('cross-origin-resource-policy', 'same-origin');
  if (isHttps) reply.header('strict-transport-security', 'max-age=31536000');
}

/** Finds who is calling before anything else is read; what needs a caller and has none gets 401 with its body unread. */
function addAccess(
  server: FastifyInstance,
  {
    ports,
    callers,
    gate,
    turnstile,
  }: {
    readonly ports: FrontPorts;
    readonly callers: WeakMap<FastifyRequest, Caller>;
    readonly gate: TokenGate;
    readonly turnstile: Turnstile;
  },
): void {
  server.addHook('onRequest', async (request, reply) => {
    // The route that was found, not the text of the address: a router reads %6d as m, and so would a stranger's.
    const path = request.routeOptions.url ?? request.url.split('?')[0]!;
    if (path === '/healthz' || path === '/readyz' || path.startsWith('/sign-in/')) return undefined;
    const { headers, ip: remoteAddress } = request;
    const caller = await turnstile.pass(() => findCaller(ports, { headers, remoteAddress }));
    if (caller === 'crowded') return sendReply(reply, refusal(503, 'Too many calls at once; try again.'));
    if (caller !== undefined) {
      callers.set(request, caller);
      return undefined;
    }
    const isLimited = request.headers.authorization !== undefined && gate.countWrong();
    const isTmForum = path.startsWith('/tmf-api');
    if (!isTmForum && !path.startsWith('/api/') && path !== '/metrics') return undefined;
    const [status, why] = isLimited
      ? ([429, 'Too many wrong tokens.'] as const)
      : ([401, 'Send a Bearer token or sign in.'] as const);
    if (isLimited) reply.header('retry-after', '5');
    return isTmForum ? refuse(reply, failed(status, why)) : sendReply(reply, refusal(status, why));
  });
}

function addHealth(server: FastifyInstance, ports: FrontPorts): void {
  const startedAt = ports.world.now();
  server.get('/healthz', (_request, reply) =>
    reply.send({ status: 'ok', uptimeSeconds: Math.floor(since(startedAt, ports.world.now()) / 1000) }),
  );
  server.get('/readyz', (_request, reply) =>
    ports.isReady() ? reply.send({ status: 'ready' }) : reply.code(503).send({ status: 'starting' }),
  );
  server.get('/metrics', (_request, reply) =>
    reply.header('content-type', 'text/plain; version=0.0.4; charset=utf-8').send(ports.metrics()),
  );
}

/** GET shows a button, POST spends the token: whatever opens links in passing signs nobody in. */
function addSignIn(server: FastifyInstance, ports: FrontPorts, gate: TokenGate): void {
  void server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: 1_024 }, (_request, body, done) =>
      done(null, body),
    );
    scope.get('/sign-in/:token', (request, reply) =>
      html(reply, signInPolicy).send(signInPage(chooseLanguage(request.headers['accept-language']))),
    );
    scope.post('/sign-in/:token', async (request, reply) => {
      const session = await ports.access.signIn((request.params as { readonly token: string }).token);
      if (session === undefined) {
        const isLimited = gate.countWrong();
        const language = chooseLanguage(request.headers['accept-language']);
        return html(reply, signInPolicy)
          .code(isLimited ? 429 : 404)
          .send(spentLinkPage(language, isLimited));
      }
      const seconds = Math.floor(since(ports.world.now(), session.expiresAt) / 1000);
      return reply.header('set-cookie', setSessionCookie(ports, session.cookie, seconds)).redirect('/', 303);
    });
    scope.post('/sign-out', async (request, reply) => {
      const cookie = sessionCookie(ports, request.headers.cookie);
      const isOwnPage =
        request.headers[ownPageHeader] !== undefined && isFromOwnOrigin(ports, request.headers);
      if (!isOwnPage) return sendReply(reply, refusal(403, 'Sign out from the console.'));
      if (cookie !== undefined) await ports.access.signOut(cookie);
      return reply
        .header('set-cookie', setSessionCookie(ports, '', 0))
        .code(204)
        .send();
    });
  });
}

async function addPages(
  server: FastifyInstance,
  folder: string,
  isSignedIn: (request: FastifyRequest) => boolean,
): Promise<void> {
  await server.register(fastifyStatic, {
    root: folder,
    index: false,
    wildcard: false,
    cacheControl: false,
    setHeaders(reply, path) {
      // Built files carry a hash of their content in the name; the page that names them must be fresh.
      const isNamedByContent = path.includes('/assets/');
      reply.setHeader('cache-control', isNamedByContent ? 'public, max-age=31536000, immutable' : 'no-store');
      reply.setHeader('content-security-policy', pagesPolicy);
    },
  });
  for (const path of consolePages) {
    server.get(path, (request, reply) => {
      if (isSignedIn(request)) return reply.sendFile('index.html');
      const page = signedOutPage(chooseLanguage(request.headers['accept-language']));
      return html(reply, signInPolicy)
        .code(401)
        .header('www-authenticate', 'Bearer realm="allclear"')
        .send(page);
    });
  }
}

function html(reply: FastifyReply, policy: string): FastifyReply {
  return reply.header('content-type', 'text/html; charset=utf-8').header('content-security-policy', policy);
}
