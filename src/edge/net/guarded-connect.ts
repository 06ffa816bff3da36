/** A TCP connection to the address that was judged: the name is not resolved a second time. */
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { resolveTarget } from './address-guard.ts';

export interface ConnectTarget {
  readonly host: string;
  readonly port: number;
  readonly allowPrivate: boolean;
  /** To resolve, connect and, with TLS, shake hands. */
  readonly timeoutMs: number;
  /** TLS 1.2 or newer from the first byte, the certificate checked against the host's name; undefined: in clear. */
  readonly tls?: { readonly ca?: string | undefined } | undefined;
}

/** `refused`: the configuration does not let us go there. `unknown`: the name has no address now. `away`: nobody answers. */
type Connected =
  | { readonly kind: 'socket'; readonly socket: Socket }
  | { readonly kind: 'refused' | 'unknown' | 'away'; readonly reason: string };

interface Connecting {
  readonly outcome: Promise<Connected>;
  /** Gives it up. */
  cancel(): void;
}

export function connectGuarded(target: ConnectTarget): Connecting {
  let socket: Socket | undefined;
  let isCancelled = false;
  const open = async (): Promise<Connected> => {
    const found = await resolveTarget(target.host, target.allowPrivate);
    if (found.kind !== 'address') return { kind: found.kind, reason: found.reason };
    if (isCancelled) return { kind: 'away', reason: 'the connection was closed' };
    socket = openSocket(target, found.address);
    return connected(socket, target.tls === undefined ? 'connect' : 'secureConnect');
  };
  return {
    outcome: open(),
    cancel() {
      isCancelled = true;
      socket?.destroy();
    },
  };
}

function openSocket({ host, port, timeoutMs, tls }: ConnectTarget, address: string): Socket {
  const at = { host: address, port, timeout: timeoutMs };
  if (tls === undefined) return connect(at);
  const ca = tls.ca === undefined ? {} : { ca: tls.ca };
  const name = isIP(host) === 0 ? { servername: host } : {};
  return connectTls({ ...at, ...ca, ...name, minVersion: 'TLSv1.2' });
}

function connected(socket: Socket, event: 'connect' | 'secureConnect'): Promise<Connected> {
  return new Promise((resolve) => {
    const fail = (reason: string): void => {
      socket.destroy();
      resolve({ kind: 'away', reason });
    };
    const late = (): void => fail('no connection in time');
    // It stays: whoever has the socket listens a moment later, and an error without a listener would end the process.
    socket.on('error', (error: Error) => fail(error.message));
    socket.once('timeout', late);
    socket.once('close', () => fail('the connection was closed'));
    socket.once(event, () => {
      socket.off('timeout', late);
      resolve({ kind: 'socket', socket });
    });
  });
}
