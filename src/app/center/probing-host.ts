/** The probes and the DNS platform of the configuration, asked beside the devices. */
import type { World } from '../../base/world.ts';
import { openProber } from '../../edge/probe/prober.ts';
import { Probing } from '../../flow/probing.ts';
import type { SeriesStore } from '../../flow/series.ts';
import type { ResourceId } from '../../model/ids.ts';
import type { Observation } from '../../model/observation.ts';
import type { Config } from '../config/config.ts';
import { saysSame } from '../config/same.ts';

export interface ProbingHost {
  readonly probing: Probing;
  /** From now on these; answers resources that no probe judges any longer. */
  use(config: Config): readonly ResourceId[];
}

export function openProbing(options: {
  readonly world: World;
  readonly series: SeriesStore;
  readonly offer: (observation: Observation) => boolean;
}): ProbingHost {
  const probing = new Probing({ ...options, prober: openProber(options.world) });
  return { probing, use: ({ probes, dns }) => probing.use({ probes, dns }, saysSame) };
}
