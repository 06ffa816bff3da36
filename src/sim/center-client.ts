/** How the simulation talks to the daemon: over the same public page and API as everybody else. */

export class CenterClient {
  readonly #api: string;
  readonly #token: string;

  constructor(options: { readonly api: string; readonly token: string }) {
    this.#api = options.api;
    this.#token = options.token;
  }

  /** Sends a form to a subscriber's page; the page answers with a redirect to itself. */
  async post(url: string, form: Readonly<Record<string, string>>): Promise<void> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
      redirect: 'manual',
    });
    await response.arrayBuffer();
    if (response.status !== 303) throw new Error(`the page answered ${response.status}`);
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
    const response = await fetch(`${this.#api}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 200)}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}
