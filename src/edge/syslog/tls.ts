/** Syslog over TLS (RFC 5425): the server socket, what it proves itself with, and who a client is by its certificate. */
import {
  createSecureContext,
  createServer,
  type SecureContextOptions,
  type Server,
  type TLSSocket,
} from 'node:tls';
import { Fault } from '../../base/fault.ts';

/** PEM texts. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
  /** Authorities of clients: each must show a certificate of theirs (RFC 5425 section 5.1). */
  readonly ca?: string | undefined;
}

/** RFC 9662: below 1.2 nothing is spoken. */
const minVersion = 'TLSv1.2';
const handshakeMs = 10_000;
const longestName = 255;

/** Throws `syslog/certificate`. */
export function tlsServer(identity: TlsIdentity): Server {
  return createServer({
    ...contextOf(identity),
    handshakeTimeout: handshakeMs,
    requestCert: identity.ca !== undefined,
    rejectUnauthorized: identity.ca !== undefined,
  });
}

/** From now on new connections see this; throws `syslog/certificate` and changes nothing. */
export function renew(server: Server, identity: TlsIdentity): void {
  server.setSecureContext(contextOf(identity));
}

/** What the certificate calls the client: its first DNS name, else its common name; undefined where none was asked for. */
export function nameOfPeer(socket: TLSSocket): string | undefined {
  if (!socket.authorized) return undefined;
  const { subjectaltname, subject } = socket.getPeerCertificate();
  const [dns] = (subjectaltname ?? '').split(', ').filter((name) => name.startsWith('DNS:'));
  const common: unknown = subject?.CN;
  const name = dns?.slice('DNS:'.length) ?? (Array.isArray(common) ? common[0] : common);
  return typeof name === 'string' && name !== '' ? name.slice(0, longestName) : '?';
}

/** Why it cannot be used, for a person; undefined when it can. */
export function identityProblem(identity: TlsIdentity): string | undefined {
  try {
    contextOf(identity);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function contextOf({ cert, key, ca }: TlsIdentity): SecureContextOptions {
  const options: SecureContextOptions = { cert, key, minVersion, ...(ca === undefined ? {} : { ca }) };
  try {
    createSecureContext(options);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Fault('syslog/certificate', `the certificate of syslog over TLS cannot be used: ${why}`, error);
  }
  return options;
}
