/** The demo as a newcomer meets it: time to `ready` and to the first incident on the page, then its share of the machine. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { type Daemon, processUse, startDaemon, sumOf } from './support/daemon.ts';
import { reporter } from './support/report.ts';

/** The scenario `all` has ended everything it began by then. */
const calmAfterMs = 120_000;
const steadyMs = 30_000;
const freePorts = ['--http', '127.0.0.1:0', '--public', '127.0.0.1:0', '--traps', '127.0.0.1:0'];

export async function run({ json }: { readonly json: boolean; readonly full: boolean }): Promise<void> {
  const print = reporter('demo', json);
  const folder = mkdtempSync(join(tmpdir(), 'allclear-bench-demo-'));
  const daemon = await startDaemon(['demo', ...freePorts, '--data', join(folder, 'city')], folder);
  try {
    print({ case: 'start to ready', ours: daemon.readyMs / 1_000, unit: 's' });
    const first = await firstIncident(daemon);
    print({ case: 'start to the first incident on the page', ours: first / 1_000, unit: 's' });
    await pause(daemon.startedAt + calmAfterMs - performance.now());
    const before = processUse(daemon.ready.pid);
    const startsAt = performance.now();
    await pause(steadyMs);
    const use = processUse(daemon.ready.pid);
    const seconds = (performance.now() - startsAt) / 1_000;
    const share = (sumOf(use, 'cpuSeconds') - sumOf(before, 'cpuSeconds')) / seconds;
    print({ case: 'steady processor share of all processes', ours: share * 100, unit: '% of a core' });
    for (const [index, { name, cpuSeconds, rssMib, pssMib }] of use.entries()) {
      const spent = cpuSeconds - (before[index]?.cpuSeconds ?? 0);
      print({ case: `steady processor share, ${name}`, ours: (spent / seconds) * 100, unit: '% of a core' });
      print({ case: `resident memory, ${name}`, ours: rssMib, unit: 'MiB' });
      print({ case: `proportional memory (PSS), ${name}`, ours: pssMib, unit: 'MiB' });
    }
    print({ case: 'resident memory of all processes', ours: sumOf(use, 'rssMib'), unit: 'MiB' });
    print({ case: 'proportional memory (PSS) of all', ours: sumOf(use, 'pssMib'), unit: 'MiB' });
  } finally {
    await daemon.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds from the start of the process to an incident in a message of `/ws`. */
async function firstIncident(daemon: Daemon): Promise<number> {
  let found: (at: number) => void = () => undefined;
  const seen = new Promise<number>((resolve) => {
    found = resolve;
  });
  const socket = await daemon.listen((message, at) => {
    const isThere =
      (message.kind === 'snapshot' && message.incidents.length > 0) ||
      (message.kind === 'events' && message.events.some((event) => event.kind === 'incident'));
    if (isThere) found(at);
  });
  const late = setTimeout(() => found(Number.POSITIVE_INFINITY), calmAfterMs);
  const at = await seen;
  clearTimeout(late);
  socket.close();
  return at - daemon.startedAt;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
