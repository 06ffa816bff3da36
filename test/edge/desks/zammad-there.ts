/** A Zammad that keeps what the connector's contract needs: it cannot be had from Debian. It judges as strictly as the real one. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyOf } from './faulty-way.ts';

export interface ZammadTicketThere {
  id: number;
  title: string;
  state: string;
  customer: string;
  updated_at: string;
  pending_time?: string;
  allclear_key?: string;
  promised_at?: string | null;
  parent?: number;
}

export interface ZammadArticleThere {
  readonly id: number;
  readonly ticket_id: number;
  readonly created_by_id: number;
  readonly sender: 'Agent' | 'Customer' | 'System';
  readonly subject?: string;
  readonly body: string;
  readonly internal: boolean;
  readonly type: string;
  readonly to?: string;
}

export const zammadToken = 'token-of-the-connector';
/** Our own user there. */
const connectorId = 4;
const states = ['new', 'open', 'pending reminder', 'pending close', 'closed', 'merged'];

type Body = Readonly<Record<string, unknown>>;
type Reply = readonly [status: number, body: unknown];

export class ZammadThere {
  readonly tickets = new Map<number, ZammadTicketThere>();
  readonly articles: ZammadArticleThere[] = [];
  #lastId = 100;
  #lastAt = 0;
  #close: (() => Promise<void>) | undefined;

  async start(): Promise<string> {
    const server = createServer((asked, reply) => {
      void bodyOf(asked).then((text) => {
        const [status, body] = this.#answer(asked, text === '' ? {} : (JSON.parse(text) as Body));
        reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    this.#close = async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    };
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await this.#close?.();
  }

  change(id: number, change: Partial<ZammadTicketThere>): void {
    this.tickets.set(id, { ...this.tickets.get(id)!, ...change, updated_at: this.#now() });
  }

  say(article: Omit<ZammadArticleThere, 'id'>): number {
    const id = ++this.#lastId;
    this.articles.push({ ...article, id });
    this.change(article.ticket_id, {});
    return id;
  }

  /** Each change has an instant of its own. */
  #now(): string {
    this.#lastAt = Math.max(Date.now(), this.#lastAt + 1);
    return new Date(this.#lastAt).toISOString();
  }

  #answer(asked: IncomingMessage, body: Body): Reply {
    if (asked.headers.authorization !== `Token token=${zammadToken}`)
      return [401, { error: 'Invalid token!' }];
    const url = new URL(asked.url ?? '/', 'http://zammad');
    const [, kind = '', name = '', last = ''] =
      /^\/api\/v1\/([a-z_]+)\/?([^/]*)\/?(.*)$/.exec(url.pathname) ?? [];
    if (asked.method === 'GET' && kind === 'users') return [200, { id: connectorId }];
    if (asked.method === 'GET' && kind === 'ticket_articles')
      return [200, this.articles.filter((article) => article.ticket_id === Number(last))];
    if (asked.method === 'POST' && kind === 'ticket_articles') return this.#article(body);
    if (kind !== 'tickets') return [404, { error: 'No route matches' }];
    if (asked.method === 'POST') return this.#create(body);
    if (name === 'search') return this.#search(url.searchParams);
    const ticket = this.tickets.get(Number(name));
    if (ticket === undefined) return [404, { error: `Couldn't find Ticket with 'id'=${name}` }];
    return asked.method === 'PUT' ? this.#update(ticket, body) : [200, ticket];
  }

  #create(body: Body): Reply {
    const { title, group, customer_id: customer, links, article } = body;
    if (typeof title !== 'string' || title === '') return [422, { error: "Title can't be blank" }];
    if (group !== 'Users') return [422, { error: `No lookup value found for 'group': "${String(group)}"` }];
    const address = /^guess:([^\s@]+@[^\s@]+)$/.exec(String(customer))?.[1];
    if (address === undefined) return [422, { error: 'Invalid email of customer' }];
    const wrong = stateMistake(body);
    if (wrong !== undefined) return wrong;
    const id = ++this.#lastId;
    const parent = (links as { Ticket?: { child?: number[] } } | undefined)?.Ticket?.child?.[0];
    const ticket = { id, title, customer: address, state: String(body['state'] ?? 'new') };
    this.tickets.set(id, {
      ...ticket,
      ...{ updated_at: this.#now(), allclear_key: String(body['allclear_key']) },
      ...{ promised_at: (body['promised_at'] as string | undefined) ?? null },
      ...(parent === undefined ? {} : { parent }),
    });
    this.#article({ ...(article as Body), ticket_id: id });
    return [201, { ...ticket, created_by_id: connectorId }];
  }

  #update(ticket: ZammadTicketThere, body: Body): Reply {
    const wrong = stateMistake(body);
    if (wrong !== undefined) return wrong;
    const { title, state, promised_at: due } = body;
    this.change(ticket.id, {
      ...(title === undefined ? {} : { title: String(title) }),
      ...(state === undefined ? {} : { state: String(state) }),
      ...(due === undefined ? {} : { promised_at: due as string | null }),
    });
    return [200, this.tickets.get(ticket.id)];
  }

  #article(body: Body): Reply {
    const id = Number(body['ticket_id']);
    if (!this.tickets.has(id)) return [404, { error: `Couldn't find Ticket with 'id'=${id}` }];
    if (typeof body['body'] !== 'string' || body['body'] === '')
      return [422, { error: "Need at least article: { body: 'some text' }" }];
    if (body['type'] === 'email' && typeof body['to'] !== 'string') return [422, { error: 'Need recipient' }];
    const made = this.say({
      ...{ ticket_id: id, created_by_id: connectorId, sender: 'Agent', body: body['body'] },
      ...{ subject: String(body['subject'] ?? ''), internal: body['internal'] === true },
      ...{ type: String(body['type']), to: String(body['to'] ?? '') },
    });
    return [201, { id: made }];
  }

  #search(query: URLSearchParams): Reply {
    const conditions = [...query].flatMap(([name, value]) => {
      const attribute = /^condition\[ticket\.(\w+)\]\[value\]$/.exec(name)?.[1];
      const operator = query.get(`condition[ticket.${attribute}][operator]`);
      return attribute === undefined ? [] : [{ attribute, operator, value }];
    });
    const known = ['allclear_key', 'updated_at'];
    const wrong = conditions.find(({ attribute }) => !known.includes(attribute));
    if (wrong !== undefined || conditions.length === 0)
      return [422, { error: `Invalid condition ${wrong?.attribute}` }];
    const found = [...this.tickets.values()].filter((ticket) =>
      conditions.every(({ attribute, operator, value }) => {
        const held = String(ticket[attribute as 'allclear_key' | 'updated_at']);
        return operator === 'is' ? held === value : operator === 'after (absolute)' && held > value;
      }),
    );
    const order = query.get('sort_by') === 'updated_at' ? 'updated_at' : 'id';
    found.sort((a, b) => (a[order] < b[order] ? -1 : 1));
    const [most, page] = [Number(query.get('limit') ?? 50), Number(query.get('page') ?? 1)];
    return [200, found.slice((page - 1) * most, page * most)];
  }
}

function stateMistake({ state, pending_time: until }: Body): Reply | undefined {
  if (state === undefined) return undefined;
  if (!states.includes(String(state)))
    return [422, { error: `No lookup value found for 'state': "${state}"` }];
  const isWithoutTime = String(state).startsWith('pending') && typeof until !== 'string';
  return isWithoutTime ? [422, { error: "Missing required value for field 'pending_time'!" }] : undefined;
}
