/** How the TM Forum APIs say no: code, reason and message, the codes of TMF630 part 1. */

/** No document holds it: whoever sends a field `refused` has sent a field. */
const mark = Symbol('refusal');

export interface Refusal {
  readonly [mark]: true;
  readonly status: number;
  readonly refused: {
    readonly code: string;
    readonly reason: string;
    readonly message: string;
    readonly status: string;
  };
}

const refusal = (status: number, code: string, reason: string, message: string): Refusal => ({
  [mark]: true,
  status,
  refused: { code, reason, message, status: String(status) },
});

export const isRefusal = (value: object): value is Refusal => Object.hasOwn(value, mark);

/** What a caller named is quoted, and not at any length. */
export const quoted = (text: string): string => JSON.stringify(text.slice(0, 100));

export const wrongQuery = (message: string): Refusal =>
  refusal(400, '20', 'Invalid URL parameter value', message);
export const wrongBody = (message: string): Refusal => refusal(400, '22', 'Invalid body', message);
export const missingField = (name: string): Refusal =>
  refusal(400, '23', 'Missing body field', `${name} is mandatory.`);
export const wrongField = (name: string, why: string): Refusal =>
  refusal(400, '24', 'Invalid body field', `${name} ${why}.`);
export const notAllowed = (message: string): Refusal => refusal(403, '50', 'Access denied', message);
export const notFound = (what: string, id: string): Refusal =>
  refusal(404, '60', 'Resource not found', `No ${what} has the id ${quoted(id)}.`);
export const conflict = (message: string): Refusal => refusal(409, '63', 'Conflict', message);
export const noRoom = (message: string): Refusal => refusal(507, '64', 'No room', message);
/** What was refused before an API saw it, or failed behind it. */
export const failed = (status: number, message: string): Refusal => {
  const [code, reason] =
    byStatus[status] ?? (status >= 500 ? ['1', 'Internal error'] : ['22', 'Invalid request']);
  return refusal(status, code!, reason!, message);
};

const byStatus: Readonly<Record<number, readonly [string, string]>> = {
  401: ['40', 'Missing credentials'],
  429: ['53', 'Too many requests'],
  503: ['5', 'The service is temporarily unavailable'],
};
