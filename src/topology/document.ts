/** Reads a topology text (`allclear-topology/1` JSON, `/2` ndjson) into plain records, for networks that people look at. */
import type { Parsed } from '../base/problem.ts';
import type { ResourceId } from '../model/ids.ts';
import { TopologyBuilder } from './builder.ts';
import type { Topology } from './graph.ts';
import { ProblemList } from './problem-list.ts';
import { RecordReader } from './reader.ts';
import type { PlannedWorks, TopologyLink, TopologyResource } from './records.ts';

export interface TopologyDocument {
  readonly serviceRoots: readonly ResourceId[];
  readonly resources: readonly TopologyResource[];
  readonly links: readonly TopologyLink[];
  readonly planned: readonly PlannedWorks[];
}

/** Nothing yet: what a room starts with. */
export const emptyTopology = (): Topology =>
  compileTopology({ serviceRoots: [], resources: [], links: [], planned: [] }).value;

/** Duplicates, missing parents and ends, and cycles are problems; what is left is sound. */
export function compileTopology(
  document: TopologyDocument,
  add?: (builder: TopologyBuilder) => void,
): Parsed<Topology> {
  const problems = new ProblemList('topology');
  const builder = new TopologyBuilder(problems);
  builder.serviceRoots(document.serviceRoots, 0);
  for (const resource of document.resources) builder.resource(resource, 0);
  for (const link of document.links) builder.link(link, 0);
  for (const works of document.planned) builder.planned(works, 0);
  add?.(builder);
  const value = builder.build();
  return { value, problems: problems.all() };
}

/** Unknown fields are ignored; a wrong entry is reported and left out, the rest is kept. */
export function parseTopology(text: string, file: string): Parsed<TopologyDocument> {
  const problems = new ProblemList(file);
  const value = {
    serviceRoots: [] as ResourceId[],
    resources: [] as TopologyResource[],
    links: [] as TopologyLink[],
    planned: [] as PlannedWorks[],
  };
  const reader = new RecordReader(
    {
      serviceRoots: (ids) => value.serviceRoots.push(...ids),
      resource: (resource) => value.resources.push(resource),
      link: (link) => value.links.push(link),
      planned: (works) => value.planned.push(works),
    },
    problems,
  );
  reader.read(text);
  reader.end();
  return { value, problems: problems.all() };
}
