/** How the simulation talks to the daemon: over the same public page and API as everybody else. */
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** Those who answer at the same moment wait for each other: people share the daemon with its real work. */
const connections = 8;
const patienceMs = 10_000;

interface Asked {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

export class CenterClient {
  readonly #api: string;
  readonly #token: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: connections });

  constructor(options: { readonly api: string; readonly token: string }) {
    this.#api = options.api;
    this.#token = options.token;
  }

  /** Sends a form to a subscriber's page; the page answers with a redirect to itself. */
  async post(url: string, form: Readonly<Record<string, string>>): Promise<void> {
    const { status } = await this.#ask(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    });
    if (status !== 303) throw new Error(`the page answered ${status}`);
  }

  async openTicket(subscriber: string, description: string): Promise<void> {
    await this.#call('POST', '/tickets', { subscriber, description, channel: 'web' });
  }

  async get<T>(path: string): Promise<T> {
    return (await this.#call('GET', path)) as T;
  }

  async act(path: string, body: unknown): Promise<void> {
    await this.#call('POST', path, body);
  }

  async #call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
    const { status, body: answer } = await this.#ask(`${this.#api}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (status < 200 || status > 299)
      throw new Error(`${method} ${path} answered ${status}: ${answer.slice(0, 200)}`);
    return answer === '' ? undefined : JSON.parse(answer);
  }

  /** Plain `node:http`: `fetch` brings a client that takes 40 MiB. */
  #ask(url: string, { method, headers, body }: Asked): Promise<{ status: number; body: string }> {
    const bytes = Buffer.from(body ?? '');
    return new Promise((resolve, reject) => {
      const outgoing = request(
        url,
        {
          method,
          agent: this.#agent,
          timeout: patienceMs,
          headers: method === 'GET' ? headers : { ...headers, 'content-length': bytes.length },
        },
        (incoming) => {
          text(incoming).then((said) => resolve({ status: incoming.statusCode ?? 0, body: said }), reject);
        },
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${patienceMs} ms`)));
      outgoing.on('error', reject);
      outgoing.end(method === 'GET' ? undefined : bytes);
    });
  }
}
