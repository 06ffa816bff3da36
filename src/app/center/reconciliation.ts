/** A collector's list of active conditions as inputs of bounded size: no record outgrows its frame, no call a room (design L5, L11). */
import type { Input } from '../../flow/input.ts';
import type { ResourceId } from '../../model/ids.ts';
import type { Observation } from '../../model/observation.ts';

/** Resources of one input; a resource and all that holds of it stand in the same one. */
const mostResources = 2_000;

export function reconciliations(
  collector: string,
  list: {
    readonly watches: readonly ResourceId[];
    /** Kinds of objects: what is active of one kind stands in one input, or the kind is left to its raises. */
    readonly below?: readonly string[] | undefined;
    readonly active: readonly Observation[];
  },
): Input[] {
  const kinds = new Set(list.below);
  const ofKind = new Map<string, Observation[]>([...kinds].map((kind) => [kind, []]));
  const others: Observation[] = [];
  for (const observation of list.active) {
    const same = ofKind.get(kindIn(observation.resource, kinds) ?? '');
    if (same === undefined) others.push(observation);
    else same.push(observation);
  }
  return [...ofResources(collector, list.watches, others), ...ofKinds(collector, ofKind)];
}

function ofResources(
  collector: string,
  watches: readonly ResourceId[],
  active: readonly Observation[],
): Input[] {
  const ofResource = new Map<ResourceId, Observation[]>();
  for (const observation of active) {
    const same = ofResource.get(observation.resource);
    if (same === undefined) ofResource.set(observation.resource, [observation]);
    else same.push(observation);
  }
  const watched = new Set(watches);
  const resources = [...new Set([...watches, ...ofResource.keys()])];
  const inputs: Input[] = [];
  for (let from = 0; from < resources.length; from += mostResources) {
    const part = resources.slice(from, from + mostResources);
    const held = part.flatMap((resource) => ofResource.get(resource) ?? []);
    inputs.push(
      inputOf(
        collector,
        part.filter((resource) => watched.has(resource)),
        held,
      ),
    );
  }
  return inputs;
}

/** All that is active of a kind stands in one input; a kind with too many for one is left to what was told of it. */
function ofKinds(collector: string, ofKind: ReadonlyMap<string, readonly Observation[]>): Input[] {
  const inputs: Input[] = [];
  let kinds: string[] = [];
  let active: Observation[] = [];
  const close = (): void => {
    if (kinds.length > 0) inputs.push(inputOf(collector, [], active, kinds));
    kinds = [];
    active = [];
  };
  for (const [kind, list] of ofKind) {
    if (list.length > mostResources) continue;
    if (kinds.length >= mostResources || active.length + list.length > mostResources) close();
    kinds.push(kind);
    active.push(...list);
  }
  close();
  return inputs;
}

function inputOf(
  collector: string,
  watches: readonly ResourceId[],
  held: readonly Observation[],
  below?: readonly string[],
): Input {
  const active = held.map(({ resource, cause = '', by }) => ({ resource, cause, by }));
  const list = { watches, active, ...(below !== undefined && { below }) };
  return { kind: 'command', by: collector, command: { kind: 'reconcile', collector, ...list } };
}

function kindIn(resource: ResourceId, kinds: ReadonlySet<string>): string | undefined {
  for (let at = resource.indexOf('/'); at >= 0; at = resource.indexOf('/', at + 1)) {
    if (kinds.has(resource.slice(0, at))) return resource.slice(0, at);
  }
  return undefined;
}
