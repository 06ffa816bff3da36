/** Probes of a TCP port and of the certificates that a TLS server shows. */
import { connect, isIP } from 'node:net';
import { connect as connectTls, type DetailedPeerCertificate, rootCertificates } from 'node:tls';
import { type DurationMs, type Instant, instant } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import type { ProbeOutcome } from '../../model/probe.ts';

export interface ConnectionTarget {
  readonly address: string;
  readonly port: number;
  readonly timeoutMs: DurationMs;
  readonly from?: string | undefined;
}

export interface TlsTarget extends ConnectionTarget {
  /** As the certificate has to name it; sent as SNI unless it is an address (RFC 6066 section 3). */
  readonly serverName: string;
  readonly authorities?: string | undefined;
}

export function probeTcp(world: World, target: ConnectionTarget): Promise<ProbeOutcome> {
  const socket = connect({ host: target.address, port: target.port, localAddress: target.from });
  return watch(world, { socket, event: 'connect', timeoutMs: target.timeoutMs, judge: () => ({}) });
}

export function probeTls(world: World, target: TlsTarget): Promise<ProbeOutcome> {
  const { authorities, serverName } = target;
  const socket = connectTls({
    host: target.address,
    port: target.port,
    ...(target.from === undefined ? {} : { localAddress: target.from }),
    servername: isIP(serverName) === 0 ? serverName : '',
    // Who cannot be trusted is looked at all the same, so that it can be said what is wrong.
    rejectUnauthorized: false,
    ...(authorities === undefined ? {} : { ca: [...rootCertificates, authorities] }),
  });
  const judge = (): ProbeOutcome => {
    const certificateUntil = earliestEnd(socket.getPeerCertificate(true));
    // Node names it without a certificate, too; the error is a text such as CERT_HAS_EXPIRED.
    const why = socket.authorized ? undefined : String(socket.authorizationError ?? 'not authorized');
    if (why === undefined) return { certificateUntil };
    return { fault: 'badCertificate', detail: why.slice(0, 256), certificateUntil };
  };
  return watch(world, { socket, event: 'secureConnect', timeoutMs: target.timeoutMs, judge });
}

interface Watched {
  readonly socket: ReturnType<typeof connect>;
  readonly event: 'connect' | 'secureConnect';
  readonly timeoutMs: DurationMs;
  readonly judge: () => ProbeOutcome;
}

function watch(world: World, { socket, event, timeoutMs, judge }: Watched): Promise<ProbeOutcome> {
  return new Promise((resolve) => {
    const beganAt = world.monotonicMs();
    const done = (outcome: ProbeOutcome): void => {
      deadline.cancel();
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.destroy();
      resolve(outcome);
    };
    const deadline = world.after(timeoutMs, () => done({ fault: 'noAnswer' }));
    socket.on('error', (error) => done({ fault: 'noAnswer', detail: error.message.slice(0, 256) }));
    socket.on('end', () => done({ fault: 'noAnswer', detail: 'the connection was ended' }));
    socket.on(event, () => {
      const latencyMs = world.monotonicMs() - beganAt;
      done({ latencyMs, ...judge() });
    });
  });
}

/** More certificates than any chain has; the chain of a hostile server may be endless. */
const longestChain = 16;

function earliestEnd(first: DetailedPeerCertificate): Instant | undefined {
  let least: number | undefined;
  let certificate: DetailedPeerCertificate | undefined = first;
  for (let seen = 0; certificate?.valid_to !== undefined && seen < longestChain; seen++) {
    const ends = Date.parse(certificate.valid_to);
    if (Number.isFinite(ends)) least = Math.min(least ?? ends, ends);
    const issuer: DetailedPeerCertificate | undefined = certificate.issuerCertificate;
    certificate = issuer === certificate ? undefined : issuer;
  }
  return least === undefined ? undefined : instant(least);
}
