/** The rooms alarm and correlate with the journal behind them, one turn after the other, and how long each turn took. */
import { performance } from 'node:perf_hooks';
import type { Instant } from '../../src/base/instant.ts';
import { encodeInput } from '../../src/flow/record.ts';
import type { StreamRecord } from '../../src/flow/replay.ts';
import { Rooms } from '../../src/flow/rooms.ts';
import type { AlarmChange } from '../../src/model/alarm.ts';
import type { IncidentChange } from '../../src/model/incident.ts';
import type { Topology } from '../../src/topology/topology.ts';
import { contentsOf } from './alarm-throughput.ts';

/** What takes the encoded inputs; undefined where nothing is kept. */
export type Append = ((records: readonly Uint8Array[]) => Promise<unknown>) | undefined;

const batchSize = 1_000;

export class AlarmRooms {
  readonly rooms: Rooms;
  /** Milliseconds of each turn: of an observation, or of a timer that fell due. */
  readonly turns: number[] = [];
  readonly #append: Append;
  #waiting: Uint8Array[] = [];
  #appended: Promise<unknown> = Promise.resolve();
  /** Incidents opened. */
  stated = 0;

  constructor(topology: Topology, append: Append) {
    this.rooms = new Rooms(contentsOf(topology), undefined);
    this.rooms.usePolicy('bench');
    this.rooms.useTopology({ version: 1, topology: 'bench', subscribers: 'bench' });
    this.#append = append;
  }

  /** Everything that falls due until then, then the observation; durable with its batch. */
  async take({ at, observation }: StreamRecord): Promise<void> {
    this.wake(at);
    this.#turn(() => {
      if (this.#append !== undefined)
        this.#waiting.push(encodeInput(at, { kind: 'observation', observation }));
      this.#observe(this.rooms.alarms.observe(observation, at), at);
    });
    if (this.#waiting.length < batchSize) return;
    await this.end();
  }

  wake(until: Instant): void {
    const { correlation } = this.rooms;
    for (let due = correlation.wakeAt; due !== undefined && due <= until; due = correlation.wakeAt) {
      const at = due;
      this.#turn(() => this.#attach(correlation.wake({ at, ids: this.#ids }), at));
    }
  }

  /** All that was taken is durable but for the last batch, which is under way. */
  async end(): Promise<void> {
    await this.#appended;
    const batch = this.#waiting;
    this.#waiting = [];
    if (batch.length > 0) this.#appended = this.#append?.(batch) ?? this.#appended;
  }

  #turn(run: () => void): void {
    const from = performance.now();
    run();
    this.turns.push(performance.now() - from);
  }

  #observe(changes: readonly AlarmChange[], at: Instant): void {
    for (const change of changes) {
      if (change.kind !== 'alive' || !change.below) continue;
      this.rooms.alarms.endWithProofOfLife(this.rooms.below(change.resource), at);
    }
    this.#attach(this.rooms.correlation.take(changes, { at, ids: this.#ids }), at);
  }

  #attach(changes: readonly IncidentChange[], at: Instant): void {
    for (const { joined, incident } of changes) this.rooms.alarms.attach(joined, incident.id, at);
    this.rooms.correlation.takeAsks();
  }

  readonly #ids = { next: (): string => `bench.1.${++this.stated}` };
}
