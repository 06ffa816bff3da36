/** Group commit: appends of many callers become one write and one fdatasync, and every caller hears when it is durable. */
import { Fault } from '../../base/fault.ts';
import { milliseconds } from '../../base/instant.ts';
import type { Wake, World } from '../../base/world.ts';

export interface GroupCommitOptions<T> {
  readonly world: World;
  /** Names the file or folder in errors. */
  readonly place: string;
  /** Makes the items durable, in order; called by one commit at a time. */
  readonly commit: (items: readonly T[]) => Promise<void>;
  /** How long the first waiting append waits for company. */
  readonly windowMs?: number | undefined;
  /** Waiting bytes at which a commit starts at once. */
  readonly flushBytes?: number | undefined;
}

interface Waiting<T> {
  readonly item: T;
  readonly resolve: () => void;
  readonly reject: (fault: Fault) => void;
}

/**
 * Invariants: commits happen one after the other in order of `append`; after the first failed commit all waiting and
 * later appends reject with the same Fault and nothing is written or synced again (after a failed fsync the kernel may
 * report success for pages it has dropped, so a retry proves nothing).
 */
export class GroupCommit<T extends { readonly size: number }> {
  readonly #options: GroupCommitOptions<T>;
  readonly #windowMs: number;
  readonly #flushBytes: number;
  #waiting: Waiting<T>[] = [];
  #waitingBytes = 0;
  #committingBytes = 0;
  #timer: Wake | undefined;
  #isDue = false;
  #running: Promise<void> | undefined;
  #fault: Fault | undefined;

  constructor(options: GroupCommitOptions<T>) {
    this.#options = options;
    this.#windowMs = options.windowMs ?? 5;
    this.#flushBytes = options.flushBytes ?? 256 * 1024;
  }

  /** Bytes appended and not yet durable. */
  get pendingBytes(): number {
    return this.#waitingBytes + this.#committingBytes;
  }

  get fault(): Fault | undefined {
    return this.#fault;
  }

  /** Resolves once the item is durable. Rejects with `disk/full`, `disk/append-failed` or `disk/closed`. */
  append(item: T): Promise<void> {
    if (this.#fault !== undefined) return Promise.reject(this.#fault);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#waitingBytes += item.size;
      if (this.#running === undefined && this.#waitingBytes >= this.#flushBytes) this.#start();
      else this.#timer ??= this.#options.world.after(milliseconds(this.#windowMs), () => this.#windowOver());
    });
  }

  /** Rejects all waiting and later appends with the fault; the first fault stays. */
  stop(fault: Fault): void {
    this.#fault ??= fault;
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const { reject } of this.#take()) reject(this.#fault);
  }

  /** Commits what waits without its window, then refuses appends with `disk/closed`. */
  async close(): Promise<void> {
    while (this.#fault === undefined && (this.#running !== undefined || this.#waiting.length > 0)) {
      if (this.#running === undefined) this.#start();
      await this.#running;
    }
    this.stop(new Fault('disk/closed', `${this.#options.place} is closed`));
    await this.#running;
  }

  #windowOver(): void {
    this.#timer = undefined;
    this.#isDue = true;
    if (this.#running === undefined) this.#start();
  }

  #start(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#isDue = false;
    this.#committingBytes = this.#waitingBytes;
    this.#running = this.#commit(this.#take());
  }

  #take(): Waiting<T>[] {
    const taken = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    return taken;
  }

  /** Never rejects. */
  async #commit(group: readonly Waiting<T>[]): Promise<void> {
    try {
      await this.#options.commit(group.map(({ item }) => item));
      for (const { resolve } of group) resolve();
    } catch (error) {
      const fault = appendFault(this.#options.place, error);
      this.stop(fault);
      for (const { reject } of group) reject(fault);
    }
    this.#committingBytes = 0;
    this.#running = undefined;
    if (this.#waiting.length > 0 && (this.#isDue || this.#waitingBytes >= this.#flushBytes)) this.#start();
  }
}

function appendFault(place: string, error: unknown): Fault {
  if (error instanceof Fault) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const isFull = code === 'ENOSPC' || code === 'EDQUOT';
  const message = error instanceof Error ? error.message : String(error);
  return new Fault(isFull ? 'disk/full' : 'disk/append-failed', `${place}: ${message}`, error);
}
