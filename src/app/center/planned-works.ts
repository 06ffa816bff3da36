/** The planned works of the topology that the line judges by. */
import type { PlannedWorks } from '../../topology/topology.ts';
import type { LineHost } from './line-host.ts';

export function worksIn({ line, contents }: LineHost): readonly PlannedWorks[] {
  const { topology } = line.named;
  return topology === undefined ? [] : contents.topology(topology).planned;
}
