/** A few shared UDP sockets that carry the requests to all devices and match each reply to what was asked. */
import type { RemoteInfo } from 'node:dgram';
import { milliseconds } from '../../base/instant.ts';
import { paused } from '../../base/slices.ts';
import type { Wake, World } from '../../base/world.ts';
import type { SessionProblem } from '../../collect/session.ts';
import { Deadlines } from './deadlines.ts';
import { keepsPlace, learnDelay, learnForeignAddress, learnRoundTrip } from './learned.ts';
import { MessageView } from './pdu.ts';
import { type Ask, isAnswerFor, isFrom, type Peer } from './peer.ts';
import { NO_IDS, type Slot, Slots, silenceOf } from './slots.ts';
import { type Lane, type LaneSetup, openLane, unitsOf, WANTED_RECEIVE_BUFFER } from './socket-lane.ts';
import { noCounts, type TransportCounters } from './transport-counters.ts';
import { TurnClock } from './turn-clock.ts';
import { Exchange3, type Opened } from './usm.ts';
import { Engines } from './usm-engine.ts';
import { messageIdOf, V3 } from './usm-message.ts';

const LOOKS_PER_TICK = 32;
const TICK_MS = 10;

export interface Transport {
  ask(ask: Ask): void;
  counters(): TransportCounters;
  /** Replies of 1472 bytes that may be under way at once, by what the kernel granted. */
  readonly window: { readonly ipv4: number; readonly ipv6: number };
  /** What is known of SNMPv3 engines. */
  readonly engines: Engines;
  readonly clock: Pick<TurnClock, 'monotonicMs' | 'wallMs'>;
  /** Work on what was answered, in slices: replies to others come in between. */
  inTurns<T>(work: Generator<void, T>): Promise<T>;
  close(): void;
}

/** Of one family: the network, how many sockets and how large their buffers. */
export type TransportSetup = Omit<LaneSetup, 'family'>;

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

class UdpTransport implements Transport {
  readonly engines: Engines;
  readonly clock: TurnClock;
  readonly #world: World;
  readonly #ipv4: Lane<Ask>;
  readonly #ipv6: Lane<Ask>;
  readonly #slots: Slots;
  readonly #view = new MessageView();
  readonly #count = { ...noCounts };
  readonly #deadlines: Deadlines;
  #underWay = 0;
  /** Whose answer is being taken. */
  #served: Peer | undefined;
  /** Slots whose request goes out at the end of this turn of the event loop. */
  #outbox: Slot[] = [];
  #tick: Wake | undefined;
  #isClosed = false;
  #looksLeft = LOOKS_PER_TICK;

  constructor(world: World, ipv4: Lane<Ask>, ipv6: Lane<Ask>) {
    this.#world = world;
    this.clock = new TurnClock(world, () => this.#flush());
    this.#slots = new Slots((count) => world.randomBytes(count));
    this.engines = new Engines(world);
    this.#deadlines = new Deadlines(this.#slots, world.monotonicMs(), TICK_MS);
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

  inTurns<T>(work: Generator<void, T>): Promise<T> {
    return paused(this.#world, work);
  }

  ask(ask: Ask): void {
    const { family, learned } = ask.peer;
    const lane = family === 6 ? this.#ipv6 : this.#ipv4;
    if (this.#isClosed || family === 0 || lane.sockets.length === 0) {
      this.#count.refused++;
      ask.done({ kind: 'refused', reason: 'unreachable' });
      return;
    }
    if (ask.peer.usm?.hasKeys === false) {
      ask.done({ kind: 'refused', reason: 'authentication', detail: 'authKey' });
      return;
    }
    const queue = learned.isSilent ? lane.waitingSlow : lane.waiting;
    const isNext = keepsPlace(learned, this.#served === ask.peer);
    if ((isNext || queue.size === 0) && this.#mayStart(lane, ask)) this.#start(lane, ask);
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
    for (const slot of this.#slots.all) if (slot.ask !== undefined) this.#finish(slot, gone);
    for (const { waiting, waitingSlow } of [this.#ipv4, this.#ipv6]) {
      for (const ask of [...waiting.take(waiting.size), ...waitingSlow.take(waitingSlow.size)])
        ask.done(gone);
    }
  }

  #mayStart(lane: Lane<Ask>, ask: Ask): boolean {
    return ask.peer.learned.isSilent ? lane.hasSlowRoom : lane.hasRoom(unitsOf(ask.replyBytes));
  }

  #start(lane: Lane<Ask>, ask: Ask): void {
    const slot = this.#slots.take();
    slot.requestId = this.#slots.newId(slot);
    slot.ask = ask;
    slot.lane = lane;
    slot.socket = lane.nextSocket();
    slot.secure = ask.peer.usm && new Exchange3(ask.peer.usm, slot.requestId);
    slot.messageIds = NO_IDS;
    slot.earlyMs = 0;
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
    this.#send(slot);
  }

  /**
   * What one turn of the event loop has to send goes out together: an agent, or the network card, wakes once for many
   * requests instead of once for each.
   */
  #send(slot: Slot): void {
    this.clock.begin();
    this.#outbox.push(slot);
  }

  #flush(): void {
    const slots = this.#outbox;
    if (slots.length === 0 || this.#isClosed) return;
    this.#outbox = [];
    const now = this.#world.monotonicMs();
    for (const slot of slots) if (slot.ask !== undefined) this.#post(slot, slot.ask, now);
    if (this.#tick === undefined) this.#keepTicking();
  }

  #post(slot: Slot, ask: Ask, now: number): void {
    const { peer } = ask;
    const inner = ask.encode(slot.requestId);
    const bytes = slot.secure === undefined ? inner : inner && this.#sealed(slot, slot.secure, inner);
    if (bytes === undefined) {
      this.#finish(slot, { kind: 'badAnswer', reason: 'tooBig' });
      return;
    }
    this.#deadlines.begin(slot, ask, now);
    this.#count.bytesOut += bytes.length;
    const socket = slot.socket!;
    try {
      // The callback costs a turn of the event loop, so that only the last try learns that sending failed.
      const isLast = slot.triesLeft === 0;
      if (isLast) socket.send(bytes, peer.port, peer.address, this.#failureOf(slot));
      else socket.send(bytes, peer.port, peer.address);
      if (socket.getSendQueueCount() > 0) ask.leaveBytes?.();
    } catch {
      this.#failureOf(slot)(new Error('not sent'));
    }
  }

  /** Each message has an id of its own, so that a report says which one it is about. */
  #sealed(slot: Slot, secure: Exchange3, inner: Uint8Array): Uint8Array | undefined {
    const id = this.#slots.newId(slot);
    slot.messageIds = [...slot.messageIds, id];
    return secure.seal(id, inner);
  }

  #failureOf(slot: Slot): (error: Error | null) => void {
    const { requestId } = slot;
    return (error) => {
      if (error === null) return;
      this.#count.sendErrors++;
      if (slot.requestId === requestId) slot.sendError = true;
    };
  }

  #receive(bytes: Uint8Array, from: RemoteInfo): void {
    const view = this.#view;
    this.#count.bytesIn += bytes.length;
    const isSound = view.readFrame(bytes);
    if (view.version === V3 && this.#receiveV3(bytes, from)) return;
    if (!isSound) this.#count.malformed++;
    if (!view.hasRequestId) {
      this.#markMalformed(from);
      return;
    }
    const slot = this.#slots.of(view.requestId);
    if (slot === undefined || slot.requestId !== view.requestId) {
      if (isSound) this.#count.unknownId++;
      return;
    }
    const ask = slot.ask;
    if (ask === undefined) {
      if (isSound) this.#count.late++;
      return;
    }
    if (!isSound) {
      if (isFrom(from, ask.peer)) slot.sawMalformed = true;
      else this.#count.foreign++;
    } else this.#match(slot, ask, from);
  }

  /** False when it is no message of SNMPv3 after all. */
  #receiveV3(bytes: Uint8Array, from: RemoteInfo): boolean {
    const id = messageIdOf(bytes);
    if (id === undefined) return false;
    const slot = this.#slots.of(id);
    const { ask, secure } = slot ?? {};
    if (slot === undefined || !slot.messageIds.includes(id)) this.#count.unknownId++;
    else if (ask === undefined || secure === undefined) this.#count.late++;
    else if (!isFrom(from, ask.peer)) this.#count.foreign++;
    else this.#open(slot, ask, secure.open(bytes, this.#view));
    return true;
  }

  #open(slot: Slot, ask: Ask, opened: Opened): void {
    if (opened === 'answer') this.#accept(slot, ask);
    else if (opened === 'again') this.#send(slot);
    else if (opened === 'ignored') this.#count.mismatched++;
    else if (opened === 'malformed') {
      this.#count.malformed++;
      slot.sawMalformed = true;
    } else this.#finish(slot, opened);
  }

  #answered(slot: Slot, ask: Ask): void {
    const { learned } = ask.peer;
    this.#count.replies++;
    if (slot.isFirstTry) learnRoundTrip(learned, this.clock.monotonicMs() - slot.sentAtMs);
    else learnDelay(learned);
    learned.isSilent = false;
    learned.hasAnswered = true;
    learned.foreignTimes = 0;
    this.#finish(slot, this.#view);
  }

  /** The id is right; the sender, version, community and kind must be, too. */
  #match(slot: Slot, ask: Ask, from: RemoteInfo): void {
    const view = this.#view;
    const { peer } = ask;
    const isOurs = isAnswerFor(peer, view);
    if (!isFrom(from, peer)) {
      this.#count.foreign++;
      if (isOurs && from.port === peer.port) slot.foreignAddress = from.address;
    } else if (!isOurs) this.#count.mismatched++;
    else this.#accept(slot, ask);
  }

  #accept(slot: Slot, ask: Ask): void {
    if (ask.readsNames && !this.#view.hasOids()) {
      this.#count.malformed++;
      slot.sawMalformed = true;
    } else this.#answered(slot, ask);
  }

  /**
   * Rare by nature, so that a look through the table is cheaper than an index kept for every request; a flood
   * of garbage gets only so many looks.
   */
  #markMalformed(from: RemoteInfo): void {
    if (this.#looksLeft-- <= 0) return;
    for (const slot of this.#slots.all) {
      if (slot.ask?.peer.port === from.port && slot.ask.peer.address === from.address)
        slot.sawMalformed = true;
    }
  }

  /**
   * Judged after the sockets were read once more, yet by the time before: after a stall of the process the answers that wait
   * in the kernel are no silence.
   */
  #keepTicking(): void {
    const { clock } = this;
    const since = clock.monotonicMs();
    const idleBefore = clock.idleMs;
    this.#tick = this.#world.after(milliseconds(TICK_MS), () => {
      const now = clock.monotonicMs();
      const idleShare = (clock.idleMs - idleBefore) / (now - since);
      this.#tick = this.#world.after(milliseconds(0), () => {
        this.#tick = undefined;
        this.#looksLeft = LOOKS_PER_TICK;
        this.#deadlines.run(now, (slot, ask) => this.#due(slot, ask, now));
        for (const lane of [this.#ipv4, this.#ipv6]) if (lane.adapt(idleShare)) this.#startWaiting(lane);
        if (this.#underWay > 0 && !this.#isClosed && this.#tick === undefined) this.#keepTicking();
      });
    });
  }

  #due(slot: Slot, ask: Ask, now: number): void {
    const lane = slot.lane!;
    if (slot.units > 0 && lane.mayLeaveWindow) {
      lane.inUse -= slot.units;
      slot.units = 0;
      lane.slow++;
      this.#count.slowed++;
    }
    if (now < slot.deadlineMs) this.#deadlines.wait(slot, slot.deadlineMs);
    else if (slot.triesLeft > 0 && now < ask.giveUpAtMs) {
      slot.triesLeft--;
      slot.isFirstTry = false;
      this.#count.retries++;
      this.#send(slot);
    } else this.#giveUp(slot, ask);
    this.#startWaiting(lane);
  }

  #giveUp(slot: Slot, ask: Ask): void {
    const { learned } = ask.peer;
    this.#count.timeouts++;
    learned.isSilent = true;
    learnDelay(learned);
    if (slot.foreignAddress !== undefined) learnForeignAddress(learned, slot.foreignAddress);
    this.#finish(slot, silenceOf(slot));
  }

  #finish(slot: Slot, outcome: MessageView | SessionProblem): void {
    const { ask, lane } = slot;
    if (ask === undefined || lane === undefined) return;
    slot.ask = undefined;
    slot.secure = undefined;
    if (slot.units > 0) lane.inUse -= slot.units;
    else lane.slow--;
    this.#underWay--;
    this.#slots.rest(slot);
    this.#served = ask.peer;
    ask.done(outcome);
    this.#served = undefined;
    this.#startWaiting(lane);
  }

  #startWaiting(lane: Lane<Ask>): void {
    if (this.#isClosed || lane.waiting.size + lane.waitingSlow.size === 0) return;
    for (const queue of [lane.waiting, lane.waitingSlow]) {
      while (queue.size > 0) {
        const next = queue.first;
        if (next === undefined || !this.#mayStart(lane, next)) break;
        queue.take(1);
        this.#start(lane, next);
      }
    }
  }
}
