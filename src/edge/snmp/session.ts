/** SNMP v1 and v2c sessions over the shared transport: the port `collect/session.ts` made real. */

import type { Secret } from '../../base/secret.ts';
import type {
  Answer,
  FillOutcome,
  Oid,
  Session,
  SessionProblem,
  Varbind,
  WalkBudget,
} from '../../collect/session.ts';
import { grownRows, TableCells } from '../../collect/session.ts';
import { getAll } from './get.ts';
import { growthOf, type Learned, nothingLearned } from './learned.ts';
import { encodeRequest, type MessageView, type SnmpVersion, V2C } from './pdu.ts';
import { type Ask, addressOf, type Peer } from './peer.ts';
import type { RequestBuffer } from './request-buffer.ts';
import { TableWalk } from './table-walk.ts';
import type { Transport } from './transport.ts';
import type { Exchange, WalkRequest } from './walk-request.ts';

/** Rows that become bindings between two pauses. */
const sliceRows = 500;
/** Of all texts of a table that has not grown. */
const BYTES_OF_TABLE = 8 * 1024 * 1024;

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
export function openSession(transport: Transport, target: Target): Session {
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
  return sessionOver(new UdpWire(transport, peer), learned);
}

/** What a session needs below it. */
export interface Wire extends Exchange {
  get(request: {
    readonly names: readonly Uint8Array[];
    done(outcome: MessageView | SessionProblem): void;
  }): void;
  /** Long work that lets others work between. */
  readonly inTurns: Transport['inTurns'];
  close(): void;
}

function sessionOver(wire: Wire, learned: Learned): Session {
  const own = new TableWalk(wire, learned);
  // A second reading beside the first is rare and pays for its own state.
  const freeWalk = (): TableWalk => (own.isBusy ? new TableWalk(wire, learned) : own);
  return {
    get: (oids) => getAll(wire, oids),
    walk(columns, budget) {
      const { inTurns } = wire;
      return answerOf({ walk: freeWalk(), inTurns }, columns, { budget, growth: growthOf(learned) });
    },
    fill: (tables, budget, done) => freeWalk().run({ tables, budget, done }),
    close: () => wire.close(),
  };
}

/** A walk as a list of bindings, row by row: for readings that want names and objects. */
async function answerOf(
  { walk, inTurns }: { readonly walk: TableWalk; readonly inTurns: Wire['inTurns'] },
  columns: readonly Oid[],
  { budget, growth }: { readonly budget: WalkBudget; readonly growth: number },
): Promise<Answer> {
  const bare = columns.map((column) => (column.startsWith('.') ? column.slice(1) : column));
  const mostBytes = BYTES_OF_TABLE * growth;
  const cells = new TableCells({ columns: bare, mostRows: grownRows(budget.rows, growth), mostBytes });
  const { problems } = await new Promise<FillOutcome>((done) => {
    walk.run({ tables: [cells], budget, done });
  });
  return { varbinds: await inTurns(bindingsOf(cells)), problem: problems[0] ?? lossOf(cells) };
}

function* bindingsOf(cells: TableCells): Generator<void, Varbind[]> {
  const varbinds: Varbind[] = [];
  for (let row = 0; row < cells.rows; row++) {
    for (const [column, oid] of cells.columns.entries()) {
      const value = cells.valueAt(row, column);
      if (value !== undefined) varbinds.push({ oid: `${oid}.${cells.indexOf(row)}`, value });
    }
    if (row % sliceRows === sliceRows - 1) yield;
  }
  return varbinds;
}

/** What a walk that came to its end could not keep. */
function lossOf({ refused }: TableCells): SessionProblem | undefined {
  if (refused.unreadable > 0) return { kind: 'badAnswer', reason: 'malformed' };
  return refused.bytes > 0 ? { kind: 'overBudget', budget: 'rows' } : undefined;
}

class UdpWire implements Wire {
  readonly canBulk: boolean;
  readonly inTurns: Wire['inTurns'];
  readonly #transport: Transport;
  readonly #peer: Peer;
  #spare: WalkAsk | undefined;
  readonly #free = (ask: WalkAsk): void => {
    this.#spare = ask;
  };

  constructor(transport: Transport, peer: Peer) {
    this.#transport = transport;
    this.#peer = peer;
    this.canBulk = peer.version === V2C;
    this.inTurns = (work) => transport.inTurns(work);
  }

  nowMs(): number {
    return this.#transport.clock.monotonicMs();
  }

  wallMs(): number {
    return this.#transport.clock.wallMs();
  }

  get engineBoots(): number | undefined {
    return this.#peer.usm?.engine.provedBoots;
  }

  /** One request of a walk at a time is under way, so that its ask is used again and again. */
  next(request: WalkRequest): void {
    const ask = this.#spare ?? new WalkAsk(this.#peer, this.#free);
    this.#spare = undefined;
    ask.request = request;
    this.#transport.ask(ask);
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
  request: WalkRequest | undefined;
  readonly #free: (ask: WalkAsk) => void;

  constructor(peer: Peer, free: (ask: WalkAsk) => void) {
    this.peer = peer;
    this.#free = free;
  }

  get giveUpAtMs(): number {
    return this.request!.giveUpAtMs;
  }

  get replyBytes(): number {
    return this.request!.replyBytes;
  }

  get #buffer(): RequestBuffer {
    const request = this.request!;
    return request.prefixes.requests.bufferFor(request);
  }

  encode(requestId: number): Uint8Array | undefined {
    return this.#buffer.encode(this.request!, this.peer, requestId);
  }

  leaveBytes(): void {
    this.#buffer.leave();
  }

  done(outcome: MessageView | SessionProblem): void {
    const { request } = this;
    this.request = undefined;
    this.#free(this);
    request?.done(outcome);
  }
}
