/** The API of a running daemon, called as an integrator does: bearer token, JSON, pages of a list. */

export interface Api {
  get<T>(path: string): Promise<T>;
  /** All items of a list, page after page. */
  list<T>(path: string): Promise<readonly T[]>;
  /** Rejects with status and text when the answer is not 2xx. */
  post<T>(path: string, body?: unknown): Promise<T>;
  counters(): Promise<Readonly<Record<string, number>>>;
}

export function openApi(base: () => Promise<string>, token: string): Api {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${await base()}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  };
  const get = <T>(path: string): Promise<T> => call<T>('GET', `/api/v1${path}`);
  return {
    get,
    async list<T>(path: string): Promise<readonly T[]> {
      const items: T[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const page: { items: readonly T[]; next: string | null } = await get(
          `${path}${path.includes('?') ? '&' : '?'}limit=1000${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
        );
        items.push(...page.items);
        cursor = page.next;
      }
      return items;
    },
    post: (path, body) => call('POST', `/api/v1${path}`, body),
    counters: async () => (await get<{ counters: Record<string, number> }>('/status')).counters,
  };
}
