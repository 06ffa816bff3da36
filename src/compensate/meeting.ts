/** Where outages of one subscriber in several incidents meet: each minute is counted in one of them. */
import type { Instant } from '../base/instant.ts';
import { type Range, shared, without } from '../base/ranges.ts';
import { cut, laid, rangesOf, type Span } from '../base/spans.ts';
import { type Account, begin, latestEnd, type Strand } from './account.ts';

/** An outage that is taken from one incident's count and not yet given to another's. */
export interface Loose {
  readonly account: Account;
  readonly strand: Strand;
  readonly endedAt: Instant;
  spans: readonly Span<Instant>[];
}

/** Who begins to count in an incident. */
export interface Claim {
  readonly strand: Strand;
  /** For whom nobody has counted. */
  readonly since: Instant;
  readonly ranges: readonly Range[];
}

const later = { joined: (a: Instant, b: Instant) => (a > b ? a : b), isSame: Object.is };

/** Whom another incident counts is counted there; what was counted until a moment ago is not counted again. */
export function meet({ strand, since, ranges }: Claim, accounts: Iterable<Account>): void {
  let left = without(shared(ranges, strand.affected), rangesOf(strand.out));
  let ended: readonly Span<Instant>[] = [];
  for (const other of accounts) {
    for (const theirs of other.strands) {
      if (left.length === 0) return;
      if (theirs.service !== strand.service) continue;
      if (theirs !== strand) left = without(left, rangesOf(theirs.out));
      if (latestEnd(theirs) <= since) continue;
      // Of those it is about only: in a storm very many incidents ended a moment ago.
      const near = cut(theirs.lost, left).inside;
      const ends = near.map(({ from, to, value }) => ({ from, to, value: value.last }));
      ended = laid(ended, ends, later);
    }
  }
  const begun = left.map((range) => ({ ...range, value: since }));
  begin(strand, laid(begun, cut(ended, left).inside, later));
}

/** What of a loose outage lies in `ranges`. */
export function takeFrom(one: Loose, ranges: readonly Range[]): readonly Span<Instant>[] {
  const { inside, outside } = cut(one.spans, ranges);
  one.spans = outside;
  return inside;
}
