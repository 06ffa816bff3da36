/**
 * Clustering by time and hops with the distance and the defaults of OpenNMS ALEC: alpha * (beta * minutes apart +
 * (1 - beta) * hops), alpha 144.47, beta 0.5526, DBSCAN with epsilon 100 and one point a cluster, which is single linkage.
 */
import type { Topology } from '../../../src/topology/topology.ts';
import { type Baseline, type Episode, episodesOf, Sets } from './baseline.ts';

const alpha = 144.47;
const beta = 0.5526;

export const clusteredByDefault: Baseline = { name: 'DBSCAN, ALEC defaults', group: clusteredWithin(100) };
/** Far enough that two terminals under a silent splitter are one cluster. */
export const clusteredTuned: Baseline = { name: 'DBSCAN, epsilon 270', group: clusteredWithin(270) };

function clusteredWithin(epsilon: number): Baseline['group'] {
  const mostHops = epsilon / (alpha * (1 - beta));
  /** How far apart in time two alarms may be that are so many hops apart. */
  const reachMs = (hops: number): number => ((epsilon - alpha * (1 - beta) * hops) / (alpha * beta)) * 60_000;
  // Two alarms meet where a path between them is cut: near the one that left its mark, at most a step further from the other.
  const marking = Math.floor(mostHops / 2);
  const asking = mostHops - marking + 0.5;
  return (stream) => {
    const episodes = episodesOf(stream);
    const sets = new Sets(episodes.length);
    const near = neighbourhoods(stream.topology);
    const marks = new Marks();
    const apart = new Map<string, number>();
    episodes.forEach((episode, n) => {
      if (episode.index < 0) {
        const last = apart.get(episode.resource);
        if (last !== undefined && episode.at - episodes[last]!.at <= reachMs(0)) sets.join(last, n);
        apart.set(episode.resource, n);
        return;
      }
      for (const [place, hops] of near(episode.index, asking)) {
        marks.joinAt(place, (left, marked) => {
          const together = hops + left;
          const isNear = together <= mostHops && episode.at - episodes[marked]!.at <= reachMs(together);
          if (isNear) sets.join(marked, n);
          return isNear;
        });
      }
      const isPast = (marked: number): boolean => episode.at - episodes[marked]!.at > reachMs(0);
      for (const [place, hops] of near(episode.index, marking)) marks.leave(place, hops, { mark: n, isPast });
    });
    return sets.groupsOf<Episode>(episodes).map((members) => ({ episodes: members }));
  };
}

/** Marks that alarms left around them: by place and distance, oldest first. */
class Marks {
  readonly #places = new Map<number, Map<number, number[]>>();

  /** Those which `join` takes are one cluster from then on, so that the newest of them stands for all. */
  joinAt(place: number, join: (distance: number, marked: number) => boolean): void {
    for (const [distance, marked] of this.#places.get(place) ?? []) {
      let first = marked.length;
      while (first > 0 && join(distance, marked[first - 1]!)) first--;
      if (marked.length - first > 1) marked.splice(first, marked.length - first - 1);
    }
  }

  /** Marks that are past for everybody go when the newest of them is. */
  leave(
    place: number,
    distance: number,
    { mark, isPast }: { readonly mark: number; readonly isPast: (marked: number) => boolean },
  ): void {
    const distances = this.#places.get(place) ?? new Map<number, number[]>();
    this.#places.set(place, distances);
    const marked = distances.get(distance);
    if (marked === undefined || isPast(marked.at(-1)!)) distances.set(distance, [mark]);
    else marked.push(mark);
  }
}

/** Everything within so many hops: one to a parent or child of the signal path, half to an end of a link. */
function neighbourhoods(topology: Topology): (index: number, most: number) => ReadonlyMap<number, number> {
  const stepsFrom = function* (index: number): Generator<readonly [number, number]> {
    const parent = topology.parentOf('access', index);
    if (parent >= 0) yield [parent, 1];
    for (const child of topology.childrenOf('access', index)) yield [child, 1];
    for (const link of topology.linksAt(index)) yield [link.index, 0.5];
    const link = topology.linkOf(index);
    for (const end of link === undefined ? [] : [link.a, link.b]) if (end >= 0) yield [end, 0.5];
  };
  return (index, most) => {
    const found = new Map([[index, 0]]);
    // Steps differ in length, so a place may be found again by a shorter way.
    for (const [place] of found) {
      for (const [next, step] of stepsFrom(place)) {
        const hops = found.get(place)! + step;
        if (hops > most || (found.get(next) ?? Number.POSITIVE_INFINITY) <= hops) continue;
        found.delete(next);
        found.set(next, hops);
      }
    }
    return found;
  };
}
