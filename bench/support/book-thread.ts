/** The book in a thread of its own, as the centre has it. */
import {
  isMainThread,
  MessageChannel,
  type MessagePort,
  parentPort,
  Worker,
  workerData,
} from 'node:worker_threads';
import { type Book, openBook } from '../../src/edge/book/book.ts';
import { connectBook, serveBook } from '../../src/edge/book/book-port.ts';
import { benchWorld } from './world.ts';

export interface BookThread {
  readonly book: Book;
  close(): Promise<void>;
}

export async function openBookThread(folder: string): Promise<BookThread> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { folder } });
  const { port1, port2 } = new MessageChannel();
  worker.postMessage(port2, [port2]);
  await new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', resolve);
  });
  const book = connectBook(port1);
  return {
    book,
    async close() {
      await book.close();
      await worker.terminate();
    },
  };
}

async function serve({ folder }: { readonly folder: string }, port: MessagePort): Promise<void> {
  const { value, problems } = await openBook({ folder, world: benchWorld(), secretKey: new Uint8Array(32) });
  if (value === undefined) throw new Error(JSON.stringify(problems));
  serveBook(port, value);
  parentPort!.postMessage('up');
}

if (!isMainThread) parentPort!.once('message', (port: MessagePort) => void serve(workerData, port));
