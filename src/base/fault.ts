/** Errors that are thrown: a bug or a failed start. Expected outcomes are values, never a Fault. */
export class Fault extends Error {
  /** Stable code such as `config/unknown-key`; each has its paragraph in docs/ERRORS.md. */
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'Fault';
    this.code = code;
  }
}

/** Stops on a broken invariant; stays on in production. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Fault('bug/assertion', message);
}

/** The `default` of every switch over a closed union: the compiler proves that it is unreachable. */
export function neverHappens(value: never): never {
  throw new Fault('bug/unexpected-member', `unexpected member ${JSON.stringify(value)}`);
}
