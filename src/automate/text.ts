/** Texts of automations: words with `{names}` in them. What is put in is never read as a text itself. */
import { didYouMean } from '../base/problem.ts';

export type Facts = Readonly<Record<string, unknown>>;

const place = /\{([^{}]*)\}/g;
/** A device may call itself anything: longer words are cut, control characters and marks that turn text around are left out. */
const longestValue = 120;
const longestText = 1_000;
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g;

/** What is wrong with a text; `known` are the names that may stand in it. */
export function mistakeIn(
  text: string,
  known: readonly string[],
): { readonly message: string; readonly hint?: string | undefined } | undefined {
  if (/[{}]/.test(text.replace(place, ''))) return { message: 'a brace has no partner: write {name}' };
  for (const [, name = ''] of text.matchAll(place)) {
    if (known.includes(name)) continue;
    const [map, key] = name.split('.');
    if (known.includes('attributes') && map === 'attributes' && key !== undefined && /^[\w-]+$/.test(key))
      continue;
    const near = didYouMean(name, known);
    const hint = near === undefined ? `known: ${known.join(', ')}` : `did you mean "${near}"?`;
    return { message: `there is no {${name}} to put in`, hint };
  }
  return undefined;
}

/** One pass: a value that looks like `{name}` stays as it is. */
export function textWith(text: string, facts: Facts): string {
  const written = text.replace(place, (_, name: string) => {
    const [first = '', key] = name.split('.');
    const value = Object.hasOwn(facts, first) ? facts[first] : undefined;
    if (key === undefined) return wordFor(value);
    const held = value as Facts | undefined;
    return held !== undefined && Object.hasOwn(held, key) ? wordFor(held[key]) : '';
  });
  return written.slice(0, longestText);
}

/** As it may be shown and sent. */
export function wordFor(value: unknown): string {
  if (typeof value === 'number') return String(Math.round(value * 100) / 100);
  if (typeof value !== 'string') return typeof value === 'boolean' ? String(value) : '';
  const clean = value
    .slice(0, longestValue * 4)
    .replace(unprintable, ' ')
    .trim();
  return clean.length > longestValue ? `${clean.slice(0, longestValue - 1)}…` : clean;
}
