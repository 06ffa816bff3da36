/** A fresh line under given rules that is told what was observed when, on the clock of those who observed. */
import { type AutomationSet, noAutomations } from '../automate/automate.ts';
import { assert } from '../base/fault.ts';
import { type Instant, instant } from '../base/instant.ts';
import type { CorrelationRules } from '../correlate/correlate.ts';
import type { Alarm } from '../model/alarm.ts';
import type { AutomationAct } from '../model/automation.ts';
import type { Confirmation } from '../model/confirmation.ts';
import type { Incident } from '../model/incident.ts';
import type { Observation } from '../model/observation.ts';
import type { Policy } from '../model/policy.ts';
import { noSubscribers, type SubscriberTable, type Topology } from '../topology/topology.ts';
import type { Contents } from './contents.ts';
import type { Input } from './input.ts';
import { Line } from './line.ts';

export interface StreamContents {
  readonly topology: Topology;
  readonly policy: Policy;
  readonly rules: CorrelationRules;
  readonly automations?: AutomationSet | undefined;
  readonly subscribers?: SubscriberTable | undefined;
}

/** An incident in its last state with the number of subscribers it touched. */
export interface ReplayedIncident {
  readonly incident: Incident;
  readonly subscribers: number;
}

const mostActs = 100_000;

export class StreamRun {
  readonly #line: Line;
  readonly #incidents = new Map<string, { incident: Incident; subscribers: number }>();
  readonly #alarms: Map<string, Alarm> | undefined;
  readonly #confirmations: Map<string, Confirmation> | undefined;
  readonly #acts: { readonly at: Instant; readonly act: AutomationAct }[] = [];
  #sequence = 0;

  /** With `keepsAll` every alarm and question is kept in its last state, too: for short runs. */
  constructor(contents: Contents, { keepsAll = false } = {}) {
    this.#line = new Line({ name: 'replay', epoch: 1, contents });
    this.#alarms = keepsAll ? new Map() : undefined;
    this.#confirmations = keepsAll ? new Map() : undefined;
  }

  /** In order of opening. */
  get incidents(): readonly ReplayedIncident[] {
    return [...this.#incidents.values()];
  }

  get alarms(): readonly Alarm[] {
    return [...(this.#alarms?.values() ?? [])];
  }

  /** In the order in which they were asked first. */
  get confirmations(): readonly Confirmation[] {
    return [...(this.#confirmations?.values() ?? [])];
  }

  /** What automations did, or would have done; the first hundred thousand. */
  get acts(): readonly { readonly at: Instant; readonly act: AutomationAct }[] {
    return this.#acts;
  }

  /** The one policy and topology of `contentsOfStream` are in force from here on. */
  begin(at: Instant): void {
    this.#apply(at, { kind: 'policy', policy: 'replay' });
    this.#apply(at, { kind: 'topologyVersion', version: 1, topology: 'replay', subscribers: 'replay' });
  }

  observe(observation: Observation, at: Instant): void {
    this.take({ kind: 'observation', observation }, at);
  }

  /** Whatever the line may be told. */
  take(input: Input, at: Instant): void {
    this.to(at);
    this.#apply(at, input);
  }

  /** Moves the clock: all timers up to then fire. */
  to(limit: Instant): void {
    const line = this.#line;
    let atOnce = 0;
    for (let due = line.wakeAt; due !== undefined && due <= limit; due = line.wakeAt) {
      atOnce = due > line.at ? 0 : atOnce + 1;
      assert(atOnce < 100_000, `the line's timers stand still at ${line.at}`);
      this.#apply(instant(Math.max(due, line.at)), { kind: 'tick' });
    }
  }

  #apply(at: Instant, input: Input): void {
    const pending: Input[] = [input];
    while (pending.length > 0) {
      const applied = this.#line.apply(++this.#sequence, at, pending.shift()!);
      if (this.#acts.length < mostActs) for (const act of applied.acts ?? []) this.#acts.push({ at, act });
      for (const change of applied.changes) {
        if (change.kind === 'incident') {
          const { incident } = change;
          const subscribers = this.#incidents.get(incident.id)?.subscribers ?? 0;
          this.#incidents.set(incident.id, { incident, subscribers });
        } else if (change.kind === 'impact') {
          const known = this.#incidents.get(change.impact.incident);
          // Everyone who lost service at any time, so the count never falls.
          if (known !== undefined) known.subscribers = Math.max(known.subscribers, change.impact.subscribers);
        } else if (change.kind === 'alarm') this.#alarms?.set(change.alarm.id, change.alarm);
        else if (change.kind === 'confirmation')
          this.#confirmations?.set(change.confirmation.id, change.confirmation);
      }
      for (const rest of applied.rest) pending.push({ kind: 'continue', rest });
    }
  }
}

export function contentsOfStream({
  topology,
  policy,
  rules,
  automations = noAutomations,
  // A stream knows how many subscribers a resource has, not who they are.
  subscribers = noSubscribers,
}: StreamContents): Contents {
  return {
    topology: () => topology,
    subscribers: () => subscribers,
    policy: () => policy,
    calendar: () => ({ zones: {} }),
    rules: () => rules,
    automations: () => automations,
  };
}
