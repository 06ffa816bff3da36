/**
 * The public listener: `/s/TOKEN` shows and takes answers, `/s/area/SLUG` and `/s/works` are for everybody,
 * `/gateway/CHANNEL` takes receipts; everything else is the same 404.
 */
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { SourceRates } from '../../base/source-rates.ts';
import type { SubscriberReply } from '../../flow/input.ts';
import type { Answer } from '../../model/confirmation.ts';
import { addAreaPages } from './area-routes.ts';
import { addressOf, type Listener } from './console-listener.ts';
import type { Language } from './contract.ts';
import { boundCrowd, Turnstile } from './crowding.ts';
import { addDeflection } from './deflect-routes.ts';
import { addGatewayPosts } from './gateway-posts.ts';
import { OwnLineTests } from './own-line-tests.ts';
import { chooseLanguage, scriptlessPolicy } from './page-frame.ts';
import type { FrontPorts, LinkView } from './ports.ts';
import { chatPage } from './public-chat.ts';
import { shortPage, subscriberPage } from './public-page.ts';
import { publicStyle } from './public-style.ts';
import { publicWords, ratingCauses } from './public-words.ts';
import { chosenQuiet } from './quiet-form.ts';
import { maxQuestionLength } from './request-page.ts';
import { TokenGate } from './token-gate.ts';
import { addUnsubscribing } from './unsubscribe-routes.ts';

const policy = scriptlessPolicy(publicStyle);
const maxFormBytes = 16 * 1024;
const maxCommentLength = 2_000;
const wrongTokens = { burst: 20, perSecond: 2 };
/** Of one link: nobody needs more, and whoever holds a right one must not fill journal and book. */
const forms = { burst: 20, perSecond: 0.02, mostSources: 65_536 };
const connections = 4_096;
/** After so long without a byte either way a connection is closed: also that of a reader who takes no answer. */
const idleMs = 30_000;
/** Links looked up at once: of ten thousand calls that may wait for the book strangers get a share. */
const lookUps = 64;
const answers: readonly Answer[] = ['fixed', 'notFixed', 'contactMe'];

export async function openPublic(
  ports: FrontPorts,
  at: { readonly host: string; readonly port: number },
): Promise<Listener> {
  const server = fastify({
    logger: false,
    trustProxy: false,
    bodyLimit: maxFormBytes,
    requestTimeout: 15_000,
    connectionTimeout: idleMs,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  });
  const { counters } = boundCrowd(server, connections);
  setSafeHeaders(server, ports);
  const gate = new TokenGate(ports.world, wrongTokens);
  const turnstile = new Turnstile(lookUps);
  addSubscriberPage(server, ports, { gate, turnstile });
  const shown = addAreaPages(server, ports, languageOf);
  addUnsubscribing(server, ports, { gate, turnstile, languageOf });
  const deflect = addDeflection(server, ports);
  // Places of its own: a gateway that posts a great deal keeps no subscriber from his page.
  const posts = new Turnstile(lookUps);
  addGatewayPosts(server, ports, { gate, turnstile: posts });
  await server.listen({ host: at.host, port: at.port });
  return {
    address: addressOf(server),
    counters: () => ({
      wrongLinks: gate.wrong,
      linksCrowded: turnstile.refused,
      gatewayPostsCrowded: posts.refused,
      publicConnectionsRefused: counters.connectionsRefused,
      publicRequestsCrowded: counters.requestsCrowded,
      ...shown(),
      calls: deflect.calls,
      callsDeflected: deflect.deflected,
      callsLost: deflect.lost,
      wrongCallerTokens: deflect.wrongTokens,
    }),
    close: () => server.close(),
  };
}

function setSafeHeaders(server: FastifyInstance, ports: FrontPorts): void {
  server.addHook('onSend', async (_request, reply) => {
    reply.header('content-security-policy', policy);
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    reply.header('referrer-policy', 'no-referrer');
    reply.header('x-content-type-options', 'nosniff');
    reply.header('x-frame-options', 'DENY');
    reply.header('x-robots-tag', 'noindex, nofollow');
    reply.header('cross-origin-opener-policy', 'same-origin');
    reply.header('vary', 'accept-language');
    if (ports.publicUrl.startsWith('https:')) reply.header('strict-transport-security', 'max-age=31536000');
  });
  server.setErrorHandler((error, request, reply) => {
    const status = (error as { readonly statusCode?: number }).statusCode ?? 500;
    if (status >= 500) ports.world.log.error('a subscriber page failed', { error });
    const { say } = publicWords[languageOf(request)];
    const sentence = status >= 500 ? say.retry : say.badForm;
    return send(reply, status, shortPage(languageOf(request), say.title, sentence, true));
  });
  server.setNotFoundHandler((request, reply) => notFound(reply, languageOf(request)));
}

function addSubscriberPage(
  server: FastifyInstance,
  ports: FrontPorts,
  { gate, turnstile }: { readonly gate: TokenGate; readonly turnstile: Turnstile },
): void {
  const opened = async (request: FastifyRequest, reply: FastifyReply): Promise<LinkView | undefined> => {
    const { token } = request.params as { readonly token: string };
    const isToken = /^[\w-]{8,64}$/.test(token);
    const link = isToken ? await turnstile.pass(() => ports.query.link(token)) : undefined;
    if (link === 'crowded') {
      const { say } = publicWords[languageOf(request)];
      const page = shortPage(languageOf(request), say.title, say.retry, true);
      await send(reply.header('retry-after', '5'), 503, page);
      return undefined;
    }
    if (link !== undefined && link.expiresAt > ports.world.now()) return link;
    const language = languageOf(request);
    if (!gate.countWrong()) await notFound(reply, language);
    else {
      const { say } = publicWords[language];
      await send(reply.header('retry-after', '60'), 429, shortPage(language, say.unknownTitle, say.limited));
    }
    return undefined;
  };

  const tests = new OwnLineTests(ports);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, new URLSearchParams(body as string)),
  );
  server.get('/s/:token', async (request, reply) => {
    const link = await opened(request, reply);
    if (link === undefined) return reply;
    const bots = ports.chats.bots();
    const test = tests.of(link.subscriber);
    const moment = { language: languageOf(request), now: ports.world.now(), bots, test };
    const page = subscriberPage(link, moment);
    return send(reply, 200, page);
  });
  server.options('/s/:token', async (_request, reply) =>
    reply.header('allow', 'GET, HEAD, POST, OPTIONS').code(204).send(),
  );
  const rates = new SourceRates(forms);
  server.post('/s/:token', async (request, reply) => {
    const link = await opened(request, reply);
    if (link === undefined) return reply;
    const { token } = request.params as { readonly token: string };
    if (rates.take(token, ports.world.monotonicMs())) {
      const isForChat = request.body instanceof URLSearchParams && request.body.has('chat');
      if (!isForChat) return takeForm({ ports, tests, request, reply, link });
      return send(reply, 200, await chatPage(ports.chats, link.subscriber, languageOf(request)));
    }
    const language = languageOf(request);
    const { say } = publicWords[language];
    return send(reply.header('retry-after', '60'), 429, shortPage(language, say.title, say.often, true));
  });
}

interface FormCall {
  readonly ports: FrontPorts;
  readonly tests: OwnLineTests;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly link: LinkView;
}

async function takeForm(call: FormCall): Promise<FastifyReply> {
  const { ports, request, reply, link } = call;
  const language = languageOf(request);
  const { say } = publicWords[language];
  const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
  const isWish = ['test', 'case', 'question', 'quiet'].some((name) => form.has(name));
  if (isWish) return takeWish(call, form);
  const given = readForm(form);
  if (given === undefined) return send(reply, 400, shortPage(language, say.title, say.badForm, true));
  if (link.confirmation?.askedAt === undefined) {
    return send(reply, 409, shortPage(language, say.title, say.notAsked, true));
  }
  const comment = form.get('comment')?.trim().slice(0, maxCommentLength) ?? '';
  try {
    const contact =
      given.kind === 'rating' && comment !== ''
        ? await ports.query.storeContact(link.subscriber, comment)
        : undefined;
    await ports.submit({
      kind: 'subscriberReply',
      confirmation: link.confirmation.id,
      channel: 'page',
      reply: given.kind === 'rating' ? { ...given, contact } : given,
    });
  } catch (cause) {
    ports.world.log.warn('an answer could not be taken', { cause: String(cause) });
    return send(reply.header('retry-after', '5'), 503, shortPage(language, say.title, say.retry, true));
  }
  return backToPage(call);
}

function backToPage({ request, reply }: FormCall): FastifyReply {
  const { token } = request.params as { readonly token: string };
  const chosen = (request.query as { readonly lang?: unknown }).lang;
  return reply.redirect(`/s/${token}${chosen === undefined ? '' : `?lang=${languageOf(request)}`}`, 303);
}

/** A line test, a question, or that it is another fault. */
async function takeWish(call: FormCall, form: URLSearchParams): Promise<FastifyReply> {
  const { ports, tests, request, reply, link } = call;
  const { subscriber } = link;
  const language = languageOf(request);
  const { say } = publicWords[language];
  const question = form.get('question')?.trim().slice(0, maxQuestionLength) ?? '';
  const incident = link.incident?.incident;
  const differs = form.get('case') === 'differs' && incident?.resolvedAt === undefined ? incident : undefined;
  try {
    const hours = chosenQuiet(form);
    if (hours !== undefined) await ports.query.putQuietHours(subscriber, hours);
    else if (form.get('test') === 'line') await tests.start(subscriber, link.resource);
    else if (question !== '') {
      const contact = await ports.query.storeContact(subscriber, question);
      await ports.submit({ ...words, subscriber, says: { kind: 'question', contact } });
    } else if (differs !== undefined)
      await ports.submit({ ...words, subscriber, says: { kind: 'notThis', incident: differs.id } });
    else return send(reply, 400, shortPage(language, say.title, say.badForm, true));
  } catch (cause) {
    ports.world.log.warn('a word of a subscriber could not be taken', { cause: String(cause) });
    return send(reply.header('retry-after', '5'), 503, shortPage(language, say.title, say.retry, true));
  }
  return backToPage(call);
}

const words = { kind: 'subscriberSays', channel: 'page' } as const;

function readForm(form: URLSearchParams): SubscriberReply | undefined {
  const answer = answers.find((known) => known === form.get('answer'));
  if (answer !== undefined) return { kind: 'answer', answer };
  const mark = form.get('rating') ?? '';
  if (!/^(?:\d|10)$/.test(mark)) return undefined;
  return {
    kind: 'rating',
    score: Number(mark),
    cause: ratingCauses.find((known) => known === form.get('cause')),
  };
}

function languageOf(request: FastifyRequest): Language {
  const { lang } = request.query as { readonly lang?: unknown };
  return lang === 'ru' || lang === 'en' ? lang : chooseLanguage(request.headers['accept-language']);
}

function notFound(reply: FastifyReply, language: Language): FastifyReply {
  const { say } = publicWords[language];
  return send(reply, 404, shortPage(language, say.unknownTitle, say.unknown));
}

const send = (reply: FastifyReply, status: number, page: string): FastifyReply =>
  reply.code(status).header('content-type', 'text/html; charset=utf-8').send(page);
