/** A folder as `generate` writes it, as one case. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatProblem } from '../../src/base/problem.ts';
import { readAlarmStream } from '../../src/edge/files/alarm-stream.ts';
import { compileTopology, parseTopology } from '../../src/topology/topology.ts';
import type { AlarmCase } from './alarm-case.ts';

/** Throws with the first problem of a file. */
export function caseFrom(folder: string): AlarmCase {
  const file = (name: string): string => join(folder, name);
  const network = existsSync(file('topology.json')) ? file('topology.json') : file('topology.ndjson');
  const topology = compileTopology(parseTopology(readFileSync(network, 'utf8'), network).value).value;
  const records = readAlarmStream(file('alarms.ndjson'), (problem) => {
    throw new Error(formatProblem(problem));
  });
  return {
    name: folder,
    topology,
    records: [...records],
    truth: JSON.parse(readFileSync(file('truth.json'), 'utf8')) as unknown,
  };
}
