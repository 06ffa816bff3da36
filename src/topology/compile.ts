/** Makes a sound network of collected records: references checked, cycles cut, everything numbered depth first. */
import { aLink, aResource, type Collected, mentioned } from './collected.ts';
import type { Lists, NumberRow, TopologyColumns, Tree } from './columns.ts';
import { compareNames, TextRow } from './names.ts';
import type { ProblemList } from './problem-list.ts';
import { childrenOf, cutCycles, depthFirst } from './trees.ts';

export function compileColumns(c: Collected, problems: ProblemList): TopologyColumns {
  const judge = new References(c, problems);
  judge.checkParents();
  for (const [tree, parents] of c.parents) {
    cutCycles(parents, (at) => {
      const message = `"${c.names.textOf(at)}" is above itself in ${tree}; it is taken as a root there`;
      const hint = `follow "in": { "${tree}" } upwards from it`;
      problems.add({ code: 'topology/cycle', message, hint, line: c.line[at]! });
    });
  }
  const order = numbered(c);
  const indexOf = new Int32Array(c.names.count).fill(-1);
  for (let i = 0; i < order.length; i++) indexOf[order[i]!] = i;
  const ids = c.names.inOrder(order);
  const resources = c.resources.length;
  const plantOrder = c.order === undefined ? new Float64Array(0) : gathered(c.order, order);
  const orderOf = (index: number): number => plantOrder[index] ?? Number.NaN;
  const compare = (a: number, b: number): number =>
    comparePlaces(orderOf(a), orderOf(b)) || compareNames(ids, a, b);
  return {
    resources,
    ids,
    labels: c.labels.inOrder(Int32Array.from(order.subarray(0, resources), (name) => c.label[name]!)),
    kinds: c.kinds,
    kind: gathered(c.kind, order),
    ownSubscribers: gathered(c.ownSubscribers, order),
    order: plantOrder,
    trees: renumbered(c, { order, indexOf, compare }),
    ...judge.ends(indexOf),
    segments: judge.lists(
      { owners: c.links, starts: c.segmentStarts, items: c.segments, what: 'segment of link' },
      indexOf,
    ),
    ...needsOf(c, judge, indexOf),
    serviceRoots: judge.roots(indexOf),
    planned: c.planned,
  };
}

/** Without a place of its own a resource stands behind those that have one. */
function comparePlaces(a: number, b: number): number {
  const [first, second] = [Number.isNaN(a), Number.isNaN(b)];
  return first || second ? Number(first) - Number(second) : a - b;
}

/** Names in the order of their indexes. */
function numbered(c: Collected): Int32Array {
  const files = c.resources.all;
  const access = c.parents.get('access');
  const total = new Int32Array(files.length + c.links.length);
  if (access === undefined) total.set(files);
  else {
    const compare = (a: number, b: number): number =>
      comparePlaces(c.order?.[a] ?? Number.NaN, c.order?.[b] ?? Number.NaN) || c.names.compare(a, b);
    depthFirst({ parents: access, ...childrenOf(access.subarray(0, c.names.count), compare) }, files, total);
  }
  total.set(c.links.all, files.length);
  return total;
}

/** Each tree leaves the collection as it is done, so that two copies of all never stand side by side. */
function renumbered(
  c: Collected,
  {
    order,
    indexOf,
    compare,
  }: {
    readonly order: Int32Array;
    readonly indexOf: Int32Array;
    readonly compare: (a: number, b: number) => number;
  },
): Map<string, Tree> {
  const trees = new Map<string, Tree>();
  for (const name of [...c.parents.keys()].sort()) {
    const column = c.parents.get(name)!;
    c.parents.delete(name);
    const parents = new Int32Array(order.length);
    for (let i = 0; i < order.length; i++) {
      const parent = column[order[i]!]!;
      parents[i] = parent < 0 ? -1 : indexOf[parent]!;
    }
    trees.set(name, { parents, ...childrenOf(parents, compare) });
  }
  return trees;
}

function needsOf(
  c: Collected,
  judge: References,
  indexOf: Int32Array,
): Pick<TopologyColumns, 'needy' | 'atLeast' | 'needs'> {
  const needs = judge.lists(
    { owners: c.needy, starts: c.needStarts, items: c.needs, what: 'need of', mayBeLink: true },
    indexOf,
  );
  // What does not exist cannot be waited for.
  const atLeast = Uint32Array.from(c.atLeast.all, (least, i) =>
    Math.min(least, needs.starts[i + 1]! - needs.starts[i]!),
  );
  return { needy: Int32Array.from(c.needy.all, (name) => indexOf[name]!), atLeast, needs };
}

type Column = Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

function gathered<T extends Uint16Array | Uint32Array | Float64Array>(column: T, order: Int32Array): T {
  const made = new (column.constructor as new (length: number) => Column)(order.length);
  for (let i = 0; i < order.length; i++) made[i] = column[order[i]!]!;
  return made as unknown as T;
}

interface Referring {
  readonly owners: NumberRow;
  readonly starts: NumberRow;
  readonly items: NumberRow;
  readonly what: string;
  readonly mayBeLink?: boolean;
}

interface Reference {
  /** `parent of` and the like. */
  readonly what: string;
  /** Name of what refers; -1 for the file itself. */
  readonly by: number;
  readonly where?: string;
}

/** Says what refers to nothing, and leaves it out. */
class References {
  readonly #c: Collected;
  readonly #problems: ProblemList;

  constructor(c: Collected, problems: ProblemList) {
    this.#c = c;
    this.#problems = problems;
  }

  checkParents(): void {
    const { resources, parents, state } = this.#c;
    for (const [tree, column] of parents) {
      for (let i = 0; i < resources.length; i++) {
        const name = resources.at(i);
        const parent = column[name]!;
        if (parent < 0 || state[parent] === aResource) continue;
        const referring = { what: 'parent of', by: name, where: ` in ${tree}` };
        column[name] = this.#deviceOf(parent, referring);
        if (column[name]! < 0) this.#miss(parent, referring);
      }
    }
  }

  /** An end that is not there may be a part of a device that is, as its interfaces are named: the link joins the device. */
  ends(indexOf: Int32Array): Pick<TopologyColumns, 'ends' | 'endNames'> {
    const { ends, links, names } = this.#c;
    const [found, called] = [new Int32Array(ends.length), new TextRow()];
    for (let i = 0; i < ends.length; i++) {
      const name = ends.at(i);
      const referring = { what: 'end of link', by: links.at(i >> 1) };
      const device = this.#deviceOf(name, referring);
      called.add(device < 0 ? '' : names.textOf(name));
      found[i] = this.#known(device < 0 ? name : device, indexOf, referring);
    }
    return { ends: found, endNames: called.whole() };
  }

  /** The resource that is the longest prefix of an unknown `X/..`; -1 when there is none. Only interfaces go without a word. */
  #deviceOf(name: number, { what, by, where = '' }: Reference): number {
    const { names, state, line } = this.#c;
    if (name < 0 || state[name] !== mentioned) return -1;
    const part = names.textOf(name);
    for (let end = part.lastIndexOf('/'); end > 0; end = part.lastIndexOf('/', end - 1)) {
      const found = names.numberOf(part.slice(0, end));
      if (found < 0 || state[found] !== aResource) continue;
      if (!/^\/if\/\d+$/.test(part.slice(end))) {
        const message = `${what} "${names.textOf(by)}"${where}: "${part}" does not exist`;
        const hint = `it is taken for a part of "${part.slice(0, end)}"`;
        this.#problems.add({ code: 'topology/missing', message, hint, line: line[by]!, warning: true });
      }
      return found;
    }
    return -1;
  }

  lists({ owners, starts, items, what, mayBeLink = false }: Referring, indexOf: Int32Array): Lists {
    const found = new Int32Array(items.length);
    const from = new Uint32Array(owners.length + 1);
    let count = 0;
    for (let owner = 0; owner < owners.length; owner++) {
      const end = owner + 1 < owners.length ? starts.at(owner + 1) : items.length;
      for (let at = starts.at(owner); at < end; at++) {
        const index = this.#known(items.at(at), indexOf, { what, by: owners.at(owner), mayBeLink });
        if (index >= 0) found[count++] = index;
      }
      from[owner + 1] = count;
    }
    return { starts: from, items: found.slice(0, count) };
  }

  roots(indexOf: Int32Array): Int32Array {
    const { serviceRoots } = this.#c;
    const found = serviceRoots.all.map((name) =>
      this.#known(name, indexOf, { what: 'service root', by: -1 }),
    );
    return Int32Array.from(new Set(found.filter((index) => index >= 0)));
  }

  #known(name: number, indexOf: Int32Array, referring: Reference & { readonly mayBeLink?: boolean }): number {
    const state = name < 0 ? undefined : this.#c.state[name];
    if (state === aResource || (state === aLink && referring.mayBeLink === true)) return indexOf[name]!;
    this.#miss(name, referring);
    return -1;
  }

  #miss(name: number, { what, by, where = '' }: Reference): void {
    const { names, state, line } = this.#c;
    const owner = by < 0 ? what : `${what} "${names.textOf(by)}"${where}`;
    const isLink = name >= 0 && state[name] === aLink;
    const id = name < 0 ? 'there is no room for its id' : `"${names.textOf(name)}"`;
    this.#problems.add({
      code: 'topology/missing',
      message: `${owner}: ${id} ${isLink ? 'is a link, no resource' : 'does not exist'}`,
      hint: 'the reference is left out; is the line missing or the id misspelt?',
      line: by < 0 ? 1 : line[by]!,
    });
  }
}
