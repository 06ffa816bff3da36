/** Numbers of an older topology version on their way to the newest, 5,000 a slice, through stable keys (design L6). */
import type { Instant } from '../base/instant.ts';
import { type Range, runsOf, tidied, united } from '../base/ranges.ts';
import { laid, rangesOf, type Span } from '../base/spans.ts';
import type { IncidentId } from '../model/ids.ts';
import { KeyQueue, type KeyQueueSnapshot } from '../model/key-queue.ts';
import type { SubscriberColumns } from '../model/subscriber-columns.ts';
import { type Account, type Lost, type Strand, settleLater, strandOf } from './account.ts';

type Place =
  | { readonly of: 'out'; readonly value: Instant }
  | { readonly of: 'lost'; readonly value: Lost }
  | { readonly of: 'ended'; readonly value: Instant }
  | { readonly of: 'owed' }
  | { readonly of: 'todo' };

interface Carried {
  readonly incident: IncidentId;
  readonly service?: string | undefined;
  readonly place: Place;
  readonly queue: KeyQueue;
  found: readonly Range[];
}

export type CarriedSnapshot = Omit<Carried, 'queue'> & { readonly queue: KeyQueueSnapshot };

/** A number has one value: what is there already is not touched by it. */
const newest = <T>() => ({ joined: (_: T, b: T): T => b, isSame: Object.is });

export class Carrying {
  /** The last one is the next. */
  #items: Carried[] = [];
  /** Known in the new numbers; all are put back at once, for each of very many would look at all of its strand. */
  #found: Carried[] = [];

  get isDone(): boolean {
    return this.#items.length === 0;
  }

  clear(): void {
    this.#items = [];
    this.#found = [];
  }

  /** Every set of the accounts leaves them until it is known in the new numbers. */
  start(accounts: Iterable<Account>, older: SubscriberColumns): void {
    // Those found so far are of a version that is the older one now.
    for (const item of [...this.#found.splice(0), ...this.#items]) {
      if (item.found.length === 0) continue;
      this.#items.push({ ...item, queue: KeyQueue.ofRanges(tidied(item.found), older), found: [] });
      item.found = [];
    }
    const put = (of: Pick<Carried, 'incident' | 'service'>, place: Place, ranges: readonly Range[]): void => {
      if (ranges.length > 0)
        this.#items.push({ ...of, place, queue: KeyQueue.ofRanges(ranges, older), found: [] });
    };
    for (const account of accounts) {
      const { incident } = account;
      put({ incident }, { of: 'todo' }, account.todo);
      account.todo = [];
      for (const strand of account.strands) {
        const of = { incident, service: strand.service };
        for (const [value, ranges] of byValue(strand.out)) put(of, { of: 'out', value }, ranges);
        for (const [value, ranges] of byValue(strand.lost)) put(of, { of: 'lost', value }, ranges);
        for (const { dueAt, ranges } of strand.ended) put(of, { of: 'ended', value: dueAt }, ranges);
        put(of, { of: 'owed' }, strand.owed);
        Object.assign(strand, { affected: [], out: [], lost: [], ended: [], owed: [] });
      }
    }
  }

  /** Looks up at most `budget` keys; answers how many it did. */
  step(accounts: ReadonlyMap<IncidentId, Account>, columns: SubscriberColumns, budget: number): number {
    const item = this.#items.at(-1);
    if (item === undefined) return 0;
    const keys = item.queue.take(budget);
    const numbers = keys.map((key) => columns.numberOf(key) ?? -1).filter((number) => number >= 0);
    item.found = united(item.found, tidied(runsOf(numbers)));
    if (item.queue.left === 0) {
      this.#items.pop();
      this.#found.push(item);
      if (this.isDone) putBack(accounts, this.#found.splice(0));
    }
    return Math.max(1, keys.length);
  }

  snapshot(columns: SubscriberColumns | undefined): readonly CarriedSnapshot[] {
    const all = [...this.#items, ...this.#found];
    return all.map(({ queue, ...item }) => ({ ...item, queue: queue.snapshot(columns) }));
  }

  restore(items: readonly CarriedSnapshot[], columns: SubscriberColumns | undefined): void {
    this.#items = items.map(({ queue, ...item }) => ({ ...item, queue: KeyQueue.restored(queue, columns) }));
  }
}

function putBack(accounts: ReadonlyMap<IncidentId, Account>, all: readonly Carried[]): void {
  const strands = new Map<Strand, { readonly place: Place; readonly found: readonly Range[] }[]>();
  for (const { incident, service, place, found } of all) {
    const account = accounts.get(incident);
    if (account === undefined) continue;
    if (place.of === 'todo') {
      account.todo = united(account.todo, found);
      continue;
    }
    const strand = strandOf(account, service);
    const same = strands.get(strand);
    if (same === undefined) strands.set(strand, [{ place, found }]);
    else same.push({ place, found });
  }
  for (const [strand, parts] of strands) {
    const out = parts.flatMap(({ place, found }) => (place.of === 'out' ? spansOf(found, place.value) : []));
    const lost = parts.flatMap(({ place, found }) =>
      place.of === 'lost' ? spansOf(found, place.value) : [],
    );
    const owed = parts.flatMap(({ place, found }) => (place.of === 'owed' ? found : []));
    strand.out = laid(strand.out, sorted(out), newest());
    strand.lost = laid(strand.lost, sorted(lost), newest());
    strand.owed = united(strand.owed, owed);
    for (const { place, found } of parts) if (place.of === 'ended') settleLater(strand, found, place.value);
  }
}

const sorted = <T>(spans: readonly Span<T>[]): Span<T>[] => [...spans].sort((a, b) => a.from - b.from);

const spansOf = <T>(ranges: readonly Range[], value: T): Span<T>[] =>
  ranges.map((range) => ({ ...range, value }));

function byValue<T>(spans: readonly Span<T>[]): readonly (readonly [T, readonly Range[]])[] {
  const found = new Map<string, { readonly value: T; readonly spans: Span<T>[] }>();
  for (const span of spans) {
    const name = JSON.stringify(span.value);
    const same = found.get(name);
    if (same === undefined) found.set(name, { value: span.value, spans: [span] });
    else same.spans.push(span);
  }
  return [...found.values()].map(({ value, spans: of }) => [value, rangesOf(of)]);
}
