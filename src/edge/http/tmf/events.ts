/** What changed becomes the events that a hub asked for, in the envelope of the definitions. */
import { isDeepStrictEqual } from 'node:util';
import { instant } from '../../../base/instant.ts';
import type { HubNews, HubRecord } from '../../../model/outside.ts';
import type { FrontPorts } from '../ports.ts';
import { iso } from '../views.ts';
import { apis } from './apis.ts';
import { type Document, without } from './document.ts';
import type { Api, Context, EventNames, Heard, Kind, Mount } from './kind.ts';
import { hrefAt } from './links.ts';
import { find, finished, together } from './reading.ts';
import { isRefusal } from './refusal.ts';
import { renamed } from './renaming.ts';
import { filtersOfText, matches } from './selecting.ts';

export interface HubEvent {
  /** The same for the same change at the same hub, however often it is made. */
  readonly key: string;
  readonly hub: string;
  readonly event: Document;
}

/** The hubs are those that are there; nobody else hears of anything. */
export async function eventsOf(
  news: readonly HubNews[],
  hubs: readonly HubRecord[],
  ports: FrontPorts,
): Promise<readonly HubEvent[]> {
  const made: HubEvent[] = [];
  for (const one of news) made.push(...(await eventsOfOne(one, hubs, ports)));
  return made;
}

/** How a change reads depends on the API and on where it is served: it is made once for all hubs that share both. */
async function eventsOfOne(
  news: HubNews,
  hubs: readonly HubRecord[],
  ports: FrontPorts,
): Promise<readonly HubEvent[]> {
  const read = new Map<string, readonly Told[]>();
  const made: HubEvent[] = [];
  for (const hub of hubs) {
    const api = apis.find(({ name }) => name === hub.api);
    const kind = api?.kinds.find(({ name, own }) => name === news.kind || own?.heard?.change === news.kind);
    if (api === undefined || kind === undefined) continue;
    const mount = api.mounts.find(({ path }) => path === hub.mount) ?? api.mounts[0]!;
    const place = `${mount.path} ${hub.base}`;
    const told =
      read.get(place) ??
      (await toldOf(kind, news, contextOf(api, { base: hub.base, mount, at: news.at, ports }))).map((one) =>
        inWords(one, mount),
      );
    read.set(place, told);
    const filters = filtersOfText(hub.query);
    const events = told.map(({ type, document }) => {
      const key = `${hub.id}-${news.at.toString(36)}-${news.row}-${type}`;
      return { key, hub: hub.id, event: envelope({ kind, type, document, key, news }) };
    });
    made.push(...events.filter(({ event }) => isRefusal(filters) || isWanted(event, filters)));
  }
  return made;
}

const toldOf = (kind: Kind, news: HubNews, context: Context): Promise<readonly Told[]> =>
  news.news === undefined ? ofRecord(kind, news, context) : ofOutside(kind, news, context);

/** A hub may name what stands in the event, or in the resource that it is about. */
const isWanted = (event: Document, filters: Parameters<typeof matches>[1]): boolean =>
  filters.every(
    (filter) =>
      matches(event, [filter]) ||
      Object.values(event['event'] as Document).some((resource) => matches(resource as Document, [filter])),
  );

/** As the version says it at which the hub asked. */
const inWords = ({ type, document }: Told, mount: Mount): Told => ({
  type: mount.eventsEnd === undefined ? type : type.replace(/Event$/, mount.eventsEnd),
  document: renamed(document, mount),
});

function contextOf(
  { kinds }: Api,
  given: { readonly base: string; readonly mount: Mount; readonly at: number; readonly ports: FrontPorts },
): Context {
  const { base, mount, at, ports } = given;
  const names = kinds.map(({ name }) => name);
  return {
    ...{ ports, language: 'en', at: iso(instant(at)), href: hrefAt(base, mount.path, names) },
    user: { name: 'allclear', role: 'operator' },
  };
}

interface Told {
  readonly type: string;
  readonly document: Document;
}

/** Of our own: what is new is found by comparing how it read with how it reads. */
async function ofRecord(
  kind: Kind,
  { before, after, id }: HubNews,
  context: Context,
): Promise<readonly Told[]> {
  const heard = kind.own!.heard!;
  const document = await shown(kind, heard, { record: after, id, context });
  if (before === undefined) return named(kind.events, ['create'], document);
  const old = await shown(kind, heard, { record: before, id, context });
  if (isDeepStrictEqual(without(old, volatile), without(document, volatile))) return [];
  const state = kind.state ?? '';
  const isTurned = !isDeepStrictEqual(old[state], document[state]);
  const isResolved = isTurned && document[state] === 'resolved';
  return named(
    kind.events,
    [isTurned ? 'state' : 'attribute', ...(isResolved ? (['resolved'] as const) : [])],
    document,
  );
}

/** They change whenever anything does. */
const volatile = ['alarmChangedTime', 'lastUpdate'];

async function shown(
  kind: Kind,
  heard: Heard,
  { record, id, context }: { readonly record: unknown; readonly id: string; readonly context: Context },
): Promise<Document> {
  const [said] = await context.ports.outside.outside(kind.name, [id]);
  const own = await heard.document(record, context);
  const more = said === undefined || said.removedAt !== undefined ? {} : (JSON.parse(said.body) as Document);
  return finished(kind, id, together(kind.own!, own, more), context);
}

/** Of one from outside as it was then, of what is said of our own as it is now; what is gone is named. */
async function ofOutside(
  kind: Kind,
  { id, news, body }: HubNews,
  context: Context,
): Promise<readonly Told[]> {
  const document = await documentThen(kind, { id, news, body }, context);
  if (document === undefined) return [];
  const isResolved = news === 'state' && document[kind.state ?? ''] === 'resolved';
  // A task is done as soon as it is there.
  const more = kind.isTask === true && news === 'create' ? (['state'] as const) : [];
  return named(kind.events, [news!, ...more, ...(isResolved ? (['resolved'] as const) : [])], document);
}

async function documentThen(
  kind: Kind,
  { id, news, body }: Pick<HubNews, 'id' | 'news' | 'body'>,
  context: Context,
): Promise<Document | undefined> {
  if (news === 'delete') return finished(kind, id, {}, context);
  if (body !== undefined) return finished(kind, id, JSON.parse(body) as Document, context);
  return (await find(kind, id, context))?.document;
}

/** The names of what happened, of those that the definitions know. */
function named(
  events: EventNames,
  words: readonly (keyof EventNames)[],
  document: Document,
): readonly Told[] {
  return words.flatMap((word) => {
    const type = events[word];
    return type === undefined ? [] : [{ type, document }];
  });
}

function envelope({
  kind,
  type,
  document,
  key,
  news,
}: {
  readonly kind: Kind;
  readonly type: string;
  readonly document: Document;
  readonly key: string;
  readonly news: HubNews;
}): Document {
  const eventTime = iso(instant(news.at));
  return {
    ...{ eventId: key, eventTime, eventType: type, timeOcurred: eventTime },
    ...{ correlationId: news.id, domain: 'allclear', title: type, description: `${type} of ${news.id}` },
    event: { [kind.name]: document },
  };
}
