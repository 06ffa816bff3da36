/**
 * What is presented to the operator positions, by intervals of ten minutes and by days; for each position EEMUA 191 and ISA-18.2-2016
 * clause 16, table 7 (IEC 62682 clause 16) call about one in ten minutes very likely acceptable, more than ten the
 * beginning of a flood, and less than five its end; a flood should last less than 1 % of the time.
 * State is bounded: a day of intervals and thirty days.
 */
import { type Instant, instant, minutes } from '../base/instant.ts';
import type { IntervalLoad, SpanLoad } from '../model/alarm-load.ts';
import { type PerceivedSeverity, severities } from '../model/observation.ts';

export interface AlarmLoadSnapshot {
  /** Number of the running interval since 1970; absent before the first. */
  readonly interval?: number | undefined;
  readonly count: number;
  readonly isFlood: boolean;
  readonly intervals: number;
  readonly floods: number;
  readonly most: number;
  readonly presented: number;
  /** What follows is absent in what older versions kept. */
  readonly raised?: number | undefined;
  readonly recent?: readonly Cell[] | undefined;
  readonly days?: readonly Day[] | undefined;
}

/** A complete interval in which something happened. */
interface Cell {
  readonly interval: number;
  readonly presented: number;
  readonly raised: number;
  readonly isFlood: boolean;
}

/** Of intervals that are complete, but for what was presented and raised. */
interface Day {
  readonly day: number;
  readonly firstInterval: number;
  readonly intervals: number;
  readonly floods: number;
  readonly most: number;
  readonly presented: number;
  readonly raised: number;
  /** In the order of `severities`. */
  readonly bySeverity: readonly number[];
}

const intervalMs = minutes(10);
const perDay = 144;
const daysKept = 30;
const begins = 10;
const ends = 5;

export class AlarmLoad {
  #interval: number | undefined;
  #count = 0;
  #raised = 0;
  /** The interval before was in flood. */
  #isFlood = false;
  #total = { intervals: 0, floods: 0, most: 0, presented: 0 };
  #recent: Cell[] = [];
  #days: Day[] = [];
  /** Among whom what is presented is shared: a flood is one for each of them. */
  positions = 1;

  /** Time goes on: intervals that are over are judged. */
  at(at: Instant): void {
    const interval = Math.floor(at / intervalMs);
    const before = this.#interval;
    if (before === undefined) this.#interval = interval;
    else if (interval > before) {
      const isFlood = this.#isInFlood();
      this.#judge(before, 1, isFlood);
      // Nothing was presented in those between: a flood is over with the first of them.
      this.#quiet(before + 1, interval);
      this.#interval = interval;
      this.#isFlood = interval === before + 1 && isFlood;
      this.#count = 0;
      this.#raised = 0;
    }
  }

  /** One more is shown. */
  present(): void {
    this.#count++;
    this.#total.presented++;
    this.#total.most = Math.max(this.#total.most, this.#count);
    this.#today((day) => ({ ...day, presented: day.presented + 1 }));
  }

  /** One more alarm was raised, shown or not. */
  raise(): void {
    this.#raised++;
  }

  /** What was presented on that day is of this severity; `before`: it was counted as that one. */
  rate(severity: PerceivedSeverity, shownAt: Instant, before?: PerceivedSeverity): void {
    const number = dayOf(Math.floor(shownAt / intervalMs));
    const at = this.#days.findIndex(({ day }) => day === number);
    const day = this.#days[at];
    if (day === undefined) return;
    const bySeverity = severities.map((one, i) => {
      const change = Number(one === severity) - Number(one === before);
      return Math.max(0, (day.bySeverity[i] ?? 0) + change);
    });
    this.#days[at] = { ...day, bySeverity };
  }

  /** Over intervals that are complete, but for the running one's count. */
  figures(): Readonly<Record<string, number>> {
    const { intervals, floods, most, presented } = this.#total;
    return {
      presented,
      presentedInInterval: this.#count,
      presentedMostInInterval: most,
      presentedIntervals: intervals,
      presentedFloodIntervals: floods,
    };
  }

  /** The last day, the oldest interval first, the running one last. */
  lastDay(): IntervalLoad[] {
    const running = this.#interval;
    if (running === undefined) return [];
    const known = new Map(this.#recent.map((cell) => [cell.interval, cell]));
    const first = Math.max(running - perDay + 1, this.#firstInterval(running));
    const past = Array.from({ length: running - first }, (_, i): IntervalLoad => {
      const { presented = 0, raised = 0, isFlood = false } = known.get(first + i) ?? {};
      return { from: startOf(first + i), presented, raised, isFlood };
    });
    const isFlood = this.#isInFlood();
    return [...past, { from: startOf(running), presented: this.#count, raised: this.#raised, isFlood }];
  }

  lastMonth(): SpanLoad & { readonly bySeverity: Readonly<Record<PerceivedSeverity, number>> } {
    const running = this.#interval ?? 0;
    const sum = (of: (day: Day) => number): number => this.#days.reduce((all, day) => all + of(day), 0);
    return {
      from: startOf(this.#firstInterval(running)),
      intervals: sum(({ intervals }) => intervals),
      floodIntervals: sum(({ floods }) => floods),
      most: this.#days.reduce((most, day) => Math.max(most, day.most), this.#count),
      presented: sum(({ presented }) => presented),
      raised: sum(({ raised }) => raised) + this.#raised,
      bySeverity: Object.fromEntries(
        severities.map((severity, i) => [severity, sum((day) => day.bySeverity[i] ?? 0)]),
      ) as Record<PerceivedSeverity, number>,
    };
  }

  snapshot(): AlarmLoadSnapshot {
    return {
      interval: this.#interval,
      count: this.#count,
      isFlood: this.#isFlood,
      ...this.#total,
      raised: this.#raised,
      recent: [...this.#recent],
      days: [...this.#days],
    };
  }

  /** Takes what `snapshot` gave. */
  restore(snapshot: AlarmLoadSnapshot): void {
    const { interval, count, isFlood, intervals, floods, most, presented } = snapshot;
    const { raised = 0, recent = [], days = [] } = snapshot;
    this.#interval = interval;
    this.#count = count;
    this.#isFlood = isFlood;
    this.#total = { intervals, floods, most, presented };
    this.#raised = raised;
    this.#recent = [...recent];
    this.#days = [...days];
  }

  /** So many intervals from this one on, all of one day, are over. */
  #judge(interval: number, count: number, isFlood: boolean): void {
    this.#total.intervals += count;
    this.#total.floods += Number(isFlood);
    const presented = this.#count;
    const raised = this.#raised;
    this.#dayAt(interval, (day) => ({
      ...day,
      intervals: day.intervals + count,
      floods: day.floods + Number(isFlood),
      most: Math.max(day.most, presented),
      raised: day.raised + raised,
    }));
    if (presented + raised > 0) this.#recent.push({ interval, presented, raised, isFlood });
    this.#recent = this.#recent.filter((cell) => cell.interval > interval - perDay);
  }

  /** Between two intervals in which something happened; days before the last thirty are gone all the same. */
  #quiet(from: number, to: number): void {
    this.#total.intervals += to - from;
    for (let at = Math.max(from, to - daysKept * perDay); at < to; ) {
      const end = Math.min(to, (dayOf(at) + 1) * perDay);
      const count = end - at;
      this.#dayAt(at, (day) => ({ ...day, intervals: day.intervals + count }));
      at = end;
    }
  }

  #today(change: (day: Day) => Day): void {
    if (this.#interval !== undefined) this.#dayAt(this.#interval, change);
  }

  #dayAt(interval: number, change: (day: Day) => Day): void {
    const number = dayOf(interval);
    const last = this.#days.at(-1);
    if (last?.day === number) this.#days[this.#days.length - 1] = change(last);
    else {
      const empty = { intervals: 0, floods: 0, most: 0, presented: 0, raised: 0 };
      const bySeverity = severities.map(() => 0);
      const begun = change({ day: number, firstInterval: interval, ...empty, bySeverity });
      this.#days = [...this.#days.filter(({ day }) => day > number - daysKept), begun];
    }
  }

  #isInFlood(): boolean {
    const each = this.#count / this.positions;
    return each > begins || (this.#isFlood && each >= ends);
  }

  #firstInterval(running: number): number {
    return this.#days[0]?.firstInterval ?? running;
  }
}

const dayOf = (interval: number): number => Math.floor(interval / perDay);
const startOf = (interval: number): Instant => instant(interval * intervalMs);
