/** `check` on configurations with and without mistakes. */
import { writeFile } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { checkVerb } from '../../../src/app/cli/check.ts';
import { openLog } from '../../../src/app/log.ts';
import { realWorld } from '../../../src/app/world.ts';
import { openAgent, recordedRows } from '../../../src/edge/snmp/agent.ts';
import { recordingOf } from '../../../src/edge/snmp/snmprec.ts';
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

test('who judges what where several could is told: own rules before profiles, profiles before shipped rules', async () => {
  folder = await folderOf({
    'allclear.yaml': 'format: allclear/1\nrules: ./rules\n',
    'rules/own.yaml': [
      'format: detection/1',
      'thresholds:',
      '  - { id: my-processor, metric: system.cpu.utilization, cause: CPU_HIGH, above: { major: 99 } }',
    ].join('\n'),
  });
  const said = await say(checkVerb, '--config', folder.file('allclear.yaml'), '--json');
  const lines = json<Report & { checked: string[] }>(said).checked.join('\n');
  expect(lines).toContain('your rule "my-processor" judges in place of the rule "processor"');
  expect(lines).toMatch(
    /your rule "my-processor" \(system\.cpu\.utilization above.*in place of the alarms of/,
  );
  expect(lines).toMatch(
    /the rule "temperature" \(hw\.temperature above.*gives way to the alarms of \d+ profiles/,
  );
});

test('for a person it tells only what is his: which shipped rule judges what, where it is asked for', async () => {
  folder = await folderOf({ 'allclear.yaml': 'format: allclear/1\n' });
  const file = folder.file('allclear.yaml');
  const plain = await say(checkVerb, '--config', file);
  expect(plain.out.join('\n')).not.toContain('gives way');
  const whole = await say(checkVerb, '--config', file, '--judges');
  expect(whole.out.join('\n')).toContain('gives way');
});

test('a configuration in another encoding is refused at the first byte that is none of UTF-8', async () => {
  folder = await folderOf({ 'allclear.yaml': '' });
  const file = folder.file('allclear.yaml');
  await writeFile(
    file,
    Buffer.concat([Buffer.from('format: allclear/1\ndata: '), Buffer.from([0xc4, 0xe0])]),
  );
  await expect(say(checkVerb, '--config', file)).rejects.toThrow(`${file}:2:7 is no UTF-8`);
  await expect(say(checkVerb, '--config', folder.path)).rejects.toThrow('is a folder, not a file');
});

test('names that nearly exist are told with the one that was meant, whatever else is wrong beside them', async () => {
  folder = await folderOf({
    'allclear.yaml': [
      'devices:',
      '  - { id: a, address: "nosuch host", prot: 161, profile: smartax }',
      '  - { id: b, address: 999.1.2.3, profile: huawei/smartxa }',
    ].join('\n'),
  });
  const { problems } = json<Report>(await say(checkVerb, '--config', folder.file('allclear.yaml'), '--json'));
  expect(problems.map(({ line, code, hint }) => `${line} ${code} ${hint}`)).toEqual([
    expect.stringMatching(/^2 config\/device-address .*host name/),
    '2 config/unknown-key did you mean "port"?',
    '2 config/unknown-profile did you mean "huawei/smartax"?',
    expect.stringMatching(/^3 config\/device-address .*four numbers/),
    '3 config/unknown-profile did you mean "huawei/smartax"?',
  ]);
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

test('what a newcomer writes wrong is answered with what to write', async () => {
  folder = await folderOf({
    'allclear.yaml': [
      'format: allclear/1',
      'snmp: { interval: 60 }',
      'devices:',
      '  - { id: r-1, address: 192.0.2.1, comunity: x }',
      '  - { id: r-1, address: 192.0.2.2 }',
      '  - { id: r-3, address: 192.0.2.3 }',
      '  - { id: r-4, address: 192.0.2.3 }',
      '  - { id: r-5, address: 192.0.2.3, community: other }',
      '  - { id: r-6, address: "192.0.2.9:1161" }',
      '  - { id: r-7, address: "::1:161" }',
      '  - { id: r-8, address: "2001:db8::7" }',
      '  - { id: r-9, address: "[2001:db8::8]" }',
    ].join('\n'),
  });
  const said = await say(checkVerb, '--config', folder.file('allclear.yaml'), '--json');
  const told = json<{
    problems: readonly { line: number; message: string; hint?: string; severity: string }[];
  }>(said).problems;
  expect(told.map(({ line, message, hint }) => [line, hint ?? message]).sort()).toEqual([
    [10, 'write address: "::1", port: 161'],
    [12, 'write 2001:db8::8'],
    [2, 'did you mean "60s"?'],
    [4, 'did you mean "community"?'],
    [5, 'the device id "r-1" occurs twice, first in line 4'],
    [7, '"r-4" is asked at the same address as "r-3" in line 6'],
    [9, 'write address: "192.0.2.9", port: 1161'],
  ]);
  expect(told.find(({ line }) => line === 7)?.severity).toBe('warning');
});

test('--probe asks each device once and shows in its line who does not answer', async () => {
  const world = realWorld(openLog({ level: 'silent', role: 'test' }));
  const rows = recordedRows(
    recordingOf([{ oid: '1.3.6.1.2.1.1.3.0', value: { type: 'timeticks', number: 7 } }]),
  );
  const agent = await openAgent(world, {
    ...{ host: '127.0.0.1', port: 0 },
    rowsOf: (community) => (community === 'right' ? rows : undefined),
  });
  try {
    const at = `address: 127.0.0.1, port: ${agent.port}`;
    folder = await folderOf({
      'allclear.yaml': [
        'format: allclear/1',
        'snmp: { timeout: 100ms, retries: 0 }',
        'devices:',
        `  - { id: r-1, ${at}, community: right }`,
        `  - { id: r-2, ${at}, community: wrong }`,
        `  - { id: r-3, ${at}, community: absent, poll: false }`,
      ].join('\n'),
    });
    const file = folder.file('allclear.yaml');
    const said = await say(checkVerb, '--config', file, '--probe', '--json');
    const { problems, checked } = json<Report & { checked: string[] }>(said);
    expect(said.code).toBe(1);
    expect(problems.map(({ line, code }) => `${line} ${code}`)).toEqual(['5 device/no-answer']);
    expect(checked.at(-1)).toBe('1 of 2 devices answer.');
    expect((await say(checkVerb, '--config', file, '--json')).code).toBe(0);
  } finally {
    await agent.close();
  }
});
