/**
 * The subscribers whom an incident touches, one by one. A page is bounded work however many there are: their numbers are
 * counted off in ranges, and people are looked up for those of the page only.
 */
import { holds, type Range, runsOf, shared, sizeOf, without } from '../../base/ranges.ts';
import type { AffectedPerson, ToldPerson } from '../../edge/book/affected.ts';
import type { Book } from '../../edge/book/book.ts';
import type { IncidentRecord } from '../../edge/book/records.ts';
import { telephoneNumber } from '../../edge/files/telephone-number.ts';
import type {
  AffectedLevel,
  AffectedList,
  AffectedQueries,
  AffectedView,
  ToldView,
} from '../../edge/http/affected-port.ts';
import { type Impact, type Incident, isToBeTold } from '../../model/incident.ts';
import { AffectedSince, type Joined } from './affected-since.ts';
import type { OwnLines, PlacedPeople } from './levels.ts';

type People = Pick<Book, 'affectedPeople' | 'incident' | 'revisionBefore' | 'subscribers' | 'unwrittenOf'>;

export interface AffectedOptions {
  readonly book: People;
  readonly own: OwnLines;
  /** Subscribers as they stand in the network in force. */
  readonly placed: () => PlacedPeople | undefined;
  /** Whose numbers are written without their code. */
  readonly country: () => string | undefined;
}

/** Who is asked for by a number that so many have is shown in part. */
const mostFound = 1_000;
const ofExport = 500;

/** What a list is of; it stays the same however long somebody takes to read it. */
interface Listing {
  readonly incident: Incident;
  readonly impact: Impact;
  readonly placed: PlacedPeople;
  readonly own: readonly Range[];
  readonly joined: Joined;
  /** Numbers of the level asked for. */
  readonly ranges: readonly Range[];
}

export function affectedLists({ book, own, placed, country }: AffectedOptions): AffectedQueries {
  const since = new AffectedSince(book);

  const listing = async (id: string, level: AffectedLevel | undefined): Promise<Listing | AffectedList> => {
    const record = await book.incident(id);
    if (record === undefined) return { kind: 'unknown' };
    const { incident, impact } = record;
    const network = placed();
    if (impact === undefined || network === undefined || impact.subscribers === 0)
      return { kind: 'listed', page: { items: [], total: 0 } };
    if (impact.topologyVersion !== network.version) return { kind: 'otherNetwork' };
    const lines = incident.suspected === true ? [] : await linesOf(record, own, network);
    const ranges = rangesOf({ incident, impact, own: lines }, level);
    return {
      ...{ incident, impact, placed: network, own: lines, ranges },
      joined: await since.joined(incident, impact),
    };
  };

  return {
    async affected(id, { level, find, cursor, limit }) {
      const of = await listing(id, level);
      if ('kind' in of) return of;
      if (find !== undefined) {
        const numbers = await found(book, of, { find, country: country() });
        const items = await viewsOf(book, of, numbers.slice(0, limit));
        return { kind: 'listed', page: { items, total: numbers.length } };
      }
      const from = startOf(cursor, of.placed.version);
      if (from === undefined) return { kind: 'otherNetwork' };
      const [numbers, next] = numbersFrom(of.ranges, from, limit);
      const page = {
        items: await viewsOf(book, of, numbers),
        total: sizeOf(of.ranges),
        next: next === undefined ? undefined : `${of.placed.version}.${next}`,
      };
      return { kind: 'listed', page };
    },
    // Of the network that was in force when it began, however long it is read.
    async allAffected(id, level) {
      const of = await listing(id, level);
      if ('kind' in of) return of;
      return { kind: 'pages', pages: pagesOf(book, of) };
    },
  };
}

async function* pagesOf(book: People, of: Listing): AsyncGenerator<readonly AffectedView[]> {
  let next: number | undefined = 0;
  while (next !== undefined) {
    const [numbers, following]: [number[], number | undefined] = numbersFrom(of.ranges, next, ofExport);
    yield await viewsOf(book, of, numbers);
    next = following;
  }
}

const linesOf = async (
  { incident, impact }: IncidentRecord,
  own: OwnLines,
  placed: PlacedPeople,
): Promise<readonly Range[]> => shared(await own(incident.id, placed), impact!.ranges);

function rangesOf(
  { incident, impact, own }: Pick<Listing, 'incident' | 'impact' | 'own'>,
  level: AffectedLevel | undefined,
): readonly Range[] {
  if (level === undefined) return impact.ranges;
  const isSuspected = incident.suspected === true;
  if (level === 'suspected' || isSuspected) return level === 'suspected' && isSuspected ? impact.ranges : [];
  return level === 'proved' ? own : without(impact.ranges, own);
}

/** A cursor is a number of one network; undefined where that is not in force any more, or it is none of ours. */
function startOf(cursor: string | undefined, version: number): number | undefined {
  if (cursor === undefined) return 0;
  const [, of, from] = /^(\d{1,10})\.(\d{1,10})$/.exec(cursor) ?? [];
  return from !== undefined && Number(of) === version ? Number(from) : undefined;
}

/** The first `limit` numbers at or after `from`, and where the next ones begin. */
function numbersFrom(
  ranges: readonly Range[],
  from: number,
  limit: number,
): [numbers: number[], next: number | undefined] {
  const numbers: number[] = [];
  for (const range of ranges) {
    for (let number = Math.max(range.from, from); number < range.to; number++) {
      if (numbers.length === limit) return [numbers, number];
      numbers.push(number);
    }
  }
  return [numbers, undefined];
}

/** By a telephone number as people write it, or by the operator's own id. */
async function found(
  book: People,
  { placed, ranges }: Listing,
  { find, country }: { readonly find: string; readonly country: string | undefined },
): Promise<number[]> {
  const phone = telephoneNumber(find, country);
  const [byId, byPhone] = await Promise.all([
    book.subscribers({ id: find.trim(), limit: 1 }),
    phone === undefined ? undefined : book.subscribers({ phone, limit: mostFound }),
  ]);
  const keys = new Set([...byId.items, ...(byPhone?.items ?? [])].map(({ key }) => key));
  return [...keys]
    .map((key) => placed.subscribers.numberOf(key) ?? -1)
    .filter((number) => number >= 0 && holds(ranges, number))
    .sort((a, b) => a - b);
}

async function viewsOf(book: People, of: Listing, numbers: readonly number[]): Promise<AffectedView[]> {
  const { incident, placed, own, joined } = of;
  if (numbers.length === 0) return [];
  const keys = numbers.map((number) => placed.subscribers.keyOf(number));
  const people = new Map(
    (await book.affectedPeople({ incident: incident.id, keys })).map((person) => [
      person.key as number,
      person,
    ]),
  );
  const told = await toldOf(book, of, { numbers, people });
  const near = runsOf(numbers);
  const marks = {
    own: shared(own, near),
    joined: joined.map((one) => ({ ...one, ranges: shared(one.ranges, near) })),
  };
  return numbers.flatMap((number): AffectedView[] => {
    const person = people.get(placed.subscribers.keyOf(number));
    if (person === undefined) return [];
    const { key: _, told: __, ...shown } = person;
    const level =
      incident.suspected === true ? 'suspected' : holds(marks.own, number) ? 'proved' : 'inferred';
    const since = marks.joined.find(({ ranges }) => holds(ranges, number))?.at ?? incident.startedAt;
    return [{ ...shown, level, since, told: told.get(number)! }];
  });
}

/** What became of the word to each of them; who has no notice is looked for where it was planned. */
async function toldOf(
  book: People,
  { incident, impact, placed: { subscribers } }: Listing,
  {
    numbers,
    people,
  }: { readonly numbers: readonly number[]; readonly people: ReadonlyMap<number, AffectedPerson> },
): Promise<ReadonlyMap<number, ToldView>> {
  const told = new Map<number, ToldView>();
  const without: number[] = [];
  for (const number of numbers) {
    const notice = people.get(subscribers.keyOf(number))?.told;
    if (notice === undefined) without.push(number);
    else told.set(number, toldView(notice));
  }
  if (without.length === 0) return told;
  const { topologyVersion } = impact;
  const why = await book.unwrittenOf({ incident: incident.id, topologyVersion, numbers: without });
  for (const [index, number] of without.entries()) {
    const reason = why[index];
    if (reason === 'queued') told.set(number, { state: 'queued' });
    else if (reason === 'leftOut')
      told.set(number, { state: 'suppressed', reason: reasonNow(subscribers, number) });
    else if (reason !== undefined) told.set(number, { state: 'suppressed', reason });
    else
      told.set(
        number,
        isToBeTold(incident) ? { state: 'notYet' } : { state: 'none', reason: whyNobody(incident) },
      );
  }
  return told;
}

const toldView = ({ state, reason, channel, at }: ToldPerson): ToldView => ({
  ...{ state, channel: channel === '' ? undefined : channel, at },
  reason: state === 'suppressed' || state === 'failed' || state === 'expired' ? reason : undefined,
});

/** Of several reasons the line had, the one that holds for this one. */
function reasonNow(subscribers: PlacedPeople['subscribers'], number: number): string {
  if (subscribers.channelMaskOf(number) === 0) return 'noChannel';
  return subscribers.isOptedOut(number) ? 'optedOut' : 'cap';
}

const whyNobody = ({ planned, suspected }: Incident): string =>
  planned ? 'planned' : suspected === true ? 'suspected' : 'noise';
