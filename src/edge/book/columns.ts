/** The columns the line decides with, read row by row into typed arrays: no object a subscriber (design decision 6). */
import { type SubscriberClass, subscriberClasses } from '../../model/incident.ts';
import type { SubscriberTable } from '../../topology/topology.ts';
import type { Sql } from './sql.ts';
import { reachBits } from './tells.ts';

export interface ColumnWish {
  /** At most 8, as the notice policy names them. */
  readonly channels: readonly { readonly name: string; readonly address: 'phone' | 'email' }[];
  /** For subscribers who have none of their own. */
  readonly language: 'ru' | 'en';
  readonly zone: string;
}

interface ColumnRow {
  readonly key: number;
  readonly resource: string;
  readonly class: SubscriberClass;
  readonly language: string;
  readonly zone: string;
  readonly consent: string;
  readonly reach: number;
  readonly opted_out: number;
}

export function exportColumns(sql: Sql, wish: ColumnWish): SubscriberTable {
  const { channels } = wish;
  const count = sql.get<{ n: number }>('SELECT count(*) AS n FROM subscribers WHERE removed = 0')?.n ?? 0;
  const zones = new Numbering([wish.zone]);
  const resources = new Numbering([]);
  const masks = new Map<string, number>();
  const table = {
    key: new Uint32Array(count),
    resource: new Uint32Array(count),
    subscriberClass: new Uint8Array(count),
    language: new Uint8Array(count),
    channelMask: new Uint8Array(count),
    zone: new Uint16Array(count),
    optedOut: new Uint8Array(count),
  };
  let i = 0;
  const rows = sql.iterate<ColumnRow>(
    'SELECT key, resource, class, language, zone, consent, reach, opted_out FROM subscribers WHERE removed = 0 ORDER BY resource, key',
  );
  for (const row of rows) {
    const wanted = `${row.reach} ${row.consent}`;
    let mask = masks.get(wanted);
    if (mask === undefined) {
      mask = channelMask(row, channels);
      if (masks.size < 10_000) masks.set(wanted, mask);
    }
    table.key[i] = row.key;
    table.resource[i] = resources.of(row.resource);
    table.subscriberClass[i] = subscriberClasses.indexOf(row.class);
    table.language[i] = (row.language === '' ? wish.language : row.language) === 'ru' ? 1 : 0;
    table.channelMask[i] = mask;
    table.zone[i] = row.zone === '' ? 0 : zones.of(row.zone);
    table.optedOut[i] = row.opted_out;
    i++;
  }
  return {
    count,
    channels: channels.map(({ name }) => name),
    zones: zones.names,
    resources: resources.names,
    ...table,
  };
}

function channelMask(
  row: ColumnRow,
  channels: readonly { name: string; address: 'phone' | 'email' }[],
): number {
  const agreed = row.consent === '' ? undefined : row.consent.split(' ');
  let mask = 0;
  for (const [bit, { name, address }] of channels.slice(0, 8).entries()) {
    const isAgreed = agreed === undefined || agreed.includes(name);
    if (isAgreed && (row.reach & reachBits[address]) !== 0) mask |= 1 << bit;
  }
  return mask;
}

class Numbering {
  readonly names: string[];
  readonly #numbers: Map<string, number>;

  constructor(names: readonly string[]) {
    this.names = [...names];
    this.#numbers = new Map(names.map((name, number) => [name, number]));
  }

  of(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.names.push(name) - 1;
      this.#numbers.set(name, number);
    }
    return number;
  }
}
