/** The DNS platform as the JSON of the outside contract. */
import type { DnsView } from '../../model/dns.ts';
import type { DnsJson } from './contract.ts';
import { iso } from './views.ts';

export function dnsJson(view: DnsView | undefined): DnsJson {
  if (view === undefined)
    return { configured: false, measuredAt: null, resolvers: [], zones: [], findings: [] };
  return {
    configured: true,
    measuredAt: view.at === undefined ? null : iso(view.at),
    resolvers: view.resolvers.map(({ resolver, state, rcodes, ...seen }) => ({
      id: resolver.id,
      resource: resolver.resource,
      address: hostPort(resolver),
      view: resolver.view,
      platform: resolver.platform ?? null,
      state,
      hit: seen.hit ?? null,
      miss: seen.miss ?? null,
      rcodes,
      served: seen.served ?? null,
      correct: seen.isCorrect ?? null,
      dnssec: seen.dnssec ?? null,
      serialLag: seen.serialLag ?? null,
      open: seen.isOpen ?? null,
      amplification: seen.amplification ?? null,
    })),
    zones: view.zones.map(({ zone, servers }) => ({
      name: zone.name,
      servers: servers.map(({ address, serial, behindSince }) => ({
        address,
        serial: serial ?? null,
        behindSince: behindSince === undefined ? null : iso(behindSince),
      })),
    })),
    findings: view.findings.map(({ kind, about, name, since, isRaised, seen, expected }) => ({
      kind,
      about,
      name: name ?? null,
      since: iso(since),
      raised: isRaised,
      seen: seen.slice(0, 16).map(shortened),
      expected: expected.slice(0, 16).map(shortened),
    })),
  };
}

/** A record may hold thousands of characters, and whoever sent it may be hostile. */
const shortened = (text: string): string => (text.length > 200 ? `${text.slice(0, 199)}…` : text);

/** RFC 3986 clause 3.2.2: an IPv6 address before a port stands in brackets. */
const hostPort = ({ address, port }: { readonly address: string; readonly port: number }): string =>
  `${address.includes(':') ? `[${address}]` : address}:${port}`;
