/** The collector: polls the configured devices and judges them; traps of the same devices are judged beside, with one memory. */
import { hours, type Instant, minutes, seconds } from '../../base/instant.ts';
import type { Wake, World } from '../../base/world.ts';
import { Detection } from '../../detect/detect.ts';
import { openTransport } from '../../edge/snmp/transport.ts';
import { type Engines, placeOf } from '../../edge/snmp/usm-engine.ts';
import type { Input } from '../../flow/input.ts';
import { Measuring } from '../../flow/measuring.ts';
import type { PolledDevice } from '../../flow/polled-device.ts';
import type { Probing } from '../../flow/probing.ts';
import type { SeriesStore } from '../../flow/series.ts';
import type { DnsView } from '../../model/dns.ts';
import { type ResourceId, resourceId } from '../../model/ids.ts';
import type { Measurement } from '../../model/measurement.ts';
import type { Topology } from '../../topology/topology.ts';
import type { Config, DeviceConfig } from '../config/config.ts';
import type { Installation } from '../config/installation.ts';
import { placesByDevice } from './asking.ts';
import { type DetectionMemory, openDetectionMemory, placesAmong } from './detection-memory.ts';
import type { DeviceBoard } from './device-board.ts';
import { type Discovery, openDiscovery } from './discovery.ts';
import { openProbing } from './probing-host.ts';
import { reconciliations } from './reconciliation.ts';
import { Targets } from './targets.ts';

export interface Collector {
  readonly detection: Detection;
  /** Something looks wrong with it (a trap, a line of syslog, a ticket): it is asked at once, costly tables too. */
  suspect(device: string): void;
  /** Its parts or neighbours changed: it is read whole soon. */
  rediscover(device: string): void;
  /** How does all below these places stand? The devices that see it are polled at once and answer; says how many are. */
  observe(measurement: Pick<Measurement, 'resources'>, topology: Topology): number;
  /** Where an SNMP engine of this id (hexadecimal) proved to be when it was polled. */
  placesOf(engineId: string): Iterable<string>;
  /** True while most devices fell silent at once: it is this collector that sees nothing. */
  isBlind(): boolean;
  /** From now on this is polled and judged by; what did not change goes on as it was. */
  use(installation: Installation): void;
  counters(): Readonly<Record<string, number>>;
  /** Undefined without a DNS platform in the configuration. */
  dnsView(): DnsView | undefined;
  readonly discovered: Discovery['port'];
  stop(): Promise<void>;
  /** After the last trap was judged: writes what is known of the devices for the next start. */
  keep(): Promise<void>;
}

const collectorId = 'collector';
const lateMsWorthSaying = 10_000;

interface CollectorOptions {
  readonly installation: Installation;
  readonly world: World;
  readonly series: SeriesStore;
  readonly devices: DeviceBoard;
  readonly offer: (input: Input) => boolean;
}

export async function startCollector(options: CollectorOptions): Promise<Collector> {
  const { installation, world, series, devices, offer } = options;
  const { config } = installation;
  const detection = new Detection(installation.rules.detection);
  const memory = await openDetectionMemory({ detection, folder: config.data, world });
  const transport = await openTransport(world);
  const discovery = await openDiscovery({ installation, world });
  detection.judgeByRole(discovery.roleOf);
  const targets = new Targets({
    ...{ world, transport, paces: memory.paces },
    onReading: (device, reading) => discovery.take(device, reading),
  });
  memory.keepPaces(() => targets.paces());
  const measuring = openMeasuring(options, detection, targets.use(installation));
  const placesOf = rememberedEngines(memory, transport.engines, config.devices);
  memory.keepBoard(devices);
  devices.readFrom({
    readingOf: (id) => targets.readingOf(id),
    pollingOf: (id) => measuring.pollingOf(id),
    now: () => world.now(),
  });
  const { probing, use: useProbes } = await openProbing({
    ...{ folder: config.data, world, series },
    offer: (observation) => measuring.tell(observation),
  });
  const judges: Judges = { detection, probing, offer, measuring, world };
  judgeThese(judges, targets.devices, { config, unprobed: useProbes(config) });
  measuring.start();
  const keeper = keepTrue(judges);
  return {
    detection,
    suspect: (device) => measuring.suspect(device),
    rediscover: (device) => measuring.rediscover(device),
    observe({ resources }, topology) {
      const asked = placesByDevice(topology, targets.devices, resources);
      return [...asked].filter(([device, places]) => measuring.ask(device, places)).length;
    },
    placesOf,
    isBlind: () => measuring.health.isBlind,
    use(changed) {
      detection.setRules(changed.rules.detection);
      devices.use(changed.config.devices);
      discovery.use(changed);
      measuring.use(targets.use(changed), changed.config.snmp.intervalMs);
      judgeThese(judges, targets.devices, { config: changed.config, unprobed: useProbes(changed.config) });
    },
    counters: () => ({
      ...named('snmp', transport.counters()),
      ...measuring.counters,
      ...targets.counters(),
      ...probing.counters,
      ...discovery.counters(),
      detectionRefused: detection.refused,
    }),
    dnsView: () => probing.dnsView,
    discovered: discovery.port,
    async stop() {
      for (const wake of keeper) wake.cancel();
      await measuring.stop();
      probing.stop();
      targets.close();
      await transport.close();
    },
    async keep() {
      memory.stop();
      discovery.stop();
      await Promise.all([memory.keep(), discovery.keep()]);
    },
  };
}

/** Devices that are away for the whole of a start are still who they were, those that are configured. */
function rememberedEngines(
  memory: DetectionMemory,
  engines: Engines,
  devices: readonly DeviceConfig[],
): Collector['placesOf'] {
  const places = new Set(devices.map(({ address, port }) => placeOf(address, port)));
  const known = Object.fromEntries(Object.entries(memory.engines).filter(([place]) => places.has(place)));
  memory.keepEngines(() => ({ ...known, ...engines.proved() }));
  return placesAmong(known, { of: (id) => engines.placesOf(id), all: () => engines.proved() });
}

function openMeasuring(
  options: CollectorOptions,
  detection: Detection,
  polled: readonly PolledDevice[],
): Measuring {
  const { installation, world, series, devices, offer } = options;
  return new Measuring({
    world,
    series,
    detection,
    intervalMs: installation.config.snmp.intervalMs,
    offer: (observation) => offer({ kind: 'observation', observation }),
    offerMany: (bitmap) => offer({ kind: 'bitmap', bitmap }),
    offerFull: (bitmap) => offer({ kind: 'fullBitmap', bitmap }),
    collector: collectorId,
    devices: polled,
    onTurn: (device, answered) => showTurn(devices, device, answered ? world.now() : undefined),
  });
}

/** `at` undefined: it did not answer. */
function showTurn(devices: DeviceBoard, device: PolledDevice, at: Instant | undefined): void {
  if (at === undefined) devices.silent(device.id);
  else devices.answered(device.id, device.profile(), at);
}

interface Judges {
  readonly measuring: Measuring;
  readonly detection: Detection;
  readonly probing: Probing;
  readonly offer: (input: Input) => boolean;
  readonly world: World;
}

/** From now on these are asked, listened to and probed, and no others. */
function judgeThese(
  judges: Judges,
  polled: readonly PolledDevice[],
  { config, unprobed }: { readonly config: Config; readonly unprobed: readonly ResourceId[] },
): void {
  forgetStrangers(judges, polled, unprobed);
  expectHeartbeats(judges, config.devices);
}

/**
 * Devices and probes may judge the same resource, and a list that holds a part of what is true of one would end the
 * rest of it: so there is one list.
 */
function allActive({ detection, probing, measuring }: Judges): ReturnType<Detection['active']> {
  const [polled, probed] = [detection.active(), probing.active()];
  return {
    watches: [...polled.watches, ...probed.watches, resourceId(collectorId)],
    below: polled.below,
    unseen: polled.unseen,
    active: [...polled.active, ...probed.active, ...measuring.health.active()],
  };
}

/** What is no longer asked, or stands for another resource, ends what was held against it (design L11). */
function forgetStrangers(
  judges: Judges,
  devices: readonly PolledDevice[],
  unprobed: readonly ResourceId[],
): void {
  const { detection, offer } = judges;
  const asked = new Map(devices.map(({ id, resource }) => [id, resource]));
  const forgotten = detection.watched.flatMap(({ id, resource }) =>
    asked.get(id) === resource ? [] : detection.forget(id),
  );
  const watches = [...new Set([...forgotten, ...unprobed])];
  const concerned = new Set<string>(watches);
  const active = allActive(judges).active.filter(({ resource }) => concerned.has(resource));
  for (const input of reconciliations(collectorId, { watches, active })) offer(input);
}

function expectHeartbeats({ detection, measuring, world }: Judges, devices: readonly DeviceConfig[]): void {
  const expected = devices.flatMap(({ id, resource, heartbeatMs }) =>
    heartbeatMs === undefined
      ? []
      : [{ device: { id, resource: resourceId(resource) }, everyMs: heartbeatMs }],
  );
  const ended = detection.heartbeats.expect(expected, world.now());
  for (const observation of ended) measuring.tell(observation);
}

/** `bytesIn` of `snmp` is `snmpBytesIn`. */
const named = (of: string, counters: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(counters).map(([name, count]) => [
      `${of}${name[0]!.toUpperCase()}${name.slice(1)}`,
      count,
    ]),
  );

/** Ends what only begins when its time is up, and once an hour tells the line everything that holds (design L11). */
function keepTrue(judges: Judges): Wake[] {
  const { detection, measuring, offer, world } = judges;
  const endDue = (): void => {
    for (const observation of detection.wake(world.now())) measuring.tell(observation);
  };
  const reconcile = (): void => {
    for (const input of reconciliations(collectorId, allActive(judges))) offer(input);
    const late = measuring.health.worst().filter(({ lateMs }) => lateMs > lateMsWorthSaying);
    if (late.length > 0) world.log.warn('devices were asked late', { devices: late });
  };
  return [
    world.every(seconds(1), endDue),
    // The first list follows when every device was asked some times, so that silence is told from a start.
    world.after(minutes(5), reconcile),
    world.every(hours(1), reconcile),
  ];
}
