/** Workers of the centre: book and series write from threads of their own, so that no disk holds the line up. */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { Fault } from '../base/fault.ts';
import type { Book } from '../edge/book/book.ts';
import { connectBook } from '../edge/book/book-port.ts';
import { connectSeries } from '../edge/series/port.ts';
import type { SeriesStore } from '../flow/series.ts';
import type { RemoteSeriesConfig, SeriesConfig } from './config/series.ts';
import { mainFile } from './product-files.ts';
import type { WorkerName, WorkerNews, WorkerStart } from './worker-bodies.ts';

export async function openBookWorker(data: string): Promise<Book> {
  return connectBook(await startWorker('book', data));
}

export async function openSeriesWorker(data: string, config: SeriesConfig): Promise<SeriesStore> {
  return connectSeries(
    await startWorker('series', data, config.kind === 'embedded' ? undefined : remoteOf(config)),
  );
}

/** A worker that dies takes its process with it: crash-only, the supervisor starts it anew. */
/** Secrets lose their cover on the way to another thread and are covered again there. */
const remoteOf = ({ password, token, ...config }: RemoteSeriesConfig): WorkerStart['remote'] => ({
  ...config,
  password: password?.reveal(),
  token: token?.reveal(),
});

function startWorker(name: WorkerName, folder: string, remote?: WorkerStart['remote']): Promise<MessagePort> {
  const { port1, port2 } = new MessageChannel();
  const start: WorkerStart = { folder, port: port2, remote };
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
