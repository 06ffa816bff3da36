/** A mass notice to 100,000: seconds to plan and queue it, notices a second out to a channel that takes all, memory. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { startCourier } from '../src/app/courier/courier.ts';
import { instant, milliseconds } from '../src/base/instant.ts';
import type { World } from '../src/base/world.ts';
import { type Book, openBook } from '../src/edge/book/book.ts';
import { connectBook, serveBook } from '../src/edge/book/book-port.ts';
import { parseNoticeTexts } from '../src/edge/files/notice-texts.ts';
import type { IncidentId } from '../src/model/ids.ts';
import type { Incident } from '../src/model/incident.ts';
import type { Tell } from '../src/model/notice.ts';
import type { SubscriberRow } from '../src/model/subscriber.ts';
import type { Channel } from '../src/notify/channel.ts';

const subscribers = 100_000;
const incidentId = 'bench.1.1' as IncidentId;
const startedAt = instant(Date.UTC(2026, 0, 1));

/** Prints one line a case; `json` gives one object a line, else a table row. */
export async function run(options: { readonly json: boolean }): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'allclear-bench-notices-'));
  const worker = new Worker(new URL(import.meta.url), { workerData: { folder } });
  try {
    const book = await bookOf(worker);
    const print = (line: Line): void => printLine(line, options.json);
    const imported = await measured(() => importAll(book));
    print({
      case: `import of ${subscribers} subscribers, contact data encrypted`,
      ours: imported,
      unit: 's',
    });
    print({
      case: 'the same import again, nothing changed',
      ours: await measured(() => importAll(book)),
      unit: 's',
    });
    const planned = await measured(() => plan(book));
    print({ case: `${subscribers} notices planned, told apart and queued`, ours: planned, unit: 's' });
    const oneByOne = await drainOneByOne(book, 1_000);
    const before = process.memoryUsage().rss;
    const { perSecond, peakRss } = await drain(book);
    print({
      case: 'out to a channel that takes all; peer: a commit each',
      ours: perSecond,
      peer: oneByOne,
      unit: 'notices/s',
    });
    print({ case: 'memory above the start while sending', ours: (peakRss - before) / 2 ** 20, unit: 'MiB' });
    await book.close();
  } finally {
    await worker.terminate();
    rmSync(folder, { recursive: true, force: true });
  }
}

function bookOf(worker: Worker): Promise<Book> {
  const { port1, port2 } = new MessageChannel();
  worker.postMessage(port2, [port2 as never]);
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', () => resolve(connectBook(port1 as never)));
  });
}

async function importAll(book: Book): Promise<void> {
  await book.beginImport('apply');
  for (let from = 0; from < subscribers; from += 1_000) {
    await book.importPage(Array.from({ length: 1_000 }, (_, n) => rowOf(from + n)));
  }
  await book.endImport();
}

const rowOf = (n: number): SubscriberRow => ({
  id: `s${n}`,
  resource: `ont-${n >> 5}`,
  class: 'residential',
  language: n % 3 === 0 ? 'en' : 'ru',
  name: `Name ${n}`,
  phone: `+7900${String(n).padStart(7, '0')}`,
  address: `Street ${n}`,
  consent: [],
  attributes: {},
});

async function plan(book: Book): Promise<void> {
  const incident: Incident = {
    id: incidentId,
    kind: 'feeder',
    probability: 1,
    candidates: [],
    state: 'open',
    actionable: true,
    planned: false,
    startedAt,
    alarms: [],
    suppressed: 0,
    affected: { under: [], except: [] },
    explanation: {},
    history: [],
  };
  const tell: Tell = {
    incident: incidentId,
    revision: 1,
    type: 'detected',
    topologyVersion: 1,
    from: 0,
    to: subscribers,
    except: [],
    suppressed: {},
    held: false,
    order: ['sms'],
    facts: { kind: 'feeder', startedAt },
  };
  const changes = [{ kind: 'incident', incident }] as const;
  await book.project([{ sequence: 1, at: startedAt, changes, effects: [{ kind: 'tell', tell }], rest: [] }]);
  const channels = [{ name: 'sms', address: 'phone', honoursKey: true }] as const;
  for (;;) {
    const pages = await book.nextTellPages({ limit: 500, pages: 1 });
    if (pages.length === 0) return;
    for (const page of pages) await book.addNotices({ page, keys: keysOf(page), channels, now: Date.now() });
  }
}

const keysOf = ({ from, to }: { from: number; to: number }): Uint32Array =>
  Uint32Array.from({ length: to - from }, (_, i) => from + i + 1);

/** What marking each notice before and after its send costs without groups. */
async function drainOneByOne(book: Book, count: number): Promise<number> {
  const channel = { name: 'sms', address: 'phone', honoursKey: true } as const;
  const took = await measured(async () => {
    for (let n = 0; n < count; n++) {
      const now = instant(Date.now());
      const { notices } = await book.takeDue({ channel, limit: 1, now });
      await book.settle(
        notices.map(({ row }) => ({ kind: 'sent', row })),
        { channels: [channel], now },
      );
    }
  });
  return count / took;
}

async function drain(book: Book): Promise<{ perSecond: number; peakRss: number }> {
  let sent = 0;
  let peakRss = 0;
  const channel: Channel = {
    name: 'sms',
    address: 'phone',
    honoursKey: true,
    async send() {
      if (++sent % 1_000 === 0) peakRss = Math.max(peakRss, process.memoryUsage().rss);
      return { kind: 'sent' };
    },
    close: async () => {},
  };
  const files = ['ru', 'en'].map((name) => ({
    file: name,
    text: readFileSync(new URL(`../rules/texts/${name}.yaml`, import.meta.url), 'utf8'),
  }));
  const texts = parseNoticeTexts(files).value!;
  const startsAt = performance.now();
  const courier = await startCourier({
    book,
    texts,
    keysOf,
    world: world(),
    publicUrl: 'https://status.example',
    language: 'ru',
    zone: 'Europe/Moscow',
    channels: [{ channel, ratePerSecond: 1_000_000 }],
    submit: () => undefined,
  });
  while ((await book.incident(incidentId))!.notices.queued > 0)
    await new Promise((resolve) => setTimeout(resolve, 20));
  const perSecond = sent / ((performance.now() - startsAt) / 1_000);
  await courier.close();
  return { perSecond, peakRss };
}

async function measured(work: () => Promise<void>): Promise<number> {
  const startsAt = performance.now();
  await work();
  return (performance.now() - startsAt) / 1_000;
}

function world(): World {
  const silent = { debug() {}, info() {}, warn() {}, error: console.error };
  return {
    now: () => instant(Date.now()),
    monotonicMs: () => performance.now(),
    after(length, task) {
      const timer = setTimeout(task, milliseconds(length));
      return { cancel: () => clearTimeout(timer) };
    },
    every(length, task) {
      const timer = setInterval(task, length);
      return { cancel: () => clearInterval(timer) };
    },
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    log: silent,
  };
}

interface Line {
  readonly case: string;
  readonly ours: number;
  readonly peer?: number;
  readonly unit: string;
}

function printLine(line: Line, json: boolean): void {
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`;
  const ratio = line.peer === undefined ? undefined : line.ours / line.peer;
  const rounded = (value: number): number => Number(value.toPrecision(3));
  const shown = [
    line.case,
    String(rounded(line.ours)),
    line.unit,
    ratio === undefined ? '' : `${rounded(ratio)} x the peer`,
  ];
  if (json) console.log(JSON.stringify({ bench: 'notices', ...line, ratio, machine }));
  else console.log(shown.join('  '));
}

if (!isMainThread) {
  const { folder } = workerData as { folder: string };
  parentPort!.once('message', async (port) => {
    const opened = await openBook({ folder, world: world(), secretKey: new Uint8Array(32) });
    serveBook(port, opened.value!);
    parentPort!.postMessage('ready');
  });
}
