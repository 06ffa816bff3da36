/** The inside of the centre's workers; a thread loads its own store alone. */
import { join } from 'node:path';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { Fault } from '../base/fault.ts';
import { formatProblem } from '../base/problem.ts';
import type { World } from '../base/world.ts';
import { openLog } from './log.ts';
import { machine, realWorld } from './world.ts';

export type WorkerName = 'book' | 'series';

export interface WorkerStart {
  /** The data directory. */
  readonly folder: string;
  readonly port: MessagePort;
}

export type WorkerNews =
  | { readonly kind: 'up' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

/** Opens the store of that name and serves it until the port closes. */
export async function runWorker(name: WorkerName): Promise<void> {
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

async function serveSeriesOf({ folder, port }: WorkerStart, world: World): Promise<void> {
  const [{ openSeries }, { serveSeries }] = await Promise.all([
    import('../edge/series/series.ts'),
    import('../edge/series/port.ts'),
  ]);
  const { value: store, problems } = await openSeries({ folder: join(folder, 'series'), world });
  for (const problem of problems) world.log.warn('found at start', { ...problem });
  serveSeries(port, store);
}
