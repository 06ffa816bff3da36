/** The operator's DNS platform: its resolvers and zones, what is asked of them, and what came back. */
import type { DurationMs, Instant } from '../base/instant.ts';
import type { ResourceId } from './ids.ts';

export interface DnsResolver {
  readonly id: string;
  readonly resource: ResourceId;
  readonly address: string;
  readonly port: number;
  /** Answers are compared within a view (RFC 9499 section 6, "split DNS"). */
  readonly view: string;
  /** Which of two platforms of a migration it belongs to. */
  readonly platform?: 'old' | 'new' | undefined;
  /** Where it tells how many answers of each rcode it gave. */
  readonly statistics?: string | undefined;
}

export interface DnsZone {
  readonly name: string;
  readonly resource: ResourceId;
  /** Authoritative servers, the primary first. */
  readonly servers: readonly { readonly address: string; readonly port: number }[];
}

/** A name and type with the records that are right, in their one form, sorted; none: what most resolvers answer. */
interface DnsExpectation {
  readonly name: string;
  readonly type: number;
  readonly expect: readonly string[];
}

export interface DnsChecks {
  /** Asked again and again: answered from the cache. */
  readonly hit?: string | undefined;
  /** Random labels below it are never in a cache. */
  readonly miss?: string | undefined;
  readonly answers: readonly DnsExpectation[];
  /** Signed: a validating resolver sets AD (RFC 4035 section 3.2.3). */
  readonly signed?: string | undefined;
  /** Signed wrongly on purpose: a validating resolver answers SERVFAIL (RFC 4035 section 5.5). */
  readonly broken?: string | undefined;
  /** A name asked from this foreign local address must be refused. */
  readonly open?: { readonly from: string; readonly name: string } | undefined;
  readonly amplification?: { readonly name: string; readonly type: number } | undefined;
}

interface DnsLimits {
  readonly hitMs: number;
  readonly missMs: number;
  /** Shares of all answers, 0..1. */
  readonly failures: number;
  readonly nxdomain: number;
  /** Bytes of an answer over bytes of its question. */
  readonly amplification: number;
  /** How long a secondary may have an older serial than the primary. */
  readonly serialLagMs: DurationMs;
}

export interface DnsPlatform {
  /** The platform as a whole: fails when no resolver of a view answers. */
  readonly resource: ResourceId;
  readonly everyMs: DurationMs;
  readonly timeoutMs: DurationMs;
  readonly from?: string | undefined;
  readonly resolvers: readonly DnsResolver[];
  readonly zones: readonly DnsZone[];
  readonly checks: DnsChecks;
  readonly limits: DnsLimits;
  readonly raiseAfter: number;
  readonly clearAfter: number;
}

export interface DnsQuestion {
  readonly address: string;
  readonly port: number;
  readonly from?: string | undefined;
  readonly name: string;
  readonly type: number;
  readonly timeoutMs: DurationMs;
  /** RD: a server that is authoritative is asked without. */
  readonly recursive: boolean;
  /** DO: answer with signatures (RFC 3225). */
  readonly dnssec: boolean;
  /** EDNS UDP payload size offered (RFC 6891 section 6.2.3). */
  readonly udpSize: number;
  /** Ask again over TCP when the answer was cut off. */
  readonly overTcp: boolean;
}

export type DnsOutcome =
  | {
      readonly kind: 'answer';
      /** Of the first datagram. */
      readonly latencyMs: number;
      /** With the extension of RFC 6891 section 6.1.3. */
      readonly rcode: number;
      /** AD bit. */
      readonly isAuthentic: boolean;
      readonly isRecursive: boolean;
      /** Records of the type asked for, as text, sorted; signatures left out. */
      readonly records: readonly string[];
      readonly questionBytes: number;
      readonly answerBytes: number;
    }
  | { readonly kind: 'timeout' }
  /** The kernel says that nobody listens there, or the question could not be sent. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  /** Something came that is no answer to the question. */
  | { readonly kind: 'badAnswer'; readonly reason: string };

/** What one question of a round was asked for. */
export type DnsCheckKind =
  | 'hit'
  | 'miss'
  | 'answer'
  | 'signed'
  | 'broken'
  | 'open'
  | 'amplification'
  | 'serial';

/** One answer in a round, with what it was asked for. */
export interface DnsSeen {
  readonly check: DnsCheckKind;
  readonly name: string;
  readonly type: number;
  readonly outcome: DnsOutcome;
}

/** Everything asked once: each resolver's answers in order, and the serials of each zone's servers. */
export interface DnsRound {
  readonly at: Instant;
  readonly resolvers: readonly {
    readonly resolver: DnsResolver;
    readonly seen: readonly DnsSeen[];
    /** Its own counters by rcode, where it tells them. */
    readonly counted?: Readonly<Record<string, number>> | undefined;
  }[];
  readonly zones: readonly { readonly zone: DnsZone; readonly serials: readonly (number | undefined)[] }[];
}

/** Milliseconds over the latest answers. */
export interface DnsLatency {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly answers: number;
}

/** What is known of a resolver now; undefined: not asked, or not answered yet. */
interface DnsResolverView {
  readonly resolver: DnsResolver;
  readonly state: 'answers' | 'silent' | 'unknown';
  readonly hit?: DnsLatency | undefined;
  readonly miss?: DnsLatency | undefined;
  /** Share of each rcode (`NOERROR`, .. and `timeout`) in the latest questions, 0..1. */
  readonly rcodes: Readonly<Record<string, number>>;
  /** The same of all it answered since the round before, where it counts itself. */
  readonly served?: Readonly<Record<string, number>> | undefined;
  readonly isCorrect?: boolean | undefined;
  readonly dnssec?: 'validates' | 'notValidating' | 'refusesSigned' | undefined;
  /** The largest number of changes that a zone's cached copy is behind its primary. */
  readonly serialLag?: number | undefined;
  readonly isOpen?: boolean | undefined;
  /** Bytes of the answer over bytes of the question. */
  readonly amplification?: number | undefined;
}

export interface DnsZoneView {
  readonly zone: DnsZone;
  readonly servers: readonly {
    readonly address: string;
    readonly serial?: number | undefined;
    /** Since when it is behind the primary. */
    readonly behindSince?: Instant | undefined;
  }[];
}

export type DnsFindingKind =
  | 'silent'
  | 'viewDown'
  | 'failures'
  | 'slow'
  | 'wrongAnswer'
  | 'dnssec'
  | 'open'
  | 'amplification'
  | 'nxdomain'
  | 'staleZone'
  | 'platformsDiffer';

/** Something that is wrong now; texts from the network are hostile. */
export interface DnsFinding {
  readonly kind: DnsFindingKind;
  /** Resolver, view or zone. */
  readonly about: string;
  readonly since: Instant;
  /** Seen often enough to be an alarm. */
  readonly isRaised: boolean;
  /** The name it was seen at, where there is one. */
  readonly name?: string | undefined;
  readonly seen: readonly string[];
  readonly expected: readonly string[];
}

export interface DnsView {
  /** Undefined before the first round. */
  readonly at?: Instant | undefined;
  readonly resolvers: readonly DnsResolverView[];
  readonly zones: readonly DnsZoneView[];
  readonly findings: readonly DnsFinding[];
}

/** The serial in the first SOA record: the third field of its text (RFC 1035 section 3.3.13). */
export function serialOf(outcome: DnsOutcome): number | undefined {
  if (outcome.kind !== 'answer') return undefined;
  const serial = Number(outcome.records[0]?.split(' ')[2]);
  return Number.isInteger(serial) ? serial : undefined;
}
