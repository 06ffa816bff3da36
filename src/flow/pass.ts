/** Collects what one input causes on its way through the rooms: records as they end up, effects in order. */

import type { Seen } from '../automate/automate.ts';
import type { Instant } from '../base/instant.ts';
import type { AlarmChange } from '../model/alarm.ts';
import type { AutomationAct } from '../model/automation.ts';
import type { Change } from '../model/change.ts';
import type { ConfirmationChange } from '../model/confirmation.ts';
import type { IdSource } from '../model/ids.ts';
import type { ImpactChange, IncidentChange } from '../model/incident.ts';
import type { Tell } from '../model/notice.ts';
import type { TaskChange } from '../model/task.ts';
import type { TicketChange } from '../model/ticket.ts';
import type { Applied } from './applied.ts';
import type { Effect } from './effect.ts';
import type { Rest } from './input.ts';

export class Pass {
  readonly sequence: number;
  readonly at: Instant;
  readonly context: { readonly at: Instant; readonly ids: IdSource };
  /** Set when a room threw. */
  failed: string | undefined;
  /** Where in an ingest spool the input came from. */
  spool: Applied['spool'];
  order: Applied['order'];
  readonly #changes = new Map<string, Change>();
  readonly #effects: Effect[] = [];
  readonly #rest: Rest[] = [];
  readonly #watched: ReadonlySet<Seen['family']>;
  #seen: Seen[] = [];
  #acts: readonly AutomationAct[] | undefined;

  constructor(
    prefix: string,
    { sequence, at }: { readonly sequence: number; readonly at: Instant },
    watched: ReadonlySet<Seen['family']> = new Set(),
  ) {
    this.#watched = watched;
    this.sequence = sequence;
    this.at = at;
    let made = 0;
    const next = (): string => {
      const id = made === 0 ? `${prefix}.${sequence}` : `${prefix}.${sequence}.${made}`;
      made++;
      return id;
    };
    this.context = { at, ids: { next } };
  }

  alarms(changes: readonly AlarmChange[]): void {
    this.#see('alarm', changes);
    for (const change of changes) {
      if (!('alarm' in change)) continue;
      this.#put(`alarm ${change.alarm.id}`, { kind: 'alarm', alarm: change.alarm });
    }
  }

  incidents(changes: readonly IncidentChange[]): void {
    this.#see('incident', changes);
    for (const { incident } of changes) this.#put(`incident ${incident.id}`, { kind: 'incident', incident });
  }

  impacts(changes: readonly ImpactChange[]): void {
    this.#see('impact', changes);
    for (const { impact } of changes) this.#put(`impact ${impact.incident}`, { kind: 'impact', impact });
  }

  tickets(changes: readonly TicketChange[]): void {
    this.#see('ticket', changes);
    for (const { ticket } of changes) {
      this.#put(`ticket ${ticket.id}`, { kind: 'ticket', ticket });
      this.effect({ kind: 'desk', ticket: ticket.id });
    }
  }

  confirmations(changes: readonly ConfirmationChange[]): void {
    this.#see('confirmation', changes);
    for (const { confirmation } of changes) {
      this.#put(`confirmation ${confirmation.id}`, { kind: 'confirmation', confirmation });
    }
  }

  tasks(changes: readonly TaskChange[]): void {
    this.#see('task', changes);
    for (const { task } of changes) this.#put(`task ${task.id}`, { kind: 'task', task });
  }

  /** What automations look at: all changes since it was asked last. */
  takeSeen(): readonly Seen[] {
    const seen = this.#seen;
    this.#seen = [];
    return seen;
  }

  acted(acts: readonly AutomationAct[]): void {
    if (acts.length > 0) this.#acts = acts;
  }

  effect(effect: Effect): void {
    this.#effects.push(effect);
  }

  /** Notices among the effects so far. */
  get tells(): Tell[] {
    return this.#effects.flatMap((effect) => (effect.kind === 'tell' ? [effect.tell] : []));
  }

  left(room: Rest['room'], token: string | undefined): void {
    if (token !== undefined) this.#rest.push({ room, token });
  }

  finish(): Applied {
    return {
      sequence: this.sequence,
      at: this.at,
      changes: [...this.#changes.values()],
      effects: this.#effects,
      rest: this.#rest,
      spool: this.spool,
      order: this.order,
      acts: this.#acts,
      failed: this.failed,
    };
  }

  #see(family: Seen['family'], changes: readonly Seen['change'][]): void {
    if (!this.#watched.has(family)) return;
    for (const change of changes) this.#seen.push({ family, change } as Seen);
  }

  /** The last state of a record counts, at the place of its last change. */
  #put(key: string, change: Change): void {
    this.#changes.delete(key);
    this.#changes.set(key, change);
  }
}
