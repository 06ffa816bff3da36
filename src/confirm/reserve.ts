/**
 * Whom to ask of very many: some of each last-mile branch, the rest of a branch as soon as one of it still has trouble.
 * Ranges of one topology version, so that a million who are not asked cost nothing.
 */
import { type Range, runsOf, shared, sizeOf, tidied, united, without } from '../base/ranges.ts';
import { type SubscriberKey, subscriberKey } from '../model/ids.ts';
import type { SubscriberColumns } from '../model/subscriber-columns.ts';

export interface Chosen {
  readonly keys: readonly SubscriberKey[];
  /** Everybody in [from, to) less those of `except`, ascending, is not asked for now. */
  readonly rest: readonly (Range & { readonly except: readonly number[] })[];
}

export interface ReserveSnapshot {
  readonly version: number;
  readonly unseen: readonly Range[];
  readonly kept: readonly Range[];
  readonly wide: readonly Range[];
  readonly troubled: readonly Range[];
  readonly last: { readonly branch: number; readonly taken: number };
}

export class Reserve {
  readonly columns: SubscriberColumns;
  /** Of the topology whose numbers these are. */
  readonly version: number;
  /** Not looked at yet. */
  #unseen: Range[];
  /** Looked at and not asked. */
  #kept: Range[] = [];
  /** Of branches with trouble: to be asked now. */
  #wide: Range[] = [];
  #troubled: Range[] = [];
  /** The branch looked at last, of which there may be more, and how many of it were chosen. */
  #last = { branch: -1, taken: 0 };

  constructor(told: readonly Range[], columns: SubscriberColumns, version: number) {
    this.columns = columns;
    this.version = version;
    this.#unseen = tidied(told);
  }

  /** How many are still to be chosen from or asked. */
  get left(): number {
    return sizeOf(this.#unseen) + sizeOf(this.#wide);
  }

  /** How many were told and not asked. */
  get kept(): number {
    return sizeOf(this.#kept);
  }

  /** Who was asked for a reason of his own is not chosen again. */
  leaveOut(keys: readonly SubscriberKey[]): void {
    const numbers = keys
      .map((key) => this.columns.numberOf(key) ?? -1)
      .filter((number) => number >= 0)
      .sort((a, b) => a - b);
    this.#unseen = without(this.#unseen, runsOf([...new Set(numbers)]));
  }

  /** The next to be asked, about `limit` of them: first those of branches with trouble, then `perBranch` of each. */
  take(limit: number, perBranch: number): Chosen {
    const numbers: number[] = [];
    while (this.#wide.length > 0 && numbers.length < limit) {
      const [first] = this.#wide;
      const to = Math.min(first!.to, first!.from + limit - numbers.length);
      for (let number = first!.from; number < to; number++) numbers.push(number);
      this.#wide = without(this.#wide, [{ from: first!.from, to }]);
    }
    const rest: (Range & { readonly except: readonly number[] })[] = [];
    const passed: Range[] = [];
    let at = 0;
    while (at < this.#unseen.length && numbers.length < limit) {
      const { from, to } = this.#unseen[at]!;
      const except: number[] = [];
      let number = from;
      while (number < to && numbers.length < limit) {
        const branch = this.#branchOf(number);
        const end = Math.min(to, Math.max(number + 1, branch.to));
        const isTroubled = shared(this.#troubled, [branch]).length > 0;
        const taken = this.#last.branch === branch.from ? this.#last.taken : 0;
        const chosen = chosenOf(number, end, isTroubled ? end - number : perBranch - taken);
        this.#last = { branch: branch.from, taken: taken + chosen.length };
        for (const one of chosen) {
          numbers.push(one);
          except.push(one);
        }
        number = end;
      }
      rest.push({ from, to: number, except });
      passed.push({ from, to: number });
      at++;
    }
    this.#unseen = without(this.#unseen, passed);
    const asked = tidied(rest.flatMap(({ except }) => runsOf(except)));
    this.#kept = united(this.#kept, without(tidied(passed), asked));
    const keys = numbers.map((number) => subscriberKey(this.columns.keyOf(number)));
    return { keys, rest: rest.filter(({ from, to, except }) => to - from > except.length) };
  }

  /** One of the branch still has trouble: all the others of it are asked, too. */
  widen(key: SubscriberKey): void {
    const number = this.columns.numberOf(key) ?? -1;
    if (number < 0) return;
    const branch = [this.#branchOf(number)];
    this.#troubled = united(this.#troubled, branch);
    const more = shared(this.#kept, branch);
    this.#kept = without(this.#kept, more);
    this.#wide = united(this.#wide, more);
  }

  /** A new outage covers them: their question makes no sense any more. */
  cover(ranges: readonly Range[]): void {
    [this.#unseen, this.#kept, this.#wide] = [
      without(this.#unseen, ranges),
      without(this.#kept, ranges),
      without(this.#wide, ranges),
    ];
  }

  #branchOf(number: number): Range {
    return this.columns.branchOf?.(number) ?? { from: number, to: number + 1 };
  }

  /** In numbers of the `newest` version: an older one is not loaded again. */
  snapshot(newest: SubscriberColumns | undefined, version: number): ReserveSnapshot {
    const now = (ranges: readonly Range[]): readonly Range[] => {
      if (newest === undefined || newest === this.columns) return ranges;
      const numbers: number[] = [];
      for (const { from, to } of ranges)
        for (let n = from; n < to; n++) numbers.push(newest.numberOf(this.columns.keyOf(n)) ?? -1);
      return runsOf(numbers.filter((number) => number >= 0).sort((a, b) => a - b));
    };
    const [unseen, kept, wide] = [now(this.#unseen), now(this.#kept), now(this.#wide)];
    return { version, unseen, kept, wide, troubled: now(this.#troubled), last: this.#last };
  }

  static restored(
    { version, unseen, kept, wide, ...rest }: ReserveSnapshot,
    newest: SubscriberColumns,
  ): Reserve {
    const reserve = new Reserve(unseen, newest, version);
    reserve.#kept = [...kept];
    reserve.#wide = [...wide];
    reserve.#troubled = [...rest.troubled];
    reserve.#last = rest.last;
    return reserve;
  }
}

/** So many of [from, to), spread over all of it. */
function chosenOf(from: number, to: number, count: number): number[] {
  const size = to - from;
  if (count <= 0) return [];
  if (size <= count) return Array.from({ length: size }, (_, at) => from + at);
  return Array.from({ length: count }, (_, at) => from + Math.floor(((2 * at + 1) * size) / (2 * count)));
}
