/**
 * Receives syslog (RFC 5424, RFC 3164) on one port over UDP (RFC 5426) and TCP (RFC 6587), on another over TLS (RFC 5425).
 *
 * Invariants
 * - Nothing a sender writes can throw out of here; what no known device sent is not read. A device is known by its
 *   address, or over TLS by its certificate where authorities of clients are given.
 * - Every message ends in exactly one counter: received = taken + refused + overloaded + malformed + dropped +
 *   rateLimited + oversized + pending. Syslog knows no answer, so what is lost is counted and cannot come again.
 * - A TCP sender is not read from while too much waits for `accept`, so that it keeps what we could not store yet.
 */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import type { Server as TlsServer } from 'node:tls';
import { Fault } from '../../base/fault.ts';
import { milliseconds } from '../../base/instant.ts';
import { type Shed, ShedSources } from '../../base/shed-sources.ts';
import { SourceRates } from '../../base/source-rates.ts';
import type { Wake, World } from '../../base/world.ts';
import { kernelDrops } from '../net/kernel-drops.ts';
import { SyslogFrames } from './frames.ts';
import { parseSyslog } from './message.ts';
import type { SyslogRecord } from './syslog-record.ts';
import { nameOfPeer, renew, type TlsIdentity, tlsServer } from './tls.ts';

export { decodeSyslog, encodeSyslog, isSyslogRecord, type SyslogRecord } from './syslog-record.ts';
export { identityProblem, type TlsIdentity } from './tls.ts';

export interface SyslogReceiverOptions {
  /** Port 0 takes one that is free for UDP and TCP. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Over TLS; port 0 takes any that is free. */
  readonly tls?:
    | { readonly listen: { readonly host: string; readonly port: number }; readonly identity: TlsIdentity }
    | undefined;
  /** Whether a device has this address; IPv4 is written without a prefix of IPv6. */
  readonly isKnown: (address: string) => boolean;
  readonly world: World;
  /** Resolves when all records are durable, in this order; a rejection means that they are lost. */
  readonly accept: (records: readonly SyslogRecord[]) => Promise<void>;
  /** Of one source address. */
  readonly rate?: { readonly perSecond: number; readonly burst: number } | undefined;
}

type SyslogCounters = {
  readonly received: number;
  /** Records that `accept` made durable. */
  readonly taken: number;
  /** Records that `accept` rejected. */
  readonly refused: number;
  /** Not read because too many records waited for `accept`. */
  readonly overloaded: number;
  readonly malformed: number;
  /** From an address that no device has. */
  readonly dropped: number;
  readonly rateLimited: number;
  readonly oversized: number;
  /** Records that wait for `accept` now. */
  readonly pending: number;
  /** TCP connections open now, and those that were not taken: from no device, or too many. */
  readonly connections: number;
  readonly connectionsRefused: number;
  readonly socketErrors: number;
};

export interface SyslogReceiver {
  readonly address: { readonly host: string; readonly port: number };
  readonly tlsAddress: { readonly host: string; readonly port: number } | undefined;
  readonly counters: SyslogCounters;
  /** New connections over TLS see this; throws `syslog/certificate` and changes nothing. */
  renew(identity: TlsIdentity): void;
  /** Whose messages were over the rate or too many since the last call. */
  drainShed(): readonly Shed[];
  /** Datagrams lost in the kernel since the socket was opened; undefined where the system does not tell. */
  kernelDropped(): Promise<number | undefined>;
  /** Stops reading, waits until everything read is durable, then closes. */
  close(): Promise<void>;
}

/** RFC 5424 section 6.1 asks for 2 KiB; structured data of some routers is longer. */
const largestMessage = 8_192;
const receiveBufferBytes = 4 * 1024 * 1024;
const mostPending = 20_000;
/** TCP senders wait above this. */
const muchPending = 10_000;
const fullBatch = 1_000;
const gatherMs = milliseconds(5);
const mostConnections = 1_024;
const mostConnectionsOfSource = 16;
const defaultRate = { perSecond: 1_000, burst: 10_000 };
const portAttempts = 10;

/** Rejects with `syslog/listen-failed` or `syslog/certificate`. */
export async function openSyslogReceiver(options: SyslogReceiverOptions): Promise<SyslogReceiver> {
  const { host, port } = options.listen;
  const tls = options.tls && (await listeningTls(options.tls));
  for (let attempt = 1; ; attempt++) {
    let udp: UdpSocket | undefined;
    try {
      udp = await boundSocket(host, port);
      const tcp = await listeningServer(host, udp.address().port);
      return new Receiver({ udp, tcp, tls, options });
    } catch (error) {
      udp?.close();
      // Port 0: UDP took a number that another program has for TCP.
      if (port === 0 && udp !== undefined && attempt < portAttempts) continue;
      tls?.close();
      throw cannotListen(options.listen, error);
    }
  }
}

async function listeningTls({
  listen,
  identity,
}: NonNullable<SyslogReceiverOptions['tls']>): Promise<TlsServer> {
  const server = tlsServer(identity);
  try {
    await listening(server, listen);
    return server;
  } catch (error) {
    throw cannotListen(listen, error);
  }
}

function cannotListen({ host, port }: SyslogReceiverOptions['listen'], error: unknown): Fault {
  const why = error instanceof Error ? error.message : String(error);
  return new Fault('syslog/listen-failed', `cannot listen for syslog on ${host}:${port}: ${why}`, error);
}

function boundSocket(address: string, port: number): Promise<UdpSocket> {
  const socket = createSocket({
    type: address.includes(':') ? 'udp6' : 'udp4',
    recvBufferSize: receiveBufferBytes,
  });
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.bind({ port, address, exclusive: true }, () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

async function listeningServer(host: string, port: number): Promise<Server> {
  const server = createServer();
  await listening(server, { host, port });
  return server;
}

function listening(server: Server, at: SyslogReceiverOptions['listen']): Promise<void> {
  server.maxConnections = mostConnections;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ ...at, exclusive: true }, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

interface From {
  readonly address: string;
  readonly port: number;
  /** Proved by a certificate. */
  readonly peer?: string | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

class Receiver implements SyslogReceiver {
  readonly address: { readonly host: string; readonly port: number };
  readonly #udp: UdpSocket;
  readonly #tcp: Server;
  readonly #tls: TlsServer | undefined;
  readonly tlsAddress: { readonly host: string; readonly port: number } | undefined;
  readonly #options: SyslogReceiverOptions;
  readonly #rates: SourceRates;
  readonly #shed = new ShedSources();
  readonly #counters: Mutable<SyslogCounters> = {
    received: 0,
    taken: 0,
    refused: 0,
    overloaded: 0,
    malformed: 0,
    dropped: 0,
    rateLimited: 0,
    oversized: 0,
    pending: 0,
    connections: 0,
    connectionsRefused: 0,
    socketErrors: 0,
  };
  readonly #connections = new Map<Socket, string>();
  /** What is read from: over TLS not the connection itself. */
  readonly #readers = new Set<Socket>();
  readonly #underWay = new Set<Promise<void>>();
  #batch: SyslogRecord[] = [];
  #gather: Wake | undefined;
  #isFailing = false;

  constructor(parts: {
    readonly udp: UdpSocket;
    readonly tcp: Server;
    readonly tls: TlsServer | undefined;
    readonly options: SyslogReceiverOptions;
  }) {
    this.#udp = parts.udp;
    this.#tcp = parts.tcp;
    this.#tls = parts.tls;
    const tlsAt = parts.tls?.address();
    if (tlsAt !== null && typeof tlsAt === 'object')
      this.tlsAddress = { host: tlsAt.address, port: tlsAt.port };
    this.#options = parts.options;
    this.#rates = new SourceRates({ ...(parts.options.rate ?? defaultRate), mostSources: 65_536 });
    const { address, port } = parts.udp.address();
    this.address = { host: address, port };
    const countError = (): void => {
      this.#counters.socketErrors++;
    };
    this.#udp.on('error', countError);
    this.#udp.on('message', (bytes, { address: sender, port: senderPort }) =>
      this.#take(bytes, { address: plain(sender), port: senderPort }),
    );
    this.#tcp.on('connection', (socket) => {
      if (this.#admit(socket, true)) this.#read(socket, fromOf(socket));
    });
    this.#tls?.on('connection', (socket) =>
      this.#admit(socket, parts.options.tls?.identity.ca === undefined),
    );
    this.#tls?.on('tlsClientError', countError);
    this.#tls?.on('secureConnection', (socket) => {
      socket.on('error', countError);
      this.#read(socket, { ...fromOf(socket), peer: nameOfPeer(socket) });
    });
    for (const server of this.#servers) {
      server.on('error', countError);
      server.on('drop', () => {
        this.#counters.connectionsRefused++;
      });
    }
  }

  get #servers(): readonly Server[] {
    return this.#tls === undefined ? [this.#tcp] : [this.#tcp, this.#tls];
  }

  renew(identity: TlsIdentity): void {
    if (this.#tls !== undefined) renew(this.#tls, identity);
  }

  get counters(): SyslogCounters {
    return { ...this.#counters, connections: this.#connections.size };
  }

  drainShed(): readonly Shed[] {
    return this.#shed.drain();
  }

  kernelDropped(): Promise<number | undefined> {
    return kernelDrops(this.address.host.includes(':') ? 'udp6' : 'udp4', this.address.port);
  }

  async close(): Promise<void> {
    this.#udp.removeAllListeners('message');
    const closed = this.#servers.map(
      (server) =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
        }),
    );
    for (const socket of this.#connections.keys()) socket.destroy();
    this.#flush();
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    await Promise.all(closed);
    await new Promise<void>((resolve) => {
      this.#udp.close(() => resolve());
    });
  }

  /** False: it was closed. `byAddress`: only devices of a known address may connect. */
  #admit(socket: Socket, byAddress: boolean): boolean {
    const { address } = fromOf(socket);
    socket.on('error', () => {
      this.#counters.socketErrors++;
    });
    const ofSource = [...this.#connections.values()].filter((one) => one === address).length;
    if ((byAddress && !this.#options.isKnown(address)) || ofSource >= mostConnectionsOfSource) {
      this.#counters.connectionsRefused++;
      socket.destroy();
      return false;
    }
    this.#connections.set(socket, address);
    socket.on('close', () => this.#connections.delete(socket));
    // A sender may be silent for days; one that is gone is found by the system.
    socket.setKeepAlive(true, 60_000);
    return true;
  }

  #read(socket: Socket, from: From): void {
    const frames = new SyslogFrames({
      largest: largestMessage,
      found: (message) => this.#take(message, from),
      oversized: () => {
        this.#counters.received++;
        this.#counters.oversized++;
      },
    });
    this.#readers.add(socket);
    socket.on('close', () => this.#readers.delete(socket));
    socket.on('data', (chunk) => {
      frames.take(chunk);
      if (this.#counters.pending >= muchPending) socket.pause();
    });
    socket.on('end', () => frames.end());
  }

  #take(bytes: Uint8Array, from: From): void {
    this.#counters.received++;
    const refusal = this.#refusal(bytes, from);
    const message = refusal === undefined ? parseSyslog(bytes) : undefined;
    if (message === undefined) {
      this.#counters[refusal ?? 'malformed']++;
      if (refusal === 'rateLimited' || refusal === 'overloaded') this.#shed.add(from.address);
      return;
    }
    const { address, port, peer } = from;
    const shown = `${address.includes(':') ? `[${address}]` : address}:${port}`;
    this.#counters.pending++;
    this.#batch.push({ at: this.#options.world.now(), from: shown, address, peer, ...message });
    if (this.#batch.length >= fullBatch) this.#flush();
    else this.#gather ??= this.#options.world.after(gatherMs, () => this.#flush());
  }

  #refusal(
    bytes: Uint8Array,
    { address, peer }: From,
  ): 'dropped' | 'rateLimited' | 'oversized' | 'overloaded' | undefined {
    if (peer === undefined && !this.#options.isKnown(address)) return 'dropped';
    if (!this.#rates.take(address, this.#options.world.monotonicMs())) return 'rateLimited';
    if (bytes.length > largestMessage) return 'oversized';
    return this.#counters.pending >= mostPending ? 'overloaded' : undefined;
  }

  #flush(): void {
    this.#gather?.cancel();
    this.#gather = undefined;
    const batch = this.#batch;
    if (batch.length === 0) return;
    this.#batch = [];
    const done = this.#accept(batch).finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
  }

  async #accept(batch: readonly SyslogRecord[]): Promise<void> {
    try {
      await this.#options.accept(batch);
      this.#counters.taken += batch.length;
      this.#isFailing = false;
    } catch (error) {
      this.#counters.refused += batch.length;
      const code = error instanceof Fault ? error.code : 'unknown';
      // Said once until storing works again: a full disk must not fill the log too.
      if (!this.#isFailing) {
        const fields = { code, records: batch.length };
        this.#options.world.log.error('syslog messages could not be stored', fields);
      }
      this.#isFailing = true;
    }
    this.#counters.pending -= batch.length;
    if (this.#counters.pending >= muchPending) return;
    for (const socket of this.#readers) if (socket.isPaused()) socket.resume();
  }
}

const fromOf = (socket: Socket): From => ({
  address: plain(socket.remoteAddress ?? ''),
  port: socket.remotePort ?? 0,
});

/** How a socket of both families writes an IPv4 address is taken back. */
const plain = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address);
