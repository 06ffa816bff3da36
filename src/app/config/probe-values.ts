/** What probes and the DNS platform are written with: lengths, hosts with ports, record types and names. */
import { isIP } from 'node:net';
import type { DurationMs } from '../../base/instant.ts';
import type { Secret } from '../../base/secret.ts';
import type { DocumentPath } from '../../base/source-document.ts';
import { canonicalName } from '../../edge/probe/dns-names.ts';
import { canonicalData, dnsTypes } from '../../edge/probe/dns-records.ts';
import type { HostTarget } from '../../model/probe.ts';
import { parseDuration, parseHostPort, type SecretSource } from './values.ts';

/** Where problems go, and where secrets come from. */
export interface ValueReader {
  problem(path: DocumentPath, code: string, message: string): void;
  secret(source: SecretSource, path: DocumentPath): Secret;
  /** The text of a file beside the configuration; undefined, with a problem told, when it cannot be read. */
  file(name: string, path: DocumentPath): string | undefined;
}

export const lengthOr = (written: string | undefined, standard: DurationMs): DurationMs =>
  written === undefined ? standard : (parseDuration(written) ?? standard);

/** `HOST:PORT`, or a host alone where there is a standard port; undefined when it is neither. */
export function hostTarget(written: string, standardPort: number | undefined): HostTarget | undefined {
  const bare = written.replace(/^\[|\]$/g, '');
  if (isIP(bare) === 6 && standardPort !== undefined) return { host: bare, port: standardPort };
  const withPort = parseHostPort(written);
  const target = withPort ?? (standardPort === undefined ? undefined : { host: written, port: standardPort });
  if (target === undefined || target.port === 0) return undefined;
  return isIP(target.host) !== 0 || isHostName(target.host) ? target : undefined;
}

/** Letters, digits, hyphens and points (RFC 1123 section 2.1), so nothing that a program takes for an option. */
const isHostName = (host: string): boolean =>
  host.length <= 253 &&
  /^[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9])?)*\.?$/i.test(host);

export function addressAt(written: string, path: DocumentPath, reader: ValueReader): string {
  if (isIP(written) === 0) reader.problem(path, 'config/not-valid', `"${written}" is no IP address`);
  return written;
}

/** Types that a question may ask for. */
const askable = Object.keys(dnsTypes).filter((name) => name !== 'OPT');

export function recordType(written: string | undefined, path: DocumentPath, reader: ValueReader): number {
  const name = (written ?? 'A').toUpperCase();
  if (askable.includes(name)) return dnsTypes[name as keyof typeof dnsTypes];
  reader.problem(path, 'config/not-valid', `"${name}" is no type of record: ${askable.join(', ')}`);
  return dnsTypes.A;
}

export function domainName(written: string, path: DocumentPath, reader: ValueReader): string {
  try {
    return canonicalName(written);
  } catch {
    reader.problem(path, 'config/not-valid', `"${written}" is no domain name`);
    return 'invalid';
  }
}

/** In their one form and sorted, as answers are. */
export function expectedRecords(
  written: readonly string[] | undefined,
  type: number,
  at: { readonly path: DocumentPath; readonly reader: ValueReader },
): readonly string[] {
  const records = (written ?? []).flatMap((text, index) => {
    try {
      return [canonicalData(type, text)];
    } catch {
      const message = `"${text}" is not what a record of this type holds`;
      at.reader.problem([...at.path, index], 'config/not-valid', message);
      return [];
    }
  });
  return records.sort();
}
