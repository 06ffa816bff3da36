/** Reading one resource or a list: records of our own with what others said of them, and records from outside. */
import type { OutsideRecord } from '../../../model/outside.ts';
import { mayReadWords } from '../access.ts';
import { compact, type Document, documentsIn, pick, without } from './document.ts';
import type { Context, Kind, Own } from './kind.ts';
import { type Filter, matches, type Selection } from './selecting.ts';

/** Looked at once, and at most for one filtered list: the newest. */
const pageSize = 500;
const mostLookedAt = 10_000;

export interface Listing {
  readonly items: readonly Document[];
  readonly total: number;
}

/** What stands under an id. */
export interface Found {
  /** As it is answered. */
  readonly document: Document;
  /** Undefined: it is from outside. */
  readonly own?: Document | undefined;
  /** What came from outside. */
  readonly said: Document;
}

export async function find(kind: Kind, id: string, context: Context): Promise<Found | undefined> {
  const [record] = await context.ports.outside.outside(kind.name, [id]);
  if (record !== undefined && !record.isOwn) return fromOutside(kind, record, context);
  const own = await kind.own?.get(id, context);
  if (own === undefined || isHidden(kind.own!, own, record)) return undefined;
  const said = saidIn(record);
  return { document: finished(kind, id, together(kind.own!, own, said), context), own, said };
}

function fromOutside(kind: Kind, record: OutsideRecord, context: Context): Found {
  const said = saidIn(record);
  const now = kind.aged?.(said, context) ?? said;
  return { document: finished(kind, record.id, now, context), said };
}

const saidIn = (record: OutsideRecord | undefined): Document =>
  record === undefined || record.removedAt !== undefined ? {} : (JSON.parse(record.body) as Document);

const isHidden = (of: Own, own: Document, record: OutsideRecord | undefined): boolean =>
  record?.removedAt !== undefined && of.isBack?.(own, record.removedAt) !== true;

/** Id, address and type first. */
export function finished(kind: Kind, id: string, document: Document, { href, user }: Context): Document {
  const shown = mayReadWords(user) ? document : withoutPeople(kind, document);
  return compact({ id, href: href(kind.name, id), ...shown, '@type': document['@type'] ?? kind.type });
}

/** Before anything is looked for in it, so that nobody can guess at it either. */
function withoutPeople({ words = [], shape }: Kind, document: Document): Document {
  const { relatedParty } = document;
  const left = without(document, words);
  const mandatory = shape.mandatory.filter((name) => words.includes(name));
  return {
    ...left,
    ...Object.fromEntries(mandatory.map((name) => [name, 'not shown to viewers'])),
    ...(Array.isArray(relatedParty)
      ? { relatedParty: documentsIn(relatedParty).map((party) => without(party, ['name'])) }
      : {}),
  };
}

/** What was sent stands as it was sent, but where the daemon knows better. */
export function together({ live }: Own, own: Document, said: Document): Document {
  const known = live === 'all' ? own : pick(own, live);
  const right = Object.entries(known).map(([name, value]) => {
    const isSame = typeof value === 'string' && String(said[name]).toLowerCase() === value.toLowerCase();
    return [name, isSame ? said[name] : value];
  });
  return { ...own, ...said, ...Object.fromEntries(right) };
}

export async function list(kind: Kind, selection: Selection, context: Context): Promise<Listing> {
  const byId = idsIn(selection.filters);
  if (byId !== undefined) {
    const found = await Promise.all(byId.map((id) => find(kind, id, context)));
    return part(
      found
        .flatMap((one) => (one === undefined ? [] : [one.document]))
        .filter((document) => matches(document, selection.filters)),
      selection,
    );
  }
  const outside = await context.ports.outside.outsidePage({
    kind: kind.name,
    ...(selection.filters.length === 0 ? selection : { limit: 0, offset: 0 }),
  });
  if (selection.filters.length > 0 || outside.hidden > 0) return searched(kind, selection, context);
  const items = outside.items.map((record) => fromOutside(kind, record, context).document);
  const { own } = kind;
  if (own === undefined) return { items, total: outside.total };
  const page = {
    limit: selection.limit - items.length,
    offset: Math.max(0, selection.offset - outside.total),
    filters: [],
  };
  const owned = await ownDocuments(kind, own, { page, context });
  return { items: [...items, ...owned.items], total: outside.total + owned.total };
}

/** `?id=` names what is wanted, whatever else must be so of it. */
const idsIn = (filters: readonly Filter[]): readonly string[] | undefined =>
  filters.find(({ path, operator }) => path.join('.') === 'id' && operator === 'eq')?.values;

const part = (all: readonly Document[], { offset, limit }: Selection): Listing => ({
  items: all.slice(offset, offset + limit),
  total: all.length,
});

/** Looks at the newest of both, and counts what fits. */
async function searched(kind: Kind, selection: Selection, context: Context): Promise<Listing> {
  const { filters } = selection;
  const found: Document[] = [];
  for (let offset = 0; ; offset += pageSize) {
    const page = { kind: kind.name, limit: pageSize, offset };
    const { items } = await context.ports.outside.outsidePage(page);
    for (const record of items) {
      const { document } = fromOutside(kind, record, context);
      if (matches(document, filters)) found.push(document);
    }
    if (items.length < pageSize) break;
  }
  const { own } = kind;
  for (let offset = 0; own !== undefined && offset < mostLookedAt; offset += pageSize) {
    const page = { limit: pageSize, offset, filters };
    const owned = await ownDocuments(kind, own, { page, context });
    found.push(...owned.items.filter((document) => matches(document, filters)));
    if (offset + pageSize >= owned.total) break;
  }
  return part(found, selection);
}

async function ownDocuments(
  kind: Kind,
  own: Own,
  { page, context }: { readonly page: Parameters<Own['list']>[0]; readonly context: Context },
): Promise<Listing> {
  // The book has no page of nothing, and the total is wanted all the same.
  const listed = await own.list({ ...page, limit: Math.max(1, page.limit) }, context);
  const { total } = listed;
  const items = listed.items.slice(0, page.limit);
  const ids = items.map((item) => String(item['id']));
  const records = ids.length === 0 ? [] : await context.ports.outside.outside(kind.name, ids);
  const byId = new Map(records.map((record) => [record.id, record]));
  const shown = items.flatMap((item, n) => {
    const record = byId.get(ids[n]!);
    if (isHidden(own, item, record)) return [];
    return [finished(kind, ids[n]!, together(own, item, saidIn(record)), context)];
  });
  return { items: shown, total };
}
