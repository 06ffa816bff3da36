// Syslog over TLS on real sockets, with certificates made for the test by openssl.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  openSyslogReceiver,
  type SyslogReceiver,
  type SyslogRecord,
  type TlsIdentity,
} from '../../../src/edge/syslog/syslog.ts';
import { realWorld } from '../../support/real-world.ts';
import { until } from '../../support/until.ts';

const run = promisify(execFile);
let folder = '';
let ca: Made;
let server: Made;
let renewed: Made;
let router: Made;
let stranger: Made;

interface Made {
  readonly cert: string;
  readonly key: string;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syslog-tls-'));
  ca = await made('ca', 'Authority');
  server = await made('server', 'syslog.example.net', 'ca');
  renewed = await made('renewed', 'renewed.example.net', 'ca');
  router = await made('router', 'r-7', 'ca');
  stranger = await made('stranger', 'r-7');
}, 30_000);
afterAll(() => rm(folder, { recursive: true }));

/** Signed by `by`, else by itself. */
async function made(name: string, commonName: string, by?: string): Promise<Made> {
  const at = (file: string): string => join(folder, file);
  await writeFile(at(`${name}.ext`), `subjectAltName=DNS:${commonName.replaceAll(' ', '-')}\n`);
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    at(`${name}.key`),
  ];
  const subject = ['-subj', `/CN=${commonName}`];
  if (by === undefined) {
    await run('openssl', ['req', '-x509', ...key, ...subject, '-days', '2', '-out', at(`${name}.pem`)]);
  } else {
    await run('openssl', ['req', ...key, ...subject, '-out', at(`${name}.csr`)]);
    const signer = ['-CA', at(`${by}.pem`), '-CAkey', at(`${by}.key`), '-CAcreateserial'];
    const request = ['-in', at(`${name}.csr`), '-days', '2', '-extfile', at(`${name}.ext`)];
    await run('openssl', ['x509', '-req', ...request, ...signer, '-out', at(`${name}.pem`)]);
  }
  const [cert, secret] = await Promise.all([
    readFile(at(`${name}.pem`), 'utf8'),
    readFile(at(`${name}.key`), 'utf8'),
  ]);
  return { cert, key: secret };
}

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function open(identity: TlsIdentity, known: readonly string[] = ['127.0.0.1']) {
  const records: SyslogRecord[] = [];
  const receiver = await openSyslogReceiver({
    listen: { host: '127.0.0.1', port: 0 },
    tls: { listen: { host: '127.0.0.1', port: 0 }, identity },
    isKnown: (address) => known.includes(address),
    world: realWorld(),
    accept: async (batch) => {
      records.push(...batch);
    },
  });
  ends.push(() => receiver.close());
  return { receiver, records };
}

type Connected = { readonly socket: TLSSocket; readonly closed: Promise<void> };

/** Resolves when the handshake is done on our side; with TLS 1.3 a refusal may come after it. */
async function client(
  receiver: SyslogReceiver,
  options: Parameters<typeof connect>[1] & object = {},
): Promise<Connected> {
  const socket = connect({
    ...{ port: receiver.tlsAddress!.port, host: '127.0.0.1', ca: ca.cert },
    ...{ checkServerIdentity: () => undefined, ...options },
  });
  ends.push(() => void socket.destroy());
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);
  return { socket, closed };
}

const counted = (message: string): string => `${Buffer.byteLength(message)} ${message}`;
const message = '<165>1 2026-01-01T00:00:00Z r7 app - - - ';

describe('syslog over TLS', () => {
  test('messages with counted octets arrive whole, in pieces and many at once', async () => {
    const { receiver, records } = await open(server);
    const { socket } = await client(receiver);
    const stream = counted(`${message}one`) + counted(`${message}two\nlines`) + counted(`${message}Порт`);
    const bytes = Buffer.from(stream);
    socket.write(bytes.subarray(0, 9));
    await until(() => receiver.counters.connections === 1);
    socket.write(bytes.subarray(9, 40));
    socket.write(bytes.subarray(40));
    await until(() => records.length === 3);
    expect(records.map(({ text }) => text)).toEqual(['one', 'two\\u000alines', 'Порт']);
    expect(records[0]).toMatchObject({ address: '127.0.0.1', facility: 20, severity: 5 });
    expect(records[0]?.peer).toBeUndefined();
  });

  test('what is older than TLS 1.2 is not spoken', async () => {
    const { receiver } = await open(server);
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await expect(client(receiver, old)).rejects.toThrow();
    const now = await client(receiver, { maxVersion: 'TLSv1.2' });
    expect(now.socket.getProtocol()).toBe('TLSv1.2');
  });

  test('without authorities of clients a sender is known by its address', async () => {
    const { receiver, records } = await open(server, []);
    await client(receiver).then(
      ({ closed }) => closed,
      () => undefined,
    );
    expect(receiver.counters.connectionsRefused).toBe(1);
    expect(records).toEqual([]);
  });

  test('with authorities a sender is known by its certificate wherever it sends from', async () => {
    const { receiver, records } = await open({ ...server, ca: ca.cert }, []);
    const { socket } = await client(receiver, router);
    socket.write(counted(`${message}hello`));
    await until(() => records.length === 1);
    expect(records[0]).toMatchObject({ text: 'hello', peer: 'r-7', address: '127.0.0.1' });
  });

  test.each([
    ['no certificate', () => ({})],
    ['a certificate of another authority', () => stranger],
  ])('with authorities %s is not listened to, also from a known address', async (_, with_) => {
    const { receiver, records } = await open({ ...server, ca: ca.cert });
    await client(receiver, with_()).then(
      ({ socket, closed }) => {
        socket.write(counted(`${message}let me in`));
        return closed;
      },
      () => undefined,
    );
    expect(records).toEqual([]);
    expect(receiver.counters.received).toBe(0);
  });

  test('a renewed certificate is shown to new connections, and open ones go on', async () => {
    const { receiver, records } = await open(server);
    const before = await client(receiver);
    receiver.renew(renewed);
    const after = await client(receiver);
    const names = [before, after].map(({ socket }) => socket.getPeerCertificate().subject.CN);
    expect(names).toEqual(['syslog.example.net', 'renewed.example.net']);
    before.socket.write(counted(`${message}still here`));
    await until(() => records.length === 1);
  });

  test('a certificate that does not fit its key is refused, and the one before stays', async () => {
    const wrong = { cert: server.cert, key: router.key };
    await expect(open(wrong)).rejects.toMatchObject({ code: 'syslog/certificate' });
    const { receiver } = await open(server);
    expect(() => receiver.renew(wrong)).toThrow('cannot be used');
    const { socket } = await client(receiver);
    expect(socket.getPeerCertificate().subject.CN).toBe('syslog.example.net');
  });

  test('connections without a handshake are bounded and end with the receiver', async () => {
    const { receiver } = await open(server);
    const { createConnection } = await import('node:net');
    const port = receiver.tlsAddress!.port;
    for (let i = 0; i < 20; i++) {
      const socket = createConnection({ port, host: '127.0.0.1' });
      socket.on('error', () => undefined);
      ends.push(() => void socket.destroy());
    }
    await until(() => receiver.counters.connectionsRefused === 4);
    expect(receiver.counters.connections).toBe(16);
  });
});
