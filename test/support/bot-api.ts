/** A server of the Bot API on loopback that refuses what Telegram's refuses, with the same codes and words. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface SentMessage {
  readonly chat: string;
  readonly id: number;
  text: string;
  /** callback_data of each button. */
  buttons: readonly string[];
}

export interface BotServer {
  readonly url: string;
  readonly messages: readonly SentMessage[];
  /** Of answers to pressed buttons. */
  readonly notes: readonly string[];
  readonly offsets: readonly number[];
  /** Chats that opened the bot. */
  readonly chats: Set<string>;
  readonly blocked: Set<string>;
  /** For the next sendMessage: what to do instead. */
  next: 'throttle' | 'drop' | 'error' | undefined;
  /** Somebody does something; answers the number of the update. */
  say(chat: string, text: string, type?: string): number;
  press(message: SentMessage, data: string, by?: string): number;
  raw(update: object): void;
  close(): Promise<void>;
}

type Body = Readonly<Record<string, unknown>>;

export async function openBotServer(token: string): Promise<BotServer> {
  const messages: SentMessage[] = [];
  const notes: string[] = [];
  const offsets: number[] = [];
  const queries = new Set<string>();
  let updates: { readonly update_id: number }[] = [];
  let last = 100;
  let polling: { readonly response: ServerResponse; readonly timer: NodeJS.Timeout } | undefined;
  const say = (response: ServerResponse, status: number, value: object): void =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  const refuse = (response: ServerResponse, code: number, description: string, parameters?: object): void =>
    say(response, code, { ok: false, error_code: code, description, ...(parameters && { parameters }) });
  const ok = (response: ServerResponse, result: unknown): void => say(response, 200, { ok: true, result });
  const tell = (): void => {
    if (polling === undefined || updates.length === 0) return;
    clearTimeout(polling.timer);
    const { response } = polling;
    polling = undefined;
    ok(response, updates.slice(0, 100));
  };
  const add = (update: object): number => {
    last++;
    updates.push({ update_id: last, ...update });
    tell();
    return last;
  };
  const methods: Readonly<Record<string, (body: Body, response: ServerResponse) => void>> = {
    getUpdates(body, response) {
      if (polling !== undefined) {
        clearTimeout(polling.timer);
        refuse(
          polling.response,
          409,
          'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
        );
      }
      const offset = Number(body['offset'] ?? 0);
      offsets.push(offset);
      updates = updates.filter(({ update_id: id }) => id >= offset);
      const timer = setTimeout(
        () => {
          polling = undefined;
          ok(response, []);
        },
        Number(body['timeout'] ?? 0) * 1_000,
      );
      polling = { response, timer };
      response.on('close', () => {
        if (polling?.response !== response) return;
        clearTimeout(timer);
        polling = undefined;
      });
      tell();
    },
    sendMessage(body, response) {
      const { next } = server;
      server.next = undefined;
      if (next === 'throttle')
        return refuse(response, 429, 'Too Many Requests: retry after 1', { retry_after: 1 });
      if (next === 'error') return void response.writeHead(502).end('<html>Bad Gateway</html>');
      const chat = String(body['chat_id']);
      const text = String(body['text'] ?? '');
      if (server.blocked.has(chat)) return refuse(response, 403, 'Forbidden: bot was blocked by the user');
      if (!server.chats.has(chat)) return refuse(response, 400, 'Bad Request: chat not found');
      if (text === '') return refuse(response, 400, 'Bad Request: message text is empty');
      if (text.length > 4_096) return refuse(response, 400, 'Bad Request: message is too long');
      const markup = body['reply_markup'] as { inline_keyboard?: { callback_data: string }[][] } | undefined;
      const buttons = (markup?.inline_keyboard ?? []).flat().map(({ callback_data: data }) => data);
      if (buttons.some((data) => data.length < 1 || Buffer.byteLength(data) > 64))
        return refuse(response, 400, 'Bad Request: BUTTON_DATA_INVALID');
      const message = { chat, id: messages.length + 1, text, buttons };
      messages.push(message);
      if (next === 'drop') return void response.socket?.destroy();
      return ok(response, { message_id: message.id, text, chat: { id: Number(chat), type: 'private' } });
    },
    editMessageText(body, response) {
      const found = messages.find(
        ({ id, chat }) => id === body['message_id'] && chat === String(body['chat_id']),
      );
      if (found === undefined) return refuse(response, 400, 'Bad Request: message to edit not found');
      if (found.text === body['text']) return refuse(response, 400, 'Bad Request: message is not modified');
      Object.assign(found, { text: String(body['text']), buttons: [] });
      return ok(response, { message_id: found.id });
    },
    answerCallbackQuery(body, response) {
      if (!queries.delete(String(body['callback_query_id'])))
        return refuse(
          response,
          400,
          'Bad Request: query is too old and response timeout expired or query ID is invalid',
        );
      notes.push(String(body['text'] ?? ''));
      return ok(response, true);
    },
  };
  const http = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    request.on('end', () => {
      const [, given, method = ''] = /^\/bot([^/]+)\/(\w+)$/.exec(request.url ?? '') ?? [];
      if (given !== token) return refuse(response, 401, 'Unauthorized');
      const called = methods[method];
      if (called === undefined) return refuse(response, 404, 'Not Found');
      return called(JSON.parse(text) as Body, response);
    });
  });
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
  const person = (chat: string): object => ({ id: Number(chat), is_bot: false, language_code: 'ru' });
  const server: BotServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    ...{ messages, notes, offsets, chats: new Set<string>(), blocked: new Set<string>(), next: undefined },
    say(chat, said, type = 'private') {
      server.chats.add(chat);
      return add({
        message: { message_id: 1, from: person(chat), chat: { id: Number(chat), type }, text: said },
      });
    },
    press(message, data, by = message.chat) {
      const id = `q${last}`;
      queries.add(id);
      const shown = { message_id: message.id, text: message.text, chat: { id: Number(by), type: 'private' } };
      return add({ callback_query: { id, from: person(by), message: shown, data } });
    },
    raw: (update) => void add(update),
    close() {
      if (polling !== undefined) clearTimeout(polling.timer);
      http.closeAllConnections();
      return new Promise((closed) => http.close(() => closed()));
    },
  };
  return server;
}
