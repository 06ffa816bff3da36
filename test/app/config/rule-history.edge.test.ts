/** Which set of the operator's own rules stands after reloads, rollbacks and changes of the files. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RuleHistory } from '../../../src/app/config/rule-history.ts';
import { instant } from '../../../src/base/instant.ts';

let folder: string;
let own: string;
let history: RuleHistory;
let now = 0;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'allclear-rules-'));
  own = await mkdtemp(join(folder, 'own-'));
  history = new RuleHistory(join(folder, 'data'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (text: string) => writeFile(join(own, 'a.yaml'), text);
const tick = () => instant(Date.UTC(2026, 0, 1) + 1_000 * now++);
/** The files say so, and it comes into force as a start or a reload does it. */
async function reload(text?: string): Promise<string> {
  if (text !== undefined) await write(text);
  const { folders } = await history.standing([own]);
  await history.entered(folders, tick());
  return readFile(join(folders[0]!, 'a.yaml'), 'utf8');
}

test('back is what was in force before, through further readings, until the files change', async () => {
  await reload('first');
  expect(await reload('second')).toBe('second');
  expect(await history.rollBack([own], tick())).toBeDefined();
  expect([await reload(), await reload()]).toEqual(['first', 'first']);
  expect((await history.standing([own])).problems).toMatchObject([
    { code: 'rules/rolled-back', severity: 'warning', file: own },
  ]);
  expect(await reload('third')).toBe('third');
  expect((await history.standing([own])).problems).toEqual([]);
  await history.rollBack([own], tick());
  expect(await reload()).toBe('second');
});

test('the sets are shown newest first, with the one in force and the one that was rolled back', async () => {
  await reload('first');
  await reload('second');
  const states = async () =>
    (await history.kept()).map(({ isInForce, isRolledBack }) => [isInForce, isRolledBack]);
  expect(await states()).toEqual([
    [true, false],
    [false, false],
  ]);
  await history.rollBack([own], tick());
  expect(await states()).toEqual([
    [false, true],
    [true, false],
  ]);
  expect((await history.kept())[0]!.version).toMatch(/^[0-9a-f]{12}$/);
});

test('once more is forward again, and an undone rollback was none', async () => {
  await reload('first');
  await reload('second');
  await history.rollBack([own], tick());
  expect(await reload()).toBe('first');
  const undo = await history.rollBack([own], tick());
  expect(await reload()).toBe('second');
  await undo!();
  expect(await reload()).toBe('first');
});

test('kept rules that somebody deleted or changed are not gone back to: the files stand, and it is said', async () => {
  await reload('first');
  await reload('second');
  await history.rollBack([own], tick());
  const [kept] = (await history.standing([own])).folders;
  await writeFile(join(kept!, 'a.yaml'), 'forged');
  expect(await history.standing([own])).toMatchObject({
    folders: [own],
    problems: [{ code: 'rules/rolled-back', severity: 'error' }],
  });
  await rm(kept!, { recursive: true });
  expect((await history.standing([own])).folders).toEqual([own]);
  expect(await reload()).toBe('second');
  expect((await history.standing([own])).problems).toEqual([]);
});

test('without another set there is nothing to go back to', async () => {
  expect(await history.rollBack([own], tick())).toBeUndefined();
  await reload('only');
  await reload('only');
  expect(await history.rollBack([own], tick())).toBeUndefined();
});

test('files that never came into force are passed over', async () => {
  await reload('first');
  await reload('second');
  await write('broken');
  await history.rollBack([own], tick());
  expect(await reload()).toBe('first');
});

test('a set without any rules is one, too, and a damaged note of them is none', async () => {
  await history.entered([], tick());
  await reload('first');
  await history.rollBack([own], tick());
  expect((await history.standing([own])).folders).toEqual([]);
  await writeFile(join(folder, 'data/rules/sets.json'), '{"sets":');
  expect((await history.standing([own])).folders).toEqual([own]);
});

test('the last ten sets are kept', async () => {
  for (let n = 0; n < 14; n++) await reload(`rule ${n}`);
  const kept = (await readdir(join(folder, 'data/rules'))).filter((name) => name !== 'sets.json');
  expect(kept).toHaveLength(10);
});
