/** A few shared UDP sockets that carry the requests to all devices and match each reply to what was asked. */
import type { RemoteInfo, Socket } from 'node:dgram';
import { isIP, SocketAddress } from 'node:net';
import { milliseconds } from '../../base/instant.ts';
import type { Wake, World } from '../../base/world.ts';
import type { SessionProblem } from '../../collect/session.ts';
import { Wheel } from '../../flow/wheel.ts';
import { type Learned, learnDelay, learnForeignAddress, learnRoundTrip, patienceOf, timeoutOf } from './learned.ts';
import { MessageView, pduTag, type SnmpVersion } from './pdu.ts';
import { type Lane, openLane, unitsOf, WANTED_RECEIVE_BUFFER } from './socket-lane.ts';

/** A request id is 1, 16 random bits, 14 bits of slot number: positive and always four bytes long. */
const SLOT_BITS = 14;
const MOST_SLOTS = 1 << SLOT_BITS;
const RESTING_SLOTS = 256;
const LOOKS_PER_TICK = 32;
const TICK_MS = 10;
/** Of the time of one try by which its repetition comes earlier, at most: repetitions to many devices come apart. */
const JITTER_SHARE = 0.1;

/** Where requests go and what their replies must show. */
export interface Peer {
  /** As the kernel reports a sender (`canonicalIpv6`). */
  readonly address: string;
  /** 0: no address, nothing can be sent. */
  readonly family: number;
  readonly port: number;
  readonly version: SnmpVersion;
  readonly community: Uint8Array;
  /** Of one try, until the device is known. */
  readonly timeoutMs: number;
  /** Tries after the first. */
  readonly retries: number;
  /** True: a reply from another address counts (devices that answer from another interface). */
  readonly anySource: boolean;
  readonly learned: Learned;
}

/** One logical request; its retries reuse the request id, so that a late reply to the first try still counts. */
export interface Ask {
  readonly peer: Peer;
  /** On `World.monotonicMs`: no try lasts longer, whatever retries are left. */
  readonly giveUpAtMs: number;
  /** Size of the reply wanted. */
  readonly replyBytes: number;
  /** The datagram, left as it is until `done`; undefined when it would be larger than any datagram. */
  encode(requestId: number): Uint8Array | undefined;
  /** Called once. A view is valid only during the call; its names are not checked (`MessageView.hasOids`). */
  done(outcome: MessageView | SessionProblem): void;
}

const noCounts = {
  requests: 0,
  retries: 0,
  replies: 0,
  timeouts: 0,
  /** Replies to what was already answered or given up. */
  late: 0,
  /** Replies with a request id that was never given out. */
  unknownId: 0,
  /** Replies from another address than the one asked. */
  foreign: 0,
  /** Right id and address, wrong version, community or PDU type. */
  mismatched: 0,
  malformed: 0,
  /** Requests that were not even sent: no address, or too many wait. */
  refused: 0,
  sendErrors: 0,
  /** Requests that left the window because they waited long for their answer. */
  slowed: 0,
  bytesIn: 0,
  bytesOut: 0,
};

export type TransportCounters = Readonly<typeof noCounts>;

export interface Transport {
  ask(ask: Ask): void;
  counters(): TransportCounters;
  /** Replies of 1472 bytes that may be under way at once, by what the kernel granted. */
  readonly window: { readonly ipv4: number; readonly ipv6: number };
  close(): void;
}

export interface TransportSetup {
  /** A family; default: as many as the window needs, 2 to 16. */
  readonly sockets?: number | undefined;
  /** Of a socket; default 4 MiB; 0 leaves the kernel's default. */
  readonly receiveBufferBytes?: number | undefined;
}

/** Opens the sockets; resolves when all that this machine allows are bound. */
export async function openTransport(world: World, setup: TransportSetup = {}): Promise<Transport> {
  const [ipv4, ipv6] = await Promise.all([
    openLane<Ask>({ family: 4, ...setup }),
    openLane<Ask>({ family: 6, ...setup }),
  ]);
  const granted = ipv4.grantedBytes;
  if (granted < (setup.receiveBufferBytes ?? WANTED_RECEIVE_BUFFER)) {
    const hint = `sysctl -w net.core.rmem_max=${WANTED_RECEIVE_BUFFER}`;
    world.log.warn('the kernel grants a small receive buffer: fewer polls run at once', {
      grantedBytes: granted,
      window: ipv4.window,
      hint,
    });
  }
  return new UdpTransport(world, ipv4, ipv6);
}

/** The place of one request under way. */
interface Slot {
  readonly number: number;
  requestId: number;
  ask: Ask | undefined;
  lane: Lane<Ask> | undefined;
  socket: Socket | undefined;
  bytes: Uint8Array | undefined;
  /** What it takes of the window; 0 when it has left it. */
  units: number;
  sentAtMs: number;
  deadlineMs: number;
  triesLeft: number;
  isFirstTry: boolean;
  /** A broken reply came from the asked address: silence afterwards is named for what it was. */
  sawMalformed: boolean;
  sendError: boolean;
  foreignAddress: string | undefined;
}

class UdpTransport implements Transport {
  readonly #world: World;
  readonly #ipv4: Lane<Ask>;
  readonly #ipv6: Lane<Ask>;
  readonly #slots: Slot[] = [];
  readonly #free = new Int32Array(MOST_SLOTS);
  #freeAt = 0;
  #freeCount = 0;
  readonly #view = new MessageView();
  readonly #count = { ...noCounts };
  readonly #wheel: Wheel;
  #random: Uint8Array = new Uint8Array(0);
  #randomAt = 0;
  #underWay = 0;
  #tick: Wake | undefined;
  #isClosed = false;
  #looksLeft = LOOKS_PER_TICK;

  constructor(world: World, ipv4: Lane<Ask>, ipv6: Lane<Ask>) {
    this.#world = world;
    this.#wheel = new Wheel(world.monotonicMs(), TICK_MS);
    this.#ipv4 = ipv4;
    this.#ipv6 = ipv6;
    for (const socket of [...ipv4.sockets, ...ipv6.sockets]) {
      socket.on('message', (bytes, from) => this.#receive(bytes, from));
      socket.on('error', () => this.#count.sendErrors++);
    }
  }

  get window(): { readonly ipv4: number; readonly ipv6: number } {
    return { ipv4: this.#ipv4.window, ipv6: this.#ipv6.window };
  }

  counters(): TransportCounters {
    return { ...this.#count };
  }

  ask(ask: Ask): void {
    const { family, learned } = ask.peer;
    const lane = family === 6 ? this.#ipv6 : this.#ipv4;
    if (this.#isClosed || family === 0 || lane.sockets.length === 0) {
      this.#count.refused++;
      ask.done({ kind: 'refused', reason: 'unreachable' });
      return;
    }
    const queue = learned.isSilent ? lane.waitingSlow : lane.waiting;
    if (queue.size === 0 && this.#mayStart(lane, ask)) this.#start(lane, ask);
    else if (queue.push(ask)) this.#startWaiting(lane);
    else {
      this.#count.refused++;
      ask.done({ kind: 'overBudget', budget: 'requests' });
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#tick?.cancel();
    for (const socket of [...this.#ipv4.sockets, ...this.#ipv6.sockets]) socket.close();
    const gone: SessionProblem = { kind: 'refused', reason: 'unreachable' };
    for (const slot of this.#slots) if (slot.ask !== undefined) this.#finish(slot, gone);
    for (const { waiting, waitingSlow } of [this.#ipv4, this.#ipv6]) {
      for (const ask of [...waiting.take(waiting.size), ...waitingSlow.take(waitingSlow.size)]) ask.done(gone);
    }
  }

  #mayStart(lane: Lane<Ask>, ask: Ask): boolean {
    return ask.peer.learned.isSilent ? lane.hasSlowRoom : lane.hasRoom(unitsOf(ask.replyBytes));
  }

  #start(lane: Lane<Ask>, ask: Ask): void {
    const slot = this.#takeSlot();
    slot.requestId = 0x4000_0000 | (this.#random16() << SLOT_BITS) | slot.number;
    const bytes = ask.encode(slot.requestId);
    if (bytes === undefined) {
      this.#rest(slot);
      ask.done({ kind: 'badAnswer', reason: 'tooBig' });
      return;
    }
    slot.ask = ask;
    slot.lane = lane;
    slot.socket = lane.nextSocket();
    slot.bytes = bytes;
    slot.triesLeft = ask.peer.retries;
    slot.isFirstTry = true;
    slot.sawMalformed = false;
    slot.sendError = false;
    slot.foreignAddress = undefined;
    this.#underWay++;
    this.#count.requests++;
    if (ask.peer.learned.isSilent) {
      slot.units = 0;
      lane.slow++;
    } else {
      slot.units = unitsOf(ask.replyBytes);
      lane.inUse += slot.units;
    }
    this.#send(slot, ask);
  }

  #send(slot: Slot, ask: Ask): void {
    const { peer } = ask;
    const now = this.#world.monotonicMs();
    const timeoutMs = timeoutOf(peer.learned, peer.timeoutMs);
    const early = slot.triesLeft > 0 ? timeoutMs * JITTER_SHARE * (this.#random16() / 0x1_0000) : 0;
    // What a try gave up early the next one waits longer, so that all tries together take their time.
    const credit = slot.isFirstTry ? 0 : slot.deadlineMs - slot.sentAtMs;
    slot.sentAtMs = now;
    slot.deadlineMs = Math.min(now + timeoutMs, ask.giveUpAtMs);
    void credit;
    void early;
    this.#count.bytesOut += slot.bytes!.length;
    this.#wheel.set(slot.number, slot.deadlineMs);
  }
