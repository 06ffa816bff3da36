/**
 * `POST /deflect` at 500 calls/s over a book of a million subscribers while mass notices are planned in it, and an area's
 * page at 1,000/s as in a blackout: half, 99th and worst of the answers' times, beside a route of the same server that does
 * nothing, asked as often. Ours and the peer's take turns every few seconds, so that both meet the machine alike.
 * Not measured: the line. What callers say is counted and not applied, and who is touched is every second subscriber;
 * `notices` has calls on a whole centre.
 */
import { mkdtempSync, rmSync } from 'node:fs';
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
import type { PublicNews } from '../src/edge/http/area-port.ts';
import { addAreaPages } from '../src/edge/http/area-routes.ts';
import { addDeflection } from '../src/edge/http/deflect-routes.ts';
import type { FrontPorts } from '../src/edge/http/ports.ts';
import type { IncidentId } from '../src/model/ids.ts';
import type { Tell } from '../src/model/notice.ts';
import { type Answered, at, numberOf, startCalls } from './support/call-load.ts';
import { benchWorld } from './support/world.ts';

const callsPerSecond = 500;
const pagesPerSecond = 1_000;
const turnSeconds = 5;
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
    const served = await serve(folder);
    const { server, counts } = served;
    const { port } = server.server.address() as { port: number };
    const planning = { stop: false, planned: 0 };
    const startedAt = performance.now();
    const notices = planNotices(book, subscribers, planning);
    const calls = await inTurns({ port, subscribers, seconds, path: '/deflect', perSecond: callsPerSecond });
    const rate = planning.planned / ((performance.now() - startedAt) / 1_000);
    planning.stop = true;
    await notices;
    const book500 = `${subscribers} subscribers, ${Math.round(rate)} notices/s planned meanwhile`;
    printAll(`${callsPerSecond} calls/s, ${book500}`, calls, options.json);
    print(
      { case: 'callers heard (counted, no line behind)', ours: counts.said, unit: 'inputs' },
      options.json,
    );
    const pages = await inTurns({
      port,
      subscribers,
      seconds,
      path: '/s/area/sever',
      perSecond: pagesPerSecond,
    });
    printAll(`${pagesPerSecond} area pages/s, half of them asked again with their ETag`, pages, options.json);
    served.callers.close();
    await server.close();
    await book.close();
  } finally {
    await bookThread.terminate();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function serve(folder: string) {
  const callers = openCallers({ folder, world: benchWorld(), secretKey });
  const counts = { said: 0 };
  const ports = {
    world: benchWorld(),
    callers: {
      isCaller: (given: string) => given === token,
      people: (phone: string) => callers.of(phone),
      outageOf: (key: number) => (key % 2 === 0 ? { incident, kind: 'feeder', ticket: 't.1' } : undefined),
      language: 'ru',
    },
    areas: { news: async () => newsOf(200) },
    submit: async () => void counts.said++,
  } as unknown as FrontPorts;
  const server = fastify({ logger: false });
  server.removeAllContentTypeParsers();
  addDeflection(server, ports);
  addAreaPages(server, ports, () => 'ru');
  server.get('/nothing', (_request, reply) => reply.send('{}'));
  await server.listen({ host: '127.0.0.1', port: 0 });
  return { server, callers, counts };
}

function newsOf(areas: number): PublicNews {
  const outage = {
    kind: 'feeder',
    startedAt: instant(0),
    subscribers: 1_200,
    planned: false,
    suspected: false,
  };
  const names = Array.from({ length: areas }, (_, n) => (n === 0 ? 'sever' : `area-${n}`));
  return {
    areas: new Map(names.map((slug) => [slug, { slug, name: slug, outages: [outage, outage, outage] }])),
    works: [],
    outages: [],
  };
}

interface Wish {
  readonly port: number;
  readonly subscribers: number;
  readonly seconds: number;
  readonly path: string;
  readonly perSecond: number;
}

interface Turns {
  readonly ours: Times;
  readonly peer: Times;
}

/** Five seconds the one, five seconds the other. */
async function inTurns(wish: Wish): Promise<Turns> {
  const [ours, peer]: [number[], number[]] = [[], []];
  let [failed, peerFailed] = [0, 0];
  for (let left = wish.seconds; left > 0; left -= turnSeconds) {
    const turn = { ...wish, seconds: Math.min(left, turnSeconds) };
    const answered = await callsOf(turn);
    ours.push(...answered.times);
    failed += answered.failed;
    const beside = await callsOf({ ...turn, path: '/nothing' });
    peer.push(...beside.times);
    peerFailed += beside.failed;
  }
  return { ours: timesOf(ours, failed), peer: timesOf(peer, peerFailed) };
}

function timesOf(times: number[], failed: number): Times {
  times.sort((a, b) => a - b);
  return { p50: at(times, 0.5), p99: at(times, 0.99), worst: at(times, 1), failed };
}

function printAll(what: string, { ours, peer }: Turns, json: boolean): void {
  for (const share of ['p50', 'p99', 'worst'] as const) {
    const name = `${what}: ${share}; peer: a route that does nothing`;
    const line = { case: name, ours: ours[share], peer: peer[share] };
    print({ ...line, unit: 'ms' }, json);
  }
  print({ case: `${what}: without an answer`, ours: ours.failed, unit: 'calls' }, json);
}

const numberIn = (args: readonly string[], name: string, otherwise: number): number =>
  Number(args.find((arg) => arg.startsWith(`--${name}=`))?.split('=')[1] ?? otherwise);

const numbering = { prefix: '+7900', digits: 7 } as const;

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
        put.run(
          `s${n}`,
          `ont-${n >> 5}`,
          'residential',
          'ru',
          '',
          '',
          1,
          none,
          vault.index(numberOf(numbering, n)),
        );
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

function callsOf({ port, subscribers, seconds, path, perSecond }: Wish): Promise<Answered> {
  const numbers = { ...numbering, from: 0, count: subscribers };
  return startCalls({ port, seconds, path, perSecond, numbers, token }).answered;
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

if (!isMainThread && workerData?.role === 'book') await beBook(workerData.folder);
