/** Starts the farm of SNMP agents and those who poll it, each in a process of its own. */
import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { heapFlags } from '../../src/app/processes/heap-flags.ts';
import type { ContestantSetup, CycleCost } from './poll-contestant.ts';

export interface FarmSetup {
  readonly devices: number;
  /** The largest reply; default 1472. */
  readonly replyBytes?: number | undefined;
  readonly silentPercent?: number | undefined;
  readonly latencyMs?: number | undefined;
}

export interface Farm {
  readonly port: number;
  close(): Promise<void>;
}

/** Somebody who polls the farm when told to. */
export interface Contestant {
  cycle(): Promise<CycleCost>;
  close(): Promise<void>;
}

/** The programs in C of this bench, compiled into a folder of their own. */
export class Programs {
  readonly #folder = mkdtempSync(join(tmpdir(), 'poll-bench-'));
  // The measurements run from a copy of the tree in which package.json leads back to it.
  readonly #sources = join(
    dirname(realpathSync(fileURLToPath(new URL('../../package.json', import.meta.url)))),
    'bench/support',
  );

  /** The compiled program; undefined where it cannot be compiled. */
  compile(name: string, libraries: readonly string[] = []): string | undefined {
    const program = join(this.#folder, name);
    try {
      execFileSync('cc', ['-O2', '-o', program, join(this.#sources, `${name}.c`), ...libraries], {
        stdio: 'ignore',
      });
      return program;
    } catch {
      return undefined;
    }
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export async function openFarm(program: string, setup: FarmSetup): Promise<Farm> {
  const { devices, replyBytes = 1472, silentPercent = 0, latencyMs = 0 } = setup;
  const farm = spawn(program, [devices, replyBytes, silentPercent, latencyMs].map(String), {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: farm.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  return {
    port: Number(first.value),
    // The farm serves until its input ends.
    close: () => ended(farm, () => farm.stdin.end()),
  };
}

export async function openContestant(
  setup: ContestantSetup,
  /** All poll with the heap that the daemon polls with. */
  execArgv: readonly string[] = heapFlags.center,
): Promise<Contestant> {
  const script = fileURLToPath(new URL('./poll-contestant.js', import.meta.url));
  const child = fork(script, [JSON.stringify(setup)], { execArgv: [...execArgv] });
  await heard(child);
  return {
    cycle: async () => {
      const answer = heard(child);
      child.send('cycle');
      return (await answer) as CycleCost;
    },
    close: () => ended(child, () => child.disconnect()),
  };
}

/** A program that answers each line of its input with the cost of a cycle. */
export function openProgram(program: string, args: readonly string[]): Contestant {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    cycle: async () => {
      child.stdin.write('\n');
      const line = await lines.next();
      if (line.done === true) throw new Error(`${program} ended`);
      return JSON.parse(line.value) as CycleCost;
    },
    close: () => ended(child, () => child.stdin.end()),
  };
}

function heard(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const gone = (code: number | null): void => reject(new Error(`a contestant ended with ${code}`));
    child.once('exit', gone);
    child.once('message', (message) => {
      child.off('exit', gone);
      resolve(message);
    });
  });
}

function ended(child: ChildProcess, end: () => void): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) resolve();
    child.once('exit', () => resolve());
    end();
  });
}
