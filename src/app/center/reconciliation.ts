/** A collector's list of active conditions as inputs of bounded size: no record outgrows its frame, no call a room (design L5, L11). */
import type { Input } from '../../flow/input.ts';
import type { ResourceId } from '../../model/ids.ts';
import type { Observation } from '../../model/observation.ts';

/** Resources of one input; a resource and all that holds of it stand in the same one. */
const mostResources = 2_000;

export function reconciliations(
  collector: string,
  list: { readonly watches: readonly ResourceId[]; readonly active: readonly Observation[] },
): Input[] {
  const ofResource = new Map<ResourceId, Observation[]>();
  for (const observation of list.active) {
    const same = ofResource.get(observation.resource);
    if (same === undefined) ofResource.set(observation.resource, [observation]);
    else same.push(observation);
  }
  const watched = new Set(list.watches);
  const resources = [...new Set([...list.watches, ...ofResource.keys()])];
  const inputs: Input[] = [];
  for (let from = 0; from < resources.length; from += mostResources) {
    const part = resources.slice(from, from + mostResources);
    const watches = part.filter((resource) => watched.has(resource));
    const active = part
      .flatMap((resource) => ofResource.get(resource) ?? [])
      .map(({ resource, cause = '', by }) => ({ resource, cause, by }));
    inputs.push({
      kind: 'command',
      by: collector,
      command: { kind: 'reconcile', collector, watches, active },
    });
  }
  return inputs;
}
