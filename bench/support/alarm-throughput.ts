/** How fast observations become incidents: the rooms alarm and correlate alone, and the whole line with its journal. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { defaultPolicy } from '../../src/app/config/policy.ts';
import { noAutomations } from '../../src/automate/automate.ts';
import { type Instant, instant } from '../../src/base/instant.ts';
import { openJournal } from '../../src/edge/journal/segments.ts';
import type { Contents } from '../../src/flow/contents.ts';
import type { Input } from '../../src/flow/input.ts';
import { Line } from '../../src/flow/line.ts';
import { encodeInput } from '../../src/flow/record.ts';
import type { StreamRecord } from '../../src/flow/replay.ts';
import { Rooms } from '../../src/flow/rooms.ts';
import type { AlarmChange } from '../../src/model/alarm.ts';
import { noSubscribers, type Topology } from '../../src/topology/topology.ts';
import { shippedRules } from '../../test/support/shipped-rules.ts';
import { benchWorld } from './world.ts';

export interface Stream {
  readonly topology: Topology;
  readonly records: readonly StreamRecord[];
}

export interface Pace {
  readonly perSecond: number;
  /** All threads of the process, those that collect garbage among them: what a busy machine does not change. */
  readonly perCpuSecond: number;
  /** The longest that one observation, or one look at all that waits, held everything up. */
  readonly longestMs: number;
}

/** No journal, no tickets, no notices: what the two rooms cost. */
export function roomsAlone({ topology, records }: Stream): Pace {
  const rooms = new Rooms(contentsOf(topology), undefined);
  rooms.usePolicy('bench');
  rooms.useTopology({ version: 1, topology: 'bench', subscribers: 'bench' });
  let made = 0;
  const ids = { next: () => `bench.1.${++made}` };
  let longestMs = 0;
  const timed = (run: () => void): void => {
    const from = performance.now();
    run();
    longestMs = Math.max(longestMs, performance.now() - from);
  };
  const take = (changes: readonly AlarmChange[], at: Instant): void => {
    for (const change of changes) {
      if (change.kind === 'alive' && change.below) {
        rooms.alarms.endWithProofOfLife(rooms.below(change.resource), at);
      }
    }
    for (const { joined, incident } of rooms.correlation.take(changes, { at, ids })) {
      rooms.alarms.attach(joined, incident.id, at);
    }
    rooms.correlation.takeAsks();
  };
  const wake = (until: Instant): void => {
    for (
      let due = rooms.correlation.wakeAt;
      due !== undefined && due <= until;
      due = rooms.correlation.wakeAt
    ) {
      const at = due;
      timed(() => {
        for (const { joined, incident } of rooms.correlation.wake({ at, ids })) {
          rooms.alarms.attach(joined, incident.id, at);
        }
      });
      rooms.correlation.takeAsks();
    }
  };
  const pace = paceFrom(records.length);
  for (const { at, observation } of records) {
    wake(at);
    timed(() => take(rooms.alarms.observe(observation, at), at));
  }
  return { ...pace(), longestMs };
}

/** Inputs in batches as they lie waiting in a storm: applied, encoded and appended; done when all are durable. */
export async function lineWithJournal({ topology, records }: Stream): Promise<Pace> {
  const folder = mkdtempSync(join(tmpdir(), 'allclear-bench-correlate-'));
  try {
    const { value: journal } = await openJournal({ folder, world: benchWorld() });
    const line = new Line({ name: 'bench', epoch: 1, contents: contentsOf(topology) });
    const first = records[0]?.at ?? instant(0);
    let batch: Uint8Array[] = [];
    let sequence = 0;
    let longestMs = 0;
    const apply = (at: Instant, input: Input): void => {
      const from = performance.now();
      const pending = [input];
      for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
        batch.push(encodeInput(at, next));
        const { rest } = line.apply(++sequence, at, next);
        pending.push(...rest.map((left) => ({ kind: 'continue', rest: left }) as const));
      }
      longestMs = Math.max(longestMs, performance.now() - from);
    };
    const paced = paceFrom(records.length);
    apply(first, { kind: 'policy', policy: 'bench' });
    apply(first, { kind: 'topologyVersion', version: 1, topology: 'bench', subscribers: 'bench' });
    longestMs = 0;
    let appended: Promise<unknown> = Promise.resolve();
    for (const { at, observation } of records) {
      for (let due = line.wakeAt; due !== undefined && due <= at; due = line.wakeAt) {
        apply(instant(Math.max(due, line.at)), { kind: 'tick' });
      }
      apply(at, { kind: 'observation', observation });
      if (batch.length < 1_000) continue;
      await appended;
      appended = journal.append(batch);
      batch = [];
    }
    await appended;
    if (batch.length > 0) await journal.append(batch);
    const pace = { ...paced(), longestMs };
    await journal.close();
    return pace;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Most raises within ten minutes. */
export function worstTenMinutes(records: readonly StreamRecord[]): number {
  const raises = records.filter(({ observation }) => observation.event === 'raise').map(({ at }) => at);
  let most = 0;
  let from = 0;
  raises.forEach((at, to) => {
    while (at - raises[from]! > 600_000) from++;
    most = Math.max(most, to - from + 1);
  });
  return most;
}

/** Begins to measure; the answer ends it. */
function paceFrom(count: number): () => Omit<Pace, 'longestMs'> {
  const from = performance.now();
  const cpu = cpuMs();
  return () => ({
    perSecond: (count / (performance.now() - from)) * 1_000,
    perCpuSecond: (count / (cpuMs() - cpu)) * 1_000,
  });
}

/** Spent by this process so far. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

export const contentsOf = (topology: Topology): Contents => ({
  topology: () => topology,
  subscribers: () => noSubscribers,
  policy: () => defaultPolicy,
  calendar: () => ({ zones: {} }),
  automations: () => noAutomations,
  rules: () => shippedRules,
});
