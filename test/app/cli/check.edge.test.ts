/** `check` on configurations with and without mistakes. */
import { afterEach, expect, test } from 'vitest';
import { checkVerb } from '../../../src/app/cli/check.ts';
import { type Folder, folderOf, json, say } from './collecting-terminal.ts';

let folder: Folder;
afterEach(() => folder.remove());

const topology = JSON.stringify({
  format: 'allclear-topology/1',
  serviceRoots: ['core-1'],
  resources: [
    { id: 'core-1', kind: 'core' },
    { id: 'olt-1', kind: 'olt', in: { site: 'nowhere' } },
  ],
  links: [{ id: 'l-1', ends: ['core-1', 'olt-1'] }],
});

interface Report {
  readonly errors: number;
  readonly warnings: number;
  readonly problems: readonly { file: string; line: number; column: number; code: string; hint?: string }[];
}

test('a sound configuration has no errors and says what was looked at', async () => {
  folder = await folderOf({
    'allclear.yaml': 'format: allclear/1\ntopology: ./t.json\nsubscribers: ./s.csv\n',
    't.json': topology.replace('"nowhere"', '"core-1"'),
    's.csv': 'id,resource\nsub-1,olt-1\n',
  });
  const said = await say(checkVerb, '--config', folder.file('allclear.yaml'), '--json');
  const report = json<Report & { checked: string[] }>(said);
  expect(report.problems.filter(({ file }) => file.startsWith(folder.path))).toEqual([]);
  expect(report.checked.join('\n')).toContain('2 resources, 1 links');
  expect(report.checked.join('\n')).toContain('1 subscribers');
});

test('each mistake is told in its place, the last line counts them, and the exit code is 1', async () => {
  folder = await folderOf({
    'allclear.yaml': [
      'format: allclear/1',
      'topology: ./t.json',
      'subscribers: ./s.csv',
      'rules: ./rules',
      'devices:',
      '  - { id: r-1, address: 192.0.2.1, profile: no/such }',
      'channels:',
      '  sms: { kind: webhook, url: "http://127.0.0.1:9/send", secret: s }',
    ].join('\n'),
    't.json': topology,
    's.csv': 'id,resource,class\nsub-1,olt-9,residential\nsub-2,olt-1,duke\n',
    'rules/own.yaml': 'format: detection/2\n',
    'collectors/own.yaml': 'id: [\n',
  });
  const file = folder.file('allclear.yaml');
  const report = json<Report>(await say(checkVerb, '--config', file, '--json'));
  const places = report.problems.map((one) => `${one.file}:${one.line} ${one.code}`);
  expect(places).toContain(`${file}:6 config/unknown-profile`);
  expect(places).toContain(`${file}:8 config/refused`);
  expect(places).toContain(`${folder.file('rules/own.yaml')}:1 rules/format`);
  expect(places.some((place) => place.startsWith(folder.file('collectors/own.yaml')))).toBe(true);
  expect(places.some((place) => place.startsWith(`${folder.file('t.json')}:`))).toBe(true);
  expect(places.some((place) => place.startsWith(`${folder.file('s.csv')}:3`))).toBe(true);
  expect(report.problems.find(({ code }) => code === 'rules/format')?.hint).toBe(
    'did you mean "detection/1"?',
  );
  const said = await say(checkVerb, '--config', file, '--lang', 'ru');
  expect(said.code).toBe(1);
  expect(said.out.at(-1)).toBe(`Ошибок: ${report.errors}, предупреждений: ${report.warnings}.`);
});

test('an unknown key gets its line, column and the nearest known key', async () => {
  folder = await folderOf({ 'allclear.yaml': 'format: allclear/1\ndevises: []\n' });
  const said = await say(checkVerb, '--config', folder.file('allclear.yaml'));
  expect(said.code).toBe(1);
  const found = said.out.find((line) => line.includes('allclear.yaml:2:1'));
  expect(found).toContain('unknown key "devises"');
  expect(found).toContain('did you mean "devices"?');
});

test('a configuration that is not there and an unknown option are told apart from problems in a file', async () => {
  folder = await folderOf({});
  await expect(say(checkVerb, '--config', folder.file('none.yaml'))).rejects.toMatchObject({
    code: 'config/file-unreadable',
  });
  await expect(say(checkVerb, '--konfig', 'x')).rejects.toMatchObject({
    code: 'ERR_PARSE_ARGS_UNKNOWN_OPTION',
  });
});

test('a misspelt key hides no other mistake, and a file that is not there is shown where it is named', async () => {
  folder = await folderOf({
    'allclear.yaml': [
      'format: allclear/1',
      'languge: ru',
      'topology: ./gone.json',
      'subscribers: ./gone.csv',
      'rules: ./gone',
      'devices:',
      '  - { id: r-1, address: 192.0.2.1, profile: no/such }',
      'notify: { order: [sms] }',
    ].join('\n'),
  });
  const file = folder.file('allclear.yaml');
  const report = json<Report>(await say(checkVerb, '--config', file, '--json'));
  const places = report.problems.map((one) => `${one.file}:${one.line}:${one.column} ${one.code}`);
  expect(places.sort()).toEqual([
    `${file}:2:1 config/unknown-key`,
    `${file}:3:11 file/unreadable`,
    `${file}:4:14 file/unreadable`,
    `${file}:5:8 file/unreadable`,
    `${file}:7:45 config/unknown-profile`,
    `${file}:8:19 config/unknown-channel`,
  ]);
});

test('of a channel only what its own kind wants is told', async () => {
  folder = await folderOf({
    'allclear.yaml': [
      'format: allclear/1',
      'channels:',
      '  sms: { kind: webhook, url: "https://gw.example/send" }',
      '  mail: { kind: smtp, host: mail.example, from: noc@isp.example, tls: maybe }',
      '  bird: { kind: pigeon }',
      '  none: { url: "https://gw.example/send" }',
    ].join('\n'),
  });
  const said = await say(checkVerb, '--config', folder.file('allclear.yaml'), '--json');
  const told = json<{ problems: readonly { line: number; message: string }[] }>(said).problems;
  expect(told.map(({ line, message }) => `${line} ${message}`).sort()).toEqual([
    '3 "secret" is missing',
    '4 "channels.mail.tls" is "maybe"',
    '5 "channels.bird.kind" is "pigeon"',
    '6 "kind" is missing',
  ]);
});
