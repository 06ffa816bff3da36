/**
 * How long repairs take, learned from those that ended: survival curves over cells of kind, district and hours.
 *
 * A curve is hazards over spans of time that grow by a tenth. A cell with few cases leans on the wider one: each hazard
 * is the mean of a beta process whose prior is the wider curve with the weight of `leanOn` cases (Hjort 1990), which
 * without a prior is the estimator of Kaplan and Meier. Who is not repaired yet, or was closed without a repair, counts
 * as at risk up to then and no further.
 */

/** What a repair is counted under. */
export interface RepairCell {
  readonly kind: string;
  readonly district: string;
  /** Quarter of the local day in which it began, 0..3. */
  readonly hours: number;
}

/** What a crew has reached; each has its own times, counted from there. */
export type Milestone = 'accepted' | 'repaired';

/** First quantiles of a kind, until it has its own history. */
interface FirstTimes {
  readonly p50Ms: number;
  readonly p80Ms: number;
}

/** Who is not repaired yet of the same kind, and for how long. */
export interface StillOpen {
  readonly cell: RepairCell;
  readonly elapsedMs: number;
}

export interface Question {
  readonly cell: RepairCell;
  /** Since the onset. */
  readonly elapsedMs: number;
  readonly first: FirstTimes;
  readonly stillOpen: readonly StillOpen[];
  /** The crew's last milestone, and how long after the onset it was reached. */
  readonly milestone?: { readonly kind: Milestone; readonly reachedMs: number } | undefined;
}

/** Times after the onset, both later than what has elapsed. */
export interface Spread {
  readonly p50Ms: number;
  readonly p80Ms: number;
  /** Own cases of the kind weigh more than the table's. */
  readonly isLearned: boolean;
}

/** A cell with as many cases of its own counts half by itself, half by the wider one. */
const leanOn = 20;
/** The same where the wider curve is a guess: the table, and one that has not heard the crew. */
const leanOnGuess = 5;
/** Beyond this many cases all are halved: the network changes, and so do its crews. */
const casesLimit = 400;
/** Cells kept; those that learned nothing for longest go first. */
const cellLimit = 8_192;
const spans = 122;

/** Span i lasts from `edges[i]` to `edges[i + 1]`: to a minute, then a tenth more each, 61 days in all. */
const edges: readonly number[] = (() => {
  const made = [0];
  for (let edge = 60_000; made.length <= spans; edge *= 1.1) made.push(edge);
  return made;
})();

const growth = Math.log(1.1);

type Hazards = readonly number[];

interface Lean {
  /** Of the wider curve, in cases. */
  readonly weight: number;
  readonly open: OpenCases;
}

interface Cases {
  /** By span: how many ended, how many were lost from sight. */
  readonly bySpan: Map<number, [ended: number, censored: number]>;
  /** Of all spans together. */
  total: number;
}

/** How many are not repaired yet, by span; it is asked for with each promise, of hundreds. */
interface OpenCases {
  readonly bySpan: Uint16Array;
  total: number;
}

export interface RepairTimesSnapshot {
  readonly cells: readonly (readonly [
    string,
    readonly (readonly [span: number, ended: number, censored: number])[],
  ])[];
}

export class RepairTimes {
  readonly #cells = new Map<string, Cases>();
  readonly #tables = new WeakMap<FirstTimes, Hazards>();

  /** A repair that ended after so long, or that nobody will see the end of. */
  learn(cell: RepairCell, lengthMs: number, end: 'ended' | 'censored'): void {
    for (const key of keysOf(cell)) this.#count(key, lengthMs, end === 'ended' ? 0 : 1);
  }

  /** The end was none. */
  unlearn(cell: RepairCell, lengthMs: number): void {
    for (const key of keysOf(cell)) {
      const cases = this.#cells.get(key);
      const counts = cases?.bySpan.get(spanOf(lengthMs));
      if (cases === undefined || counts === undefined) continue;
      const taken = Math.min(counts[0], 1);
      counts[0] -= taken;
      cases.total -= taken;
    }
  }

  /** From a milestone to the end. */
  learnMilestone(kind: string, milestone: Milestone, lengthMs: number): void {
    this.#count(milestoneKey(kind, milestone), lengthMs, 0);
  }

  /** When half and when four fifths of such repairs have ended, of those that lasted as long as this one has. */
  spread({ cell, elapsedMs, first, stillOpen, milestone }: Question): Spread {
    const [kindKey, districtKey, hoursKey, cellKey] = keysOf(cell);
    const curve = (key: string, prior: Hazards, { weight, open }: Lean): Hazards =>
      posterior(this.#cells.get(key), { prior, weight, open });
    const { all, near, inHours, nearInHours } = openCases(cell, stillOpen);
    const kind = curve(kindKey, this.#tableHazards(first), { weight: leanOnGuess, open: all });
    const district = curve(districtKey, kind, { weight: leanOn, open: near });
    const hours = curve(hoursKey, kind, { weight: leanOn, open: inHours });
    const both = kind.map((hazard, i) =>
      hazard === 0 ? district[i]! : Math.min(1, (district[i]! * hours[i]!) / hazard),
    );
    const own = survivalOf(curve(cellKey, both, { weight: leanOn, open: nearInHours }));
    const isLearned = (this.#cells.get(kindKey)?.total ?? 0) >= leanOnGuess;
    if (milestone === undefined) return { ...quantiles(own, elapsedMs), isLearned };
    const { reachedMs } = milestone;
    const onwards = hazardsAfter(own, reachedMs);
    const reached = milestoneKey(cell.kind, milestone.kind);
    const stage = survivalOf(curve(reached, onwards, { weight: leanOnGuess, open: noneOpen() }));
    const left = quantiles(stage, Math.max(0, elapsedMs - reachedMs));
    return { p50Ms: reachedMs + left.p50Ms, p80Ms: reachedMs + left.p80Ms, isLearned };
  }

  snapshot(): RepairTimesSnapshot {
    return {
      cells: [...this.#cells].map(([key, cases]) => [
        key,
        [...cases.bySpan].map(([span, [ended, censored]]) => [span, ended, censored] as const),
      ]),
    };
  }

  restore({ cells }: RepairTimesSnapshot): void {
    this.#cells.clear();
    for (const [key, cases] of cells) {
      const bySpan = new Map(
        cases.map(([span, ended, censored]): [number, [number, number]] => [span, [ended, censored]]),
      );
      this.#cells.set(key, { bySpan, total: totalOf(bySpan) });
    }
  }

  /** A policy's own objects, so one curve a kind. */
  #tableHazards(first: FirstTimes): Hazards {
    const known = this.#tables.get(first) ?? tableHazards(first);
    this.#tables.set(first, known);
    return known;
  }

  #count(key: string, lengthMs: number, column: 0 | 1): void {
    const cases = this.#cells.get(key) ?? { bySpan: new Map(), total: 0 };
    // The latest stands last: what is forgotten first is what learned nothing for longest.
    this.#cells.delete(key);
    this.#cells.set(key, cases);
    const span = spanOf(lengthMs);
    const counts = cases.bySpan.get(span) ?? [0, 0];
    counts[column]++;
    cases.total++;
    cases.bySpan.set(span, counts);
    if (cases.total > casesLimit) halve(cases);
    if (this.#cells.size > cellLimit) this.#cells.delete(this.#cells.keys().next().value!);
  }
}

function keysOf({ kind, district, hours }: RepairCell): [string, string, string, string] {
  const name = JSON.stringify(kind);
  const where = JSON.stringify(district);
  return [`k${name}`, `d${name}${where}`, `h${name}${hours}`, `c${name}${where}${hours}`];
}

const milestoneKey = (kind: string, milestone: Milestone): string => `m${JSON.stringify(kind)}${milestone}`;

function spanOf(lengthMs: number): number {
  if (lengthMs < edges[1]!) return 0;
  const guess = Math.floor(Math.log(lengthMs / edges[1]!) / growth) + 1;
  let span = Math.min(spans - 1, guess);
  // The edges were multiplied one by one: a length on one of them may be off by a span.
  while (span > 0 && edges[span]! > lengthMs) span--;
  while (span < spans - 1 && edges[span + 1]! <= lengthMs) span++;
  return span;
}

function totalOf(bySpan: Cases['bySpan']): number {
  let sum = 0;
  for (const [ended, censored] of bySpan.values()) sum += ended + censored;
  return sum;
}

function halve(cases: Cases): void {
  for (const [span, [ended, censored]] of cases.bySpan) {
    if (ended + censored < 0.1) cases.bySpan.delete(span);
    else cases.bySpan.set(span, [ended / 2, censored / 2]);
  }
  cases.total = totalOf(cases.bySpan);
}

const noneOpen = (): OpenCases => ({ bySpan: new Uint16Array(spans), total: 0 });

/** All of the kind, those of the same district, those that began in the same hours, and those of both. */
function openCases(
  { district, hours }: RepairCell,
  stillOpen: readonly StillOpen[],
): Readonly<Record<'all' | 'near' | 'inHours' | 'nearInHours', OpenCases>> {
  const found = { all: noneOpen(), near: noneOpen(), inHours: noneOpen(), nearInHours: noneOpen() };
  for (const { cell, elapsedMs } of stillOpen) {
    const span = spanOf(elapsedMs);
    const [isNear, isThen] = [cell.district === district, cell.hours === hours];
    addOpen(found.all, span);
    if (isNear) addOpen(found.near, span);
    if (isThen) addOpen(found.inHours, span);
    if (isNear && isThen) addOpen(found.nearInHours, span);
  }
  return found;
}

function addOpen(open: OpenCases, span: number): void {
  open.bySpan[span]!++;
  open.total++;
}

/** A log-logistic curve through both quantiles: heavy in the tail as repairs are, and in closed form. */
function tableHazards({ p50Ms, p80Ms }: FirstTimes): Hazards {
  const half = Math.max(60_000, p50Ms);
  const steepness = Math.log(4) / Math.log(Math.max(1.1, p80Ms / half));
  const survival = edges.map((edge) =>
    edge === 0 ? 1 : 1 / (1 + Math.exp(steepness * Math.log(edge / half))),
  );
  return Array.from({ length: spans }, (_, i) => 1 - survival[i + 1]! / survival[i]!);
}

/** The mean of the beta process whose prior has this weight in cases; who is open was lost from sight just now. */
function posterior(
  cases: Cases | undefined,
  { prior, weight, open }: Lean & { readonly prior: Hazards },
): Hazards {
  if ((cases?.bySpan.size ?? 0) === 0 && open.total === 0) return prior;
  let atRisk = (cases?.total ?? 0) + open.total;
  let believed = weight;
  return prior.map((expected, i) => {
    const known = cases?.bySpan.get(i);
    const ended = known?.[0] ?? 0;
    const censored = (known?.[1] ?? 0) + open.bySpan[i]!;
    // Who was lost from sight within the span was at risk for half of it.
    const seen = atRisk - censored / 2;
    const whole = seen + believed;
    const hazard = whole > 1e-9 ? Math.min(1, (ended + believed * expected) / whole) : expected;
    atRisk -= ended + censored;
    believed *= 1 - expected;
    return hazard;
  });
}

/** At each edge the share that lasts longer. */
function survivalOf(hazards: Hazards): number[] {
  const survival = [1];
  for (const hazard of hazards) survival.push(survival.at(-1)! * (1 - hazard));
  return survival;
}

function lastingLonger(survival: readonly number[], ms: number): number {
  const span = spanOf(ms);
  const [from, to] = [edges[span]!, edges[span + 1]!];
  const share = Math.min(1, (ms - from) / (to - from));
  return survival[span]! + (survival[span + 1]! - survival[span]!) * share;
}

/** The same curve seen from a later moment. */
function hazardsAfter(survival: readonly number[], ms: number): Hazards {
  const left = edges.map((edge) => lastingLonger(survival, ms + edge));
  return Array.from({ length: spans }, (_, i) => (left[i]! > 1e-12 ? 1 - left[i + 1]! / left[i]! : 1));
}

function quantiles(survival: readonly number[], elapsedMs: number): { p50Ms: number; p80Ms: number } {
  const left = lastingLonger(survival, elapsedMs);
  return {
    p50Ms: whenLeft(survival, left * 0.5, elapsedMs),
    p80Ms: whenLeft(survival, left * 0.2, elapsedMs),
  };
}

/** Who lasted longer than anybody before is expected to last a quarter more. */
const beyondAll = 1.25;

function whenLeft(survival: readonly number[], share: number, elapsedMs: number): number {
  for (let i = spanOf(elapsedMs); i < spans && share > 1e-12; i++) {
    const [before, behind] = [survival[i]!, survival[i + 1]!];
    if (behind > share) continue;
    const part = before > behind ? (before - share) / (before - behind) : 1;
    const found = edges[i]! + (edges[i + 1]! - edges[i]!) * Math.min(1, Math.max(0, part));
    return Math.max(found, elapsedMs + 60_000);
  }
  return elapsedMs * beyondAll + 60_000;
}
