/** Runs an alarm stream through a fresh line, with the timers of the stream's own clock: the `replay` verb's heart. */
import { assert } from '../base/fault.ts';
import { type Instant, instant, minutes } from '../base/instant.ts';
import type { CorrelationRules } from '../correlate/correlate.ts';
import type { Incident } from '../model/incident.ts';
import type { Observation } from '../model/observation.ts';
import type { Policy } from '../model/policy.ts';
import { noSubscribers, type Topology } from '../topology/topology.ts';
import type { Input } from './input.ts';
import { Line } from './line.ts';

export interface StreamRecord {
  readonly at: Instant;
  readonly observation: Observation;
}

export interface ReplayOptions {
  readonly topology: Topology;
  readonly policy: Policy;
  readonly rules: CorrelationRules;
  readonly records: Iterable<StreamRecord>;
  /** The clock stops here and no later record is read; without it the clock runs on 30 minutes after the last record. */
  readonly until?: Instant | undefined;
}

/** Every incident in its last state with the number of subscribers it touched, in order of opening. */
export interface ReplayedIncident {
  readonly incident: Incident;
  readonly subscribers: number;
}

export function replayStream(options: ReplayOptions): readonly ReplayedIncident[] {
  const line = new Line({ name: 'replay', epoch: 1, contents: contentsOf(options) });
  const incidents = new Map<string, { incident: Incident; subscribers: number }>();
  let sequence = 0;
  const apply = (at: Instant, input: Input): void => {
    const pending: Input[] = [input];
    while (pending.length > 0) {
      const applied = line.apply(++sequence, at, pending.shift()!);
      for (const change of applied.changes) {
        if (change.kind === 'incident') {
          const known = incidents.get(change.incident.id);
          incidents.set(change.incident.id, {
            incident: change.incident,
            subscribers: known?.subscribers ?? 0,
          });
        } else if (change.kind === 'impact') {
          const known = incidents.get(change.impact.incident);
          // Everyone who lost service at any time, so the count never falls.
          if (known !== undefined) known.subscribers = Math.max(known.subscribers, change.impact.subscribers);
        }
      }
      for (const rest of applied.rest) pending.push({ kind: 'continue', rest });
    }
  };
  const tickUntil = (limit: Instant): void => {
    let atOnce = 0;
    for (let due = line.wakeAt; due !== undefined && due <= limit; due = line.wakeAt) {
      atOnce = due > line.at ? 0 : atOnce + 1;
      assert(atOnce < 100_000, `the line's timers stand still at ${line.at}`);
      apply(instant(Math.max(due, line.at)), { kind: 'tick' });
    }
  };
  let last: Instant | undefined;
  for (const { at, observation } of options.records) {
    if (options.until !== undefined && at > options.until) break;
    if (last === undefined) begin(apply, at);
    tickUntil(at);
    apply(at, { kind: 'observation', observation });
    last = at;
  }
  if (last !== undefined) tickUntil(options.until ?? instant(last + minutes(30)));
  return [...incidents.values()];
}

function begin(apply: (at: Instant, input: Input) => void, at: Instant): void {
  apply(at, { kind: 'policy', policy: 'replay' });
  apply(at, { kind: 'topologyVersion', version: 1, topology: 'replay', subscribers: 'replay' });
}

function contentsOf(options: ReplayOptions) {
  return {
    topology: () => options.topology,
    // A stream knows how many subscribers a resource has, not who they are.
    subscribers: () => noSubscribers,
    policy: () => options.policy,
    calendar: () => ({ zones: {} }),
    rules: () => options.rules,
  };
}
