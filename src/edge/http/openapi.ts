/** `/api/openapi.json`: the route table as an OpenAPI 3.1 document. */
import type { Route, Schema } from './route.ts';

const problem = {
  description: 'A problem (RFC 9457)',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

export function openApi(routes: readonly Route[], version: string): Schema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = `/api/v1${route.path.replaceAll(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'allclear', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    security: [{ bearer: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'allclear_session' },
      },
      schemas: {
        Problem: {
          type: 'object',
          properties: {
            type: { type: 'string' },
            title: { type: 'string' },
            status: { type: 'integer' },
            detail: { type: 'string' },
          },
          required: ['type', 'title', 'status', 'detail'],
        },
      },
    },
  };
}

function operation(route: Route): Schema {
  const success = route.method === 'POST' && /\/(tickets|links|users|keys)$/.test(route.path) ? '201' : '200';
  return {
    operationId: operationId(route),
    summary: route.summary,
    ...(parameters(route).length > 0 ? { parameters: parameters(route) } : {}),
    ...(requestBody(route) === undefined ? {} : { requestBody: requestBody(route) }),
    responses: {
      [success]: { description: route.answers, content: { 'application/json': { schema: {} } } },
      default: problem,
    },
  };
}

function operationId(route: Route): string {
  const words = route.path.split('/').filter((part) => part !== '' && !part.startsWith(':'));
  const one = route.path.includes('/:id') ? ['one'] : [];
  return [route.method.toLowerCase(), ...words, ...one].join('-');
}

function parameters(route: Route): readonly Schema[] {
  const inPath = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const properties = (route.query?.['properties'] ?? {}) as Readonly<Record<string, Schema>>;
  const inQuery = Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', schema }));
  return [...inPath, ...inQuery];
}

function requestBody(route: Route): Schema | undefined {
  if (route.body !== undefined) {
    return { required: true, content: { 'application/json': { schema: route.body } } };
  }
  if (route.rawBodyBytes === undefined) return undefined;
  return {
    required: true,
    content: {
      'application/json': { schema: { type: 'array', items: { type: 'object' } } },
      'application/x-ndjson': { schema: { type: 'string' } },
    },
  };
}
