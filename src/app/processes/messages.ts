/** What the supervisor and its processes say to each other over Node's own channel (structured clone). */

/** `preparation` ends once it has checked what the others are started with. */
export type RoleName = 'preparation' | 'ingest' | 'center' | 'simulation';

/** How the daemon was started: the same for every process of it. */
export interface StartOptions {
  /** Path of the configuration file; undefined: defaults. */
  readonly config?: string | undefined;
  /** Values of the command line that win over the file. */
  readonly override: Places;
  /** What was checked and is in force; undefined: the files themselves are read. */
  readonly inForce?: InForce | undefined;
  /** Every notice goes to this one address. */
  readonly onlyTo?: string | undefined;
  readonly demo?: DemoOptions | undefined;
  /** Bearer token of the simulated lead and staff; made at start, never stored. */
  readonly demoToken?: string | undefined;
}

/** What cannot change while the daemon runs. */
export interface Places {
  readonly data?: string | undefined;
  readonly http?: string | undefined;
  readonly public?: string | undefined;
  readonly traps?: string | undefined;
  readonly syslog?: string | undefined;
}

/**
 * A role that is started again must not meet a file that somebody is editing: it gets the texts that were checked, and
 * the places of the first start.
 */
export interface InForce {
  /** Texts by path. */
  readonly files: Readonly<Record<string, string>>;
  readonly places: Places;
}

interface DemoOptions {
  readonly seed: number;
  readonly households: number;
  /** Scenario to play at start. */
  readonly play: string;
  readonly speed: number;
  /** Where the demo city is written to; undefined: a temporary folder of its own. */
  readonly folder: string | undefined;
}

/** What a process tells when it is up: addresses for the `ready` line. */
export type ReadyFacts = Readonly<Record<string, string>>;

export type ToRole =
  | { readonly kind: 'start'; readonly start: StartOptions; readonly facts: ReadyFacts }
  | { readonly kind: 'relay'; readonly message: unknown }
  | { readonly kind: 'stop' };

export type FromRole =
  /** Its event loop turns; said every few seconds once it is up. */
  | { readonly kind: 'alive' }
  | { readonly kind: 'ready'; readonly facts: ReadyFacts }
  /** A reload was applied: roles that are started again begin with this. */
  | { readonly kind: 'inForce'; readonly inForce: InForce }
  | { readonly kind: 'relay'; readonly to: RoleName; readonly message: unknown }
  /** The start failed for good: restarting would not help. */
  | {
      readonly kind: 'failed';
      readonly exitCode: number;
      readonly message: string;
      /** What a Fault said of itself. */
      readonly fault?: { readonly code: string; readonly message: string } | undefined;
    };

/** Exit codes: 0 to 4 are the command line's contract; the rest follow sysexits. */
export const exitCodes = {
  ok: 0,
  problem: 1,
  usage: 2,
  unreachable: 3,
  denied: 4,
  /** By Ctrl-C, as shells say it: 128 and the number of SIGINT. */
  brokenOff: 130,
  /** A disk failed under the journal: what is in memory may be ahead of it (EX_IOERR). */
  disk: 74,
} as const;
