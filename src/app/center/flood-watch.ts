/**
 * Says who floods the ingest: while messages of an address are thrown away, an alarm of the ingest names the address, the
 * devices there and how many were lost; it ends by itself some time after the last one.
 */
import { type DurationMs, minutes } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import type { Input } from '../../flow/input.ts';
import { resourceId } from '../../model/ids.ts';
import type { Observation } from '../../model/observation.ts';
import { reconciliations } from './reconciliation.ts';
import type { DeviceOf } from './spooled.ts';

export interface ShedMessages {
  readonly receiver: 'traps' | 'syslog';
  readonly address: string;
  readonly count: number;
}

interface Flood extends ShedMessages {
  count: number;
  lastAtMs: number;
  /** Undefined: the line was too full to hear of it. */
  toldAtMs: number | undefined;
}

const ingest = resourceId('ingest');
const causes = { traps: 'TRAP_FLOOD', syslog: 'SYSLOG_FLOOD' } as const;
const endsAfterMs: DurationMs = minutes(1);
/** A flood that lasts is told again with what it has cost by then. */
const toldEveryMs: DurationMs = minutes(1);
/** Forged senders must not become as many alarms. */
const mostFloods = 32;
const mostNamed = 8;

export class FloodWatch {
  readonly #offer: (input: Input) => boolean;
  readonly #deviceOf: DeviceOf;
  readonly #world: World;
  readonly #floods = new Map<string, Flood>();
  #isReconciled = false;
  /** Messages of floods beyond those that have an alarm. */
  #unnamed = 0;

  constructor(options: {
    readonly offer: (input: Input) => boolean;
    readonly deviceOf: DeviceOf;
    readonly world: World;
  }) {
    this.#offer = options.offer;
    this.#deviceOf = options.deviceOf;
    this.#world = options.world;
  }

  get counters(): Readonly<Record<string, number>> {
    return { floods: this.#floods.size, floodMessagesUnnamed: this.#unnamed };
  }

  /** What was thrown away since the last call; called every second. */
  take(shed: readonly ShedMessages[]): void {
    const nowMs = this.#world.monotonicMs();
    // What an earlier life raised and this one does not see is ended (design L11).
    this.#isReconciled ||= reconciliations('ingest', { watches: [ingest], active: [] }).every(this.#offer);
    for (const { receiver, address, count } of shed) {
      const key = `${receiver} ${address}`;
      const known = this.#floods.get(key);
      if (known !== undefined) {
        known.count += count;
        known.lastAtMs = nowMs;
      } else if (this.#floods.size < mostFloods) {
        this.#floods.set(key, { receiver, address, count, lastAtMs: nowMs, toldAtMs: undefined });
      } else this.#unnamed += count;
    }
    for (const [key, flood] of this.#floods) this.#tell(key, flood, nowMs);
  }

  #tell(key: string, flood: Flood, nowMs: number): void {
    if (nowMs - flood.lastAtMs >= endsAfterMs) {
      const isOver = flood.toldAtMs === undefined || this.#send('clear', flood);
      if (isOver) this.#floods.delete(key);
    } else if (flood.toldAtMs === undefined || nowMs - flood.toldAtMs >= toldEveryMs) {
      if (this.#send('raise', flood)) flood.toldAtMs = nowMs;
    }
  }

  #send(event: 'raise' | 'clear', flood: Flood): boolean {
    return this.#offer({ kind: 'observation', observation: this.#said(event, flood) });
  }

  #said(event: 'raise' | 'clear', { receiver, address, count }: Flood): Observation {
    const by = resourceId(`ingest/${receiver}/${address}`);
    const said = { event, resource: ingest, cause: causes[receiver], by, source: 'collector' } as const;
    if (event === 'clear') return said;
    const devices = this.#deviceOf({ address }).map(({ id }) => id);
    const attributes = { address, devices: devices.slice(0, mostNamed).join(', '), dropped: String(count) };
    return { ...said, severity: 'minor', device: devices.length === 1 ? devices[0] : undefined, attributes };
  }
}
