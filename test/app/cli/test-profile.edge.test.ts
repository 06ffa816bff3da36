/** `test profile` and `check` on profiles of one's own: a device is added without a line of TypeScript. */
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { checkVerb } from '../../../src/app/cli/check.ts';
import { testVerb } from '../../../src/app/cli/test-channel.ts';
import { type Folder, folderOf, json, say } from './collecting-terminal.ts';

let folder: Folder;
afterEach(() => folder.remove());

const profile = `id: lab/olt
extends: [base/system]
match: { sysObjectID: [1.3.6.1.4.1.99999.1] }
identity: { vendor: Lab, os: labos, version: { descr: 'Version ([0-9.]+)' } }
tables:
  ont:
    oid: 1.3.6.1.4.1.99999.5.1
    index: { ifIndex: integer, onu: integer }
    object: { kind: ont, key: serial, parent: 'pon-port/{ifIndex}' }
    attributes: { serial: { col: 4, as: gponSerial } }
    states: [{ col: 3, name: ont.state, map: { 1: up, 2: down } }]
    metrics: [{ col: 6, name: optical.rx, unit: 'dB[mW]', expr: '(v - 10000) / 100', nullWhen: { col: 3, is: [2] } }]
tests:
  - rows:
      1.3.6.1.2.1.1.1.0: [octets, 'Lab Version 4.2']
      1.3.6.1.2.1.1.2.0: [oid, 1.3.6.1.4.1.99999.1.7]
      1.3.6.1.4.1.99999.5.1.3.4194304000.1: [integer, 1]
      1.3.6.1.4.1.99999.5.1.4.4194304000.1: [octets, '0x41434D4512345678']
      1.3.6.1.4.1.99999.5.1.6.4194304000.1: [integer, 8000]
      1.3.6.1.4.1.99999.5.1.3.4194304000.2: [integer, 2]
      1.3.6.1.4.1.99999.5.1.6.4194304000.2: [integer, 8000]
    expect:
      profile: lab/olt
      version: '4.2'
      'ont/4194304000.1 key': ACME12345678
      'ont/4194304000.1 optical.rx': -20
      'ont/4194304000.2 optical.rx': null
      'ont/4194304000.1 parent': pon-port/4194304000
      'objects ont': 2
  - recording: nobody-has-it
    expect: { os: labos }
`;

interface Tested {
  readonly profiles: number;
  readonly tests: number;
  readonly failed: number;
  readonly leftOut: readonly string[];
  readonly problems: readonly { readonly file: string; readonly line: number; readonly message: string }[];
}

test('a profile that reads what it says passes; a recording that is not there is named', async () => {
  folder = await folderOf({ 'olt.yaml': profile });
  const said = await say(testVerb, 'profile', folder.file('olt.yaml'), '--json');
  const { profiles, tests, failed, leftOut } = json<Tested>(said);
  expect({ profiles, tests, failed, leftOut }).toEqual({
    ...{ profiles: 1, tests: 1, failed: 0 },
    leftOut: ['lab/olt: nobody-has-it'],
  });
  expect(said.code).toBe(0);
});

test('an expectation that fails is told in its place, and the exit code is 1', async () => {
  folder = await folderOf({ 'own/olt.yaml': profile.replace("optical.rx': -20", "optical.rx': -19") });
  const said = await say(testVerb, 'profile', folder.file('own'));
  expect(said.out[0]).toBe(
    `${folder.file('own/olt.yaml')}:26:38  error  ont/4194304000.1 optical.rx: -20 was read, not -19`,
  );
  expect(said.code).toBe(1);
});

test('a device that another profile takes is told', async () => {
  folder = await folderOf({
    'olt.yaml': profile.replace('[oid, 1.3.6.1.4.1.99999.1.7]', '[oid, 1.3.6.1.4.1.99999.2]'),
  });
  const { problems } = json<Tested>(await say(testVerb, 'profile', folder.file('olt.yaml'), '--json'));
  expect(problems.map(({ message }) => message)).toContain('the device is taken for generic');
});

test('a test runs on a recording of the folder that is named', async () => {
  folder = await folderOf({
    'olt.yaml': profile.replace(/ {2}- rows:[\s\S]*'objects ont': 2\n/, ''),
    'recordings/nobody-has-it.snmprec': '1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.1.7\n',
  });
  const said = await say(
    testVerb,
    'profile',
    folder.file('olt.yaml'),
    '--recordings',
    folder.file('recordings'),
    '--json',
  );
  expect(json<Tested>(said)).toMatchObject({ tests: 1, failed: 0, leftOut: [] });
});

test("check reads the folders of one's own profiles and says what is wrong in them", async () => {
  folder = await folderOf({
    'allclear.yaml':
      'profiles: [./ours, ./missing]\ndevices:\n  - { id: olt-1, address: 192.0.2.1, profile: lab/olt }\n',
    'ours/olt.yaml': profile,
    'ours/bad.yaml': profile
      .replace('lab/olt', 'lab/bad')
      .replace("unit: 'dB[mW]'", "unit: 'dBm'")
      .replace('extends: [base/system]', 'extends: [base/sistem]'),
    'ours/round.yaml': 'id: lab/round\nextends: [lab/round]\n',
  });
  const { problems } = json<Tested>(await say(checkVerb, '--config', folder.file('allclear.yaml'), '--json'));
  const own = problems.filter(({ file }) => file.startsWith(folder.path));
  expect(
    own.map(({ file, line, message }) => `${file.slice(folder.path.length + 1)}:${line} ${message}`),
  ).toEqual([
    `allclear.yaml:1 ${folder.file('missing')}: the folder is not there`,
    'ours/bad.yaml:2 there is no profile "base/sistem"',
    'ours/bad.yaml:12 "dBm" is no UCUM unit known here',
    'ours/round.yaml:2 "lab/round" extends itself',
  ]);
});

test('what holds no profile, or none that can be read, is no success', async () => {
  folder = await folderOf({ 'broken/olt.yaml': 'id: [\n', 'none/README.md': '' });
  await expect(say(testVerb, 'profile', folder.file('none'))).rejects.toMatchObject({ code: 'profile/none' });
  const said = await say(testVerb, 'profile', folder.file('broken'));
  expect(said.code).toBe(1);
  expect(said.out.join('\n')).toMatch(/olt\.yaml:2:1 {2}error[\s\S]*not tested: 1/);
  await expect(
    say(testVerb, 'profile', folder.file('broken'), '--recordings', folder.file('nowhere')),
  ).rejects.toMatchObject({ code: 'usage/recordings' });
});

test('what is no text at all is refused in its place, with what to do, and never waited for', async () => {
  folder = await folderOf({
    'own/text.yaml': 'id: lab/a\nname: "nul\0"\n',
    'own/bomb.yaml': `a: &a [x]\nb: &b [${'*a, '.repeat(20)}*a]\nc: &c [${'*b, '.repeat(20)}*b]\nd: [${'*c, '.repeat(20)}*c]\n`,
    'own/deep.yaml': `id: lab/b\nx: ${'['.repeat(101)}`,
    'own/long.yaml': `id: ${'x'.repeat(2 ** 20)}`,
    'own/shown.yaml': 'id: "\\e[2Jlab"\n',
  });
  await writeFile(folder.file('own/latin.yaml'), Buffer.from('id: lab/c\nname: caf\xe9\n', 'latin1'));
  await writeFile(folder.file('own/utf16.yaml'), Buffer.from('\ufeffid: lab/d\n', 'utf16le'));
  execFileSync('mkfifo', [folder.file('own/pipe.yaml')]);
  await mkdir(folder.file('own/folder.yaml'));
  const said = await say(testVerb, 'profile', folder.file('own'));
  const of = (name: string): string[] => {
    const at = said.out.findIndex((line) => line.startsWith(folder.file(`own/${name}.yaml`)));
    return said.out[at]!.slice(folder.file('own').length + 1).split('\n    ');
  };
  expect(of('text')).toEqual([
    'text.yaml:2:11  error  the file holds the control character U+0000',
    'no YAML has such: is it a binary file?',
  ]);
  expect(of('bomb')).toEqual([
    'bomb.yaml:2:8  error  aliases stand for more than 100 copies of one another, from "*a" on',
    'write the values out',
  ]);
  expect(of('deep')[0]).toBe('deep.yaml:2:104  error  the file is nested more than 100 deep from here');
  expect(of('long')[0]).toBe('long.yaml:1:1  error  the file is larger than 1 MiB');
  expect(of('latin')[0]).toBe('latin.yaml:2:10  error  the file is no UTF-8');
  expect(of('utf16')).toEqual(['utf16.yaml:1:1  error  the file is UTF-16', 'save the file as UTF-8']);
  expect(of('pipe')[0]).toBe('pipe.yaml  error  the file is a pipe or device, not a file');
  expect(of('folder')[0]).toBe('folder.yaml  error  the file is a folder, not a file');
  expect(said.out.join('')).not.toContain('\x1b');
  expect(said.code).toBe(1);
});
