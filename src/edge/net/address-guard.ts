/** Keeps outgoing requests away from this machine and the networks around it, whatever a name resolves to (SSRF). */
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

const forbidden = new BlockList();
// IANA special-purpose registries (RFC 6890): this host, private, shared, loopback, link-local with cloud metadata,
// protocol assignments, documentation, benchmarking, multicast, reserved.
for (const [network, prefix] of [
  ...([
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
  ] as const),
  ...([
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.88.99.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
  ] as const),
  ...([
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ] as const),
] as const) {
  forbidden.addSubnet(network, prefix, 'ipv4');
}
// Of IPv6 only global unicast is let through, less the ranges that carry an IPv4 address or a tunnel inside.
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  forbidden.addSubnet(network, prefix, 'ipv6');
}

/** True for an address that everybody on the internet means alike. IPv4 within IPv6 is judged as the IPv4 address it is. */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '').split('%')[0]!;
  const family = isIP(bare);
  if (family === 4) return !forbidden.check(bare, 'ipv4');
  if (family !== 6) return false;
  const mapped = mappedIpv4(bare);
  if (mapped !== undefined) return !forbidden.check(mapped, 'ipv4');
  return globalUnicast.check(bare, 'ipv6') && !forbidden.check(bare, 'ipv6');
}

/** `::ffff:a.b.c.d` in any spelling (RFC 4291 section 2.5.5.2). */
function mappedIpv4(address: string): string | undefined {
  const normal = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const found = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(normal);
  if (found === null) return undefined;
  const [high, low] = [Number.parseInt(found[1]!, 16), Number.parseInt(found[2]!, 16)];
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

/**
 * Why a host may not be named in a configuration without `allowPrivate`; undefined when nothing speaks against it yet.
 * Names are judged again by what they resolve to, at each connection. Decimal, octal and short forms of IPv4 count as
 * the address they mean.
 */
export function refusedTarget(host: string): string | undefined {
  let name: string;
  try {
    name = new URL(`http://${isIP(host) === 6 ? `[${host}]` : host}/`).hostname;
  } catch {
    return `"${host}" is no host name`;
  }
  const bare = name.replace(/^\[|\]$/g, '');
  const reason = `${host} is this machine or a private network; set allowPrivate: true to reach it`;
  if (isIP(bare) !== 0) return isPublicAddress(bare) ? undefined : reason;
  const isLocal = /(^|\.)(localhost|local|internal|localdomain)\.?$/.test(name);
  return isLocal ? reason : undefined;
}

/** Why a post to this address must not be tried: it is none, or not public. */
export function refusedUrl(url: string, allowPrivate: boolean | undefined): string | undefined {
  if (!URL.canParse(url)) return `"${url}" is no address`;
  return allowPrivate === true ? undefined : refusedTarget(new URL(url).hostname);
}

export type ResolvedTarget =
  | { readonly kind: 'address'; readonly address: string; readonly family: 4 | 6 }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Resolves a name once; the connection must then go to exactly this address, so that a second answer cannot differ. */
export async function resolveTarget(host: string, allowPrivate: boolean): Promise<ResolvedTarget> {
  const bare = host.replace(/^\[|\]$/g, '');
  try {
    const found =
      isIP(bare) === 0 ? await lookup(bare, { all: true }) : [{ address: bare, family: isIP(bare) }];
    const first = found[0];
    if (first === undefined) return { kind: 'unknown', reason: `${host} has no address` };
    // One private answer among public ones is an attack or a mistake: nothing of it is used.
    if (!allowPrivate && found.some(({ address }) => !isPublicAddress(address))) {
      return { kind: 'refused', reason: `${host} is this machine or a private network` };
    }
    return { kind: 'address', address: first.address, family: first.family === 6 ? 6 : 4 };
  } catch {
    return { kind: 'unknown', reason: `${host} cannot be resolved` };
  }
}
