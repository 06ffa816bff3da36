/**
 * Says who floods the ingest: while messages of an address are thrown away, an alarm of the ingest names the address, the
 * devices there and how many were lost; it ends by itself some time after the last one. What the kernel threw away, because
 * all together were faster than they are read, was never seen: that alarm has a count and what to do, and no name.
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
  /** Undefined: thrown away by the kernel, which keeps no names. */
  readonly address: string | undefined;
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
const causesOfKernel = { traps: 'TRAPS_LOST', syslog: 'SYSLOG_LOST' } as const;
const hintOfKernel =
  'the receive buffer was full: allclear doctor says what was granted, sysctl net.core.rmem_max=4194304 allows what is wanted';
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
      const key = `${receiver} ${address ?? ''}`;
      const known = this.#floods.get(key);
      if (known !== undefined) {
        known.count += count;
        known.lastAtMs = nowMs;
      } else if (address === undefined || this.#floods.size < mostFloods) {
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
    const said = {
      event,
      resource: ingest,
      cause: (address === undefined ? causesOfKernel : causes)[receiver],
      by: resourceId(`ingest/${receiver}/${address ?? 'kernel'}`),
      source: 'collector',
    } as const;
    if (event === 'clear') return said;
    const dropped = String(count);
    if (address === undefined)
      return { ...said, severity: 'minor', attributes: { dropped, hint: hintOfKernel } };
    const devices = this.#deviceOf({ address }).map(({ id }) => id);
    const attributes = { address, devices: devices.slice(0, mostNamed).join(', '), dropped };
    return { ...said, severity: 'minor', device: devices.length === 1 ? devices[0] : undefined, attributes };
  }
}
