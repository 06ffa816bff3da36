/** Hubs: who wants to be told of the events of an API, and where. */
import { refusedTarget } from '../../net/address-guard.ts';
import type { FrontPorts, User } from '../ports.ts';
import { type Document, isDocument, textOf } from './document.ts';
import { isRefusal, missingField, noRoom, notFound, type Refusal, wrongBody, wrongField } from './refusal.ts';
import { filtersOfText } from './selecting.ts';

const longestCallback = 2_000;
const longestQuery = 4_000;

interface HubCall {
  readonly ports: FrontPorts;
  readonly user: User;
  readonly api: string;
  readonly base: string;
  readonly mount: string;
}

export interface Subscribed {
  readonly document: Document;
  /** Shown once: what events are signed with. */
  readonly secret: string;
}

export async function subscribe(
  body: unknown,
  { ports, user, api, base, mount }: HubCall,
): Promise<Subscribed | Refusal> {
  if (!isDocument(body)) return wrongBody('The body must be a JSON object.');
  const { callback, query } = body;
  if (textOf(callback) === undefined) return missingField('callback');
  const target = judged(callback as string, user);
  if (isRefusal(target)) return target;
  if (query !== undefined && query !== null && typeof query !== 'string')
    return wrongField('query', 'must be a text');
  const wrong = wrongQueryText(query);
  if (wrong !== undefined) return wrong;
  const draw = (bytes: number): string => Buffer.from(ports.world.randomBytes(bytes)).toString('hex');
  const hub = {
    ...{ id: draw(12), api, base, mount, callback: callback as string, query: textOf(query) ?? '' },
    ...{ isLocal: target.isLocal, secret: draw(32) },
  };
  const outcome = await ports.outside.addHub({ ...hub, at: ports.world.now(), by: user.name });
  if (outcome === 'full') return noRoom('There are so many hubs that there is no room for another.');
  const document = { id: hub.id, callback: hub.callback, ...(hub.query === '' ? {} : { query: hub.query }) };
  return { document, secret: hub.secret };
}

function wrongQueryText(query: unknown): Refusal | undefined {
  const text = textOf(query);
  if (text === undefined) return undefined;
  if (text.length > longestQuery) return wrongField('query', `has more than ${longestQuery} characters`);
  const filters = filtersOfText(text);
  return isRefusal(filters) ? filters : undefined;
}

/** A name is judged again by what it resolves to, each time something is sent there. */
function judged(callback: string, user: User): { readonly isLocal: boolean } | Refusal {
  if (callback.length > longestCallback || !URL.canParse(callback))
    return wrongField('callback', 'is no address');
  const url = new URL(callback);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return wrongField('callback', 'must begin with http:// or https://');
  if (url.username !== '' || url.password !== '') return wrongField('callback', 'must hold no password');
  const isOfThisMachine = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  if (isOfThisMachine && user.isOnThisMachine === true) return { isLocal: true };
  return refusedTarget(url.hostname) === undefined
    ? { isLocal: false }
    : wrongField('callback', 'is this machine or a private network, where nothing is sent to');
}

export async function unsubscribe(id: string, { ports, user, api }: HubCall): Promise<Refusal | undefined> {
  const gone = await ports.outside.dropHub({ id, api, at: ports.world.now(), by: user.name });
  return gone ? undefined : notFound('hub', id);
}
