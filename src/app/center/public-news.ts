/** What everybody may read of outages and works: by areas, rounded to nobody in particular. */
import { sizeOf, tidied } from '../../base/ranges.ts';
import type { World } from '../../base/world.ts';
import type { Book } from '../../edge/book/book.ts';
import {
  type AreaNews,
  type AreaOutage,
  type AreaPort,
  leastShown,
  type PublicNews,
  type WorksNews,
} from '../../edge/http/area-port.ts';
import type { Impact, Incident } from '../../model/incident.ts';
import type { PlannedWorks, Subscribers, Topology } from '../../topology/topology.ts';
import { Areas } from './areas.ts';
import type { LineHost } from './line-host.ts';
import { networkInForce } from './network-port.ts';

/** More outages at once are one catastrophe, and its newest thousand say so. */
const mostIncidents = 1_000;
const mostWorks = 200;

export function areaPort(parts: {
  readonly book: Pick<Book, 'incidents'>;
  readonly line: LineHost;
  readonly world: World;
}): AreaPort {
  const { book, line, world } = parts;
  let made: {
    readonly topology: Topology;
    readonly subscribers: Subscribers | undefined;
    readonly areas: Areas;
  };
  const areasNow = (): Areas | undefined => {
    const topology = networkInForce(line);
    const { subscribers } = line.line;
    if (topology === undefined) return undefined;
    if (made?.topology !== topology || made.subscribers !== subscribers)
      made = { topology, subscribers, areas: new Areas(topology, subscribers) };
    return made.areas;
  };
  return {
    async news() {
      const { items } = await book.incidents({
        states: ['open', 'uncertain', 'mitigated'],
        limit: mostIncidents,
      });
      const areas = areasNow();
      if (areas === undefined) return { areas: new Map(), works: [] };
      const works = made.topology.planned.filter(
        ({ to, announcedAt }) =>
          to > world.now() && (announcedAt === undefined || announcedAt <= world.now()),
      );
      return {
        areas: outagesIn(areas, items, line.line.topologyVersion),
        works: worksIn(areas, works, made),
      };
    },
  };
}

interface Known {
  readonly incident: Incident;
  readonly impact?: Impact | undefined;
}

function outagesIn(areas: Areas, known: readonly Known[], version: number): PublicNews['areas'] {
  const outages = new Map<string, AreaOutage[]>();
  for (const { incident, impact } of known) {
    if (impact === undefined || !incident.actionable || impact.subscribers < leastShown) continue;
    // Numbers of another version are other people's: until it is assessed anew the topology counts.
    const ranges = impact.topologyVersion === version ? impact.ranges : [];
    for (const [slug, subscribers] of areas.touchedBy(incident.affected, { ...impact, ranges })) {
      if (subscribers < leastShown) continue;
      const { kind, startedAt, planned, suspected = false } = incident;
      const outage = { kind, startedAt, etr: impact.etr, subscribers, planned, suspected };
      const among = outages.get(slug);
      if (among === undefined) outages.set(slug, [outage]);
      else among.push(outage);
    }
  }
  const news = areas.all.map(({ slug, name }): [string, AreaNews] => {
    const here = (outages.get(slug) ?? []).sort((a, b) => b.startedAt - a.startedAt);
    return [slug, { slug, name, outages: here }];
  });
  return new Map(news);
}

interface Places {
  readonly topology: Topology;
  readonly subscribers: Subscribers | undefined;
}

function worksIn(areas: Areas, planned: readonly PlannedWorks[], places: Places): readonly WorksNews[] {
  return [...planned]
    .sort((a, b) => a.from - b.from)
    .slice(0, mostWorks)
    .flatMap(({ from, to, resources }) => {
      const ranges = tidied(resources.flatMap((id) => places.subscribers?.rangesUnderId(id) ?? []));
      const indexes = resources.map((id) => places.topology.indexOf(id)).filter((index) => index >= 0);
      const counted = places.topology.subscribersUnder(indexes);
      const subscribers = ranges.length > 0 ? sizeOf(ranges) : counted;
      if (subscribers < leastShown) return [];
      const touched = areas.touchedBy({ under: resources, except: [] }, { ranges, subscribers });
      const shown = [...touched].filter(([, count]) => count >= leastShown).map(([slug]) => slug);
      return [{ from, to, areas: shown, subscribers }];
    });
}
