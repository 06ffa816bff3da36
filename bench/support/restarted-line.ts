/** A line that is killed in mid-storm and made anew from snapshot and journal: what it says, and whether that is the same as of one that ran through. */
import { createHash, type Hash } from 'node:crypto';
import { canonicalJson } from '../../src/base/canonical.ts';
import { type DurationMs, type Instant, instant, minutes } from '../../src/base/instant.ts';
import { seededRandom } from '../../src/base/random.ts';
import type { Applied } from '../../src/flow/applied.ts';
import type { Input } from '../../src/flow/input.ts';
import { Line } from '../../src/flow/line.ts';
import type { LineSnapshot } from '../../src/flow/line-snapshot.ts';
import { decodeInput, encodeInput } from '../../src/flow/record.ts';
import type { ReplayedIncident } from '../../src/flow/replay.ts';
import type { Incident } from '../../src/model/incident.ts';
import { contentsOf, type Stream } from './alarm-throughput.ts';

/** Before which records of the stream a snapshot is taken, and before which the line dies. */
export interface Interruptions {
  readonly snapshots: ReadonlySet<number>;
  readonly deaths: ReadonlySet<number>;
  /** So long after a death nothing is heard by trap or syslog; what polls find later is not lost. Undefined: all is kept. */
  readonly deafMs?: DurationMs | undefined;
}

/** A run of its own for each number, the first without any: half of the deaths in the worst ten minutes of the stream. */
export function interruptions({ records }: Stream, run: number): Interruptions {
  const random = seededRandom(run);
  const worst = worstSpan(records);
  const anywhere = (): number => random.below(records.length);
  const inStorm = (): number => worst.from + random.below(worst.to - worst.from);
  const places = (count: number): Set<number> =>
    new Set(Array.from({ length: count }, (_, n) => (n % 2 === 0 ? inStorm() : anywhere())));
  return run === 0
    ? { snapshots: new Set(), deaths: new Set() }
    : { snapshots: places(run), deaths: places(run) };
}

/** SHA-256 over all that every input caused, in order, and over all incidents in their last state. */
export function changesHash(stream: Stream, places: Interruptions): string {
  return ranThrough(stream, places).digest();
}

/** What it says in the end. */
export function statedThrough(stream: Stream, places: Interruptions): readonly ReplayedIncident[] {
  return ranThrough(stream, places).stated();
}

function ranThrough(stream: Stream, { snapshots, deaths, deafMs }: Interruptions): RunningLine {
  const running = new RunningLine(stream);
  const first = stream.records[0]?.at ?? instant(0);
  running.apply(first, { kind: 'policy', policy: 'bench' });
  running.apply(first, { kind: 'topologyVersion', version: 1, topology: 'bench', subscribers: 'bench' });
  let deafUntil = first;
  stream.records.forEach(({ at, observation }, n) => {
    if (snapshots.has(n)) running.save();
    if (deaths.has(n)) {
      running.die();
      if (deafMs !== undefined) deafUntil = instant(at + deafMs);
    }
    if (at < deafUntil && (observation.source === 'trap' || observation.source === 'syslog')) return;
    running.to(at);
    running.apply(at, { kind: 'observation', observation });
  });
  running.to(instant((stream.records.at(-1)?.at ?? first) + minutes(30)));
  return running;
}

class RunningLine {
  readonly #stream: Stream;
  readonly #contents: ReturnType<typeof contentsOf>;
  readonly #incidents = new Map<string, Incident>();
  /** Everyone who lost service at any time. */
  readonly #subscribers = new Map<string, number>();
  readonly #hash = createHash('sha256');
  #line: Line;
  #snapshot: string | undefined;
  /** Since the snapshot, as the disk holds them. */
  #journal: Uint8Array[] = [];

  constructor(stream: Stream) {
    this.#stream = stream;
    this.#contents = contentsOf(this.#stream.topology);
    this.#line = this.#fresh();
  }

  apply(at: Instant, input: Input): void {
    const pending = [input];
    for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
      this.#journal.push(encodeInput(at, next));
      const applied = this.#line.apply(this.#line.sequence + 1, at, next);
      this.#note(applied);
      pending.push(...applied.rest.map((left) => ({ kind: 'continue', rest: left }) as const));
    }
  }

  to(until: Instant): void {
    for (let due = this.#line.wakeAt; due !== undefined && due <= until; due = this.#line.wakeAt) {
      this.apply(instant(Math.max(due, this.#line.at)), { kind: 'tick' });
    }
  }

  save(): void {
    this.#snapshot = JSON.stringify(this.#line.snapshot());
    this.#journal = [];
  }

  /** What it knew is gone; what it said before is said by the journal once more, and counts once. */
  die(): void {
    this.#line = this.#fresh();
    if (this.#snapshot !== undefined) this.#line.restore(JSON.parse(this.#snapshot) as LineSnapshot);
    for (const bytes of this.#journal) {
      const { at, input } = decodeInput(bytes);
      this.#line.apply(this.#line.sequence + 1, at, input);
    }
  }

  stated(): readonly ReplayedIncident[] {
    return [...this.#incidents.values()].map((incident) => ({
      incident,
      subscribers: this.#subscribers.get(incident.id) ?? 0,
    }));
  }

  digest(): string {
    for (const incident of this.#incidents.values()) this.#hash.update(canonicalJson(incident));
    return this.#hash.digest('hex');
  }

  #fresh(): Line {
    return new Line({ name: 'bench', epoch: 1, contents: this.#contents });
  }

  #note({ changes, effects }: Applied): void {
    for (const change of changes) {
      if (change.kind === 'impact') {
        const { incident, subscribers } = change.impact;
        this.#subscribers.set(incident, Math.max(subscribers, this.#subscribers.get(incident) ?? 0));
      }
      if (change.kind !== 'incident') this.#hash.update(canonicalJson(change));
      else {
        this.#incidents.set(change.incident.id, change.incident);
        noteIncident(this.#hash, change.incident);
      }
    }
    for (const effect of effects) this.#hash.update(canonicalJson(effect));
  }
}

/** An incident of thousands is told of thousands of times: of its alarms the number and the newest count each time. */
function noteIncident(hash: Hash, { alarms, ...incident }: Incident): void {
  hash.update(canonicalJson({ ...incident, alarms: [alarms.length, alarms.at(-1)] }));
}

/** Where in the stream most records stand within ten minutes. */
function worstSpan(records: Stream['records']): { readonly from: number; readonly to: number } {
  let from = 0;
  let worst = { from: 0, to: 1 };
  records.forEach(({ at }, to) => {
    while (at - records[from]!.at > minutes(10)) from++;
    if (to - from > worst.to - worst.from) worst = { from, to };
  });
  return worst;
}
