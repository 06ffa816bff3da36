/** Calls at a fixed rate, whether answers come or not, from a thread of their own: what is late counts as late. */
import { Agent, request as httpRequest } from 'node:http';
import { performance } from 'node:perf_hooks';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

export interface CallLoad {
  readonly port: number;
  readonly path: string;
  readonly perSecond: number;
  /** Left out: until it is stopped. */
  readonly seconds?: number | undefined;
  /** Of `POST /deflect`: who calls, in turn. */
  readonly numbers?: Numbers | undefined;
  readonly token?: string | undefined;
  /** Every fifth call has one to this route beside it, which meets the machine in the same moment. */
  readonly beside?: string | undefined;
}

/** `prefix` and a number from `from` on, of so many digits. */
export interface Numbers {
  readonly prefix: string;
  readonly digits: number;
  readonly from: number;
  readonly count: number;
}

/** Sorted, ms. */
export interface Answered {
  readonly times: readonly number[];
  readonly beside: readonly number[];
  readonly failed: number;
}

export interface Calls {
  readonly answered: Promise<Answered>;
  /** Asks for nothing more. */
  stop(): void;
}

export const at = (times: readonly number[], share: number): number =>
  times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;

export const numberOf = ({ prefix, digits }: Omit<Numbers, 'from' | 'count'>, n: number): string =>
  `${prefix}${String(n).padStart(digits, '0')}`;

export function startCalls(load: CallLoad): Calls {
  const caller = new Worker(new URL(import.meta.url), { workerData: { role: 'calls', load } });
  const answered = new Promise<Answered>((resolve, reject) => {
    caller.once('error', reject);
    caller.once('message', resolve);
  });
  return { answered, stop: () => caller.postMessage('stop') };
}

const besideEvery = 5;

async function call(load: CallLoad): Promise<void> {
  const { perSecond, seconds = Number.POSITIVE_INFINITY } = load;
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const [times, beside]: [number[], number[]] = [[], []];
  const made = { failed: 0, etag: '' };
  let isStopped = false;
  parentPort!.once('message', () => {
    isStopped = true;
  });
  const startedAt = performance.now();
  const under: Promise<void>[] = [];
  for (let n = 0; n < perSecond * seconds && !isStopped; ) {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond);
    for (; n <= due && n < perSecond * seconds; n++) {
      const dueAt = startedAt + (n / perSecond) * 1_000;
      under.push(ask(agent, load, { n, path: load.path, dueAt, times, made }));
      if (load.beside === undefined || n % besideEvery > 0) continue;
      under.push(ask(agent, load, { n: 0, path: load.beside, dueAt, times: beside, made }));
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(under);
  const sorted = (some: number[]): number[] => some.sort((a, b) => a - b);
  const answered = { times: sorted(times), beside: sorted(beside), failed: made.failed };
  parentPort!.postMessage(answered satisfies Answered);
  parentPort!.unref();
  agent.destroy();
}

interface Asked {
  readonly n: number;
  readonly path: string;
  readonly dueAt: number;
  readonly times: number[];
  readonly made: { failed: number; etag: string };
}

function ask(
  agent: Agent,
  { port, token, numbers }: CallLoad,
  { n, path, dueAt, times, made }: Asked,
): Promise<void> {
  const isCall = path === '/deflect' && numbers !== undefined;
  const headers: Record<string, string> = isCall
    ? { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    : n % 2 === 0
      ? {}
      : { 'if-none-match': made.etag };
  return new Promise((resolve) => {
    const asked = httpRequest({ agent, port, path, method: isCall ? 'POST' : 'GET', headers }, (answer) => {
      answer.resume();
      made.etag = answer.headers.etag ?? made.etag;
      answer.on('end', () => {
        times.push(performance.now() - dueAt);
        if (answer.statusCode !== 200 && answer.statusCode !== 304) made.failed++;
        resolve();
      });
    });
    asked.on('error', () => {
      made.failed++;
      resolve();
    });
    asked.end(
      isCall
        ? JSON.stringify({ number: numberOf(numbers, numbers.from + ((n * 7_919) % numbers.count)) })
        : undefined,
    );
  });
}

if (!isMainThread && workerData?.role === 'calls') await call(workerData.load);
