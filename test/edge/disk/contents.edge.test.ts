import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openContents } from '../../../src/edge/disk/contents.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'allclear-contents-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const rules = new TextEncoder().encode('abc');
const sha256OfAbc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

test('contents are found by their SHA-256 and stored once, also when put twice at the same time', async () => {
  const contents = await openContents({ folder });
  expect(await Promise.all([contents.put(rules), contents.put(rules)])).toEqual([sha256OfAbc, sha256OfAbc]);
  expect(readdirSync(folder)).toEqual([sha256OfAbc]);
  expect(await (await openContents({ folder })).get(sha256OfAbc)).toEqual({ kind: 'found', bytes: rules });
});

test('damaged contents are named as damaged, and putting them again mends them', async () => {
  const contents = await openContents({ folder });
  await contents.put(rules);
  writeFileSync(join(folder, sha256OfAbc), 'abd');
  expect(await contents.get(sha256OfAbc)).toEqual({ kind: 'damaged', path: `${folder}/${sha256OfAbc}` });
  await contents.put(rules);
  expect(await contents.get(sha256OfAbc)).toMatchObject({ kind: 'found' });
});

test('a name that is no hash never becomes a path', async () => {
  const contents = await openContents({ folder });
  writeFileSync(join(folder, 'x'), 'secret');
  for (const name of ['x', '../x', '', 'A'.repeat(64), sha256OfAbc]) {
    expect(await contents.get(name)).toEqual({ kind: 'absent' });
  }
});
