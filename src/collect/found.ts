/** What a reading has found so far: readings, objects, links and relations, each place at most once. */
import type {
  InterfaceReading,
  LinkReading,
  MetricReading,
  ObjectReading,
  RelationReading,
} from '../model/reading.ts';
import { lastIdIn, numberIn, textIn } from './cells.ts';
import { localPortName } from './local-port.ts';
import { metricReadings } from './metric-value.ts';
import type { Table } from './profile.ts';
import type { Row } from './row.ts';
import { sensorReading } from './sensors.ts';
import { stateIn } from './state-value.ts';
import { filled } from './template.ts';

/** More of one kind than any device has; what is above is left out, and its table said to be incomplete. */
const MOST = 200_000;

interface Counted {
  /** The column whose rows were counted. */
  readonly oid: string;
  readonly object: string;
  readonly name: string;
  readonly unit: string;
  count: number;
}

interface Measures {
  readonly count: number;
  /** The first that says something. */
  readonly state: string | undefined;
  /** States that share their cell with a reading. */
  readonly words: Readonly<Record<string, string>>;
}

export class Found {
  readonly #readings: MetricReading[] = [];
  /** Places of readings by what they measure, for values that replace others. */
  readonly #byName = new Map<string, number>();
  readonly #oids = new Set<string>();
  readonly #objects = new Map<string, ObjectReading>();
  readonly #links: LinkReading[] = [];
  readonly #relations: RelationReading[] = [];
  readonly #counts = new Map<string, Counted>();
  readonly #version: string | undefined;
  readonly #interfaces: readonly InterfaceReading[];
  readonly #most: number;
  /** Tables of which something was left out, and that of the row at hand. */
  readonly #cut = new Set<string>();
  #table = '';

  /** `version` of the device decides which variants of metrics are read; `interfaces` are those that links begin at. */
  constructor(version: string | undefined, interfaces: readonly InterfaceReading[], most = MOST) {
    this.#version = version;
    this.#interfaces = interfaces;
    this.#most = most;
  }

  /** Names of tables that held more than any device has. */
  get cut(): readonly string[] {
    return [...this.#cut];
  }

  get readings(): readonly MetricReading[] {
    const counted = [...this.#counts.values()].map(
      ({ oid, object, name, unit, count }): MetricReading => ({
        ...{ oid, metric: name, object, unit },
        ...{ value: count, raw: count },
      }),
    );
    return [...this.#readings, ...counted];
  }
  get objects(): readonly ObjectReading[] {
    return [...this.#objects.values()];
  }
  get links(): readonly LinkReading[] {
    return this.#links;
  }
  get relations(): readonly RelationReading[] {
    return this.#relations;
  }

  take(row: Row): void {
    const { table } = row;
    this.#table = table.name;
    if (table.link !== undefined) this.#takeLink(table.link, row);
    if (table.relation !== undefined) this.#takeRelation(table.relation, row);
    if (table.counts.length > 0) this.#count(row);
    if (table.objectKind === undefined) return;
    const about = table.is === undefined ? undefined : row.fill(table.is);
    if (table.is !== undefined && about === undefined && table.objectKind === 'interface') return;
    const place = table.idFrom === undefined ? row.index : row.fill(table.idFrom);
    if (place === undefined) return;
    const id =
      table.objectKind === 'interface' && about !== undefined ? about : `${table.objectKind}/${place}`;
    const measures = this.#measure(row, id);
    const isInventory = table.metrics.length + table.states.length === 0 && table.sensor === undefined;
    if (
      table.objectKind !== 'interface' &&
      (measures.count > 0 || isInventory || Object.keys(measures.words).length > 0)
    )
      this.#takeObject(row, { id, about, measures });
  }

  #isFull(held: number): boolean {
    if (held < this.#most) return false;
    this.#cut.add(this.#table);
    return true;
  }

  #measure(row: Row, id: string): Measures {
    const { table } = row;
    let count = 0;
    if (table.sensor !== undefined) {
      const names = table.nameFrom.map((name) => row.fill(name)).filter((name) => name !== undefined);
      const reading = sensorReading(table.sensor, row, names);
      if (reading !== undefined)
        count += this.#add({ oid: row.oidOf(table.sensor.value), object: id, ...reading });
    }
    for (const metric of table.metrics) {
      const isByte = metric.source.kind === 'part';
      for (const { lane, ...measured } of metricReadings(metric, row, this.#version)) {
        const object = lane === undefined ? id : `${id}/${lane}`;
        const reading = { oid: row.oidOf(metric.source), object, ...measured };
        count += metric.replaces ? this.#replace(reading) : this.#add(reading, lane !== undefined || isByte);
      }
    }
    let state: string | undefined;
    const words: Record<string, string> = {};
    for (const one of table.states) {
      const said = stateIn(one, row);
      if (said === undefined) continue;
      state ??= said.value ?? undefined;
      const reading = { oid: row.oidOf(one.source), object: id, metric: one.name, unit: '1', ...said };
      const isTaken = this.#add(reading, one.source.kind === 'part');
      // A cell of several meanings is one reading; what else it says is a word of the object.
      if (isTaken === 0 && said.value !== null) words[one.name] = said.value;
      count += isTaken;
    }
    return { count, state, words };
  }

  /** 1 when it was taken. Two readings share a place only when the cell holds several values. */
  #add(reading: MetricReading, sharesPlace = false): 0 | 1 {
    if (this.#oids.has(reading.oid) && !sharesPlace) return 0;
    if (this.#isFull(this.#readings.length)) return 0;
    this.#oids.add(reading.oid);
    const name = `${reading.object} ${reading.metric}`;
    if (!this.#byName.has(name)) this.#byName.set(name, this.#readings.length);
    this.#readings.push(reading);
    return 1;
  }

  #replace(reading: MetricReading): 0 | 1 {
    const before = this.#byName.get(`${reading.object} ${reading.metric}`);
    if (before === undefined || reading.value === null) return this.#add(reading);
    this.#readings[before] = reading;
    this.#oids.add(reading.oid);
    return 1;
  }

  /** Several tables may describe one object: what the first says holds. */
  #takeObject(
    row: Row,
    {
      id,
      about,
      measures,
    }: { readonly id: string; readonly about: string | undefined; readonly measures: Measures },
  ): void {
    const { table } = row;
    const before = this.#objects.get(id);
    if (before === undefined && this.#isFull(this.#objects.size)) return;
    const attributes: Record<string, string | number | boolean> = { ...before?.attributes };
    for (const { name } of table.attributes) {
      const value = row.attribute(name);
      if (value !== undefined) attributes[name] ??= value;
    }
    const name = row.firstOf(table.nameFrom);
    if (name !== undefined) attributes['name'] ??= name;
    if (about !== undefined) attributes['is'] ??= about;
    for (const [word, value] of Object.entries(measures.words)) attributes[word] ??= value;
    const key = table.key === undefined ? undefined : attributes[table.key];
    const above = before?.parent ?? (table.parent && row.fill(table.parent));
    // RFC 6933 and others: index 0 is nothing at all.
    const parent = above?.endsWith('/0') ? undefined : above;
    this.#objects.set(id, {
      kind: before?.kind ?? kindOf(row),
      id,
      ...(key === undefined
        ? before?.key !== undefined && { key: before.key }
        : { key: before?.key ?? String(key) }),
      ...(parent !== undefined && { parent }),
      state: before?.state ?? measures.state,
      attributes,
    });
  }

  #count(row: Row): void {
    for (const { name, unit, on, where } of row.table.counts) {
      const object = row.fill(on);
      if (object === undefined) continue;
      const counted = where.every((condition) => row.holds(condition)) ? 1 : 0;
      const key = `${object} ${name}`;
      const before = this.#counts.get(key);
      if (before !== undefined) before.count += counted;
      else if (!this.#isFull(this.#counts.size))
        this.#counts.set(key, { oid: row.table.columns[0] ?? '', object, name, unit, count: counted });
    }
  }

  #takeLink(link: NonNullable<Table['link']>, row: Row): void {
    const words = link.localPort
      .map((word) => row.fill(word))
      .filter((word) => word !== undefined && word !== '');
    const localPort = localPortName(words as string[], this.#interfaces);
    const remoteChassis = row.firstOf(link.remoteChassis);
    const remoteName = row.firstOf(link.remoteName);
    const remotePort = row.firstOf(link.remotePort);
    // A neighbour that says nothing of itself is none.
    if (localPort === undefined || (remoteChassis === undefined && remoteName === undefined)) return;
    if (this.#isFull(this.#links.length)) return;
    const said = Object.entries({ remoteChassis, remotePort, remoteName }).filter(
      ([, text]) => text !== undefined,
    );
    this.#links.push({ protocol: link.protocol, localPort, ...Object.fromEntries(said) });
  }

  #takeRelation({ kind, from, to }: NonNullable<Table['relation']>, row: Row): void {
    const ends = [from, to].map((end) => filled(end, (name) => row.word(name)));
    if (ends[0] === undefined || ends[1] === undefined || this.#isFull(this.#relations.length)) return;
    this.#relations.push({ kind, from: ends[0], to: ends[1] });
  }
}

/** By the cell that tells it, else that of the table. */
function kindOf(row: Row): string {
  const { objectKind = '', kindBy } = row.table;
  const cell = row.cell(kindBy?.source);
  const key = lastIdIn(cell) ?? numberIn(cell) ?? textIn(cell);
  return kindBy?.map.get(String(key)) ?? kindBy?.map.get('*') ?? objectKind;
}
