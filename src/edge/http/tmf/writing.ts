/** Creating, changing and deleting: what is sent is checked, done where the daemon has the act, and kept. */
import { isDeepStrictEqual } from 'node:util';
import type { OutsideNews } from '../../../model/outside.ts';
import { type Document, documentsIn, merged, textOf, without } from './document.ts';
import type { Context, Created, Kind, Own } from './kind.ts';
import { type Found, find } from './reading.ts';
import { conflict, isRefusal, noRoom, notFound, type Refusal, wrongField } from './refusal.ts';
import { missingIn, wrongIn } from './shape.ts';

/** What reads a record and then writes it does so alone: two calls at once must not create twice or undo each other. */
export class Writing {
  readonly #underWay = new Map<string, Promise<unknown>>();

  async create(kind: Kind, body: unknown, context: Context): Promise<Document | Refusal> {
    const wrong = wrongIn(body, kind.shape) ?? missingIn(body as Document, kind.shape);
    if (wrong !== undefined) return wrong;
    const sent = referred(without(withoutNulls(body as Document), ['id', 'href']));
    const external = kind.external === undefined ? undefined : textOf(sent[kind.external]);
    if (external === undefined) return createOne(kind, sent, context);
    return this.#inTurn(`${kind.name}/external/${external}`, async () => {
      const known = await context.ports.outside.outsideByExternal(kind.name, external);
      return known === undefined
        ? createOne(kind, sent, context, external)
        : sameAgain(kind, { id: known.id, kept: known.body, sent, external }, context);
    });
  }

  change(kind: Kind, id: string, body: unknown, context: Context): Promise<Document | Refusal> {
    return this.#inTurn(`${kind.name}/id/${id}`, () => change(kind, id, body, context));
  }

  remove(kind: Kind, id: string, context: Context): Promise<Refusal | undefined> {
    return this.#inTurn(`${kind.name}/id/${id}`, () => remove(kind, id, context));
  }

  async #inTurn<Outcome>(key: string, act: () => Promise<Outcome>): Promise<Outcome> {
    const before = this.#underWay.get(key)?.catch(() => undefined) ?? Promise.resolve();
    const done = before.then(act);
    this.#underWay.set(key, done);
    try {
      return await done;
    } finally {
      if (this.#underWay.get(key) === done) this.#underWay.delete(key);
    }
  }
}

const withoutNulls = (document: Document): Document =>
  Object.fromEntries(Object.entries(document).filter(([, value]) => value !== null));

/** What a reference is to must be named; of parties it is known. */
function referred(document: Document): Document {
  const { relatedParty } = document;
  if (!Array.isArray(relatedParty)) return document;
  return {
    ...document,
    relatedParty: documentsIn(relatedParty).map((party) => ({ '@referredType': 'Individual', ...party })),
  };
}

/** The answer got lost and the sender tries again: it is answered as before. */
async function sameAgain(
  kind: Kind,
  {
    id,
    kept,
    sent,
    external,
  }: { readonly id: string; readonly kept: string; readonly sent: Document; readonly external: string },
  context: Context,
): Promise<Document | Refusal> {
  const said = JSON.parse(kept) as Document;
  const isSame = kind.shape.mandatory.every((name) => isDeepStrictEqual(said[name], sent[name]));
  if (!isSame)
    return conflict(
      `${kind.external} ${external.slice(0, 100)} is that of ${id}, which says something else.`,
    );
  return (await find(kind, id, context))?.document ?? notFound(kind.type, id);
}

async function createOne(
  kind: Kind,
  sent: Document,
  context: Context,
  external?: string,
): Promise<Document | Refusal> {
  const { ports, user } = context;
  const made: Created | Refusal = (await kind.create?.(sent, context)) ?? { kept: sent };
  if (isRefusal(made)) return made;
  const isOwn = made.own !== undefined;
  const id = made.own ?? drawnId(ports.world.randomBytes(16));
  const kept = isOwn ? made.kept : (kind.filled?.(made.kept, context) ?? made.kept);
  const refused = isOwn ? undefined : await kind.mean?.({ id, after: kept }, context);
  if (refused !== undefined) return refused;
  const outcome = await ports.outside.keepOutside({
    ...{ kind: kind.name, id, isOwn, external, body: JSON.stringify(kept) },
    ...{ at: ports.world.now(), by: user.name, replacesOldest: kind.isTask },
    // The line tells of its own records itself.
    news: isOwn ? undefined : 'create',
  });
  if (outcome !== 'kept' && !isOwn) await kind.mean?.({ id, before: kept }, context);
  if (outcome === 'full')
    return noRoom(`So many of ${kind.name} are kept that there is no room for another.`);
  if (outcome === 'taken') return keyTaken(kind, external);
  made.afterwards?.(id);
  return (await find(kind, id, context))?.document ?? notFound(kind.type, id);
}

/** RFC 9562 version 4. */
function drawnId(bytes: Uint8Array): string {
  const drawn = Uint8Array.from(bytes);
  drawn[6] = (drawn[6]! & 0x0f) | 0x40;
  drawn[8] = (drawn[8]! & 0x3f) | 0x80;
  const hex = Buffer.from(drawn).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export async function change(
  kind: Kind,
  id: string,
  body: unknown,
  context: Context,
): Promise<Document | Refusal> {
  const wrong = wrongIn(body, kind.shape);
  if (wrong !== undefined) return wrong;
  const found = await find(kind, id, context);
  if (found === undefined) return notFound(kind.type, id);
  const patch = differing(body as Document, found.document);
  const fixed = ['id', 'href', ...kind.fixed].find((name) => Object.hasOwn(patch, name));
  if (fixed !== undefined) return wrongField(fixed, 'cannot be changed');
  const emptied = kind.shape.mandatory.find((name) => Object.hasOwn(patch, name) && patch[name] === null);
  if (emptied !== undefined) return wrongField(emptied, 'is mandatory and cannot be taken away');
  if (Object.keys(patch).length === 0) return found.document;
  const refused = await keepChange(kind, { id, found, patch }, context);
  if (refused !== undefined) return refused;
  return (await find(kind, id, context))?.document ?? notFound(kind.type, id);
}

/** Whoever sends back all that he read changes what is different. */
const differing = (patch: Document, held: Document): Document =>
  Object.fromEntries(Object.entries(patch).filter(([name, value]) => !isDeepStrictEqual(value, held[name])));

async function keepChange(
  kind: Kind,
  { id, found, patch }: { readonly id: string; readonly found: Found; readonly patch: Document },
  context: Context,
): Promise<Refusal | undefined> {
  const { ports, user } = context;
  const isOwn = found.own !== undefined;
  const left = isOwn ? await changeOwn(kind.own!, patch, { own: found.own!, context }) : patch;
  if (isRefusal(left)) return left;
  if (Object.keys(left).length === 0) return undefined;
  const after = referred(merged(found.said, left) as Document);
  const kept = isOwn ? after : (kind.renewed?.(found.said, after, context) ?? after);
  const refused = isOwn ? undefined : await kind.mean?.({ id, before: found.said, after: kept }, context);
  if (refused !== undefined) return refused;
  const outcome = await ports.outside.keepOutside({
    ...{ kind: kind.name, id, isOwn, external: keyIn(kind, left), body: JSON.stringify(kept) },
    ...{ at: ports.world.now(), by: user.name, news: newsOf(kind, found.said, after) },
  });
  if (outcome === 'taken') return keyTaken(kind, textOf(left[kind.external ?? '']));
  return outcome === 'full' ? noRoom(`There is no room to keep what is said of ${kind.name}.`) : undefined;
}

/** The record is known by its new key from then on; undefined: nothing was said of it. */
function keyIn({ external }: Kind, patch: Document): string | null | undefined {
  if (external === undefined || !Object.hasOwn(patch, external)) return undefined;
  return textOf(patch[external]) ?? null;
}

const keyTaken = ({ external }: Kind, key = ''): Refusal =>
  conflict(`${external} ${key.slice(0, 100)} is that of another record.`);

/** What the daemon knows better is done by it or refused; the rest is kept beside. */
async function changeOwn(
  own: Own,
  patch: Document,
  { own: held, context }: { readonly own: Document; readonly context: Context },
): Promise<Document | Refusal> {
  const live = own.live === 'all' ? Object.keys(held) : own.live;
  const touched = Object.entries(patch).filter(([name]) => live.includes(name));
  if (touched.length === 0) return patch;
  if (own.change === undefined)
    return conflict(
      `${touched[0]![0]} is what the daemon knows itself; it is changed ${own.from ?? 'where it comes from'}.`,
    );
  const refused = await own.change(Object.fromEntries(touched), held, context);
  // What was done is the daemon's to say from now on, but as it was spelled.
  return refused ?? without(patch, own.live === 'all' ? live : []);
}

function newsOf({ state }: Kind, before: Document, after: Document): OutsideNews {
  return state !== undefined && !isDeepStrictEqual(before[state], after[state]) ? 'state' : 'attribute';
}

/** Undefined: it is gone. */
async function remove(kind: Kind, id: string, context: Context): Promise<Refusal | undefined> {
  const found = await find(kind, id, context);
  if (found === undefined) return notFound(kind.type, id);
  const isOwn = found.own !== undefined;
  if (isOwn) {
    if (kind.own!.remove === undefined)
      return conflict(
        `${kind.type} ${id} is what the daemon knows itself; it is taken away ${kind.own!.from ?? 'where it comes from'}.`,
      );
    const refused = await kind.own!.remove(found.own!, context);
    if (refused !== undefined) return refused;
  } else await kind.mean?.({ id, before: found.said }, context);
  const { ports, user } = context;
  const isHidden = isOwn && kind.own!.isGone !== true;
  const gone = { kind: kind.name, id, isOwn: isHidden, at: ports.world.now(), by: user.name };
  await ports.outside.dropOutside(gone);
  return undefined;
}
