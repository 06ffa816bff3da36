/** What the first screen weighs on the wire: the code it cannot do without, the words of one language, and the style. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildPages, type Pages } from '../support/built-pages.ts';

let pages: Pages;
beforeAll(async () => {
  pages = await buildPages();
});
afterAll(() => pages.remove());

const kilobyte = 1_000;
const asset = (name: string): Promise<string> => readFile(join(pages.folder, 'assets', name), 'utf8');
const weight = async (names: Iterable<string>): Promise<number> =>
  (await Promise.all([...names].map(asset))).reduce((sum, text) => sum + gzipSync(text).length, 0);

/** A script with all that it imports before it runs. */
async function withImports(name: string, found = new Set<string>()): Promise<ReadonlySet<string>> {
  if (found.has(name)) return found;
  found.add(name);
  for (const [, file] of (await asset(name)).matchAll(/(?:from|import)\s*["']\.\/([\w-]+\.js)["']/g))
    await withImports(file!, found);
  return found;
}

test('the first screen is at most 60 KB of script and 12 KB of style, in either language', async () => {
  const index = await readFile(join(pages.folder, 'index.html'), 'utf8');
  const entry = /src="\/assets\/([\w-]+\.js)"/.exec(index)![1]!;
  const code = await withImports(entry);
  const files = await readdir(join(pages.folder, 'assets'));
  for (const language of ['en', 'ru']) {
    const words = files.find((name) => name.startsWith(`${language}-`) && name.endsWith('.js'))!;
    const script = await weight([...code, words]);
    expect(script).toBeGreaterThan(20 * kilobyte);
    expect(script, `${language}: ${script} bytes`).toBeLessThan(60 * kilobyte);
  }
  expect(await weight(files.filter((name) => name.endsWith('.css')))).toBeLessThan(12 * kilobyte);
});

test('no page of its own is heavier than 25 KB', async () => {
  const files = (await readdir(join(pages.folder, 'assets'))).filter((name) => name.endsWith('.js'));
  for (const name of files) expect([name, (await weight([name])) < 25 * kilobyte]).toEqual([name, true]);
});
