/** Which column of a list says what: from the options, and asked on a terminal where a name does not tell. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Fault } from '../../base/fault.ts';
import type { Encoding } from '../../edge/files/decoded-text.ts';
import {
  type ColumnMapping,
  type SubscriberField,
  subscriberFields,
} from '../../edge/files/subscriber-fields.ts';
import { type ListOptions, readSubscribers } from '../../edge/files/subscriber-list.ts';
import { countries } from '../../edge/files/telephone-number.ts';
import { machine } from '../world.ts';
import type { Terminal } from './verb.ts';
import type { Say } from './words.ts';

const encodings: readonly Encoding[] = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1251'];

/** Throws `usage/map`, `usage/country` or `usage/encoding`. */
export function readingOf(values: {
  readonly map?: readonly string[] | undefined;
  readonly country?: string | undefined;
  readonly encoding?: string | undefined;
}): ListOptions {
  const { country, encoding } = values;
  if (country !== undefined && !countries.includes(country.toLowerCase()))
    throw new Fault('usage/country', `--country is one of ${countries.join(', ')}, not "${country}"`);
  if (encoding !== undefined && !(encodings as readonly string[]).includes(encoding))
    throw new Fault('usage/encoding', `--encoding is one of ${encodings.join(', ')}, not "${encoding}"`);
  return { mapping: mappingOf(values.map ?? []), country, encoding: encoding as Encoding | undefined };
}

function mappingOf(words: readonly string[]): ColumnMapping {
  const entries = words.map((word) => {
    const at = word.indexOf('=');
    const field = word.slice(0, Math.max(0, at)).trim();
    const column = word.slice(at + 1).trim();
    if (!(subscriberFields as readonly string[]).includes(field) || column === '')
      throw new Fault(
        'usage/map',
        `--map is FIELD=COLUMN with a field of ${subscriberFields.join(', ')}, not "${word}"`,
      );
    return [field, column];
  });
  return Object.fromEntries(entries) as ColumnMapping;
}

/** On a terminal it is asked where nothing tells which column is the id or the resource. */
export async function completed(
  mapping: ColumnMapping,
  asking: { readonly file: string; readonly terminal: Terminal; readonly say: Say; readonly isJson: boolean },
): Promise<ColumnMapping> {
  if (!asking.terminal.isInteractive || asking.isJson) return mapping;
  // The header is all of it that is needed.
  const reading = readSubscribers(createReadStream(asking.file, { end: 64 * 1024 }), asking.file, {
    mapping,
  });
  for await (const _ of reading.pages());
  const { columns } = reading;
  const missing = (['id', 'resource'] as const).filter((field) => reading.mapping[field] === undefined);
  if (columns.length === 0 || missing.length === 0) return mapping;
  const questions = createInterface({ input: machine.stdin, output: machine.stdout });
  const answers = new Map<SubscriberField, string>();
  for (const field of missing) {
    const listed = columns.map((column, i) => `${i + 1} ${column}`).join(', ');
    const answer = (await questions.question(asking.say('whichColumn', { field, columns: listed }))).trim();
    const column = columns[Number(answer) - 1] ?? answer;
    if (column !== '') answers.set(field, column);
  }
  questions.close();
  return { ...mapping, ...Object.fromEntries(answers) };
}
