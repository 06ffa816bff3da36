/** The columns the line decides with, read row by row into typed arrays: no object a subscriber (design decision 6). */
import { type SubscriberClass, subscriberClasses } from '../../model/incident.ts';
import { quietCode } from '../../model/quiet-hours.ts';
import { type ConsentCategory, defaultService } from '../../model/subscriber.ts';
import type { Address } from '../../notify/channel.ts';
import { mostServices, noEnd, type SubscriberTable } from '../../topology/topology.ts';
import { isWithheld } from './consents.ts';
import { ownServices, rememberedMs } from './services.ts';
import { zonesOfShared } from './shared-zones.ts';
import type { Sql } from './sql.ts';
import { reachBits, reachColumn } from './tells.ts';

export interface ColumnWish {
  /** At most 8, as the notice policy names them. */
  readonly channels: readonly { readonly name: string; readonly address: Address }[];
  /** For subscribers who have none of their own. */
  readonly language: 'ru' | 'en';
  readonly zone: string;
}

export interface ColumnRow {
  readonly key: number;
  readonly resource: string;
  readonly class: SubscriberClass;
  readonly language: string;
  readonly zone: string;
  readonly consent: string;
  readonly reach: number;
  readonly opted_out: number;
  readonly withheld: string;
  readonly services: string;
  readonly quiet: string;
  readonly moved_at?: number | undefined;
}

/** What a `ColumnRow` holds of `subscribers`. */
export const columnsRead = `key, resource, class, language, zone, consent, ${reachColumn('subscribers')}, opted_out, withheld, services, quiet, moved_at`;

/** Kinds of wishes that are remembered; nearly everybody has one of a few. */
const mostMasks = 10_000;

export function exportColumns(sql: Sql, wish: ColumnWish & { readonly now: number }): SubscriberTable {
  const count = sql.get<{ n: number }>('SELECT count(*) AS n FROM subscribers WHERE removed = 0')?.n ?? 0;
  const zones = new Numbering([wish.zone]);
  const resources = new Numbering([]);
  const likes = new Likes(wish, zones);
  const consented = hasAny(sql, "withheld <> ''") ? threeMasks(count) : undefined;
  const services = servicesIn(sql, count, wish.now);
  const quiet = hasAny(sql, "quiet <> ''") ? new Uint16Array(count) : undefined;
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
  for (let page = pageAfter(sql, 0); page.length > 0; page = pageAfter(sql, page.at(-1)![0])) {
    for (const [key, resource, like] of page) {
      const one = likes.of(like);
      table.key[i] = key;
      table.resource[i] = resources.of(resource);
      table.subscriberClass[i] = one.subscriberClass;
      table.language[i] = one.language;
      table.channelMask[i] = one.mask.outage;
      table.zone[i] = one.zone;
      table.optedOut[i] = one.row.opted_out;
      if (consented !== undefined)
        for (const category of furtherCategories) consented[category][i] = one.mask[category];
      if (quiet !== undefined) quiet[i] = quietCode(one.row.quiet);
      services?.take(one.row, { place: i, resource: table.resource[i]! });
      i++;
    }
  }
  if (zones.names.length > 1) {
    const shared = zonesOfShared(sql, wish.zone);
    for (let n = 0; shared.size > 0 && n < count; n++) {
      const zone = shared.get(table.key[n]!);
      if (zone !== undefined) table.zone[n] = zones.of(zone);
    }
  }
  return {
    count,
    channels: wish.channels.map(({ name }) => name),
    zones: zones.names,
    ...table,
    consented,
    quiet,
    services: services?.columns(sql, { resources, key: table.key }),
    resources: resources.names,
  };
}

const rowsOfPage = 2_000;
/** What very many subscribers have alike; none of it may hold the character between. */
const alike = [
  ...([
    'class',
    'language',
    'zone',
    'consent',
    'reach',
    'opted_out',
    'withheld',
    'services',
    'quiet',
  ] as const),
  'moved_at',
];
const between = '\u001f';
/** By key, as they lie on the disk. A page is one text: to hand over each value by itself costs more than all the rest. */
const rowsAfter = `SELECT json_group_array(json_array(key, resource, ${alike
  .map((name) => `coalesce(${name}, '')`)
  .join(' || char(31) || ')})) AS page
  FROM (SELECT ${columnsRead} FROM subscribers WHERE removed = 0 AND key > ? ORDER BY key LIMIT ${rowsOfPage})`;

type Line = readonly [key: number, resource: string, like: string];

const pageAfter = (sql: Sql, key: number): readonly Line[] =>
  JSON.parse(sql.get<{ page: string }>(rowsAfter, key)!.page) as readonly Line[];

type Alike = Omit<ColumnRow, 'key' | 'resource'>;

/** What a subscriber's row says, made once for all who have it alike. */
interface Like {
  readonly row: Alike;
  readonly subscriberClass: number;
  readonly language: number;
  readonly zone: number;
  readonly mask: Readonly<Record<ConsentCategory, number>>;
}

class Likes {
  readonly #wish: ColumnWish;
  readonly #zones: Numbering;
  readonly #masks: Masks;
  readonly #known = new Map<string, Like>();

  constructor(wish: ColumnWish, zones: Numbering) {
    this.#wish = wish;
    this.#zones = zones;
    this.#masks = new Masks(wish.channels);
  }

  of(text: string): Like {
    let like = this.#known.get(text);
    if (like !== undefined) return like;
    like = this.#make(text);
    if (this.#known.size < mostMasks) this.#known.set(text, like);
    return like;
  }

  #make(text: string): Like {
    const values = text.split(between);
    const of = (name: (typeof alike)[number]): string => values[alike.indexOf(name)] ?? '';
    const movedAt = of('moved_at');
    const row: Alike = {
      ...{ class: of('class') as SubscriberClass, language: of('language'), zone: of('zone') },
      ...{ consent: of('consent'), withheld: of('withheld'), services: of('services'), quiet: of('quiet') },
      ...{ reach: Number(of('reach')), opted_out: Number(of('opted_out')) },
      moved_at: movedAt === '' ? undefined : Number(movedAt),
    };
    return {
      row,
      subscriberClass: subscriberClasses.indexOf(row.class),
      language: (row.language === '' ? this.#wish.language : row.language) === 'ru' ? 1 : 0,
      zone: row.zone === '' ? 0 : this.#zones.of(row.zone),
      mask: this.#masks.of(row),
    };
  }
}

const furtherCategories = ['planned', 'feedback', 'whatWeDid'] as const;

const threeMasks = (count: number) => ({
  planned: new Uint8Array(count),
  feedback: new Uint8Array(count),
  whatWeDid: new Uint8Array(count),
});

const hasAny = (sql: Sql, where: string): boolean =>
  sql.get(`SELECT 1 FROM subscribers WHERE removed = 0 AND ${where} LIMIT 1`) !== undefined;

/** Which channels somebody may be told on, for each category. */
export class Masks {
  readonly #channels: ColumnWish['channels'];
  readonly #known = new Map<string, Readonly<Record<ConsentCategory, number>>>();

  constructor(channels: ColumnWish['channels']) {
    this.#channels = channels.slice(0, 8);
  }

  of(row: Alike): Readonly<Record<ConsentCategory, number>> {
    const wanted = `${row.reach}\n${row.consent}\n${row.withheld}`;
    const known = this.#known.get(wanted);
    if (known !== undefined) return known;
    const mask = (category: ConsentCategory): number => this.#mask(row, category);
    const made = {
      ...{ outage: mask('outage'), planned: mask('planned') },
      ...{ feedback: mask('feedback'), whatWeDid: mask('whatWeDid') },
    };
    if (this.#known.size < mostMasks) this.#known.set(wanted, made);
    return made;
  }

  #mask({ consent, reach, withheld }: Alike, category: ConsentCategory): number {
    const agreed = consent === '' ? undefined : consent.split(' ');
    let mask = 0;
    for (const [bit, { name, address }] of this.#channels.entries()) {
      const isAgreed = agreed === undefined || agreed.includes(name);
      if (isAgreed && (reach & reachBits[address]) !== 0 && !isWithheld(withheld, category, name))
        mask |= 1 << bit;
    }
    return mask;
  }
}

/** Undefined where everybody has the one service at their own resource. */
function servicesIn(sql: Sql, count: number, now: number): ServiceReader | undefined {
  const isPlain = !hasAny(sql, "services <> ''") && sql.get('SELECT 1 FROM services LIMIT 1') === undefined;
  return isPlain ? undefined : new ServiceReader(sql, count, now);
}

const minute = (at: number): number => Math.max(0, Math.floor(at / 60_000));

class ServiceReader {
  readonly #names: string[] = [defaultService];
  readonly #own: Uint16Array;
  readonly #now: number;
  /** Those at the own resource who have it for a short time: row, resource, service, from. */
  readonly #moved: [row: number, resource: number, service: number, from: number][] = [];
  readonly #masks = new Map<string, number>();

  constructor(sql: Sql, count: number, now: number) {
    this.#own = new Uint16Array(count);
    this.#now = now;
    const texts = sql.all<{ services: string }>(
      'SELECT DISTINCT services FROM subscribers WHERE removed = 0',
    );
    const bound = sql.all<{ service: string }>('SELECT DISTINCT service FROM services');
    const all = [
      ...texts.flatMap(({ services }) => ownServices(services)),
      ...bound.map(({ service }) => service),
    ];
    for (const name of [...new Set(all)].sort()) this.#indexOf(name);
  }

  /** Services beyond what a mask holds are counted together. */
  #indexOf(service: string): number {
    const known = this.#names.indexOf(service);
    if (known >= 0) return known;
    const isLast = this.#names.length >= mostServices - 1;
    if (isLast && this.#names.length === mostServices) return mostServices - 1;
    return this.#names.push(isLast ? 'other' : service) - 1;
  }

  take(
    { services, moved_at: movedAt }: Alike,
    { place, resource }: { readonly place: number; readonly resource: number },
  ): void {
    if (movedAt === undefined || movedAt < this.#now - rememberedMs) {
      this.#own[place] = this.#maskOf(services);
      return;
    }
    // Who came here while it was out is touched by what fails from then on.
    for (const service of ownServices(services))
      this.#moved.push([place, resource, this.#indexOf(service), minute(movedAt)]);
  }

  #maskOf(services: string): number {
    let mask = this.#masks.get(services);
    if (mask === undefined) {
      mask = ownServices(services).reduce((bits, service) => bits | (1 << this.#indexOf(service)), 0);
      if (this.#masks.size < mostMasks) this.#masks.set(services, mask);
    }
    return mask;
  }

  columns(
    sql: Sql,
    { resources, key }: { readonly resources: Numbering; readonly key: Uint32Array },
  ): NonNullable<SubscriberTable['services']> {
    const size = sql.get<{ n: number }>('SELECT count(*) AS n FROM services')?.n ?? 0;
    const length = size + this.#moved.length;
    const [row, resource] = [new Uint32Array(length), new Uint32Array(length)];
    const [from, to] = [new Uint32Array(length), new Uint32Array(length).fill(noEnd)];
    const service = new Uint8Array(length);
    let i = 0;
    const put = (held: readonly [number, number, number, number]): void => {
      [row[i], resource[i], service[i], from[i]] = held as [number, number, number, number];
      i++;
    };
    for (const held of this.#moved) put(held);
    const rowOf = rowsByKey(key);
    for (const one of sql.iterate<BoundRow>('SELECT * FROM services ORDER BY subscriber, row')) {
      const place = rowOf[one.subscriber] ?? 0;
      if (place === 0) continue;
      const since = one.from_at === undefined ? 0 : minute(one.from_at);
      if (one.to_at !== undefined) to[i] = minute(one.to_at);
      put([place - 1, resources.of(one.resource), this.#indexOf(one.service), since]);
    }
    const cut = { row: row.slice(0, i), resource: resource.slice(0, i), service: service.slice(0, i) };
    return {
      names: this.#names,
      own: this.#own,
      bindings: { ...cut, from: from.slice(0, i), to: to.slice(0, i) },
    };
  }
}

interface BoundRow {
  readonly subscriber: number;
  readonly service: string;
  readonly resource: string;
  readonly from_at?: number | undefined;
  readonly to_at?: number | undefined;
}

/** By key, its row and one more; 0 where there is none. */
function rowsByKey(keys: Uint32Array): Uint32Array {
  let greatest = 0;
  for (const key of keys) greatest = Math.max(greatest, key);
  const rows = new Uint32Array(greatest + 1);
  for (const [row, key] of keys.entries()) rows[key] = row + 1;
  return rows;
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
