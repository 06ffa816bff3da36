/**
 * The measuring loop of a collector: asks each device at its own moment of the interval, hands samples to the series and
 * readings to `detect`. Fast and not journaled: only observations leave it.
 */
import { type DurationMs, type Instant, milliseconds } from '../base/instant.ts';
import { spreadHash } from '../base/random.ts';
import type { Wake, World } from '../base/world.ts';
import { type MeasuredValue, samplesOf } from '../collect/collect.ts';
import type { Detection, WatchedDevice } from '../detect/detect.ts';
import type { Observation } from '../model/observation.ts';
import type { DeviceReading } from '../model/reading.ts';
import type { SampleBatch, SeriesId, SeriesStore } from './series.ts';

export interface MeasuredDevice extends WatchedDevice {
  /** One reading of the device; undefined when it did not answer. Never rejects. */
  read(): Promise<DeviceReading | undefined>;
}

export interface MeasuringOptions {
  readonly devices: readonly MeasuredDevice[];
  readonly intervalMs: DurationMs;
  readonly world: World;
  readonly series: SeriesStore;
  readonly detection: Detection;
  /** False: the line's queue is full. What was not taken is sent again by the next reconciliation (design L11). */
  readonly offer: (observation: Observation) => boolean;
  readonly onReading: (device: WatchedDevice, reading: DeviceReading | undefined, at: Instant) => void;
}

/** The first round comes within this time, so that a start shows something soon. */
const firstRoundMs = 3_000;

export class Measuring {
  readonly #options: MeasuringOptions;
  readonly #wakes = new Set<Wake>();
  readonly #busy = new Set<string>();
  /** Series numbers by resource and metric; one entry a series, as the store keeps too. */
  readonly #ids = new Map<string, SeriesId>();
  readonly #counters = {
    polls: 0,
    pollsWithoutAnswer: 0,
    pollsSkipped: 0,
    samples: 0,
    observationsNotTaken: 0,
  };
  #stopped = false;

  constructor(options: MeasuringOptions) {
    this.#options = options;
  }

  get counters(): Readonly<Record<string, number>> {
    return this.#counters;
  }

  start(): void {
    const { devices, intervalMs, world } = this.#options;
    for (const device of devices) {
      const spread = spreadHash(device.id);
      const first = milliseconds(spread % Math.min(firstRoundMs, intervalMs));
      this.#later(first, () => {
        this.#poll(device);
        this.#wakes.add(world.every(intervalMs, () => this.#poll(device)));
      });
    }
  }

  stop(): void {
    this.#stopped = true;
    for (const wake of this.#wakes) wake.cancel();
    this.#wakes.clear();
  }

  #later(length: DurationMs, run: () => void): void {
    const wake = this.#options.world.after(length, () => {
      this.#wakes.delete(wake);
      run();
    });
    this.#wakes.add(wake);
  }

  /** A device that still answers the last round is not asked again: one request in flight a device. */
  #poll(device: MeasuredDevice): void {
    if (this.#busy.has(device.id)) {
      this.#counters.pollsSkipped++;
      return;
    }
    this.#busy.add(device.id);
    device
      .read()
      .then((reading) => this.#take(device, reading))
      .catch((error: unknown) => {
        this.#options.world.log.error('a reading could not be taken in', {
          device: device.id,
          error: String(error),
        });
      })
      .finally(() => this.#busy.delete(device.id));
  }

  async #take(device: MeasuredDevice, reading: DeviceReading | undefined): Promise<void> {
    if (this.#stopped) return;
    const { detection, world, onReading } = this.#options;
    const at = world.now();
    this.#counters.polls++;
    onReading(device, reading, at);
    const found = reading === undefined ? detection.silent(device) : detection.reading(device, reading, at);
    for (const observation of found) {
      if (!this.#options.offer(observation)) this.#counters.observationsNotTaken++;
    }
    if (reading === undefined) this.#counters.pollsWithoutAnswer++;
    else await this.#store(samplesOf(device.id, reading), at);
  }

  async #store(samples: readonly MeasuredValue[], at: Instant): Promise<void> {
    if (samples.length === 0) return;
    const { series } = this.#options;
    const unknown = samples.filter((sample) => !this.#ids.has(nameOf(sample)));
    if (unknown.length > 0) {
      const ids = await series.register(unknown);
      for (const [index, sample] of unknown.entries()) this.#ids.set(nameOf(sample), ids[index]!);
    }
    await series.append(this.#batch(samples, at));
    this.#counters.samples += samples.length;
  }

  #batch(samples: readonly MeasuredValue[], at: Instant): SampleBatch {
    const hasExact = samples.some(({ exact }) => exact !== undefined);
    return {
      series: Uint32Array.from(samples, (sample) => this.#ids.get(nameOf(sample))!),
      times: new Float64Array(samples.length).fill(at),
      values: Float64Array.from(samples, ({ value }) => value),
      exact: hasExact ? BigUint64Array.from(samples, ({ exact }) => exact ?? 0n) : undefined,
    };
  }
}

const nameOf = ({ resource, metric }: MeasuredValue): string => `${resource} ${metric}`;
