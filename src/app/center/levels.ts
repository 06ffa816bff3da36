/** How sure it is that subscribers are touched: by their own line or terminal, by what they hang on, or by what people say. */
import { shared, sizeOf, tidied } from '../../base/ranges.ts';
import type { Book } from '../../edge/book/book.ts';
import type { IncidentRecord } from '../../edge/book/records.ts';
import type { LevelsView } from '../../edge/http/subscriber-port.ts';
import type { Subscribers, Topology } from '../../topology/topology.ts';

export interface PlacedPeople {
  readonly version: number;
  readonly topology: Topology;
  readonly subscribers: Subscribers;
}

/** More are not looked at: whoever they speak of counts as inferred. */
const mostAlarms = 20_000;
/** What a line or terminal without service is raised by; the rest says that it works badly. */
const deadCauses = [
  ...['LOS', 'DYING_GASP', 'UNREACHABLE', 'LINK_DOWN'],
  ...['PORT_LOS', 'NO_SERVICE', 'NO_IP', 'SESSIONS_DROP'],
];

/** Undefined where nobody is listed, or the incident was measured on another network than the one in force. */
export async function levelsOf(
  { incident, impact }: IncidentRecord,
  book: Pick<Book, 'deadResources'>,
  placed: PlacedPeople | undefined,
): Promise<LevelsView | undefined> {
  if (impact === undefined || placed === undefined || impact.topologyVersion !== placed.version)
    return undefined;
  const { topology, subscribers } = placed;
  if (subscribers.count === 0) return undefined;
  const all = impact.subscribers;
  if (incident.suspected === true) return { proved: 0, inferred: 0, suspected: all };
  const resources = await book.deadResources({
    incident: incident.id,
    causes: deadCauses,
    limit: mostAlarms,
  });
  const own = resources.flatMap((id) => {
    const index = topology.indexOf(id);
    // Of a splitter's alarm only those who hang on the splitter itself are proved.
    return index < 0 ? subscribers.rangesUnderId(id) : subscribers.rangesAt(index);
  });
  const proved = sizeOf(shared(tidied(own), impact.ranges));
  return { proved, inferred: all - proved, suspected: 0 };
}
