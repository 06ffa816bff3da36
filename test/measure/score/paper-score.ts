/** Truth and incidents written as short as a table, scored through the same readers as the files. */
import { expect } from 'vitest';
import { parseIncidents, parseTruth, scoreIncidents } from '../../../src/measure/measure.ts';
import { compileTopology, parseTopology, type Topology } from '../../../src/topology/topology.ts';

export type Plain = Readonly<Record<string, unknown>>;

export interface Paper {
  /** Ids of raises; the resource is the id without its last character. Without it: all that truth and incidents name. */
  readonly raises?: readonly string[];
  readonly faults?: readonly Plain[];
  readonly truth?: Plain;
  readonly incidents?: readonly Plain[];
  readonly topology?: Topology;
}

export function scored({ raises, faults = [], truth = {}, incidents = [], topology }: Paper) {
  const whole = {
    faults: faults.map((fault, n) => ({ id: `f${n}`, kind: 'drop', alarms: [], ...fault })),
    ...truth,
  };
  const lines = incidents.map((incident, n) =>
    JSON.stringify({ incident: `i${n}`, alarms: [], ...incident }),
  );
  const read = parseTruth(JSON.stringify(whole), 'truth.json');
  const stated = parseIncidents(lines.join('\n'), 'incidents.jsonl');
  expect([...read.problems, ...stated.problems]).toEqual([]);
  const named = [...whole.faults, ...incidents].flatMap((one: Plain) => [
    ...((one['alarms'] ?? []) as string[]),
    ...((one['optional'] ?? []) as string[]),
  ]);
  const claims = {
    truth: read.value,
    incidents: stated.value,
    raises: new Map((raises ?? named).map((id) => [id, id.slice(0, -1)])),
    files: { truth: 'truth.json', incidents: 'incidents.jsonl' },
  };
  return scoreIncidents(claims, topology);
}

export const score = (paper: Paper) => scored(paper).score;

export function network(document: Plain): Topology {
  const whole = { format: 'allclear-topology/1', serviceRoots: [], resources: [], links: [], ...document };
  const { value, problems } = parseTopology(JSON.stringify(whole), 'topology.json');
  const compiled = compileTopology(value);
  expect([...problems, ...compiled.problems]).toEqual([]);
  return compiled.value;
}
