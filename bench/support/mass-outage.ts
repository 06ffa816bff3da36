/** One outage from the word of the poller to the last notice, as the centre lives through it. */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { Book } from '../../src/edge/book/book.ts';
import type { Applied } from '../../src/flow/applied.ts';
import { type IncidentId, resourceId, subscriberKey } from '../../src/model/ids.ts';
import { cpuMs } from './alarm-throughput.ts';
import type { CountingChannel, MassCentre } from './mass-centre.ts';
import type { Measured } from './report.ts';

/** Of those without service so many have called before anybody knows why. */
const callers = 1_000;
const megabyte = 1024 * 1024;

export class MassOutage {
  readonly #channel: CountingChannel;
  readonly #expected: number;
  /** `at`: when the line took the input that opened it, before it was on disk. */
  #incident: { readonly id: IncidentId; readonly at: number } | undefined;
  readonly #attached = new Set<string>();
  #attachedAt = 0;
  #queued = 0;
  #queuedAt = 0;
  #drainedAt = 0;
  #isQueued: () => void = () => {};
  readonly #rss = { start: 0, peak: 0, end: 0 };
  #loop: IntervalHistogram | undefined;
  readonly #cpu = { planning: 0, sending: 0 };
  #sentWhilePlanning = 0;
  #isHappening = false;

  constructor(channel: CountingChannel, expected: number) {
    this.#channel = channel;
    this.#expected = expected;
  }

  /** Durable, and in the book. */
  see(batch: readonly Applied[]): void {
    if (!this.#isHappening) return;
    for (const { at, changes } of batch)
      for (const change of changes) {
        if (change.kind === 'impact' && change.impact.subscribers >= this.#expected)
          this.#incident ??= { id: change.impact.incident, at };
        if (change.kind !== 'ticket' || change.ticket.incident === undefined) continue;
        if (change.ticket.kind === 'subscriber') this.#attached.add(change.ticket.id);
        this.#attachedAt = Date.now();
      }
  }

  /** The same book, with a look at what the courier puts into it. */
  watched(book: Book): Book {
    const addNotices: Book['addNotices'] = async (...added) => {
      await book.addNotices(...added);
      if (!this.#isHappening) return;
      for (const { keys } of added) this.#queued += keys.length;
      if (this.#queued < this.#expected || this.#queuedAt > 0) return;
      this.#queuedAt = Date.now();
      this.#isQueued();
    };
    return new Proxy(book, {
      get: (_book, deed: keyof Book) => (deed === 'addNotices' ? addNotices : book[deed]),
    });
  }

  /** `first`: the number of the first subscriber behind what is lost. */
  async happen({ host }: MassCentre, lost: string, first = 0): Promise<void> {
    this.#isHappening = true;
    const channel = this.#channel;
    const sentBefore = channel.sent;
    channel.onSent = () => {
      if (channel.sent % 1_000 === 0) this.#rss.peak = Math.max(this.#rss.peak, process.memoryUsage().rss);
    };
    const calls = Array.from({ length: callers }, (_, n) => {
      const number = first + Math.floor((n * this.#expected) / callers);
      const subscriber = subscriberKey(host.line.subscribers!.keyOf(number));
      return host.submit({ kind: 'subscriberContact', subscriber, channel: 'phone', contact: `call ${n}` });
    });
    await Promise.all(calls);
    const queued = new Promise<void>((resolve) => {
      this.#isQueued = resolve;
    });
    this.#rss.start = process.memoryUsage().rss;
    this.#loop = monitorEventLoopDelay({ resolution: 1 });
    this.#loop.enable();
    const before = cpuMs();
    await host.submit({
      kind: 'observation',
      observation: { event: 'raise', resource: resourceId(lost), cause: 'UNREACHABLE', source: 'poll' },
    });
    await queued;
    this.#sentWhilePlanning = channel.sent - sentBefore;
    const between = cpuMs();
    this.#cpu.planning = between - before;
    while (channel.sent - sentBefore < this.#expected)
      await new Promise((resolve) => setTimeout(resolve, 10));
    this.#drainedAt = Date.now();
    this.#cpu.sending = cpuMs() - between;
    this.#loop.disable();
    this.#rss.end = process.memoryUsage().rss;
    this.#isHappening = false;
  }

  /** How soon all of it was out, and how long the line's thread was busy at a time. */
  printPace(print: (line: Measured) => void): void {
    const took = (this.#drainedAt - this.#incident!.at) / 1_000;
    print({ case: `${this.#expected} notices from the fault to the last one out`, ours: took, unit: 's' });
    const loop = this.#loop!;
    print({ case: "99 of 100 waits of the line's thread", ours: loop.percentile(99) / 1e6, unit: 'ms' });
    print({ case: 'the longest of them', ours: loop.max / 1e6, unit: 'ms' });
  }

  /** Beside a row a commit, and beside a ticket a subscriber. */
  print(
    print: (line: Measured) => void,
    peers: { readonly rowMs: number; readonly ticketMs: number | undefined },
  ): void {
    const from = this.#incident!.at;
    const expected = this.#expected;
    const planned = (this.#queuedAt - from) / 1_000;
    const attached = {
      case: `the incident's ticket open, ${this.#attached.size} of callers attached to it`,
      unit: 's',
    };
    print({ ...attached, ours: (this.#attachedAt - from) / 1_000, atMost: 2 });
    const queued = `${expected} notices planned, told apart and on disk`;
    print({ case: queued, ours: planned, atMost: 2, unit: 's' });
    print({
      case: `${queued}; peer: a commit a row`,
      ours: planned,
      peer: (peers.rowMs * expected) / 1_000,
      unit: 's',
    });
    print({ case: 'the same, of the processor', ours: this.#cpu.planning / 1_000, unit: 's' });
    if (peers.ticketMs !== undefined) {
      const name = `${queued}; peer: ${expected} tickets in Request Tracker, one by one`;
      print({ case: name, ours: planned, peer: (peers.ticketMs * expected) / 1_000, unit: 's' });
    }
    const perSecond = (expected - this.#sentWhilePlanning) / ((this.#drainedAt - this.#queuedAt) / 1_000);
    const out = `out to a channel that takes all, ${this.#sentWhilePlanning} while planning went on, the rest`;
    print({ case: out, ours: perSecond, atLeast: 5_000, unit: 'notices/s' });
    const perCpu = (expected - this.#sentWhilePlanning) / (this.#cpu.sending / 1_000);
    print({ case: 'the same', ours: perCpu, unit: 'notices/CPU s' });
    print({ case: 'told twice', ours: this.#channel.repeated, atMost: 0, unit: 'subscribers' });
    this.printPace(print);
    const { start, peak, end } = this.#rss;
    print({ case: 'memory before', ours: start / megabyte, unit: 'MiB' });
    print({
      case: 'memory at most, peer: before',
      ours: peak / megabyte,
      peer: start / megabyte,
      unit: 'MiB',
    });
    print({ case: 'memory after, peer: before', ours: end / megabyte, peer: start / megabyte, unit: 'MiB' });
  }
}
