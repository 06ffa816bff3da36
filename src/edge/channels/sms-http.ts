/** Notices as short messages through a gateway with an HTTP interface of its own, described in the configuration. */
import { createHash } from 'node:crypto';
import { milliseconds } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import type { Channel, Inbound, OutgoingNotice, Posted, PostedAnswer, Reply } from '../../notify/channel.ts';
import { refusedTarget } from '../net/address-guard.ts';
import { type HttpClient, openHttpClient } from '../net/http-request.ts';
import { type ChannelKind, lengthMs } from './channel-kind.ts';
import { outcomeOf } from './http-outcome.ts';
import { readAnswer } from './sms-http/answer.ts';
import { descriptionSchema, type FieldValue, type SmsHttpSettings } from './sms-http/description.ts';
import { isGenuine, newsIn } from './sms-http/posted.ts';
import { headerVariables, namesIn, requestOf, textsIn, variables } from './sms-http/request.ts';

interface Refusal {
  readonly key: string;
  readonly reason: string;
}

export const smsHttp: ChannelKind<SmsHttpSettings> = {
  schema: descriptionSchema,
  refusals(settings) {
    const host = URL.canParse(settings.url) ? new URL(settings.url).hostname : settings.url;
    const target = settings.allowPrivate === true ? undefined : refusedTarget(host);
    return [
      ...(target === undefined ? [] : [{ key: 'url', reason: target }]),
      ...variableRefusals(settings),
      ...senseRefusals(settings),
    ];
  },
  open: (name, settings, world) => new SmsHttpChannel(name, settings, world),
};

const placesOf = ({ url, query, json, form, headers }: SmsHttpSettings) =>
  ({ url, query, json, form, headers }) as Readonly<Record<string, FieldValue | undefined>>;

function variableRefusals(settings: SmsHttpSettings): Refusal[] {
  return Object.entries(placesOf(settings)).flatMap(([key, value]) => {
    const known: readonly string[] = key === 'headers' ? headerVariables : variables;
    const names = value === undefined ? [] : textsIn(value).flatMap(namesIn);
    const strange = names.find((name) => !known.includes(name));
    if (strange === undefined) return [];
    return [{ key, reason: `{${strange}} stands for nothing here; there are ${known.join(', ')}` }];
  });
}

function senseRefusals(settings: SmsHttpSettings): Refusal[] {
  const found: Refusal[] = [];
  const used = new Set(
    Object.values(placesOf(settings)).flatMap((value) =>
      value === undefined ? [] : textsIn(value).flatMap(namesIn),
    ),
  );
  const refuse = (key: string, reason: string): void => void found.push({ key, reason });
  if (settings.json !== undefined && settings.form !== undefined)
    refuse('form', 'a request has one body: write json or form');
  if (settings.method === 'GET' && (settings.json ?? settings.form) !== undefined)
    refuse('method', 'a GET has no body: write the fields under query');
  if (!used.has('text'))
    refuse('url', 'nothing says where the text goes: write {text} under json, form or query');
  if (!used.has('to') && !used.has('digits'))
    refuse('url', 'nothing says where the number goes: write {to}, or {digits} for one without its plus');
  if (settings.honoursKey === true && !used.has('key'))
    refuse('honoursKey', 'the gateway never sees the key: write {key} where it looks for it');
  const needsSecret = used.has('secret') || settings.basic === true;
  if (needsSecret && settings.secret === undefined) refuse('secret', 'it is used and not given');
  if (settings.inbound !== undefined && (settings.inboundSecret?.reveal().length ?? 0) < 16)
    refuse('inboundSecret', 'whoever knows the address may post: give a secret of at least 16 characters');
  if (settings.inbound?.receipt !== undefined && settings.answer?.id === undefined)
    refuse('inbound', 'a receipt finds its message by the id: say under answer.id where it stands');
  return found;
}

const mostBegun = 1_000;

class SmsHttpChannel implements Channel {
  readonly name: string;
  readonly address = 'phone';
  readonly honoursKey: boolean;
  readonly givesReceipts: boolean;
  readonly #settings: SmsHttpSettings;
  readonly #world: World;
  readonly #client: HttpClient;
  readonly #counters = { receipts: 0, replies: 0, otherPosts: 0, wrongPosts: 0 };
  /** How many replies of a post were kept when the next one was not. */
  readonly #begun = new Map<string, number>();
  #inbound: Inbound | undefined;

  constructor(name: string, settings: SmsHttpSettings, world: World) {
    this.name = name;
    this.honoursKey = settings.honoursKey === true;
    this.givesReceipts = settings.inbound?.receipt !== undefined;
    this.#settings = settings;
    this.#world = world;
    this.#client = openHttpClient({
      world,
      allowPrivate: settings.allowPrivate === true,
      connections: settings.window ?? 32,
      timeoutMs: milliseconds(Math.min(20_000, lengthMs(settings.timeout, 10_000))),
    });
  }

  counters(): Readonly<Record<string, number>> {
    return { ...this.#counters };
  }

  listen(inbound: Inbound): void {
    this.#inbound = inbound;
  }

  async send(notice: OutgoingNotice) {
    if (!/^\+?[1-9]\d{5,14}$/.test(notice.to))
      return { kind: 'failed', reason: 'not a telephone number', isDeadContact: true } as const;
    const answer = await this.#client.call(requestOf(this.#settings, notice, this.#world.now()));
    return outcomeOf(answer, this.#world.now(), ({ body }) => readAnswer(body, this.#settings.answer ?? {}));
  }

  async posted(post: Posted): Promise<PostedAnswer> {
    const { inbound: reading, inboundSecret: secret } = this.#settings;
    if (reading === undefined || secret === undefined || !isGenuine(post, reading, secret)) {
      this.#counters.wrongPosts++;
      return 'unknown';
    }
    const inbound = this.#inbound;
    if (inbound === undefined) return 'later';
    const news = newsIn(post, reading);
    if (news === undefined) {
      this.#counters.wrongPosts++;
      return 'unreadable';
    }
    // What is handed in before one that is not kept comes again with it: receipts may.
    await Promise.all(news.receipts.map((receipt) => inbound.receipt(receipt)));
    await this.#handIn(post.body, news.replies, inbound);
    this.#counters.receipts += news.receipts.length;
    this.#counters.replies += news.replies.length;
    this.#counters.otherPosts += news.others;
    return 'kept';
  }

  /** One after the other; a post that comes again goes on behind those of it that were kept. */
  async #handIn(body: string, replies: readonly Reply[], inbound: Inbound): Promise<void> {
    const post = createHash('sha256').update(body).digest('base64');
    let kept = this.#begun.get(post) ?? 0;
    this.#begun.delete(post);
    try {
      for (const reply of replies.slice(kept)) {
        await inbound.reply(reply);
        kept++;
      }
    } catch (error) {
      this.#begun.set(post, kept);
      const [oldest] = this.#begun.keys();
      if (this.#begun.size > mostBegun) this.#begun.delete(oldest!);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#client.close();
  }
}
