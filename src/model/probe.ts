/** Probes: what is asked of a service from outside, and what came back. */
import type { DurationMs, Instant } from '../base/instant.ts';
import type { Secret } from '../base/secret.ts';
import type { ResourceId } from './ids.ts';

/** Above (or, for the certificate, below) these the target is bad; absent: not judged. */
interface ProbeLimits {
  readonly latencyMs?: number | undefined;
  readonly jitterMs?: number | undefined;
  /** 0..1 */
  readonly loss?: number | undefined;
  /** A certificate that ends sooner than this. */
  readonly expiresMs?: DurationMs | undefined;
}

interface ProbeCommon {
  readonly id: string;
  readonly resource: ResourceId;
  readonly everyMs: DurationMs;
  /** For one answer. */
  readonly timeoutMs: DurationMs;
  /** Local address the question leaves from. */
  readonly from?: string | undefined;
  /** Access technology the probe stands behind, e.g. `gpon`: a label, so that the same target can be compared. */
  readonly access?: string | undefined;
  /** A name may resolve to a private or local address. */
  readonly allowPrivate: boolean;
  readonly limits: ProbeLimits;
  /** Bad rounds in a row that raise, good ones that clear. */
  readonly raiseAfter: number;
  readonly clearAfter: number;
}

export interface HostTarget {
  readonly host: string;
  readonly port: number;
}

export type Probe = ProbeCommon &
  (
    | { readonly kind: 'icmp'; readonly host: string; readonly port: number; readonly count: number }
    | ({ readonly kind: 'tcp' } & HostTarget)
    | {
        readonly kind: 'http';
        readonly url: string;
        readonly status: readonly number[];
        readonly contains?: string | undefined;
      }
    | ({
        readonly kind: 'tls';
        readonly serverName?: string | undefined;
        /** PEM of certificate authorities besides those of the system. */
        readonly authorities?: string | undefined;
      } & HostTarget)
    | ({
        readonly kind: 'dns';
        readonly name: string;
        readonly type: number;
        /** Records in their one form, sorted; empty: any answer without an error is right. */
        readonly expect: readonly string[];
      } & HostTarget)
    | ({ readonly kind: 'radius'; readonly secret: Secret } & HostTarget)
  );

/**
 * What is wrong with the target: no answer, the connection or the question refused, an answer that is not what was
 * expected, a certificate that nobody vouches for.
 */
type ProbeFault = 'noAnswer' | 'refused' | 'wrongAnswer' | 'badCertificate';

export interface ProbeOutcome {
  /** undefined: the target does what it should. */
  readonly fault?: ProbeFault | undefined;
  /** For people, with what was seen; at most 256 characters, hostile. */
  readonly detail?: string | undefined;
  readonly latencyMs?: number | undefined;
  readonly jitterMs?: number | undefined;
  /** 0..1 */
  readonly loss?: number | undefined;
  /** The earliest end of the certificates in the chain. */
  readonly certificateUntil?: Instant | undefined;
}
