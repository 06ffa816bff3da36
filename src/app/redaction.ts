/** Takes out of a log line what nobody may read there: values under telling names at any depth, and telling forms in any text. */

/** Names under which a secret or a person could slip in, in lower case; values of type Secret print as `***` by themselves. */
const tellingNames = new Set([
  'community',
  'communities',
  'trapcommunities',
  'password',
  'secret',
  'gatewaysecret',
  'token',
  'demotoken',
  'signin',
  'apikey',
  'authkey',
  'privkey',
  'authorization',
  'cookie',
  'set-cookie',
  'phone',
  'email',
]);

const tellingForms: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic) +[^\s"',;]+/gi, '$1 ***'],
  // What signs in or opens a subscriber's page.
  [/(\/(?:s|sign-in)\/)[\w-]{8,}/g, '$1***'],
  [/(:\/\/)[^\s/:@]+:[^\s/@]+@/g, '$1***@'],
  [/\+\d{8,}/g, '***'],
  [/[\w.%+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,63}\b/g, '***'],
];

/** A line is for reading: what lies deeper or further is left out, so that nothing large or circular is written. */
const deepest = 6;
const mostEntries = 200;

export function redactedText(text: string): string {
  return tellingForms.reduce((left, [form, shown]) => left.replace(form, shown), text);
}

export function redacted(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return recordOf(fields, deepest);
}

function redactedValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactedText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return '..';
  if (value instanceof Error) return errorOf(value, depth);
  if (hasToJson(value)) return redactedValue(value.toJSON(), depth - 1);
  if (Array.isArray(value)) return value.slice(0, mostEntries).map((one) => redactedValue(one, depth - 1));
  return recordOf(value as Readonly<Record<string, unknown>>, depth);
}

function recordOf(
  value: Readonly<Record<string, unknown>>,
  depth: number,
): Readonly<Record<string, unknown>> {
  const entries = Object.entries(value).slice(0, mostEntries);
  return Object.fromEntries(
    entries.map(([name, held]) => {
      const isTelling = held !== undefined && tellingNames.has(name.toLowerCase());
      return [name, isTelling ? '***' : redactedValue(held, depth - 1)];
    }),
  );
}

/** Packages hang requests and credentials on their errors: what says what happened is kept, nothing else. */
function errorOf(error: Error, depth: number): Readonly<Record<string, unknown>> {
  const { code } = error as { readonly code?: unknown };
  return {
    code: redactedValue(code, depth - 1),
    stack: redactedText(error.stack ?? `${error.name}: ${error.message}`),
    cause: redactedValue(error.cause, depth - 1),
  };
}

const hasToJson = (value: object): value is { toJSON(): unknown } =>
  typeof (value as { readonly toJSON?: unknown }).toJSON === 'function';
