/** The verb `simulate`: all recordings of a folder behind one UDP port, one community a file. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seededRandom } from '../../base/random.ts';
import type { World } from '../../base/world.ts';
import { type Agent, type AgentHabits, type AgentRows, openAgent, recordedRows } from './agent.ts';
import { parseSnmprec } from './snmprec.ts';

export interface ServedRecordings {
  readonly agent: Agent;
  /** Communities served, in order: file names without `.snmprec`. */
  readonly names: readonly string[];
  /** Lines of all files that are no row and are not served. */
  readonly skippedLines: number;
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
  let skippedLines = 0;
  const files = (await readdir(folder)).filter((file) => file.endsWith('.snmprec')).sort();
  for (const file of files) {
    const recording = parseSnmprec(await readFile(join(folder, file), 'latin1'));
    skippedLines += recording.skipped;
    rows.set(file.slice(0, -'.snmprec'.length), recordedRows(recording));
  }
  const random = seededRandom(1);
  const agent = await openAgent(world, { ...listen, random, rowsOf: (community) => rows.get(community) });
  return { agent, names: [...rows.keys()], skippedLines };
}
