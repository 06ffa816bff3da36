/** The probes and the DNS platform of the configuration, asked beside the devices. */
import { join } from 'node:path';
import type { World } from '../../base/world.ts';
import { readWhole, realFiles, writeWhole } from '../../edge/disk/file-system.ts';
import { openProber } from '../../edge/probe/prober.ts';
import { Probing } from '../../flow/probing.ts';
import type { SeriesStore } from '../../flow/series.ts';
import { type ResourceId, resourceId } from '../../model/ids.ts';
import type { Observation } from '../../model/observation.ts';
import type { Config } from '../config/config.ts';
import { saysSame } from '../config/same.ts';

export interface ProbingHost {
  readonly probing: Probing;
  /** From now on these; answers resources that no probe judges any longer, also since the last life of this process. */
  use(config: Config): readonly ResourceId[];
}

const name = 'probed.json';
const format = 'allclear-probed/1';

interface Kept {
  readonly format: string;
  /** What was judged by probes, so that what a probe raised does not outlive it. */
  readonly resources: readonly string[];
}

export async function openProbing(options: {
  readonly world: World;
  readonly series: SeriesStore;
  readonly offer: (observation: Observation) => void;
  readonly folder: string;
}): Promise<ProbingHost> {
  const { world, folder } = options;
  const probing = new Probing({ ...options, prober: openProber(world) });
  let before: readonly ResourceId[] = await lastJudged(folder, world);
  let writing: Promise<void> = Promise.resolve();
  return {
    probing,
    use(config) {
      const planned = judged(config);
      const known = new Set(planned);
      const gone = before.filter((resource) => !known.has(resource));
      const changed = probing.use({ probes: config.probes, dns: config.dns }, saysSame);
      if (!saysSame(before, planned)) writing = writing.then(() => keep(folder, planned, world));
      before = planned;
      return [...new Set([...gone, ...changed])];
    },
  };
}

function judged({ probes, dns }: Config): readonly ResourceId[] {
  const platform =
    dns === undefined ? [] : [dns, ...dns.resolvers, ...dns.zones].map(({ resource }) => resource);
  return [...new Set([...probes.map(({ resource }) => resource), ...platform])].sort();
}

async function keep(folder: string, resources: readonly ResourceId[], world: World): Promise<void> {
  const text = JSON.stringify({ format, resources } satisfies Kept);
  try {
    await writeWhole(realFiles, { folder, name }, [Buffer.from(text)]);
  } catch (error) {
    world.log.error('what is probed could not be written', { error: String(error) });
  }
}

/** Losing it costs nothing but alarms of probes that were taken out while the daemon stood still. */
async function lastJudged(folder: string, world: World): Promise<readonly ResourceId[]> {
  try {
    const bytes = await readWhole(realFiles, join(folder, name));
    if (bytes === undefined) return [];
    const kept = JSON.parse(Buffer.from(bytes).toString('utf8')) as Kept;
    return kept.format === format ? kept.resources.map(String).map(resourceId) : [];
  } catch (error) {
    world.log.warn('what was probed cannot be read', { error: String(error) });
    return [];
  }
}
