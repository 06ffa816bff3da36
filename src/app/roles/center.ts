/** The centre: line, book, courier, collector and fronts in one process, with the book and the series in workers. */
import { Fault } from '../../base/fault.ts';
import { formatProblem, type Problem } from '../../base/problem.ts';
import type { Wake } from '../../base/world.ts';
import type { Book } from '../../edge/book/book.ts';
import type { Callers } from '../../edge/book/callers.ts';
import { type Front, openFront } from '../../edge/http/front.ts';
import { LiveFeed } from '../../edge/http/live-feed.ts';
import type { AnswersPort, FrontPorts } from '../../edge/http/ports.ts';
import type { Applied } from '../../flow/applied.ts';
import type { SeriesStore } from '../../flow/series.ts';
import type { Measurement } from '../../model/measurement.ts';
import { startJobs } from '../calendar.ts';
import { issueSignIn } from '../center/access.ts';
import { answersPort } from '../center/answers-port.ts';
import { bookQueries } from '../center/book-queries.ts';
import { watchClock } from '../center/clock-watch.ts';
import { type Collector, startCollector } from '../center/collector.ts';
import { type CourierHost, courierPorts, forCourier, startCourierHost } from '../center/courier-host.ts';
import { DeviceBoard } from '../center/device-board.ts';
import { deviceIndex } from '../center/device-index.ts';
import { FactsFeed } from '../center/facts-feed.ts';
import { bootstrapTokens, demoTimes, discoveredPort, ownPort, playPort } from '../center/front-parts.ts';
import { type HubHost, startHubs } from '../center/hub-host.ts';
import { type FromIngest, IngestLink } from '../center/ingest-link.ts';
import { type LineHost, openLineHost } from '../center/line-host.ts';
import { LineTests } from '../center/line-tests.ts';
import { importList, oneAtOnce } from '../center/list-import.ts';
import { networkInForce, networkPort, peopleInForce } from '../center/network-port.ts';
import { noticePreview } from '../center/notice-preview.ts';
import { worksIn } from '../center/planned-works.ts';
import { portTraffic } from '../center/port-traffic.ts';
import { areaPort } from '../center/public-news.ts';
import { callerPort, callersOf } from '../center/public-parts.ts';
import { Reload } from '../center/reload.ts';
import { restoreLive } from '../center/restored-live.ts';
import { RuleBoard } from '../center/rule-board.ts';
import { automationCounters, metricsText, statusOf } from '../center/self-metrics.ts';
import { SeriesFigures } from '../center/series-figures.ts';
import { renewPolicy, type Subscribed, setUpLine } from '../center/setup.ts';
import { accountPorts } from '../center/staff.ts';
import type { Config } from '../config/config.ts';
import { type Installation, readBeside } from '../config/installation.ts';
import { loadWhole } from '../config/load.ts';
import { saysSame } from '../config/same.ts';
import { formatHostPort } from '../config/values.ts';
import { exitCodes, type Places } from '../processes/messages.ts';
import type { RoleHost, StartedRole } from '../processes/role-host.ts';
import { pagesFolder } from '../product-files.ts';
import { openBookWorker, openSeriesWorker } from '../workers.ts';
import { wallClockLead } from '../world.ts';
import { type HeldLock, lockData, orphanPatienceMs } from './data-lock.ts';

export async function startCenter(host: RoleHost): Promise<StartedRole> {
  const whole = await loadWhole(host.start);
  const { value: installation, problems } = await readBeside(whole, host.start.config, { isDaemon: true });
  const { world } = host;
  for (const problem of problems)
    world.log.warn('left out of the configured files', { problem: formatProblem(problem) });
  const { config } = installation;
  const lock = await lockData(config.data, { name: 'center', world, patienceMs: orphanPatienceMs });
  const book = await openBookWorker(config.data);
  const series = await openSeriesWorker(config.data, config.series);
  const answers = await answersPort(world);
  const callers = await callersOf(config.data, world);
  const parts = { host, config, places: whole.inForce.places, book, callers, series, lock, answers };
  return new Center(parts).open(installation);
}

interface Parts {
  readonly host: RoleHost;
  /** Of the start: where everything lies and listens for the whole life of this process. */
  readonly config: Config;
  readonly places: Places;
  readonly book: Book;
  readonly callers: Callers;
  readonly series: SeriesStore;
  readonly lock: HeldLock;
  readonly answers: AnswersPort;
}

class Center {
  readonly #parts: Parts;
  readonly #live: LiveFeed;
  readonly #devices: DeviceBoard;
  readonly #series: SeriesFigures;
  readonly #board: RuleBoard;
  readonly #reload: Reload;
  readonly #lineTests: LineTests;
  /** In force now. */
  #config: Config;
  #rules: Installation['rules'] | undefined;
  #deviceOf: ReturnType<typeof deviceIndex>;
  readonly #placesOf = (engineId: string) => this.#collector?.placesOf(engineId) ?? [];
  #lineHost: LineHost | undefined;
  #link: IngestLink | undefined;
  #courier: CourierHost | undefined;
  #hubs: HubHost | undefined;
  #collector: Collector | undefined;
  readonly #unasked: Measurement[] = [];
  #front: Front | undefined;
  #jobs: { stop(): void } | undefined;
  #clock: Wake | undefined;
  #isReady = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: Parts) {
    const { config, host, places } = parts;
    this.#parts = parts;
    this.#config = config;
    this.#deviceOf = deviceIndex(config.devices, this.#placesOf);
    this.#devices = new DeviceBoard(config.devices);
    this.#series = new SeriesFigures({ series: parts.series, world: host.world });
    this.#lineTests = new LineTests(host.world, (resources) => this.#observe({ resources }));
    this.#board = new RuleBoard(parts.book, config.data);
    this.#live = new LiveFeed(host.world.now(), {
      totals: () => this.#totals(),
      faults: () => this.#rules?.faults ?? {},
    });
    this.#reload = new Reload({
      start: host.start,
      places,
      log: host.world.log,
      apply: (installation) => this.#apply(installation),
    });
  }

  async open(installation: Installation): Promise<StartedRole> {
    const { host, config, book, series } = this.#parts;
    const { world } = host;
    await restoreLive(this.#live, book);
    const { correlation } = installation.rules;
    if (correlation === undefined)
      throw new Fault('start/rules', 'the rules say too little to find causes by');
    const line = await openLineHost({
      folder: config.data,
      world,
      book,
      rules: correlation,
      deliver: (batch) => this.#deliver(batch),
      onFailure: (error) => host.fail(exitCodes.disk, error),
    });
    this.#lineHost = line;
    for (const problem of line.problems) world.log.warn('found at start', { ...problem });
    line.running.start();
    this.#clock = watchClock({
      world,
      lead: () => wallClockLead(world),
      onStep: (byMs) => void line.running.offer({ kind: 'clockStepped', byMs }),
    });
    await this.#openFront(line);
    const problems = await this.#inTurn(() => this.#enter(installation));
    for (const problem of problems.slice(0, 100)) world.log.warn('in the configured files', { ...problem });
    const collector = await startCollector({
      installation,
      world,
      series,
      devices: this.#devices,
      offer: (input) => {
        this.#lineTests.take(input);
        return line.running.offer(input);
      },
    });
    this.#collector = collector;
    for (const measurement of this.#unasked.splice(0)) this.#observe(measurement);
    this.#openLink(line, collector);
    this.#jobs = startJobs({ book, series, line, config, world, facts: this.#facts });
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

  /** Channels and texts for the courier, then everything the line decides with. */
  async #enter(installation: Installation): Promise<readonly Problem[]> {
    const { host, book } = this.#parts;
    const line = this.#lineHost!;
    const { config, rules } = installation;
    const isChanged =
      !saysSame(forCourier(config), forCourier(this.#config)) ||
      !saysSame(rules.inForce, this.#rules?.inForce);
    if (this.#courier === undefined || isChanged) {
      await this.#courier?.stop();
      this.#courier = undefined;
      this.#courier = await startCourierHost({
        installation,
        book,
        line,
        world: host.world,
        publicUrl: this.#publicUrl(config),
        onlyTo: host.start.onlyTo,
        answers: this.#parts.answers,
        onCounts: (incident, counts) => this.#live.countNotices(incident, counts),
      });
    }
    const { channels } = this.#courier;
    const problems = await setUpLine({ host: line, book, installation, channels, world: host.world });
    this.#rules = rules;
    this.#board.use(installation);
    return problems;
  }

  /** A reload found nothing wrong. Each step may be done again, so that one that failed half-way is completed by the next. */
  async #apply(read: Installation): Promise<readonly Problem[]> {
    const { host, book, series, config: first, places } = this.#parts;
    if (!this.#isReady) throw new Fault('reload/not-ready', 'the daemon is not ready');
    const { data, http, traps, syslog, public: open } = first;
    const config = { ...read.config, data, http, traps, syslog, public: open };
    const installation = { ...read, config };
    const problems = await this.#inTurn(() => this.#enter(installation));
    this.#collector!.use(installation);
    this.#deviceOf = deviceIndex(config.devices, this.#placesOf);
    this.#jobs?.stop();
    this.#config = config;
    const { world } = host;
    this.#jobs = startJobs({ book, series, line: this.#lineHost!, config, world, facts: this.#facts });
    const inForce = { files: read.inForce.files, places };
    host.inForce(inForce);
    const failure = await this.#link!.reload(inForce);
    if (failure !== undefined) throw new Fault('reload/ingest', `who may send traps: ${failure}`);
    return problems;
  }

  #subscribed(): Subscribed {
    const { channels } = this.#courier!;
    const { host, book } = this.#parts;
    return { host: this.#lineHost!, book, channels, world: host.world, language: this.#config.language };
  }

  readonly #feed = new FactsFeed(() => this.#subscribed());
  readonly #facts = () => this.#inTurn(() => this.#feed.tell());

  /** Lists one after the other: two at once would each take the other's for gone. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(run);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  #publicUrl(config: Config): string {
    return config.publicUrl ?? `http://${formatHostPort(this.#front!.public)}`;
  }

  async #openFront(line: LineHost): Promise<void> {
    const { host, config, book, callers } = this.#parts;
    const { world, start } = host;
    const listen = (name: 'http' | 'public') => ownPort(config[name], host.facts[name]);
    const publicUrl = () => this.#publicUrl(this.#config);
    const times = () => demoTimes(this.#config);
    const keys = bootstrapTokens(start.demoToken);
    const ports: FrontPorts = {
      outside: book,
      network: networkPort(() => networkInForce(line)),
      testLine: (resource) => this.#lineTests.start(resource),
      submit: line.submit,
      query: bookQueries({
        ...{ book, devices: this.#devices, world, incidentOf: line.line.incidentOf },
        ...{ placed: () => peopleInForce(line), country: () => this.#config.country },
        answerWithinMs: () => this.#config.policy.dispatch.callBackWithinMs,
      }),
      noticePreview: noticePreview({
        ...{ book, line, world, publicUrl },
        ...{ texts: () => this.#rules?.texts, config: () => this.#config },
      }),
      callers: callerPort({ callers, line: line.line, config: () => this.#config, bootstrapTokens: keys }),
      areas: areaPort({ book, line, world }),
      live: this.#live,
      faults: () => this.#rules?.faults ?? {},
      status: () => statusOf(this.#counters(), world, this.#courier?.lanes() ?? []),
      alarmLoad: () => line.line.alarmLoad(),
      isReady: () => this.#isReady,
      metrics: () => metricsText(this.#counters()),
      dns: () => this.#collector?.dnsView(),
      traffic: (device) => portTraffic({ series: this.#parts.series, at: world.now(), device }),
      discovered: discoveredPort(() => this.#collector?.discovered),
      works: () => worksIn(line),
      record: ({ by, ...deed }) => book.audit([{ ...deed, at: world.now(), actor: by }]),
      rules: () => this.#board.view(line),
      automations: () =>
        line.line.automations(world.now()).map((one) => ({ ...one, title: this.#board.titleOf(one.id) })),
      posts: () => book.hookCounts(),
      reload: () => this.#reload.ask(),
      rollBackRules: () => this.#reload.rollBackRules(world.now()),
      importSubscribers: oneAtOnce((list, wish) =>
        this.#inTurn(() => importList({ ...this.#subscribed(), config: this.#config, list, wish })),
      ),
      play: start.demo === undefined ? undefined : playPort(host),
      ...courierPorts(() => this.#courier, this.#parts.answers),
      ...accountPorts({
        ...{ book, world, bootstrapTokens: keys, front: () => this.#front! },
        onChange: () => this.#inTurn(() => renewPolicy({ host: line, book, config: this.#config })),
      }),
      get publicUrl() {
        return publicUrl();
      },
      get demo() {
        return start.demo === undefined ? undefined : times();
      },
      world,
    };
    this.#front = await openFront({ ports, http: listen('http'), public: listen('public'), pagesFolder });
    this.#hubs = startHubs({ book, world, ports, isSilent: start.onlyTo !== undefined });
  }

  #openLink(line: LineHost, collector: Collector): void {
    const { host } = this.#parts;
    const link = new IngestLink({
      running: line.running,
      detection: collector.detection,
      world: host.world,
      deviceOf: (record) => this.#deviceOf(record),
      onHint: (device) => collector.suspect(device),
      onChange: (device) => collector.rediscover(device),
      spoolOffset: (spool) => line.line.spoolOffset(spool),
      send: (message) => host.relay('ingest', message),
    });
    this.#link = link;
    host.onRelay((told) => {
      const message = told as FromIngest | { readonly kind: 'reload' };
      if (message.kind === 'reload') void this.#reload.ask();
      else link.take(message);
    });
    // Whichever of the two starts again, ingest answers with its spool and is told where to go on.
    host.relay('ingest', { kind: 'whoAreYou' });
  }

  /** Everything here is durable: now it may be seen, sent and confirmed. */
  #deliver(batch: readonly Applied[]): void {
    for (const applied of batch) this.#live.publish(applied);
    this.#link?.delivered(batch);
    if (batch.some((applied) => applied.effects.length > 0)) this.#courier?.wake();
    for (const { effects } of batch)
      for (const effect of effects) if (effect.kind === 'observe') this.#ask(effect.measurement);
  }

  /** What the line asks before there is a collector waits for it: the questions of the last start. */
  #ask(measurement: Measurement): void {
    if (this.#collector === undefined) this.#unasked.push(measurement);
    else this.#observe(measurement);
  }

  #observe(places: Pick<Measurement, 'resources'>): number {
    const network = networkInForce(this.#lineHost!);
    return network === undefined ? 0 : (this.#collector?.observe(places, network) ?? 0);
  }

  #totals() {
    const open = this.#lineHost?.line.openCounts();
    return {
      incidentsOpen: open?.incidents ?? 0,
      alarmsRaised: open?.alarms ?? 0,
      subscribersAffected: open?.subscribers ?? 0,
      blindCollectors: this.#collector?.isBlind() === true ? ['collector'] : [],
    };
  }

  #counters(): Readonly<Record<string, number>> {
    const line = this.#lineHost;
    return {
      ...this.#link?.counters,
      ...this.#courier?.counters(),
      ...this.#hubs?.counters(),
      ...this.#collector?.counters(),
      ...this.#devices.counts(),
      ...this.#series.counters(),
      ...this.#reload.counters,
      ...this.#front?.counters(),
      ...line?.line.kpis(),
      ...automationCounters(line?.line.automations(this.#parts.host.world.now()) ?? []),
      inputsApplied: line?.line.sequence ?? 0,
      inputsWaiting: line?.running.waiting ?? 0,
      inputsRefused: line?.running.refused ?? 0,
      stormMode: line?.running.isStorm === true ? 1 : 0,
    };
  }

  async #stop(): Promise<void> {
    this.#isReady = false;
    this.#jobs?.stop();
    this.#clock?.cancel();
    await this.#front?.close();
    await this.#collector?.stop();
    await this.#lineHost?.stop();
    await this.#collector?.keep();
    await this.#courier?.stop();
    await this.#hubs?.stop();
    this.#series.stop();
    await this.#parts.series.close();
    this.#parts.callers.close();
    await this.#parts.book.close();
    await this.#parts.lock.release();
  }
}
