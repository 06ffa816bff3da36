/** The collector: polls the configured devices and judges them; traps of the same devices are judged beside, with one memory. */
import { hours, minutes, seconds } from '../../base/instant.ts';
import type { Wake, World } from '../../base/world.ts';
import { Detection } from '../../detect/detect.ts';
import { openTransport } from '../../edge/snmp/transport.ts';
import type { Input } from '../../flow/input.ts';
import { type MeasuredDevice, Measuring } from '../../flow/measuring.ts';
import type { SeriesStore } from '../../flow/series.ts';
import type { Installation } from '../config/installation.ts';
import { openDetectionMemory } from './detection-memory.ts';
import type { DeviceBoard } from './device-board.ts';
import { reconciliations } from './reconciliation.ts';
import { Targets } from './targets.ts';

export interface Collector {
  readonly detection: Detection;
  /** From now on this is polled and judged by; what did not change goes on as it was. */
  use(installation: Installation): void;
  counters(): Readonly<Record<string, number>>;
  stop(): Promise<void>;
  /** After the last trap was judged: writes what is known of the devices for the next start. */
  keep(): Promise<void>;
}

const collectorId = 'collector';

export async function startCollector(options: {
  readonly installation: Installation;
  readonly world: World;
  readonly series: SeriesStore;
  readonly devices: DeviceBoard;
  readonly offer: (input: Input) => boolean;
}): Promise<Collector> {
  const { installation, world, series, devices, offer } = options;
  const { config } = installation;
  const detection = new Detection(installation.rules.detection);
  const memory = await openDetectionMemory({ detection, folder: config.data, world });
  const transport = await openTransport(world);
  const targets = new Targets({ world, transport });
  const measuring = new Measuring({
    world,
    series,
    detection,
    intervalMs: config.snmp.intervalMs,
    offer: (observation) => offerObservation(offer, observation),
    devices: targets.use(installation),
    onReading: (device, reading, at) => {
      if (reading === undefined) devices.silent(device.id);
      else devices.answered(device.id, reading, at);
    },
  });
  forgetStrangers(detection, targets.devices, offer);
  measuring.start();
  const keeper = keepTrue({ detection, world, offer });
  return {
    detection,
    use(changed) {
      detection.setRules(changed.rules.detection);
      devices.use(changed.config.devices);
      measuring.use(targets.use(changed), changed.config.snmp.intervalMs);
      forgetStrangers(detection, targets.devices, offer);
    },
    counters: () => ({ ...measuring.counters, detectionRefused: detection.refused }),
    async stop() {
      for (const wake of keeper) wake.cancel();
      measuring.stop();
      targets.close();
      await transport.close();
    },
    keep() {
      memory.stop();
      return memory.keep();
    },
  };
}

/** A device that is no longer asked, or stands for another resource, ends what was held against it (design L11). */
function forgetStrangers(
  detection: Detection,
  devices: readonly MeasuredDevice[],
  offer: (input: Input) => boolean,
): void {
  const asked = new Map(devices.map(({ id, resource }) => [id, resource]));
  const watches = detection.watched.flatMap(({ id, resource }) =>
    asked.get(id) === resource ? [] : detection.forget(id),
  );
  for (const input of reconciliations(collectorId, { watches, active: [] })) offer(input);
}

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
    for (const input of reconciliations(collectorId, detection.active())) offer(input);
  };
  return [
    world.every(seconds(1), endDue),
    // The first list follows when every device was asked some times, so that silence is told from a start.
    world.after(minutes(5), reconcile),
    world.every(hours(1), reconcile),
  ];
}
