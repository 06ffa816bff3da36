/** /api/v1 on fastify: the route table with access, schemas, problem answers and the document that describes it. */
import { Ajv } from 'ajv';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Fault } from '../../base/fault.ts';
import { type Caller, whyMayNotChange } from './access.ts';
import { administrationRoutes } from './administration-routes.ts';
import { affectedRoutes } from './affected-routes.ts';
import { alarmRoutes } from './alarm-routes.ts';
import { apiPage, apiStyle } from './api-page.ts';
import { automationRoutes } from './automation-routes.ts';
import { careRoutes } from './care-routes.ts';
import { creditRoutes } from './credit-routes.ts';
import { discoveryRoutes } from './discovery-routes.ts';
import { groupingRoutes } from './grouping-routes.ts';
import { incidentRoutes } from './incident-routes.ts';
import { inventoryRoutes } from './inventory-routes.ts';
import type { LongReplies } from './long-replies.ts';
import { openApi } from './openapi.ts';
import { chooseLanguage, scriptlessPolicy } from './page-frame.ts';
import type { FrontPorts, PageRequest } from './ports.ts';
import { type FileReply, type Reply, type Route, refusal } from './route.ts';
import { staffRoutes } from './staff-routes.ts';
import { strangerRoutes } from './stranger-routes.ts';
import { ticketNoteRoutes } from './ticket-note-routes.ts';
import { worksRoutes } from './works-routes.ts';

export const routes: readonly Route[] = [
  ...incidentRoutes,
  ...affectedRoutes,
  ...groupingRoutes,
  ...alarmRoutes,
  ...careRoutes,
  ...creditRoutes,
  ...ticketNoteRoutes,
  ...inventoryRoutes,
  ...discoveryRoutes,
  ...worksRoutes,
  ...strangerRoutes,
  ...automationRoutes,
  ...administrationRoutes,
  ...staffRoutes,
];
const maxBodyBytes = 256 * 1024;

type CallerOf = (request: FastifyRequest) => Caller | undefined;

interface ApiOptions {
  readonly callerOf: CallerOf;
  readonly longReplies: LongReplies;
}

export async function addApi(server: FastifyInstance, ports: FrontPorts, options: ApiOptions): Promise<void> {
  const add = (scope: FastifyInstance, route: Route): void => addRoute(scope, route, { ...options, ports });
  await server.register(async (scope) => {
    setParsers(scope);
    for (const route of routes) if (route.rawBodyBytes === undefined) add(scope, route);
  });
  await server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    const types = ['application/json', 'application/x-ndjson', 'text/csv', 'text/plain'];
    scope.addContentTypeParser(types, { parseAs: 'string' }, (_request, body, done) => done(null, body));
    for (const route of routes) if (route.rawBodyBytes !== undefined) add(scope, route);
  });
  const document = openApi(routes, ports.status().version);
  server.get('/api/openapi.json', (_request, reply) => reply.send(document));
  const page = apiPage(routes);
  const policy = scriptlessPolicy(apiStyle);
  server.get('/docs/api', (_request, reply) =>
    reply.header('content-security-policy', policy).type('text/html; charset=utf-8').send(page),
  );
}

/** JSON only; an action without arguments may come without a body. */
function setParsers(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') return done(null, undefined);
    return scope.getDefaultJsonParser('error', 'error')(request, body as string, done);
  });
}

function addRoute(
  scope: FastifyInstance,
  route: Route,
  { ports, callerOf, longReplies }: ApiOptions & { readonly ports: FrontPorts },
): void {
  const checkQuery = compile(route.query ?? { type: 'object', additionalProperties: false }, true);
  const checkBody = route.body === undefined ? undefined : compile(route.body, false);
  scope.route({
    method: route.method,
    url: `/api/v1${route.path}`,
    bodyLimit: route.rawBodyBytes ?? maxBodyBytes,
    async handler(request, reply) {
      const caller = callerOf(request);
      if (caller === undefined) return sendReply(reply, refusal(401, 'Send a Bearer token or sign in.'));
      if (route.method !== 'GET') {
        const reason = whyMayNotChange(ports, caller, request.headers);
        if (reason !== undefined) return sendReply(reply, refusal(403, reason));
      }
      const query = { ...(request.query as Record<string, unknown>) };
      const wrong = checkQuery(query) ?? checkBody?.(request.body ?? null);
      if (wrong !== undefined) return sendReply(reply, refusal(400, wrong));
      const answer = await route.handle({
        ports: guarded(ports),
        user: caller.user,
        language: chooseLanguage(request.headers['accept-language']),
        id: (request.params as { readonly id?: string }).id ?? '',
        query: query as Readonly<Record<string, string | undefined>>,
        page: pageRequest(query),
        body: request.body,
      });
      if (answer.file !== undefined) return sendFile(reply, answer.file, longReplies);
      return answer.isLong === true ? sendLong(reply, answer, longReplies) : sendReply(reply, answer);
    },
  });
}

function pageRequest(query: Readonly<Record<string, unknown>>): PageRequest {
  return {
    limit: (query['limit'] as number | undefined) ?? 100,
    cursor: query['cursor'] as string | undefined,
    words: query['q'] as string | undefined,
  };
}

/** Schemas are our own and strict mode refuses unknown words; judging them by the meta schema would double the start. */
const settings = {
  strict: true,
  useDefaults: true,
  removeAdditional: false,
  validateSchema: false,
  addUsedSchema: false,
} as const;
const checks = { ofBody: new Ajv(settings), ofQuery: new Ajv({ ...settings, coerceTypes: true }) };

/** A check that answers what is wrong; texts of a query become numbers where the schema says so. */
function compile(schema: object, coerceTypes: boolean): (value: unknown) => string | undefined {
  const validate = (coerceTypes ? checks.ofQuery : checks.ofBody).compile(schema);
  return (value) => {
    if (validate(value)) return undefined;
    const error = validate.errors?.[0];
    const place = error?.instancePath === '' ? '' : `${error?.instancePath.slice(1)} `;
    const extra = error?.params['additionalProperty'] ?? error?.params['allowedValues'];
    return `${place}${error?.message ?? 'is not valid'}${extra === undefined ? '' : `: ${String(extra).slice(0, 200)}`}.`;
  };
}

/** What the line refuses is the caller's cue to come again, not our bug. */
export function guarded(ports: FrontPorts): FrontPorts {
  return {
    ...ports,
    async submit(input) {
      try {
        return await ports.submit(input);
      } catch (cause) {
        throw new Fault('front/line-refused', 'the line takes no inputs now', cause);
      }
    },
  };
}

export function sendReply(reply: FastifyReply, answer: Reply): FastifyReply {
  const type = answer.status >= 400 ? 'application/problem+json' : 'application/json';
  if (answer.status === 503) reply.header('retry-after', '1');
  if (answer.status === 401) reply.header('www-authenticate', 'Bearer realm="allclear"');
  return reply.code(answer.status).header('content-type', type).send(JSON.stringify(answer.body));
}

function sendLong(reply: FastifyReply, { status, body }: Reply, replies: LongReplies): FastifyReply {
  const text = replies.text(body);
  if (text === undefined) return sendReply(reply, crowded);
  return reply.code(status).header('content-type', 'application/json').send(text);
}

const crowded = refusal(503, 'Too many large answers are under way; try again.');

function sendFile(
  reply: FastifyReply,
  { type, name, pieces }: FileReply,
  replies: LongReplies,
): FastifyReply {
  const text = replies.made([], pieces);
  if (text === undefined) return sendReply(reply, crowded);
  return reply
    .header('content-type', type)
    .header('content-disposition', `attachment; filename="${name}"`)
    .send(text);
}

/** Errors thrown on the way to an answer: the client's are explained, ours are logged and kept to ourselves. */
export function replyForError(ports: FrontPorts, error: unknown): Reply {
  if (error instanceof Fault && error.code === 'front/line-refused') {
    ports.world.log.warn('input refused by the line', { cause: String(error.cause) });
    return refusal(503, 'The line takes no inputs now; nothing was changed. Try again.');
  }
  const { statusCode, message } = error as { readonly statusCode?: number; readonly message?: string };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return refusal(statusCode, message ?? '');
  ports.world.log.error('a call failed', { error });
  return refusal(500, 'The daemon could not answer; its log says why.');
}
