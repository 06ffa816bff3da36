/** Parent suppression as Nagios has it: an alarm belongs to the topmost thing above it that is in alarm as well. */
import { type Baseline, type Episode, episodesOf } from './baseline.ts';

/** Before a child is judged its parents are checked; what they show within this time counts. */
const checkedWithinMs = 60_000;

const kinds: Readonly<Record<string, string>> = {
  ...{ ont: 'drop', modem: 'drop', 'dsl-line': 'drop', cpe: 'drop', pair: 'drop' },
  ...{ splitter: 'splitter', 'pon-port': 'pon-port', card: 'card', feeder: 'feeder', cable: 'cable' },
  ...{ olt: 'node-down', cmts: 'node-down', dslam: 'node-down', aggregation: 'node-down', bng: 'node-down' },
  ...{
    core: 'node-down',
    switch: 'node-down',
    router: 'node-down',
    amplifier: 'amplifier',
    'fiber-node': 'amplifier',
  },
  ...{ building: 'house-power', mains: 'area-power', battery: 'site-power', site: 'site-power' },
  ...{ cabinet: 'cable', dns: 'service', radius: 'service', 'service-platform': 'service' },
  ...{ collector: 'collector' },
};

export const topmostAncestor: Baseline = {
  name: 'topmost alarmed ancestor',
  group(stream) {
    const { topology } = stream;
    const episodes = episodesOf(stream);
    const byIndex = new Map<number, Episode[]>();
    for (const episode of episodes) {
      const known = byIndex.get(episode.index);
      if (known === undefined) byIndex.set(episode.index, [episode]);
      else known.push(episode);
    }
    const groups = new Map<Episode, Episode[]>();
    for (const episode of episodes) {
      let top = episode;
      const self = episode.index;
      for (let at = self; at >= 0; at = topology.parentOf('access', at)) {
        top = inAlarm(byIndex.get(at), episode) ?? top;
      }
      const group = groups.get(top);
      if (group === undefined) groups.set(top, [episode]);
      else group.push(episode);
    }
    return [...groups].map(([top, members]) => ({
      episodes: members,
      root: top.resource,
      kind:
        top.cause === 'FLAPPING'
          ? 'flapping'
          : kindOf(top, topology.linkOf(top.index) !== undefined, topology),
    }));
  },
};

function kindOf({ index }: Episode, isLink: boolean, topology: { kindOf(index: number): string }): string {
  if (isLink) return 'link';
  return (index < 0 ? undefined : kinds[topology.kindOf(index)]) ?? 'unexplained';
}

/** The first alarm there that is on while the child is judged. */
function inAlarm(there: readonly Episode[] | undefined, child: Episode): Episode | undefined {
  return there?.find(
    ({ at, endedAt }) => at <= child.at + checkedWithinMs && (endedAt === undefined || endedAt > child.at),
  );
}
