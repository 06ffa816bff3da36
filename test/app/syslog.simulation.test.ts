// Syslog of the started daemon: from a line of Debian's logger to the alarm and the journal, and what is not taken.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import type { AlarmJson } from '../../src/edge/http/contract.ts';
import {
  type Daemon,
  dist,
  endAllDaemons,
  folderWith,
  freePorts,
  removeFolders,
  startDaemon,
  until,
} from '../support/daemon.ts';

const run = promisify(execFile);
afterEach(async () => {
  await endAllDaemons();
  await removeFolders();
});

const config = `${freePorts}devices:
  - { id: r-1, address: 127.0.0.1, community: reading, poll: false }
`;

async function log(daemon: Daemon, text: string, ...options: string[]): Promise<void> {
  const [host = '', port = ''] = (await daemon.ready).syslog.split(':');
  await run('logger', ['-n', host, '-P', port, '-p', 'daemon.warning', '-t', 'mib2d', ...options, text]);
}

const down = 'SNMP_TRAP_LINK_DOWN: ifIndex 550, ifAdminStatus up(1), ifOperStatus down(2), ifName ae1';
const up = 'SNMP_TRAP_LINK_UP: ifIndex 550, ifAdminStatus up(1), ifOperStatus up(1), ifName ae1';

const raised = (daemon: Daemon): Promise<readonly AlarmJson[]> =>
  daemon.api.list<AlarmJson>('/alarms?state=raised');

async function dumped(folder: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const main = `${dist}/app/main.js`;
  const { stdout } = await run(process.execPath, [
    main,
    'journal',
    'dump',
    '--data',
    `${folder}/data`,
    '--jsonl',
  ]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
    .filter(({ kind }) => kind === 'syslog');
}

test('a line raises an alarm, the next one ends it, a third proves life; all of them stand in the journal', async () => {
  const folder = await folderWith({ 'allclear.yaml': config });
  const daemon = startDaemon({ folder });
  const { syslog } = await daemon.ready;
  expect(syslog).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
  await log(daemon, down, '-d', '--rfc5424');
  const alarms = await until('the alarm is raised', async () => {
    const found = await raised(daemon);
    return found.length === 1 ? found : undefined;
  });
  expect(alarms[0]).toMatchObject({ resource: 'r-1', cause: 'LINK_DOWN' });
  // A process that dies has its port again, and what it had stored is there.
  await daemon.kill('ingest');
  await until('the line that ends it is taken', async () => {
    await log(daemon, up, '-T', '--octet-count', '--rfc5424').catch(() => undefined);
    return (await raised(daemon)).length === 0;
  });
  await log(daemon, 'nothing that a rule knows', '-T', '--rfc3164');
  await until('it is in the journal', async () =>
    (await dumped(folder)).some(({ text }) => text === 'nothing that a rule knows'),
  );
  expect(await daemon.stop()).toEqual({ code: 0, signal: null });
  const lines = await dumped(folder);
  expect(lines[0]).toMatchObject({ facility: 3, severity: 4, app: 'mib2d', text: down, event: 'raise' });
  expect(lines[0]?.['from']).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(lines.at(-1)).toMatchObject({ event: 'alive', resource: 'r-1', host: expect.any(String) });
});

async function certificate(folder: string, name: string): Promise<string> {
  const [key, cert] = [join(folder, 'syslog.key'), join(folder, 'syslog.pem')];
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-keyout', key, '-out', cert, '-days', '2', '-subj', `/CN=${name}`],
  ]);
  return readFile(cert, 'utf8');
}

/** The name in the certificate that the daemon shows; `message` is sent to it with its octets counted. */
async function overTls(daemon: Daemon, ca: readonly string[], message: string): Promise<unknown> {
  const [host, port] = (await daemon.ready).syslogTls!.split(':');
  const checkServerIdentity = () => undefined;
  const socket = connect({ host: host!, port: Number(port), ca: [...ca], checkServerIdentity });
  await once(socket, 'secureConnect');
  const { CN } = socket.getPeerCertificate().subject;
  socket.end(`${Buffer.byteLength(message)} ${message}`);
  await once(socket, 'close');
  return CN;
}

test('over TLS an alarm of RFC 5674 needs no rule, and SIGHUP brings the renewed certificate', async () => {
  const tls = `${config}syslogTls: { listen: "127.0.0.1:0", cert: syslog.pem, key: syslog.key }\n`;
  const folder = await folderWith({ 'allclear.yaml': tls });
  const first = await certificate(folder, 'first.example');
  const daemon = startDaemon({ folder });
  const alarm = (severity: string): string =>
    `<161>1 - r1 - - - [alarm resource="fan 3" probableCause="coolingFanFailure" perceivedSeverity="${severity}"]`;
  expect(await overTls(daemon, [first], alarm('major'))).toBe('first.example');
  const [found] = await until('the alarm is raised', async () => {
    const list = await raised(daemon);
    return list.length === 1 ? list : undefined;
  });
  expect(found).toMatchObject({ resource: 'r-1', cause: 'FAN_FAIL', perceivedSeverity: 'major' });
  const second = await certificate(folder, 'second.example');
  daemon.signal('SIGHUP');
  await until('the renewed certificate is shown', async () => {
    return (await overTls(daemon, [first, second], alarm('cleared'))) === 'second.example';
  });
  await until('the alarm is over', async () => (await raised(daemon)).length === 0);
});

test('what no device sent is counted and nothing else, until a reload names its device', async () => {
  const folder = await folderWith({ 'allclear.yaml': freePorts });
  const daemon = startDaemon({ folder });
  await log(daemon, down, '-d', '--rfc5424');
  await until('it is counted', async () => {
    const { counters } = await daemon.api.get<{ counters: Record<string, number> }>('/status');
    return counters['syslogDropped'] === 1;
  });
  expect(await raised(daemon)).toEqual([]);
  await writeFile(join(folder, 'allclear.yaml'), config);
  daemon.signal('SIGHUP');
  await until('it is heard', async () => {
    await log(daemon, down, '-d', '--rfc5424');
    return (await raised(daemon)).length === 1;
  });
});

test('a port for syslog that another program has ends the start with 3', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  const folder = await folderWith({ 'allclear.yaml': freePorts });
  const daemon = startDaemon({ folder, args: ['start', '--syslog', `127.0.0.1:${port}`] });
  await expect(daemon.ready).rejects.toThrow(`127.0.0.1:${port}`);
  expect(await daemon.ended).toEqual({ code: 3, signal: null });
  server.close();
});
