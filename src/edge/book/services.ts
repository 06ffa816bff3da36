/** Which services subscribers have, where and since when; what ended stays for a while, for outages that began before. */

import { type Instant, instant } from '../../base/instant.ts';
import { defaultService, type ServiceBinding } from '../../model/subscriber.ts';
import type { Sql } from './sql.ts';

/** An outage that began before a move or an end is judged as it was then; older ones are over. */
export const rememberedMs = 7 * 86_400_000;
/** Of one subscriber. */
const mostBindings = 64;

export interface HeldService {
  readonly service: string;
  readonly resource: string;
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
}

interface ServiceRow {
  readonly row: number;
  readonly service: string;
  readonly resource: string;
  readonly from_at?: number | undefined;
  readonly to_at?: number | undefined;
  readonly source: string;
}

/** As the list says it. */
const listed = 'list';

export const ownServices = (services: string): readonly string[] =>
  services === '' ? [defaultService] : services === '-' ? [] : services.split(' ');

/** How those at the own resource are kept: nothing where it is the one that everybody has, `-` where there is none. */
export function ownText(services: readonly ServiceBinding[]): string {
  const own = [...new Set(services.filter(isPlain).map(({ service }) => service))].sort();
  if (own.length === 1 && own[0] === defaultService) return '';
  return own.length === 0 ? '-' : own.join(' ');
}

const isPlain = ({ resource, from, to }: ServiceBinding): boolean =>
  resource === undefined && from === undefined && to === undefined;

/** What a list says of services elsewhere or for a time takes the place of what it said before; nothing is forgotten at once. */
export function listServices(
  sql: Sql,
  given: {
    readonly subscriber: number;
    readonly services: readonly ServiceBinding[];
    readonly resource: string;
    readonly now: number;
  },
): void {
  const { subscriber, now, resource } = given;
  const wanted = given.services.filter((one) => !isPlain(one)).slice(0, mostBindings);
  const held = rowsOf(sql, subscriber).filter((row) => row.source === listed && (row.to_at ?? now + 1) > now);
  const same = (row: ServiceRow, { service, ...one }: ServiceBinding): boolean =>
    row.service === service && row.resource === (one.resource ?? resource) && row.from_at === one.from;
  for (const row of held) {
    const still = wanted.find((one) => same(row, one));
    if (still === undefined) sql.run('UPDATE services SET to_at = ? WHERE row = ?', now, row.row);
    else if (still.to !== row.to_at)
      sql.run('UPDATE services SET to_at = ? WHERE row = ?', still.to, row.row);
  }
  for (const one of wanted) {
    if (held.some((row) => same(row, one))) continue;
    addService(sql, { subscriber, source: listed, ...one, resource: one.resource ?? resource });
  }
}

/** Whoever is moved while it is out was out where they were. */
export function rememberMove(
  sql: Sql,
  moved: {
    readonly subscriber: number;
    readonly services: string;
    readonly resource: string;
    readonly now: number;
  },
): void {
  const { subscriber, now, resource } = moved;
  for (const service of ownServices(moved.services))
    addService(sql, { subscriber, service, resource, to: instant(now), source: 'moved' });
  sql.run('UPDATE subscribers SET moved_at = ? WHERE key = ?', now, subscriber);
}

interface NewService extends HeldService {
  readonly subscriber: number;
  readonly source: string;
}

function addService(sql: Sql, { subscriber, service, resource, from, to, source }: NewService): void {
  sql.run(
    'INSERT INTO services (subscriber, service, resource, from_at, to_at, source) VALUES (?, ?, ?, ?, ?, ?)',
    ...[subscriber, service, resource, from, to, source],
  );
}

/** What another system says of one service of its own naming (`source`); without a place it ends. */
export function putService(
  sql: Sql,
  put: { readonly subscriber: number; readonly source: string; readonly now: number } & {
    readonly service?: HeldService | undefined;
  },
): 'kept' | 'full' {
  const { subscriber, source, now, service } = put;
  return sql.transaction(() => {
    const held = rowsOf(sql, subscriber);
    const before = held.find((row) => row.source === source && (row.to_at ?? now + 1) > now);
    const isSame =
      before !== undefined &&
      service !== undefined &&
      before.service === service.service &&
      before.resource === service.resource;
    if (isSame) {
      sql.run(
        'UPDATE services SET from_at = ?, to_at = ? WHERE row = ?',
        service.from,
        service.to,
        before.row,
      );
      noteServices(sql);
      return 'kept';
    }
    if (before === undefined && service === undefined) return 'kept';
    if (before !== undefined) sql.run('UPDATE services SET to_at = ? WHERE row = ?', now, before.row);
    noteServices(sql);
    if (service === undefined) return 'kept';
    if (held.length >= mostBindings) return 'full';
    addService(sql, { ...service, subscriber, source });
    return 'kept';
  });
}

/** The line has them with new columns only: it is to be given some (`changed-facts.ts`). */
const noteServices = (sql: Sql): number =>
  sql.run(
    "INSERT INTO meta (name, value) VALUES ('servicesChanged', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1",
  );

const rowsOf = (sql: Sql, subscriber: number): ServiceRow[] =>
  sql.all<ServiceRow>('SELECT * FROM services WHERE subscriber = ? ORDER BY row', subscriber);

/** Those that they have or will have, not those that ended. */
export function servicesOf(
  sql: Sql,
  of: { readonly key: number; readonly resource: string; readonly services: string; readonly now: number },
): readonly HeldService[] {
  const own = ownServices(of.services).map((service) => ({ service, resource: of.resource }));
  const further = rowsOf(sql, of.key).filter((row) => (row.to_at ?? of.now + 1) > of.now);
  return [
    ...own,
    ...further.map((row) => ({
      ...{ service: row.service, resource: row.resource },
      from: row.from_at === undefined ? undefined : instant(row.from_at),
      to: row.to_at === undefined ? undefined : instant(row.to_at),
    })),
  ];
}

/** What ended long ago. */
export function forgetServices(sql: Sql, now: number): number {
  return sql.run('DELETE FROM services WHERE to_at IS NOT NULL AND to_at < ?', now - rememberedMs);
}
