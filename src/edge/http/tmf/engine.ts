/** /tmf-api on fastify: the routes of every resource, made from the table of APIs. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, whyMayNotChange } from '../access.ts';
import { guarded, replyForError } from '../api.ts';
import { chooseLanguage } from '../page-frame.ts';
import type { FrontPorts } from '../ports.ts';
import { iso } from '../views.ts';
import { apis } from './apis.ts';
import type { Document } from './document.ts';
import { subscribe, unsubscribe } from './hub.ts';
import type { Api, Context, Kind, Mount, Verb } from './kind.ts';
import { baseOf, hrefAt, root } from './links.ts';
import { find, list } from './reading.ts';
import { failed, isRefusal, notAllowed, notFound, type Refusal } from './refusal.ts';
import { named, renamed, unnamed } from './renaming.ts';
import { narrowed, type Selection, selectionIn } from './selecting.ts';
import { Writing } from './writing.ts';

/** Of one document; several thousand are kept. */
const maxBodyBytes = 64 * 1024;

interface Front {
  readonly ports: FrontPorts;
  readonly callerOf: (request: FastifyRequest) => Caller | undefined;
}

/** A resource at one address, with what answering it takes. */
interface Place extends Front {
  readonly api: Api;
  readonly mount: Mount;
  readonly kind: Kind;
  readonly writing: Writing;
}

export async function addTmForum(server: FastifyInstance, front: Front): Promise<void> {
  await server.register(async (scope) => {
    setParsers(scope);
    scope.setErrorHandler((error, _request, reply) => {
      const { status, body } = replyForError(front.ports, error);
      return refuse(reply, failed(status, (body as { readonly detail: string }).detail));
    });
    const writing = new Writing();
    for (const api of apis) {
      for (const mount of api.mounts) {
        for (const kind of api.kinds) addKind(scope, { ...front, api, mount, kind, writing });
        addHub(scope, api, { ...front, mount });
      }
    }
  });
}

function setParsers(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  const types = ['application/json', 'application/merge-patch+json'];
  scope.addContentTypeParser(types, { parseAs: 'string' }, (request, body, done) => {
    if (body === '') return done(null, undefined);
    return scope.getDefaultJsonParser('error', 'error')(request, body as string, done);
  });
}

const methods = { list: 'GET', get: 'GET', create: 'POST', patch: 'PATCH', delete: 'DELETE' } as const;

function addKind(scope: FastifyInstance, place: Place): void {
  const { mount, kind } = place;
  for (const verb of kind.verbs) {
    const isOfOne = verb !== 'list' && verb !== 'create';
    scope.route({
      method: methods[verb],
      url: `${root}/${mount.path}/${kind.name}${isOfOne ? '/:id' : ''}`,
      bodyLimit: maxBodyBytes,
      handler: async (request, reply) => {
        const context = contextOf(place, verb, request);
        return isRefusal(context)
          ? refuse(reply, context)
          : answers[verb](place, { request, reply, context });
      },
    });
  }
}

/** Who is calling, if they may. */
function contextOf(
  { ports, callerOf, mount, kind, api }: Place,
  verb: Verb,
  request: FastifyRequest,
): Context | Refusal {
  const caller = callerOf(request);
  const isReading = verb === 'list' || verb === 'get';
  const refused = mayNot({ ports, caller, request, isReading, isPersonal: kind.isPersonal === true });
  if (refused !== undefined) return refused;
  const own = api.kinds.map(({ name }) => name);
  const href = hrefAt(baseOf(ports, request.headers), mount.path, own);
  const language = chooseLanguage(request.headers['accept-language']);
  return { ports: guarded(ports), user: caller!.user, href, language, at: iso(ports.world.now()) };
}

function mayNot({
  ports,
  caller,
  request,
  isReading,
  isPersonal,
}: {
  readonly ports: FrontPorts;
  readonly caller: Caller | undefined;
  readonly request: FastifyRequest;
  readonly isReading: boolean;
  readonly isPersonal: boolean;
}): Refusal | undefined {
  if (caller === undefined) return failed(401, 'Send a Bearer token or sign in.');
  if (isPersonal && caller.user.role === 'viewer')
    return notAllowed('It speaks of people: a viewer may not look at it.');
  const reason = isReading ? undefined : whyMayNotChange(ports, caller, request.headers);
  return reason === undefined ? undefined : notAllowed(reason);
}

interface Answering {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly context: Context;
}

const answers: Readonly<Record<Verb, (place: Place, answering: Answering) => Promise<FastifyReply>>> = {
  async list({ kind, mount }, { request, reply, context }) {
    const selection = selectionOf(request, mount);
    if (isRefusal(selection)) return refuse(reply, selection);
    const { items, total } = await list(kind, selection, context);
    reply.header('x-total-count', total).header('x-result-count', items.length);
    const shown = items.map((item) => narrowed(item, selection.fields));
    return send(
      reply,
      items.length < total ? 206 : 200,
      shown.map((item) => renamed(item, mount)),
    );
  },
  async get({ kind, mount }, { request, reply, context }) {
    const selection = selectionOf(request, mount);
    if (isRefusal(selection)) return refuse(reply, selection);
    const found = await find(kind, idOf(request), context);
    if (found === undefined) return refuse(reply, notFound(kind.type, idOf(request)));
    return send(reply, 200, renamed(narrowed(found.document, selection.fields), mount));
  },
  async create({ kind, mount, writing }, { request, reply, context }) {
    const made = await writing.create(kind, unnamed(request.body, mount), context);
    if (isRefusal(made)) return refuse(reply, made);
    return send(saying(kind, reply).header('location', made['href']), 201, renamed(made, mount));
  },
  async patch({ kind, mount, writing }, { request, reply, context }) {
    const changed = await writing.change(kind, idOf(request), unnamed(request.body, mount), context);
    return isRefusal(changed)
      ? refuse(reply, changed)
      : send(saying(kind, reply), 200, renamed(changed, mount));
  },
  async delete({ kind, writing }, { request, reply, context }) {
    const refused = await writing.remove(kind, idOf(request), context);
    return refused === undefined ? reply.code(204).send() : refuse(reply, refused);
  },
};

/** The body is as it was sent: whoever does not look hears of it by the counter. */
const saying = ({ apart }: Kind, reply: FastifyReply): FastifyReply =>
  apart === undefined ? reply : reply.header('x-allclear-kept-apart', apart);

const idOf = (request: FastifyRequest): string => (request.params as { readonly id: string }).id;

function selectionOf(request: FastifyRequest, mount: Mount): Selection | Refusal {
  const selection = selectionIn(request.query as Parameters<typeof selectionIn>[0]);
  return isRefusal(selection) ? selection : named(selection, mount);
}

function addHub(
  scope: FastifyInstance,
  api: Api,
  { ports, callerOf, mount }: Front & { readonly mount: Mount },
): void {
  const isPersonal = api.kinds.some((kind) => kind.isPersonal === true);
  const called = (request: FastifyRequest) => {
    const caller = callerOf(request);
    const refused = mayNot({ ports, caller, request, isReading: false, isPersonal });
    const base = baseOf(ports, request.headers);
    return refused ?? { ports, user: caller!.user, api: api.name, base, mount: mount.path };
  };
  scope.post(`${root}/${mount.path}/hub`, { bodyLimit: maxBodyBytes }, async (request, reply) => {
    const call = called(request);
    if (isRefusal(call)) return refuse(reply, call);
    const made = await subscribe(request.body, call);
    if (isRefusal(made)) return refuse(reply, made);
    const href = `${call.base}${root}/${mount.path}/hub/${String(made.document['id'])}`;
    return send(reply.header('location', href).header('x-allclear-secret', made.secret), 201, made.document);
  });
  scope.delete(`${root}/${mount.path}/hub/:id`, async (request, reply) => {
    const call = called(request);
    const refused = isRefusal(call) ? call : await unsubscribe(idOf(request), call);
    return refused === undefined ? reply.code(204).send() : refuse(reply, refused);
  });
}

const send = (reply: FastifyReply, status: number, body: Document | readonly Document[]): FastifyReply =>
  reply
    .code(status)
    .header('content-type', 'application/json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(body));

/** In the words of these APIs. */
export function refuse(reply: FastifyReply, { status, refused }: Refusal): FastifyReply {
  if (status === 503) reply.header('retry-after', '1');
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="allclear"');
  const url = reply.request.routeOptions.url ?? '';
  const isNumbered = numbered.some((path) => url.startsWith(path));
  const numbers = isNumbered ? { code: Number(refused.code), status } : {};
  return send(reply, status, { ...refused, ...numbers });
}

const numbered: readonly string[] = apis.flatMap(({ mounts }) =>
  mounts.filter((mount) => mount.hasNumberedErrors === true).map(({ path }) => `${root}/${path}/`),
);
