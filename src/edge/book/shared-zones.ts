/** Zones of those who share a telephone or mailbox over several: it is left in peace while it is night for one of them. */
import { zoneOfSeveral, zonesOf } from '../../model/calendar.ts';
import { mostAtPhone } from './at-phone.ts';
import type { Sql } from './sql.ts';

/** By key, of those whose zone is not their own alone; `zone`: of subscribers who have none. */
export function zonesOfShared(sql: Sql, zone: string): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const column of ['phone_hash', 'email_hash'] as const) {
    const groups = sql.all<{ hash: Uint8Array; zones: string }>(
      // What very many have is nobody's.
      `SELECT ${column} AS hash, json_group_array(DISTINCT iif(zone = '', ?, zone)) AS zones FROM subscribers
       WHERE shares = 1 AND removed = 0 AND ${column} IS NOT NULL GROUP BY ${column}
       HAVING count(DISTINCT iif(zone = '', ?, zone)) > 1 AND count(*) <= ?`,
      ...[zone, zone, mostAtPhone],
    );
    for (const { hash, zones } of groups) {
      const keys = sql.all<{ key: number }>(
        `SELECT key FROM subscribers WHERE ${column} = ? AND removed = 0`,
        hash,
      );
      for (const { key } of keys) {
        const known = found.get(key);
        const named = JSON.parse(zones) as string[];
        found.set(key, zoneOfSeveral([...(known === undefined ? [] : zonesOf(known)), ...named]));
      }
    }
  }
  return found;
}
