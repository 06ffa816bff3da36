/** The book over a MessagePort: its worker serves, everybody else connects; calls and answers are cloned. */
import type { MessagePort } from 'node:worker_threads';
import { Fault } from '../../base/fault.ts';
import type { Book } from './book.ts';

/** Calls that may wait for their answer; more are refused, so that a stuck disk does not eat the memory. */
const mostPending = 10_000;
/** Of the line, one at a time: many readers must never be the reason why it stops. */
const neverRefused: ReadonlySet<string> = new Set(['project', 'applied', 'close']);

interface Call {
  readonly id: number;
  readonly deed: string;
  readonly args: readonly unknown[];
}

type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly fault: { readonly code: string; readonly message: string } };

/** Answers calls until the port closes. A call that throws answers its fault; the book goes on. */
export function serveBook(port: MessagePort, book: Book): void {
  const deeds = new Map(
    Object.entries(book) as [string, (...args: readonly unknown[]) => Promise<unknown>][],
  );
  port.on('message', ({ id, deed, args }: Call) => {
    const answer = async (): Promise<unknown> => {
      const called = deeds.get(deed);
      if (called === undefined) throw new Fault('book/unknown-call', `the book has no call "${deed}"`);
      return called(...args);
    };
    answer().then(
      (value) => port.postMessage({ id, value } satisfies Answer),
      (error: unknown) => port.postMessage({ id, fault: faultOf(error) } satisfies Answer),
    );
  });
}

/** The book behind the port; calls under way when it closes are rejected. */
export function connectBook(port: MessagePort): Book {
  const pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let lastId = 0;
  let isClosed = false;
  port.on('message', (answer: Answer) => {
    const call = pending.get(answer.id);
    pending.delete(answer.id);
    if ('fault' in answer) call?.reject(new Fault(answer.fault.code, answer.fault.message));
    else call?.resolve(answer.value);
  });
  port.on('close', () => {
    isClosed = true;
    for (const call of pending.values()) call.reject(new Fault('book/closed', 'the book was closed'));
    pending.clear();
  });
  const ask = (deed: string, args: readonly unknown[]): Promise<unknown> => {
    if (isClosed) return Promise.reject(new Fault('book/closed', 'the book was closed'));
    if (pending.size >= mostPending && !neverRefused.has(deed))
      return Promise.reject(new Fault('book/overloaded', `${mostPending} calls wait for the book`));
    return new Promise((resolve, reject) => {
      const id = ++lastId;
      pending.set(id, { resolve, reject });
      port.postMessage({ id, deed, args } satisfies Call);
    });
  };
  // A promise looks for `then`, which is no deed of the book.
  return new Proxy({} as Book, {
    get: (_book, deed) =>
      typeof deed !== 'string' || deed === 'then'
        ? undefined
        : (...args: readonly unknown[]) => ask(deed, args),
  });
}

function faultOf(error: unknown): { code: string; message: string } {
  if (error instanceof Fault) return { code: error.code, message: error.message };
  return { code: 'book/failed', message: error instanceof Error ? error.message : String(error) };
}
