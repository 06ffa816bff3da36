/** The files of an alarm stream as `replay` and `score` read them: a file that cannot be read is a Fault with its name. */
import { readFile } from 'node:fs/promises';
import { Fault } from '../../base/fault.ts';
import { formatProblem } from '../../base/problem.ts';
import { compileTopology, parseTopology, type Topology } from '../../topology/topology.ts';
import type { Complaints } from './complaints.ts';

export async function readTopology(file: string, complaints: Complaints): Promise<Topology> {
  const text = await readText(file);
  const { value, problems } = parseTopology(text, file);
  const unusable = problems.find(({ code }) => code === 'topology/format' || code === 'topology/syntax');
  if (value.resources.length === 0 && unusable !== undefined) {
    throw new Fault('replay/topology', `\n${formatProblem(unusable)}`);
  }
  const compiled = compileTopology(value);
  for (const problem of problems) complaints.add(problem);
  for (const problem of compiled.problems) complaints.add({ ...problem, file });
  return compiled.value;
}

export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Fault('replay/unreadable', `${file} cannot be read`, error);
  }
}

/** Runs what reads `file` piece by piece. */
export function readable<T>(file: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EACCES' && code !== 'EISDIR') throw error;
    throw new Fault('replay/unreadable', `${file} cannot be read`, error);
  }
}
