/** Correlation rules as plain data, after compiling: what alarms say of the plant, which faults there are and how they show. */
import type { DurationMs } from '../base/instant.ts';
import type { FaultKind } from '../model/incident.ts';
import type { PatternRule } from './pattern-rules.ts';
import type { Family, Symptom } from './symptoms.ts';
import type { CorrelationTiming } from './timing.ts';

/** Logarithms in thousandths of a nat: whole numbers add up to the same sum in any order. Plain JSON: part of a rule set. */
export interface CorrelationRules {
  /** By cause; of probed causes too. */
  readonly symptoms: Readonly<Record<string, Symptom>>;
  /** The fault kind of each cause that probes find, the worst first. */
  readonly probes: readonly (readonly [cause: string, kind: FaultKind])[];
  /** Causes that are no outage however grave their device calls them. */
  readonly upkeep: readonly string[];
  /** How often what is below a fault shows a symptom. */
  readonly shows: Readonly<Record<Family, Readonly<Record<Symptom, number>>>>;
  readonly silence: Silence;
  /** Of a fault of one terminal. */
  readonly alone: { readonly gasp: number; readonly other: number };
  /** By kind; `*` for all that are not listed. */
  readonly resources: Readonly<Record<string, ResourceRule>>;
  /** What is made of alarms before causes are looked for. */
  readonly patterns: readonly PatternRule[];
  /** What an alarm brings about at its device or next to it. */
  readonly follows: readonly Following[];
  readonly timing: CorrelationTiming;
}

/** An alarm of `effect` within that time after one of `cause` came of it. */
export interface Following {
  readonly id: string;
  readonly cause: string;
  readonly effect: string;
  /** Where: at the same device, or at one that a link, a line or a session joins to it. */
  readonly on: 'same' | 'adjacent';
  readonly withinMs: DurationMs;
  /** How often the cause brings it about there, 0..1. */
  readonly share: number;
}

/** How often a fault leaves what is below it so. */
export interface Silence {
  /** A leaf that said nothing: its trap was lost, or it does not send any. */
  readonly leaf: number;
  /** A degraded leaf is often below the threshold of its alarm. */
  readonly degradedLeaf: number;
  /** A leaf that proved to be alive. */
  readonly aliveLeaf: number;
  /** A device that should have spoken for itself did not. */
  readonly missingOwnAlarm: number;
  /** A resource that says itself that it failed needs little word of the leaves. */
  readonly underOwnAlarm: number;
  /** A child of a cut cable none of whose leaves spoke: its fibre was spared. */
  readonly sparedChild: number;
  /** The terminals of a head have no dying gasp, or the head does not pass it on. */
  readonly mute: number;
  /** No word of a head and its collector arrived in that time, whatever it had to tell. */
  readonly deaf: number;
  /** The same of a kind of terminal that mostly has no dying gasp. */
  readonly muteKind: number;
  /** A device forgot to say that something is over. */
  readonly lostClear: number;
}

export interface ResourceRule {
  readonly prior?: number | undefined;
  readonly fault?: FaultKind | undefined;
  /** When what is below works, but badly. */
  readonly degraded?: FaultKind | undefined;
  /** It sends an alarm of its own when it fails. */
  readonly speaks?: boolean | undefined;
  /** False: it has no dying gasp. */
  readonly gasps?: boolean | undefined;
}
