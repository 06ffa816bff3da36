/** SNMP v1 and v2c sessions over the shared transport: the port `collect/session.ts` made real. */

import type { Secret } from '../../base/secret.ts';
import type { World } from '../../base/world.ts';
import type { Answer, Oid, Session, SessionProblem, Varbind, WalkBudget } from '../../collect/session.ts';
import { TableCells } from '../../collect/session.ts';
import { getAll } from './get.ts';
import { growthOf, type Learned, nothingLearned } from './learned.ts';
import { encodeRequest, type MessageView, type SnmpVersion, V2C } from './pdu.ts';
import { type Ask, addressOf, type Peer } from './peer.ts';
import { RequestBuffer } from './request-buffer.ts';
import { TableWalk, upTimeColumn } from './table-walk.ts';
import type { Transport } from './transport.ts';
import type { Exchange, WalkRequest } from './walk-request.ts';

export interface Target {
  /** A literal IPv4 or IPv6 address. */
  readonly address: string;
  readonly port: number;
  readonly version: SnmpVersion;
  readonly community: Secret;
  /** Of one try. */
  readonly timeoutMs: number;
  /** Tries after the first. */
  readonly retries: number;
  /** True: replies from another address count. */
  readonly anySource?: boolean | undefined;
  /** What an earlier session learned; it goes on learning in this object. */
  readonly learned?: Learned | undefined;
  /** SNMPv3: the same requests in its messages; version is then that of v2c and there is no community. */
  readonly usm?: Peer['usm'];
}

/** Requests of one session go out one after the other: few agents bear more than one at a time. */
export function openSession(world: World, transport: Transport, target: Target): Session {
  const learned = target.learned ?? nothingLearned();
  const { port, version, timeoutMs, retries, usm } = target;
  const community = new TextEncoder().encode(target.community.reveal());
  const anySource = target.anySource === true;
  const { address, family } = addressOf(target.address);
  // Written out: what is spread has another form for each device, and each access would be looked up.
  const peer: Peer = {
    address,
    family,
    port,
    version,
    community,
    timeoutMs,
    retries,
    anySource,
    learned,
    usm,
  };
  return sessionOver(new UdpWire(world, transport, peer), learned);
}

/** What a session needs below it. */
export interface Wire extends Exchange {
  get(request: {
    readonly names: readonly Uint8Array[];
    done(outcome: MessageView | SessionProblem): void;
  }): void;
  close(): void;
}

function sessionOver(wire: Wire, learned: Learned): Session {
  const own = new TableWalk(wire, learned);
  // A second reading beside the first is rare and pays for its own state.
  const freeWalk = (): TableWalk => (own.isBusy ? new TableWalk(wire, learned) : own);
  return {
    get: (oids) => getAll(wire, oids),
    walk: (columns, budget) => answerOf(freeWalk(), columns, { budget, growth: growthOf(learned) }),
    fill: (tables, budget, done) => freeWalk().run({ tables, budget, done }),
    close: () => wire.close(),
  };
}

/** A walk as a list of bindings, row by row: for readings that want names and objects. */
function answerOf(
  walk: TableWalk,
  columns: readonly Oid[],
  { budget, growth }: { readonly budget: WalkBudget; readonly growth: number },
): Promise<Answer> {
  const bare = columns.map((column) => (column.startsWith('.') ? column.slice(1) : column));
  const cells = new TableCells({ columns: bare, mostRows: budget.rows * growth });
  return new Promise((resolve) => {
    const done = (problem: SessionProblem | undefined): void => {
      const varbinds: Varbind[] = [];
      for (let row = 0; row < cells.rows; row++) {
        for (const [column, oid] of bare.entries()) {
          const value = cells.valueAt(row, column);
          if (value !== undefined) varbinds.push({ oid: `${oid}.${cells.indexOf(row)}`, value });
        }
      }
      const unreadable: SessionProblem = { kind: 'badAnswer', reason: 'malformed' };
      resolve({ varbinds, problem: problem ?? (cells.refused.unreadable > 0 ? unreadable : undefined) });
    };
    walk.run({ tables: [cells], budget, done: ({ problems }) => done(problems[0]) });
  });
}

/** One walk request at a time is under way, so that its ask and its buffer are used again and again. */
class UdpWire implements Wire {
  readonly canBulk: boolean;
  readonly #world: World;
  readonly #transport: Transport;
  readonly #peer: Peer;
  #spare: WalkAsk | undefined;

  constructor(world: World, transport: Transport, peer: Peer) {
    this.#world = world;
    this.#transport = transport;
    this.#peer = peer;
    this.canBulk = peer.version === V2C;
  }

  nowMs(): number {
    return this.#world.monotonicMs();
  }

  wallMs(): number {
    return this.#world.now();
  }

  get engineBoots(): number | undefined {
    return this.#peer.usm?.engine.provedBoots;
  }

  next(request: WalkRequest): void {
    const ask = this.#spare ?? new WalkAsk(this.#peer, (free) => (this.#spare = free));
    this.#spare = undefined;
    if (ask.write(request)) this.#transport.ask(ask);
    else ask.done({ kind: 'badAnswer', reason: 'tooBig' });
  }

  get({ names, done }: Parameters<Wire['get']>[0]): void {
    const peer = this.#peer;
    const { version, community } = peer;
    const encode = (requestId: number) =>
      encodeRequest({ version, community, kind: 'get', requestId, maxRepetitions: 0, names });
    const giveUpAtMs = Number.POSITIVE_INFINITY;
    this.#transport.ask({ peer, giveUpAtMs, readsNames: true, replyBytes: 0, encode, done });
  }

  close(): void {
    // The sockets belong to all sessions.
  }
}

class WalkAsk implements Ask {
  readonly peer: Peer;
  readonly readsNames = false;
  giveUpAtMs = Number.NaN;
  replyBytes = 0;
  readonly #free: (ask: WalkAsk) => void;
  readonly #buffer: RequestBuffer;
  #request: WalkRequest | undefined;
  /** What the buffer holds a request for, when it is for all columns. */
  #prefixes: readonly Uint8Array[] | undefined;
  #form = 0;

  constructor(peer: Peer, free: (ask: WalkAsk) => void) {
    this.peer = peer;
    this.#free = free;
    this.#buffer = new RequestBuffer(peer.version, peer.community);
  }

  /** False when no request is so large. */
  write(request: WalkRequest): boolean {
    const buffer = this.#buffer;
    const { cells, prefixes, asked, askedCount, nonRepeaters } = request;
    this.#request = request;
    this.giveUpAtMs = request.giveUpAtMs;
    this.replyBytes = request.replyBytes;
    if (this.#isLikeLast(request) && buffer.moveOn(cells, request.maxRepetitions)) return true;
    buffer.begin();
    if (nonRepeaters === 1) buffer.add(upTimeColumn);
    for (let i = 0; i < askedCount; i++) {
      const column = asked[i]!;
      const prefix = prefixes[column]!;
      if (!buffer.makeRoom(prefix.length + cells.lastIndexLength(column))) {
        this.#prefixes = undefined;
        return false;
      }
      buffer.add(prefix, cells, column);
    }
    buffer.finish(request.usesBulk ? 'getBulk' : 'getNext', nonRepeaters, request.maxRepetitions);
    return true;
  }

  /** The same columns, all of them, asked in the same way as the last time. */
  #isLikeLast({ prefixes, askedCount, nonRepeaters, usesBulk }: WalkRequest): boolean {
    const form = (usesBulk ? 2 : 0) | nonRepeaters;
    const isLike = this.#prefixes === prefixes && this.#form === form && askedCount === prefixes.length;
    this.#prefixes = askedCount === prefixes.length ? prefixes : undefined;
    this.#form = form;
    return isLike && usesBulk;
  }

  encode(requestId: number): Uint8Array {
    return this.#buffer.withId(requestId);
  }

  done(outcome: MessageView | SessionProblem): void {
    const request = this.#request;
    this.#request = undefined;
    this.#free(this);
    request?.done(outcome);
  }
}
