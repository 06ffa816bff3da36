/**
 * 100,000 of 5,000,000 subscribers lose service: how soon it is known whom it touches, until their tickets and notices are
 * on disk, and how fast these leave; on the line, journal, book and courier of the centre, with a channel that only counts.
 * Then another 100,000, while the telephone system asks 500 times a second who is touched: how soon each call is answered.
 */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { Assessment } from '../src/assess/assess.ts';
import { instant } from '../src/base/instant.ts';
import { endImport } from '../src/edge/book/subscriber-import.ts';
import { openSqlite } from '../src/edge/disk/sqlite.ts';
import { type IncidentId, resourceId } from '../src/model/ids.ts';
import type { Incident } from '../src/model/incident.ts';
import type { Topology } from '../src/topology/topology.ts';
import { cpuMs } from './support/alarm-throughput.ts';
import { openBookThread } from './support/book-thread.ts';
import { CountingChannel, type MassCentre, massPolicy, openMassCentre } from './support/mass-centre.ts';
import { openMassFront, printCalls } from './support/mass-front.ts';
import { massNumbers, massRow, massTopology, perSwitch, switchOf } from './support/mass-network.ts';
import { MassOutage } from './support/mass-outage.ts';
import { type Measured, reporter } from './support/report.ts';
import { requestTrackerSeconds } from './support/request-tracker-pace.ts';

type Print = (line: Measured) => void;

const pageSize = 1_000;
/** Rows with a commit each, and tickets of Request Tracker: enough to measure, the rest is multiplied. */
const rowsAlone = 500;
const trackerTickets = 30;

/**
 * `--subscribers N`: 5,000,000 when left out. `--book FILE`: a copy of the book right after the import, whose making takes
 * most of the time: it is kept there, and taken from there the next time.
 */
export async function run({
  json,
  args,
}: {
  readonly json: boolean;
  readonly args: readonly string[];
}): Promise<void> {
  const options = {
    json: { type: 'boolean' },
    subscribers: { type: 'string' },
    book: { type: 'string' },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  const subscribers = Number(values.subscribers ?? 5_000_000);
  const print = reporter('notices', json);
  const folder = mkdtempSync(join(tmpdir(), 'allclear-bench-notices-'));
  await fillBook(folder, { subscribers, kept: values.book, print });
  const { book, close } = await openBookThread(folder);
  try {
    const read = performance.now();
    const topology = massTopology(subscribers);
    print({
      case: `network of ${topology.resourceCount} resources read`,
      ours: secondsSince(read),
      unit: 's',
    });
    const channel = new CountingChannel(subscribers);
    const outage = new MassOutage(channel, perSwitch);
    const second = new MassOutage(channel, perSwitch);
    const entered = performance.now();
    const centre = await openMassCentre({
      ...{ folder, topology, channel },
      book: second.watched(outage.watched(book)),
      onBatch: (batch) => {
        outage.see(batch);
        second.see(batch);
      },
    });
    print({ case: 'subscribers out of the book and into the line', ours: secondsSince(entered), unit: 's' });
    touched(topology, centre, print);
    await outage.happen(centre, switchOf(0));
    if (subscribers >= 3 * perSwitch) await whileTheyCall(folder, centre, { second, print });
    await centre.close();
    const tickets = await requestTrackerSeconds(trackerTickets);
    outage.print(print, {
      rowMs: rowMs(folder),
      ticketMs: tickets === undefined ? undefined : tickets * 1_000,
    });
    if (tickets === undefined)
      console.error(
        'Request Tracker 5 (request-tracker5, rt5-standalone, rt5-db-sqlite) is not installed: no peer',
      );
  } finally {
    await close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Half of those who call are touched. */
async function whileTheyCall(
  folder: string,
  centre: MassCentre,
  { second, print }: { readonly second: MassOutage; readonly print: Print },
): Promise<void> {
  const front = await openMassFront(folder, centre);
  const numbers = { ...massNumbers, from: perSwitch, count: 2 * perSwitch };
  const answered = await front.callsDuring(numbers, () => second.happen(centre, switchOf(1), perSwitch));
  printCalls(answered, front.counters, print);
  second.printPace(print);
  await front.close();
}

const secondsSince = (from: number): number => (performance.now() - from) / 1_000;

async function fillBook(
  folder: string,
  made: { readonly subscribers: number; readonly kept: string | undefined; readonly print: Print },
): Promise<void> {
  const { subscribers, kept, print } = made;
  const file = join(folder, 'book.sqlite');
  if (kept !== undefined && existsSync(kept)) return copyFileSync(kept, file);
  const { book, close } = await openBookThread(folder);
  const [from, cpu] = [performance.now(), cpuMs()];
  await book.beginImport('apply');
  for (let first = 0; first < subscribers; first += pageSize)
    await book.importPage(Array.from({ length: pageSize }, (_, n) => massRow(first + n)));
  await endImport(book);
  const name = `import of ${subscribers} subscribers, contact data encrypted`;
  print({ case: name, ours: subscribers / secondsSince(from), unit: 'rows/s' });
  print({ case: name, ours: (subscribers / (cpuMs() - cpu)) * 1_000, unit: 'rows/CPU s' });
  await close();
  if (kept !== undefined) copyFileSync(file, kept);
}

/** Every switch of the network fails in turn: from the resource that failed to what it cuts off, ranges, counts and classes. */
function touched(topology: Topology, { host }: MassCentre, print: Print): void {
  const subscribers = host.line.subscribers!;
  const times: number[] = [];
  let fewest = Number.POSITIVE_INFINITY;
  for (let n = 0; n * perSwitch < subscribers.count; n++) {
    const assessment = new Assessment();
    assessment.setTopology(topology, subscribers, 1);
    assessment.setPolicy(massPolicy);
    const from = performance.now();
    const lost = topology.outage().lostWith([topology.indexOf(switchOf(n))]);
    const under = lost.filter((at) => at < topology.resourceCount).map((at) => topology.idOf(at));
    const incident = failed([switchOf(n), ...under]);
    const [change] = assessment.take([{ kind: 'opened', incident, joined: [] }], incident.startedAt);
    times.push(performance.now() - from);
    fewest = Math.min(fewest, change!.impact.subscribers);
  }
  const sorted = times.toSorted((a, b) => a - b);
  const name = `affected set, ${fewest} of ${subscribers.count}, ${times.length} switches in turn`;
  print({ case: `${name}: the middle one`, ours: sorted[times.length >> 1]!, atMost: 20, unit: 'ms' });
  print({ case: `${name}: the slowest`, ours: sorted.at(-1)!, atMost: 20, unit: 'ms' });
}

const failed = (under: readonly string[]): Incident => ({
  id: 'bench' as IncidentId,
  kind: 'node-down',
  probability: 1,
  candidates: [],
  state: 'open',
  actionable: true,
  planned: false,
  startedAt: instant(Date.UTC(2026, 0, 1)),
  alarms: [],
  suppressed: 0,
  affected: { under: under.map(resourceId), except: [] },
  explanation: {},
  history: [],
});

/** A table that knows nothing but who is told what once, and a commit for each row: ms a row. */
function rowMs(folder: string): number {
  const sqlite = openSqlite({ file: join(folder, 'one-by-one.sqlite') });
  sqlite.exec(
    'CREATE TABLE told (incident TEXT, subscriber INTEGER, type TEXT, state TEXT, UNIQUE (incident, subscriber, type))',
  );
  const insert = sqlite.prepare('INSERT OR IGNORE INTO told VALUES (?, ?, ?, ?)');
  const from = performance.now();
  for (let n = 0; n < rowsAlone; n++) insert.run('bench.1.1', n, 'detected', 'queued');
  const took = performance.now() - from;
  sqlite.close();
  return took / rowsAlone;
}
