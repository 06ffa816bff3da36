/** SNMPv3 sessions through the `net-snmp` package, behind the same port and the same walk as v1 and v2c. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { milliseconds } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import type { Session, SessionProblem, Varbind, VarbindValue } from '../../collect/session.ts';
import type { SnmpUser } from '../../model/snmp-user.ts';
import { unsigned64 } from './ber.ts';
import { startingPace } from './column-walk.ts';
import { netSnmp, type PackageSession, type PackageVarbind } from './net-snmp-package.ts';
import { oidText } from './oid.ts';
import { encodeResponse, encodeVarbind, MessageView, V2C, valueTag } from './pdu.ts';
import { sessionOver, type Wire } from './session.ts';
import { canonicalIpv6 } from './transport.ts';

export interface V3Target {
  readonly address: string;
  readonly port: number;
  readonly v3: SnmpUser;
  readonly timeoutMs: number;
  readonly retries: number;
}

/** One socket a session: the package keeps the engine's boots and time there (RFC 3414 section 2.3). */
export function openV3Session(world: World, target: V3Target): Session {
  return sessionOver(new PackageWire(world, target), startingPace());
}

type Done = (outcome: MessageView | SessionProblem) => void;

class PackageWire implements Wire {
  readonly canBulk = true;
  readonly #world: World;
  readonly #target: V3Target;
  readonly #session: PackageSession;
  readonly #view = new MessageView();
  #isClosed = false;

  constructor(world: World, target: V3Target) {
    this.#world = world;
    this.#target = target;
    this.#session = netSnmp.createV3Session(target.address, packageUser(target.v3), {
      port: target.port,
      retries: target.retries,
      timeout: target.timeoutMs,
      version: netSnmp.Version3,
      transport: isIPv6(target.address) ? 'udp6' : 'udp4',
      reportOidMismatchErrors: false,
      dgramModule: { createSocket: (type) => guardedSocket(type, target) },
    });
    // The package reports what it could not decode here; the request itself runs into its time limit.
    this.#session.on('error', () => {});
  }

  nowMs(): number {
    return this.#world.monotonicMs();
  }

  next(request: Parameters<Wire['next']>[0]): void {
    const { names, maxRepetitions, giveUpAtMs, done } = request;
    this.#ask(giveUpAtMs, done, (answered) => {
      this.#session.getBulk(names.map(textOf), 0, maxRepetitions, (error, columns) => {
        answered(error, columns === undefined ? undefined : inReplyOrder(columns));
      });
    });
  }

  get(request: Parameters<Wire['get']>[0]): void {
    this.#ask(Number.POSITIVE_INFINITY, request.done, (answered) => {
      this.#session.get(request.names.map(textOf), answered);
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      this.#session.close();
    } catch {
      // Closed before by an error of the socket.
    }
  }

  /** The package may throw, answer twice or never: `done` is called exactly once all the same. */
  #ask(
    giveUpAtMs: number,
    done: Done,
    start: (answered: (error: Error | null, varbinds?: readonly PackageVarbind[]) => void) => void,
  ): void {
    const { timeoutMs, retries } = this.#target;
    // Discovery and time synchronisation are up to two requests before the one that counts.
    const longest = Math.min(timeoutMs * (retries + 1) * 3, Math.max(0, giveUpAtMs - this.nowMs()));
    let isDone = false;
    const finish = (outcome: MessageView | SessionProblem): void => {
      if (isDone) return;
      isDone = true;
      wake.cancel();
      done(outcome);
    };
    const wake = this.#world.after(milliseconds(longest), () => finish({ kind: 'timeout' }));
    if (this.#isClosed) {
      finish({ kind: 'refused', reason: 'unreachable' });
      return;
    }
    try {
      start((error, varbinds) =>
        finish(error === null ? this.#viewOf(0, varbinds ?? []) : this.#problemOf(error)),
      );
    } catch {
      finish({ kind: 'badAnswer', reason: 'malformed' });
    }
  }

  #viewOf(status: number, varbinds: readonly PackageVarbind[]): MessageView | SessionProblem {
    const encoded: Uint8Array[] = [];
    for (const varbind of varbinds) {
      const value = portValue(varbind);
      const bytes =
        value === undefined ? undefined : encodeVarbind({ oid: varbind.oid, value } satisfies Varbind);
      if (bytes === undefined) return { kind: 'badAnswer', reason: 'malformed' };
      encoded.push(bytes);
    }
    const community = new Uint8Array(0);
    const head = { version: V2C, community, requestId: 1, errorStatus: status, errorIndex: 0 } as const;
    const message = encodeResponse({ ...head, varbinds: encoded });
    return message !== undefined && this.#view.read(message)
      ? this.#view
      : { kind: 'badAnswer', reason: 'malformed' };
  }

  /** By class and code only: the package's texts may hold what nobody should read in a log. */
  #problemOf(error: Error): MessageView | SessionProblem {
    const { name, status, code } = error as Error & { readonly status?: unknown; readonly code?: unknown };
    if (name === 'RequestTimedOutError') return { kind: 'timeout' };
    if (name === 'RequestFailedError' && typeof status === 'number') return this.#viewOf(status, []);
    if (name !== 'ResponseInvalidError') return { kind: 'refused', reason: 'unreachable' };
    const codes = netSnmp.ResponseInvalidCode;
    if (code === codes['EAuthFailure'] || code === codes['EUnexpectedReport']) {
      return { kind: 'refused', reason: 'authentication' };
    }
    return { kind: 'badAnswer', reason: 'malformed' };
  }
}

/** A socket that hears the asked device only and lets no exception of a listener out into the event loop. */
function guardedSocket(type: 'udp4' | 'udp6', target: V3Target): Socket {
  const socket = createSocket(type);
  const address = type === 'udp6' ? canonicalIpv6(target.address) : target.address;
  const on = socket.on.bind(socket) as (event: string, listener: (...args: unknown[]) => void) => Socket;
  const guarded = (event: string, listener: (...args: unknown[]) => void): Socket =>
    on(event, (...args) => {
      const from = args[1] as RemoteInfo | undefined;
      if (event === 'message' && (from?.address !== address || from.port !== target.port)) return;
      try {
        listener(...args);
      } catch {
        // The request it belonged to runs into its time limit, which is its named outcome.
      }
    });
  return Object.assign(socket, { on: guarded });
}

function packageUser(v3: SnmpUser): Readonly<Record<string, unknown>> {
  const { SecurityLevel, AuthProtocols, PrivProtocols } = netSnmp;
  return {
    name: v3.user,
    level: SecurityLevel[v3.level],
    authProtocol: AuthProtocols[v3.auth ?? 'sha'],
    authKey: v3.authKey?.reveal() ?? '',
    privProtocol: PrivProtocols[v3.priv ?? 'aes'],
    privKey: v3.privKey?.reveal() ?? '',
  };
}

const textOf = (name: Uint8Array): string => oidText(name, 0, name.length);

/** The package sorts a GETBULK by column; the walk reads it row by row, as it came (RFC 3416 section 4.2.3). */
function inReplyOrder(columns: readonly (readonly PackageVarbind[])[]): PackageVarbind[] {
  const longest = Math.max(0, ...columns.map((column) => column.length));
  const varbinds: PackageVarbind[] = [];
  for (let row = 0; row < longest; row++) {
    for (const column of columns) {
      const varbind = column[row];
      if (varbind !== undefined) varbinds.push(varbind);
    }
  }
  return varbinds;
}

const typesByTag: ReadonlyMap<number, VarbindValue['type']> = new Map(
  [
    ...(['integer', 'octets', 'null', 'oid', 'ipAddress', 'counter32', 'gauge32', 'timeticks'] as const),
    ...(['opaque', 'counter64', 'noSuchObject', 'noSuchInstance', 'endOfMibView'] as const),
  ].map((type) => [valueTag[type], type]),
);

function portValue({ type: tag, value }: PackageVarbind): VarbindValue | undefined {
  const type = typesByTag.get(tag);
  switch (type) {
    case 'integer':
    case 'counter32':
    case 'gauge32':
    case 'timeticks':
      return typeof value === 'number' && Number.isSafeInteger(value) ? { type, number: value } : undefined;
    case 'counter64': {
      const bigint = value instanceof Uint8Array ? unsigned64(value, 0, value.length) : undefined;
      return bigint === undefined ? undefined : { type, bigint };
    }
    case 'octets':
    case 'opaque':
      return value instanceof Uint8Array ? { type, bytes: value } : undefined;
    case 'oid':
      return typeof value === 'string' ? { type, oid: value } : undefined;
    case 'ipAddress':
      return typeof value === 'string' && /^\d{1,3}(\.\d{1,3}){3}$/.test(value)
        ? { type, address: value }
        : undefined;
    case undefined:
      return undefined;
    default:
      return { type };
  }
}
