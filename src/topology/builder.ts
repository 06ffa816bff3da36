/** Takes the records of a topology one by one and keeps them as columns: a million resources leave no object behind. */
import { aLink, aResource, type Collected, mentioned } from './collected.ts';
import { NumberRow, type TopologyColumns } from './columns.ts';
import { compileColumns } from './compile.ts';
import { Topology } from './graph.ts';
import { NameTable, TextRow, withRoom } from './names.ts';
import type { ProblemList } from './problem-list.ts';
import type { PlannedWorks, RecordSink, TopologyLink, TopologyResource } from './records.ts';

/** A file with more tree names than this is hostile: each costs a column. */
const treeLimit = 32;
const kindLimit = 1 << 16;
const plannedLimit = 100_000;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class TopologyBuilder implements RecordSink {
  readonly #problems: ProblemList;
  readonly #kindNumbers = new Map<string, number>();
  readonly #plannedIds = new Set<string>();
  readonly #planned: PlannedWorks[] = [];
  readonly #kinds: string[] = [];
  readonly #c: Mutable<Collected> = {
    names: new NameTable(),
    state: new Uint8Array(64),
    line: new Uint32Array(64),
    kind: new Uint16Array(64),
    ownSubscribers: new Uint32Array(64),
    order: undefined,
    label: new Int32Array(64).fill(-1),
    labels: new TextRow(),
    kinds: this.#kinds,
    parents: new Map(),
    resources: new NumberRow(),
    links: new NumberRow(),
    ends: new NumberRow(),
    segmentStarts: new NumberRow(),
    segments: new NumberRow(),
    needy: new NumberRow(),
    atLeast: new NumberRow(),
    needStarts: new NumberRow(),
    needs: new NumberRow(),
    serviceRoots: new NumberRow(),
    planned: this.#planned,
  };

  constructor(problems: ProblemList) {
    this.#problems = problems;
  }

  has(id: string): boolean {
    const number = this.#c.names.numberOf(id);
    return number >= 0 && this.#c.state[number]! !== mentioned;
  }

  get resourceCount(): number {
    return this.#c.resources.length;
  }

  get linkCount(): number {
    return this.#c.links.length;
  }

  serviceRoots(ids: readonly string[], line: number): void {
    for (const id of ids) {
      const number = this.#mention(id, line);
      if (number >= 0) this.#c.serviceRoots.push(number);
    }
  }

  resource(resource: TopologyResource, line: number): void {
    const number = this.#define(resource.id, { as: aResource, line });
    if (number < 0) return;
    const c = this.#c;
    c.resources.push(number);
    c.kind[number] = this.#kindNumber(resource.kind, line);
    c.ownSubscribers[number] = resource.subscribers;
    if (resource.order !== undefined) {
      c.order ??= new Float64Array(c.state.length).fill(Number.NaN);
      c.order[number] = resource.order;
    }
    if (resource.name !== undefined) c.label[number] = c.labels.add(resource.name);
    const { in: parents } = resource;
    for (const tree in parents) this.#hang(number, { tree, parent: parents[tree]!, line });
    if (resource.needs !== undefined) this.#need(number, resource.needs, { id: resource.id, line });
  }

  link(link: TopologyLink, line: number): void {
    const number = this.#define(link.id, { as: aLink, line });
    if (number < 0) return;
    const c = this.#c;
    const [a, b] = link.ends;
    c.links.push(number);
    c.kind[number] = this.#kindNumber('link', line);
    c.ends.push(this.#mention(a, line));
    c.ends.push(this.#mention(b, line));
    c.segmentStarts.push(c.segments.length);
    for (const segment of link.segments) c.segments.push(this.#mention(segment, line));
    if (a !== b) return;
    const message = `link "${link.id}" joins "${a}" with itself`;
    this.#problems.add({ code: 'topology/link', message, hint: 'it carries nothing', line, warning: true });
  }

  planned(works: PlannedWorks, line: number): void {
    if (this.#plannedIds.has(works.id)) {
      const message = `planned works "${works.id}" are there twice; the first count`;
      this.#problems.add({ code: 'topology/duplicate', message, line });
    } else if (this.#planned.length >= plannedLimit) {
      const message = `more than ${plannedLimit} planned works; "${works.id}" are left out`;
      this.#problems.add({ code: 'topology/too-many', message, line });
    } else {
      this.#plannedIds.add(works.id);
      this.#planned.push(works);
    }
  }

  /** Once: the columns go to the compiled topology. Duplicates, missing parents and ends, and cycles are problems. */
  build(): Topology {
    return new Topology(this.columns());
  }

  columns(): TopologyColumns {
    return compileColumns(this.#c, this.#problems);
  }

  #hang(
    number: number,
    { tree, parent, line }: { readonly tree: string; readonly parent: string; readonly line: number },
  ): void {
    const { parents } = this.#c;
    let column = parents.get(tree);
    if (column === undefined) {
      if (parents.size >= treeLimit) {
        const message = `more than ${treeLimit} trees; "${tree}" is left out`;
        this.#problems.add({ code: 'topology/too-many', message, line });
        return;
      }
      column = new Int32Array(this.#c.state.length).fill(-1);
      parents.set(tree, column);
    }
    const found = this.#mention(parent, line);
    // Naming the parent may have moved every column.
    parents.get(tree)![number] = found;
  }

  #need(
    number: number,
    needs: NonNullable<TopologyResource['needs']>,
    { id, line }: { readonly id: string; readonly line: number },
  ): void {
    const c = this.#c;
    const others = needs.of.filter((need) => need !== id);
    if (others.length < needs.of.length) {
      const message = `"${id}" needs itself`;
      this.#problems.add({ code: 'topology/need', message, hint: 'that need is left out', line });
    }
    if (needs.atLeast > needs.of.length) {
      const message = `"${id}" needs ${needs.atLeast} of ${needs.of.length}`;
      this.#problems.add({ code: 'topology/need', message, hint: 'it needs all of them', line });
    }
    c.needy.push(number);
    c.atLeast.push(Math.min(needs.atLeast, others.length));
    c.needStarts.push(c.needs.length);
    for (const need of others) c.needs.push(this.#mention(need, line));
  }

  /** -1 when there is no room for one more name. */
  #mention(id: string, line: number): number {
    const number = this.#c.names.claim(id);
    if (number >= this.#c.state.length) this.#grow(number + 1);
    if (number < 0) {
      const message = `there is no room for the id "${id}"`;
      const hint = 'a topology holds 16 million ids of together 1 GiB';
      this.#problems.add({ code: 'topology/too-many', message, hint, line });
    }
    return number;
  }

  #define(id: string, { as, line }: { readonly as: number; readonly line: number }): number {
    const number = this.#mention(id, line);
    if (number < 0) return -1;
    if (this.#c.state[number] !== mentioned) {
      const what = as === aLink ? 'link' : 'resource';
      const message = `${what} "${id}" is there twice; the first counts`;
      const first = this.#c.line[number]!;
      const hint = first > 0 ? `the first is on line ${first}` : undefined;
      this.#problems.add({ code: 'topology/duplicate', message, hint, line });
      return -1;
    }
    this.#c.state[number] = as;
    this.#c.line[number] = line;
    return number;
  }

  #kindNumber(kind: string, line: number): number {
    const known = this.#kindNumbers.get(kind);
    if (known !== undefined) return known;
    if (this.#kinds.length >= kindLimit - 2 && kind !== 'generic' && kind !== 'link') {
      const message = `more than ${kindLimit} kinds; "${kind}" is taken as generic`;
      this.#problems.add({ code: 'topology/too-many', message, line });
      return this.#kindNumber('generic', line);
    }
    this.#kindNumbers.set(kind, this.#kinds.length);
    this.#kinds.push(kind);
    return this.#kinds.length - 1;
  }

  #grow(length: number): void {
    const c = this.#c;
    c.state = withRoom(c.state, length);
    c.line = withRoom(c.line, length);
    c.kind = withRoom(c.kind, length);
    c.ownSubscribers = withRoom(c.ownSubscribers, length);
    c.label = withRoom(c.label, length, -1);
    if (c.order !== undefined) c.order = withRoom(c.order, length, Number.NaN);
    for (const [tree, column] of c.parents) c.parents.set(tree, withRoom(column, length, -1));
  }
}
