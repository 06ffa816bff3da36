/** IPv4 networks and IPv6 addresses of the command line as the addresses of their hosts, bounded. */
import { isIPv4, isIPv6 } from 'node:net';
import { Fault } from '../../base/fault.ts';

const mostAddresses = 65_536;

/**
 * Hosts in order, each once; of networks up to /30 without the network's own and the broadcast address. An IPv6
 * network is too large to ask each of its addresses: those are named one by one, and come last.
 */
export function addressesOf(networks: readonly string[]): readonly string[] {
  if (networks.length === 0)
    throw new Fault('usage/network', 'at least one network such as 192.0.2.0/24 is missing');
  const hosts = new Set<number>();
  const named = new Set(networks.filter(isIPv6));
  for (const network of networks) {
    if (named.has(network)) continue;
    const { first, last } = rangeOf(network);
    if (hosts.size + named.size + last - first + 1 > mostAddresses) {
      throw new Fault(
        'usage/network',
        `a scan asks at most ${mostAddresses} addresses; take smaller networks`,
      );
    }
    for (let host = first; host <= last; host++) hosts.add(host);
  }
  const numbered = [...hosts].map((host) => [24, 16, 8, 0].map((shift) => (host >>> shift) & 255).join('.'));
  return [...numbered, ...named];
}

function rangeOf(network: string): { readonly first: number; readonly last: number } {
  const [address = '', prefix = '32', ...rest] = network.split('/');
  const bits = Number(prefix);
  if (!isIPv4(address) || !/^\d{1,2}$/.test(prefix) || bits > 32 || rest.length > 0) {
    throw new Fault(
      'usage/network',
      `"${network}" is no IPv4 network such as 192.0.2.0/24 and no IPv6 address`,
    );
  }
  const size = 2 ** (32 - bits);
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const start = number - (number % size);
  return bits >= 31 ? { first: start, last: start + size - 1 } : { first: start + 1, last: start + size - 2 };
}
