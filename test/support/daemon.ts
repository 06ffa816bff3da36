/** The built daemon as its users start it: a process of its own in a temporary folder, reached over its sockets only. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { vi } from 'vitest';
import { type Api, openApi } from './daemon-api.ts';

/** ALLCLEAR_DIST: a build beside the project's own. */
export const dist = resolve(process.env['ALLCLEAR_DIST'] ?? 'dist');
const main = join(dist, 'app', 'main.js');

interface Ready {
  readonly http: string;
  readonly public: string;
  readonly traps: string;
  readonly syslog: string;
  /** Where it is configured. */
  readonly syslogTls?: string | undefined;
  readonly signIn: string;
  readonly pid: number;
  readonly demo: boolean;
}

type RoleName = 'ingest' | 'center' | 'simulation';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Daemon {
  readonly pid: number;
  /** The folder it was started in. */
  readonly folder: string;
  /** Resolves with the `ready` line; rejects with what was said when the process ends before it. */
  readonly ready: Promise<Ready>;
  readonly ended: Promise<Ended>;
  readonly api: Api;
  /** Everything said so far. */
  readonly output: () => string;
  readonly errors: () => string;
  /** Process ids of what it started, by role. */
  roles(): ReadonlyMap<string, number>;
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL to one process of it, or to all of them at once. */
  kill(what: RoleName | 'main' | 'all'): Promise<void>;
  /** SIGTERM, then waits for the end. */
  stop(): Promise<Ended>;
}

export interface StartWith {
  /** `start` when left out. */
  readonly args?: readonly string[] | undefined;
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Program and first arguments instead of the built entry, e.g. those of `npm start`. */
  readonly command?: readonly [string, ...string[]] | undefined;
}

export const token = 'a-token-of-the-simulation-tests-only';

/** The last process of a test is killed by its id when the test forgot it. */
const running = new Set<Daemon>();

export async function endAllDaemons(): Promise<void> {
  await Promise.all([...running].map((daemon) => daemon.kill('all')));
}

export function startDaemon({ args = ['start'], folder, env, command }: StartWith): Daemon {
  if (!existsSync(main)) throw new Error(`${main} is missing: npm run build makes it`);
  const [program, ...first] = command ?? [process.execPath, main];
  const child = spawn(program, [...first, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ALLCLEAR_BOOTSTRAP_TOKEN: token, NO_COLOR: '1', ...env },
  });
  const said = { output: '', errors: '' };
  child.stdout!.setEncoding('utf8').on('data', (part: string) => {
    said.output += part;
  });
  child.stderr!.setEncoding('utf8').on('data', (part: string) => {
    said.errors += part;
  });
  const ended = new Promise<Ended>((done) => child.once('close', (code, signal) => done({ code, signal })));
  const ready = readyOf(child, said, ended);
  // Under npm the daemon is a grandchild: its `ready` line names it.
  let own = child.pid!;
  ready.then(({ pid }) => (own = pid)).catch(() => undefined);
  const roles = (): ReadonlyMap<string, number> => rolesOf(own);
  const known = new Set<number>();
  const daemon: Daemon = {
    pid: child.pid!,
    folder,
    ready,
    ended,
    roles,
    api: openApi(async () => (await ready).http, token),
    output: () => said.output,
    errors: () => said.errors,
    signal: (signal) => void child.kill(signal),
    async kill(what) {
      const all = roles();
      for (const pid of all.values()) known.add(pid);
      const targets = what === 'all' ? [child.pid!, own, ...known] : [what === 'main' ? own : all.get(what)];
      for (const pid of targets) if (pid !== undefined) killProcess(pid);
      await gone(targets.filter((pid) => pid !== undefined));
      if (what === 'all') await ended;
    },
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
  running.add(daemon);
  void ended.then(() => running.delete(daemon));
  return daemon;
}

/** Another verb of the built product, run to its end. */
export async function runVerb(args: readonly string[]): Promise<Ended & { output: string; errors: string }> {
  const verb = startDaemon({ args, folder: tmpdir() });
  return { ...(await verb.ended), output: verb.output(), errors: verb.errors() };
}

function readyOf(
  child: ChildProcess,
  said: { readonly output: string; readonly errors: string },
  ended: Promise<Ended>,
): Promise<Ready> {
  return new Promise((done, failed) => {
    child.stdout!.on('data', () => {
      const line = /^ready (\{.*\})$/m.exec(said.output);
      if (line !== null) done(JSON.parse(line[1]!) as Ready);
    });
    void ended.then(({ code, signal }) =>
      failed(new Error(`ended with ${code ?? signal} before it was ready:\n${said.output}${said.errors}`)),
    );
  });
}

/** Children as Linux lists them; a role is named in its command line. */
function rolesOf(pid: number): ReadonlyMap<string, number> {
  const roles = new Map<string, number>();
  for (const child of readProcess(`${pid}/task/${pid}/children`).trim().split(' ')) {
    if (child === '') continue;
    const words = readProcess(`${child}/cmdline`).split('\0');
    const at = words.indexOf('role');
    if (at >= 0) roles.set(words[at + 1]!, Number(child));
  }
  return roles;
}

function readProcess(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return '';
  }
}

/** A process that ended and waits for its parent to notice counts as gone. */
export const isAlive = (pid: number): boolean => {
  const state = /^State:\s+(\S)/m.exec(readProcess(`${pid}/status`))?.[1];
  return state !== undefined && state !== 'Z' && state !== 'X';
};

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const gone = (pids: readonly number[]): Promise<unknown> =>
  until('the killed processes are gone', () => !pids.some(isAlive));

/**
 * Looks again and again until the condition holds; an error of the look counts as "not yet" and is told at the deadline, which is
 * patience with a busy machine and never what a test is about.
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  withinMs = 120_000,
): Promise<NonNullable<T>> {
  let last: unknown = 'it never held';
  try {
    return await vi.waitFor(
      async () => {
        last = 'it never held';
        try {
          const found = await look();
          if (found !== false && found !== undefined && found !== null) return found as NonNullable<T>;
        } catch (error) {
          last = error;
        }
        throw new Error('not yet');
      },
      { timeout: withinMs, interval: 25 },
    );
  } catch {
    throw new Error(`not within ${withinMs} ms: ${what}`, { cause: last });
  }
}

const folders: string[] = [];

/** A folder with these files that `removeFolders` takes away. */
export async function folderWith(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'allclear-simulation-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

export async function removeFolders(): Promise<void> {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Free ports on loopback for everything it listens on. */
export const freePorts = `http: 127.0.0.1:0
public: 127.0.0.1:0
traps: 127.0.0.1:0
syslog: 127.0.0.1:0
`;
