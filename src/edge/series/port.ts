/**
 * The store behind a message port, so that it runs in a worker and no roll or seal stalls the caller's loop. Columns
 * travel as transferred buffers; what is under way is bounded, and what does not fit is refused and counted.
 */
import type { MessagePort } from 'node:worker_threads';
import { assert, Fault } from '../../base/fault.ts';
import type { SampleBatch, SeriesStore } from '../../flow/series.ts';

/** Calls under way at once. */
const MOST_CALLS = 1_024;
/** Bytes of batches under way at once. */
const MOST_BYTES = 128 * 1024 * 1024;

type Call = keyof SeriesStore;

interface Request {
  readonly id: number;
  readonly call: Call;
  readonly args: readonly unknown[];
}

type Answer =
  | { readonly kind: 'value'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'fault'; readonly id: number; readonly code: string; readonly message: string };

/** Answers the calls that arrive at the port from the store, until `close` was called. */
export function serveSeries(port: MessagePort, store: SeriesStore): void {
  port.on('message', (request: Request) => {
    void answer(store, request).then((reply) => {
      port.postMessage(reply, reply.kind === 'value' ? buffersOf(reply.value) : []);
      if (request.call === 'close') port.close();
    });
  });
}

async function answer(store: SeriesStore, { id, call, args }: Request): Promise<Answer> {
  try {
    const run = store[call] as (...given: readonly unknown[]) => Promise<unknown>;
    return { kind: 'value', id, value: await run.apply(store, [...args]) };
  } catch (error) {
    const code = error instanceof Fault ? error.code : 'series/failed';
    return { kind: 'fault', id, code, message: error instanceof Error ? error.message : String(error) };
  }
}

/** The store at the other end of the port. Calls reject with the store's faults, `series/busy` or `series/closed`. */
export function connectSeries(port: MessagePort): SeriesStore {
  const line = new Line(port);
  return {
    register: (names) => line.ask('register', [names]),
    append: (batch) => line.append(batch),
    range: (series, from, to) => line.ask('range', [series, from, to]),
    downsample: (series, read) => line.ask('downsample', [series, read]),
    last: (series) => line.ask('last', [series]),
    list: (resourcePrefix, limit) => line.ask('list', [resourcePrefix, limit]),
    dropBefore: (before, hoursBefore) => line.ask('dropBefore', [before, hoursBefore]),
    async stats() {
      const stats = await line.ask('stats', []);
      return { ...stats, calls_refused: line.refused };
    },
    close: () => line.close(),
  };
}

interface Pending {
  readonly bytes: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (fault: Fault) => void;
}

class Line {
  readonly #port: MessagePort;
  readonly #pending = new Map<number, Pending>();
  #next = 1;
  #bytes = 0;
  #isClosed = false;
  refused = 0;

  constructor(port: MessagePort) {
    this.#port = port;
    port.on('message', (answer: Answer) => this.#settle(answer));
    port.on('close', () => this.#end());
  }

  ask<C extends Call>(call: C, args: Parameters<SeriesStore[C]>): ReturnType<SeriesStore[C]> {
    return this.#send(call, { args, buffers: [] }) as ReturnType<SeriesStore[C]>;
  }

  /** Sends copies of the columns: the caller's arrays stay its own. */
  async append(batch: SampleBatch): Promise<void> {
    const copy: SampleBatch = {
      series: batch.series.slice(),
      times: batch.times.slice(),
      values: batch.values.slice(),
      exact: batch.exact?.slice(),
    };
    await this.#send('append', { args: [copy], buffers: buffersOf(copy) });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    await this.ask('close', []);
    this.#port.close();
    this.#end();
  }

  #send(
    call: Call,
    sent: { readonly args: readonly unknown[]; readonly buffers: ArrayBuffer[] },
  ): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(new Fault('series/closed', 'the series store is closed'));
    const bytes = sent.buffers.reduce((sum, buffer) => sum + buffer.byteLength, 0);
    if (call !== 'close' && (this.#pending.size >= MOST_CALLS || this.#bytes + bytes > MOST_BYTES)) {
      this.refused++;
      return Promise.reject(new Fault('series/busy', 'too many calls of the series store are under way'));
    }
    const id = this.#next++;
    this.#bytes += bytes;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { bytes, resolve, reject });
      this.#port.postMessage({ id, call, args: sent.args } satisfies Request, sent.buffers);
    });
  }

  #settle(answer: Answer): void {
    const pending = this.#pending.get(answer.id);
    assert(pending !== undefined, `an answer to call ${answer.id}, which was never sent`);
    this.#pending.delete(answer.id);
    this.#bytes -= pending.bytes;
    if (answer.kind === 'value') pending.resolve(answer.value);
    else pending.reject(new Fault(answer.code, answer.message));
  }

  #end(): void {
    this.#isClosed = true;
    for (const { reject } of this.#pending.values()) {
      reject(new Fault('series/closed', 'the series store ended before it answered'));
    }
    this.#pending.clear();
    this.#bytes = 0;
  }
}

/** The buffers of the columns a value holds; each column made by a store has one of its own. */
function buffersOf(value: unknown): ArrayBuffer[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.values(value)
    .filter((column) => ArrayBuffer.isView(column) && column.buffer instanceof ArrayBuffer)
    .map((column: ArrayBufferView) => column.buffer as ArrayBuffer);
}
