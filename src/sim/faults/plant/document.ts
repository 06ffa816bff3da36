/** The topology as the operator holds it: parents first, in the two formats of the contract. */
import { type ResourceId, resourceId } from '../../../model/ids.ts';
import type { TopologyDocument } from '../../../topology/topology.ts';
import { type Plant, treeNames } from './plant.ts';

type Resource = TopologyDocument['resources'][number];

export function documentOf(plant: Plant): TopologyDocument {
  const resources: Resource[] = [];
  for (const resource of resourcesOf(plant)) resources.push(resource);
  return {
    serviceRoots: plant.serviceRoots.map((root) => resourceId(plant.ids[root]!)),
    resources,
    links: plant.links.map((_, number) => linkOf(plant, number)),
    planned: plant.planned,
  };
}

/** Whoever lays something lays its parents before, so that the order of laying is parents first. */
function* resourcesOf(plant: Plant): Generator<Resource> {
  for (let index = 0; index < plant.count; index++)
    if (!plant.missing.has(index)) yield resourceOf(plant, index);
}

function resourceOf(plant: Plant, index: number): Resource {
  const within: Record<string, ResourceId> = {};
  for (const tree of treeNames) {
    const real = plant.parents[tree][index]!;
    const parent = tree === 'access' ? (plant.givenParent.get(index) ?? real) : real;
    if (parent >= 0) within[tree] = resourceId(plant.ids[parent]!);
  }
  const { order, name, needs } = plant.added[index] ?? {};
  return {
    id: resourceId(plant.ids[index]!),
    kind: plant.kinds[index]!,
    in: within,
    subscribers: plant.subscribers[index]!,
    order,
    name,
    needs: needs && { of: needs.of.map((of) => resourceId(plant.ids[of]!)), atLeast: needs.atLeast },
  };
}

function linkOf(plant: Plant, number: number): TopologyDocument['links'][number] {
  const { id, ends, segments } = plant.links[number]!;
  const idOf = (index: number): ResourceId => resourceId(plant.ids[index]!);
  return { id: resourceId(id), ends: [idOf(ends[0]), idOf(ends[1])], segments: segments.map(idOf) };
}

/** As the contract writes them: what is empty or nought is left out. */
const written = ({ in: within, subscribers, ...resource }: Resource) => ({
  ...resource,
  ...(Object.keys(within).length > 0 && { in: within }),
  ...(subscribers > 0 && { subscribers }),
});

/** `allclear-topology/1` in pieces, one resource a line. */
export function* topologyJson({
  serviceRoots,
  resources,
  links,
  planned,
}: TopologyDocument): Generator<string> {
  yield `{"format":"allclear-topology/1","serviceRoots":${JSON.stringify(serviceRoots)},"resources":[\n`;
  yield* commaSeparated(resources, (resource) => JSON.stringify(written(resource)));
  yield '],"links":[\n';
  yield* commaSeparated(links, (link) => JSON.stringify(link));
  yield `],"planned":${JSON.stringify(planned)}}\n`;
}

function* commaSeparated<T>(items: readonly T[], write: (item: T) => string): Generator<string> {
  for (const [at, item] of items.entries()) yield `${write(item)}${at + 1 < items.length ? ',' : ''}\n`;
}

/** `allclear-topology/2`: a header, then one thing a line. */
export function* topologyLines({
  serviceRoots,
  resources,
  links,
  planned,
}: TopologyDocument): Generator<string> {
  yield `${JSON.stringify({ format: 'allclear-topology/2', serviceRoots })}\n`;
  for (const resource of resources) yield `${JSON.stringify({ resource: written(resource) })}\n`;
  for (const link of links) yield `${JSON.stringify({ link })}\n`;
  for (const works of planned) yield `${JSON.stringify({ planned: works })}\n`;
}
