/** The real daemon as a process of its own, for measurements: its start, its processes, its live feed, its end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import type { LiveMessageJson } from '../../src/edge/http/contract.ts';

const mainFile = fileURLToPath(new URL('../../src/app/main.js', import.meta.url));
/** Where the daemon compiled beside this file looks for its pages. */
const pagesFolder = fileURLToPath(new URL('../../dist/web', import.meta.url));
const token = 'a-token-for-measurements-on-loopback-only';

interface Ready {
  readonly http: string;
  readonly public: string;
  readonly traps: string;
  readonly pid: number;
}

export interface Daemon {
  readonly ready: Ready;
  /** From the start of the process to the `ready` line. */
  readonly readyMs: number;
  /** Of `performance.now()`, when the process was started. */
  readonly startedAt: number;
  /** `GET` below /api/v1. */
  get<T>(path: string): Promise<T>;
  /** Of `GET /api/v1/status`. */
  counters(): Promise<Readonly<Record<string, number>>>;
  /** Every message of `/ws`, with the moment of its arrival. */
  listen(take: (message: LiveMessageJson, at: number) => void): Promise<WebSocket>;
  stop(): Promise<void>;
}

/** Rejects with what the daemon said when it ends before it is ready. */
export async function startDaemon(argv: readonly string[], folder: string): Promise<Daemon> {
  // The pages' files are read by browsers only; the daemon wants to see that they were built.
  mkdirSync(pagesFolder, { recursive: true });
  writeFileSync(join(pagesFolder, 'index.html'), '');
  const startedAt = performance.now();
  const child = spawn(process.execPath, [mainFile, ...argv], {
    cwd: folder,
    env: { ...process.env, ALLCLEAR_BOOTSTRAP_TOKEN: token },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ready = await readyLine(child);
  const headers = { authorization: `Bearer ${token}` };
  const get = async <T>(path: string): Promise<T> =>
    (await (await fetch(`${ready.http}/api/v1${path}`, { headers })).json()) as T;
  return {
    ready,
    readyMs: performance.now() - startedAt,
    startedAt,
    get,
    counters: async () => (await get<{ counters: Record<string, number> }>('/status')).counters,
    listen: (take) => listenTo(ready.http.replace(/^http/, 'ws'), headers, take),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

function readyLine(child: ChildProcess): Promise<Ready> {
  let said = '';
  return new Promise((resolve, reject) => {
    const take = (part: Buffer): void => {
      said = (said + String(part)).slice(-20_000);
      const line = /^ready (\{.*\})$/m.exec(said);
      if (line !== null) resolve(JSON.parse(line[1]!) as Ready);
    };
    child.stdout!.on('data', take);
    child.stderr!.on('data', take);
    child.once('exit', (code) => reject(new Error(`the daemon ended with ${code}:\n${said}`)));
  });
}

function listenTo(
  origin: string,
  headers: Readonly<Record<string, string>>,
  take: (message: LiveMessageJson, at: number) => void,
): Promise<WebSocket> {
  const socket = new WebSocket(`${origin}/ws`, { headers });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.on('open', () => socket.send('{"resume":0}'));
    socket.on('message', (data) => {
      const at = performance.now();
      take(JSON.parse(String(data)) as LiveMessageJson, at);
      resolve(socket);
    });
  });
}

export interface ProcessUse {
  /** `starter`, or the role's name. */
  readonly name: string;
  readonly rssMib: number;
  /** Resident memory with shared pages divided among those who share them. */
  readonly pssMib: number;
  readonly cpuSeconds: number;
}

/** The process and all below it, read from /proc; empty where there is none (other systems than Linux). */
export function processUse(pid: number): readonly ProcessUse[] {
  if (!existsSync(`/proc/${pid}/smaps_rollup`)) return [];
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/);
  const below = children.filter((text) => text !== '').flatMap((text) => processUse(Number(text)));
  const memory = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const mib = (field: string): number =>
    Number(new RegExp(`^${field}: +(\\d+) kB$`, 'm').exec(memory)?.[1] ?? 0) / 1_024;
  const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  const name = argv.includes('role') ? argv[argv.indexOf('role') + 1]! : 'starter';
  return [{ name, rssMib: mib('Rss'), pssMib: mib('Pss'), cpuSeconds: cpuSecondsOf(pid) }, ...below];
}

/** Fields 14 and 15 of proc(5) stat, user and system time, in ticks of 10 ms. */
function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

export const sumOf = (use: readonly ProcessUse[], field: 'rssMib' | 'pssMib' | 'cpuSeconds'): number =>
  use.reduce((sum, one) => sum + one[field], 0);
