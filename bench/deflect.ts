/**
 * `POST /deflect` at 500 calls/s for a minute over a book of a million subscribers, while a mass notice is planned in it:
 * half, 99th and worst of the answers' times, beside a route of the same server kind that does nothing.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { isMainThread, type MessagePort, parentPort, Worker, workerData } from 'node:worker_threads';
import fastify from 'fastify';
import { instant } from '../src/base/instant.ts';
import { type Book, openBook } from '../src/edge/book/book.ts';
import { connectBook, serveBook } from '../src/edge/book/book-port.ts';
import { openCallers } from '../src/edge/book/callers.ts';
import { openVault } from '../src/edge/book/vault.ts';
import { openPlainSqlite } from '../src/edge/disk/sqlite.ts';
import { addDeflection } from '../src/edge/http/deflect-routes.ts';
import type { FrontPorts } from '../src/edge/http/ports.ts';
import type { IncidentId } from '../src/model/ids.ts';
import type { Tell } from '../src/model/notice.ts';
import { benchWorld } from './support/world.ts';

const perSecond = 500;
const incident = 'bench.1.1' as IncidentId;
const secretKey = new Uint8Array(32).fill(7);
const token = 'bench';

export async function run(options: {
  readonly json: boolean;
  readonly args: readonly string[];
}): Promise<void> {
  const subscribers = numberIn(options.args, 'subscribers', 1_000_000);
  const seconds = numberIn(options.args, 'seconds', 60);
  const folder = mkdtempSync(join(tmpdir(), 'allclear-bench-deflect-'));
  const bookThread = new Worker(new URL(import.meta.url), { workerData: { role: 'book', folder } });
  try {
    const book = await bookOf(bookThread);
    fill(folder, subscribers);
    const callers = openCallers({ folder, world: benchWorld(), secretKey });
    let submitted = 0;
    const ports = {
      world: benchWorld(),
      callers: {
        isCaller: (given: string) => given === token,
        people: (phone: string) => callers.of(phone),
        outageOf: (key: number) => (key % 2 === 0 ? { incident, kind: 'feeder', ticket: 't.1' } : undefined),
        language: 'ru',
      },
      submit: async () => void submitted++,
    } as unknown as FrontPorts;
    const server = fastify({ logger: false });
    server.removeAllContentTypeParsers();
    addDeflection(server, ports);
    server.get('/nothing', (_request, reply) => reply.send('{}'));
    await server.listen({ host: '127.0.0.1', port: 0 });
    const { port } = server.server.address() as { port: number };
    const planning = { stop: false, planned: 0 };
    const notices = planNotices(book, subscribers, planning);
    const ours = await callsOf({ port, subscribers, seconds, path: '/deflect' });
    planning.stop = true;
    await notices;
    const peer = await callsOf({ port, subscribers, seconds: Math.min(seconds, 15), path: '/nothing' });
    const what = `${perSecond} calls/s, ${subscribers} subscribers, ${Math.round(planning.planned / seconds)} notices/s planned meanwhile`;
    for (const at of ['p50', 'p99', 'worst'] as const)
      print(
        {
          case: `${what}: ${at}; peer: a route that does nothing`,
          ours: ours[at],
          peer: peer[at],
          unit: 'ms',
        },
        options.json,
      );
    print({ case: 'calls without an answer', ours: ours.failed, unit: 'calls' }, options.json);
    print({ case: 'witnesses handed to the line', ours: submitted, unit: 'inputs' }, options.json);
    callers.close();
    await server.close();
    await book.close();
  } finally {
    await bookThread.terminate();
    rmSync(folder, { recursive: true, force: true });
  }
}

const numberIn = (args: readonly string[], name: string, otherwise: number): number =>
  Number(args.find((arg) => arg.startsWith(`--${name}=`))?.split('=')[1] ?? otherwise);

const phoneOf = (n: number): string => `+7900${String(n).padStart(7, '0')}`;

/** Rows as an import leaves them, without contact data: a look-up does not read it, and sealing a million takes minutes. */
function fill(folder: string, subscribers: number): void {
  const vault = openVault(secretKey, benchWorld());
  const sqlite = openPlainSqlite({ file: `${folder}/book.sqlite` });
  const put = sqlite.prepare(
    `INSERT INTO subscribers (id, resource, class, language, zone, consent, reach, digest, phone_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const none = new Uint8Array(16);
  for (let from = 0; from < subscribers; from += 50_000) {
    sqlite.transaction(() => {
      for (let n = from; n < Math.min(subscribers, from + 50_000); n++)
        put.run(`s${n}`, `ont-${n >> 5}`, 'residential', 'ru', '', '', 1, none, vault.index(phoneOf(n)));
    });
  }
  sqlite.close();
}

/** One mass notice after the other, as long as the calls come. */
async function planNotices(
  book: Book,
  subscribers: number,
  planning: { stop: boolean; planned: number },
): Promise<void> {
  const channels = [{ name: 'sms', address: 'phone', honoursKey: true }] as const;
  for (let revision = 1; !planning.stop; revision++) {
    const tell: Tell = {
      ...{ incident, revision, type: 'detected', topologyVersion: 1, from: 0, to: subscribers, except: [] },
      ...{ suppressed: {}, held: false, order: ['sms'], facts: { kind: 'feeder', startedAt: instant(0) } },
    } as Tell;
    const effects = [{ kind: 'tell', tell }] as const;
    await book.project([{ sequence: revision, at: instant(revision), changes: [], effects, rest: [] }]);
    for (;;) {
      const pages = await book.nextTellPages({ limit: 500, pages: 8 });
      if (pages.length === 0 || planning.stop) break;
      for (const page of pages) {
        const keys = Uint32Array.from({ length: page.to - page.from }, (_, i) => page.from + i + 1);
        await book.addNotices({ page, keys, channels, now: Date.now() } as never);
        planning.planned += keys.length;
      }
    }
  }
}

interface Times {
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
  readonly failed: number;
}

/** At a fixed rate, whether answers come or not: what is late counts as late. From a thread of its own. */
function callsOf(wish: {
  readonly port: number;
  readonly subscribers: number;
  readonly seconds: number;
  readonly path: string;
}): Promise<Times> {
  const caller = new Worker(new URL(import.meta.url), { workerData: { role: 'caller', ...wish } });
  return new Promise((resolve, reject) => {
    caller.once('error', reject);
    caller.once('message', resolve);
  });
}

function bookOf(worker: Worker): Promise<Book> {
  const { port1, port2 } = new MessageChannel();
  worker.postMessage(port2, [port2 as never]);
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', () => resolve(connectBook(port1 as never)));
  });
}

function print(
  line: Readonly<Record<string, unknown>> & { ours: number; peer?: number },
  json: boolean,
): void {
  const ratio = line.peer === undefined ? undefined : line.ours / line.peer;
  const whole = { bench: 'deflect', ...line, ratio, machine: `${cpus().length} x ${cpus()[0]?.model}` };
  process.stdout.write(
    json
      ? `${JSON.stringify(whole)}\n`
      : `${String(line['case'])}: ${line.ours.toFixed(2)}${line.peer === undefined ? '' : ` / ${line.peer.toFixed(2)} = ${ratio?.toFixed(2)}`} ${String(line['unit'])}\n`,
  );
}

async function beBook(folder: string): Promise<void> {
  const { value: book } = await openBook({ folder, world: benchWorld(), secretKey });
  parentPort!.once('message', (port: MessagePort) => {
    serveBook(port as never, book!);
    parentPort!.postMessage('up');
  });
}

async function beCaller({ port, subscribers, seconds, path }: Parameters<typeof callsOf>[0]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const times: number[] = [];
  let failed = 0;
  const call = (n: number, dueAt: number): Promise<void> =>
    new Promise((resolve) => {
      const isPost = path === '/deflect';
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const asked = httpRequest({ agent, port, path, method: isPost ? 'POST' : 'GET', headers }, (answer) => {
        answer.resume();
        answer.on('end', () => {
          times.push(performance.now() - dueAt);
          if (answer.statusCode !== 200) failed++;
          resolve();
        });
      });
      asked.on('error', () => {
        failed++;
        resolve();
      });
      asked.end(isPost ? JSON.stringify({ number: phoneOf((n * 7_919) % subscribers) }) : undefined);
    });
  const startedAt = performance.now();
  const under: Promise<void>[] = [];
  for (let n = 0; n < perSecond * seconds; ) {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond);
    for (; n <= due && n < perSecond * seconds; n++) under.push(call(n, startedAt + (n / perSecond) * 1_000));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(under);
  times.sort((a, b) => a - b);
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  parentPort!.postMessage({ p50: at(0.5), p99: at(0.99), worst: at(1), failed } satisfies Times);
  agent.destroy();
}

if (!isMainThread && workerData?.role === 'book') await beBook(workerData.folder);
if (!isMainThread && workerData?.role === 'caller') await beCaller(workerData);
