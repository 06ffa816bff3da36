/** What an older version of an API calls otherwise: documents and questions in its words. */
import { type Document, isDocument } from './document.ts';
import type { Mount } from './kind.ts';
import type { Selection } from './selecting.ts';

/** From our words into theirs. */
export function renamed(document: Document, { renames }: Mount): Document {
  return renames === undefined ? document : withNames(document, renames);
}

/** From theirs into ours. */
export function unnamed(body: unknown, mount: Mount): unknown {
  return isDocument(body) && mount.renames !== undefined ? withNames(body, backwards(mount.renames)) : body;
}

export function named(selection: Selection, { renames }: Mount): Selection {
  if (renames === undefined) return selection;
  const ours = backwards(renames);
  const nameOf = (name: string): string => (Object.hasOwn(ours, name) ? ours[name]! : name);
  return {
    ...selection,
    fields: selection.fields?.map(nameOf),
    filters: selection.filters.map((filter) => {
      const [first = '', ...rest] = filter.path;
      return { ...filter, path: [nameOf(first), ...rest] };
    }),
  };
}

const backwards = (renames: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(renames).map(([ours, theirs]) => [theirs, ours]));

const withNames = (document: Document, names: Readonly<Record<string, string>>): Document =>
  Object.fromEntries(
    Object.entries(document).map(([name, value]) => [
      Object.hasOwn(names, name) ? names[name]! : name,
      value,
    ]),
  );
