/** The inside of the centre's workers; a thread loads its own store alone. */
import { join } from 'node:path';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { Fault } from '../base/fault.ts';
import { milliseconds } from '../base/instant.ts';
import { formatProblem } from '../base/problem.ts';
import { Secret } from '../base/secret.ts';
import type { World } from '../base/world.ts';
import type { RemoteSeriesConfig } from './config/series.ts';
import { openLog } from './log.ts';
import { machine, realWorld } from './world.ts';

export type WorkerName = 'book' | 'series' | 'topology';

export interface WorkerStart {
  /** The data directory. */
  readonly folder: string;
  readonly port: MessagePort;
  /** Samples go to a store elsewhere. */
  readonly remote?: RemoteStart | undefined;
}

interface RemoteStart extends Omit<RemoteSeriesConfig, 'password' | 'token'> {
  readonly password: string | undefined;
  readonly token: string | undefined;
}

export type WorkerNews =
  | { readonly kind: 'up' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

/** Opens the store of that name and serves it until the port closes. */
export async function runWorker(name: WorkerName): Promise<void> {
  if (name === 'topology') return (await import('./config/topology-thread.ts')).runTopologyThread();
  const start = workerData as WorkerStart;
  const world = realWorld(openLog({ level: 'info', role: name }));
  const tell = (news: WorkerNews): void => parentPort!.postMessage(news);
  try {
    if (name === 'book') await serveBookOf(start, world);
    else await serveSeriesOf(start, world);
    tell({ kind: 'up' });
  } catch (error) {
    const code = error instanceof Fault ? error.code : 'start/worker';
    tell({ kind: 'failed', code, message: error instanceof Error ? error.message : String(error) });
    machine.exitCode = 1;
  }
}

async function serveBookOf({ folder, port }: WorkerStart, world: World): Promise<void> {
  const [{ openBook }, { serveBook }, { readOrMakeKey }] = await Promise.all([
    import('../edge/book/book.ts'),
    import('../edge/book/book-port.ts'),
    import('../edge/book/vault.ts'),
  ]);
  const secretKey = await readOrMakeKey(join(folder, 'book.key'), world);
  const { value: book, problems } = await openBook({ folder, world, secretKey });
  if (book === undefined) throw new Fault(problems[0]!.code, problems.map(formatProblem).join('\n'));
  serveBook(port, book);
}

async function serveSeriesOf({ folder, port, remote }: WorkerStart, world: World): Promise<void> {
  if (remote !== undefined) return serveRemoteSeriesOf({ folder, port }, remote, world);
  const [{ openSeries }, { serveSeries }] = await Promise.all([
    import('../edge/series/series.ts'),
    import('../edge/series/port.ts'),
  ]);
  const { value: store, problems } = await openSeries({ folder: join(folder, 'series'), world });
  for (const problem of problems) world.log.warn('found at start', { ...problem });
  serveSeries(port, store);
}

/** One request is as large as its lines; an answer holds a month of one series. */
const storeTimeoutMs = milliseconds(30_000);
const storeAnswerBytes = 64 * 1024 * 1024;

async function serveRemoteSeriesOf(
  { folder, port }: Pick<WorkerStart, 'folder' | 'port'>,
  { kind, password, token, spoolBytes, retentionMs, ...place }: RemoteStart,
  world: World,
): Promise<void> {
  const [{ openRemoteSeries }, { influxBackend }, { victoriaBackend }, { serveSeries }, { openHttpClient }] =
    await Promise.all([
      import('../edge/series/remote.ts'),
      import('../edge/series/influx.ts'),
      import('../edge/series/victoria.ts'),
      import('../edge/series/port.ts'),
      import('../edge/net/http-request.ts'),
    ]);
  const http = openHttpClient({
    world,
    // The address stands in the configuration and nowhere else: it is the operator's own.
    allowPrivate: true,
    timeoutMs: storeTimeoutMs,
    connections: 8,
    answerBytes: storeAnswerBytes,
  });
  const covered = (text: string | undefined): Secret | undefined =>
    text === undefined ? undefined : new Secret(text);
  const options = { ...place, http, password: covered(password), token: covered(token) };
  const backend = kind === 'influx' ? influxBackend({ ...options, retentionMs }) : victoriaBackend(options);
  const { value: store, problems } = await openRemoteSeries({
    folder: join(folder, `series-${kind}`),
    world,
    backend,
    spoolBytes,
  });
  for (const problem of problems) world.log.warn('found at start', { ...problem });
  serveSeries(port, store);
}
