/** Posts of automations on their way to the operator's systems: one row a post, tried until it is taken, refused or too old. */
import { neverHappens } from '../../base/fault.ts';
import type { WebhookPost } from '../../model/automation.ts';
import type { HookCounts, HookJob, HookSettlement } from './records.ts';
import type { Sql } from './sql.ts';

/** Waiting for one target; what comes above is refused at once. */
const mostWaiting = 10_000;
/** Of ended ones, so that what happened can be looked up. */
const mostKept = 20_000;
/** A message about an outage of yesterday helps nobody. */
const staleAfterMs = 24 * 3_600_000;

interface HookRow {
  readonly key: string;
  readonly post: string;
  readonly attempts: number;
  readonly created_at: number;
}

/** How many wait for each target, counted once a batch. */
export type HookRoom = Map<string, number>;

export function addHookJob(sql: Sql, post: WebhookPost, room: HookRoom): void {
  const waiting =
    room.get(post.target) ??
    sql.get<{ n: number }>(
      "SELECT count(*) AS n FROM hook_jobs WHERE target = ? AND state = 'queued'",
      post.target,
    )?.n ??
    0;
  const isFull = waiting >= mostWaiting;
  room.set(post.target, waiting + 1);
  sql.run(
    `INSERT INTO hook_jobs (key, target, state, post, attempts, due_at, created_at, reason) VALUES (?, ?, ?, ?, 0, ?, ?, ?)
     ON CONFLICT (key) DO NOTHING`,
    ...[post.key, post.target, isFull ? 'refused' : 'queued', isFull ? '' : JSON.stringify(post)],
    ...[post.at, post.at, isFull ? `${mostWaiting} wait already` : undefined],
  );
}

/** What is due for one target, oldest first; what is too old or has no target any more ends as refused. */
export function dueHookJobs(
  sql: Sql,
  due: { readonly target: string; readonly limit: number; readonly now: number },
): readonly HookJob[] {
  sql.run(
    "UPDATE hook_jobs SET state = 'refused', post = '', reason = 'too old' WHERE target = ? AND state = 'queued' AND created_at <= ?",
    ...[due.target, due.now - staleAfterMs],
  );
  return sql
    .all<HookRow>(
      "SELECT * FROM hook_jobs WHERE target = ? AND state = 'queued' AND due_at <= ? ORDER BY due_at, row LIMIT ?",
      ...[due.target, due.now, due.limit],
    )
    .map(({ post, attempts }) => ({ post: JSON.parse(post) as WebhookPost, attempts }));
}

/** At the start of the one courier: nobody can bring what waits for a target that is not configured any more. */
export function dropHookTargets(sql: Sql, targets: readonly string[]): void {
  sql.run(
    `UPDATE hook_jobs SET state = 'refused', post = '', reason = 'no such target'
     WHERE state = 'queued' AND target NOT IN (SELECT value FROM json_each(?))`,
    JSON.stringify(targets),
  );
}

export function settleHooks(sql: Sql, results: readonly HookSettlement[]): void {
  sql.transaction(() => {
    for (const result of results) {
      switch (result.kind) {
        case 'taken':
          sql.run("UPDATE hook_jobs SET state = 'taken', post = '', reason = NULL WHERE key = ?", result.key);
          break;
        case 'retry':
          sql.run(
            'UPDATE hook_jobs SET attempts = attempts + 1, due_at = ?, reason = ? WHERE key = ?',
            ...[result.at, result.reason, result.key],
          );
          break;
        case 'refused':
          sql.run(
            "UPDATE hook_jobs SET state = 'refused', post = '', reason = ? WHERE key = ?",
            ...[result.reason, result.key],
          );
          break;
        default:
          neverHappens(result);
      }
    }
    sql.run(
      "DELETE FROM hook_jobs WHERE state <> 'queued' AND row <= (SELECT max(row) FROM hook_jobs) - ?",
      mostKept,
    );
  });
}

/** How many stand where, by target. */
export function hookCounts(sql: Sql): readonly HookCounts[] {
  return sql.all<HookCounts>(
    'SELECT target, state, count(*) AS count FROM hook_jobs GROUP BY target, state ORDER BY target, state',
  );
}
