/** A DNS platform as the console may be shown it: one resolver sound, one poisoned, one silent. */
import { instant } from '../../src/base/instant.ts';
import type { DnsResolver, DnsView } from '../../src/model/dns.ts';
import { resourceId } from '../../src/model/ids.ts';

const at = Date.UTC(2026, 0, 1);

const resolver = (id: string, platform?: 'old' | 'new'): DnsResolver => ({
  id,
  resource: resourceId(id),
  address: '192.0.2.53',
  port: 53,
  view: 'home',
  platform,
});

export function aDnsView(): DnsView {
  const servers = [
    { address: '192.0.2.1', port: 53 },
    { address: '192.0.2.2', port: 53 },
  ];
  const latency = { p50Ms: 1.2, p95Ms: 4.5, answers: 20 };
  const sound = {
    state: 'answers',
    hit: latency,
    miss: { ...latency, p50Ms: 30, p95Ms: 61 },
    rcodes: { NOERROR: 0.98, SERVFAIL: 0.02 },
    isCorrect: true,
    dnssec: 'validates',
    serialLag: 0,
    isOpen: false,
    amplification: 2.5,
  } as const;
  return {
    at: instant(at),
    resolvers: [
      { resolver: resolver('dns-1', 'old'), ...sound },
      { resolver: resolver('dns-2', 'new'), ...sound, isCorrect: false },
      { resolver: resolver('dns-3'), state: 'silent', rcodes: {} },
    ],
    zones: [
      {
        zone: { name: 'isp.example', resource: resourceId('dns'), servers },
        servers: [
          { address: '192.0.2.1', serial: 8 },
          { address: '192.0.2.2', serial: 7, behindSince: instant(at - 600_000) },
        ],
      },
    ],
    findings: [
      {
        kind: 'wrongAnswer',
        about: 'dns-2',
        since: instant(at),
        isRaised: true,
        name: 'pay.isp.example',
        // A record is whatever a stranger wrote into it.
        seen: ['<'.repeat(5_000)],
        expected: ['192.0.2.10'],
      },
      { kind: 'silent', about: 'dns-3', since: instant(at), isRaised: false, seen: [], expected: [] },
      {
        kind: 'staleZone',
        about: 'isp.example',
        since: instant(at),
        isRaised: true,
        seen: ['192.0.2.2 7'],
        expected: ['8'],
      },
    ],
  };
}
