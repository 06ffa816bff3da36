/** The files of an alarm stream as `replay` and `score` read them: a file that cannot be read is a Fault with its name. */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Fault } from '../../base/fault.ts';
import { formatProblem } from '../../base/problem.ts';
import { unreadableBecause } from '../../edge/files/unreadable-because.ts';
import { type Topology, TopologyReader } from '../../topology/topology.ts';
import type { Complaints } from './complaints.ts';

/** In pieces, since a topology may be larger than a text can be. */
export async function readTopology(file: string, complaints: Complaints): Promise<Topology> {
  const reader = new TopologyReader(file);
  try {
    for await (const piece of createReadStream(file)) reader.read(piece as Buffer);
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault('replay/unreadable', `${file} ${unreadableBecause(error)}`, error);
  }
  const { value, problems } = reader.end();
  const unusable = problems.find(({ code }) => code === 'topology/format' || code === 'topology/syntax');
  if (value.count === 0 && unusable !== undefined) {
    throw new Fault('replay/topology', `\n${formatProblem(unusable)}`);
  }
  for (const problem of problems) complaints.add(problem);
  return value;
}

export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Fault('replay/unreadable', `${file} ${unreadableBecause(error)}`, error);
  }
}

/** Runs what reads `file` piece by piece. */
export function readable<T>(file: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new Fault('replay/unreadable', `${file} ${unreadableBecause(error)}`, error);
  }
}
