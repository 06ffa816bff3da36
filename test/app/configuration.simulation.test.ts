// A start with broken files: every problem in its place, and no daemon.
import { afterEach, expect, test } from 'vitest';
import {
  endAllDaemons,
  folderWith,
  freePorts,
  removeFolders,
  startDaemon,
  until,
} from '../support/daemon.ts';

afterEach(async () => {
  await endAllDaemons();
  await removeFolders();
});

async function refused(
  files: Readonly<Record<string, string>>,
): Promise<{ code: number | null; said: string }> {
  const folder = await folderWith(files);
  const daemon = startDaemon({ folder });
  const { code } = await until('the start is refused', async () => {
    const ended = await Promise.race([daemon.ended, Promise.resolve(undefined)]);
    return ended;
  });
  expect(daemon.output()).toBe('');
  return { code, said: daemon.errors().replaceAll(`${folder}/`, '') };
}

test('an unknown key is named with its place and the key that was meant', async () => {
  const { code, said } = await refused({
    'allclear.yaml': `${freePorts}devises:\n  - { id: r-1, address: 127.0.0.1 }\n`,
  });
  expect(code).toBe(1);
  expect(said).toMatch(/allclear\.yaml:5:1/);
  expect(said).toMatch(/devises/);
  expect(said).toMatch(/did you mean "devices"/);
});

test('all problems of a configuration are told at once', async () => {
  const { code, said } = await refused({
    'allclear.yaml': [
      'http: nowhere',
      'devices:',
      '  - { id: r-1, address: 127.0.0.1, comunity: public }',
      '  - { address: 127.0.0.2 }',
      'channels:',
      '  sms: { kind: pigeon }',
      'notify: { hold: soon }',
      '',
    ].join('\n'),
  });
  expect(code).toBe(1);
  for (const line of [1, 3, 4, 6, 7]) expect(said).toMatch(new RegExp(`allclear\\.yaml:${line}:\\d+`));
});

test.each([
  ['a tab where YAML wants spaces', 'devices:\n\t- { id: r-1 }\n', /allclear\.yaml:2:\d+/],
  ['a key that stands twice', 'http: 127.0.0.1:0\nhttp: 127.0.0.1:0\n', /allclear\.yaml:2:\d+/],
  ['an open bracket', 'notify: { order: [mail\n', /allclear\.yaml:\d+:\d+/],
  ['a list instead of keys', '- http\n', /allclear\.yaml:1:1/],
])('%s is shown in its place', async (_what, text, place) => {
  const { code, said } = await refused({ 'allclear.yaml': text });
  expect(code).toBe(1);
  expect(said).toMatch(place);
});

test('a broken topology names file, line and column', async () => {
  const { code, said } = await refused({
    'allclear.yaml': `${freePorts}topology: ./topology.json\n`,
    'topology.json': '{ "format": "allclear-topology/1",\n  "resources": [ { "id": 7 } ]\n',
  });
  expect(code).toBe(1);
  expect(said).toMatch(/topology\.json:\d+:\d+/);
});

test('a file that is named and missing is said by its name', async () => {
  const { code, said } = await refused({
    'allclear.yaml': `${freePorts}subscribers: ./nobody.csv\n`,
  });
  expect(code).toBe(1);
  expect(said).toContain('nobody.csv');
});

test('a secret whose environment variable is not set is a problem in its place', async () => {
  const { code, said } = await refused({
    'allclear.yaml': `${freePorts}devices:\n  - { id: r-1, address: 127.0.0.1, community: { env: NOT_SET_ANYWHERE } }\n`,
  });
  expect(code).toBe(1);
  expect(said).toMatch(/allclear\.yaml:6:\d+.*NOT_SET_ANYWHERE/);
});

test('a channel that would reach a private address is refused before anything starts', async () => {
  const { code, said } = await refused({
    'allclear.yaml': `${freePorts}channels:\n  sms: { kind: webhook, url: "http://127.0.0.1:9/send", secret: s }\n`,
  });
  expect(code).toBe(1);
  expect(said).toMatch(/allclear\.yaml:6:\d+/);
});
