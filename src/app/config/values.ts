/** Small values people write in configuration: lengths of time, hosts with ports, hours of the day, secrets. */
import { readFileSync } from 'node:fs';
import { isIP, isIPv6 } from 'node:net';
import { resolve } from 'node:path';
import { type DurationMs, milliseconds } from '../../base/instant.ts';
import { Secret } from '../../base/secret.ts';
import { machine } from '../world.ts';

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `60s`, `4m`, `500ms`, `0s`, `35d`; undefined when it is none. */
export function parseDuration(text: string): DurationMs | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text.trim());
  if (match === null) return undefined;
  return milliseconds(Math.round(Number(match[1]) * unitMs[match[2]!]!));
}

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** `127.0.0.1:8080`, `[::1]:8080`, `name:25`; port 0 takes a free one. */
export function parseHostPort(text: string): HostPort | undefined {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:\s[\]]+):(\d{1,5})$/.exec(text.trim());
  if (match === null || Number(match[2]) > 65_535) return undefined;
  return { host: match[1]!.replace(/^\[|\]$/g, ''), port: Number(match[2]) };
}

/** An IPv6 address with a port behind it but without brackets, as it should be written. */
export function withBrackets(written: string): string | undefined {
  const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(written.trim()) ?? [];
  return isIPv6(host) ? `[${host}]:${port}` : undefined;
}

/** RFC 1123 clause 2.1, with the underscore that many networks use and letters of any script. */
const hostName =
  /^(?=.{1,253}$)[\p{L}\p{N}_](?:[\p{L}\p{N}_-]{0,61}[\p{L}\p{N}_])?(?:\.[\p{L}\p{N}_](?:[\p{L}\p{N}_-]{0,61}[\p{L}\p{N}_])?)*\.?$/u;

/** What is wrong with what should be a host without a port, and what to write. */
export function hostMistake(host: string): readonly [message: string, hint: string] | undefined {
  if (isIP(host) !== 0) return undefined;
  const message = `"${host}" is no address`;
  if (/^[\d.]+$/.test(host)) return [message, 'an IPv4 address is four numbers from 0 to 255'];
  if (/^[^:]+:\d+$/.test(host)) return [message, 'a port is from 1 to 65535'];
  if (/^[^:]+:[^:/]*$/.test(host)) return [message, 'behind the colon stands a port, from 1 to 65535'];
  if (/^[\da-fA-F:.]*:[\da-fA-F:.]*$/.test(host)) return [message, 'an IPv6 address is at most eight groups'];
  if (/^[a-z]+:\/\//i.test(host))
    return [message, 'write the host alone, without what stands before and behind'];
  if (/^[^/]+\/\d{1,3}$/.test(host))
    return [message, 'that is a network: allclear discover asks all of its addresses'];
  return hostName.test(host) ? undefined : [message, 'write an IP address or a host name, without spaces'];
}

/** What is wrong with the address of a device, and what to write: its port has a key of its own. */
export function addressMistake(address: string): readonly [message: string, hint: string] | undefined {
  const bare = /^\[(.+)\]$/.exec(address)?.[1];
  if (bare !== undefined) return [`"${address}" is no address`, `write ${bare}`];
  const bracketed = withBrackets(address);
  // `::1:161` is an address of its own too, and nobody's.
  const isMeant = bracketed !== undefined && (!isIPv6(address) || /:161$/.test(address));
  const found = isMeant ? parseHostPort(bracketed) : isIPv6(address) ? undefined : parseHostPort(address);
  if (found === undefined) return hostMistake(address);
  return [`"${address}" is no address`, `write address: "${found.host}", port: ${found.port}`];
}

export const formatHostPort = ({ host, port }: HostPort): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

export type SecretSource = string | number | { readonly env: string } | { readonly file: string };

/** The secret, or why it cannot be had; a relative file is relative to the configuration's folder. */
export function readSecret(source: SecretSource, folder: string): Secret | { readonly missing: string } {
  if (typeof source !== 'object') return new Secret(String(source));
  if ('env' in source) {
    const value = machine.env[source.env];
    return value === undefined || value === ''
      ? { missing: `the environment variable ${source.env} is not set` }
      : new Secret(value);
  }
  try {
    return new Secret(readFileSync(resolve(folder, source.file), 'utf8').replace(/\r?\n$/, ''));
  } catch {
    return { missing: `the file ${source.file} cannot be read` };
  }
}
