/** What a bot is told: presses of buttons, words, and codes; of anything else nothing is kept. */
import type { Answer } from '../../../model/confirmation.ts';

interface From {
  readonly update: number;
  readonly chat: string;
  readonly language: 'ru' | 'en';
}

export type Update =
  | (From & { readonly kind: 'code'; readonly code: string })
  | (From & { readonly kind: 'words'; readonly text: string })
  | (From & {
      readonly kind: 'press';
      readonly query: string;
      readonly token: string;
      readonly answer: Answer;
      readonly message?: { readonly id: number; readonly text: string } | undefined;
    })
  | { readonly kind: 'other'; readonly update: number };

const answers: readonly Answer[] = ['fixed', 'notFixed', 'contactMe'];

/** At most 64 bytes fit a button. */
export const pressOf = (token: string, answer: Answer): string => `${answers.indexOf(answer)}:${token}`;

/** undefined for what has no number: it cannot even be passed over. */
export function readUpdate(raw: unknown): Update | undefined {
  const one = fields(raw);
  const update = one['update_id'];
  if (typeof update !== 'number' || !Number.isSafeInteger(update)) return undefined;
  const other: Update = { kind: 'other', update };
  const query = fields(one['callback_query']);
  const message = fields(query['message'] ?? one['message']);
  const chat = fields(message['chat']);
  const id = chat['id'];
  // Groups and channels are nobody's line.
  if (chat['type'] !== 'private' || typeof id !== 'number' || !Number.isSafeInteger(id)) return other;
  const sender = fields(query['from'] ?? message['from']);
  const language = String(sender['language_code'] ?? '').startsWith('ru') ? 'ru' : 'en';
  const from: From = { update, chat: String(id), language };
  const text = typeof message['text'] === 'string' ? message['text'].slice(0, 4_096) : undefined;
  if (one['callback_query'] !== undefined) return pressIn(from, query, { message, text }) ?? other;
  if (text === undefined) return other;
  const [, code] = /^\/start ([\w-]{16,64})$/.exec(text) ?? [];
  if (code !== undefined) return { ...from, kind: 'code', code };
  return text.startsWith('/start') ? other : { ...from, kind: 'words', text };
}

function pressIn(
  from: From,
  query: Fields,
  shown: { readonly message: Fields; readonly text: string | undefined },
): Update | undefined {
  const [, place, token] = /^([012]):([\w-]{8,60})$/.exec(String(query['data'] ?? '')) ?? [];
  const answer = answers[Number(place ?? NaN)];
  const id = query['id'];
  if (answer === undefined || token === undefined || typeof id !== 'string') return undefined;
  const number = shown.message['message_id'];
  const message =
    typeof number === 'number' && shown.text !== undefined ? { id: number, text: shown.text } : undefined;
  return { ...from, kind: 'press', query: id, token, answer, message };
}

type Fields = Readonly<Record<string, unknown>>;
const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
