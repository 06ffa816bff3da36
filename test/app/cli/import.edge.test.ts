/** `import` on a stopped daemon's data directory, and on the topology file of a configuration. */
import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { importVerb } from '../../../src/app/cli/import.ts';
import { lockData } from '../../../src/app/roles/data-lock.ts';
import { administratorKey } from '../../support/front-ports.ts';
import { openTestFront } from '../../support/open-front.ts';
import { realWorld } from '../../support/real-world.ts';
import { type Folder, folderOf, json, say } from './collecting-terminal.ts';

let folder: Folder;
beforeEach(async () => {
  folder = await folderOf({
    'allclear.yaml': 'format: allclear/1\ntopology: ./t.json\n',
    't.json': '{"format":"allclear-topology/1","resources":[{"id":"olt-1"},{"id":"olt-2"}]}',
    'new.json': '{"format":"allclear-topology/1","resources":[{"id":"olt-1","kind":"olt"},{"id":"olt-3"}]}',
    'one.csv': 'id,resource,phone\na,olt-1,+79990000001\nb,olt-1,+79990000002\n',
    'two.csv': 'id;resource;phone\nb;olt-2;+79990000002\nc;olt-1;+79990000003\n',
    'bad.csv': 'id,resource,class\na,olt-1,duke\n',
  });
});
afterEach(() => folder.remove());

const run = (...argv: readonly string[]) => say(importVerb, ...argv, '--json');
const data = (): readonly string[] => [
  '--data',
  folder.file('data'),
  '--config',
  folder.file('allclear.yaml'),
];

test('subscribers are compared first and changed only with --yes', async () => {
  const dry = await run('subscribers', folder.file('one.csv'), ...data());
  expect(dry.code).toBe(1);
  expect(json(dry)).toMatchObject({ added: 2, changed: 0, removed: 0, applied: false });
  const applied = await run('subscribers', folder.file('one.csv'), ...data(), '--yes');
  expect(applied.code).toBe(0);
  expect(json(applied)).toMatchObject({ added: 2, applied: true });
  const again = await run('subscribers', folder.file('one.csv'), ...data());
  expect(again.code).toBe(0);
  expect(json(again)).toMatchObject({ added: 0, changed: 0, removed: 0, unchanged: 2, applied: false });
  const next = await run('subscribers', folder.file('two.csv'), ...data(), '--dry-run');
  expect(next.code).toBe(0);
  expect(json(next)).toMatchObject({ added: 1, changed: 1, removed: 1, applied: false });
});

test('a list with a wrong line is refused whole: who stands on it would count as gone', async () => {
  const said = await run('subscribers', folder.file('bad.csv'), ...data(), '--yes');
  expect(said.code).toBe(1);
  expect(said.err[0]).toContain('bad.csv:2');
  expect(said.out).toEqual([]);
});

test('the directory of a running daemon is not touched', async () => {
  const lock = await lockData(folder.file('data'), { name: 'daemon', world: realWorld(), patienceMs: 0 });
  await expect(run('subscribers', folder.file('one.csv'), ...data(), '--yes')).rejects.toMatchObject({
    code: 'start/locked',
  });
  await lock.release();
});

test('a topology takes the place of the file that the configuration names', async () => {
  const config = ['--config', folder.file('allclear.yaml')];
  const dry = await run('topology', folder.file('new.json'), ...config);
  expect(dry.code).toBe(1);
  expect(json(dry)).toEqual({ added: 1, changed: 1, removed: 1, unchanged: 0, applied: false });
  expect(await readFile(folder.file('t.json'), 'utf8')).toContain('olt-2');
  const applied = await run('topology', folder.file('new.json'), ...config, '--yes');
  expect(applied.code).toBe(0);
  expect(await readFile(folder.file('t.json'), 'utf8')).toContain('olt-3');
});

test('what is neither list nor file is usage', async () => {
  await expect(run('people', folder.file('one.csv'))).rejects.toMatchObject({ code: 'usage/argument' });
  await expect(run('subscribers')).rejects.toMatchObject({ code: 'usage/argument' });
  await expect(run('subscribers', folder.file('none.csv'))).rejects.toMatchObject({
    code: 'import/unreadable',
  });
});

test('a running daemon compares the list and takes it over its address', async () => {
  const opened = await openTestFront();
  process.env['ALLCLEAR_TOKEN'] = administratorKey;
  try {
    const over = ['subscribers', folder.file('one.csv'), '--url', opened.console];
    const dry = await run(...over);
    expect(dry.code).toBe(1);
    expect(json(dry)).toMatchObject({ added: 2, applied: false });
    expect(opened.daemon.imported).toEqual([]);
    const done = await run(...over, '--yes');
    expect(done.code).toBe(0);
    expect(json(done)).toMatchObject({ added: 2, applied: true });
    expect(opened.daemon.imported).toEqual([await readFile(folder.file('one.csv'), 'utf8')]);
    const wrong = await run('subscribers', folder.file('bad.csv'), '--url', opened.console, '--yes');
    expect(wrong).toMatchObject({ code: 1, out: [] });
    expect(wrong.err[0]).toContain('bad.csv:2');
    expect(opened.daemon.imported).toHaveLength(1);
    await expect(run('topology', folder.file('new.json'), '--url', opened.console)).rejects.toMatchObject({
      code: 'usage/url',
    });
  } finally {
    delete process.env['ALLCLEAR_TOKEN'];
    await opened.close();
  }
});

test('columns that were named once are known the next time, and the list says what differs', async () => {
  const first = 'Счёт;Куда;Тел\n1;olt-1;8 912 000 00 01\n2;nowhere;8 912 000 00 02\n1;olt-2;\n';
  await writeFile(folder.file('billing-01.csv'), first);
  await writeFile(folder.file('billing-02.csv'), first.replace('olt-1', 'olt-2'));
  const list = (name: string) => ['subscribers', folder.file(name), ...data()];
  const unnamed = await run(...list('billing-01.csv'), '--yes');
  expect(unnamed.code).toBe(1);
  expect(unnamed.err.join()).toContain('--map id=COLUMN');
  const map = ['--map', 'id=счёт', '--map', 'resource=Куда', '--map', 'phone=Тел', '--country', 'ru'];
  const named = await run(...list('billing-01.csv'), ...map, '--yes');
  expect(json(named)).toMatchObject({ added: 2, repeated: 1, applied: true, mapping: { id: 'Счёт' } });
  expect(named.err.join('\n')).toMatch(/billing-01\.csv:4:1 {2}warning/);
  expect(named.err.join('\n')).toContain('the topology has no "nowhere"');
  const again = await run(...list('billing-02.csv'), '--dry-run');
  expect(json(again)).toMatchObject({ changed: 1, unchanged: 1, moved: 1, fields: { resource: 1 } });
  const shown = await say(importVerb, ...list('billing-02.csv'), '--dry-run', '--lang', 'ru');
  expect(shown.out.join('\n')).toContain('~ 1:2  resource: olt-1 -> olt-2');
  await expect(run(...list('billing-01.csv'), '--map', 'x=y')).rejects.toMatchObject({ code: 'usage/map' });
});

test('a list that would take more than a tenth away, or change their class, is not applied unless that is meant', async () => {
  const listed = (count: number, of: string): string =>
    `id,resource,class\n${Array.from({ length: count }, (_, n) => `s${n},olt-1,${of}\n`).join('')}`;
  await writeFile(folder.file('all.csv'), listed(300, 'residential'));
  await writeFile(folder.file('cut.csv'), listed(150, 'residential'));
  await writeFile(folder.file('vips.csv'), listed(300, 'vip'));
  const list = (name: string) => ['subscribers', folder.file(name), ...data(), '--yes'];
  expect((await run(...list('all.csv'))).code).toBe(0);
  for (const name of ['cut.csv', 'vips.csv']) {
    const refused = await run(...list(name));
    expect(refused.code).toBe(1);
    expect(refused.err.join()).toContain('--allow-large');
    expect(refused.out).toEqual([]);
  }
  expect(json(await run(...list('vips.csv'), '--allow-large'))).toMatchObject({
    reclassified: 300,
    applied: true,
  });
  expect(json(await run(...list('cut.csv'), '--allow-large'))).toMatchObject({ removed: 150, applied: true });
});
