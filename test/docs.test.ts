import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { configSchema } from '../src/app/config/schema.ts';
import { channelSchemas } from '../src/edge/channels/index.ts';
import { deskSchemas } from '../src/edge/desks/schemas.ts';
import { hookSchema } from '../src/edge/hooks/webhook.ts';

// What the documents say about the product is compared with the product: codes, keys, links, names of tests.

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const below = (folder: string, ending: RegExp): readonly string[] =>
  (readdirSync(join(root, folder), { recursive: true }) as string[])
    .filter((path) => ending.test(path))
    .map((path) => join(folder, path));

const documents = ['README.md', ...below('docs', /\.md$/)];

test('every error code has its paragraph in ERRORS.md, and every paragraph its code', () => {
  const described = [...read('docs/ERRORS.md').matchAll(/^### (\S+)$/gm)].map((match) => match[1]!);
  expect(described).toEqual([...new Set(described)]);
  expect([...described].sort()).toEqual([...codesInSources()].sort());
});

test('every design rule that a comment cites stands in DESIGN.md', () => {
  const written = new Set([...read('docs/DESIGN.md').matchAll(/^- \*\*(L\d+) /gm)].map((match) => match[1]!));
  const cited = below('src', /\.ts$/).flatMap((path) =>
    [...read(path).matchAll(/\((?:design )?(L\d+(?:, L\d+)*)\)/g)].flatMap((match) => match[1]!.split(', ')),
  );
  expect([...new Set(cited)].filter((rule) => !written.has(rule))).toEqual([]);
});

/** Codes stand behind `new Fault(` or `code:`; with their first parts known, every other text of that form is one, too. */
function codesInSources(): ReadonlySet<string> {
  const texts = below('src', /\.ts$/).map((path) => withoutImportsAndComments(read(path)));
  const named = /(?:new Fault\(|\bcode:)\s*[`']([a-z0-9-]+)\/(\$\{name\}|[a-z0-9-]+)[`']/g;
  const codes = new Set<string>();
  const parts = new Set<string>();
  for (const text of texts) {
    for (const [, part, rest] of text.matchAll(named)) {
      parts.add(part!);
      codes.add(rest === '$' + '{name}' ? `${part}/OPTION` : `${part}/${rest}`);
    }
  }
  for (const text of texts) {
    for (const [, part, rest] of text.matchAll(/'([a-z0-9-]+)\/([a-z][a-z0-9-]*)'/g)) {
      if (parts.has(part!)) codes.add(`${part}/${rest}`);
    }
  }
  return codes;
}

const withoutImportsAndComments = (text: string): string =>
  text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '$1')
    .replace(/\b(?:from\s+|import\s*\(?\s*)'[^']+'/g, '');

test('every key of allclear.yaml stands in RUNNING.md, and no key that does not exist', () => {
  const [, section = ''] = /^## allclear\.yaml$([\s\S]*?)^## /m.exec(read('docs/RUNNING.md')) ?? [];
  const described = [...section.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]!);
  const schema = configSchema({ channels: [], desks: [], hook: {} }) as Schema;
  const keys = [
    ...keysOf(schema, ''),
    ...channelSchemas.flatMap((channel) => keysOf(channel as Schema, 'channels.NAME.')),
    ...keysOf(hookSchema as Schema, 'webhooks.NAME.'),
    ...deskSchemas.flatMap((desk) => keysOf(desk as Schema, 'desk.')),
  ];
  expect([...new Set(described)].sort()).toEqual([...new Set(keys)].sort());
});

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** Paths of the values a person writes; a key that only holds others is left out. */
function keysOf(schema: Schema, prefix: string): readonly string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, value]) => {
    if (value.properties !== undefined) return keysOf(value, `${prefix}${name}.`);
    if (value.items?.properties !== undefined) return keysOf(value.items, `${prefix}${name}[].`);
    const isFilledFromElsewhere = prefix === '' && ['channels', 'desk', 'webhooks'].includes(name);
    return isFilledFromElsewhere ? [] : [`${prefix}${name}`];
  });
}

test('every relative link of the documents leads somewhere', () => {
  const broken = documents.flatMap((path) =>
    [...read(path).matchAll(/\]\(([^)\s]+)\)/g)]
      .map((match) => match[1]!)
      .filter((link) => !/^[a-z]+:/.test(link) && !leadsSomewhere(path, link))
      .map((link) => `${path}: ${link}`),
  );
  expect(broken).toEqual([]);
});

function leadsSomewhere(path: string, link: string): boolean {
  const [file = '', anchor] = link.split('#', 2);
  const target = file === '' ? path : join(dirname(path), file);
  if (!existsSync(join(root, target))) return false;
  if (anchor === undefined) return true;
  const headings = [...read(target).matchAll(/^#+ (.+)$/gm)].map((match) => anchorOf(match[1]!));
  return headings.includes(anchor);
}

const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

test('every file of sources and tests that the documents name exists', () => {
  const missing = documents.flatMap((path) =>
    [...read(path).matchAll(/`((?:src|test|bench|deploy|web|rules|collectors|demo)\/[\w./-]*)`/g)]
      .map((match) => match[1]!)
      .filter((named) => !existsSync(join(root, named)))
      .map((named) => `${path}: ${named}`),
  );
  expect(missing).toEqual([]);
});

const textFile = /\.(?:md|ts|tsx|mjs|json|ya?ml|css|html|service)$|Containerfile$/;

test('no text of the project names a path or a registry of the machine it was written on', () => {
  const files = readdirSync(root, { withFileTypes: true })
    .filter(({ name }) => !/^(?:\.git|node_modules|coverage|data|dist.*)$/.test(name))
    .flatMap((entry) =>
      entry.isDirectory() ? below(entry.name, textFile) : [entry.name].filter((name) => textFile.test(name)),
    );
  const machine = new RegExp(
    ['/work/', '/home/[a-z]', '/Users/[A-Za-z]'].map((part) => `(?<![\\w.])${part}`).join('|'),
  );
  const wrong = files.filter((path) => machine.test(read(path)));
  const lock = files
    .filter((path) => path.endsWith('package-lock.json'))
    .flatMap((path) => hostsIn(read(path)));
  expect([...wrong.filter((path) => path !== 'test/docs.test.ts'), ...lock]).toEqual([]);
});

/** The lock file names no place to fetch from: npm takes the registry that is configured. */
const hostsIn = (lock: string): readonly string[] => [
  ...new Set([...lock.matchAll(/"resolved": "https?:\/\/([^/"]+)/g)].map((match) => match[1]!)),
];
