/** What a gateway answered, read as its description says; what fits nothing may have been taken. */
import type { SendOutcome } from '../../../notify/channel.ts';
import type { AnswerReading } from './description.ts';

const longestId = 200;

export function readAnswer(body: string, reading: AnswerReading): SendOutcome {
  const at = placesIn(body, reading.format ?? 'json');
  if (at === undefined) return unreadable;
  const id = reading.id === undefined ? undefined : usable(at(reading.id));
  const code = reading.code === undefined ? undefined : at(reading.code);
  const isIn = (codes: readonly string[] | undefined): boolean =>
    code !== undefined && codes?.includes(code) === true;
  if (isIn(reading.later))
    return { kind: 'retry', reason: `the gateway says ${shown(code)}`, uncertain: false };
  if (isIn(reading.deadNumber))
    return { kind: 'failed', reason: `the gateway says ${shown(code)}`, isDeadContact: true };
  if (code !== undefined && reading.taken !== undefined && !isIn(reading.taken))
    return { kind: 'failed', reason: `the gateway says ${shown(code)}` };
  if (reading.id === undefined && reading.taken !== undefined && code === undefined) return unreadable;
  if (reading.id !== undefined && id === undefined)
    return code === undefined || reading.taken !== undefined
      ? unreadable
      : { kind: 'failed', reason: `the gateway says ${shown(code)}` };
  return { kind: 'sent', externalId: id };
}

const unreadable: SendOutcome = {
  kind: 'retry',
  reason: 'an answer that does not fit its description',
  uncertain: true,
};

const shown = (code: string | undefined): string => (code ?? '').replace(/[^\x20-\x7e]/g, '?').slice(0, 40);

/** Looks a place up; undefined for a body that is none of that format. */
function placesIn(
  body: string,
  format: 'json' | 'text',
): ((place: string) => string | undefined) | undefined {
  if (format === 'text') return (words) => after(body, words);
  try {
    const value = exactJson(body);
    return (path) => wordAt(value, path);
  } catch {
    return undefined;
  }
}

/**
 * JSON (RFC 8259) of which long whole numbers are kept as texts: ids of 64 bits are no numbers here (section 6), and one that was
 * rounded is not found by its receipt. Throws as `JSON.parse` does.
 */
export function exactJson(body: string): unknown {
  const texts = /"(?:[^"\\]|\\.)*"|(?<![\w.+-])-?\d{16,}(?![\d.eE])/gs;
  return JSON.parse(body.replace(texts, (found) => (found.startsWith('"') ? found : `"${found}"`)));
}

/** Up to the next comma, semicolon or space. */
function after(body: string, words: string): string | undefined {
  const from = body.indexOf(words);
  if (from < 0) return undefined;
  return body.slice(from + words.length, from + words.length + longestId + 1).split(/[\s,;]/)[0]!;
}

/** A text or number at a path such as `messages.0.id`. */
export function wordAt(value: unknown, path: string): string | undefined {
  const found = valueAt(value, path);
  if (typeof found === 'number' || typeof found === 'boolean') return String(found);
  return typeof found === 'string' ? found : undefined;
}

export function valueAt(value: unknown, path: string): unknown {
  let found = value;
  for (const name of path.split('.').slice(0, 20)) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[name];
  }
  return found;
}

const usable = (id: string | undefined): string | undefined =>
  id === undefined || id === '' || id.length > longestId ? undefined : id;
