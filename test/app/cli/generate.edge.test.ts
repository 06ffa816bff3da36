/** `generate` writes three files that the other verbs read, the same for the same seed. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { generateVerb } from '../../../src/app/cli/generate.ts';
import { replayVerb } from '../../../src/app/cli/replay.ts';
import { parseTopology } from '../../../src/topology/topology.ts';
import { type Folder, folderOf, json, jsonLines, say } from './collecting-terminal.ts';

let folder: Folder | undefined;
afterEach(() => folder?.remove());

const few = ['--size', 'small', '--faults-per-kind', '1', '--hours', '6'] as const;
const read = (name: string): Promise<string> => readFile(folder!.file(name), 'utf8');

test('three files are written, and the same seed writes the same bytes', async () => {
  folder = await folderOf({});
  const first = await say(generateVerb, '--seed', '4', ...few, '--out', folder.file('a'), '--json');
  // So many of each kind were asked for, and two find no place in six hours: said, and a problem.
  expect(first.code).toBe(1);
  expect(first.err.join()).toMatch(/^\d faults found no place .*: \S+ 1/);
  const counts = json(first);
  expect(counts).toMatchObject({ seed: 4, size: 'small', loss: 0.05, noise: 1, faultsPerKind: 1, hours: 6 });
  await say(generateVerb, '--seed', '4', ...few, '--out', folder.file('b'));
  for (const name of ['topology.json', 'alarms.ndjson', 'truth.json']) {
    expect(await read(`a/${name}`), name).toBe(await read(`b/${name}`));
  }
  const topology = parseTopology(await read('a/topology.json'), 'topology.json');
  expect(topology.problems).toEqual([]);
  expect(topology.value.resources).toHaveLength(Number(counts['resources']));
  expect((await read('a/alarms.ndjson')).trim().split('\n')).toHaveLength(Number(counts['alarms']));
  const truth = JSON.parse(await read('a/truth.json')) as { faults: { alarms: string[] }[] };
  expect(truth.faults).toHaveLength(Number(counts['faults']));
});

test('--quiet writes the files and says nothing; without a number of faults it is no problem that few fit', async () => {
  folder = await folderOf({});
  const said = await say(
    generateVerb,
    ...['--seed', '4', '--size', 'small', '--hours', '1', '--out', folder.file('a'), '--quiet'],
  );
  expect(said).toEqual({ code: 0, out: [], err: [] });
});

test('a folder that is a file is refused with the reason', async () => {
  folder = await folderOf({ taken: '' });
  await expect(say(generateVerb, '--seed', '4', ...few, '--out', folder.file('taken'))).rejects.toThrow(
    /taken cannot be a folder: a file of that name is there/u,
  );
});

test('a folder that no file system makes is refused before a network is made', async () => {
  folder = await folderOf({});
  const refusedBy = (out: string) =>
    say(generateVerb, '--seed', '4', '--size', 'metro', '--out', out).then(String, (error) => error.message);
  expect(await refusedBy('/proc/no/such')).toMatch(/cannot be made there|may not be written/);
});

test('nothing unfinished is left, and a network of another run in the other form is not left beside this one', async () => {
  folder = await folderOf({});
  const out = ['--seed', '4', ...few, '--out', folder.path];
  await say(generateVerb, ...out);
  const names = ['alarms.ndjson', 'topology.json', 'truth.json'];
  expect((await readdir(folder.path)).sort()).toEqual(names);
  await expect(say(generateVerb, ...out, '--format', 'ndjson')).rejects.toThrow(
    /topology\.json is of another run/,
  );
  // One of them cannot be put in its place: nothing begun stays.
  await mkdir(folder.file('b/truth.json'), { recursive: true });
  await expect(say(generateVerb, '--seed', '4', ...few, '--out', folder.file('b'))).rejects.toThrow(/--out/);
  expect((await readdir(folder.file('b'))).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('rings are cut twice as often as asked, with nothing else broken', async () => {
  folder = await folderOf({});
  const asked = ['--double-cuts', '2', '--blind', '0.5', '--faults-per-kind', '0'];
  const said = await say(
    generateVerb,
    ...['--seed', '4', '--size', 'small', '--hours', '9', '--out', folder.file('a'), '--json', ...asked],
  );
  expect(json(said)).toMatchObject({ doubleCuts: 2, blind: 0.5, faultsPerKind: 0, refused: 0 });
  const truth = JSON.parse(await read('a/truth.json')) as { faults: { kind: string; variant?: string }[] };
  expect(truth.faults.filter(({ variant }) => variant === 'second-cut')).toHaveLength(2);
  expect(new Set(truth.faults.map(({ kind }) => kind))).toEqual(new Set(['link', 'collector']));
});

test('what was generated as lines can be replayed', async () => {
  folder = await folderOf({});
  await say(generateVerb, '--seed', '5', ...few, '--format', 'ndjson', '--out', folder.path);
  const said = await say(
    replayVerb,
    ...['--topology', folder.file('topology.ndjson'), '--alarms', folder.file('alarms.ndjson'), '--jsonl'],
  );
  expect(said.code).toBe(0);
  expect(jsonLines(said).length).toBeGreaterThan(5);
});

test('a dry run writes nothing and says in the language asked what it would have written', async () => {
  folder = await folderOf({});
  const said = await say(
    generateVerb,
    '--seed',
    '4',
    ...few,
    '--out',
    folder.file('c'),
    '--dry-run',
    '--lang',
    'ru',
  );
  expect(said.out.join('\n')).toContain('не записан');
  await expect(read('c/truth.json')).rejects.toThrow();
});

test('wrong values are wrong usage, and a folder that is a file is said to be one', async () => {
  folder = await folderOf({ taken: 'a file' });
  const out = ['--out', folder.file('d')];
  const code = (...argv: readonly string[]) => say(generateVerb, ...argv).then(String, (error) => error.code);
  expect(await code('--seed', '1', '--size', 'huge', ...out)).toBe('usage/size');
  expect(await code('--size', 'small', ...out)).toBe('usage/seed');
  expect(await code('--seed', '1.5', '--size', 'small', ...out)).toBe('usage/seed');
  expect(await code('--seed', '1', '--size', 'small')).toBe('usage/out');
  expect(await code('--seed', '1', '--size', 'small', '--loss', '0.9', ...out)).toBe('usage/loss');
  expect(await code('--seed', '1', '--size', 'small', '--noise', '', ...out)).toBe('usage/noise');
  expect(await code('--seed', '1', '--size', 'small', '--format', 'xml', ...out)).toBe('usage/format');
  expect(await code('--seed', '1', ...few, '--out', folder.file('taken/inside'))).toBe('usage/out');
});
