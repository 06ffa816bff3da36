/** The day files of the store: which days there are, the few that are open, and the sealing of days that are over. */
import { Fault } from '../../base/fault.ts';
import type { Problem } from '../../base/problem.ts';
import type { Log } from '../../base/world.ts';
import { realFiles } from '../disk/file-system.ts';
import type { Range } from './body.ts';
import { DAY_MS, DayFile, type Row, SealedCopy } from './day-file.ts';
import { type Hours, hoursOf } from './hours.ts';
import { PointBuffer } from './point-buffer.ts';
import type { RollUps } from './roll-ups.ts';

/** Files held open at once: a month and some, since opening takes longer than reading a series. */
const MOST_OPEN = 40;
/** Page cache of a day that is written, and of one that is only read. */
const CACHE_KB = { open: 4_000, sealed: 256 } as const;

const fileName = /^series-(\d{4}-\d\d-\d\d)(\.open)?\.sqlite$/;
interface Day {
  isSealed: boolean;
  /** Undefined while closed. */
  file: DayFile | undefined;
}

interface Sealing {
  readonly day: number;
  readonly copy: SealedCopy;
  next: number;
  /** All series are in the copy and it is being synced. */
  isWhole: boolean;
}

/** Days are whole numbers since 1970-01-01 UTC. */
export class Days {
  readonly #folder: string;
  readonly #log: Log;
  readonly #rollUps: RollUps;
  readonly #days = new Map<number, Day>();
  readonly #scratch = new PointBuffer(2_048);
  #sealing: Sealing | undefined;
  /** Counters since the start. */
  damaged = 0;
  rowsWritten = 0;

  constructor(folder: string, log: Log, rollUps: RollUps) {
    this.#folder = folder;
    this.#log = log;
    this.#rollUps = rollUps;
  }

  /** Finds the files of the folder and removes what a crash left of a sealing. */
  async open(): Promise<Problem[]> {
    const names = await realFiles.list(this.#folder);
    for (const name of names) {
      const match = fileName.exec(name);
      if (match === null) continue;
      const day = Math.floor(Date.parse(`${match[1]}T00:00:00Z`) / DAY_MS);
      if (Number.isNaN(day)) continue;
      const isSealed = match[2] === undefined;
      // Both exist after a crash between the rename and the removal: the sealed file is whole.
      this.#days.set(day, { isSealed: isSealed || this.#days.get(day)?.isSealed === true, file: undefined });
    }
    for (const [day, { isSealed }] of this.#days) {
      if (isSealed) await this.#removeFiles(this.#path(day, '.open'));
      await this.#removeFiles(this.#path(day, '.sealing'));
    }
    return await this.#setAsideDamaged();
  }

  /** Opens each file once, so that a damaged one is known at the start; it is renamed, and its day begins anew. */
  async #setAsideDamaged(): Promise<Problem[]> {
    const problems: Problem[] = [];
    for (const [day, held] of [...this.#days]) {
      try {
        this.#fileOf(day);
      } catch (error) {
        this.damaged++;
        this.#days.delete(day);
        const file = this.#path(day, held.isSealed ? '' : '.open');
        await realFiles.rename(file, `${file}.damaged`);
        const message = `the day cannot be read and is set aside as ${file}.damaged: ${error instanceof Error ? error.message : String(error)}`;
        problems.push({ file, line: 0, column: 0, severity: 'error', code: 'series/day-damaged', message });
      }
    }
    return problems;
  }

  get count(): number {
    return this.#days.size;
  }

  get sealedCount(): number {
    let count = 0;
    for (const day of this.#days.values()) if (day.isSealed) count++;
    return count;
  }

  /** Writes rows of one day; throws a Fault of the driver, and then nothing is written. */
  write(day: number, rows: readonly Row[]): void {
    if (!this.#days.has(day)) this.#days.set(day, { isSealed: false, file: undefined });
    const part = this.#fileOf(day).write(rows);
    this.rowsWritten += rows.length;
    if (this.#sealing?.day === day) this.#sealing.copy.write(rows, part);
    // Late samples of a day that is summed up already: these series are summed up again.
    if (this.#days.get(day)?.isSealed === true || this.#sealing?.day === day) this.#sumUp(day, rows);
  }

  #sumUp(day: number, rows: readonly Row[]): void {
    const points = new PointBuffer(256);
    const sums = rows.map(({ series }) => {
      points.clear();
      this.readDay(day, { series }, points);
      points.normalise();
      return { series, hours: hoursOf(points) };
    });
    this.#rollUps.write(
      day,
      sums.filter(({ hours }) => hours.from.length > 0),
    );
  }

  /** Appends the samples of the series in the range, oldest day first. */
  read(series: number, into: PointBuffer, range: Range): void {
    const days = [...this.#days.keys()].filter(
      (day) => day * DAY_MS < range.to && (day + 1) * DAY_MS > range.from,
    );
    for (const day of days.sort((a, b) => a - b)) this.readDay(day, { series, range }, into);
  }

  readDay(day: number, wanted: { series: number; range?: Range | undefined }, into: PointBuffer): void {
    const held = this.#days.get(day);
    if (held === undefined) return;
    const before = into.count;
    try {
      this.#report(day, wanted.series, this.#fileOf(day).read(wanted.series, into, wanted.range));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      into.count = before;
      this.#report(day, wanted.series, 1);
    }
  }

  #report(day: number, series: number, damaged: number): void {
    if (damaged === 0) return;
    this.damaged += damaged;
    this.#log.warn('series store: damaged chunks were passed over', {
      file: this.#path(day, ''),
      series,
      damaged,
    });
  }

  /** Days with samples, newest first. */
  newestFirst(): number[] {
    return [...this.#days.keys()].sort((a, b) => b - a);
  }

  /** Makes all written rows durable in their files. */
  checkpoint(): void {
    for (const day of this.#days.values()) day.file?.checkpoint();
    this.#rollUps.checkpoint();
  }

  /** Begins to seal the oldest open day that ended before the instant, unless one is being sealed. */
  startSealing(before: number): void {
    if (this.#sealing !== undefined) return;
    const over = [...this.#days].filter(([day, held]) => !held.isSealed && (day + 1) * DAY_MS <= before);
    const oldest = over.map(([day]) => day).sort((a, b) => a - b)[0];
    if (oldest === undefined) return;
    this.#sealing = {
      day: oldest,
      copy: new SealedCopy(this.#path(oldest, '.sealing')),
      next: 0,
      isWhole: false,
    };
  }

  /** Seals up to `count` more series of the day under way, of all those below `known`. */
  async sealSome(count: number, known: number): Promise<void> {
    const sealing = this.#sealing;
    if (sealing === undefined || sealing.isWhole) return;
    const { day, copy } = sealing;
    const end = Math.min(known, sealing.next + count);
    const sums: { series: number; hours: Hours }[] = [];
    const merged = (series: number, points: PointBuffer): void => {
      const hours = hoursOf(points);
      if (hours.from.length > 0) sums.push({ series, hours });
    };
    const span = { first: sealing.next, end };
    const damaged = copy.take(this.#fileOf(day), span, { points: this.#scratch, merged });
    this.#rollUps.write(day, sums);
    if (damaged > 0) {
      this.damaged += damaged;
      this.#log.warn('series store: damaged chunks were left behind when the day was sealed', {
        day,
        damaged,
      });
    }
    sealing.next = end;
    if (end === known) await this.#finishSealing(sealing);
  }

  async #finishSealing(sealing: Sealing): Promise<void> {
    const { day, copy } = sealing;
    sealing.isWhole = true;
    // The long sync runs beside the loop; `publish` syncs only what was written to both files meanwhile.
    await syncFile(this.#path(day, '.sealing'));
    if (this.#sealing !== sealing) return;
    this.#sealing = undefined;
    copy.publish(this.#path(day, ''));
    const held = this.#days.get(day)!;
    held.file?.close();
    held.file = undefined;
    held.isSealed = true;
    await realFiles.syncFolder(this.#folder);
    await this.#removeFiles(this.#path(day, '.open'));
  }

  /** Unlinks all days that end at or before the instant; returns how many. */
  async dropBefore(before: number): Promise<number> {
    const dropped = [...this.#days.keys()].filter((day) => (day + 1) * DAY_MS <= before);
    for (const day of dropped) {
      if (this.#sealing?.day === day) {
        this.#sealing.copy.close();
        this.#sealing = undefined;
      }
      this.#days.get(day)!.file?.close();
      this.#days.delete(day);
      for (const kind of ['', '.open', '.sealing'] as const) await this.#removeFiles(this.#path(day, kind));
    }
    if (dropped.length > 0) await realFiles.syncFolder(this.#folder);
    return dropped.length;
  }

  close(): void {
    this.#sealing?.copy.close();
    this.#sealing = undefined;
    for (const day of this.#days.values()) {
      day.file?.close();
      day.file = undefined;
    }
  }

  #fileOf(day: number): DayFile {
    const held = this.#days.get(day)!;
    const file = held.file ?? this.#openFile(day, held.isSealed);
    held.file = file;
    // The map's order is that of use: the first one open is the one unused for longest.
    this.#days.delete(day);
    this.#days.set(day, held);
    const open = [...this.#days.values()].filter((other) => other.file !== undefined);
    const oldest = open.length > MOST_OPEN ? open[0] : undefined;
    oldest?.file?.close();
    if (oldest !== undefined) oldest.file = undefined;
    return file;
  }

  #openFile(day: number, isSealed: boolean): DayFile {
    return isSealed
      ? new DayFile(this.#path(day, ''), CACHE_KB.sealed)
      : new DayFile(this.#path(day, '.open'), CACHE_KB.open);
  }

  #path(day: number, kind: '' | '.open' | '.sealing'): string {
    return `${this.#folder}/series-${new Date(day * DAY_MS).toISOString().slice(0, 10)}${kind}.sqlite`;
  }

  async #removeFiles(path: string): Promise<void> {
    for (const suffix of ['', '-wal', '-shm', '-journal']) await realFiles.remove(`${path}${suffix}`);
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await realFiles.open(path, 'append');
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
}
