/** Reading the configuration again while the daemon runs: all of it or nothing, and the processes live on. */
import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import {
  type Daemon,
  dist,
  endAllDaemons,
  folderWith,
  freePorts,
  removeFolders,
  startDaemon,
  token,
  until,
} from '../support/daemon.ts';

afterEach(async () => {
  await endAllDaemons();
  await removeFolders();
});

const run = promisify(execFile);
const linkDown = '1.3.6.1.6.3.1.1.5.3';
const fastConfirm = 'confirm: { stableFor: 1m }\n';

interface Alarm {
  readonly resource: string;
  readonly state: string;
  readonly clearReason: string | null;
}

async function sendTrap(daemon: Daemon, as: readonly string[], ifIndex: number): Promise<void> {
  const { traps } = await daemon.ready;
  const varbind = [`1.3.6.1.2.1.2.2.1.1.${ifIndex}`, 'i', String(ifIndex)];
  await run('snmptrap', [...as, traps, '', linkDown, ...varbind]);
}

const alarms = async (daemon: Daemon): Promise<readonly Alarm[]> =>
  ((await daemon.api.get('/alarms?limit=1000')) as { items: Alarm[] }).items;

const counters = async (daemon: Daemon): Promise<Readonly<Record<string, number>>> =>
  ((await daemon.api.get('/status')) as { counters: Record<string, number> }).counters;

/** Status and body; the support's client takes refusals for errors. */
async function reload(daemon: Daemon): Promise<{ status: number; body: Record<string, unknown> }> {
  const { http } = await daemon.ready;
  const answer = await fetch(`${http}/api/v1/reload`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

/** Inputs of that kind in the journal of a daemon that has ended. */
async function journaled<T>(folder: string, kind: string): Promise<readonly T[]> {
  const argv = ['journal', 'dump', '--data', join(folder, 'data'), '--jsonl'];
  const { stdout } = await run(process.execPath, [join(dist, 'app', 'main.js'), ...argv]);
  return stdout
    .split('\n')
    .filter((line) => line.includes(`"kind":"${kind}"`))
    .map((line) => JSON.parse(line) as T);
}

const device = (id: string, community: string): string =>
  `  - { id: ${id}, address: 127.0.0.1, port: 9, community: ${community}, poll: false }\n`;

test('SIGHUP lets a new community in and an old one out, on the same socket and in the same processes', async () => {
  const folder = await folderWith({ 'allclear.yaml': `${freePorts}devices:\n${device('r-1', 'old-word')}` });
  const daemon = startDaemon({ folder });
  const { traps } = await daemon.ready;
  const before = daemon.roles();
  await sendTrap(daemon, ['-v2c', '-c', 'new-word'], 1);
  await until('the stranger is counted', async () => (await counters(daemon))['trapsDropped'] === 1);
  await writeFile(
    join(folder, 'allclear.yaml'),
    `${freePorts}devices:\n${device('r-2', 'new-word')}  - { id: r-3, address: 127.0.0.3, poll: false, v3: { user: u, level: authPriv, authKey: word-for-auth, privKey: word-for-priv } }\n`,
  );
  daemon.signal('SIGHUP');
  await until('it is in force', () => daemon.errors().includes('is in force'));
  await sendTrap(daemon, ['-v2c', '-c', 'new-word'], 2);
  const v3 = ['-v3', '-e', '0x8000000001020305', '-u', 'u', '-l', 'authPriv'];
  await sendTrap(daemon, [...v3, '-a', 'SHA', '-A', 'word-for-auth', '-x', 'AES', '-X', 'word-for-priv'], 3);
  const raised = await until('both are alarms', async () => {
    const found = (await alarms(daemon)).map(({ resource }) => resource).sort();
    return found.length === 2 ? found : undefined;
  });
  expect(raised).toEqual(['r-2/if/2', 'r-2/if/3']);
  await sendTrap(daemon, ['-v2c', '-c', 'old-word'], 4);
  await until(
    'the old word is one of a stranger',
    async () => (await counters(daemon))['trapsDropped'] === 2,
  );
  expect((await daemon.ready).traps).toBe(traps);
  expect(daemon.roles()).toEqual(before);
});

test('a reload that finds mistakes names each in its place and changes nothing, not even for a role that dies then', async () => {
  const sound = `${freePorts}rules: ./rules\ntopology: ./topology.json\ndevices:\n${device('r-1', 'word')}`;
  const folder = await folderWith({
    'allclear.yaml': sound,
    'topology.json':
      '{ "format": "allclear-topology/1", "resources": [ { "id": "core-1", "kind": "core" } ] }',
    'rules/own.yaml': 'format: detection/1\n',
  });
  const daemon = startDaemon({ folder });
  await daemon.ready;
  await writeFile(join(folder, 'allclear.yaml'), sound.replace('word', 'other').replace('address', 'adress'));
  await writeFile(join(folder, 'rules', 'own.yaml'), 'format: detection/2\n');
  await writeFile(join(folder, 'topology.json'), '{ "resources": [');
  const { status, body } = await reload(daemon);
  expect(status).toBe(422);
  expect(body['detail']).toBe('Nothing was applied; the running configuration stays.');
  await until('the place is told', () => /allclear\.yaml:8:\d+ {2}error .*adress/.test(daemon.errors()));
  await daemon.kill('ingest');
  await sendTrap(daemon, ['-v2c', '-c', 'word'], 1).catch(() => undefined);
  await until('the old word is still known', async () => {
    await sendTrap(daemon, ['-v2c', '-c', 'word'], 1);
    return (await alarms(daemon)).length > 0;
  });
  expect(await counters(daemon)).toMatchObject({ reloads: 1, reloadsRefused: 1 });
});

test('a rule, a topology and a list of subscribers that break are all told at once', async () => {
  const sound = `${freePorts}rules: ./rules\ntopology: ./topology.json\nsubscribers: ./subscribers.csv\n`;
  const folder = await folderWith({
    'allclear.yaml': sound,
    'topology.json':
      '{ "format": "allclear-topology/1", "resources": [ { "id": "core-1", "kind": "core" } ] }',
    'subscribers.csv': 'id,resource\ns-1,core-1\n',
    'rules/own.yaml': 'format: detection/1\n',
  });
  const daemon = startDaemon({ folder });
  await daemon.ready;
  await writeFile(join(folder, 'rules', 'own.yaml'), 'format: detection/2\n');
  await writeFile(join(folder, 'topology.json'), '{ "format": "allclear-topology/1", "resources": [');
  await writeFile(join(folder, 'subscribers.csv'), 'id,resource,class\ns-1,core-1,duke\n');
  const { status, body } = await reload(daemon);
  expect(status).toBe(422);
  const places = (body['problems'] as { file: string; line: number }[]).map(
    ({ file, line }) => `${file.replace(`${folder}/`, '')}:${line}`,
  );
  expect(places).toEqual(['rules/own.yaml:1', 'topology.json:1', 'subscribers.csv:2']);
  expect(await daemon.api.get('/subscribers/s-1')).toMatchObject({ resource: 'core-1' });
  await writeFile(join(folder, 'rules', 'own.yaml'), 'format: detection/1\n');
  await writeFile(
    join(folder, 'topology.json'),
    '{ "format": "allclear-topology/1", "resources": [ { "id": "core-1", "kind": "core" }, { "id": "olt-1", "kind": "olt" } ] }',
  );
  await writeFile(join(folder, 'subscribers.csv'), 'id,resource\ns-1,olt-1\ns-2,olt-1\n');
  expect(await reload(daemon)).toEqual({
    status: 200,
    body: { applied: true, needsRestart: [], problems: [] },
  });
  expect(await daemon.api.get('/subscribers/s-1')).toMatchObject({ resource: 'olt-1' });
  expect(await daemon.api.get('/subscribers/s-2')).toMatchObject({ resource: 'olt-1' });
});

test('a device that is taken out ends what was held against it; addresses wait for the next start', async () => {
  const polled = `${freePorts}snmp: { interval: 1s, timeout: 200ms, retries: 0 }\n${fastConfirm}`;
  const silent = '  - { id: r-9, address: 127.0.0.1, port: 9, community: word }\n';
  const folder = await folderWith({ 'allclear.yaml': `${polled}devices:\n${silent}` });
  const daemon = startDaemon({ folder });
  await daemon.ready;
  await until('the silent device is an alarm', async () => (await alarms(daemon)).length === 1);
  await writeFile(
    join(folder, 'allclear.yaml'),
    `${polled.replace('http: 127.0.0.1:0', 'http: 127.0.0.1:1')}data: ./other\n`,
  );
  const { status, body } = await reload(daemon);
  expect(status).toBe(200);
  expect(body['needsRestart']).toEqual(['data', 'http']);
  await until('its alarm ends', async () => (await alarms(daemon))[0]?.clearReason === 'reconciled');
  expect(await daemon.api.get('/devices')).toMatchObject({ total: 0 });
});

test('a rule file that is broken at start is told with its place and the daemon starts without it', async () => {
  const folder = await folderWith({
    'allclear.yaml': `${freePorts}rules: ./rules\n`,
    'rules/own.yaml': 'format: detection/1\nthresholds: 7\n',
    'collectors/own.yaml': 'id: [\n',
  });
  const daemon = startDaemon({ folder });
  await daemon.ready;
  expect(daemon.errors()).toMatch(/rules\/own\.yaml:2:\d+ {2}error/);
  expect(daemon.errors()).toMatch(/collectors\/own\.yaml:\d:\d+ {2}error/);
});

test('a rule set enters the line when it differs, and its text is kept by its hash', async () => {
  const folder = await folderWith({
    'allclear.yaml': `${freePorts}rules: ./rules\n`,
    'rules/own.yaml': 'format: detection/1\n',
  });
  const daemon = startDaemon({ folder });
  await daemon.ready;
  expect((await reload(daemon)).status).toBe(200);
  await writeFile(join(folder, 'rules', 'own.yaml'), 'format: detection/1\n# another\n');
  expect((await reload(daemon)).status).toBe(200);
  await daemon.stop();
  const again = startDaemon({ folder });
  await again.ready;
  await again.stop();
  const sets = (await journaled<{ rules: string }>(folder, 'ruleSet')).map(({ rules }) => rules);
  expect(new Set(sets).size).toBe(2);
  expect(sets).toHaveLength(2);
  const kept = JSON.parse(await readFile(join(folder, 'data', 'contents', sets[1]!), 'utf8')) as {
    files: { path: string; text: string }[];
  };
  expect(kept.files.at(-1)).toEqual({ path: 'own.yaml', text: 'format: detection/1\n# another\n' });
});

test('a channel and members of staff come and go with the configuration', async () => {
  const staff = 'staff: [ { id: irina, skills: [fibre] } ]\n';
  const channel =
    'channels:\n  sms: { kind: webhook, url: "http://127.0.0.1:9/send", secret: s, allowPrivate: true }\n';
  const folder = await folderWith({ 'allclear.yaml': `${freePorts}${staff}` });
  const daemon = startDaemon({ folder });
  await daemon.ready;
  await writeFile(join(folder, 'allclear.yaml'), `${freePorts}${channel}`);
  expect((await reload(daemon)).status).toBe(200);
  expect(await counters(daemon)).toHaveProperty('notices_sms_sent');
  await writeFile(join(folder, 'allclear.yaml'), `${freePorts}${staff}`);
  expect((await reload(daemon)).status).toBe(200);
  expect(await counters(daemon)).not.toHaveProperty('notices_sms_sent');
  await daemon.stop();
  const states = (await journaled<{ staff: { state: string } }>(folder, 'staffChange')).map(
    ({ staff }) => staff.state,
  );
  expect(states).toEqual(['available', 'off', 'available']);
});

test('a topology and a list that cannot be read at a later start leave in force what was known', async () => {
  const folder = await folderWith({
    'allclear.yaml': `${freePorts}topology: ./topology.json\nsubscribers: ./subscribers.csv\n`,
    'topology.json':
      '{ "format": "allclear-topology/1", "resources": [ { "id": "core-1", "kind": "core" } ] }',
    'subscribers.csv': 'id,resource\ns-1,core-1\n',
  });
  const first = startDaemon({ folder });
  await first.ready;
  await first.stop();
  await writeFile(join(folder, 'topology.json'), '{ "format": "allclear-topology/1", "resources": [');
  await rm(join(folder, 'subscribers.csv'));
  const second = startDaemon({ folder });
  await second.ready;
  expect(second.errors()).toMatch(/topology\.json:1:\d+ {2}error/);
  expect(second.errors()).toContain('subscribers.csv cannot be read');
  expect(await second.api.get('/subscribers/s-1')).toMatchObject({ resource: 'core-1' });
  await second.stop();
  expect(await journaled(folder, 'topologyVersion')).toHaveLength(1);
});

test('rules are rolled back as a whole, stay so through a restart, and come forward again', async () => {
  const rules = (cause: string): string => `format: detection/1
traps:
  - { id: own-door, oid: 1.3.6.1.4.1.99999.0.1, raise: ${cause}, severity: minor }
`;
  const folder = await folderWith({
    'allclear.yaml': `${freePorts}rules: ./rules\nsnmp: { trapCommunities: [public] }\ndevices: [{ id: box, address: 127.0.0.1, poll: false }]\n`,
    'rules/own.yaml': rules('DOOR_OPEN'),
  });
  let daemon = startDaemon({ folder });
  await daemon.ready;
  const rollBack = async (): Promise<number> => {
    const answer = await fetch(`${(await daemon.ready).http}/api/v1/rules/rollback`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{}',
    });
    return answer.status;
  };
  const causeNow = async (): Promise<string> => {
    const before = new Set(
      (await daemon.api.list<{ id: string; changedAt: string }>('/alarms')).map(
        ({ id, changedAt }) => id + changedAt,
      ),
    );
    const { traps } = await daemon.ready;
    await run('snmptrap', ['-v2c', '-c', 'public', traps, '', '1.3.6.1.4.1.99999.0.1']);
    return until('the trap is an alarm', async () => {
      const all = await daemon.api.list<{ id: string; changedAt: string; cause: string }>('/alarms');
      return all.find(({ id, changedAt }) => !before.has(id + changedAt))?.cause;
    });
  };
  expect(await rollBack()).toBe(409);
  await writeFile(join(folder, 'rules/own.yaml'), rules('SMOKE'));
  expect((await reload(daemon)).status).toBe(200);
  expect(await causeNow()).toBe('SMOKE');
  expect(await rollBack()).toBe(200);
  expect(await causeNow()).toBe('DOOR_OPEN');
  expect((await daemon.stop()).code).toBe(0);
  daemon = startDaemon({ folder });
  await daemon.ready;
  expect(await causeNow()).toBe('DOOR_OPEN');
  expect(await rollBack()).toBe(200);
  expect(await causeNow()).toBe('SMOKE');
});
