/** A few shared UDP sockets that carry the requests to all devices and match each reply to what was asked. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIP, SocketAddress } from 'node:net';
import { BoundedQueue } from '../../base/bounded-queue.ts';
import { milliseconds } from '../../base/instant.ts';
import type { Wake, World } from '../../base/world.ts';
import type { SessionProblem } from '../../collect/session.ts';
import { MessageView, pduTag, type SnmpVersion } from './pdu.ts';

/** Asked of the kernel; an unprivileged process is cut to net.core.rmem_max. */
const WANTED_RECEIVE_BUFFER = 4 * 1024 * 1024;
/** What the kernel charges for a reply of 1472 bytes; 0.7 leaves room for duplicates and larger replies. */
const CHARGE_PER_REPLY = 2304;
const USABLE_SHARE = 0.7;
/** A request id is 1, 16 random bits, 14 bits of slot number: positive and always four bytes long. */
const SLOT_BITS = 14;
const MOST_SLOTS = 1 << SLOT_BITS;
const RESTING_SLOTS = 256;
const LOOKS_PER_SWEEP = 64;
const SWEEP_MS = 20;
const WAITING_REQUESTS = 65_536;

/** One logical request; its retries reuse the request id, so that a late reply to the first try still counts. */
interface Ask {
  readonly address: string;
  readonly port: number;
  readonly version: SnmpVersion;
  readonly community: Uint8Array;
  readonly timeoutMs: number;
  readonly retries: number;
  /** On `World.monotonicMs`: no try lasts longer, whatever retries are left. */
  readonly giveUpAtMs: number;
  /** True: a reply from another address counts (devices that answer from another interface). */
  readonly anySource: boolean;
  encode(requestId: number): Uint8Array | undefined;
  /** Called once. A view is valid only during the call. */
  done(outcome: MessageView | SessionProblem): void;
}

interface TransportCounters {
  readonly requests: number;
  readonly retries: number;
  readonly replies: number;
  readonly timeouts: number;
  /** Replies to what was already answered or given up. */
  readonly late: number;
  /** Replies with a request id that was never given out. */
  readonly unknownId: number;
  /** Replies from another address than the one asked. */
  readonly foreign: number;
  /** Right id and address, wrong version, community or PDU type. */
  readonly mismatched: number;
  readonly malformed: number;
  readonly refused: number;
  readonly sendErrors: number;
}

export interface Transport {
  ask(ask: Ask): void;
  counters(): TransportCounters;
  /** Requests that may be under way at once, by what the kernel granted. */
  readonly window: { readonly ipv4: number; readonly ipv6: number };
  close(): void;
}

/** Opens the sockets; resolves when all that this machine allows are bound. */
export async function openTransport(world: World, socketsPerFamily = 2): Promise<Transport> {
  const open = (family: 4 | 6): Promise<(Socket | undefined)[]> =>
    Promise.all(Array.from({ length: socketsPerFamily }, () => openSocket(family)));
  const [ipv4, ipv6] = await Promise.all([open(4), open(6)]);
  const isOpen = (socket: Socket | undefined): socket is Socket => socket !== undefined;
  const transport = new UdpTransport(world, new Lane(ipv4.filter(isOpen)), new Lane(ipv6.filter(isOpen)));
  const granted = ipv4.find(isOpen)?.getRecvBufferSize() ?? 0;
  if (granted < WANTED_RECEIVE_BUFFER) {
    const hint = `sysctl -w net.core.rmem_max=${WANTED_RECEIVE_BUFFER}`;
    world.log.warn('the kernel grants a small receive buffer: fewer polls run at once', {
      grantedBytes: granted,
      window: transport.window.ipv4,
      hint,
    });
  }
  return transport;
}

function openSocket(family: 4 | 6): Promise<Socket | undefined> {
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
        socket.setRecvBufferSize(WANTED_RECEIVE_BUFFER);
      } catch {
        // The kernel's default stays; the window below follows what was granted.
      }
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

/** The sockets of one address family with their window and those who wait for it. */
class Lane {
  readonly sockets: readonly Socket[];
  readonly window: number;
  readonly waiting = new BoundedQueue<Ask>(WAITING_REQUESTS);
  underWay = 0;
  #turn = 0;

  constructor(sockets: readonly Socket[]) {
    this.sockets = sockets;
    const granted = sockets.reduce((sum, socket) => sum + socket.getRecvBufferSize(), 0);
    this.window = Math.min(MOST_SLOTS / 2, Math.floor((granted / CHARGE_PER_REPLY) * USABLE_SHARE));
  }

  nextSocket(): Socket {
    this.#turn = (this.#turn + 1) % this.sockets.length;
    return this.sockets[this.#turn]!;
  }
}

/** The place of one request under way. */
interface Slot {
  readonly number: number;
  requestId: number;
  ask: Ask | undefined;
  lane: Lane | undefined;
  socket: Socket | undefined;
  bytes: Uint8Array | undefined;
  address: string;
  deadline: number;
  triesLeft: number;
  /** A broken reply came from the asked address: silence afterwards is named for what it was. */
  sawMalformed: boolean;
  sendError: boolean;
}

class UdpTransport implements Transport {
  readonly #world: World;
  readonly #ipv4: Lane;
  readonly #ipv6: Lane;
  readonly #slots: Slot[] = [];
  readonly #free: number[] = [];
  readonly #view = new MessageView();
  readonly #count = {
    requests: 0,
    retries: 0,
    replies: 0,
    timeouts: 0,
    late: 0,
    unknownId: 0,
    foreign: 0,
    mismatched: 0,
    malformed: 0,
    refused: 0,
    sendErrors: 0,
  };
  #random: Uint8Array = new Uint8Array(0);
  #randomAt = 0;
  #sweep: Wake | undefined;
  #isClosed = false;
  #looksLeft = LOOKS_PER_SWEEP;

  constructor(world: World, ipv4: Lane, ipv6: Lane) {
    this.#world = world;
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
    const family = isIP(ask.address);
    const lane = family === 6 ? this.#ipv6 : this.#ipv4;
    if (this.#isClosed || family === 0 || lane.sockets.length === 0) {
      this.#count.refused++;
      ask.done({ kind: 'refused', reason: 'unreachable' });
    } else if (lane.underWay < lane.window && lane.waiting.size === 0) this.#start(lane, ask);
    else if (lane.waiting.push(ask)) this.#startWaiting(lane);
    else {
      this.#count.refused++;
      ask.done({ kind: 'overBudget', budget: 'requests' });
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#sweep?.cancel();
    for (const socket of [...this.#ipv4.sockets, ...this.#ipv6.sockets]) socket.close();
    const gone: SessionProblem = { kind: 'refused', reason: 'unreachable' };
    for (const slot of this.#slots) if (slot.ask !== undefined) this.#finish(slot, gone);
    for (const lane of [this.#ipv4, this.#ipv6]) {
      for (const ask of lane.waiting.take(WAITING_REQUESTS)) ask.done(gone);
    }
  }

  #start(lane: Lane, ask: Ask): void {
    const slot = this.#takeSlot();
    slot.requestId = 0x4000_0000 | (this.#random16() << SLOT_BITS) | slot.number;
    const bytes = ask.encode(slot.requestId);
    if (bytes === undefined) {
      this.#free.push(slot.number);
      ask.done({ kind: 'badAnswer', reason: 'tooBig' });
      return;
    }
    slot.ask = ask;
    slot.lane = lane;
    slot.socket = lane.nextSocket();
    slot.bytes = bytes;
    slot.address = isIP(ask.address) === 6 ? canonicalIpv6(ask.address) : ask.address;
    slot.triesLeft = ask.retries;
    slot.sawMalformed = false;
    slot.sendError = false;
    lane.underWay++;
    this.#count.requests++;
    this.#send(slot, ask);
  }

  #send(slot: Slot, ask: Ask): void {
    const now = this.#world.monotonicMs();
    slot.deadline = Math.min(now + ask.timeoutMs, ask.giveUpAtMs);
    const requestId = slot.requestId;
    // The callback costs a turn of the event loop, so that only the last try learns that sending failed.
    const sent = (error: Error | null): void => {
      if (error === null) return;
      this.#count.sendErrors++;
      if (slot.requestId === requestId) slot.sendError = true;
    };
    try {
      if (slot.triesLeft > 0) slot.socket!.send(slot.bytes!, ask.port, slot.address);
      else slot.socket!.send(slot.bytes!, ask.port, slot.address, sent);
    } catch {
      sent(new Error('not sent'));
    }
    this.#keepSweeping();
  }

  #receive(bytes: Uint8Array, from: RemoteInfo): void {
    const view = this.#view;
    const isSound = view.read(bytes);
    if (!isSound) this.#count.malformed++;
    if (!view.hasRequestId) {
      this.#markMalformed(from);
      return;
    }
    const slot = this.#slots[view.requestId & (MOST_SLOTS - 1)];
    if (slot === undefined || slot.requestId !== view.requestId) {
      if (isSound) this.#count.unknownId++;
      return;
    }
    const ask = slot.ask;
    if (ask === undefined) {
      if (isSound) this.#count.late++;
      return;
    }
    if (!ask.anySource && (from.address !== slot.address || from.port !== ask.port)) {
      this.#count.foreign++;
    } else if (!isSound) slot.sawMalformed = true;
    else if (
      view.pduTag !== pduTag.response ||
      view.version !== ask.version ||
      !view.hasCommunity(ask.community)
    ) {
      this.#count.mismatched++;
    } else {
      this.#count.replies++;
      this.#finish(slot, view);
    }
  }

  /**
   * Rare by nature, so that a look through the table is cheaper than an index kept for every request; a flood
   * of garbage gets only so many looks.
   */
  #markMalformed(from: RemoteInfo): void {
    if (this.#looksLeft-- <= 0) return;
    for (const slot of this.#slots) {
      if (slot.ask?.port === from.port && slot.address === from.address) slot.sawMalformed = true;
    }
  }

  #keepSweeping(): void {
    this.#sweep ??= this.#world.after(milliseconds(SWEEP_MS), () => {
      this.#sweep = undefined;
      this.#sweepDeadlines();
    });
  }

  #sweepDeadlines(): void {
    const now = this.#world.monotonicMs();
    this.#looksLeft = LOOKS_PER_SWEEP;
    for (const slot of this.#slots) {
      const ask = slot.ask;
      if (ask === undefined || slot.deadline > now) continue;
      if (slot.triesLeft > 0 && now < ask.giveUpAtMs) {
        slot.triesLeft--;
        this.#count.retries++;
        this.#send(slot, ask);
      } else {
        this.#count.timeouts++;
        this.#finish(slot, silenceOf(slot));
      }
    }
    if (this.#ipv4.underWay + this.#ipv6.underWay > 0 && !this.#isClosed) this.#keepSweeping();
  }

  #finish(slot: Slot, outcome: MessageView | SessionProblem): void {
    const { ask, lane } = slot;
    if (ask === undefined || lane === undefined) return;
    slot.ask = undefined;
    slot.bytes = undefined;
    lane.underWay--;
    this.#free.push(slot.number);
    ask.done(outcome);
    this.#startWaiting(lane);
  }

  /** Those who wait come before the next request of the device just served, else a long walk would starve them. */
  #startWaiting(lane: Lane): void {
    while (!this.#isClosed && lane.underWay < lane.window && lane.waiting.size > 0) {
      const [next] = lane.waiting.take(1);
      if (next !== undefined) this.#start(lane, next);
    }
  }

  /** A slot rests after use, so that a late or second reply is still known for what it is. */
  #takeSlot(): Slot {
    const free = this.#slots.length < RESTING_SLOTS ? undefined : this.#free.shift();
    if (free !== undefined) return this.#slots[free]!;
    const slot: Slot = {
      number: this.#slots.length,
      requestId: 0,
      ask: undefined,
      lane: undefined,
      socket: undefined,
      bytes: undefined,
      address: '',
      deadline: 0,
      triesLeft: 0,
      sawMalformed: false,
      sendError: false,
    };
    this.#slots.push(slot);
    return slot;
  }

  #random16(): number {
    if (this.#randomAt + 2 > this.#random.length) {
      this.#random = this.#world.randomBytes(4096);
      this.#randomAt = 0;
    }
    return this.#random[this.#randomAt++]! * 256 + this.#random[this.#randomAt++]!;
  }
}

function silenceOf(slot: Slot): SessionProblem {
  if (slot.sawMalformed) return { kind: 'badAnswer', reason: 'malformed' };
  return slot.sendError ? { kind: 'refused', reason: 'unreachable' } : { kind: 'timeout' };
}

/** The form in which the kernel reports a sender, whatever way the address was written. */
export function canonicalIpv6(address: string): string {
  const [bare = address, zone] = address.split('%');
  const canonical = new SocketAddress({ family: 'ipv6', address: bare }).address;
  return zone === undefined ? canonical : `${canonical}%${zone}`;
}
