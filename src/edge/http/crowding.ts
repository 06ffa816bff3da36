/**
 * What strangers may hold of a listener at once: connections, requests of one connection, and look-ups that wait for the
 * book. What is above is refused and counted: line, courier and staff share the process and the book with them.
 */
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Browsers and HTTP clients send one request after the other; whoever sends many ahead has us keep the answers. */
const requestsOfConnection = 16;

export interface Crowd {
  readonly counters: { readonly connectionsRefused: number; readonly requestsCrowded: number };
}

/** Bounds a server that does not listen yet; its other hooks come behind this one. */
export function boundCrowd(server: FastifyInstance, connections: number): Crowd {
  const counters = { connectionsRefused: 0, requestsCrowded: 0 };
  const underWay = new WeakMap<Socket, number>();
  server.server.maxConnections = connections;
  server.server.on('drop', () => {
    counters.connectionsRefused++;
  });
  server.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw;
    const held = (underWay.get(socket) ?? 0) + 1;
    if (held > requestsOfConnection || socket.destroyed) {
      counters.requestsCrowded++;
      socket.destroy();
      reply.hijack();
      return;
    }
    underWay.set(socket, held);
    reply.raw.once('close', () => underWay.set(socket, underWay.get(socket)! - 1));
    done();
  });
  return { counters };
}

/** So many at once may wait for something; whoever finds no place is told so and counted. */
export class Turnstile {
  readonly #places: number;
  #inside = 0;
  #refused = 0;

  constructor(places: number) {
    this.#places = places;
  }

  /** How many found no place since the start. */
  get refused(): number {
    return this.#refused;
  }

  /** What `look` resolves to; `crowded` when there is no place. */
  async pass<T>(look: () => Promise<T>): Promise<T | 'crowded'> {
    if (this.#inside >= this.#places) {
      this.#refused++;
      return 'crowded';
    }
    this.#inside++;
    try {
      return await look();
    } finally {
      this.#inside--;
    }
  }
}
