/** TM Forum documents as plain JSON: bounds, merging, finding what a dotted name means. */

export type Document = Readonly<Record<string, unknown>>;

/** Levels of brackets; no resource of the definitions needs ten. */
const mostLevels = 24;

export const isDocument = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function isTooDeep(value: unknown, levels = mostLevels): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((held) => isTooDeep(held, levels - 1));
}

/** RFC 7386: null takes away, lists are replaced. */
export function merged(target: unknown, patch: unknown): unknown {
  if (!isDocument(patch)) return patch;
  const entries = new Map(Object.entries(isDocument(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) entries.delete(name);
    else entries.set(name, merged(entries.get(name), value));
  }
  return Object.fromEntries(entries);
}

/** Everything that `a.b.c` names, through lists as well; inherited names are nobody's. */
export function valuesAt(value: unknown, path: readonly string[]): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((one: unknown) => valuesAt(one, path));
  const [name, ...rest] = path;
  if (name === undefined) return value === undefined ? [] : [value];
  if (!isDocument(value) || !Object.hasOwn(value, name)) return [];
  return valuesAt(value[name], rest);
}

/** Without what is undefined, so that an absent value is absent in JSON and in comparisons. */
export const compact = (document: Document): Document =>
  Object.fromEntries(Object.entries(document).filter(([, value]) => value !== undefined));

export const pick = (document: Document, names: readonly string[]): Document =>
  Object.fromEntries(
    names.flatMap((name) => (Object.hasOwn(document, name) ? [[name, document[name]]] : [])),
  );

export const without = (document: Document, names: readonly string[]): Document =>
  Object.fromEntries(Object.entries(document).filter(([name]) => !names.includes(name)));

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** The documents of a list, or of a single one where a list was meant. */
export const documentsIn = (value: unknown): readonly Document[] =>
  (Array.isArray(value) ? value : [value]).filter(isDocument);
