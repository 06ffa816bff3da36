import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readParsedProfiles, writeParsedProfiles } from '../../../src/edge/files/parsed-profiles.ts';
import { loadProfiles } from '../../../src/edge/files/profiles.ts';

const base = 'id: base/acme\nidentity: { vendor: Acme }\n';
const family = 'id: acme/olt\nextends: [base/acme]\nmatch: { sysObjectID: [1.3.6.1.4.1.99999.1] }\n';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'profiles-'));
  file = join(folder, 'profiles.json');
  await writeFile(join(folder, 'base.yaml'), base);
  await writeFile(join(folder, 'olt.yaml'), family);
  await writeParsedProfiles(folder, file);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const load = async () => loadProfiles([folder], await readParsedProfiles(file));
const ids = async () => [...(await load()).value.byId.keys()].sort();

test('profiles that the build parsed are what their texts say', async () => {
  expect((await readParsedProfiles(file)).size).toBe(2);
  expect((await load()).value).toEqual((await loadProfiles([folder])).value);
  expect(await ids()).toEqual(['acme/olt', 'base/acme']);
});

test('the digest of profiles is that of their texts, whoever read them', async () => {
  const { digest } = await load();
  expect((await loadProfiles([folder])).digest).toBe(digest);
  await writeFile(join(folder, 'olt.yaml'), family.replace('99999.1', '99999.2'));
  expect((await load()).digest).not.toBe(digest);
});

test('a file changed since the build is read anew', async () => {
  await writeFile(join(folder, 'olt.yaml'), family.replace('acme/olt', 'acme/olt2'));
  expect(await ids()).toEqual(['acme/olt2', 'base/acme']);
});

test('a mistake that only shows beside other files is still told with its place', async () => {
  await writeFile(join(folder, 'base.yaml'), base.replace('base/acme', 'base/acmee'));
  const { problems } = await load();
  expect(problems).toMatchObject([{ code: 'profile/unknown-base', line: 2, file: join(folder, 'olt.yaml') }]);
});

test('a profile with a mistake that only compiling shows, and what extends it, are judged at every start', async () => {
  const pattern = "identity: { version: { get: 1.3.6.1.4.1.99999.2.0, re: '(' } }";
  await writeFile(join(folder, 'base.yaml'), base.replace('identity: { vendor: Acme }', pattern));
  await writeParsedProfiles(folder, file);
  expect((await readParsedProfiles(file)).size).toBe(0);
  const { value, problems } = await load();
  expect(problems).toMatchObject([
    { code: 'profile/pattern', line: 2, column: 56, file: join(folder, 'base.yaml') },
  ]);
  expect(value.byId.size).toBe(0);
});

test('a file of the build that is missing or broken costs nothing but time', async () => {
  for (const broken of ['', '{"a":1}', '[[1,2,3]]']) {
    await writeFile(file, broken);
    expect(await ids()).toEqual(['acme/olt', 'base/acme']);
  }
  expect((await readParsedProfiles(join(folder, 'nothing.json'))).size).toBe(0);
});
