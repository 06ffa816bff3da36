/** One stream whose faults are known, and who may say what they were: the line as `replay` runs it, or a baseline. */
import { incidentLine } from '../../src/app/cli/incident-line.ts';
import { defaultPolicy } from '../../src/app/config/policy.ts';
import { canonicalJson } from '../../src/base/canonical.ts';
import { seconds } from '../../src/base/instant.ts';
import type { CorrelationRules } from '../../src/correlate/correlate.ts';
import { replayStream, type StreamRecord } from '../../src/flow/replay.ts';
import { parseIncidents, parseTruth, scoreIncidents } from '../../src/measure/measure.ts';
import type { Topology } from '../../src/topology/topology.ts';
import { shippedRules } from '../../test/support/shipped-rules.ts';
import { cpuMs } from './alarm-throughput.ts';
import { type Baseline, linesOf } from './baselines/baseline.ts';
import type { Condition } from './conditions.ts';
import { interruptions, statedThrough } from './restarted-line.ts';

export interface AlarmCase {
  readonly name: string;
  readonly topology: Topology;
  readonly records: readonly StreamRecord[];
  /** As in truth.json. */
  readonly truth: unknown;
}

export interface Statement {
  /** As `replay --jsonl` prints them. */
  readonly lines: readonly string[];
  /** Of the processor. */
  readonly tookMs: number;
}

export function statedByUs(
  { topology, records }: Pick<AlarmCase, 'topology' | 'records'>,
  rules: CorrelationRules = shippedRules,
): Statement {
  const from = cpuMs();
  const replayed = replayStream({ topology, policy: defaultPolicy, rules, records });
  const tookMs = cpuMs() - from;
  return { lines: replayed.map((one) => canonicalJson(incidentLine(one))), tookMs };
}

/** By a line that dies as often as the condition says, and hears nothing by trap or syslog while it starts. */
export function statedUnder({ deaths }: Pick<Condition, 'deaths'>, one: AlarmCase): Statement {
  if (deaths === undefined) return statedByUs(one);
  const from = cpuMs();
  const replayed = statedThrough(one, { ...interruptions(one, deaths), deafMs: seconds(15) });
  const tookMs = cpuMs() - from;
  return { lines: replayed.map((said) => canonicalJson(incidentLine(said))), tookMs };
}

export function statedBy(baseline: Baseline, stream: Pick<AlarmCase, 'topology' | 'records'>): Statement {
  const from = cpuMs();
  const groups = baseline.group(stream);
  return { tookMs: cpuMs() - from, lines: linesOf(groups) };
}

/** Through the readers of the files, so that what is judged is what a file would say. */
export function judged(one: AlarmCase, { lines }: Statement): ReturnType<typeof scoreIncidents> {
  const raises = new Map<string, string>();
  for (const { observation } of one.records) {
    const { event, record, resource } = observation;
    if (event === 'raise' && record !== undefined) raises.set(record, resource);
  }
  const claims = {
    truth: parseTruth(JSON.stringify(one.truth), 'truth.json').value,
    incidents: parseIncidents(lines.join('\n'), 'incidents.jsonl').value,
    raises,
    files: { truth: 'truth.json', incidents: 'incidents.jsonl' },
  };
  return scoreIncidents(claims, one.topology);
}
