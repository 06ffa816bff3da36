/** SNMPv3 sessions over the shared transport, behind the same port and the same walk as v1 and v2c. */
import type { World } from '../../base/world.ts';
import type { Session, SessionProblem } from '../../collect/session.ts';
import type { SnmpUser } from '../../model/snmp-user.ts';
import { startingPace } from './column-walk.ts';
import { type MessageView, V2C } from './pdu.ts';
import { sessionOver, type Wire } from './session.ts';
import type { Transport } from './transport.ts';
import { Exchange3, peerOf } from './usm.ts';

export interface V3Target {
  /** A literal IPv4 or IPv6 address. */
  readonly address: string;
  readonly port: number;
  readonly v3: SnmpUser;
  /** Of one try. */
  readonly timeoutMs: number;
  /** Tries after the first. */
  readonly retries: number;
  /** True: replies from another address count. */
  readonly anySource?: boolean | undefined;
  /** contextName (RFC 3412 section 6.6); none by default. */
  readonly context?: string | undefined;
}

/** What the sessions of one device learn of its engine stays in `transport.engines`. */
export function openV3Session(world: World, transport: Transport, target: V3Target): Session {
  return sessionOver(wireOf(world, transport, target), startingPace());
}

const NO_BYTES = new Uint8Array(0);

function wireOf(world: World, transport: Transport, target: V3Target): Wire {
  const { address, port, timeoutMs, retries } = target;
  const peer = peerOf(transport.engines, target);
  const common = {
    address,
    port,
    version: V2C,
    community: NO_BYTES,
    timeoutMs,
    retries,
    anySource: target.anySource === true,
    encode: () => undefined,
  };
  const ask = (request: {
    readonly kind: 'get' | 'getBulk';
    readonly names: readonly Uint8Array[];
    readonly maxRepetitions: number;
    readonly giveUpAtMs: number;
    done(outcome: MessageView | SessionProblem): void;
  }): void => {
    const { kind, names, maxRepetitions, giveUpAtMs, done } = request;
    if (!peer.hasKeys) {
      done({ kind: 'refused', reason: 'authentication', detail: 'authKey' });
      return;
    }
    const wrap = (requestId: number): Exchange3 =>
      new Exchange3(peer, { kind, requestId, maxRepetitions, names });
    transport.ask({ ...common, giveUpAtMs, wrap, done });
  };
  return {
    canBulk: true,
    nowMs: () => world.monotonicMs(),
    next: (request) => ask({ kind: 'getBulk', ...request }),
    get: (request) =>
      ask({ kind: 'get', maxRepetitions: 0, giveUpAtMs: Number.POSITIVE_INFINITY, ...request }),
    // The sockets belong to all sessions.
    close() {},
  };
}
