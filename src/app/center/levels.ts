/** How sure it is that subscribers are touched: by their own line or terminal, by what they hang on, or by what people say. */
import { type Range, shared, sizeOf, tidied } from '../../base/ranges.ts';
import type { Book } from '../../edge/book/book.ts';
import type { IncidentRecord } from '../../edge/book/records.ts';
import type { LevelsView } from '../../edge/http/subscriber-port.ts';
import type { IncidentId } from '../../model/ids.ts';
import type { Subscribers, Topology } from '../../topology/topology.ts';

export interface PlacedPeople {
  readonly version: number;
  readonly topology: Topology;
  readonly subscribers: Subscribers;
}

/** More are not looked at: whoever they speak of counts as inferred. */
const mostAlarms = 250_000;
/** Alarms read at a time: a few milliseconds of the book and of the centre, between which both serve others. */
const pageSize = 2_000;
/** What a line or terminal without service is raised by; the rest says that it works badly. */
const deadCauses = [
  ...['LOS', 'DYING_GASP', 'UNREACHABLE', 'LINK_DOWN'],
  ...['PORT_LOS', 'NO_SERVICE', 'NO_IP', 'SESSIONS_DROP'],
];

/** Those of an incident whose own line or terminal is dead. */
export interface OwnLines {
  (incident: IncidentId, placed: PlacedPeople): Promise<readonly Range[]>;
  /** Look-ups made, and answered from one that was held; held ones that made room; incidents with more alarms than are looked at. */
  readonly counters: Readonly<
    Record<'levelsRead' | 'levelsShared' | 'levelsForgotten' | 'levelsCut', number>
  >;
}

/** A fifth of a second of work where as many alarms are raised as are looked at: pages that ask anew with each change share it. */
const heldMs = 5_000;
const mostHeld = 50;

/** Each incident is looked up once in five seconds at the most, however often it is asked for. */
export function ownLines(book: Pick<Book, 'deadResources'>, now: () => number): OwnLines {
  const held = new Map<string, { version: number; until: number; lines: Promise<readonly Range[]> }>();
  const counters = { levelsRead: 0, levelsShared: 0, levelsForgotten: 0, levelsCut: 0 };
  const own = (incident: IncidentId, placed: PlacedPeople): Promise<readonly Range[]> => {
    const known = held.get(incident);
    if (known?.version === placed.version && now() < known.until) {
      counters.levelsShared++;
      return known.lines;
    }
    held.delete(incident);
    for (const oldest of held.keys())
      if (held.size >= mostHeld) counters.levelsForgotten += Number(held.delete(oldest));
    counters.levelsRead++;
    const lines = linesOf(incident, book, placed).then(({ own: found, isCut }) => {
      if (isCut) counters.levelsCut++;
      return found;
    });
    const entry = { version: placed.version, until: now() + heldMs, lines };
    held.set(incident, entry);
    entry.lines.catch(() => held.get(incident) === entry && held.delete(incident));
    return entry.lines;
  };
  return Object.assign(own, { counters });
}

async function linesOf(
  incident: IncidentId,
  book: Pick<Book, 'deadResources'>,
  { topology, subscribers }: PlacedPeople,
): Promise<{ readonly own: readonly Range[]; readonly isCut: boolean }> {
  const own: Range[] = [];
  let after: readonly [number, number] | undefined;
  for (let read = 0; read < mostAlarms; read += pageSize) {
    const page = await book.deadResources({ incident, causes: deadCauses, after, limit: pageSize });
    for (const id of page.resources) {
      const index = topology.indexOf(id);
      // Of a splitter's alarm only those who hang on the splitter itself are proved.
      own.push(...(index < 0 ? subscribers.rangesUnderId(id) : subscribers.rangesAt(index)));
    }
    after = page.next;
    if (after === undefined) break;
  }
  return { own: tidied(own), isCut: after !== undefined };
}

/** Undefined where nobody is listed, or the incident was measured on another network than the one in force. */
export async function levelsOf(
  { incident, impact }: IncidentRecord,
  own: OwnLines,
  placed: PlacedPeople | undefined,
): Promise<LevelsView | undefined> {
  if (impact === undefined || placed === undefined || impact.topologyVersion !== placed.version)
    return undefined;
  if (placed.subscribers.count === 0) return undefined;
  const all = impact.subscribers;
  if (incident.suspected === true) return { proved: 0, inferred: 0, suspected: all };
  // Whom it touches is taken as it is now: the parts always add up to the whole.
  const proved = sizeOf(shared(await own(incident.id, placed), impact.ranges));
  return { proved, inferred: all - proved, suspected: 0 };
}
