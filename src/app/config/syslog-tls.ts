/** Syslog over TLS in the configuration: files are read with it, so that a reload brings a renewed certificate. */

import { Secret } from '../../base/secret.ts';
import type { DocumentPath } from '../../base/source-document.ts';
import { identityProblem } from '../../edge/syslog/syslog.ts';
import { type HostPort, parseHostPort } from './values.ts';

export interface SyslogTlsConfig {
  readonly listen: HostPort;
  /** PEM texts. */
  readonly cert: string;
  readonly key: Secret;
  /** Authorities of clients; undefined: clients are known by their addresses. */
  readonly ca?: string | undefined;
}

export interface RawSyslogTls {
  readonly listen?: string;
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
}

interface Reader {
  problem(path: DocumentPath, code: string, message: string): void;
  file(name: string, path: DocumentPath): string | undefined;
}

/** The port that RFC 5425 section 4.1 names. */
const standard = '0.0.0.0:6514';

export function syslogTlsFrom(raw: RawSyslogTls | undefined, reader: Reader): SyslogTlsConfig | undefined {
  if (raw === undefined) return undefined;
  const listen = parseHostPort(raw.listen ?? standard);
  if (listen === undefined) {
    reader.problem(['syslogTls', 'listen'], 'config/not-valid', '"listen" has a port above 65535');
  }
  const [cert, key] = (['cert', 'key'] as const).map((name) => reader.file(raw[name], ['syslogTls', name]));
  const ca = raw.ca === undefined ? undefined : reader.file(raw.ca, ['syslogTls', 'ca']);
  // Without its authorities anybody would be taken for a known client: nothing is listened for.
  if (listen === undefined || cert === undefined || key === undefined) return undefined;
  if (raw.ca !== undefined && ca === undefined) return undefined;
  const problem = identityProblem({ cert, key, ca });
  if (problem === undefined) return { listen, cert, key: new Secret(key), ca };
  reader.problem(['syslogTls'], 'syslog/certificate', problem);
  return undefined;
}
