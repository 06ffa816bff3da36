/** The DNS of the demo city: two platforms side by side, the names they know, and how the daemon is told to ask them. */
import type { DeviceAddress } from './city-files.ts';

export interface CityResolver {
  readonly id: string;
  readonly platform: 'old' | 'new';
}

export const cityResolvers: readonly CityResolver[] = [
  { id: 'dns-1', platform: 'old' },
  { id: 'dns-2', platform: 'old' },
  { id: 'dns-3', platform: 'new' },
  { id: 'dns-4', platform: 'new' },
];
/** Servers of the city's zone, the primary first. */
export const cityNameServers = ['ns-1', 'ns-2'] as const;

/** Key of a name server in the map of addresses, beside the devices of the same id. */
export const dnsAddressKey = (id: string): string => `dns/${id}`;

export const cityZone = 'city.example';
/** Documentation addresses of RFC 5737 stand for what subscribers look for. */
export const cityNames: Readonly<Record<string, string>> = {
  'www.city.example': '198.51.100.10',
  'portal.city.example': '198.51.100.20',
  'pay.city.example': '198.51.100.30',
  'signed.city.example': '198.51.100.40',
};
export const wildcard = { below: 'probe.city.example', address: '198.51.100.11' } as const;
export const signedName = 'signed.city.example';
export const brokenName = 'broken.city.example';
/** A poisoned resolver sends payers there. */
export const poison = { name: 'pay.city.example', address: '203.0.113.66' } as const;
/** Whoever asks from here is a stranger to the resolvers. */
export const strangerAddress = '127.21.0.1';
/** Networks of their own are there on Linux only: elsewhere all of them share one loopback address. */
const ownNetwork = '127.20.';

/** `dns` of the demo's configuration; undefined where no server has an address. */
export function dnsSection(addresses: ReadonlyMap<string, DeviceAddress>): object | undefined {
  const resolvers = cityResolvers.flatMap(({ id, platform }) => {
    const at = addresses.get(dnsAddressKey(id));
    return at === undefined ? [] : [{ id, address: at.host, port: at.port, view: 'city', platform }];
  });
  const servers = cityNameServers.flatMap((id) => {
    const at = addresses.get(dnsAddressKey(id));
    return at === undefined ? [] : [`${at.host}:${at.port}`];
  });
  if (resolvers.length === 0 || servers.length === 0) return undefined;
  const hasStrangers = resolvers.every(({ address }) => address.startsWith(ownNetwork));
  return {
    resource: 'dns',
    every: '3s',
    timeout: '1s',
    resolvers,
    zones: [{ name: cityZone, serialFrom: servers }],
    checks: {
      hit: 'www.city.example',
      miss: wildcard.below,
      answers: [{ name: 'portal.city.example' }, { name: poison.name }],
      signed: signedName,
      broken: brokenName,
      ...(hasStrangers ? { open: { from: strangerAddress, name: 'www.city.example' } } : {}),
      amplification: { name: cityZone, type: 'ANY' },
    },
    // Wide, because the demo's machine may be busy with all of the city.
    limits: { hit: '200ms', miss: '250ms' },
  };
}
