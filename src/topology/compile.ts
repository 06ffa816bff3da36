/** Turns topology records into the graph: names to numbers, parents checked, cycles cut, everything wrong reported. */
import type { Parsed } from '../base/problem.ts';
import { type PlannedWorks, ProblemList, type TopologyDocument, type TopologyResource } from './document.ts';
import { type CompiledLink, type CompiledNeeds, Topology, type Tree } from './graph.ts';

/** Duplicates, missing parents and ends, and cycles are problems; what is left is sound. */
export function compileTopology(document: TopologyDocument): Parsed<Topology> {
  const problems = new ProblemList('topology');
  const index = new Map<string, number>();
  const ids: string[] = [];
  const claim = (id: string, what: string): boolean => {
    if (index.has(id)) {
      problems.add({
        code: 'topology/duplicate',
        message: `${what} "${id}" is there twice; the first counts`,
      });
      return false;
    }
    index.set(id, ids.length);
    ids.push(id);
    return true;
  };
  const resources = document.resources.filter((resource) => claim(resource.id, 'resource'));
  const linkRecords = document.links.filter((link) => claim(link.id, 'link'));
  const find = (id: string, why: string): number => {
    const found = index.get(id);
    if (found === undefined)
      problems.add({ code: 'topology/missing', message: `${why}: "${id}" does not exist` });
    return found ?? -1;
  };
  const known = (of: readonly string[], why: string): number[] =>
    of.map((id) => find(id, why)).filter((found) => found >= 0);

  const links: CompiledLink[] = [];
  for (const link of linkRecords) {
    const [a = -1, b = -1] = known(link.ends, `end of link "${link.id}"`);
    const segments = known(link.segments, `segment of link "${link.id}"`);
    links.push({ index: index.get(link.id)!, a, b, segments });
  }
  const needs = new Map<number, CompiledNeeds>();
  resources.forEach((resource, i) => {
    if (resource.needs === undefined) return;
    const of = known(resource.needs.of, `need of "${resource.id}"`);
    needs.set(i, { of, atLeast: Math.min(resource.needs.atLeast, resource.needs.of.length) });
  });
  const value = new Topology({
    ids,
    index,
    kinds: [...resources.map((resource) => resource.kind), ...linkRecords.map(() => 'link')],
    names: resources.map((resource) => resource.name),
    ownSubscribers: Uint32Array.from(ids, (_, i) => resources[i]?.subscribers ?? 0),
    trees: compileTrees(resources, { ids, find, problems }),
    links,
    needs,
    serviceRoots: known(document.serviceRoots, 'service root'),
    planned: soundWorks(document.planned, problems),
  });
  return { value, problems: problems.all() };
}

interface Naming {
  readonly ids: readonly string[];
  readonly find: (id: string, why: string) => number;
  readonly problems: ProblemList;
}

function compileTrees(resources: readonly TopologyResource[], naming: Naming): Map<string, Tree> {
  const parents = new Map<string, Int32Array>();
  resources.forEach((resource, i) => {
    for (const [tree, parent] of Object.entries(resource.in)) {
      let column = parents.get(tree);
      if (column === undefined) {
        if (parents.size >= treeLimit) continue;
        column = new Int32Array(naming.ids.length).fill(-1);
        parents.set(tree, column);
      }
      column[i] = naming.find(parent, `parent of "${resource.id}" in ${tree}`);
    }
  });
  const trees = new Map<string, Tree>();
  const rank = siblingRank(resources, naming.ids);
  for (const [tree, column] of [...parents].sort(([a], [b]) => (a < b ? -1 : 1))) {
    cutCycles(tree, column, naming);
    trees.set(tree, { parents: column, ...childrenByParent(column, rank) });
  }
  return trees;
}

/** A file with more tree names than this is hostile: each costs a column. */
const treeLimit = 32;

function cutCycles(tree: string, parents: Int32Array, { ids, problems }: Naming): void {
  // 0 not seen, else the number of the walk that first saw it: meeting one's own walk again is a cycle.
  const seenIn = new Int32Array(parents.length);
  for (let start = 0; start < parents.length; start++) {
    let previous = -1;
    for (let at = start; at >= 0; previous = at, at = parents[at]!) {
      if (seenIn[at] === 0) {
        seenIn[at] = start + 1;
        continue;
      }
      if (seenIn[at] === start + 1) {
        parents[previous] = -1;
        const message = `"${ids[previous]}" is above itself in ${tree}; it is taken as a root there`;
        problems.add({ code: 'topology/cycle', message });
      }
      break;
    }
  }
}

/** Position of every resource among all when sorted by (order, id): siblings sorted by it are in plant order. */
function siblingRank(resources: readonly TopologyResource[], ids: readonly string[]): Uint32Array {
  const order = (i: number): number => resources[i]?.order ?? Number.MAX_SAFE_INTEGER;
  const sorted = Array.from(ids, (_, i) => i).sort(
    (a, b) => order(a) - order(b) || (ids[a]! < ids[b]! ? -1 : ids[a] === ids[b] ? 0 : 1),
  );
  const rank = new Uint32Array(ids.length);
  sorted.forEach((i, position) => {
    rank[i] = position;
  });
  return rank;
}

function childrenByParent(parents: Int32Array, rank: Uint32Array): Omit<Tree, 'parents'> {
  const count = parents.length;
  const starts = new Uint32Array(count + 1);
  for (let i = 0; i < count; i++) if (parents[i]! >= 0) starts[parents[i]! + 1]!++;
  for (let i = 0; i < count; i++) starts[i + 1]! += starts[i]!;
  const children = new Int32Array(starts[count]!);
  const next = starts.slice();
  const byRank = new Int32Array(count);
  for (let i = 0; i < count; i++) byRank[rank[i]!] = i;
  for (const i of byRank) if (parents[i]! >= 0) children[next[parents[i]!]!++] = i;
  return { starts, children };
}

function soundWorks(planned: readonly PlannedWorks[], problems: ProblemList): PlannedWorks[] {
  const seen = new Set<string>();
  return planned.filter((works) => {
    if (!seen.has(works.id)) {
      seen.add(works.id);
      return true;
    }
    const message = `planned works "${works.id}" are there twice; the first count`;
    problems.add({ code: 'topology/duplicate', message });
    return false;
  });
}
