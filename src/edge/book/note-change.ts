/** Marks that the line must hear of a subscriber anew (`changed-facts.ts`). */
import type { Sql } from './sql.ts';

/** Call in the transaction of the change. One row a subscriber, however often they change their mind. */
export function noteChange(sql: Sql, subscriber: number): void {
  sql.run(
    `INSERT INTO changed_facts (subscriber, seq, told) VALUES (?, (SELECT coalesce(max(seq), 0) + 1 FROM changed_facts), 0)
     ON CONFLICT (subscriber) DO UPDATE SET seq = excluded.seq, told = 0`,
    subscriber,
  );
}
