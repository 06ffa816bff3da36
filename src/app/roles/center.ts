/** The centre: line, book, courier, collector and fronts in one process, with the book and the series in workers. */
import { seconds } from '../../base/instant.ts';
import type { Book } from '../../edge/book/book.ts';
import { type Front, openFront } from '../../edge/http/front.ts';
import { LiveFeed } from '../../edge/http/live-feed.ts';
import type { Applied } from '../../flow/change.ts';
import type { SeriesStore } from '../../flow/series.ts';
import type { SubscriberKey } from '../../model/ids.ts';
import { startJobs } from '../calendar.ts';
import { accessPort, issueSignIn } from '../center/access.ts';
import { bookQueries } from '../center/book-queries.ts';
import { type Collector, startCollector } from '../center/collector.ts';
import { DeviceBoard } from '../center/device-board.ts';
import { deviceIndex } from '../center/device-index.ts';
import { type FromIngest, IngestLink } from '../center/ingest-link.ts';
import { type LineHost, openLineHost, resume } from '../center/line-host.ts';
import { type Mail, startMail } from '../center/mail.ts';
import { metricsText, statusOf } from '../center/self-metrics.ts';
import { setUpLine } from '../center/setup.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { formatHostPort } from '../config/values.ts';
import { exitCodes } from '../processes/messages.ts';
import type { RoleHost, StartedRole } from '../processes/role-host.ts';
import { pagesFolder } from '../product-files.ts';
import { openBookWorker, openSeriesWorker } from '../workers.ts';
import { machine } from '../world.ts';
import { type HeldLock, lockData, orphanPatienceMs } from './data-lock.ts';

/** The demo plays an outage in three minutes, so what takes minutes in a network takes seconds there. */
const demoTiming = { quietMs: seconds(3), leftoverMs: seconds(12), revisitMs: seconds(30) };

export async function startCenter(host: RoleHost): Promise<StartedRole> {
  const config = await loadConfig(host.start);
  const lock = await lockData(config.data, {
    ...{ name: 'center', world: host.world, patienceMs: orphanPatienceMs },
  });
  const book = await openBookWorker(config.data);
  const series = await openSeriesWorker(config.data);
  const center = new Center({ host, config, book, series, lock });
  return center.open();
}

interface Parts {
  readonly host: RoleHost;
  readonly config: Config;
  readonly book: Book;
  readonly series: SeriesStore;
  readonly lock: HeldLock;
}

class Center {
  readonly #parts: Parts;
  readonly #live: LiveFeed;
  readonly #devices: DeviceBoard;
  #lineHost: LineHost | undefined;
  #link: IngestLink | undefined;
  #mail: Mail | undefined;
  #collector: Collector | undefined;
  #front: Front | undefined;
  #jobs: { stop(): void } | undefined;
  #isReady = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#devices = new DeviceBoard(parts.config.devices);
    this.#live = new LiveFeed(parts.host.world.now(), () => this.#totals());
  }

  async open(): Promise<StartedRole> {
    const { host, config, book, series } = this.#parts;
    const { world } = host;
    await this.#restoreLive();
    const line = await openLineHost({
      ...{ folder: config.data, world, book },
      timing: host.start.demo === undefined ? undefined : demoTiming,
      deliver: (batch) => this.#deliver(batch),
      onFailure: (error) => host.fail(exitCodes.disk, error),
    });
    this.#lineHost = line;
    for (const problem of line.problems) world.log.warn('found at start', { ...problem });
    line.running.start();
    await resume(line, world);
    const publicUrl = await this.#openFront(line);
    this.#mail = await startMail({
      config,
      book,
      line,
      world,
      publicUrl,
      onlyTo: host.start.onlyTo,
      onCounts: (incident, notices) => this.#live.countNotices(incident, notices),
    });
    const problems = await setUpLine({ host: line, book, config, channels: this.#mail.channels, world });
    for (const problem of problems.slice(0, 100)) world.log.warn('in the configured files', { ...problem });
    const collector = await startCollector({
      ...{ config, world, series, devices: this.#devices },
      offer: (input) => line.running.offer(input),
    });
    this.#collector = collector;
    this.#openLink(line, collector);
    this.#jobs = startJobs({ book, series, line, config, world });
    this.#isReady = true;
    return {
      facts: {
        http: `http://${formatHostPort(this.#front!.http)}`,
        public: `http://${formatHostPort(this.#front!.public)}`,
        signIn: `http://${formatHostPort(this.#front!.http)}/sign-in/${await issueSignIn(book, world)}`,
      },
      stop: () => this.#stop(),
    };
  }

  async #openFront(line: LineHost): Promise<string> {
    const { host, config, book } = this.#parts;
    const { world, start } = host;
    const { confirm, notify } = config.policy;
    const listen = (name: 'http' | 'public') => ownPort(config[name], host.facts[name]);
    let publicUrl = config.publicUrl ?? '';
    const ports = {
      submit: line.submit,
      query: bookQueries({
        ...{ book, devices: this.#devices, world },
        incidentOf: (subscriber: SubscriberKey) => line.line.incidentOf(subscriber),
      }),
      live: this.#live,
      status: () => statusOf(this.#counters(), world),
      isReady: () => this.#isReady,
      metrics: () => metricsText(this.#counters()),
      access: accessPort({ book, world, bootstrapTokens: bootstrapTokens(start.demoToken) }),
      get publicUrl() {
        return publicUrl;
      },
      demo:
        start.demo === undefined
          ? undefined
          : {
              ...{ holdMs: notify.holdMs, stableForMs: confirm.stableForMs },
              remindAfterMs: confirm.remindAfterMs,
            },
      world,
    };
    this.#front = await openFront({ ports, http: listen('http'), public: listen('public'), pagesFolder });
    if (publicUrl === '') publicUrl = `http://${formatHostPort(this.#front.public)}`;
    return publicUrl;
  }

  #openLink(line: LineHost, collector: Collector): void {
    const { host, config } = this.#parts;
    const link = new IngestLink({
      ...{ running: line.running, detection: collector.detection, deviceOf: deviceIndex(config.devices) },
      spoolOffset: (spool) => line.line.spoolOffset(spool),
      send: (message) => host.relay('ingest', message),
    });
    this.#link = link;
    host.onRelay((message) => link.take(message as FromIngest));
    // Whichever of the two starts again, ingest answers with its spool and is told where to go on.
    host.relay('ingest', { kind: 'whoAreYou' });
  }

  /** Everything here is durable: now it may be seen, sent and confirmed. */
  #deliver(batch: readonly Applied[]): void {
    for (const applied of batch) this.#live.publish(applied);
    this.#link?.delivered(batch);
    if (batch.some((applied) => applied.effects.length > 0)) this.#mail?.wake();
  }

  async #restoreLive(): Promise<void> {
    const { book } = this.#parts;
    const [incidents, alarms] = await Promise.all([
      book.incidents({ states: ['open', 'uncertain', 'mitigated', 'resolved'], limit: 1_000 }),
      book.alarms({ state: 'raised', limit: 1_000 }),
    ]);
    this.#live.restore([...incidents.items].reverse(), [...alarms.items].reverse());
  }

  #totals() {
    const open = this.#lineHost?.line.openCounts();
    return {
      incidentsOpen: open?.incidents ?? 0,
      alarmsRaised: open?.alarms ?? 0,
      subscribersAffected: open?.subscribers ?? 0,
      blindCollectors: [],
    };
  }

  #counters(): Readonly<Record<string, number>> {
    const line = this.#lineHost;
    return {
      ...this.#link?.counters,
      ...this.#mail?.counters(),
      ...this.#collector?.counters(),
      ...this.#devices.counts(),
      ...line?.line.kpis(),
      inputsApplied: line?.line.sequence ?? 0,
      inputsWaiting: line?.running.waiting ?? 0,
      inputsRefused: line?.running.refused ?? 0,
      stormMode: line?.running.isStorm === true ? 1 : 0,
    };
  }

  async #stop(): Promise<void> {
    this.#isReady = false;
    this.#jobs?.stop();
    await this.#front?.close();
    await this.#collector?.stop();
    await this.#lineHost?.stop();
    await this.#collector?.keep();
    await this.#mail?.stop();
    await this.#parts.series.close();
    await this.#parts.book.close();
    await this.#parts.lock.release();
  }
}

/** The port that this process had in its last life, so that links and browsers find it again. */
function ownPort<T extends { readonly host: string; readonly port: number }>(
  wanted: T,
  known: string | undefined,
): T {
  if (known === undefined || wanted.port !== 0) return wanted;
  return { ...wanted, port: Number(new URL(known).port) };
}

function bootstrapTokens(demoToken: string | undefined): string[] {
  return [machine.env['ALLCLEAR_BOOTSTRAP_TOKEN'], demoToken].filter((token) => token !== undefined);
}
