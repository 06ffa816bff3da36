// Probes against real servers on loopback: what each kind takes for good, and what it says is wrong.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { days, seconds } from '../../../src/base/instant.ts';
import { Secret } from '../../../src/base/secret.ts';
import { decodeDns, encodeDns } from '../../../src/edge/probe/dns-message.ts';
import { echo, echoOutcome, fpingEchoes, hasFping } from '../../../src/edge/probe/echo.ts';
import { openProber } from '../../../src/edge/probe/prober.ts';
import { resourceId } from '../../../src/model/ids.ts';
import type { Probe, ProbeOutcome } from '../../../src/model/probe.ts';
import { realWorld } from '../../support/real-world.ts';

const world = realWorld();
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const common = {
  id: 'probe',
  resource: resourceId('crm'),
  everyMs: seconds(60),
  timeoutMs: seconds(5),
  allowPrivate: false,
  limits: {},
  raiseAfter: 3,
  clearAfter: 2,
};

/** The kind's own fields over the common ones. */
const probe = (fields: object): Promise<ProbeOutcome> =>
  openProber(world).probe({ ...common, ...fields } as unknown as Probe);

async function listening(server: Server): Promise<number> {
  await new Promise<void>((bound) => server.listen(0, '127.0.0.1', bound));
  closing.push(() => server.close());
  return (server.address() as { port: number }).port;
}

async function udpServer(
  answering: (request: Buffer, send: (answer: Buffer) => void) => void,
): Promise<number> {
  const socket = createSocket('udp4');
  closing.push(() => socket.close());
  socket.on('message', (request, from) =>
    answering(request, (answer) => socket.send(answer, from.port, from.address)),
  );
  await new Promise<void>((bound) => socket.bind(0, '127.0.0.1', bound));
  return socket.address().port;
}

const closedPort = async (): Promise<number> => {
  const server = createServer();
  const port = await listening(server);
  await new Promise((closed) => server.close(closed));
  closing.length = 0;
  return port;
};

test('a TCP port that takes connections is up; one that refuses them, and a name without an address, are not', async () => {
  const port = await listening(createServer((socket) => socket.destroy()));
  expect(await probe({ kind: 'tcp', host: '127.0.0.1', port })).toMatchObject({
    latencyMs: expect.any(Number),
  });
  expect(await probe({ kind: 'tcp', host: '127.0.0.1', port: await closedPort() })).toMatchObject({
    fault: 'noAnswer',
  });
  expect(await probe({ kind: 'tcp', host: 'nowhere.invalid', port })).toMatchObject({ fault: 'noAnswer' });
});

test('a name that leads to a private address is refused unless that is allowed', async () => {
  const port = await listening(createServer((socket) => socket.destroy()));
  expect(await probe({ kind: 'tcp', host: 'localhost', port })).toMatchObject({ fault: 'refused' });
  expect((await probe({ kind: 'tcp', host: 'localhost', port, allowPrivate: true })).fault).not.toBe(
    'refused',
  );
});

test('a page is judged by its status and its text; a redirect is not followed', async () => {
  let status = 200;
  const port = await listening(
    createHttpServer((_request, response) => {
      response.writeHead(status, { location: 'http://127.0.0.1:1/' });
      response.end('all systems work');
    }),
  );
  const page = { kind: 'http', url: `http://127.0.0.1:${port}/health`, status: [200] };
  expect(await probe(page)).toMatchObject({ latencyMs: expect.any(Number) });
  expect((await probe({ ...page, contains: 'systems work' })).fault).toBeUndefined();
  expect(await probe({ ...page, contains: 'database' })).toMatchObject({ fault: 'wrongAnswer' });
  status = 302;
  expect(await probe(page)).toMatchObject({ fault: 'wrongAnswer', detail: 'status 302' });
  expect((await probe({ ...page, status: [200, 302] })).fault).toBeUndefined();
  expect(await probe({ ...page, url: `http://127.0.0.1:${await closedPort()}/` })).toMatchObject({
    fault: 'noAnswer',
  });
});

test("a resolver's own counters are read from BIND's JSON and from Prometheus texts; other pages hold none", async () => {
  let text = '';
  const port = await listening(createHttpServer((_request, response) => response.end(text)));
  const read = (body: string): Promise<unknown> => {
    text = body;
    return openProber(world).statistics({ url: `http://127.0.0.1:${port}/`, timeoutMs: seconds(5) });
  };
  expect(await read('{"json-stats-version":"1.7","rcodes":{"NOERROR":17,"NXDOMAIN":3,"17":1}}')).toEqual({
    NOERROR: 17,
    NXDOMAIN: 3,
  });
  const exporter =
    '# TYPE x counter\nunbound_answer_rcodes_total{rcode="NOERROR"} 5\nother{rcode="NXDOMAIN",zone="a"} 2\ntook_seconds_bucket{rcode="NOERROR",le="1"} 900\n';
  expect(await read(exporter)).toEqual({ NOERROR: 5, NXDOMAIN: 2 });
  expect(await read('pdns_recursor_nxdomain_answers 7\npdns_recursor_noerror_answers 9\n')).toEqual({
    NXDOMAIN: 7,
    NOERROR: 9,
  });
  for (const other of [
    '<html>',
    '{"rcodes":',
    '{"rcodes":{"NOERROR":"x"}}',
    'null',
    'a{rcode="NOERROR"} NaN\n',
  ])
    expect(await read(other)).toBeUndefined();
});

test('a page without end is cut off', async () => {
  const port = await listening(
    createHttpServer((_request, response) => {
      const more = (): void => {
        while (response.write(Buffer.alloc(65_536))) if (response.destroyed) return;
        response.once('drain', more);
      };
      more();
    }),
  );
  const outcome = await probe({ kind: 'http', url: `http://127.0.0.1:${port}/`, status: [200] });
  expect(outcome).toMatchObject({ fault: 'noAnswer', detail: 'the answer is larger than 262144 bytes' });
});

async function certificateFor(name: string, lastsDays: number) {
  const folder = await mkdtemp(join(tmpdir(), 'allclear-certificate-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-keyout', key, '-out', cert, '-days', String(lastsDays), '-subj', `/CN=${name}`],
    ...['-addext', `subjectAltName=DNS:${name}`],
  ]);
  return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
}

test('a certificate is judged by who vouches for it, for which name, and for how long', async () => {
  const pair = await certificateFor('crm.isp.example', 10);
  const port = await listening(createTlsServer(pair, (socket) => socket.on('error', () => undefined)));
  const server = { kind: 'tls', host: '127.0.0.1', port, serverName: 'crm.isp.example' };
  const trusted = await probe({ ...server, authorities: pair.cert });
  expect(trusted.fault).toBeUndefined();
  const left = trusted.certificateUntil! - Date.now();
  expect(left).toBeGreaterThan(days(9));
  expect(left).toBeLessThan(days(11));
  expect(await probe(server)).toMatchObject({
    fault: 'badCertificate',
    detail: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    certificateUntil: trusted.certificateUntil,
  });
  expect(await probe({ ...server, serverName: 'other.example', authorities: pair.cert })).toMatchObject({
    fault: 'badCertificate',
    detail: expect.stringContaining('ALTNAME'),
  });
});

test('who speaks no TLS, or nothing at all, is no TLS server', async () => {
  const talker = await listening(
    createServer((socket) => socket.on('error', () => undefined).end('220 hello\r\n')),
  );
  expect(await probe({ kind: 'tls', host: '127.0.0.1', port: talker })).toMatchObject({ fault: 'noAnswer' });
  const silent = await listening(createServer((socket) => void closing.push(() => socket.destroy())));
  expect(await probe({ kind: 'tls', host: '127.0.0.1', port: silent, timeoutMs: 100 })).toMatchObject({
    fault: 'noAnswer',
  });
});

test('a name is resolved as expected, or the answer is wrong', async () => {
  const port = await udpServer((request, send) => {
    const question = decodeDns(request);
    if ('bad' in question) return;
    const { name, type } = question.questions[0]!;
    const answers = [{ name, type, ttl: 1, data: '192.0.2.1' }];
    const rcode = name === 'www.isp.example' ? 0 : 3;
    send(
      Buffer.from(encodeDns({ ...question, isResponse: true, rcode, answers: rcode === 0 ? answers : [] })),
    );
  });
  const asked = {
    kind: 'dns',
    host: '127.0.0.1',
    port,
    name: 'www.isp.example',
    type: 1,
    expect: ['192.0.2.1'],
  };
  expect((await probe(asked)).fault).toBeUndefined();
  expect(await probe({ ...asked, expect: ['192.0.2.9'] })).toMatchObject({
    fault: 'wrongAnswer',
    detail: '192.0.2.1',
  });
  expect(await probe({ ...asked, name: 'none.isp.example' })).toMatchObject({ detail: 'rcode 3' });
});

test('a RADIUS server proves with the secret that it serves (RFC 5997)', async () => {
  let code = 2;
  const port = await udpServer((request, send) => {
    const answer = Buffer.alloc(20);
    answer[0] = code;
    answer[1] = request[1]!;
    answer.writeUInt16BE(20, 2);
    const proof = createHash('md5')
      .update(answer.subarray(0, 4))
      .update(request.subarray(4, 20))
      .update('shared');
    answer.set(proof.digest(), 4);
    send(answer);
  });
  const server = { kind: 'radius', host: '127.0.0.1', port, timeoutMs: 200, secret: new Secret('shared') };
  expect((await probe(server)).fault).toBeUndefined();
  expect(await probe({ ...server, secret: new Secret('guessed') })).toMatchObject({
    fault: 'wrongAnswer',
    detail: 'the answer is not signed with the secret',
  });
  code = 3;
  expect(await probe(server)).toMatchObject({ fault: 'wrongAnswer', detail: 'code 3' });
});

test('without fping a refused connection is an echo, too, and no answer is none', async () => {
  const target = { address: '127.0.0.1', port: await closedPort(), count: 3, timeoutMs: seconds(5) };
  expect(await echo(world, target, false)).toMatchObject({ loss: 0, latencyMs: expect.any(Number) });
});

test('loss and jitter are those of the echoes that came back', () => {
  expect(echoOutcome([10, undefined, 14, 12])).toEqual({ loss: 0.25, latencyMs: 12, jitterMs: 3 });
  expect(echoOutcome([undefined, undefined])).toEqual({ fault: 'noAnswer', loss: 1 });
  expect(fpingEchoes('192.0.2.1 : 0.52 - 1.25\n')).toEqual([0.52, undefined, 1.25]);
  expect(fpingEchoes("fping: can't create socket (must run as root?)\n")).toEqual({
    reason: "fping: can't create socket (must run as root?)",
  });
});

const isInstalled = await hasFping();
const missing = isInstalled ? '' : ' (left out: fping is missing or may not send)';
test.runIf(isInstalled || process.env['CI'] === 'true')(
  `fping measures loss and round trips${missing}`,
  async () => {
    const outcome = await probe({ kind: 'icmp', host: '127.0.0.1', port: 1, count: 3 });
    expect(outcome).toMatchObject({
      loss: 0,
      latencyMs: expect.any(Number),
      jitterMs: expect.any(Number),
    });
    const nobody = { address: '192.0.2.1', port: 1, count: 1, timeoutMs: seconds(0.2), from: '127.0.0.1' };
    expect((await echo(world, nobody, true)).fault).toBeDefined();
  },
);
