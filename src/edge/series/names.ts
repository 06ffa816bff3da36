/** Names of series and their numbers, in a small SQLite file of its own, and from when on samples are kept. */
import { Fault } from '../../base/fault.ts';
import type { SeriesId, SeriesName } from '../../flow/series.ts';
import { openSqlite, type Sqlite, type SqlStatement, type SqlValue } from '../disk/sqlite.ts';

/** More series than this are refused: an inventory gone wild must not fill the disk. */
const MOST_SERIES = 16_000_000;
/** Longest resource, metric or unit. */
const LONGEST = 512;
/** Names of one device from so many on are looked for all at once. */
const MANY = 32;
/** Rows of one statement. */
const ROWS = 32;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS series (
    id INTEGER PRIMARY KEY,
    resource TEXT NOT NULL,
    metric TEXT NOT NULL,
    unit TEXT NOT NULL,
    kind TEXT NOT NULL,
    UNIQUE (resource, metric, unit, kind)
  );
  CREATE TABLE IF NOT EXISTS kept (key INTEGER PRIMARY KEY, since INTEGER NOT NULL)`;

interface Row {
  readonly id: number;
  readonly resource: string;
  readonly metric: string;
  readonly unit: string;
  readonly kind: SeriesName['kind'];
}

export class Names {
  readonly #sqlite: Sqlite;
  readonly #find: SqlStatement<Row>;
  readonly #beside: SqlStatement<Row>;
  readonly #insert: SqlStatement;
  readonly #insertRows: SqlStatement;
  readonly #list: SqlStatement<Row>;
  readonly #named: SqlStatement<Row>;
  #isCounter = new Uint8Array(1_024);
  #known = 1;
  /** The index was damaged and is made again. */
  isMended = false;
  #keptSince: number;

  constructor(file: string) {
    this.#sqlite = openSqlite({ file });
    try {
      this.#sqlite.exec(SCHEMA);
      this.#mendIndex();
      const kinds = this.#sqlite.prepare<Row>('SELECT id, kind FROM series');
      for (const row of kinds.iterate()) this.#note(row.id, row.kind);
    } catch (error) {
      this.#sqlite.close();
      throw error;
    }
    this.#find = this.#sqlite.prepare(
      'SELECT id FROM series WHERE resource = ? AND metric = ? AND unit = ? AND kind = ?',
    );
    this.#beside = this.#sqlite.prepare(
      `SELECT id, resource, metric, unit, kind FROM series WHERE resource = ?
       UNION ALL SELECT id, resource, metric, unit, kind FROM series WHERE resource > ? AND resource < ? LIMIT ?`,
    );
    const insert = 'INSERT INTO series (id, resource, metric, unit, kind) VALUES ';
    this.#insert = this.#sqlite.prepare(`${insert}(?, ?, ?, ?, ?)`);
    this.#insertRows = this.#sqlite.prepare(insert + new Array(ROWS).fill('(?, ?, ?, ?, ?)').join());
    this.#list = this.#sqlite.prepare(
      `SELECT id, resource, metric, unit, kind FROM series
       WHERE resource >= ? AND substr(resource, 1, length(?)) = ? ORDER BY resource, metric, unit, kind LIMIT ?`,
    );
    this.#named = this.#sqlite.prepare('SELECT resource, metric, unit, kind FROM series WHERE id = ?');
    this.#keptSince = Number(
      this.#sqlite.prepare('SELECT since FROM kept WHERE key = 1').get()?.['since'] ?? 0,
    );
  }

  /** What a damaged index does not find would get a second number; it is made again of the rows. Throws where that does not help. */
  #mendIndex(): void {
    const check = this.#sqlite.prepare('PRAGMA integrity_check(1)');
    const verdict = (): unknown => Object.values(check.get() ?? {})[0];
    if (verdict() === 'ok') return;
    this.#sqlite.exec('REINDEX');
    this.isMended = true;
    const left = verdict();
    if (left !== 'ok') throw new Fault('disk/sqlite-damaged', String(left));
  }

  /** Samples before this midnight were dropped; what the log or the head still holds of them counts for nothing. */
  get keptSince(): number {
    return this.#keptSince;
  }

  /** Durable when it returns; never goes back. */
  keepSince(midnight: number): void {
    if (midnight <= this.#keptSince) return;
    this.#sqlite.prepare('INSERT OR REPLACE INTO kept VALUES (1, ?)').run(midnight);
    this.#keptSince = midnight;
  }

  /** A clock that ran ahead dropped days before a midnight that is still to come: samples of now would be refused until then. */
  keepAll(): void {
    this.#sqlite.prepare('DELETE FROM kept').run();
    this.#keptSince = 0;
  }

  /** Numbers below `end` that no name has are not given any more: samples of names that were lost are stored under them. */
  skipTo(end: number): void {
    this.#known = Math.max(this.#known, Math.min(end, MOST_SERIES));
  }

  /** Every number given so far is below this one. */
  get known(): number {
    return this.#known;
  }

  isCounter(id: number): boolean {
    return this.#isCounter[id] === 1;
  }

  /** Durable when it returns; throws `series/bad-name` or `series/too-many` and then gives no number at all. */
  register(names: readonly SeriesName[]): SeriesId[] {
    for (const name of names) check(name);
    const before = this.#known;
    try {
      return this.#sqlite.transaction(() => this.#numbersOf(names));
    } catch (error) {
      this.#known = before;
      throw error;
    }
  }

  #numbersOf(names: readonly SeriesName[]): SeriesId[] {
    const beside = this.#besideOf(names);
    const known = beside ?? new Map<string, number>();
    const fresh: SqlValue[] = [];
    const ids = names.map((name) => {
      const key = keyOf(name);
      const found =
        known.get(key) ?? (beside === undefined ? this.#find.get(...columnsOf(name))?.id : undefined);
      // SQLite keeps every half of a character as the same sign: two such names are one.
      const stored = key.replace(halves, '\ufffd');
      const same = found ?? known.get(stored);
      if (same !== undefined) return same as SeriesId;
      const id = this.#known;
      if (id > MOST_SERIES) {
        throw new Fault('series/too-many', `more than ${MOST_SERIES} series: "${name.resource}" is refused`);
      }
      this.#note(id, name.kind);
      known.set(key, id);
      known.set(stored, id);
      fresh.push(id, ...columnsOf(name));
      return id as SeriesId;
    });
    const width = 5;
    let at = 0;
    for (; at + ROWS * width <= fresh.length; at += ROWS * width)
      this.#insertRows.run(...fresh.slice(at, at + ROWS * width));
    for (; at < fresh.length; at += width) this.#insert.run(...fresh.slice(at, at + width));
    return ids;
  }

  /** All names of the device, when it is one device and most of them are asked for: asking for each costs more. */
  #besideOf(names: readonly SeriesName[]): Map<string, number> | undefined {
    const first = names[0];
    if (first === undefined || names.length < MANY) return undefined;
    const [device = ''] = first.resource.split('/', 1);
    const isOfDevice = ({ resource }: SeriesName): boolean =>
      resource === device || resource.startsWith(`${device}/`);
    // What SQLite would not give back as it was asked for is looked for by SQLite alone.
    if (!names.every((name) => isOfDevice(name) && !unsaid.test(keyOf(name)))) return undefined;
    const most = names.length * 4;
    // '0' comes next to '/', and text is compared byte by byte.
    const rows = this.#beside.all(device, `${device}/`, `${device}0`, most);
    return rows.length === most ? undefined : new Map(rows.map((row) => [keyOf(row), row.id]));
  }

  #note(id: number, kind: SeriesName['kind']): void {
    this.#known = Math.max(this.#known, id + 1);
    if (id >= this.#isCounter.length) {
      const grown = new Uint8Array(Math.ceil(id * 1.5) + 1);
      grown.set(this.#isCounter);
      this.#isCounter = grown;
    }
    this.#isCounter[id] = kind === 'counter' ? 1 : 0;
  }

  list(resourcePrefix: string, limit: number): { id: SeriesId; name: SeriesName }[] {
    const rows = this.#list.all(
      resourcePrefix,
      resourcePrefix,
      resourcePrefix,
      Math.max(0, Math.floor(limit)),
    );
    return rows.map(({ id, ...name }) => ({ id: id as SeriesId, name }));
  }

  nameOf(id: number): SeriesName | undefined {
    const row = this.#named.get(id);
    return row === undefined
      ? undefined
      : { resource: row.resource, metric: row.metric, unit: row.unit, kind: row.kind };
  }

  close(): void {
    this.#sqlite.close();
  }
}

const columnsOf = ({ resource, metric, unit, kind }: SeriesName) => [resource, metric, unit, kind] as const;

/** NUL, and halves of a character. */
const unsaid = /[\0\ud800-\udfff]/u;

const halves = /[\ud800-\udfff]/gu;

/** Lengths first: no text can pass for another. */
const keyOf = ({ resource, metric, unit, kind }: SeriesName): string =>
  `${resource.length}/${metric.length}/${kind}/${resource}${metric}${unit}`;

function check(name: SeriesName): void {
  for (const text of [name.resource, name.metric, name.unit]) {
    if (typeof text !== 'string' || text.length > LONGEST) {
      throw new Fault(
        'series/bad-name',
        `a series name holds a text over ${LONGEST} characters: ${JSON.stringify(name).slice(0, 200)}`,
      );
    }
  }
  if (name.kind !== 'counter' && name.kind !== 'gauge') {
    throw new Fault('series/bad-name', `a series is a counter or a gauge, not ${JSON.stringify(name.kind)}`);
  }
}
