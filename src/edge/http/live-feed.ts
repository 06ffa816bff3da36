/** What is open and raised now, kept for the pages, and the last events for those who lost their connection for a while. */
import { neverHappens } from '../../base/fault.ts';
import type { Instant } from '../../base/instant.ts';
import type { Applied } from '../../flow/applied.ts';
import type { Alarm } from '../../model/alarm.ts';
import type { Change } from '../../model/change.ts';
import type { FaultGlossary } from '../../model/fault-words.ts';
import type { Impact, Incident } from '../../model/incident.ts';
import { noNotices } from '../../model/notice.ts';
import { severities } from '../../model/observation.ts';
import type { Ticket } from '../../model/ticket.ts';
import type { AlarmRowJson, LiveEventJson, LiveMessageJson, LiveTotalsJson } from './contract.ts';
import type { IncidentView, LivePort } from './ports.ts';
import { alarmRowJson, incidentRowJson, iso } from './views.ts';

/** Most alarms and incidents kept; the totals count the others. */
const maxAlarms = 10_000;
const maxIncidents = 1_000;
const ringSize = 10_000;

/** Fed with what is durable only (design L3); never asks anybody, so a trap is on the page without a look into the book. */
export class LiveFeed implements LivePort {
  readonly #incidents = new Map<string, IncidentView>();
  readonly #alarms = new Map<string, AlarmRowJson>();
  readonly #ring: (LiveEventJson | undefined)[] = new Array(ringSize).fill(undefined);
  readonly #listeners = new Set<(event: LiveEventJson) => void>();
  readonly #totals: () => LiveTotalsJson;
  readonly #faults: () => FaultGlossary;
  readonly #firstSequence: number;
  #sequence: number;

  /**
   * `startedAt` numbers the events of this run above those of any run before: a run would need a million events a
   * second to reach the numbers of the next. So a reader from before a restart is told to start anew.
   */
  constructor(
    startedAt: Instant,
    { totals, faults }: { readonly totals: () => LiveTotalsJson; readonly faults: () => FaultGlossary },
  ) {
    this.#sequence = startedAt * 1_000;
    this.#firstSequence = this.#sequence;
    this.#totals = totals;
    this.#faults = faults;
  }

  get sequence(): number {
    return this.#sequence;
  }

  totals(): LiveTotalsJson {
    return this.#totals();
  }

  /** What was open and raised when the daemon started, oldest first. Tells nobody. */
  restore(incidents: readonly IncidentView[], alarms: readonly Alarm[]): void {
    for (const view of incidents) this.#keepIncident(view);
    for (const alarm of alarms) this.#keepAlarm(alarm);
  }

  publish(applied: Applied): void {
    const touched = new Set<string>();
    for (const change of applied.changes) {
      const incident = this.#take(change);
      if (incident !== undefined) touched.add(incident);
    }
    for (const id of touched) this.#emitIncident(id);
  }

  /** New counts of an incident's notices, from the courier. */
  countNotices(incident: string, { notices, told }: Pick<IncidentView, 'notices' | 'told'>): void {
    const view = this.#incidents.get(incident);
    if (view === undefined) return;
    this.#incidents.set(incident, { ...view, notices, told });
    this.#emitIncident(incident);
  }

  since(sequence: number): readonly LiveEventJson[] | undefined {
    const oldest = Math.max(this.#firstSequence, this.#sequence - ringSize);
    if (!Number.isSafeInteger(sequence) || sequence < oldest || sequence > this.#sequence) return undefined;
    const events: LiveEventJson[] = [];
    for (let at = sequence + 1; at <= this.#sequence; at++) events.push(this.#ring[at % ringSize]!);
    return events;
  }

  snapshot(at: Instant): Extract<LiveMessageJson, { kind: 'snapshot' }> {
    return {
      kind: 'snapshot',
      sequence: this.#sequence,
      at: iso(at),
      incidents: [...this.#incidents.values()].map((view) => incidentRowJson(view, this.#faults())).reverse(),
      alarms: [...this.#alarms.values()].reverse(),
      totals: this.#totals(),
    };
  }

  subscribe(listener: (event: LiveEventJson) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Takes a change in; the answer is the incident whose row it altered. */
  #take(change: Change): string | undefined {
    switch (change.kind) {
      case 'alarm':
        return this.#takeAlarm(change.alarm);
      case 'incident':
        return this.#takeIncident(change.incident);
      case 'impact':
        return this.#takeImpact(change.impact);
      case 'ticket':
        this.#emit({ kind: 'ticket', id: change.ticket.id, incident: change.ticket.incident ?? null });
        return this.#takeTicket(change.ticket);
      case 'task':
        this.#emit({ kind: 'task', id: change.task.id, incident: change.task.incident ?? null });
        return undefined;
      case 'confirmation':
        this.#emit({
          kind: 'confirmation',
          id: change.confirmation.id,
          incident: change.confirmation.incident,
        });
        return undefined;
      default:
        return neverHappens(change);
    }
  }

  #takeAlarm(alarm: Alarm): string | undefined {
    const row = this.#keepAlarm(alarm);
    this.#emit({ kind: 'alarm', alarm: row });
    const view = alarm.incident === undefined ? undefined : this.#incidents.get(alarm.incident);
    if (view === undefined || alarm.state !== 'raised') return undefined;
    if (rank(alarm.perceivedSeverity) >= rank(view.severity)) return undefined;
    this.#incidents.set(view.incident.id, { ...view, severity: alarm.perceivedSeverity });
    return view.incident.id;
  }

  #keepAlarm(alarm: Alarm): AlarmRowJson {
    const row = alarmRowJson(alarm);
    // A new raise goes to the end; an update keeps its place, so that rows do not jump.
    if (alarm.state === 'cleared') this.#alarms.delete(alarm.id);
    else this.#alarms.set(alarm.id, row);
    dropOldest(this.#alarms, maxAlarms);
    return row;
  }

  #takeIncident(incident: Incident): string {
    const held = this.#incidents.get(incident.id);
    this.#keepIncident({
      incident,
      impact: held?.impact,
      severity: held?.severity ?? this.#severityOf(incident),
      tickets: held?.tickets ?? 0,
      notices: held?.notices ?? noNotices,
      told: held?.told ?? 0,
    });
    return incident.id;
  }

  #takeImpact(impact: Impact): string | undefined {
    const view = this.#incidents.get(impact.incident);
    if (view === undefined) return undefined;
    this.#incidents.set(impact.incident, { ...view, impact });
    return impact.incident;
  }

  #takeTicket(ticket: Ticket): string | undefined {
    const view = ticket.incident === undefined ? undefined : this.#incidents.get(ticket.incident);
    if (view === undefined || ticket.kind !== 'incident' || view.tickets === ticket.attached)
      return undefined;
    this.#incidents.set(view.incident.id, { ...view, tickets: ticket.attached });
    return view.incident.id;
  }

  #keepIncident(view: IncidentView): void {
    this.#incidents.set(view.incident.id, view);
    dropOldest(this.#incidents, maxIncidents);
  }

  /** The highest severity among raised alarms that name this incident or its root. */
  #severityOf(incident: Incident): IncidentView['severity'] {
    let highest: IncidentView['severity'] = 'indeterminate';
    for (const alarm of this.#alarms.values()) {
      const belongs = alarm.incident === incident.id || alarm.resource === incident.root;
      if (belongs && rank(alarm.perceivedSeverity) < rank(highest)) highest = alarm.perceivedSeverity;
    }
    return highest;
  }

  #emitIncident(id: string): void {
    const view = this.#incidents.get(id);
    if (view === undefined) return;
    this.#emit({ kind: 'incident', incident: incidentRowJson(view, this.#faults()) });
    // A closed or merged incident is told once more and then leaves the live list; the book keeps it.
    if (view.incident.state === 'closed' || view.incident.state === 'merged') this.#incidents.delete(id);
  }

  #emit(event: LiveEventJson): void {
    this.#sequence++;
    this.#ring[this.#sequence % ringSize] = event;
    for (const listener of this.#listeners) listener(event);
  }
}

const rank = (severity: IncidentView['severity']): number => severities.indexOf(severity);

function dropOldest<K, V>(map: Map<K, V>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}
