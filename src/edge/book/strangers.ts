/** What came from numbers that no subscriber has: each row sealed under a key of its own, the oldest make room (design L18). */
import { pageOf } from './paging.ts';
import type { Page, PageRequest } from './records.ts';
import type { Sql } from './sql.ts';
import type { Vault } from './vault.ts';

const mostKept = 10_000;
const longestText = 4_000;

export interface StrangerReply {
  readonly at: number;
  readonly from: string;
  readonly to: string;
  /** Cut at 4,000 characters. */
  readonly text: string;
}

interface Row {
  readonly row: number;
  readonly at: number;
  readonly data_key: Uint8Array;
  readonly body: Uint8Array;
}

export function addStranger(sql: Sql, vault: Vault, { at, from, to, text }: StrangerReply): void {
  const { dataKey, sealed } = vault.sealNew(JSON.stringify({ from, to, text: text.slice(0, longestText) }));
  sql.transaction(() => {
    sql.run('INSERT INTO strangers (at, data_key, body) VALUES (?, ?, ?)', at, dataKey, sealed);
    sql.run('DELETE FROM strangers WHERE row <= (SELECT max(row) FROM strangers) - ?', mostKept);
  });
}

export function strangers(sql: Sql, vault: Vault, request: PageRequest): Page<StrangerReply> {
  return pageOf<Row, StrangerReply>(sql, request, {
    from: 'strangers',
    where: 'true',
    values: [],
    item: ({ at, data_key: key, body }) => ({
      at,
      ...(JSON.parse(vault.open(key, body)) as Omit<StrangerReply, 'at'>),
    }),
  });
}
