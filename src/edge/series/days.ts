/** The days of the store: which files each has, what they hold of a series, and the sealing of days that are over. */
import type { Problem } from '../../base/problem.ts';
import type { Log } from '../../base/world.ts';
import { isMissing, realFiles } from '../disk/file-system.ts';
import type { TimeRange } from './chunk.ts';
import { DAY_MS, type DayName, dayName, parseDayName, segmentName, unfinished } from './day-names.ts';
import { hoursOf } from './hours.ts';
import { OldDay } from './old-day.ts';
import { PointBuffer } from './point-buffer.ts';
import type { RollUps } from './roll-ups.ts';
import { Sealing, type SeriesHours } from './sealing.ts';
import { Segment, type Source } from './segment.ts';
import { SegmentWriter } from './segment-writer.ts';

/** Files held open at once: opening one reads its directory. */
const MOST_OPEN = 160;
/** A day that is sealed and gets more files than this of late samples is sealed anew. */
const MOST_LATE_FILES = 16;

interface Day {
  /** Oldest first: where two have a sample at one time, the later one is right. */
  files: DayFile[];
  /** Above that of every file. */
  nextNumber: number;
}

interface DayFile extends DayName {
  readonly source: Source;
}

/** Days are whole numbers since 1970-01-01 UTC. */
export class Days {
  readonly #folder: string;
  readonly #log: Log;
  readonly #rollUps: RollUps;
  readonly #days = new Map<number, Day>();
  /** The order is that of use: the first one is the one unused for longest. */
  readonly #open = new Set<Source>();
  #sealing: Sealing | undefined;
  /** Series whose hours are to be summed up again: late samples came after their day was sealed. */
  #late: { readonly day: number; readonly source: Source; readonly series: Generator<number> }[] = [];
  /** Counters since the start. */
  damaged = 0;
  bodiesWritten = 0;

  constructor(folder: string, log: Log, rollUps: RollUps) {
    this.#folder = folder;
    this.#log = log;
    this.#rollUps = rollUps;
  }

  /** Finds the files of the folder and removes what a crash left of files that were being written or replaced. */
  async open(): Promise<Problem[]> {
    for (const name of await realFiles.list(this.#folder)) {
      if (unfinished.test(name)) await realFiles.remove(`${this.#folder}/${name}`);
      const found = parseDayName(name);
      if (found === undefined) continue;
      const path = `${this.#folder}/${name}`;
      const isOld = found.kind === 'oldOpen' || found.kind === 'oldWhole';
      this.#dayOf(found.day).files.push({
        ...found,
        source: isOld ? new OldDay(path) : new Segment(path, found.day),
      });
    }
    const problems: Problem[] = [];
    for (const [day, held] of [...this.#days]) {
      // First of all: what a damaged file was to replace is all that is left of it.
      problems.push(...(await this.#setAsideDamaged(day, held)));
      await this.#removeReplaced(held);
      // A crash may have come before the hours of late samples were summed up.
      if (isSealed(held)) for (const file of held.files) this.#noteLate(file);
    }
    return problems;
  }

  #dayOf(day: number): Day {
    const held = this.#days.get(day) ?? { files: [], nextNumber: 1 };
    this.#days.set(day, held);
    return held;
  }

  /** A crash may come between a sealed file and the removal of those it was made of. */
  async #removeReplaced(held: Day): Promise<void> {
    held.files.sort((a, b) => a.number - b.number || Number(b.kind === 'whole') - Number(a.kind === 'whole'));
    held.nextNumber = (held.files.at(-1)?.number ?? 0) + 1;
    const whole = held.files.findLastIndex(({ kind }) => kind === 'whole' || kind === 'oldWhole');
    const first = Math.max(0, whole);
    for (const { source } of held.files.slice(0, first)) await this.#remove(source);
    const kept = held.files.slice(first);
    for (const { source, kind } of kept) if (whole >= 0 && kind === 'oldOpen') await this.#remove(source);
    held.files = whole < 0 ? kept : kept.filter(({ kind }) => kind !== 'oldOpen');
  }

  /** Opens each file once, so that a damaged one is known at the start; it is renamed. */
  async #setAsideDamaged(day: number, held: Day): Promise<Problem[]> {
    const problems: Problem[] = [];
    for (const { source } of [...held.files]) {
      try {
        this.#use(source);
        source.seriesEnd();
      } catch (error) {
        this.damaged++;
        held.files = held.files.filter((file) => file.source !== source);
        const file = source.path;
        if (!isMissing(error)) await realFiles.rename(file, `${file}.damaged`);
        const message = `the samples in it cannot be read and are set aside as ${file}.damaged: ${error instanceof Error ? error.message : String(error)}`;
        problems.push({ file, line: 0, column: 0, severity: 'error', code: 'series/day-damaged', message });
      }
    }
    if (held.files.length === 0) this.#days.delete(day);
    return problems;
  }

  /** Above the number of every series that has samples here. */
  seriesEnd(): number {
    let end = 0;
    for (const { files } of this.#days.values()) {
      for (const { source } of files) {
        this.#use(source);
        end = Math.max(end, source.seriesEnd());
      }
    }
    return end;
  }

  get count(): number {
    return this.#days.size;
  }

  get files(): number {
    return [...this.#days.values()].reduce((sum, { files }) => sum + files.length, 0);
  }

  get sealedCount(): number {
    return [...this.#days.values()].filter(isSealed).length;
  }

  /** Where samples of the day are written on their way from the head; one at a time. */
  writer(day: number): SegmentWriter {
    return new SegmentWriter(`${this.#folder}/${dayName(day)}.writing`);
  }

  /** The segment is read from now on, durable once the folder is synced. */
  async publish(day: number, writer: SegmentWriter): Promise<void> {
    const held = this.#dayOf(day);
    const name = { day, kind: 'part', number: held.nextNumber++ } as const;
    const path = `${this.#folder}/${segmentName(day, name.number, 'part')}`;
    await writer.finish(path);
    this.bodiesWritten += writer.count;
    // The day may have been dropped meanwhile.
    if (this.#days.get(day) !== held) {
      await realFiles.remove(path);
      return;
    }
    const file = { ...name, source: new Segment(path, day) };
    held.files.push(file);
    // Of a day that is being sealed the hours are summed up again as well: the sealing may be past these series.
    if (isSealed(held) || this.#sealing?.day === day) this.#noteLate(file);
  }

  #noteLate({ day, kind, source }: DayFile): void {
    if (kind === 'part' && source instanceof Segment)
      this.#late.push({ day, source, series: source.series() });
  }

  async sync(): Promise<void> {
    await realFiles.syncFolder(this.#folder);
  }

  /** Appends the samples of the series in the range, oldest day first. */
  read(series: number, into: PointBuffer, range: TimeRange): void {
    const days = [...this.#days.keys()].filter(
      (day) => day * DAY_MS < range.to && (day + 1) * DAY_MS > range.from,
    );
    for (const day of days.sort((a, b) => a - b)) this.readDay(day, { series, range }, into);
  }

  readDay(
    day: number,
    { series, range }: { readonly series: number; readonly range?: TimeRange | undefined },
    into: PointBuffer,
  ): void {
    for (const { source } of this.#days.get(day)?.files ?? []) {
      const before = into.count;
      try {
        this.#use(source);
        this.#report(source, series, source.read(series, into, range));
      } catch {
        // A file that cannot be opened takes nothing of the others along.
        into.count = before;
        this.#report(source, series, 1);
      }
    }
  }

  #report(source: Source, series: number, damaged: number): void {
    if (damaged === 0) return;
    this.damaged += damaged;
    const fields = { file: source.path, series, damaged };
    this.#log.warn('series store: damaged chunks were passed over', fields);
  }

  /** Days with samples, newest first. */
  newestFirst(): number[] {
    return [...this.#days.keys()].sort((a, b) => b - a);
  }

  /** Begins to seal the oldest day that ended before the instant and is not one file, unless one is being sealed. */
  async startSealing(before: number): Promise<void> {
    if (this.#sealing !== undefined) return;
    const wanted = [...this.#days].filter(
      ([day, held]) => (day + 1) * DAY_MS <= before && wantsSealing(held),
    );
    const [day, held] = wanted.sort(([a], [b]) => a - b)[0] ?? [];
    if (day === undefined || held === undefined) return;
    // One that was damaged since the start must not keep this day and all after it from being sealed.
    for (const { message } of await this.#setAsideDamaged(day, held)) this.#log.error(message, { day });
    if (held.files.length === 0) return;
    const sources = held.files.map(({ source }) => source);
    const path = `${this.#folder}/${dayName(day)}.sealing`;
    this.#sealing = new Sealing({ day, number: held.nextNumber++, sources, path });
  }

  /** Seals up to `count` more series of the day under way, or sums hours of so many up again. */
  async sealSome(count: number): Promise<void> {
    const sealing = this.#sealing;
    if (sealing === undefined) {
      this.#sumUp(count);
      return;
    }
    try {
      this.#sealMore(sealing, count);
      if (sealing.isWhole) await this.#finishSealing(sealing);
    } catch (error) {
      // What is half written cannot be gone on with: a later round begins the day anew from the files that it still has.
      sealing.abandon();
      if (this.#sealing === sealing) this.#sealing = undefined;
      throw error;
    }
  }

  #sealMore(sealing: Sealing, count: number): void {
    const damagedBefore = sealing.damaged;
    this.#rollUps.write(sealing.day, sealing.some(count));
    const damaged = sealing.damaged - damagedBefore;
    if (damaged === 0) return;
    this.damaged += damaged;
    const fields = { day: sealing.day, damaged };
    this.#log.warn('series store: damaged chunks were left behind when the day was sealed', fields);
  }

  #sumUp(count: number): void {
    const late = this.#late[0];
    if (late === undefined) return;
    const sums: SeriesHours[] = [];
    const points = new PointBuffer(256);
    for (let i = 0; i < count; i++) {
      const next = late.series.next();
      if (next.done === true) {
        this.#late.shift();
        break;
      }
      points.clear();
      this.readDay(late.day, { series: next.value }, points);
      points.normalise();
      const hours = hoursOf(points);
      if (hours.from.length > 0) sums.push({ series: next.value, hours });
    }
    this.#rollUps.write(late.day, sums);
  }

  async #finishSealing(sealing: Sealing): Promise<void> {
    const { day, number } = sealing;
    const path = `${this.#folder}/${segmentName(day, number, 'whole')}`;
    // Once the file has its name nobody sums the day up again.
    this.#rollUps.checkpoint();
    await sealing.finish(path);
    const held = this.#days.get(day);
    if (this.#sealing !== sealing || held === undefined) {
      await realFiles.remove(path);
      return;
    }
    const source = new Segment(path, day);
    // Read as far as it can be at once, before the only other copy is removed.
    this.#use(source);
    await this.sync();
    this.#sealing = undefined;
    const replaced = held.files.filter((file) => file.number < number);
    const later = held.files.filter((file) => file.number > number);
    held.files = [{ day, kind: 'whole', number, source }, ...later];
    for (const { source } of replaced) {
      this.#forgetLate((late) => late.source === source);
      await this.#remove(source);
    }
  }

  /** Unlinks all days that end at or before the instant; returns how many. */
  async dropBefore(before: number): Promise<number> {
    const dropped = [...this.#days].filter(([day]) => (day + 1) * DAY_MS <= before);
    for (const [day, { files }] of dropped) {
      if (this.#sealing?.day === day) {
        this.#sealing.abandon();
        this.#sealing = undefined;
      }
      this.#days.delete(day);
      this.#forgetLate((late) => late.day === day);
      for (const { source } of files) await this.#remove(source);
    }
    if (dropped.length > 0) await this.sync();
    return dropped.length;
  }

  close(): void {
    this.#sealing?.abandon();
    this.#sealing = undefined;
    for (const source of this.#open) source.close();
    this.#open.clear();
  }

  #forgetLate(isGone: (late: { readonly day: number; readonly source: Source }) => boolean): void {
    this.#late = this.#late.filter((late) => !isGone(late));
  }

  #use(source: Source): void {
    source.open();
    this.#open.delete(source);
    this.#open.add(source);
    if (this.#open.size <= MOST_OPEN) return;
    const [oldest] = this.#open;
    oldest!.close();
    this.#open.delete(oldest!);
  }

  async #remove(source: Source): Promise<void> {
    source.close();
    this.#open.delete(source);
    for (const suffix of ['', '-wal', '-shm', '-journal']) await realFiles.remove(`${source.path}${suffix}`);
  }
}

const isSealed = ({ files }: Day): boolean =>
  files.some(({ kind }) => kind === 'whole' || kind === 'oldWhole');

const wantsSealing = (held: Day): boolean => !isSealed(held) || held.files.length > MOST_LATE_FILES;
