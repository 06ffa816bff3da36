/** Calls of Telegram's Bot API: one POST of JSON each, the token in the address, which is therefore never logged. */
import { milliseconds } from '../../../base/instant.ts';
import type { Secret } from '../../../base/secret.ts';
import type { World } from '../../../base/world.ts';
import { type HttpClient, openHttpClient } from '../../net/http-request.ts';

/** `lost`: nobody knows whether it was done; `away`: it surely was not. */
export type BotAnswer =
  | { readonly kind: 'ok'; readonly result: unknown }
  | {
      readonly kind: 'refused';
      readonly code: number;
      readonly description: string;
      readonly retryAfterMs?: number | undefined;
    }
  | { readonly kind: 'lost' | 'away'; readonly reason: string };

export interface BotApiOptions {
  readonly url: string;
  readonly token: Secret;
  readonly allowPrivate: boolean;
  readonly connections: number;
  readonly timeoutMs: number;
  readonly world: World;
}

const longestPauseMs = 3_600_000;

export class BotApi {
  readonly #options: BotApiOptions;
  readonly #client: HttpClient;

  constructor(options: BotApiOptions) {
    const { world, allowPrivate, connections, timeoutMs } = options;
    this.#options = options;
    this.#client = openHttpClient({
      ...{ world, allowPrivate, connections, timeoutMs: milliseconds(timeoutMs) },
      // A hundred updates of 4,096 characters each, and what stands around them.
      answerBytes: 4 * 1_048_576,
    });
  }

  async call(method: string, parameters: object): Promise<BotAnswer> {
    const { url, token } = this.#options;
    const answer = await this.#client.call({
      url: `${url}/bot${token.reveal()}/${method}`,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(parameters),
    });
    if (answer.kind === 'unreachable' || answer.kind === 'refused')
      return { kind: 'away', reason: answer.reason };
    if (answer.kind === 'lost') return { kind: 'lost', reason: answer.reason };
    return read(answer.status, answer.body);
  }

  close(): void {
    this.#client.close();
  }
}

interface Said {
  readonly ok?: unknown;
  readonly result?: unknown;
  readonly description?: unknown;
  readonly parameters?: { readonly retry_after?: unknown } | null;
}

function read(status: number, body: string): BotAnswer {
  let said: Said | null;
  try {
    said = JSON.parse(body) as Said | null;
  } catch {
    said = null;
  }
  if (status === 200 && said?.ok === true) return { kind: 'ok', result: said.result };
  if (status >= 500 || said === null || said.ok !== false) return { kind: 'lost', reason: `HTTP ${status}` };
  const seconds = said.parameters?.retry_after;
  return {
    kind: 'refused',
    code: status,
    description: String(said.description ?? '')
      .replace(/[^\x20-\x7e]/g, '?')
      .slice(0, 100),
    retryAfterMs:
      typeof seconds === 'number' ? Math.min(longestPauseMs, Math.max(0, seconds * 1_000)) : undefined,
  };
}
