/**
 * `/s/TOKEN/unsubscribe/CATEGORY/CHANNEL`, as mails name it (RFC 8058): a POST withdraws that category on that channel, and
 * nothing else; a GET, which mail scanners follow too, shows a page with the button.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ConsentCategory, consentCategories } from '../../model/subscriber.ts';
import type { Language } from './contract.ts';
import type { Turnstile } from './crowding.ts';
import { escapeHtml, htmlDocument } from './page-frame.ts';
import type { FrontPorts } from './ports.ts';
import { shortPage } from './public-page.ts';
import { publicStyle } from './public-style.ts';
import { publicWords } from './public-words.ts';
import type { UnsubscribingBy } from './subscriber-port.ts';
import type { TokenGate } from './token-gate.ts';

const words = {
  en: {
    title: 'No more such messages?',
    ask: (what: string, by: string) =>
      `Press the button, and you get no more ${what} by ${by}. Nothing else changes: bills and all other messages come as before.`,
    button: 'Stop them',
    done: 'Stopped',
    isDone: (what: string, by: string) =>
      `You get no more ${what} by ${by}. If you want them again, tell our support.`,
    mail: 'e-mail',
    categories: {
      outage: 'messages about outages at your address',
      planned: 'messages about planned works',
      feedback: 'questions whether your service works again',
      whatWeDid: 'messages about what became of your remarks',
    },
  },
  ru: {
    title: 'Больше не присылать?',
    ask: (what: string, by: string) =>
      `Нажмите кнопку, и вы больше не будете получать ${what} (${by}). Остальное не изменится: счета и другие сообщения приходят как раньше.`,
    button: 'Не присылать',
    done: 'Отключено',
    isDone: (what: string, by: string) =>
      `Вы больше не получаете ${what} (${by}). Чтобы включить снова, обратитесь в поддержку.`,
    mail: 'эл. почта',
    categories: {
      outage: 'сообщения об авариях по вашему адресу',
      planned: 'сообщения о плановых работах',
      feedback: 'вопросы, заработала ли услуга',
      whatWeDid: 'сообщения о том, что сделано по вашим отзывам',
    },
  },
} as const;

const field = 'List-Unsubscribe';
const wanted = 'One-Click';

export interface UnsubscribeParts {
  readonly gate: TokenGate;
  readonly turnstile: Turnstile;
  readonly languageOf: (request: FastifyRequest) => Language;
}

/** An encapsulated part: bodies of both kinds that RFC 8058 section 3.2 allows are read here. */
export function addUnsubscribing(server: FastifyInstance, ports: FrontPorts, parts: UnsubscribeParts): void {
  const { gate, turnstile, languageOf } = parts;
  const path = '/s/:token/unsubscribe/:category/:channel';
  const answered = async (
    request: FastifyRequest,
    reply: FastifyReply,
    act: (asked: UnsubscribingBy, language: Language) => Promise<Page | undefined>,
  ): Promise<FastifyReply> => {
    const language = languageOf(request);
    const { say } = publicWords[language];
    const asked = askedIn(request);
    const page = asked === undefined ? undefined : await turnstile.pass(() => act(asked, language));
    if (page === 'crowded')
      return send(reply.header('retry-after', '5'), 503, shortPage(language, say.title, say.retry, true));
    if (page !== undefined) return send(reply, page.status, page.html);
    if (!gate.countWrong()) return send(reply, 404, shortPage(language, say.unknownTitle, say.unknown));
    return send(reply.header('retry-after', '60'), 429, shortPage(language, say.unknownTitle, say.limited));
  };
  void server.register((part, _options, done) => {
    part.removeAllContentTypeParsers();
    const asText = { parseAs: 'string' as const };
    part.addContentTypeParser('application/x-www-form-urlencoded', asText, (_request, body, read) =>
      read(null, new URLSearchParams(body as string).get(field)),
    );
    part.addContentTypeParser('multipart/form-data', asText, (_request, body, read) =>
      read(null, fieldOf(body as string)),
    );
    part.get(path, (request, reply) =>
      answered(request, reply, async (asked, language) => {
        const found = await ports.query.unsubscription(asked);
        return found && { status: 200, html: pageOf(asked, language, found.isWithdrawn) };
      }),
    );
    part.options(path, async (_request, reply) =>
      reply.header('allow', 'GET, HEAD, POST, OPTIONS').code(204).send(),
    );
    part.post(path, (request, reply) =>
      answered(request, reply, async (asked, language) => {
        const { say } = publicWords[language];
        if (request.body !== wanted)
          return { status: 400, html: shortPage(language, say.title, say.badForm, true) };
        const outcome = await ports.query.unsubscribe(asked);
        // No way elsewhere: whoever posts for the reader follows none (section 3.1).
        return outcome === 'unknown' ? undefined : { status: 200, html: pageOf(asked, language, true) };
      }),
    );
    done();
  });
}

interface Page {
  readonly status: number;
  readonly html: string;
}

function askedIn(request: FastifyRequest): UnsubscribingBy | undefined {
  const { token, category, channel } = request.params as Record<'token' | 'category' | 'channel', string>;
  const known = consentCategories.find((one): one is ConsentCategory => one === category);
  return known === undefined || !/^[\w-]{8,64}$/.test(token)
    ? undefined
    : { token, category: known, channel };
}

/** The one field we look for, in lines of a body that the listener has bounded (RFC 7578). */
function fieldOf(body: string): string | undefined {
  const lines = body.split(/\r?\n/);
  const head = lines.findIndex(
    (line) => /^content-disposition:/i.test(line) && line.includes(`name="${field}"`),
  );
  const end = head < 0 ? -1 : lines.indexOf('', head);
  return end < 0 ? undefined : lines[end + 1];
}

function pageOf({ category, channel }: UnsubscribingBy, language: Language, isDone: boolean): string {
  const say = words[language];
  const [what, by] = [say.categories[category], channel === 'mail' ? say.mail : escapeHtml(channel)];
  const title = isDone ? say.done : say.title;
  const form = isDone
    ? ''
    : `<form method="post"><input type="hidden" name="${field}" value="${wanted}"><button>${say.button}</button></form>`;
  const other = language === 'ru' ? 'en' : 'ru';
  const foot = isDone
    ? ''
    : `<p class="foot"><a href="?lang=${other}" lang="${other}">${publicWords[language].say.other}</a></p>`;
  const body = `<h1>${title}</h1><p>${isDone ? say.isDone(what, by) : say.ask(what, by)}</p>${form}${foot}`;
  return htmlDocument({ language, title, body }, publicStyle);
}

const send = (reply: FastifyReply, status: number, page: string): FastifyReply =>
  reply.code(status).header('content-type', 'text/html; charset=utf-8').send(page);
