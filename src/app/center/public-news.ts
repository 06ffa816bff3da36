/** What everybody may read of outages and works: by areas, rounded to nobody in particular. */
import { sizeOf, tidied } from '../../base/ranges.ts';
import type { World } from '../../base/world.ts';
import type { Book } from '../../edge/book/book.ts';
import type { WorksHistory } from '../../edge/book/works-told.ts';
import {
  type AreaNews,
  type AreaOutage,
  type AreaPort,
  leastShown,
  type PublicNews,
  type PublicOutage,
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
/** Ended ones stay so long in what other systems read. */
const endedMs = 86_400_000;
const mostEnded = 200;
/** Works are told of weeks before. */
const rememberedMs = 90 * 86_400_000;

export function areaPort(parts: {
  readonly book: Pick<
    Book,
    'incidents' | 'impactVersions' | 'worksHistories' | 'publicAlerts' | 'keepAlerts'
  >;
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
    alerts: () => book.publicAlerts(),
    keepAlerts: (alerts) => book.keepAlerts(alerts),
    async news() {
      const [open, ended, histories] = await Promise.all([
        book.incidents({ states: ['open', 'uncertain', 'mitigated'], limit: mostIncidents }),
        book.incidents({ states: ['resolved', 'closed'], limit: mostEnded }),
        book.worksHistories(world.now() - rememberedMs),
      ]);
      const areas = areasNow();
      if (areas === undefined) return { areas: new Map(), works: [], outages: [] };
      const justEnded = ended.items.filter(
        ({ incident: { resolvedAt } }) => resolvedAt !== undefined && resolvedAt > world.now() - endedMs,
      );
      const known = [...open.items, ...justEnded];
      const versions = await book.impactVersions(known.map(({ incident }) => incident.id));
      const version = line.line.topologyVersion;
      const works = made.topology.planned.filter(
        ({ to, announcedAt }) =>
          to > world.now() && (announcedAt === undefined || announcedAt <= world.now()),
      );
      return {
        areas: outagesIn(areas, open.items, version),
        works: [
          ...worksIn(areas, works, { ...made, histories }),
          ...calledOff(areas, histories, { version, now: world.now() }),
        ],
        outages: publicOutages(areas, known, { version, versions }),
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
    for (const [slug, subscribers] of touched(areas, { incident, impact }, version)) {
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

/** Areas in which it touches enough to be told; how many there, by slug. */
function touched(
  areas: Areas,
  { incident, impact }: { readonly incident: Incident; readonly impact: Impact },
  version: number,
): readonly (readonly [slug: string, subscribers: number])[] {
  // Numbers of another version are other people's: until it is assessed anew the topology counts.
  const ranges = impact.topologyVersion === version ? impact.ranges : [];
  return [...areas.touchedBy(incident.affected, { ...impact, ranges })].filter(
    ([, count]) => count >= leastShown,
  );
}

function publicOutages(
  areas: Areas,
  known: readonly Known[],
  {
    version,
    versions,
  }: { readonly version: number; readonly versions: Awaited<ReturnType<Book['impactVersions']>> },
): readonly PublicOutage[] {
  return known
    .flatMap(({ incident, impact }): PublicOutage[] => {
      if (impact === undefined || !incident.actionable) return [];
      const changes = versions.get(incident.id) ?? [];
      // At its end nobody is touched any more: those who were count.
      const before = incident.resolvedAt === undefined ? [] : changes.map((one) => one.subscribers);
      const subscribers = Math.max(impact.subscribers, ...before);
      if (subscribers < leastShown) return [];
      const { id, kind, startedAt, planned, suspected = false, resolvedAt: endedAt } = incident;
      return [
        {
          ...{ id, kind, startedAt, planned, suspected, endedAt, etr: impact.etr, subscribers },
          areas: touched(areas, { incident, impact }, version).map(([slug]) => slug),
        },
      ];
    })
    .sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? -1 : 1));
}

/** Works that are in no topology any more, but that people were told of. */
function calledOff(
  areas: Areas,
  histories: readonly WorksHistory[],
  { version, now }: { readonly version: number; readonly now: number },
): readonly WorksNews[] {
  return histories
    .filter(({ isCancelled, to }) => isCancelled && to > now)
    .slice(0, mostWorks)
    .flatMap(({ works: id, from, to, changes, changedAt, topologyVersion, ranges: told }) => {
      const ranges = tidied(told);
      const subscribers = sizeOf(ranges);
      if (subscribers < leastShown) return [];
      const affected = { under: [], except: [] };
      const found = topologyVersion === version ? areas.touchedBy(affected, { ranges, subscribers }) : [];
      const shown = [...found].filter(([, count]) => count >= leastShown).map(([slug]) => slug);
      return [{ id, isCancelled: true, changes, changedAt, from, to, areas: shown, subscribers }];
    });
}

interface Places {
  readonly topology: Topology;
  readonly subscribers: Subscribers | undefined;
  readonly histories: readonly WorksHistory[];
}

function worksIn(areas: Areas, planned: readonly PlannedWorks[], places: Places): readonly WorksNews[] {
  return [...planned]
    .sort((a, b) => a.from - b.from)
    .slice(0, mostWorks)
    .flatMap(({ id, from, to, resources, announcedAt }) => {
      const ranges = tidied(resources.flatMap((id) => places.subscribers?.rangesUnderId(id) ?? []));
      const indexes = resources.map((id) => places.topology.indexOf(id)).filter((index) => index >= 0);
      const counted = places.topology.subscribersUnder(indexes);
      const subscribers = ranges.length > 0 ? sizeOf(ranges) : counted;
      if (subscribers < leastShown) return [];
      const touched = areas.touchedBy({ under: resources, except: [] }, { ranges, subscribers });
      const shown = [...touched].filter(([, count]) => count >= leastShown).map(([slug]) => slug);
      const history = places.histories.find(({ works }) => works === id);
      const { changes = 0, changedAt = announcedAt } = history ?? {};
      return [{ id, isCancelled: false, changes, changedAt, from, to, areas: shown, subscribers }];
    });
}
