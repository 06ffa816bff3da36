/** Notices through a Telegram bot: messages with buttons, answers by long polling, chats bound by a code. */
import { milliseconds } from '../../base/instant.ts';
import type { Secret } from '../../base/secret.ts';
import { SourceRates } from '../../base/source-rates.ts';
import type { Wake, World } from '../../base/world.ts';
import type { Channel, Inbound, OutgoingNotice, SendOutcome } from '../../notify/channel.ts';
import { refusedTarget } from '../net/address-guard.ts';
import {
  type ChannelKind,
  type ChannelSettings,
  lengthMs,
  secretProperty,
  sharedProperties,
} from './channel-kind.ts';
import { type BotAnswer, BotApi } from './telegram/bot-api.ts';
import { pressOf, readUpdate, type Update } from './telegram/updates.ts';
import { botWords } from './telegram/words.ts';

export interface TelegramSettings extends ChannelSettings {
  readonly kind: 'telegram';
  readonly token: Secret;
  /** Its user name, for the link of the code. */
  readonly bot: string;
  readonly url?: string | undefined;
}

export const telegram: ChannelKind<TelegramSettings> = {
  schema: {
    type: 'object',
    properties: {
      kind: { const: 'telegram' },
      token: secretProperty,
      bot: {
        type: 'string',
        pattern: '^[A-Za-z][A-Za-z0-9_]{3,31}$',
        description: 'the user name of the bot, without @',
      },
      url: {
        type: 'string',
        pattern: '^https?://[^\\s@?#]+[^\\s@?#/]$',
        description: 'a server of the Bot API',
      },
      ...sharedProperties,
    },
    required: ['kind', 'token', 'bot'],
    additionalProperties: false,
  },
  refusals(settings) {
    const refusals: { key: string; reason: string }[] = [];
    const host = URL.canParse(settings.url ?? '') ? new URL(settings.url!).hostname : undefined;
    const reason = settings.allowPrivate === true || host === undefined ? undefined : refusedTarget(host);
    if (reason !== undefined) refusals.push({ key: 'url', reason });
    if (!/^\d{1,20}:[\w-]{10,100}$/.test(settings.token.reveal()))
      refusals.push({
        key: 'token',
        reason: 'it is no token of a bot, which is a number, a colon and letters',
      });
    return refusals;
  },
  open: (name, settings, world) => new TelegramChannel(name, settings, world),
};

const standardUrl = 'https://api.telegram.org';
const longestText = 4_096;
/** The server holds the question so long when there is nothing to say. */
const pollSeconds = 25;
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
/** Somebody else polls with the same token, or the token is no longer one. */
const refusedPauseMs = 30_000;

/** Codes of one chat: whoever has one sends it once; a machine that tries many is neither looked up nor answered. */
const codeRate = { burst: 5, perSecond: 1 / 60, mostSources: 65_536 };
/** Words of the bot on their way at once; the next update waits when there are more. */
const mostTelling = 32;

class TelegramChannel implements Channel {
  readonly name: string;
  readonly address = 'chat';
  readonly honoursKey = false;
  readonly bot: string;
  readonly #world: World;
  readonly #api: BotApi;
  readonly #poll: BotApi;
  readonly #counters = {
    ...{ updates: 0, others: 0, answers: 0, bound: 0, blocked: 0 },
    ...{ codesTooMany: 0, pollsRefused: 0 },
  };
  readonly #codes = new SourceRates(codeRate);
  /** The last word on its way to each chat. */
  readonly #telling = new Map<string, Promise<unknown>>();
  #untold = 0;
  #inbound: Inbound | undefined;
  #polling: Promise<void> | undefined;
  #pause: { readonly wake: Wake; readonly end: () => void } | undefined;
  #isClosed = false;

  constructor(name: string, settings: TelegramSettings, world: World) {
    this.name = name;
    this.bot = settings.bot;
    this.#world = world;
    const { token, allowPrivate = false } = settings;
    const at = { url: settings.url ?? standardUrl, token, allowPrivate, world };
    const timeoutMs = Math.min(20_000, lengthMs(settings.timeout, 10_000));
    this.#api = new BotApi({ ...at, timeoutMs, connections: settings.window ?? 32 });
    this.#poll = new BotApi({ ...at, timeoutMs: (pollSeconds + 15) * 1_000, connections: 1 });
  }

  counters(): Readonly<Record<string, number>> {
    return { ...this.#counters };
  }

  listen(inbound: Inbound): void {
    this.#inbound = inbound;
    this.#polling ??= this.#pollAll(inbound);
  }

  async send(notice: OutgoingNotice): Promise<SendOutcome> {
    const { answerToken, language } = notice;
    const say = botWords[language];
    const button = (answer: 'fixed' | 'notFixed' | 'contactMe'): object[] => [
      { text: say[answer], callback_data: pressOf(answerToken ?? '', answer) },
    ];
    const keyboard = [button('fixed'), button('notFixed'), button('contactMe')];
    const answer = await this.#api.call('sendMessage', {
      chat_id: notice.to,
      text: notice.text.slice(0, longestText),
      link_preview_options: { is_disabled: true },
      ...(answerToken === undefined ? {} : { reply_markup: { inline_keyboard: keyboard } }),
    });
    return this.#judge(notice.to, answer);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#pause?.wake.cancel();
    this.#pause?.end();
    this.#poll.close();
    await this.#polling;
    await Promise.all(this.#telling.values());
    this.#api.close();
  }

  async #judge(chat: string, answer: BotAnswer): Promise<SendOutcome> {
    if (answer.kind === 'ok') {
      const id = (answer.result as { readonly message_id?: unknown } | null)?.message_id;
      // Without the chat: it is somebody's, and this stands in the open.
      return { kind: 'sent', externalId: typeof id === 'number' ? String(id) : undefined };
    }
    if (answer.kind !== 'refused')
      return { kind: 'retry', reason: answer.reason, uncertain: answer.kind === 'lost' };
    const { code, description, retryAfterMs } = answer;
    const reason = `Telegram ${code} ${description}`.trim();
    if (code === 429) return { kind: 'retry', reason, afterMs: retryAfterMs ?? 1_000, uncertain: false };
    // Blocked, or deleted: only they themselves can begin again.
    if (code === 403 || /chat not found/i.test(description)) {
      this.#counters.blocked++;
      await this.#inbound?.chats?.unbind(chat);
      return { kind: 'failed', reason, isDeadContact: true };
    }
    return { kind: 'failed', reason };
  }

  /** One after the other: what was taken is confirmed by the next question, after it was kept. */
  async #pollAll(inbound: Inbound): Promise<void> {
    let pauseMs = firstPauseMs;
    while (!this.#isClosed) {
      try {
        const began = this.#world.monotonicMs();
        const offset = Number((await inbound.memory?.load()) ?? 0);
        const answer = await this.#poll.call('getUpdates', {
          ...{ offset, timeout: pollSeconds, limit: 100 },
          allowed_updates: ['message', 'callback_query'],
        });
        if (this.#isClosed) return;
        if (answer.kind === 'ok') {
          const taken = await this.#takeAll(inbound, answer.result);
          pauseMs = firstPauseMs;
          // A server that neither waits nor says anything is not asked without a pause.
          if (taken === 0 && this.#world.monotonicMs() - began < firstPauseMs) await this.#rest(firstPauseMs);
          continue;
        }
        if (answer.kind === 'refused') {
          this.#counters.pollsRefused++;
          const { code, description, retryAfterMs } = answer;
          this.#world.log.warn('a bot is not told of answers', { channel: this.name, code, description });
          await this.#rest(retryAfterMs ?? refusedPauseMs);
          continue;
        }
      } catch (error) {
        this.#world.log.warn('an answer to a bot was not kept', { channel: this.name, error: String(error) });
      }
      await this.#rest(pauseMs);
      pauseMs = Math.min(longestPauseMs, pauseMs * 2);
    }
  }

  /** How many were taken. */
  async #takeAll(inbound: Inbound, result: unknown): Promise<number> {
    let taken = 0;
    for (const raw of Array.isArray(result) ? (result as readonly unknown[]) : []) {
      const update = readUpdate(raw);
      if (update === undefined) continue;
      await this.#take(inbound, update);
      await inbound.memory?.keep(String(update.update + 1));
      this.#counters.updates++;
      taken++;
    }
    return taken;
  }

  async #take(inbound: Inbound, update: Update): Promise<void> {
    if (update.kind === 'other') {
      this.#counters.others++;
      return;
    }
    const { chat, language } = update;
    const say = botWords[language];
    if (update.kind === 'words') {
      await inbound.reply({ from: chat, to: this.bot, text: update.text, isChat: true });
    } else if (update.kind === 'code') {
      if (!this.#codes.take(chat, this.#world.monotonicMs())) {
        this.#counters.codesTooMany++;
        return;
      }
      const isBound = (await inbound.chats?.bind(chat, update.code)) === true;
      if (isBound) this.#counters.bound++;
      const text = isBound ? say.bound : say.unknownCode;
      await this.#tell(chat, () => this.#api.call('sendMessage', { chat_id: chat, text }));
    } else {
      const isTaken =
        (await inbound.chats?.press({ chat, token: update.token, answer: update.answer })) === true;
      if (isTaken) this.#counters.answers++;
      await this.#tell(chat, () => this.#acknowledge(update, isTaken));
    }
  }

  /**
   * What was taken is kept already: many are told so at once, and nobody waits until one of them has heard it. In one chat one
   * word follows the other, for the last one is what stays on its message.
   */
  async #tell(chat: string, tell: () => Promise<unknown>): Promise<void> {
    const before = this.#telling.get(chat) ?? Promise.resolve();
    const telling = before
      .then(tell)
      .catch((error: unknown) => {
        this.#world.log.warn('a bot could not answer', { channel: this.name, error: String(error) });
      })
      .finally(() => {
        this.#untold--;
        if (this.#telling.get(chat) === telling) this.#telling.delete(chat);
      });
    this.#telling.set(chat, telling);
    this.#untold++;
    if (this.#untold >= mostTelling) await Promise.race(this.#telling.values());
  }

  /** The answer is kept: that the phone does not show it is no reason to take it again. */
  async #acknowledge(update: Extract<Update, { kind: 'press' }>, isTaken: boolean): Promise<void> {
    const { chat, message, answer, query, language } = update;
    const say = botWords[language];
    const word = isTaken ? `${say.answered}: ${say[answer]}` : say.gone;
    await this.#api.call('answerCallbackQuery', { callback_query_id: query, text: word.slice(0, 200) });
    if (message === undefined) return;
    const text = `${message.text.slice(0, longestText - word.length - 2)}\n\n${word}`;
    await this.#api.call('editMessageText', { chat_id: chat, message_id: message.id, text });
  }

  #rest(lengthMs: number): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return new Promise((end) => {
      const wake = this.#world.after(milliseconds(lengthMs), end);
      this.#pause = { wake, end };
    });
  }
}
