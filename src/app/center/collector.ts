/** The collector: polls the configured devices and judges them; traps of the same devices are judged beside, with one memory. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hours, minutes, seconds } from '../../base/instant.ts';
import { formatProblem, type Parsed, type Problem } from '../../base/problem.ts';
import type { SourceDocument } from '../../base/source-document.ts';
import type { Wake, World } from '../../base/world.ts';
import type { Profiles } from '../../collect/collect.ts';
import {
  compileDetectionRules,
  Detection,
  type DetectionRules,
  detectionSchema,
} from '../../detect/detect.ts';
import { loadProfiles } from '../../edge/files/profiles.ts';
import { documentCheck, parseYaml } from '../../edge/files/yaml-document.ts';
import { type DevicePoller, openDevicePoller } from '../../edge/snmp/device-poller.ts';
import type { Credentials } from '../../edge/snmp/poll.ts';
import type { V3User } from '../../edge/snmp/session-v3.ts';
import { openTransport, type Transport } from '../../edge/snmp/transport.ts';
import type { Input } from '../../flow/input.ts';
import { type MeasuredDevice, Measuring } from '../../flow/measuring.ts';
import type { SeriesStore } from '../../flow/series.ts';
import { resourceId } from '../../model/ids.ts';
import type { Config, DeviceConfig } from '../config/config.ts';
import { collectorsFolder, rulesFolder } from '../product-files.ts';
import { openDetectionMemory } from './detection-memory.ts';
import type { DeviceBoard } from './device-board.ts';

export interface Collector {
  readonly detection: Detection;
  counters(): Readonly<Record<string, number>>;
  stop(): Promise<void>;
  /** After the last trap was judged: writes what is known of the devices for the next start. */
  keep(): Promise<void>;
}

const collectorId = 'collector';

export async function startCollector(options: {
  readonly config: Config;
  readonly world: World;
  readonly series: SeriesStore;
  readonly devices: DeviceBoard;
  readonly offer: (input: Input) => boolean;
}): Promise<Collector> {
  const { config, world, series, devices, offer } = options;
  const rules = await loadDetectionRules(ruleFolders(config));
  const profiles = await loadProfiles([collectorsFolder]);
  for (const problem of [...rules.problems, ...profiles.problems]) {
    world.log.warn('a rule or profile is left out', { problem: formatProblem(problem) });
  }
  const detection = new Detection(rules.value);
  const memory = await openDetectionMemory({ detection, folder: config.data, world });
  const transport = await openTransport(world);
  const observe = (observation: Parameters<typeof offerObservation>[1]): boolean =>
    offerObservation(offer, observation);
  const polled = config.devices
    .filter((device) => device.poll)
    .map((device) => ({
      device,
      poller: pollerOf(device, { config, world, transport, profiles: profiles.value }),
    }));
  const measuring = new Measuring({
    ...{ world, series, detection, intervalMs: config.snmp.intervalMs, offer: observe },
    devices: polled.map(({ device, poller }) => measured(device, poller)),
    onReading: (device, reading, at) => {
      if (reading === undefined) devices.silent(device.id);
      else devices.answered(device.id, reading, at);
    },
  });
  measuring.start();
  const keeper = keepTrue({ detection, world, offer });
  return {
    detection,
    counters: () => ({ ...measuring.counters, detectionRefused: detection.refused }),
    async stop() {
      for (const wake of keeper) wake.cancel();
      measuring.stop();
      for (const { poller } of polled) poller.close();
      await transport.close();
    },
    keep() {
      memory.stop();
      return memory.keep();
    },
  };
}

const ruleFolders = (config: Config): readonly string[] =>
  config.rules === undefined ? [rulesFolder] : [rulesFolder, config.rules];

const offerObservation = (
  offer: (input: Input) => boolean,
  observation: Extract<Input, { kind: 'observation' }>['observation'],
): boolean => offer({ kind: 'observation', observation });

/** Ends what only begins when its time is up, and once an hour tells the line everything that holds (design L11). */
function keepTrue(options: {
  readonly detection: Detection;
  readonly world: World;
  readonly offer: (input: Input) => boolean;
}): Wake[] {
  const { detection, world, offer } = options;
  const endDue = (): void => {
    for (const observation of detection.wake(world.now())) offerObservation(offer, observation);
  };
  const reconcile = (): void => {
    const { watches, active } = detection.active();
    const conditions = active.map(({ resource, cause, by }) => ({ resource, cause: cause ?? '', by }));
    offer({
      kind: 'command',
      by: collectorId,
      command: { kind: 'reconcile', collector: collectorId, watches, active: conditions },
    });
  };
  return [
    world.every(seconds(1), endDue),
    // The first list follows when every device was asked some times, so that silence is told from a start.
    world.after(minutes(5), reconcile),
    world.every(hours(1), reconcile),
  ];
}

function pollerOf(
  device: DeviceConfig,
  given: {
    readonly config: Config;
    readonly world: World;
    readonly transport: Transport;
    readonly profiles: Profiles;
  },
): DevicePoller {
  const { config, world, transport, profiles } = given;
  const target = {
    ...{ host: device.address, port: device.port, credentials: credentialsOf(device) },
    ...{ timeoutMs: config.snmp.timeoutMs, retries: config.snmp.retries },
  };
  return openDevicePoller({ world, transport, profiles, target, profile: device.profile });
}

const measured = ({ id, resource }: DeviceConfig, poller: DevicePoller): MeasuredDevice => ({
  id,
  resource: resourceId(resource),
  async read() {
    const outcome = await poller.read();
    return outcome.kind === 'reading' ? outcome.reading : undefined;
  },
});

export function credentialsOf(device: DeviceConfig): Credentials {
  if (device.v3 !== undefined) return { version: 'v3', v3: device.v3 as V3User };
  return { version: device.version === '1' ? 'v1' : 'v2c', community: device.community };
}

/** Detection rules of the folders, shipped first; a file with a mistake is left out as a whole. */
export async function loadDetectionRules(folders: readonly string[]): Promise<Parsed<DetectionRules>> {
  const check = documentCheck(detectionSchema);
  const documents: SourceDocument[] = [];
  const problems: Problem[] = [];
  for (const folder of folders) {
    for (const file of await rulesIn(folder)) {
      const { value: document, problems: syntax } = parseYaml(file, await readFile(file, 'utf8'));
      const found = syntax.length > 0 ? syntax : check(document);
      problems.push(...found);
      if (found.length === 0) documents.push(document);
    }
  }
  const compiled = compileDetectionRules(documents);
  return { value: compiled.value, problems: [...problems, ...compiled.problems] };
}

async function rulesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => join(folder, entry.name))
    .sort();
}
