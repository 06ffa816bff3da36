/**
 * Receives traps and informs (v1, v2c, v3) on UDP through the package `net-snmp`, behind a guard.
 *
 * Invariants
 * - Nothing a datagram holds can throw out of here, and none is looked at before its size, its source's rate and its
 *   sender's name are known to be in order.
 * - An inform is answered only after `accept` resolved for its record; when it rejects, never.
 * - Every datagram ends in exactly one counter: received = taken + refused + overloaded + malformed + dropped +
 *   rateLimited + oversized + discoveries + pending.
 *
 * The package judges no v3 time window: a notification recorded on the wire can be played again.
 */

import { createSocket, type Socket } from 'node:dgram';
import { Fault } from '../../base/fault.ts';
import { milliseconds } from '../../base/instant.ts';
import type { Secret } from '../../base/secret.ts';
import { type Shed, ShedSources } from '../../base/shed-sources.ts';
import { SourceRates } from '../../base/source-rates.ts';
import type { Wake, World } from '../../base/world.ts';
import type { SnmpUser } from '../../model/snmp-user.ts';
import { kernelDrops } from '../net/kernel-drops.ts';
import { EngineKeys, type TrapUser } from './engine-keys.ts';
import { type Envelope, readEnvelope } from './envelope.ts';
import type { PackagePdu, Sender } from './net-snmp-package.ts';
import { type Outcome, PackageReceiver } from './package-receiver.ts';
import { forwardedCommunity, type TrapRecord, trapRecord } from './trap-record.ts';

export { decodeTrap, encodeTrap, type TrapRecord } from './trap-record.ts';

/** What a message showed: never kept, only compared. */
export type ShownCredential = { readonly community: Buffer } | { readonly user: SnmpUser };

/** Who may send, and whose word it is. */
export interface TrapSenders {
  readonly communities: readonly Secret[];
  /** One name may have several keys: each message is tried with those it may be of. */
  readonly users: readonly TrapUser[];
  /** A device that has this credential, one at that address first; undefined when it is no single device's. */
  readonly ownerOf?: ((shown: ShownCredential, address: string) => string | undefined) | undefined;
}

export interface TrapReceiverOptions extends TrapSenders {
  /** Port 0 takes a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  readonly world: World;
  /** Resolves when all records are durable, in this order; a rejection means that none is acknowledged. */
  readonly accept: (records: readonly TrapRecord[]) => Promise<void>;
  /** 5 to 32 bytes that stay the same over restarts; v3 senders of informs keep it. Drawn by chance when absent. */
  readonly engineId?: Uint8Array | undefined;
  /** Of one source address. */
  readonly rate?: { readonly perSecond: number; readonly burst: number } | undefined;
}

type TrapCounters = {
  /** Datagrams read from the socket. */
  readonly received: number;
  /** Records that `accept` made durable. */
  readonly taken: number;
  /** Records that `accept` rejected. */
  readonly refused: number;
  /** Not read because too many records waited for `accept`. */
  readonly overloaded: number;
  readonly malformed: number;
  /** Community or user unknown, or proof of the user wrong. */
  readonly dropped: number;
  readonly rateLimited: number;
  readonly oversized: number;
  /** SNMPv3 engine discoveries, answered. */
  readonly discoveries: number;
  /** Records that wait for `accept` now. */
  readonly pending: number;
  /** Informs read, and those of them that were answered. */
  readonly informs: number;
  readonly acknowledged: number;
  readonly socketErrors: number;
};

export interface TrapReceiver {
  readonly address: { readonly host: string; readonly port: number };
  /** Bytes of receive buffer that the system granted; 4 MiB are asked for. */
  readonly receiveBufferBytes: number;
  readonly counters: TrapCounters;
  /** Whose datagrams were over the rate or too many since the last call. */
  drainShed(): readonly Shed[];
  /** Datagrams lost in the kernel since the socket was opened; undefined where the system does not tell. */
  kernelDropped(): Promise<number | undefined>;
  /** From now on these may send; the socket stays open. Changes nothing and throws `trap/user` for a user without its keys. */
  admit(senders: TrapSenders): void;
  /** What a datagram from the network goes through; never throws. */
  take(bytes: Buffer, sender: Sender): void;
  /** Stops reading, waits until everything read is durable and answered, then closes the socket. */
  close(): Promise<void>;
}

const largestDatagram = 8_192;
const receiveBufferBytes = 4 * 1024 * 1024;
const mostPending = 50_000;
const fullBatch = 1_000;
/** Long enough to gather a burst, short beside the group commit behind it. */
const gatherMs = milliseconds(2);
const defaultRate = { perSecond: 10_000, burst: 20_000 };

/** Binds the socket; rejects with `trap/listen-failed`, or `trap/user` for a user without its keys. */
export async function openTrapReceiver(options: TrapReceiverOptions): Promise<TrapReceiver> {
  const family = options.listen.host.includes(':') ? 'udp6' : 'udp4';
  const socket = createSocket({ type: family, recvBufferSize: receiveBufferBytes });
  await new Promise<void>((resolve, reject) => {
    const fail = (error: Error): void => {
      const where = `${options.listen.host}:${options.listen.port}`;
      reject(new Fault('trap/listen-failed', `cannot listen for traps on ${where}: ${error.message}`, error));
    };
    socket.once('error', fail);
    socket.bind({ port: options.listen.port, address: options.listen.host, exclusive: true }, () => {
      socket.off('error', fail);
      resolve();
    });
  });
  try {
    return new GuardedReceiver(socket, family, options);
  } catch (error) {
    socket.close();
    throw error;
  }
}

interface Waiting {
  readonly record: TrapRecord;
  readonly answer: Buffer | undefined;
  readonly sender: Sender;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

class GuardedReceiver implements TrapReceiver {
  readonly address: { readonly host: string; readonly port: number };
  readonly receiveBufferBytes: number;
  readonly #socket: Socket;
  readonly #family: 'udp4' | 'udp6';
  readonly #options: TrapReceiverOptions;
  #communities: readonly Buffer[];
  #ownerOf: NonNullable<TrapSenders['ownerOf']> = () => undefined;
  readonly #package: PackageReceiver;
  readonly #engineId: Buffer;
  readonly #keys: EngineKeys;
  readonly #rates: SourceRates;
  readonly #shed = new ShedSources();
  readonly #counters: Mutable<TrapCounters> = {
    received: 0,
    taken: 0,
    refused: 0,
    overloaded: 0,
    malformed: 0,
    dropped: 0,
    rateLimited: 0,
    oversized: 0,
    discoveries: 0,
    pending: 0,
    informs: 0,
    acknowledged: 0,
    socketErrors: 0,
  };
  #batch: Waiting[] = [];
  #gather: Wake | undefined;
  #isFailing = false;
  readonly #underWay = new Set<Promise<void>>();

  constructor(socket: Socket, family: 'udp4' | 'udp6', options: TrapReceiverOptions) {
    this.#socket = socket;
    this.#family = family;
    this.#options = options;
    const { address, port } = socket.address();
    this.address = { host: address, port };
    this.receiveBufferBytes = socket.getRecvBufferSize();
    this.#communities = [];
    this.#keys = new EngineKeys([]);
    this.#rates = new SourceRates({ ...(options.rate ?? defaultRate), mostSources: 65_536 });
    this.#engineId = Buffer.from(options.engineId ?? drawnEngineId(options.world));
    this.#package = new PackageReceiver(this.#engineId);
    this.admit(options);
    socket.on('error', () => {
      this.#counters.socketErrors++;
    });
    socket.on('message', (bytes, sender) => this.take(bytes, sender));
  }

  get counters(): TrapCounters {
    return { ...this.#counters };
  }

  drainShed(): readonly Shed[] {
    return this.#shed.drain();
  }

  kernelDropped(): Promise<number | undefined> {
    return kernelDrops(this.#family, this.address.port);
  }

  admit({ communities, users, ownerOf }: TrapSenders): void {
    const before = this.#keys.names;
    this.#keys.use(users);
    const { authorizer } = this.#package;
    for (const name of before) authorizer.deleteUser(name);
    for (const community of this.#communities) authorizer.deleteCommunity(community.toString('utf8'));
    this.#communities = communities.map((community) => Buffer.from(community.reveal(), 'utf8'));
    for (const community of communities) authorizer.addCommunity(community.reveal());
    this.#ownerOf = ownerOf ?? (() => undefined);
  }

  take(bytes: Buffer, sender: Sender): void {
    this.#counters.received++;
    const source = sender.address.startsWith('::ffff:') ? sender.address.slice(7) : sender.address;
    const refusal = this.#refusal(bytes, source);
    if (refusal !== undefined) {
      this.#counters[refusal]++;
      if (refusal !== 'oversized') this.#shed.add(source);
      return;
    }
    const envelope = readEnvelope(bytes);
    if (envelope === undefined) this.#counters.malformed++;
    else if (!this.#isKnown(envelope)) this.#counters.dropped++;
    else this.#takeKnown(bytes, { sender, source, envelope });
  }

  async close(): Promise<void> {
    this.#socket.removeAllListeners('message');
    this.#flush();
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    await new Promise<void>((resolve) => {
      this.#socket.close(() => resolve());
    });
  }

  #refusal(bytes: Buffer, source: string): 'oversized' | 'rateLimited' | 'overloaded' | undefined {
    if (!this.#rates.take(source, this.#options.world.monotonicMs())) return 'rateLimited';
    if (bytes.length > largestDatagram) return 'oversized';
    return this.#counters.pending >= mostPending ? 'overloaded' : undefined;
  }

  #isKnown(envelope: Envelope): boolean {
    if (envelope.version !== 'v3') return this.#communities.some((known) => known.equals(envelope.community));
    return this.#keys.admits(envelope);
  }

  #takeKnown(
    bytes: Buffer,
    from: { readonly sender: Sender; readonly source: string; readonly envelope: Envelope },
  ): void {
    const { sender, source, envelope } = from;
    const { outcome, user } = this.#looked(bytes, from);
    const { pdu, error, answer } = outcome;
    if (error !== undefined) this.#counters[error === 'sender' ? 'dropped' : 'malformed']++;
    else if (pdu === undefined) this.#reported(envelope, answer, sender);
    // The package takes an empty user name without proof for granted.
    else if (envelope.version === 'v3' && envelope.user === '') this.#counters.dropped++;
    else {
      const record = trapRecord(pdu, {
        at: this.#options.world.now(),
        from: `${source.includes(':') ? `[${source}]` : source}:${sender.port}`,
        address: source,
        version: envelope.version,
        credentialOf: this.#shown(envelope, { pdu, user, source }),
        engineId: this.#authorOf(envelope),
      });
      if (record === undefined) this.#counters.malformed++;
      else this.#wait({ record, answer: record.inform ? answer : undefined, sender });
    }
  }

  /** Handed to the package, in v3 with one user of the name after the other until one proves to be its sender. */
  #looked(
    bytes: Buffer,
    {
      sender,
      source,
      envelope,
    }: { readonly sender: Sender; readonly source: string; readonly envelope: Envelope },
  ): { readonly outcome: Outcome; readonly user?: SnmpUser | undefined } {
    if (envelope.version !== 'v3' || envelope.user === '')
      return { outcome: this.#package.hand(bytes, sender) };
    let outcome: Outcome = { pdu: undefined, error: 'sender', answer: undefined };
    const nowMs = this.#options.world.monotonicMs();
    for (const known of this.#keys.candidates(envelope, source)) {
      if (!this.#keys.mayTry(envelope, known, nowMs)) break;
      this.#package.authorizer.addUser(known.packaged);
      outcome = this.#package.hand(bytes, sender);
      const isProved = outcome.pdu !== undefined && outcome.error === undefined;
      this.#keys.settle(envelope, known, isProved);
      if (isProved) return { outcome, user: known.user };
    }
    return { outcome };
  }

  /** Whose credential it was: what a forwarder says of the first sender (RFC 3584 section 3.1) before its own. */
  #shown(
    envelope: Envelope,
    {
      pdu,
      user,
      source,
    }: { readonly pdu: PackagePdu; readonly user: SnmpUser | undefined; readonly source: string },
  ): string | undefined {
    if (envelope.version === 'v3') return user && this.#ownerOf({ user }, source);
    const forwarded = forwardedCommunity(pdu);
    const first = forwarded && this.#ownerOf({ community: forwarded }, source);
    return first ?? this.#ownerOf({ community: envelope.community }, source);
  }

  /** The sender of a trap speaks under its own engine id, that of an inform under ours (RFC 3414 section 1.5.1). */
  #authorOf(envelope: Envelope): string | undefined {
    if (envelope.version !== 'v3' || envelope.engineId.equals(this.#engineId)) return undefined;
    return envelope.engineId.toString('hex');
  }

  /** No notification and no error: the package wants to report, either its engine id or that the proof is wrong. */
  #reported(envelope: Envelope, answer: Buffer | undefined, sender: Sender): void {
    const isDiscovery = envelope.version === 'v3' && envelope.user === '';
    if (answer === undefined) this.#counters.malformed++;
    else this.#counters[isDiscovery ? 'discoveries' : 'dropped']++;
    if (answer !== undefined) this.#send(answer, sender);
  }

  #wait(waiting: Waiting): void {
    this.#counters.pending++;
    if (waiting.record.inform) this.#counters.informs++;
    this.#batch.push(waiting);
    if (this.#batch.length >= fullBatch) this.#flush();
    else this.#gather ??= this.#options.world.after(gatherMs, () => this.#flush());
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

  async #accept(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.#options.accept(batch.map(({ record }) => record));
    } catch (error) {
      this.#counters.pending -= batch.length;
      this.#counters.refused += batch.length;
      const code = error instanceof Fault ? error.code : 'unknown';
      // Said once until storing works again: a full disk must not fill the log too.
      if (!this.#isFailing)
        this.#options.world.log.error('notifications could not be stored', { code, records: batch.length });
      this.#isFailing = true;
      return;
    }
    this.#isFailing = false;
    this.#counters.pending -= batch.length;
    this.#counters.taken += batch.length;
    for (const { answer, sender } of batch) {
      if (answer === undefined) continue;
      this.#send(answer, sender);
      this.#counters.acknowledged++;
    }
  }

  #send(answer: Buffer, sender: Sender): void {
    try {
      this.#socket.send(answer, sender.port, sender.address, (error) => {
        if (error) this.#counters.socketErrors++;
      });
    } catch {
      // Port 0 can stand in a forged datagram; the socket refuses it by throwing.
      this.#counters.socketErrors++;
    }
  }
}

/** RFC 3411 section 5: enterprise number with the high bit set, format 5 (octets), up to 27 bytes of our own. */
export const drawnEngineId = (world: World): Uint8Array =>
  Uint8Array.from([0x80, 0, 0, 0, 5, ...world.randomBytes(12)]);
