/** Groups by a label and five minutes, as notification routers make them: per head end, and per cause and head end. */
import type { Topology } from '../../../src/topology/topology.ts';
import { type Baseline, type Episode, episodesOf } from './baseline.ts';

const windowMs = 5 * 60_000;
const heads: ReadonlySet<string> = new Set(['olt', 'cmts', 'dslam']);

export const windowPerHead: Baseline = {
  name: 'window per OLT',
  group: (stream) => windowed(episodesOf(stream), (episode) => headOf(stream.topology, episode)),
};

export const windowPerCauseAndHead: Baseline = {
  name: 'window per type + OLT',
  group: (stream) =>
    windowed(episodesOf(stream), (episode) => `${headOf(stream.topology, episode)} ${episode.cause}`),
};

/** A group takes what comes within the window after its first alarm; the next alarm begins a new one. */
function windowed(episodes: readonly Episode[], labelOf: (episode: Episode) => string) {
  const groups: { readonly episodes: Episode[] }[] = [];
  const open = new Map<string, Episode[]>();
  for (const episode of episodes) {
    const label = labelOf(episode);
    const group = open.get(label);
    if (group !== undefined && episode.at - group[0]!.at <= windowMs) group.push(episode);
    else {
      const fresh = [episode];
      open.set(label, fresh);
      groups.push({ episodes: fresh });
    }
  }
  return groups;
}

/** The OLT, CMTS or DSLAM above; what hangs below none is its own label. */
function headOf(topology: Topology, { index, resource }: Episode): string {
  for (let at = index; at >= 0; at = topology.parentOf('access', at)) {
    if (heads.has(topology.kindOf(at))) return topology.idOf(at);
  }
  return resource;
}
