/**
 * What a value usually is at this hour of the week: medians of single hours, four weeks back, and how far they scatter.
 * A median and the median deviation from it (MAD) stand whatever a few odd hours among them were.
 */
import { hours, type Instant } from '../base/instant.ts';

/** What is usual, and the deviation that a normal scatter would call one standard deviation; in the value's unit. */
export interface Usual {
  readonly median: number;
  readonly scatter: number;
}

export type SeasonsSnapshot = readonly (readonly [key: string, hour: number, past: string])[];

const week = 168;
const weeks = 4;
const slots = week * weeks;
/** Two weeks, the hour and those beside it: fewer say nothing of what is usual. */
const fewest = 6;
/** Values of the hour under way: enough for its median, however often it is asked. */
const mostOfHour = 60;
/** A normal distribution's standard deviation by its MAD. */
const sigmas = 1.4826;
/** Five digits tell no less, and are short on disk. */
const digits = 5;

class Season {
  /** Medians by hour, the last four weeks over and over; NaN where nothing was seen. */
  readonly #past: Float64Array;
  /** The hour under way, since 1970. */
  #hour: number;
  #values: number[] = [];
  /** The same as text, made once an hour. */
  #text: string;

  constructor(hour: number, text = '') {
    this.#hour = hour;
    this.#text = text;
    this.#past = new Float64Array(slots).fill(Number.NaN);
    if (text === '') return;
    for (const [slot, word] of text.split(',').entries())
      if (word !== '' && slot < slots) this.#past[slot] = Number(word);
  }

  get hour(): number {
    return this.#hour;
  }

  get text(): string {
    return this.#text;
  }

  learn(value: number, hour: number): void {
    if (hour !== this.#hour) this.#close(hour);
    if (this.#values.length < mostOfHour) this.#values.push(value);
  }

  /**
   * Of this hour of the week and the hours beside it, for clocks are put forward and back. Other days are no measure of
   * it: five workdays that are all alike would make every Saturday unusual.
   */
  usual(hour: number): Usual | undefined {
    const found: number[] = [];
    for (const beside of [hour - 1, hour, hour + 1]) {
      for (let slot = beside % week; slot < slots; slot += week) {
        const value = this.#past[slot]!;
        if (!Number.isNaN(value)) found.push(value);
      }
    }
    return found.length >= fewest ? usualOf(found) : undefined;
  }

  /** What was not seen for weeks is not usual any more. */
  #close(hour: number): void {
    for (let missed = Math.max(this.#hour + 1, hour - slots); missed < hour; missed++)
      this.#past[missed % slots] = Number.NaN;
    if (this.#values.length > 0)
      this.#past[this.#hour % slots] = Number(medianOf(this.#values).toPrecision(digits));
    this.#values = [];
    this.#hour = hour;
    this.#text = Array.from(this.#past, (value) => (Number.isNaN(value) ? '' : String(value))).join(',');
  }
}

/** All seasons of one collector; each takes 10 KiB, so that there may not be too many. */
export class Seasons {
  readonly #seasons = new Map<string, Season>();
  readonly #most: number;
  #refused = 0;

  constructor(most = 2_000) {
    this.#most = most;
  }

  /** Values that found no room, each counted once a layout of its table. */
  get refused(): number {
    return this.#refused;
  }

  get size(): number {
    return this.#seasons.size;
  }

  /** Undefined when there are too many. */
  of(key: string, at: Instant): Season | undefined {
    const known = this.#seasons.get(key);
    if (known !== undefined) return known;
    if (this.#seasons.size >= this.#most) this.#forgetOld(hourOf(at));
    if (this.#seasons.size >= this.#most) {
      this.#refused++;
      return undefined;
    }
    const fresh = new Season(hourOf(at));
    this.#seasons.set(key, fresh);
    return fresh;
  }

  isKnown(key: string): boolean {
    return this.#seasons.has(key);
  }

  /** Keys begin with the device. */
  forget(device: string): void {
    for (const key of this.#seasons.keys()) if (key.startsWith(`${device} `)) this.#seasons.delete(key);
  }

  snapshot(): SeasonsSnapshot {
    return [...this.#seasons].map(([key, { hour, text }]) => [key, hour, text]);
  }

  /** Takes what `snapshot` gave; of the hour under way a part is lost. */
  restore(snapshot: SeasonsSnapshot): void {
    this.#seasons.clear();
    for (const [key, hour, past] of snapshot) this.#seasons.set(key, new Season(hour, past));
  }

  #forgetOld(hour: number): void {
    for (const [key, season] of this.#seasons) if (hour - season.hour > week) this.#seasons.delete(key);
  }
}

export const hourOf = (at: Instant): number => Math.floor(at / hours(1));

export function usualOf(values: readonly number[]): Usual {
  const median = medianOf(values);
  return { median, scatter: sigmas * medianOf(values.map((value) => Math.abs(value - median))) };
}

/**
 * How many times the usual scatter the value lies on that side of what is usual. A deviation below `floor` never reaches
 * the first limit, however little the value scatters.
 */
export function strangeness(
  value: number,
  { median, scatter }: Usual,
  { side, floor, limits }: { side: 'above' | 'below'; floor: number; limits: readonly { at: number }[] },
): number {
  const off = side === 'above' ? value - median : median - value;
  return off / Math.max(scatter, floor / (limits[0]?.at ?? 1), Number.MIN_VALUE);
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
