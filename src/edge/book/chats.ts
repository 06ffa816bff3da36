/** Chats with bots: bound to a subscriber by a code that is shown once, never by a number that somebody typed. */
import type { SubscriberKey } from '../../model/ids.ts';
import { noteChange } from './note-change.ts';
import type { Sql } from './sql.ts';
import { hashOf, type Vault } from './vault.ts';

const codeLifeMs = 15 * 60_000;
/** One chat may be that of a family. */
const mostOfOneChat = 20;

/** A newer code of a subscriber ends the older ones. `code` is drawn by the caller, 128 bit. */
export function putChatCode(
  sql: Sql,
  given: { readonly subscriber: number; readonly code: string; readonly now: number },
): void {
  sql.transaction(() => {
    sql.run('DELETE FROM chat_codes WHERE subscriber = ? OR expires_at <= ?', given.subscriber, given.now);
    sql.run(
      'INSERT INTO chat_codes (hash, subscriber, expires_at) VALUES (?, ?, ?)',
      ...[hashOf(given.code), given.subscriber, given.now + codeLifeMs],
    );
  });
}

export interface Chat {
  readonly channel: string;
  /** As the peer names it. */
  readonly chat: string;
}

/** False for a code that is unknown, used or too old; it works once. */
export function bindChat(
  sql: Sql,
  vault: Vault,
  bind: Chat & { readonly code: string; readonly now: number },
): boolean {
  const { channel, chat, code, now } = bind;
  return sql.transaction(() => {
    const found = sql.get<{ subscriber: number; expires_at: number }>(
      'DELETE FROM chat_codes WHERE hash = ? RETURNING subscriber, expires_at',
      hashOf(code),
    );
    if (found === undefined || found.expires_at <= now) return false;
    const held = subscribersOfChat(sql, vault, { channel, chat });
    if (held.length >= mostOfOneChat && !held.includes(found.subscriber as SubscriberKey)) return false;
    const key = sql.get<{ data_key?: Uint8Array }>(
      'SELECT data_key FROM subscribers WHERE key = ? AND removed = 0',
      found.subscriber,
    )?.data_key;
    if (key === undefined) return false;
    sql.run(
      'INSERT OR REPLACE INTO chats (subscriber, channel, hash, body, at) VALUES (?, ?, ?, ?, ?)',
      ...[found.subscriber, channel, hashOfChat(vault, { channel, chat }), vault.seal(key, chat), now],
    );
    noteChange(sql, found.subscriber);
    return true;
  });
}

const hashOfChat = (vault: Vault, { channel, chat }: Chat): Uint8Array => vault.index(`${channel}\n${chat}`);

/** Whoever blocked the bot is written to by other channels, until they show another code. */
export function unbindChat(sql: Sql, vault: Vault, chat: Chat): void {
  sql.transaction(() => {
    const gone = sql.all<{ subscriber: number }>(
      'DELETE FROM chats WHERE channel = ? AND hash = ? RETURNING subscriber',
      ...[chat.channel, hashOfChat(vault, chat)],
    );
    for (const { subscriber } of gone) noteChange(sql, subscriber);
  });
}

export function subscribersOfChat(sql: Sql, vault: Vault, chat: Chat): readonly SubscriberKey[] {
  return sql
    .all<{ subscriber: SubscriberKey }>(
      'SELECT subscriber FROM chats WHERE channel = ? AND hash = ? ORDER BY subscriber LIMIT ?',
      ...[chat.channel, hashOfChat(vault, chat), mostOfOneChat],
    )
    .map(({ subscriber }) => subscriber);
}

export function chatOf(sql: Sql, vault: Vault, subscriber: number, channel: string): string | undefined {
  const row = sql.get<{ body: Uint8Array; data_key?: Uint8Array }>(
    `SELECT c.body, s.data_key FROM chats AS c JOIN subscribers AS s ON s.key = c.subscriber AND s.removed = 0
     WHERE c.subscriber = ? AND c.channel = ?`,
    ...[subscriber, channel],
  );
  return row?.data_key === undefined ? undefined : vault.open(row.data_key, row.body);
}

/** What a channel has to know after a restart, such as the number of the last piece of news that it took. */
export const channelMemory = (sql: Sql, channel: string): string | undefined =>
  sql.get<{ value: string }>('SELECT value FROM channel_memory WHERE channel = ?', channel)?.value;

export function keepChannelMemory(sql: Sql, channel: string, value: string): void {
  sql.run('INSERT OR REPLACE INTO channel_memory (channel, value) VALUES (?, ?)', channel, value);
}
