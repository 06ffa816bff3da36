/** Calls to the API of a running daemon, with the token of the environment. */

import { Fault } from '../../base/fault.ts';
import { seconds } from '../../base/instant.ts';
import type { ListJson, ProblemJson } from '../../edge/http/contract.ts';
import { type HttpClient, openHttpClient } from '../../edge/net/http-request.ts';
import { machine } from '../world.ts';
import { verbWorld } from './common-options.ts';

export type JsonRecord = Readonly<Record<string, unknown>>;

export type Changing = 'POST' | 'PATCH' | 'DELETE';

/** Pages of a list that are fetched at most. */
const mostPages = 10_000;

export class ApiClient {
  readonly #base: string;
  readonly #token: string;
  readonly #http: HttpClient;

  /** Throws `usage/url` or `denied/no-token` before anything is sent. */
  constructor(url: string) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new Fault('usage/url', `--url ${url} is no address such as http://127.0.0.1:8080`);
    }
    const token = machine.env['ALLCLEAR_TOKEN'] ?? machine.env['ALLCLEAR_BOOTSTRAP_TOKEN'];
    if (token === undefined || token === '') {
      throw new Fault('denied/no-token', 'put an API key into the environment variable ALLCLEAR_TOKEN');
    }
    this.#base = `${url.replace(/\/+$/, '')}/api/v1`;
    this.#token = token;
    this.#http = openHttpClient({
      world: verbWorld(),
      allowPrivate: true,
      timeoutMs: seconds(30),
      connections: 1,
      answerBytes: 64 * 1024 * 1024,
    });
  }

  get(path: string, query: Readonly<Record<string, string>> = {}): Promise<JsonRecord> {
    const search = new URLSearchParams(query).toString();
    return this.#call('GET', search === '' ? path : `${path}?${search}`);
  }

  post(path: string, body: JsonRecord): Promise<JsonRecord> {
    return this.change('POST', path, body);
  }

  change(method: Changing, path: string, body: JsonRecord): Promise<JsonRecord> {
    return this.#call(method, path, { text: JSON.stringify(body), type: 'application/json' });
  }

  postCsv(path: string, text: string): Promise<JsonRecord> {
    return this.#call('POST', path, { text, type: 'text/csv; charset=utf-8' });
  }

  /** One page. */
  async list(path: string, query: Readonly<Record<string, string>>): Promise<ListJson<JsonRecord>> {
    return (await this.get(path, query)) as unknown as ListJson<JsonRecord>;
  }

  /** All pages, item by item. */
  async *items(path: string, query: Readonly<Record<string, string>>): AsyncGenerator<JsonRecord> {
    let cursor: string | null = null;
    for (let page = 0; page < mostPages; page++) {
      const wish: Record<string, string> = { limit: '1000', ...query };
      const listed = await this.list(path, cursor === null ? wish : { ...wish, cursor });
      yield* listed.items;
      cursor = listed.next;
      if (cursor === null) return;
    }
  }

  close(): void {
    this.#http.close();
  }

  async #call(
    method: 'GET' | Changing,
    path: string,
    body?: { readonly text: string; readonly type: string },
  ): Promise<JsonRecord> {
    const headers: Record<string, string> = {
      authorization: `Bearer ${this.#token}`,
      accept: 'application/json',
    };
    if (body !== undefined) headers['content-type'] = body.type;
    const outcome = await this.#http.call({ url: `${this.#base}${path}`, method, headers, body: body?.text });
    if (outcome.kind !== 'answer') throw new Fault('reach/no-answer', `${this.#base}: ${outcome.reason}`);
    const answer = jsonIn(outcome.body);
    if (outcome.status >= 200 && outcome.status < 300) {
      if (answer !== undefined) return answer;
      throw new Fault(
        'api/not-json',
        `${this.#base}${path} did not answer JSON: is it the console's address?`,
      );
    }
    const { detail, title } = (answer ?? {}) as Partial<ProblemJson>;
    const reason = detail ?? title ?? `HTTP ${outcome.status}`;
    if (outcome.status === 401 || outcome.status === 403) throw new Fault('denied/refused', reason);
    if (outcome.status === 503) throw new Fault('reach/not-ready', reason);
    throw new Fault('api/refused', reason);
  }
}

function jsonIn(body: string): JsonRecord | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as JsonRecord) : undefined;
  } catch {
    return undefined;
  }
}
