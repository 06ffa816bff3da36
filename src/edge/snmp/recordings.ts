/** The verb `simulate`: all recordings of a folder behind one UDP port, one community a file. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileProblem, type Problem } from '../../base/problem.ts';
import { seededRandom } from '../../base/random.ts';
import type { World } from '../../base/world.ts';
import { type Agent, type AgentHabits, type AgentRows, openAgent, recordedRows } from './agent.ts';
import { parseSnmprec, type Recording } from './snmprec.ts';

export interface ServedRecordings {
  readonly agent: Agent;
  /** Communities served, in order: file names without `.snmprec`. */
  readonly names: readonly string[];
  /** Lines that are no row, and files without one, are not served; each file once. */
  readonly problems: readonly Problem[];
}

/** Loads everything, then listens. Rejects when the folder cannot be read or the address not bound. */
export async function serveRecordings(
  world: World,
  folder: string,
  listen: {
    readonly host: string;
    readonly port: number;
    readonly habits?: AgentHabits | undefined;
  },
): Promise<ServedRecordings> {
  const rows = new Map<string, AgentRows>();
  const problems: Problem[] = [];
  const files = (await readdir(folder)).filter((file) => file.endsWith('.snmprec')).sort();
  for (const file of files) {
    const path = join(folder, file);
    const recording = await readRecording(path);
    const problem = typeof recording === 'string' ? badFile(path, recording) : problemOf(path, recording);
    if (problem !== undefined) problems.push(problem);
    if (typeof recording === 'string' || recording.rows.length === 0) continue;
    rows.set(file.slice(0, -'.snmprec'.length), recordedRows(recording));
  }
  const random = seededRandom(1);
  const agent = await openAgent(world, { ...listen, random, rowsOf: (community) => rows.get(community) });
  return { agent, names: [...rows.keys()], problems };
}

/** Why the file cannot be read, where it cannot. */
async function readRecording(path: string): Promise<Recording | string> {
  try {
    return parseSnmprec(await readFile(path, 'latin1'));
  } catch (error) {
    return `the file cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`;
  }
}

const badFile = (path: string, message: string): Problem => fileProblem(path, 'simulate/recording', message);

function problemOf(path: string, { rows, skipped, firstSkipped }: Recording): Problem | undefined {
  if (rows.length === 0) return badFile(path, 'no line is a row OID|TAG|VALUE: the file is not served');
  if (firstSkipped === undefined) return undefined;
  const more = skipped === 1 ? 'the line is' : `this line and ${skipped - 1} more are`;
  return {
    ...badFile(path, `${more} no row OID|TAG|VALUE and not served`),
    ...{ line: firstSkipped, column: 1, severity: 'warning' },
  };
}
