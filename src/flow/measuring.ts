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
  /** Devices that are asked, and how each waits for its next turn. */
  readonly #asked = new Map<MeasuredDevice, Wake>();
  readonly #busy = new Set<MeasuredDevice>();
  /** Series numbers by resource and metric; one entry a series, as the store keeps too. */
  readonly #ids = new Map<string, SeriesId>();
  readonly #counters = {
    polls: 0,
    pollsWithoutAnswer: 0,
    pollsSkipped: 0,
    samples: 0,
    observationsNotTaken: 0,
  };
  #intervalMs: DurationMs;

  constructor(options: MeasuringOptions) {
    this.#options = options;
    this.#intervalMs = options.intervalMs;
  }

  get counters(): Readonly<Record<string, number>> {
    return this.#counters;
  }

  start(): void {
    this.use(this.#options.devices, this.#options.intervalMs);
  }

  /** From now on these: who was asked before, the same object and as often, keeps its turn. */
  use(devices: readonly MeasuredDevice[], intervalMs: DurationMs): void {
    const wanted = new Set(devices);
    const keepsTurns = intervalMs === this.#intervalMs;
    this.#intervalMs = intervalMs;
    for (const [device, wake] of this.#asked) {
      if (keepsTurns && wanted.has(device)) continue;
      wake.cancel();
      this.#asked.delete(device);
    }
    for (const device of wanted) if (!this.#asked.has(device)) this.#begin(device);
  }

  stop(): void {
    this.use([], this.#intervalMs);
  }

  #begin(device: MeasuredDevice): void {
    const { world } = this.#options;
    const first = milliseconds(spreadHash(device.id) % Math.min(firstRoundMs, this.#intervalMs));
    const begin = (): void => {
      this.#poll(device);
      this.#asked.set(
        device,
        world.every(this.#intervalMs, () => this.#poll(device)),
      );
    };
    this.#asked.set(device, world.after(first, begin));
  }

  /** A device that still answers the last round is not asked again: one request in flight a device. */
  #poll(device: MeasuredDevice): void {
    if (this.#busy.has(device)) {
      this.#counters.pollsSkipped++;
      return;
    }
    this.#busy.add(device);
    device
      .read()
      .then((reading) => this.#take(device, reading))
      .catch((error: unknown) => {
        this.#options.world.log.error('a reading could not be taken in', {
          device: device.id,
          error: String(error),
        });
      })
      .finally(() => this.#busy.delete(device));
  }

  async #take(device: MeasuredDevice, reading: DeviceReading | undefined): Promise<void> {
    // What was asked before a change says nothing of what is asked now.
    if (!this.#asked.has(device)) return;
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
