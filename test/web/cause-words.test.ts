/** Every probable cause that a shipped file or the daemon itself can name has words in both languages and a meaning. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { meaningOf } from '../../src/alarm/causes.ts';
import { causeWordsEn } from '../../web/words/en/cause-words.ts';
import { causeWordsRu } from '../../web/words/ru/cause-words.ts';

/** Said of the device in its own words: nobody knows of what kind. */
const unknownKinds = new Set(['ALARM', 'TRAP']);
const sources = [
  ...['src/alarm/causes.ts', 'src/app/center/flood-watch.ts', 'src/detect/compile-rules.ts'],
  ...['src/detect/dns-platform.ts', 'src/detect/probes.ts'],
];

async function found(file: string, pattern: RegExp): Promise<string[]> {
  return [...(await readFile(file, 'utf8')).matchAll(pattern)].map(([, cause]) => cause!);
}

async function shippedCauses(): Promise<readonly string[]> {
  const files = await Promise.all(
    ['collectors', 'rules'].map(async (folder) =>
      (await readdir(folder, { recursive: true }))
        .filter((name) => name.endsWith('.yaml'))
        .map((name) => join(folder, name)),
    ),
  );
  const named = await Promise.all(
    files.flat().map((file) => found(file, /\b(?:cause|raise|clear): ?['"]?([A-Z][A-Z_0-9]+)\b/g)),
  );
  const standard = await found(join('rules', 'syslog.yaml'), /^ {2}\w+: ([A-Z][A-Z_]+)$/gm);
  return [...new Set([...named.flat(), ...standard])].sort();
}

test('a cause of a shipped profile or rule has words in both languages, a type and a severity', async () => {
  const shipped = await shippedCauses();
  expect(shipped.length).toBeGreaterThan(50);
  expect(shipped.filter((cause) => causeWordsEn[cause] === undefined)).toEqual([]);
  const unlisted = meaningOf('no such cause');
  expect(shipped.filter((cause) => meaningOf(cause) === unlisted && !unknownKinds.has(cause))).toEqual([]);
});

test('a cause that the daemon raises by itself has words, and the languages know the same causes', async () => {
  const own = await Promise.all(sources.map((file) => found(file, /'([A-Z][A-Z]+(?:_[A-Z]+)*)'/g)));
  expect([...new Set(own.flat())].filter((cause) => causeWordsEn[cause] === undefined)).toEqual([]);
  expect(Object.keys(causeWordsRu).sort()).toEqual(Object.keys(causeWordsEn).sort());
});
