/** A network without a kernel: sockets of one process on a clock that the test moves, and everything a line does to datagrams. */
import type { RemoteInfo, Socket } from 'node:dgram';
import { milliseconds } from '../../src/base/instant.ts';
import { type Random, seededRandom } from '../../src/base/random.ts';
import type { World } from '../../src/base/world.ts';

/** What happens to each datagram on its way, by chance; shares are 0 to 1. */
export interface LineHabits {
  lossShare: number;
  /** Comes twice. */
  doubleShare: number;
  /** One byte is another. */
  brokenShare: number;
  /** Between these, so that datagrams overtake each other. */
  delayMs: readonly [least: number, most: number];
}

type Listener = (...args: never[]) => void;

export class PaperNetwork {
  readonly habits: LineHabits = { lossShare: 0, doubleShare: 0, brokenShare: 0, delayMs: [1, 3] };
  /** Datagrams sent, and those of them that were lost. */
  readonly counts = { sent: 0, lost: 0 };
  readonly #world: World;
  readonly #random: Random;
  readonly #sockets = new Map<string, PaperSocket>();
  #lastPort = 20_000;

  constructor(world: World, seed: number) {
    this.#world = world;
    this.#random = seededRandom(seed);
  }

  /** One that is bound already. */
  socket(address = '127.0.0.1'): Socket {
    const socket = new PaperSocket(this, address, ++this.#lastPort);
    this.#sockets.set(`${address} ${socket.port}`, socket);
    return socket as unknown as Socket;
  }

  /** For a transport: it has one IPv4 socket. */
  readonly openSocket = async (family: 4 | 6): Promise<Socket | undefined> =>
    family === 4 ? this.socket('127.0.0.9') : undefined;

  /** For an agent. */
  place(): { readonly socket: Socket; after(ms: number, run: () => void): { cancel(): void } } {
    return { socket: this.socket(), after: (ms, run) => this.#world.after(milliseconds(ms), run) };
  }

  carry(bytes: Uint8Array, from: PaperSocket, to: { readonly address: string; readonly port: number }): void {
    const { lossShare, doubleShare, brokenShare, delayMs } = this.habits;
    const random = this.#random;
    const copies = random.next() < doubleShare ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      this.counts.sent++;
      if (random.next() < lossShare) {
        this.counts.lost++;
        continue;
      }
      const sent = Buffer.from(bytes);
      if (random.next() < brokenShare) sent[random.below(sent.length)] = random.below(256);
      const [least, most] = delayMs;
      const late = milliseconds(least + random.next() * (most - least));
      const { at: address, port } = from;
      this.#world.after(late, () => {
        this.#sockets.get(`${to.address} ${to.port}`)?.hear(sent, { address, port, family: 'IPv4', size: 0 });
      });
    }
  }

  remove(socket: PaperSocket): void {
    this.#sockets.delete(`${socket.at} ${socket.port}`);
  }
}

class PaperSocket {
  readonly port: number;
  readonly #network: PaperNetwork;
  readonly at: string;
  readonly #heard: ((bytes: Uint8Array, from: RemoteInfo) => void)[] = [];

  constructor(network: PaperNetwork, at: string, port: number) {
    this.#network = network;
    this.at = at;
    this.port = port;
  }

  on(event: string, listener: Listener): this {
    if (event === 'message') this.#heard.push(listener as (bytes: Uint8Array, from: RemoteInfo) => void);
    return this;
  }

  hear(bytes: Uint8Array, from: RemoteInfo): void {
    for (const heard of this.#heard) heard(bytes, from);
  }

  send(bytes: Uint8Array, port: number, address: string, done?: (error: Error | null) => void): void {
    this.#network.carry(bytes, this, { address, port });
    done?.(null);
  }

  address(): { readonly address: string; readonly port: number } {
    return { address: this.at, port: this.port };
  }

  bind(_port: number, _address: string, done: () => void): void {
    done();
  }

  close(done?: () => void): void {
    this.#network.remove(this);
    done?.();
  }

  getSendQueueCount(): number {
    return 0;
  }

  getRecvBufferSize(): number {
    return 8 * 1024 * 1024;
  }
}
