/** What is known of the outages of one incident's subscribers: who is out since when, and how long each was out before. */
import { type Instant, instant } from '../base/instant.ts';
import { holds, type Range, tidied, united, without } from '../base/ranges.ts';
import { cut, laid, rangesOf, type Span, valueAt } from '../base/spans.ts';
import type { IncidentId } from '../model/ids.ts';
import type { FaultKind, Incident } from '../model/incident.ts';

/** Ended outages of one subscriber's service, all together. */
export interface Lost {
  readonly first: Instant;
  readonly last: Instant;
  readonly ms: number;
}

/** Ended, and to be settled when it has been stable until then. */
interface Ended {
  readonly dueAt: Instant;
  ranges: readonly Range[];
}

/** One kind of service of the incident's subscribers. */
export interface Strand {
  /** Undefined: all that they have at their own resource. */
  readonly service?: string | undefined;
  /** As it was assessed last. */
  affected: readonly Range[];
  /** Counting, by the start of the outage. */
  out: readonly Span<Instant>[];
  lost: readonly Span<Lost>[];
  ended: Ended[];
  /** To whom something was owed once: if it is nothing now, that has to be said. */
  owed: readonly Range[];
}

export interface Account {
  readonly incident: IncidentId;
  kind: FaultKind;
  readonly startedAt: Instant;
  /** Planned works that it belongs to. */
  works?: string | undefined;
  /** Nobody of it is out any more. */
  isOver: boolean;
  /** Its people are another incident's now. */
  isMerged: boolean;
  readonly strands: Strand[];
  /** Numbers to be settled now. */
  todo: readonly Range[];
}

export const newAccount = (incident: Incident): Account => ({
  incident: incident.id,
  kind: incident.kind,
  startedAt: incident.startedAt,
  works: incident.planned ? incident.works : undefined,
  isOver: false,
  isMerged: false,
  strands: [],
  todo: [],
});

export function strandOf(account: Account, service: string | undefined): Strand {
  const known = account.strands.find((strand) => strand.service === service);
  if (known !== undefined) return known;
  const strand: Strand = { service, affected: [], out: [], lost: [], ended: [], owed: [] };
  account.strands.push(strand);
  return strand;
}

const earlier = { joined: (a: Instant, b: Instant) => (a < b ? a : b), isSame: Object.is };
const added = {
  joined: (a: Lost, b: Lost): Lost => ({
    first: a.first < b.first ? a.first : b.first,
    last: a.last > b.last ? a.last : b.last,
    ms: a.ms + b.ms,
  }),
  isSame: (a: Lost, b: Lost) => a.first === b.first && a.last === b.last && a.ms === b.ms,
};

/** They are out since then; what was to be settled waits for the end of this. */
export function begin(strand: Strand, spans: readonly Span<Instant>[]): void {
  strand.out = laid(strand.out, spans, earlier);
  const again = rangesOf(spans);
  for (const ended of strand.ended) ended.ranges = without(ended.ranges, again);
  strand.ended = strand.ended.filter(({ ranges }) => ranges.length > 0);
}

/** Takes them out of the count; where their outage goes on or ends is for the caller to say. */
export function release(strand: Strand, ranges: readonly Range[]): readonly Span<Instant>[] {
  const { inside, outside } = cut(strand.out, ranges);
  strand.out = outside;
  return inside;
}

/** It works again since `at`. */
export function end(
  strand: Strand,
  spans: readonly Span<Instant>[],
  { at, dueAt }: { readonly at: Instant; readonly dueAt: Instant },
): void {
  const lost = spans.map(({ from, to, value }): Span<Lost> => {
    const last = instant(Math.max(at, value));
    return { from, to, value: { first: value, last, ms: last - value } };
  });
  strand.lost = laid(strand.lost, lost, added);
  settleLater(strand, rangesOf(spans), dueAt);
}

export function settleLater(strand: Strand, ranges: readonly Range[], dueAt: Instant): void {
  if (ranges.length === 0) return;
  for (const ended of strand.ended) ended.ranges = without(ended.ranges, ranges);
  strand.ended = strand.ended.filter((ended) => ended.ranges.length > 0);
  const same = strand.ended.find((ended) => ended.dueAt === dueAt);
  if (same === undefined) strand.ended.push({ dueAt, ranges });
  else same.ranges = united(same.ranges, ranges);
}

/** The outages of one become the other's: nothing is owed by the first any more, and all by the second. */
export function handOver(from: Strand, to: Strand, dueAt: Instant): void {
  to.lost = laid(to.lost, from.lost, added);
  settleLater(to, without(rangesOf(from.lost), rangesOf(to.out)), dueAt);
  from.lost = [];
  from.ended = [];
  settleLater(from, from.owed, dueAt);
  from.affected = [];
}

/** What is due at `at` goes to `todo`. */
export function takeDue(account: Account, at: Instant): void {
  const due = account.strands.flatMap(({ ended }) =>
    ended.filter(({ dueAt }) => dueAt <= at).flatMap(({ ranges }) => ranges),
  );
  account.todo = tidied([...account.todo, ...due]);
  for (const strand of account.strands) strand.ended = strand.ended.filter(({ dueAt }) => dueAt > at);
}

export function nextDue(account: Account): Instant | undefined {
  const times = account.strands.flatMap(({ ended }) => ended.map(({ dueAt }) => dueAt));
  return times.length === 0 ? undefined : instant(Math.min(...times));
}

/** How long one subscriber's service was out, if that has ended or they were owed something. */
export function lossOf(strand: Strand, number: number): Lost | undefined {
  if (valueAt(strand.out, number) !== undefined) return undefined;
  const lost = valueAt(strand.lost, number);
  const wasOwed = lost === undefined && holds(strand.owed, number);
  return wasOwed ? { first: instant(0), last: instant(0), ms: 0 } : lost;
}

/** The latest end of an outage that is counted here. */
export const latestEnd = ({ lost }: Strand): number =>
  lost.reduce((most, { value }) => Math.max(most, value.last), 0);
