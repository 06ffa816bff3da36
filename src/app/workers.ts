/** Workers of the centre: book and series write from threads of their own, so that no disk holds the line up. */
import { join } from 'node:path';
import { MessageChannel, type MessagePort, parentPort, Worker, workerData } from 'node:worker_threads';
import { Fault } from '../base/fault.ts';
import { formatProblem, type Problem } from '../base/problem.ts';
import { type Book, openBook } from '../edge/book/book.ts';
import { connectBook, serveBook } from '../edge/book/book-port.ts';
import { readOrMakeKey } from '../edge/book/vault.ts';
import { connectSeries, serveSeries } from '../edge/series/port.ts';
import { openSeries } from '../edge/series/series.ts';
import type { SeriesStore } from '../flow/series.ts';
import { openLog } from './log.ts';
import { mainFile } from './product-files.ts';
import { machine, realWorld } from './world.ts';

export type WorkerName = 'book' | 'series';

interface WorkerStart {
  readonly folder: string;
  readonly port: MessagePort;
}

type WorkerNews = { readonly kind: 'up' } | { readonly kind: 'failed'; readonly code: string; readonly message: string };

export async function openBookWorker(data: string): Promise<Book> {
  return connectBook(await startWorker('book', data));
}

export async function openSeriesWorker(data: string): Promise<SeriesStore> {
  return connectSeries(await startWorker('series', data));
}

/** A worker that dies takes its process with it: crash-only, the supervisor starts it anew. */
function startWorker(name: WorkerName, folder: string): Promise<MessagePort> {
  const { port1, port2 } = new MessageChannel();
  const start: WorkerStart = { folder, port: port2 };
  const worker = new Worker(mainFile, { argv: ['worker', name], workerData: start, transferList: [port2] });
  return new Promise((resolve, reject) => {
    worker.once('message', (news: WorkerNews) => {
      if (news.kind === 'up') resolve(port1);
      else reject(new Fault(news.code, news.message));
    });
    worker.on('error', (error) => {
      throw error;
    });
  });
}

/** The inside of a worker: opens its store and serves it until the port closes. */
export async function runWorker(name: WorkerName): Promise<void> {
  const { folder, port } = workerData as WorkerStart;
  const world = realWorld(openLog({ level: 'info', role: name }));
  const tell = (news: WorkerNews): void => parentPort!.postMessage(news);
  try {
    if (name === 'book') {
      const secretKey = await readOrMakeKey(join(folder, 'book.key'), world);
      const { value: book, problems } = await openBook({ folder, world, secretKey });
      if (book === undefined) throw new Fault(problems[0]!.code, problems.map(formatProblem).join('\n'));
      serveBook(port, book);
    } else {
      const { value: store, problems } = await openSeries({ folder: join(folder, 'series'), world });
      for (const problem of problems as readonly Problem[]) world.log.warn('found at start', { ...problem });
      serveSeries(port, store);
    }
    tell({ kind: 'up' });
  } catch (error) {
    const code = error instanceof Fault ? error.code : 'start/worker';
    tell({ kind: 'failed', code, message: error instanceof Error ? error.message : String(error) });
    machine.exitCode = 1;
  }
}
