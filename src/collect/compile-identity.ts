/** Compiles what a profile says of vendor, system, model, version and serial number. */
import type { DocumentPath } from '../base/source-document.ts';
import type { Findings } from './compile.ts';
import type { IdentitySource, Wording } from './profile.ts';
import type { IdentityText, WordMap } from './profile-source.ts';

export function compileIdentity(
  source: IdentityText,
  path: DocumentPath,
  findings: Findings,
): IdentitySource {
  if (typeof source === 'string') return { kind: 'constant', text: source };
  if ('get' in source)
    return { kind: 'get', oid: source.get, by: source.by, ...wordingOf(source, path, findings) };
  if ('column' in source) {
    const where = source.where && { oid: source.where.column, is: new Set(source.where.is.map(String)) };
    return { kind: 'column', oid: source.column, where, ...wordingOf(source, path, findings) };
  }
  if ('descr' in source) {
    const { descr: re, map } = source;
    return { kind: 'pattern', ...wordingOf({ re, ...(map && { map }) }, path, findings, 'descr') };
  }
  if ('after' in source) return { kind: 'descr', after: source.after, until: source.until };
  if ('objectID' in source) return { kind: 'objectID', words: new Map(Object.entries(source.objectID)) };
  const parts = (of: readonly IdentityText[], key: string): IdentitySource[] =>
    of.map((part, i) => compileIdentity(part, [...path, key, i], findings));
  if ('join' in source)
    return {
      kind: 'join',
      parts: parts(source.join, 'join'),
      between: source.with ?? ' ',
      needsAll: source.all === true,
    };
  return { kind: 'first', parts: parts(source.first, 'first') };
}

/** `key` is that of the pattern. */
export function wordingOf(
  source: { readonly re?: string; readonly map?: WordMap },
  path: DocumentPath,
  findings: Findings,
  key = 're',
): Wording {
  const words = Object.entries(source.map ?? {}).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  return {
    pattern: findings.pattern(source.re, [...path, key]),
    map: source.map === undefined ? undefined : new Map(words),
  };
}
