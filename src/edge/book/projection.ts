/** Writes what the line decided: all records, effects and audit rows of a batch in one transaction (design L4). */
import { neverHappens } from '../../base/fault.ts';
import type { Applied } from '../../flow/applied.ts';
import type { Effect } from '../../flow/effect.ts';
import type { Command } from '../../flow/input.ts';
import type { Change } from '../../model/change.ts';
import { severities } from '../../model/observation.ts';
import { writeAudit } from './audit.ts';
import { addOwed } from './credits.ts';
import { addHookJob, type HookRoom } from './hook-jobs.ts';
import { feedChange, isHeard } from './hub-feed.ts';
import { CountChanges } from './notice-counts.ts';
import { setSending } from './outbox.ts';
import type { AuditEntry } from './records.ts';
import { noteRevision } from './revisions.ts';
import type { Sql } from './sql.ts';
import { addTell, releaseHeld, withdraw } from './tells.ts';
import { writeTicket } from './tickets.ts';
import { hurryNotices } from './urgency.ts';

/** Sequence of the last input whose doings are in the book. */
export function appliedSequence(sql: Sql): number {
  return sql.get<{ value: number }>("SELECT value FROM meta WHERE name = 'applied'")?.value ?? 0;
}

/** What is at or below `applied` was written before and is skipped, so that a replay repeats nothing. */
export function project(sql: Sql, batch: readonly Applied[], audit: readonly AuditEntry[]): void {
  sql.transaction(() => {
    const applied = appliedSequence(sql);
    const fresh = batch.filter(({ sequence }) => sequence > applied);
    const last = fresh.at(-1);
    if (last === undefined) return;
    const counts = new CountChanges();
    const hooks: HookRoom = new Map();
    const isTold = isHeard(sql);
    for (const one of fresh) {
      const { at, changes, effects } = one;
      for (const change of changes) {
        if (isTold) feedChange(sql, change, at);
        writeChange(sql, change, at);
      }
      for (const effect of effects) writeEffect(sql, { effect, at, counts, hooks });
      writeAudit(sql, [...ordered(one), ...actedOn(one)]);
    }
    writeAudit(sql, audit);
    counts.write(sql);
    sql.run("UPDATE meta SET value = ? WHERE name = 'applied'", last.sequence);
  });
}

/** What people and programs order is on record; that a collector reports is no order. */
function ordered({ order, at, failed }: Applied): AuditEntry[] {
  if (order === undefined || order.command.kind === 'reconcile') return [];
  const { by, command } = order;
  const { kind, ...facts } = command;
  const detail = failed === undefined ? facts : { ...facts, failed };
  return [{ at, actor: by, action: kind, target: targetOf(command), detail }];
}

/** What an automation did is on record like what a person did. */
function actedOn({ acts, at }: Applied): AuditEntry[] {
  return (acts ?? [])
    .filter(({ result }) => result === 'done')
    .map(({ automation, action, on, subject, incident, to }) => ({
      ...{ at, actor: `automation:${automation}`, action, target: incident ?? subject.id },
      detail: { on, to },
    }));
}

function targetOf(command: Exclude<Command, { kind: 'reconcile' }>): string {
  if ('alarm' in command) return command.alarm;
  if ('incident' in command) return command.incident;
  if (command.kind === 'stopNotices' || command.kind === 'resumeNotices') return 'notices';
  return 'ticket' in command ? command.ticket : command.task;
}

function writeChange(sql: Sql, change: Change, at: number): void {
  switch (change.kind) {
    case 'alarm': {
      const { id, state, incident, perceivedSeverity } = change.alarm;
      sql.run(
        `INSERT INTO alarms (id, state, incident, severity, record) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
         SET state = excluded.state, incident = excluded.incident, severity = excluded.severity, record = excluded.record`,
        ...[id, state, incident, severities.indexOf(perceivedSeverity), JSON.stringify(change.alarm)],
      );
      return;
    }
    case 'incident': {
      const { id, state } = change.incident;
      sql.run(
        `INSERT INTO incidents (id, state, record) VALUES (?, ?, ?) ON CONFLICT (id)
         DO UPDATE SET state = excluded.state, record = excluded.record`,
        ...[id, state, JSON.stringify(change.incident)],
      );
      return;
    }
    case 'impact':
      noteRevision(sql, change.impact, at);
      sql.run(
        `INSERT INTO impacts (incident, record) VALUES (?, ?) ON CONFLICT (incident) DO UPDATE SET record = excluded.record`,
        ...[change.impact.incident, JSON.stringify(change.impact)],
      );
      return;
    case 'ticket': {
      const { incident, subscriber, isUnasked } = change.ticket;
      writeTicket(sql, change.ticket);
      if (incident !== undefined && subscriber !== undefined && isUnasked !== true)
        hurryNotices(sql, incident, subscriber);
      return;
    }
    case 'confirmation': {
      const { id, state, incident, subscriber } = change.confirmation;
      sql.run(
        `INSERT INTO confirmations (id, state, incident, subscriber, record) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id)
         DO UPDATE SET state = excluded.state, record = excluded.record`,
        ...[id, state, incident, subscriber, JSON.stringify(change.confirmation)],
      );
      return;
    }
    case 'task':
      sql.run(
        `INSERT INTO tasks (id, state, record) VALUES (?, ?, ?) ON CONFLICT (id)
         DO UPDATE SET state = excluded.state, record = excluded.record`,
        ...[change.task.id, change.task.state, JSON.stringify(change.task)],
      );
      return;
    default:
      neverHappens(change);
  }
}

function writeEffect(
  sql: Sql,
  doing: {
    readonly effect: Effect;
    readonly at: number;
    readonly counts: CountChanges;
    readonly hooks: HookRoom;
  },
): void {
  const { effect, at, counts, hooks } = doing;
  switch (effect.kind) {
    case 'tell':
      addTell(sql, { tell: effect.tell, at, counts });
      return;
    case 'release':
      releaseHeld(sql, { incident: effect.incident, counts });
      return;
    case 'withdraw':
      withdraw(sql, { incident: effect.incident, types: effect.types, at, counts });
      return;
    case 'sending':
      setSending(sql, effect.isStopped);
      return;
    case 'desk':
      sql.run(
        `INSERT INTO desk_jobs (ticket, state, version, attempts, due_at, below)
         VALUES (?, 'queued', 1, 0, ?, coalesce((SELECT subscriber IS NOT NULL FROM tickets WHERE id = ?), 0)) ON CONFLICT (ticket)
         DO UPDATE SET state = 'queued', version = version + 1, attempts = 0, due_at = excluded.due_at`,
        ...[effect.ticket, at, effect.ticket],
      );
      return;
    case 'owe':
      addOwed(sql, effect.owed, at);
      return;
    case 'webhook':
      addHookJob(sql, effect.post, hooks);
      return;
    case 'observe':
      return;
    default:
      neverHappens(effect);
  }
}
