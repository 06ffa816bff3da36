/** The shared sockets of one address family, how many requests they bear at once, and who waits for them. */
import { createSocket, type Socket } from 'node:dgram';
import { BoundedQueue } from '../../base/bounded-queue.ts';

/** Asked of the kernel; an unprivileged process is cut to net.core.rmem_max. */
export const WANTED_RECEIVE_BUFFER = 4 * 1024 * 1024;
/** What the kernel charges for a reply of 1472 bytes; 0.7 leaves room for duplicates and larger replies. */
const CHARGE_PER_REPLY = 2304;
const USABLE_SHARE = 0.7;
const USUAL_REPLY_BYTES = 1472;
/** More sockets where the kernel grants little, until so many requests may be under way. */
const WANTED_WINDOW = 1_000;
const MOST_SOCKETS = 16;
const LARGEST_WINDOW = 4_096;
const WAITING_REQUESTS = 65_536;
/** Of the window, for requests that have waited long: the rest is left for devices that answer. */
const SLOW_SHARE = 0.75;
/** As many as are read in one turn of the event loop, 32 a socket: more under way only leave the processor's caches. */
const LEAST_REACH = 64;
/** Of its time the event loop had nothing to do, or always: the network, or we, are what requests wait for. */
const IDLE_SHARE = 0.5;
const BUSY_SHARE = 0.05;

/** Units of the window that a reply of so many bytes takes. */
export const unitsOf = (replyBytes: number): number => Math.max(1, Math.ceil(replyBytes / USUAL_REPLY_BYTES));

export interface LaneSetup {
  readonly family: 4 | 6;
  /** Default: as many as the window wants, at least 2. */
  readonly sockets?: number | undefined;
  /** Default: `WANTED_RECEIVE_BUFFER`; 0 leaves the kernel's default. */
  readonly receiveBufferBytes?: number | undefined;
  /** Default: of the system. Undefined comes of it where there is no such family. */
  readonly openSocket?: typeof openSocket | undefined;
}

/** Opens and binds the sockets; a lane without sockets where the machine does not know the family. */
export async function openLane<T>(setup: LaneSetup): Promise<Lane<T>> {
  const { family, sockets, receiveBufferBytes, openSocket: open = openSocket } = setup;
  const wanted = receiveBufferBytes ?? WANTED_RECEIVE_BUFFER;
  const first = await open(family, wanted);
  if (first === undefined) return new Lane<T>([]);
  const each = windowOf(first);
  const count = sockets ?? Math.min(MOST_SOCKETS, Math.max(2, Math.ceil(WANTED_WINDOW / each)));
  const others = await Promise.all(Array.from({ length: count - 1 }, () => open(family, wanted)));
  return new Lane<T>([first, ...others.filter((socket) => socket !== undefined)]);
}

function openSocket(family: 4 | 6, receiveBufferBytes: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket({
      type: family === 4 ? 'udp4' : 'udp6',
      ...(family === 6 ? { ipv6Only: true } : {}),
      // Addresses are literal here; without this every datagram would pass through the resolver's queue.
      lookup: (host, _options, found) => found(null, host, family),
    });
    socket.once('error', () => resolve(undefined));
    socket.bind({ port: 0, address: family === 4 ? '0.0.0.0' : '::' }, () => {
      try {
        if (receiveBufferBytes > 0) socket.setRecvBufferSize(receiveBufferBytes);
      } catch {
        // The kernel's default stays; the window follows what was granted.
      }
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

const windowOf = (socket: Socket): number =>
  Math.max(1, Math.floor((socket.getRecvBufferSize() / CHARGE_PER_REPLY) * USABLE_SHARE));

/**
 * The window counts requests that may be answered any moment, in units of a usual reply; those that have waited long are
 * counted apart, so that silent devices do not hold up the others.
 */
export class Lane<T> {
  readonly sockets: readonly Socket[];
  readonly window: number;
  readonly waiting = new BoundedQueue<T>(WAITING_REQUESTS);
  /** Requests to devices that were silent the last time. */
  readonly waitingSlow = new BoundedQueue<T>(WAITING_REQUESTS);
  /** Units of the window in use. */
  inUse = 0;
  /** Requests outside the window; with `inUse` they are never more than the window. */
  slow = 0;
  readonly #mostSlow: number;
  /** So much of the window is used at present. */
  #reach: number;
  #turn = 0;

  constructor(sockets: readonly Socket[]) {
    this.sockets = sockets;
    const window = sockets.reduce((sum, socket) => sum + windowOf(socket), 0);
    this.window = Math.min(LARGEST_WINDOW, window);
    this.#mostSlow = Math.ceil(this.window * SLOW_SHARE);
    this.#reach = Math.min(LEAST_REACH, this.window);
  }

  get grantedBytes(): number {
    return this.sockets[0]?.getRecvBufferSize() ?? 0;
  }

  /** True when a request of so many units fits; one that is larger than the window goes alone. */
  hasRoom(units: number): boolean {
    const after = this.inUse + units;
    return this.inUse === 0 || (after <= this.#reach && after + this.slow <= this.window);
  }

  get hasSlowRoom(): boolean {
    return this.mayLeaveWindow && this.inUse + this.slow < this.window;
  }

  /** True when one more request may wait long. */
  get mayLeaveWindow(): boolean {
    return this.slow < this.#mostSlow;
  }

  /**
   * By how much of its time the event loop had nothing to do while requests waited: more of them under way when answers are
   * slow to come, fewer when they come faster than they are read. True when more may start.
   */
  adapt(idleShare: number): boolean {
    if (this.waiting.size === 0) return false;
    if (idleShare < BUSY_SHARE) this.#reach = Math.max(Math.min(LEAST_REACH, this.window), this.#reach >> 1);
    if (idleShare < IDLE_SHARE) return false;
    this.#reach = Math.min(this.window, this.#reach * 2);
    return true;
  }

  nextSocket(): Socket {
    this.#turn = (this.#turn + 1) % this.sockets.length;
    return this.sockets[this.#turn]!;
  }
}
