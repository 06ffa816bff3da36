/** A subscriber's own quiet hours: from the list, and by their own word, which a list that says what it said before leaves alone. */
import { noteChange } from './note-change.ts';
import type { Sql } from './sql.ts';

export interface QuietChoice {
  readonly subscriber: number;
  /** `22:00-08:00` in quarters of an hour, or `off`; empty: the policy's. */
  readonly hours: string;
  readonly now: number;
}

/** Answers false where there is no such subscriber. Who wants none hears at once what waited for the morning. */
export function putQuietHours(sql: Sql, { subscriber, hours, now }: QuietChoice): boolean {
  return sql.transaction(() => {
    const found = sql.run(
      'UPDATE subscribers SET quiet = ? WHERE key = ? AND removed = 0',
      hours,
      subscriber,
    );
    if (found === 0) return false;
    noteChange(sql, subscriber);
    if (hours === 'off')
      sql.run(
        "UPDATE notices SET due_at = ? WHERE subscriber = ? AND state = 'queued' AND morning IS NOT NULL AND due_at > ?",
        ...[now, subscriber, now],
      );
    return true;
  });
}

interface Held {
  readonly quiet: string;
  readonly quiet_listed: string;
}

/** What stands after a line of the list: `quiet`, and what the list said. */
export function listedQuiet(listed: string | undefined, held: Held | undefined): readonly [string, string] {
  if (listed === undefined) return [held?.quiet ?? '', held?.quiet_listed ?? ''];
  return [held?.quiet_listed === listed ? held.quiet : listed, listed];
}
