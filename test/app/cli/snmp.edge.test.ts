/** `simulate`, `poll` and `discover` against each other over real UDP. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { checkVerb } from '../../../src/app/cli/check.ts';
import { discoverVerb } from '../../../src/app/cli/discover.ts';
import { addressesOf } from '../../../src/app/cli/networks.ts';
import { pollVerb } from '../../../src/app/cli/poll.ts';
import { simulateVerb } from '../../../src/app/cli/simulate.ts';
import { isSnmpdInstalled, startSnmpd } from '../../edge/snmp/debian-snmpd.ts';
import { collectingTerminal, type Folder, folderOf, json, say } from './collecting-terminal.ts';

const recording = [
  '1.3.6.1.2.1.1.1.0|4|A switch\u001b[31m of the test',
  '1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.1',
  '1.3.6.1.2.1.1.3.0|67|4711',
  '1.3.6.1.2.1.1.5.0|4|sw 1/a',
  '1.3.6.1.2.1.2.2.1.1.1|2|1',
  '1.3.6.1.2.1.2.2.1.2.1|4|eth0',
  '1.3.6.1.2.1.2.2.1.7.1|2|1',
  '1.3.6.1.2.1.2.2.1.8.1|2|1',
  '',
].join('\n');

let folder: Folder | undefined;
let stop: (() => Promise<number>) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
  await folder?.remove();
  folder = undefined;
});

/** Runs `simulate` until the test ends, by the signal it would get; answers where it listens. */
async function simulate(
  path: string,
  ...more: readonly string[]
): Promise<{ readonly at: string; readonly recordings: number; readonly complained: readonly string[] }> {
  const { terminal, out, err } = collectingTerminal();
  const running = simulateVerb.run([path, '--listen', '127.0.0.1:0', ...more], terminal);
  await expect.poll(() => out.length, { timeout: 30_000 }).toBe(1);
  stop = () => {
    process.emit('SIGTERM');
    return running;
  };
  const ready = JSON.parse(out[0]!.replace(/^ready /, '')) as { listen: string; recordings: number };
  return { at: ready.listen, recordings: ready.recordings, complained: err };
}

test('a recording that is served is read as device-reading/1, and SIGTERM ends the service well', async () => {
  folder = await folderOf({ 'sw.snmprec': recording });
  const { at, recordings } = await simulate(folder.path);
  expect(recordings).toBe(1);
  const said = await say(pollVerb, at, '--community', 'sw', '--json');
  expect(said.code).toBe(0);
  expect(json(said)).toMatchObject({
    format: 'device-reading/1',
    profile: 'generic',
    device: { sysName: 'sw 1/a', sysUpTimeTicks: 4711 },
    interfaces: [{ ifIndex: 1, ifDescr: 'eth0' }],
  });
  expect(await stop?.()).toBe(0);
  stop = undefined;
});

test('the summary for people lets no control character of a device through', async () => {
  folder = await folderOf({ 'sw.snmprec': recording });
  const { at } = await simulate(folder.path);
  const { out } = await say(pollVerb, at, '--community', 'sw', '--lang', 'ru');
  expect(out.join('\n')).toContain('отвечает');
  expect(out.join('\n')).not.toContain('\u001b');
});

test('the summary marks what is down, groups readings by object, and says what to do with a device that nobody knows', async () => {
  const more = [
    '1.3.6.1.2.1.2.2.1.1.2|2|2',
    '1.3.6.1.2.1.2.2.1.2.2|4|eth1',
    '1.3.6.1.2.1.2.2.1.7.2|2|1',
    '1.3.6.1.2.1.2.2.1.8.2|2|2',
    '1.3.6.1.2.1.47.1.1.1.1.7.5|4|Temp inlet',
    '1.3.6.1.2.1.99.1.1.1.1.5|2|8',
    '1.3.6.1.2.1.99.1.1.1.2.5|2|9',
    '1.3.6.1.2.1.99.1.1.1.3.5|2|1',
    '1.3.6.1.2.1.99.1.1.1.4.5|2|415',
    '1.3.6.1.2.1.99.1.1.1.5.5|2|1',
  ];
  folder = await folderOf({ 'sw.snmprec': `${recording}${more.join('\n')}\n` });
  const { at } = await simulate(folder.path);
  const said = (await say(pollVerb, at, '--community', 'sw')).out.join('\n');
  expect(said).toMatch(/^! +2 +eth1 +down/m);
  expect(said).toMatch(/^ +1 +eth0 +up/m);
  expect(said).toMatch(/hw\.temperature +41\.5 °C/);
  expect(said).toContain('No profile knows this device (sysObjectID 1.3.6.1.4.1.99999.1)');
  expect(said).toContain('They answered: base/entity-sensor, base/if-mib.');
  expect(said).toContain(`allclear record ${at}`);
  const quiet = await say(pollVerb, at, '--community', 'sw', '--quiet');
  expect([quiet.code, quiet.err]).toEqual([0, []]);
  expect(quiet.out.join('\n')).toMatch(
    /^sw 1\/a answered: profile generic, 2 interfaces, \d+ readings, \d+ objects\.$/,
  );
});

test('recordings are served whatever order they are in; lines that are no rows and files without one are named and left out', async () => {
  const odd = [
    '1.3.6.1.2.1.1.5.0|4|first',
    '.1.3.6.1.2.1.1.1.0|4e|A\\x20switch',
    'garbage',
    '1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.9',
    '1.3.6.1.2.1.4.20.1.1.192.0.2.1|64x|c0000201',
    '1.3.6.1.2.1.1.5.0|4|last\r',
    '1.3.6.1.2.1.1.3.0|67|12',
    '1.3.6.1.2.1.2.2.1.6.1|4x|zz',
    '1.3.6.1.2.1.2.2.1.1.1|2:numeric|rate=1',
  ];
  folder = await folderOf({
    ...{ 'odd.snmprec': odd.join('\n'), 'empty.snmprec': '', 'binary.snmprec': '\u0000\u0001\n\u0002' },
    'folder.snmprec/inside': '',
  });
  const { at, complained } = await simulate(folder.path, '--latency', '1ms', '--lang', 'ru');
  const [binary, empty, inner, lines] = complained;
  expect(binary).toMatch(/binary\.snmprec {2}error {2}no line is a row OID\|TAG\|VALUE/);
  expect(empty).toMatch(/empty\.snmprec {2}error/);
  expect(inner).toMatch(/folder\.snmprec {2}error {2}the file cannot be read/);
  expect(lines).toMatch(/odd\.snmprec:3:1 {2}warning {2}this line and 2 more are no row/);
  const said = await say(pollVerb, at, '--community', 'odd', '--json');
  expect(json(said)).toMatchObject({ device: { sysName: 'last', sysDescr: 'A switch', sysUpTimeTicks: 12 } });
  await expect(say(simulateVerb, folder.path, '--loss', '2')).rejects.toMatchObject({ code: 'usage/loss' });
});

test('a community may come from a file, so that it stands in no list of processes', async () => {
  folder = await folderOf({ 'sw.snmprec': recording, secret: 'sw\n' });
  const { at } = await simulate(folder.path);
  expect((await say(pollVerb, at, '--community', `@${folder.file('secret')}`, '--json')).code).toBe(0);
});

test('a wrong community is silence and exits 3; a wrong option is usage', async () => {
  folder = await folderOf({ 'sw.snmprec': recording });
  const { at } = await simulate(folder.path);
  const said = await say(pollVerb, at, '--community', 'wrong', '--timeout', '100ms', '--retries', '0');
  expect(said.code).toBe(3);
  expect(said.err.join()).toContain('no answer');
  await expect(say(pollVerb, at, '--timeout', 'soon')).rejects.toMatchObject({ code: 'usage/timeout' });
  await expect(say(pollVerb, at, '--profile', 'generik')).rejects.toMatchObject({ code: 'usage/profile' });
  await expect(say(pollVerb, at, '--v3-user', 'u', '--v3-level', 'authPriv')).rejects.toMatchObject({
    code: 'usage/v3-key',
  });
  await expect(say(pollVerb)).rejects.toMatchObject({ code: 'usage/argument' });
});

test('a folder without recordings is a problem, an address in use is not reachable', async () => {
  folder = await folderOf({});
  await expect(say(simulateVerb, folder.path, '--listen', '127.0.0.1:0')).rejects.toMatchObject({
    code: 'simulate/empty',
  });
  await expect(say(simulateVerb, folder.file('none'))).rejects.toMatchObject({ code: 'simulate/folder' });
});

test('a scan proposes what was found as YAML that the configuration takes', async () => {
  folder = await folderOf({ 'sw.snmprec': recording });
  const { at } = await simulate(folder.path);
  const port = at.split(':')[1]!;
  const said = await say(
    discoverVerb,
    '127.0.0.1/32',
    '--port',
    port,
    '--community',
    'sw',
    '--links',
    '--json',
  );
  expect(said.code).toBe(0);
  const found = json<{ asked: number; found: number; yaml: string; devices: { profile: string }[] }>(said);
  expect(found).toMatchObject({
    asked: 1,
    found: 1,
    devices: [{ address: '127.0.0.1', profile: 'generic' }],
  });
  await writeFile(folder.file('allclear.yaml'), `format: allclear/1\n${found.yaml}\n`);
  const checked = json<{ problems: { file: string }[] }>(
    await say(checkVerb, '--config', folder.file('allclear.yaml'), '--json'),
  );
  expect(checked.problems.filter(({ file }) => file === folder!.file('allclear.yaml'))).toEqual([]);
  expect(found.yaml).toContain('id: "sw-1-a"');
});

test('networks are counted out host by host and refused when they are too large', () => {
  expect(addressesOf(['192.0.2.8/30', '192.0.2.10/31'])).toEqual(['192.0.2.9', '192.0.2.10', '192.0.2.11']);
  expect(addressesOf(['10.0.0.0/16']).length).toBe(65_534);
  expect(() => addressesOf(['10.0.0.0/15'])).toThrow('at most 65536');
  expect(() => addressesOf(['10.0.0.0/33'])).toThrow('is no IPv4 network');
  expect(() => addressesOf(['::/120'])).toThrow('is no IPv4 network');
  expect(() => addressesOf([])).toThrow('at least one network');
  expect(addressesOf(['2001:db8::7', '192.0.2.8/32', '2001:db8::7'])).toEqual(['192.0.2.8', '2001:db8::7']);
});

const recordings = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data', 'devices');
const hasRecordings = existsSync(recordings);
const isCi = process.env['CI'] === 'true';
const noRecordings = hasRecordings ? '' : ' (left out: the folder ../shared/data/devices is missing)';

test.runIf(hasRecordings || isCi)(
  `real recordings are served all and read through the verb${noRecordings}`,
  async () => {
    const { at, recordings: count } = await simulate(recordings);
    expect(count).toBe(71);
    const said = await say(pollVerb, at, '--community', 'arista_eos_vrf', '--json');
    expect(said).toMatchObject({ code: 0, err: [] });
    expect(json(said)).toMatchObject({ format: 'device-reading/1' });
  },
);

const noSnmpd = isSnmpdInstalled ? '' : ' (left out: /usr/sbin/snmpd is missing)';

test.runIf(isSnmpdInstalled || isCi)(
  `a v3 user's keys come from files and open Debian's agent${noSnmpd}`,
  async () => {
    const snmpd = await startSnmpd();
    try {
      folder = await folderOf({
        auth: `${snmpd.authKey}\n`,
        priv: `${snmpd.privKey}\n`,
        wrong: 'not-the-key\n',
      });
      const user = ['--v3-user', 'reader', '--v3-auth', 'sha256', '--v3-priv-key', `@${folder.file('priv')}`];
      const at = `127.0.0.1:${snmpd.port}`;
      const said = await say(pollVerb, at, ...user, '--v3-auth-key', `@${folder.file('auth')}`, '--json');
      expect(said).toMatchObject({ code: 0, err: [] });
      expect(json(said)).toMatchObject({ format: 'device-reading/1', device: { sysName: 'test-host' } });
      const refused = await say(pollVerb, at, ...user, '--v3-auth-key', `@${folder.file('wrong')}`, '--json');
      expect(refused.code).toBe(4);
      expect(refused.err.join()).toContain('refuses the user');
      // Most agents drop what they cannot decrypt: only a second question tells it from a device that is off.
      const keys = ['--v3-auth-key', `@${folder.file('auth')}`, '--v3-priv-key', `@${folder.file('wrong')}`];
      const quick = ['--timeout', '400ms', '--retries', '0'];
      const halfRight = await say(pollVerb, at, ...user.slice(0, 4), ...keys, ...quick);
      expect(halfRight).toMatchObject({ code: 4, out: [] });
      expect(halfRight.err.join()).toContain('authentication passed, the privacy key or protocol is wrong');
    } finally {
      await snmpd.stop();
    }
  },
);

test('an IPv6 address with a port but no brackets is answered with the brackets', async () => {
  const quick = ['--timeout', '50ms', '--retries', '0'];
  await expect(say(pollVerb, '::1:16101', ...quick)).rejects.toThrow('has brackets: [::1]:16101');
  // It may be meant: an address of its own.
  const said = await say(pollVerb, '::1:161', ...quick);
  expect(said.err.at(-1)).toBe('If the end of it is a port, write [::1]:161');
});
