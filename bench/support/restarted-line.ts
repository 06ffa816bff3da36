/** Whether a line that is stopped in mid-storm says the same as one that ran through: the same bytes of incidents. */
import { createHash } from 'node:crypto';
import { incidentLine } from '../../src/app/cli/incident-line.ts';
import { canonicalJson } from '../../src/base/canonical.ts';
import { type Instant, instant, minutes } from '../../src/base/instant.ts';
import type { Input } from '../../src/flow/input.ts';
import { Line } from '../../src/flow/line.ts';
import type { LineSnapshot } from '../../src/flow/line-snapshot.ts';
import type { Incident } from '../../src/model/incident.ts';
import { contentsOf, type Stream } from './alarm-throughput.ts';

/** SHA-256 of all incidents in their last state; the line is made anew from its snapshot before each of these records. */
export function incidentHash(stream: Stream, restartsAt: ReadonlySet<number>): string {
  const contents = contentsOf(stream.topology);
  const fresh = (): Line => new Line({ name: 'bench', epoch: 1, contents });
  let line = fresh();
  let sequence = 0;
  const incidents = new Map<string, Incident>();
  const apply = (at: Instant, input: Input): void => {
    const pending = [input];
    for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
      const { changes, rest } = line.apply(++sequence, at, next);
      for (const change of changes) {
        if (change.kind === 'incident') incidents.set(change.incident.id, change.incident);
      }
      pending.push(...rest.map((left) => ({ kind: 'continue', rest: left }) as const));
    }
  };
  const tick = (until: Instant): void => {
    for (let due = line.wakeAt; due !== undefined && due <= until; due = line.wakeAt) {
      apply(instant(Math.max(due, line.at)), { kind: 'tick' });
    }
  };
  const first = stream.records[0]?.at ?? instant(0);
  apply(first, { kind: 'policy', policy: 'bench' });
  apply(first, { kind: 'topologyVersion', version: 1, topology: 'bench', subscribers: 'bench' });
  stream.records.forEach(({ at, observation }, n) => {
    if (restartsAt.has(n)) {
      const kept = JSON.stringify(line.snapshot());
      line = fresh();
      line.restore(JSON.parse(kept) as LineSnapshot);
    }
    tick(at);
    apply(at, { kind: 'observation', observation });
  });
  tick(instant((stream.records.at(-1)?.at ?? first) + minutes(30)));
  const hash = createHash('sha256');
  for (const incident of incidents.values()) {
    hash.update(canonicalJson(incidentLine({ incident, subscribers: 0 })));
  }
  return hash.digest('hex');
}

/** Evenly through the stream, and in the midst of its worst ten minutes. */
export function restartPlaces({ records }: Stream, count: number): ReadonlySet<number> {
  const even = Array.from({ length: count - 1 }, (_, n) => Math.floor(((n + 1) * records.length) / count));
  let from = 0;
  let worst = { length: 0, middle: 0 };
  records.forEach(({ at }, to) => {
    while (at - records[from]!.at > minutes(10)) from++;
    if (to - from > worst.length) worst = { length: to - from, middle: Math.floor((from + to) / 2) };
  });
  return new Set([...even, worst.middle]);
}
