// One DNS question over real sockets: what is taken for its answer, and what is not.
import { createSocket, type RemoteInfo } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { milliseconds } from '../../../src/base/instant.ts';
import { askDns } from '../../../src/edge/probe/dns-client.ts';
import { type DnsMessage, decodeDns, encodeDns } from '../../../src/edge/probe/dns-message.ts';
import { dnsTypes } from '../../../src/edge/probe/dns-records.ts';
import type { DnsOutcome, DnsQuestion } from '../../../src/model/dns.ts';
import { realWorld } from '../../support/real-world.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

type Answering = (question: DnsMessage, send: (bytes: Uint8Array) => void, from: RemoteInfo) => void;

async function nameServer(answering: Answering): Promise<number> {
  const socket = createSocket('udp4');
  closing.push(() => socket.close());
  socket.on('message', (bytes, from) => {
    const question = decodeDns(bytes);
    if (!('bad' in question))
      answering(question, (answer) => socket.send(answer, from.port, from.address), from);
  });
  await new Promise<void>((bound) => socket.bind(0, '127.0.0.1', bound));
  return socket.address().port;
}

const answerTo = (question: DnsMessage, fields: Partial<DnsMessage> = {}): DnsMessage => ({
  ...question,
  isResponse: true,
  answers: question.questions.map(({ name, type }) => ({ name, type, ttl: 60, data: '192.0.2.1' })),
  ...fields,
});

const ask = (port: number, fields: Partial<DnsQuestion> = {}): Promise<DnsOutcome> =>
  askDns(realWorld(), {
    address: '127.0.0.1',
    port,
    name: 'www.isp.example',
    type: dnsTypes.A,
    timeoutMs: milliseconds(5_000),
    recursive: true,
    dnssec: false,
    udpSize: 1_232,
    overTcp: true,
    ...fields,
  });

test('the answer is told with its records, its bits, its size and the time it took', async () => {
  const port = await nameServer((question, send) =>
    send(
      encodeDns(
        answerTo(question, { flags: { ...question.flags, authentic: true, recursionAvailable: true } }),
      ),
    ),
  );
  const outcome = await ask(port, { dnssec: true });
  expect(outcome).toMatchObject({
    kind: 'answer',
    rcode: 0,
    isAuthentic: true,
    isRecursive: true,
    records: ['192.0.2.1'],
  });
  if (outcome.kind === 'answer') {
    expect(outcome.answerBytes).toBeGreaterThan(outcome.questionBytes);
    expect(outcome.latencyMs).toBeGreaterThan(0);
  }
});

test('an answer with another id, for another name or that is none is not taken; the true one behind it is', async () => {
  const port = await nameServer((question, send) => {
    const forged = answerTo(question, { answers: [] });
    send(encodeDns({ ...forged, id: question.id ^ 1 }));
    send(encodeDns({ ...forged, questions: [{ name: 'other.example', type: dnsTypes.A }] }));
    send(Uint8Array.of(1, 2, 3));
    send(encodeDns({ ...forged, isResponse: false }));
    send(encodeDns(answerTo(question)));
  });
  expect(await ask(port)).toMatchObject({ kind: 'answer', records: ['192.0.2.1'] });
});

test('only forged answers: it is told that they were bad', async () => {
  const port = await nameServer((question, send) =>
    send(encodeDns(answerTo(question, { id: question.id ^ 1 }))),
  );
  expect(await ask(port, { timeoutMs: milliseconds(100) })).toMatchObject({ kind: 'badAnswer' });
});

test('who floods with forged answers is not listened to any longer', async () => {
  const port = await nameServer((question, send) => {
    for (let count = 0; count < 200; count++) send(encodeDns(answerTo(question, { id: question.id ^ 1 })));
  });
  expect(await ask(port, { timeoutMs: milliseconds(60_000) })).toMatchObject({ kind: 'badAnswer' });
});

test('an answer that was cut off is asked for again over TCP, unless its size is what is measured', async () => {
  const records = ['192.0.2.1', '192.0.2.2'];
  let isBroken = false;
  const tcp = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const question = decodeDns(data.subarray(2));
      if ('bad' in question) return;
      const { name, type } = question.questions[0]!;
      const answers = records.map((record) => ({ name, type, ttl: 60, data: record }));
      const bytes = encodeDns(answerTo(question, { answers }));
      if (isBroken) socket.end(Uint8Array.of(0xff, 0xff, 1));
      else {
        // In two parts, as networks do.
        socket.write(Uint8Array.of(bytes.length >> 8, bytes.length & 255, bytes[0]!));
        socket.write(bytes.subarray(1));
      }
    });
  });
  const port = await nameServer((question, send) => {
    const flags = { ...question.flags, truncated: true };
    send(encodeDns(answerTo(question, { answers: [], flags })));
  });
  await new Promise<void>((bound) => tcp.listen(port, '127.0.0.1', bound));
  closing.push(() => tcp.close());
  expect(await ask(port)).toMatchObject({ kind: 'answer', records });
  expect(await ask(port, { overTcp: false })).toMatchObject({ kind: 'answer', records: [] });
  isBroken = true;
  expect(await ask(port)).toMatchObject({ kind: 'badAnswer' });
});

test('nobody there is told apart from silence', async () => {
  const port = await nameServer(() => undefined);
  expect(await ask(port, { timeoutMs: milliseconds(50) })).toEqual({ kind: 'timeout' });
  for (const close of closing.splice(0)) close();
  expect(await ask(port)).toMatchObject({ kind: 'unreachable' });
});

test('a question leaves from the address it is told to', async () => {
  const seen: string[] = [];
  const port = await nameServer((question, send, from) => {
    seen.push(from.address);
    send(encodeDns(answerTo(question)));
  });
  await ask(port, { from: '127.0.0.1' });
  expect(seen).toEqual(['127.0.0.1']);
  expect(await ask(port, { from: '192.0.2.1' })).toMatchObject({ kind: 'unreachable' });
});

test('what we write, the resolver library of Node (c-ares) reads as we do', async () => {
  const written: Readonly<Record<number, string>> = {
    [dnsTypes.A]: '192.0.2.1',
    [dnsTypes.AAAA]: '2001:db8::1',
    [dnsTypes.MX]: '10 mail.isp.example',
    [dnsTypes.TXT]: 'v=spf1 -all',
    [dnsTypes.SOA]: 'ns1.isp.example hostmaster.isp.example 2026010101 3600 600 86400 300',
    [dnsTypes.NS]: 'ns1.isp.example',
  };
  const port = await nameServer((question, send) => {
    const { name, type } = question.questions[0]!;
    const answers = [{ name, type, ttl: 60, data: written[type]! }];
    send(encodeDns(answerTo(question, { answers, flags: { ...question.flags, recursionAvailable: true } })));
  });
  const resolver = new Resolver({ timeout: 2_000, tries: 1 });
  resolver.setServers([`127.0.0.1:${port}`]);
  expect(await resolver.resolve4('isp.example')).toEqual(['192.0.2.1']);
  expect(await resolver.resolve6('isp.example')).toEqual(['2001:db8::1']);
  expect(await resolver.resolveMx('isp.example')).toEqual([{ priority: 10, exchange: 'mail.isp.example' }]);
  expect(await resolver.resolveTxt('isp.example')).toEqual([['v=spf1 -all']]);
  expect(await resolver.resolveNs('isp.example')).toEqual(['ns1.isp.example']);
  expect(await resolver.resolveSoa('isp.example')).toMatchObject({
    nsname: 'ns1.isp.example',
    serial: 2026010101,
  });
});
