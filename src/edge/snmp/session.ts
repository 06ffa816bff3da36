/** SNMP v1 and v2c sessions over the shared transport: the port `collect/session.ts` made real. */

import type { Secret } from '../../base/secret.ts';
import type { World } from '../../base/world.ts';
import { indexText, type TableCells, valueTag } from '../../collect/collect.ts';
import type {
  Answer,
  FillOutcome,
  Oid,
  Session,
  SessionProblem,
  Varbind,
  VarbindValue,
  WalkBudget,
} from '../../collect/session.ts';
import { type Exchange, type Pace, startingPace, walkColumns } from './column-walk.ts';
import { encodeOid } from './oid.ts';
import { encodeRequest, errorStatus, type MessageView, type SnmpVersion, V2C } from './pdu.ts';
import type { Transport } from './transport.ts';

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
}

const NAMES_PER_GET = 24;
/** A get is a handful of names: this only bounds an agent that answers each of them with an error. */
const MOST_GETS = 200;

/** Requests of one session go out one after the other: few agents bear more than one at a time. */
export function openSession(world: World, transport: Transport, target: Target): Session {
  const wire = wireOf(world, transport, target);
  return sessionOver(wire, startingPace());
}

/** What a session needs below it; v3 has another one. */
export interface Wire extends Exchange {
  get(request: {
    readonly names: readonly Uint8Array[];
    done(outcome: MessageView | SessionProblem): void;
  }): void;
  close(): void;
}

export function sessionOver(wire: Wire, pace: Pace): Session {
  return {
    get: (oids) => getAll(wire, oids),
    async walk(columns, budget) {
      const varbinds: Varbind[] = [];
      let unreadable: SessionProblem | undefined;
      const prefixes = encodeAll(columns);
      if (prefixes === undefined) return { varbinds, problem: { kind: 'badAnswer', reason: 'malformed' } };
      // The walk has seen that each name begins with its column: only the index is left to spell.
      const texts = columns.map((column) => (column.startsWith('.') ? column.slice(1) : column));
      const sink = (column: number, view: MessageView, i: number): void => {
        const value = view.value(i);
        const indexFrom = view.nameFrom(i) + prefixes[column]!.length;
        const oid = `${texts[column]}.${indexText(view.bytes, indexFrom, view.nameEnd(i))}`;
        if (value === undefined) unreadable = { kind: 'badAnswer', reason: 'malformed' };
        else varbinds.push({ oid, value });
      };
      const problem = await walkColumns({ exchange: wire, pace, prefixes, budget, sink });
      return { varbinds, problem: problem ?? unreadable };
    },
    fill: (tables, budget, done) => void fillAll({ wire, pace, tables, budget }).then(done),
    close: () => wire.close(),
  };
}

async function fillAll(reading: {
  readonly wire: Wire;
  readonly pace: Pace;
  readonly tables: readonly TableCells[];
  readonly budget: WalkBudget;
}): Promise<FillOutcome> {
  const { wire, pace, tables, budget } = reading;
  const problems: (SessionProblem | undefined)[] = [];
  for (const cells of tables) {
    cells.begin();
    const prefixes = encodeAll(cells.columns) ?? [];
    const sink = (column: number, view: MessageView, i: number): void => {
      cells.stamp(wire.nowMs(), undefined);
      const row = cells.rowFor(
        column,
        view.bytes,
        view.nameFrom(i) + prefixes[column]!.length,
        view.nameEnd(i),
      );
      if (row >= 0) keepValue(cells, row * cells.width + column, view.value(i));
    };
    const problem = await walkColumns({ exchange: wire, pace, prefixes, budget, sink });
    cells.finish(problem === undefined);
    problems.push(problem);
  }
  return { problems, upTimeTicks: undefined, answeredAtMs: wire.nowMs() };
}

function keepValue(cells: TableCells, at: number, value: VarbindValue | undefined): void {
  switch (value?.type) {
    case 'integer':
    case 'gauge32':
    case 'counter32':
    case 'timeticks':
      cells.tags[at] = valueTag[value.type];
      cells.hi[at] = Math.floor(value.number / 0x1_0000_0000);
      cells.lo[at] = value.number;
      break;
    case 'counter64':
      cells.tags[at] = valueTag.counter64;
      cells.hi[at] = Number(value.bigint >> 32n);
      cells.lo[at] = Number(value.bigint & 0xffff_ffffn);
      break;
    case 'octets':
      cells.keepBytes(at, valueTag.octets, { bytes: value.bytes, from: 0, end: value.bytes.length });
      break;
    default:
      break;
  }
}

function wireOf(world: World, transport: Transport, target: Target): Wire {
  const community = new TextEncoder().encode(target.community.reveal());
  const { address, port, version, timeoutMs, retries } = target;
  const common = {
    address,
    port,
    version,
    community,
    timeoutMs,
    retries,
    anySource: target.anySource === true,
  };
  const canBulk = version === V2C;
  return {
    canBulk,
    nowMs: () => world.monotonicMs(),
    next({ names, maxRepetitions, giveUpAtMs, done }) {
      const kind = canBulk ? 'getBulk' : 'getNext';
      const encode = (requestId: number) =>
        encodeRequest({ version, community, kind, requestId, maxRepetitions, names });
      transport.ask({ ...common, giveUpAtMs, encode, done });
    },
    get({ names, done }) {
      const encode = (requestId: number) =>
        encodeRequest({ version, community, kind: 'get', requestId, maxRepetitions: 0, names });
      transport.ask({ ...common, giveUpAtMs: Number.POSITIVE_INFINITY, encode, done });
    },
    // The sockets belong to all sessions.
    close() {},
  };
}

function encodeAll(oids: readonly Oid[]): Uint8Array[] | undefined {
  const names = oids.map(encodeOid);
  return names.every((name) => name !== undefined) ? names : undefined;
}

/** Names still to be asked, and what became of each by its position in the request. */
async function getAll(wire: Wire, oids: readonly Oid[]): Promise<Answer> {
  const names = encodeAll(oids);
  if (names === undefined) return { varbinds: [], problem: { kind: 'badAnswer', reason: 'malformed' } };
  const found = new Map<string, VarbindValue>();
  const parts: number[][] = [];
  for (let i = 0; i < names.length; i += NAMES_PER_GET) {
    parts.push(Array.from({ length: Math.min(NAMES_PER_GET, names.length - i) }, (_, offset) => i + offset));
  }
  let problem: SessionProblem | undefined;
  for (let asked = 0; parts.length > 0; asked++) {
    if (asked >= MOST_GETS) return answerOf(oids, found, { kind: 'overBudget', budget: 'requests' });
    const part = parts.shift()!;
    const outcome = await getPart(
      wire,
      part.map((i) => names[i]!),
      found,
    );
    if (outcome.problem !== undefined && outcome.problem.kind !== 'badAnswer') {
      return answerOf(oids, found, problem ?? outcome.problem);
    }
    problem ??= outcome.problem;
    parts.unshift(...partsAfter(part, outcome, oids, found));
  }
  return answerOf(oids, found, problem);
}

interface PartOutcome {
  readonly problem?: SessionProblem | undefined;
  readonly status: number;
  readonly index: number;
}

/** RFC 1157 names the culprit by position: it is left out and the rest asked again; tooBig halves the list. */
function partsAfter(
  part: readonly number[],
  outcome: PartOutcome,
  oids: readonly Oid[],
  found: Map<string, VarbindValue>,
): number[][] {
  if (outcome.status === errorStatus.none) return [];
  const culprit = part[outcome.index - 1];
  if (outcome.status !== errorStatus.tooBig && (culprit !== undefined || part.length === 1)) {
    if (outcome.status === errorStatus.noSuchName) {
      found.set(oids[culprit ?? part[0]!]!, { type: 'noSuchInstance' });
    }
    const rest = part.filter((i) => i !== (culprit ?? part[0]));
    return rest.length > 0 ? [rest] : [];
  }
  if (part.length === 1) return [];
  const half = part.length >> 1;
  return [part.slice(0, half), part.slice(half)];
}

function getPart(
  wire: Wire,
  names: readonly Uint8Array[],
  found: Map<string, VarbindValue>,
): Promise<PartOutcome> {
  return new Promise((resolve) => {
    wire.get({
      names,
      done(outcome) {
        if ('kind' in outcome) {
          resolve({ problem: outcome, status: 0, index: 0 });
          return;
        }
        const status = outcome.errorStatus;
        const index = outcome.errorIndex;
        if (status === errorStatus.noAccess || status === errorStatus.authorization) {
          resolve({ problem: { kind: 'refused', reason: 'noAccess' }, status: 0, index: 0 });
          return;
        }
        if (status !== errorStatus.none) {
          resolve({ problem: problemOf(status, names.length), status, index });
          return;
        }
        let problem: SessionProblem | undefined;
        for (let i = 0; i < outcome.count; i++) {
          const value = outcome.value(i);
          if (value === undefined) problem = { kind: 'badAnswer', reason: 'malformed' };
          else found.set(outcome.oid(i), value);
        }
        resolve({ problem, status, index });
      },
    });
  });
}

function problemOf(status: number, asked: number): SessionProblem | undefined {
  if (status === errorStatus.noSuchName) return undefined;
  if (status === errorStatus.tooBig) {
    return asked === 1 ? { kind: 'badAnswer', reason: 'tooBig' } : undefined;
  }
  return { kind: 'badAnswer', reason: 'errorStatus' };
}

/** In the order asked; what was never answered is left out and the problem says why. */
function answerOf(
  oids: readonly Oid[],
  found: ReadonlyMap<string, VarbindValue>,
  problem: SessionProblem | undefined,
): Answer {
  const varbinds: Varbind[] = [];
  let missing: SessionProblem | undefined;
  for (const oid of oids) {
    const value = found.get(oid.startsWith('.') ? oid.slice(1) : oid);
    if (value !== undefined) varbinds.push({ oid, value });
    else missing = { kind: 'badAnswer', reason: 'malformed' };
  }
  return { varbinds, problem: problem ?? missing };
}
