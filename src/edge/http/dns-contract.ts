/** The DNS platform as its page and the API show it. */
import type { DnsFinding } from '../../model/dns.ts';

export interface DnsLatencyJson {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly answers: number;
}

/** One resolver of the DNS platform; null: not asked, or not answered yet. */
export interface DnsResolverJson {
  readonly id: string;
  readonly resource: string;
  readonly address: string;
  readonly view: string;
  readonly platform: 'old' | 'new' | null;
  readonly state: 'answers' | 'silent' | 'unknown';
  /** Answered from the cache, and not. */
  readonly hit: DnsLatencyJson | null;
  readonly miss: DnsLatencyJson | null;
  /** Shares of the latest questions, 0..1, by name: `NOERROR`, .., `timeout`. */
  readonly rcodes: Readonly<Record<string, number>>;
  /** The same of all it answered since the round before; null where it does not count itself. */
  readonly served: Readonly<Record<string, number>> | null;
  readonly correct: boolean | null;
  readonly dnssec: 'validates' | 'notValidating' | 'refusesSigned' | null;
  /** Changes that its copy of a zone is behind the primary. */
  readonly serialLag: number | null;
  /** Answers strangers. */
  readonly open: boolean | null;
  /** Bytes of the answer over bytes of the question. */
  readonly amplification: number | null;
}

export interface DnsZoneJson {
  readonly name: string;
  readonly servers: readonly {
    readonly address: string;
    readonly serial: number | null;
    readonly behindSince: string | null;
  }[];
}

/** Something that is wrong now. `seen` and `expected` come from the network. */
export interface DnsFindingJson {
  readonly kind: DnsFinding['kind'];
  /** Resolver, view or zone. */
  readonly about: string;
  readonly name: string | null;
  readonly since: string;
  /** It lasted long enough to be an alarm. */
  readonly raised: boolean;
  readonly seen: readonly string[];
  readonly expected: readonly string[];
}

export interface DnsJson {
  /** False: the configuration has no `dns`. */
  readonly configured: boolean;
  readonly measuredAt: string | null;
  readonly resolvers: readonly DnsResolverJson[];
  readonly zones: readonly DnsZoneJson[];
  readonly findings: readonly DnsFindingJson[];
}
