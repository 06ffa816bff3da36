/**
 * What stands before an operator now: incidents presented and not over, those that come again and again, and what is
 * hidden or held steady (ISA-18.2-2016 clause 16: stale is what stands longer than a day, chattering is what comes three
 * times in a minute). Tables are bounded; what found no room is counted.
 */
import { days, type Instant, minutes } from '../base/instant.ts';
import type { Alarm } from '../model/alarm.ts';
import type { Few, FrequentIncident, StandingIncident } from '../model/alarm-load.ts';
import type { AlarmId, IncidentId } from '../model/ids.ts';
import { type PerceivedSeverity, severities } from '../model/observation.ts';

export interface StandingLoadSnapshot {
  readonly open: readonly StandingIncident[];
  readonly lately: readonly (readonly [string, readonly Instant[]])[];
  readonly chattering: readonly (readonly [string, Chatter])[];
  readonly flapping: readonly AlarmId[];
  readonly shelved: readonly (readonly [AlarmId, Instant])[];
  readonly crowdedOut: number;
}

interface Chatter {
  readonly count: number;
  readonly lastAt: Instant;
}

const mostOpen = 10_000;
const mostLately = 1_000;
const mostChattering = 250;
const mostAlarms = 5_000;
const chatterTimes = 3;
const chatterWithin = minutes(1);
const staleAfter = days(1);
const shown = 50;

export class StandingLoad {
  readonly #open = new Map<IncidentId, StandingIncident>();
  /** When each thing was presented in the last minute, the latest thing last. */
  readonly #lately = new Map<string, readonly Instant[]>();
  readonly #chattering = new Map<string, Chatter>();
  readonly #flapping = new Set<AlarmId>();
  readonly #shelved = new Map<AlarmId, Instant>();
  #crowdedOut = 0;

  get crowdedOut(): number {
    return this.#crowdedOut;
  }

  /** Presented, or again. */
  present(incident: StandingIncident, key: string): void {
    const { since: at } = incident;
    const before = this.#open.get(incident.incident);
    this.#open.set(incident.incident, before ?? incident);
    this.#bound(this.#open, mostOpen);
    const times = [...(this.#lately.get(key) ?? []), at].slice(-chatterTimes);
    this.#lately.delete(key);
    this.#lately.set(key, times);
    if (this.#lately.size > mostLately) this.#lately.delete(this.#lately.keys().next().value!);
    if (times.length < chatterTimes || at - times[0]! > chatterWithin) return;
    const count = (this.#chattering.get(key)?.count ?? chatterTimes - 1) + 1;
    this.#chattering.delete(key);
    this.#chattering.set(key, { count, lastAt: at });
    this.#bound(this.#chattering, mostChattering);
  }

  /** The severity it had until now and has from now on, where an alarm of it is more severe. */
  rate(
    id: IncidentId,
    severity: PerceivedSeverity,
  ): { readonly before: PerceivedSeverity; readonly shownAt: Instant } | undefined {
    const held = this.#open.get(id);
    if (held === undefined || severities.indexOf(severity) >= severities.indexOf(held.severity))
      return undefined;
    this.#open.set(id, { ...held, severity });
    return { before: held.severity, shownAt: held.since };
  }

  end(incident: IncidentId): void {
    this.#open.delete(incident);
  }

  alarm({ id, state, flapping, shelvedUntil }: Alarm): void {
    if (flapping && state === 'raised') this.#flapping.add(id);
    else if (this.#flapping.size > 0) this.#flapping.delete(id);
    if (shelvedUntil !== undefined) this.#shelved.set(id, shelvedUntil);
    else if (this.#shelved.size > 0) this.#shelved.delete(id);
    this.#bound(this.#flapping, mostAlarms);
    this.#bound(this.#shelved, mostAlarms);
  }

  /** Numbers only: asked for often. */
  counts(
    at: Instant,
  ): Readonly<Record<'standing' | 'stale' | 'chattering' | 'flapping' | 'shelved', number>> {
    let stale = 0;
    for (const { since } of this.#open.values()) stale += Number(at - since > staleAfter);
    let chattering = 0;
    for (const { lastAt } of this.#chattering.values()) chattering += Number(at - lastAt <= staleAfter);
    const { size: flapping } = this.#flapping;
    return { standing: this.#open.size, stale, chattering, flapping, shelved: this.#shelved.size };
  }

  stale(at: Instant): Few<StandingIncident> {
    const all = [...this.#open.values()].filter(({ since }) => at - since > staleAfter);
    all.sort((a, b) => a.since - b.since || (a.incident < b.incident ? -1 : 1));
    return few(all);
  }

  chattering(
    at: Instant,
    named: (key: string, count: number) => FrequentIncident,
  ): Few<FrequentIncident & { readonly lastAt: Instant }> {
    const all = [...this.#chattering].filter(([, { lastAt }]) => at - lastAt <= staleAfter);
    all.sort(([a, x], [b, y]) => y.count - x.count || (a < b ? -1 : 1));
    return few(all.map(([key, { count, lastAt }]) => ({ ...named(key, count), lastAt })));
  }

  flapping(): Few<AlarmId> {
    return few([...this.#flapping].sort());
  }

  /** Those that come back first, first. */
  shelved(): Few<{ readonly alarm: AlarmId; readonly until: Instant }> {
    const all = [...this.#shelved].map(([alarm, until]) => ({ alarm, until }));
    return few(all.sort((a, b) => a.until - b.until || (a.alarm < b.alarm ? -1 : 1)));
  }

  snapshot(): StandingLoadSnapshot {
    return {
      open: [...this.#open.values()],
      lately: [...this.#lately],
      chattering: [...this.#chattering],
      flapping: [...this.#flapping],
      shelved: [...this.#shelved],
      crowdedOut: this.#crowdedOut,
    };
  }

  /** Takes what `snapshot` gave. */
  restore({ open, lately, chattering, flapping, shelved, crowdedOut }: StandingLoadSnapshot): void {
    for (const table of [this.#open, this.#lately, this.#chattering, this.#flapping, this.#shelved])
      table.clear();
    for (const incident of open) this.#open.set(incident.incident, incident);
    for (const [key, times] of lately) this.#lately.set(key, times);
    for (const [key, chatter] of chattering) this.#chattering.set(key, chatter);
    for (const alarm of flapping) this.#flapping.add(alarm);
    for (const [alarm, until] of shelved) this.#shelved.set(alarm, until);
    this.#crowdedOut = crowdedOut;
  }

  /** The oldest goes. */
  #bound(table: Map<string, unknown> | Set<string>, most: number): void {
    if (table.size <= most) return;
    table.delete(table.keys().next().value!);
    this.#crowdedOut++;
  }
}

const few = <T>(all: readonly T[]): Few<T> => ({ total: all.length, items: all.slice(0, shown) });
