/** A collector's list of active conditions as inputs of bounded size: no record outgrows its frame, no call a room (design L5, L11). */
import type { Reconciliation } from '../../alarm/alarm.ts';
import type { Input } from '../../flow/input.ts';
import type { ResourceId } from '../../model/ids.ts';
import type { Observation } from '../../model/observation.ts';

/** Resources of one input; a resource and all that holds of it stand in the same one. */
const mostResources = 2_000;

export function reconciliations(
  collector: string,
  list: {
    readonly watches: readonly ResourceId[];
    /** Kinds of objects: what is active of one kind stands in one input, or in several that each name their span. */
    readonly below?: readonly string[] | undefined;
    /** Asked in vain. */
    readonly unseen?: readonly ResourceId[] | undefined;
    readonly active: readonly Observation[];
  },
): Input[] {
  const kinds = new Set(list.below);
  const watched = new Set(list.watches);
  const ofKind = new Map<string, Observation[]>([...kinds].map((kind) => [kind, []]));
  const others: Observation[] = [];
  for (const observation of list.active) {
    const same = ofKind.get(kindIn(observation.resource, kinds) ?? '');
    same?.push(observation);
    // An interface may be watched by its name and be of a judged kind: neither list may end what holds.
    if (same === undefined || watched.has(observation.resource)) others.push(observation);
  }
  return [
    ...ofResources(collector, watched, others),
    ...ofKinds(collector, ofKind),
    ...parts(list.unseen ?? []).map((unseen) => inputOf(collector, { unseen })),
  ];
}

const parts = <T>(list: readonly T[]): (readonly T[])[] =>
  Array.from({ length: Math.ceil(list.length / mostResources) }, (_, i) =>
    list.slice(i * mostResources, (i + 1) * mostResources),
  );

function ofResources(
  collector: string,
  watched: ReadonlySet<ResourceId>,
  active: readonly Observation[],
): Input[] {
  const ofResource = new Map<ResourceId, Observation[]>();
  for (const observation of active) {
    const same = ofResource.get(observation.resource);
    if (same === undefined) ofResource.set(observation.resource, [observation]);
    else same.push(observation);
  }
  const resources = [...new Set([...watched, ...ofResource.keys()])];
  return parts(resources).map((part) =>
    inputOf(collector, {
      watches: part.filter((resource) => watched.has(resource)),
      active: part.flatMap((resource) => ofResource.get(resource) ?? []),
    }),
  );
}

/** Small kinds share an input; one with more than an input holds is cut into spans of its resources. */
function ofKinds(collector: string, ofKind: ReadonlyMap<string, readonly Observation[]>): Input[] {
  const inputs: Input[] = [];
  let below: string[] = [];
  let active: Observation[] = [];
  const close = (): void => {
    if (below.length > 0) inputs.push(inputOf(collector, { below, active }));
    below = [];
    active = [];
  };
  for (const [kind, list] of ofKind) {
    if (list.length > mostResources) {
      inputs.push(...spansOf(collector, kind, list));
      continue;
    }
    if (below.length >= mostResources || active.length + list.length > mostResources) close();
    below.push(kind);
    active.push(...list);
  }
  close();
  return inputs;
}

/** Together the spans hold every name there is; all that is active of one resource stands in one of them. */
function spansOf(collector: string, kind: string, list: readonly Observation[]): Input[] {
  const sorted = [...list].sort((a, b) => (a.resource < b.resource ? -1 : a.resource > b.resource ? 1 : 0));
  const starts = [0];
  for (let at = 0; at < sorted.length; at++) {
    const isNew = sorted[at]!.resource !== sorted[at - 1]?.resource;
    if (isNew && at - starts.at(-1)! >= mostResources) starts.push(at);
  }
  return starts.map((start, i) => {
    const next = starts[i + 1];
    const span = {
      from: i === 0 ? undefined : sorted[start]!.resource,
      to: next === undefined ? undefined : sorted[next]!.resource,
    };
    return inputOf(collector, { below: [kind], span, active: sorted.slice(start, next) });
  });
}

function inputOf(
  collector: string,
  list: Partial<Omit<Reconciliation, 'collector' | 'active'>> & {
    readonly active?: readonly Observation[] | undefined;
  },
): Input {
  const { watches = [], active = [], ...rest } = list;
  const held = active.map(({ resource, cause = '', by, severity }) => ({ resource, cause, by, severity }));
  return {
    kind: 'command',
    by: collector,
    command: { kind: 'reconcile', collector, watches, active: held, ...rest },
  };
}

function kindIn(resource: ResourceId, kinds: ReadonlySet<string>): string | undefined {
  for (let at = resource.indexOf('/'); at >= 0; at = resource.indexOf('/', at + 1)) {
    if (kinds.has(resource.slice(0, at))) return resource.slice(0, at);
  }
  return undefined;
}
