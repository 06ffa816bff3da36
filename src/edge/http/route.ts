/** One call of /api/v1 as data: the listener, the access check and the OpenAPI document are made from the same table. */
import type { Language } from './contract.ts';
import type { FrontPorts, PageRequest, User } from './ports.ts';

/** JSON Schema 2020-12, the part of it ajv strict mode takes. */
export type Schema = Readonly<Record<string, unknown>>;

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below /api/v1, parameters as `:id`. */
  readonly path: string;
  readonly summary: string;
  readonly query?: Schema | undefined;
  readonly body?: Schema | undefined;
  /** The body comes as text, and may be as large as this. */
  readonly rawBodyBytes?: number | undefined;
  readonly answers: string;
  handle(call: Call): Promise<Reply>;
}

/** A checked call: `query` and `body` match the route's schemas. */
export interface Call {
  readonly ports: FrontPorts;
  readonly user: User;
  readonly language: Language;
  /** The `:id` of the path; empty where there is none. */
  readonly id: string;
  /** Filters of a list; paging is in `page`. */
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly page: PageRequest;
  readonly body: unknown;
}

export interface Reply {
  readonly status: number;
  readonly body: unknown;
  /** True: it may be megabytes, and is written in pieces. */
  readonly isLong?: boolean | undefined;
  /** A file in place of the body, made as it is taken. */
  readonly file?: FileReply | undefined;
}

export interface FileReply {
  readonly type: string;
  /** Of letters, digits, `.` and `-` only. */
  readonly name: string;
  readonly pieces: AsyncIterable<string>;
}

export const ok = (body: unknown): Reply => ({ status: 200, body });
export const long = (body: unknown): Reply => ({ status: 200, body, isLong: true });
export const file = (made: FileReply): Reply => ({ status: 200, body: undefined, file: made });
export const created = (body: unknown): Reply => ({ status: 201, body });
export const unknownId = (what: string, id: string): Reply =>
  refusal(404, `No ${what} has the id ${JSON.stringify(id.slice(0, 200))}.`);

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Body too large',
  415: 'Unsupported media type',
  422: 'Not valid',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Not taking inputs',
};

/** RFC 9457; `type` about:blank says that the title is that of the status (section 4.2.1). */
export function refusal(status: number, detail: string): Reply {
  return { status, body: { type: 'about:blank', title: titles[status] ?? 'Error', status, detail } };
}

export const object = (
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

export const text = (maxLength: number): Schema => ({ type: 'string', minLength: 1, maxLength });
export const oneOf = (values: readonly string[]): Schema => ({ type: 'string', enum: values });

/** Query of a list with further filters. */
export function listQuery(filters: Readonly<Record<string, Schema>> = {}): Schema {
  return object(
    {
      limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
      cursor: text(500),
      q: text(500),
      ...filters,
    },
    [],
  );
}
