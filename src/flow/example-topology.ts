/** The small network of an example as a topology. */
import type { Parsed, Problem } from '../base/problem.ts';
import { type ExampleTopology, type ExampleTree, exampleTrees } from '../correlate/correlate.ts';
import { resourceId } from '../model/ids.ts';
import { compileTopology, type Topology } from '../topology/topology.ts';

interface Drawn {
  kind: string | undefined;
  readonly in: Record<string, ReturnType<typeof resourceId>>;
}

/** Every terminal, which is what has nothing below it in `access` but something above, has one subscriber. */
export function exampleTopology(
  drawn: ExampleTopology,
  problem: (message: string, hint?: string) => Problem,
): Parsed<Topology> {
  const resources = new Map<string, Drawn>();
  const problems: Problem[] = [];
  const named = (name: string): string => {
    const [first = '', second] = name.trim().split(/\s+/);
    const id = second ?? first;
    const known = resources.get(id) ?? { kind: undefined, in: {} };
    if (second !== undefined) known.kind = first;
    resources.set(id, known);
    return id;
  };
  const hasBelow = new Set<string>();
  const walk = (
    tree: string,
    branches: ExampleTree | readonly string[],
    parent: string | undefined,
  ): void => {
    const names = isList(branches) ? branches : Object.keys(branches);
    for (const name of names) {
      const id = named(name);
      if (parent !== undefined) {
        resources.get(id)!.in[tree] = resourceId(parent);
        if (tree === 'access') hasBelow.add(parent);
      }
      if (!isList(branches)) walk(tree, branches[name]!, id);
    }
  };
  for (const tree of exampleTrees) {
    const branches = drawn[tree];
    if (branches !== undefined) walk(tree, branches, undefined);
  }
  const links = Object.entries(drawn.links ?? {}).map(([id, [one = '', other = '', ...segments]]) => ({
    id: resourceId(id),
    ends: [resourceId(named(one)), resourceId(named(other))] as const,
    segments: segments.map((segment) => resourceId(named(segment))),
  }));
  const roots = (drawn.roots ?? []).map((root) => resourceId(named(root)));
  for (const [id, { kind }] of resources) {
    if (kind === undefined) problems.push(problem(`"${id}" has no kind`, `write it once as "ont ${id}"`));
  }
  const compiled = compileTopology({
    ...{ serviceRoots: roots, links, planned: [] },
    resources: [...resources].map(([id, { kind = 'generic', in: above }]) => ({
      ...{ id: resourceId(id), kind, in: above },
      subscribers: above['access'] !== undefined && !hasBelow.has(id) ? 1 : 0,
    })),
  });
  for (const { message } of compiled.problems) problems.push(problem(message));
  return { value: compiled.value, problems };
}

const isList = (branches: ExampleTree | readonly string[]): branches is readonly string[] =>
  Array.isArray(branches);
