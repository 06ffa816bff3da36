/** Parts of a message that wait for their others, by channel: acknowledged and not whole yet, they outlive the process. */
import type { ReplyPart } from '../../notify/channel.ts';
import type { Sql } from './sql.ts';
import type { Vault } from './vault.ts';

/** Of one channel; who keeps more loses the oldest. */
const mostKept = 10_000;
/** A channel that is gone asks for none of them. */
const keptMs = 86_400_000;

export interface KeptReplyPart {
  readonly channel: string;
  readonly part: ReplyPart;
  readonly at: number;
}

/** The same part once more changes nothing. */
export function keepReplyPart(sql: Sql, vault: Vault, { channel, part, at }: KeptReplyPart): void {
  const { dataKey, sealed } = vault.sealNew(JSON.stringify(part));
  sql.transaction(() => {
    sql.run(
      'INSERT OR IGNORE INTO reply_parts (channel, message, part, at, data_key, body) VALUES (?, ?, ?, ?, ?, ?)',
      ...[channel, vault.index(part.message), part.part, at, dataKey, sealed],
    );
    sql.run(
      `DELETE FROM reply_parts WHERE row IN (SELECT row FROM reply_parts WHERE channel = ? ORDER BY row DESC LIMIT -1 OFFSET ?)`,
      ...[channel, mostKept],
    );
  });
}

/** Oldest first. */
export const replyParts = (sql: Sql, vault: Vault, channel: string): readonly ReplyPart[] =>
  sql
    .all<{ data_key: Uint8Array; body: Uint8Array }>(
      'SELECT data_key, body FROM reply_parts WHERE channel = ? ORDER BY row',
      channel,
    )
    .map(({ data_key: dataKey, body }) => JSON.parse(vault.open(dataKey, body)) as ReplyPart);

export function dropReplyParts(
  sql: Sql,
  vault: Vault,
  { channel, message }: { readonly channel: string; readonly message: string },
): void {
  sql.run('DELETE FROM reply_parts WHERE channel = ? AND message = ?', channel, vault.index(message));
}

export const forgetReplyParts = (sql: Sql, now: number): number =>
  sql.run('DELETE FROM reply_parts WHERE at < ?', now - keptMs);
