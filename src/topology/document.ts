/** Reads the topology file of the alarm-stream contract (`allclear-topology/1` JSON, `/2` ndjson) into plain records. */
import type { Instant } from '../base/instant.ts';
import type { Parsed, Problem } from '../base/problem.ts';
import type { ResourceId } from '../model/ids.ts';

export interface TopologyResource {
  readonly id: ResourceId;
  readonly kind: string;
  /** Immediate parent by tree name. */
  readonly in: Readonly<Record<string, ResourceId>>;
  readonly needs?: { readonly of: readonly ResourceId[]; readonly atLeast: number } | undefined;
  /** Its own, not those below. */
  readonly subscribers: number;
  readonly order?: number | undefined;
  readonly name?: string | undefined;
}

interface TopologyLink {
  readonly id: ResourceId;
  readonly ends: readonly [ResourceId, ResourceId];
  readonly segments: readonly ResourceId[];
}

/** Announced works: what fails below `resources` between `from` and `to` was expected. */
export interface PlannedWorks {
  readonly id: string;
  readonly resources: readonly ResourceId[];
  readonly from: Instant;
  readonly to: Instant;
  readonly announcedAt?: Instant | undefined;
}

export interface TopologyDocument {
  readonly serviceRoots: readonly ResourceId[];
  readonly resources: readonly TopologyResource[];
  readonly links: readonly TopologyLink[];
  readonly planned: readonly PlannedWorks[];
}

/** More problems than this are counted only: a wrong file must not fill memory with complaints. */
const problemLimit = 1_000;
const idLimit = 512;

/** Problems of one file, bounded; the last one says how many were left out. */
export class ProblemList {
  readonly #file: string;
  readonly #problems: Problem[] = [];
  #leftOut = 0;

  constructor(file: string) {
    this.#file = file;
  }

  add(found: { code: string; message: string; line?: number; column?: number; warning?: boolean }): void {
    if (this.#problems.length >= problemLimit) {
      this.#leftOut++;
      return;
    }
    const { code, message, line = 0, column = line > 0 ? 1 : 0, warning = false } = found;
    this.#problems.push({
      file: this.#file,
      line,
      column,
      severity: warning ? 'warning' : 'error',
      code,
      message,
    });
  }

  all(): readonly Problem[] {
    if (this.#leftOut === 0) return this.#problems;
    const message = `${this.#leftOut} more problems are not shown`;
    const last: Problem = {
      file: this.#file,
      line: 0,
      column: 0,
      severity: 'warning',
      code: 'topology/more',
      message,
    };
    return [...this.#problems, last];
  }
}

interface Collected {
  serviceRoots: ResourceId[];
  readonly resources: TopologyResource[];
  readonly links: TopologyLink[];
  readonly planned: PlannedWorks[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Unknown fields are ignored; a wrong entry is reported and left out, the rest is kept. */
export function parseTopology(text: string, file: string): Parsed<TopologyDocument> {
  const problems = new ProblemList(file);
  const value: Collected = { serviceRoots: [], resources: [], links: [], planned: [] };
  const source = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (isLineFormat(source)) readLines(source, value, problems);
  else readWhole(source, value, problems);
  return { value, problems: problems.all() };
}

function isLineFormat(text: string): boolean {
  const end = text.indexOf('\n');
  const first = parseJson(end < 0 ? text : text.slice(0, end));
  return isFields(first.value) && first.value['format'] === 'allclear-topology/2';
}

function readWhole(text: string, into: Collected, problems: ProblemList): void {
  const { value, error } = parseJson(text);
  if (error !== undefined) {
    problems.add({ code: 'topology/syntax', message: error, ...placeOf(text, error) });
    return;
  }
  if (!isFields(value) || value['format'] !== 'allclear-topology/1') {
    const message = 'expected "format": "allclear-topology/1", or "/2" on the first line of ndjson';
    problems.add({ code: 'topology/format', message, line: 1 });
    return;
  }
  into.serviceRoots = readIds(value['serviceRoots'], 'serviceRoots', problems);
  for (const part of ['resource', 'link', 'planned'] as const) {
    const name = part === 'planned' ? part : `${part}s`;
    const entries = value[name] ?? [];
    if (!Array.isArray(entries)) {
      problems.add({ code: 'topology/entry', message: `"${name}" must be a list` });
      continue;
    }
    entries.forEach((entry: unknown, position) => {
      readEntry({ part, entry, place: `${name}[${position}]`, line: 0 }, into, problems);
    });
  }
}

function readLines(text: string, into: Collected, problems: ProblemList): void {
  let line = 0;
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    const source = text.slice(start, end).trim();
    start = end + 1;
    line++;
    if (source === '') continue;
    const { value, error } = parseJson(source);
    if (error !== undefined || !isFields(value)) {
      problems.add({ code: 'topology/syntax', message: error ?? 'expected an object', line });
    } else if (line === 1) {
      into.serviceRoots = readIds(value['serviceRoots'], 'serviceRoots', problems);
    } else {
      for (const part of ['resource', 'link', 'planned'] as const) {
        if (value[part] === undefined) continue;
        readEntry({ part, entry: value[part], place: part, line }, into, problems);
      }
    }
  }
}

interface Entry {
  readonly part: 'resource' | 'link' | 'planned';
  readonly entry: unknown;
  readonly place: string;
  readonly line: number;
}

function readEntry({ part, entry, place, line }: Entry, into: Collected, problems: ProblemList): void {
  const refuse = (message: string): void =>
    problems.add({ code: 'topology/entry', message: `${place} ${message}`, line });
  const id = isFields(entry) ? entry['id'] : undefined;
  if (!isFields(entry) || !isId(id)) refuse('must be an object with an "id" of 1 to 512 characters');
  else if (part === 'resource') into.resources.push(readResource(entry, id as ResourceId, refuse));
  else if (part === 'link') {
    const link = readLink(entry, id as ResourceId);
    if (link === undefined) refuse(`"${id}" needs "ends": two ids`);
    else into.links.push(link);
  } else {
    const works = readPlanned(entry, id);
    if (works === undefined) refuse(`"${id}" needs "resources", and "from" before "to" in ms since 1970`);
    else into.planned.push(works);
  }
}

function readResource(entry: Fields, id: ResourceId, refuse: (message: string) => void): TopologyResource {
  const parents = isFields(entry['in']) ? Object.entries(entry['in']) : [];
  const sound = parents.filter(([tree, parent]) => {
    if (isId(tree) && isId(parent)) return true;
    refuse(`"${id}": the parent in "${tree}" must be an id`);
    return false;
  });
  const { subscribers, order, name } = entry;
  const own = subscribers === undefined ? 0 : subscribers;
  if (!isCount(own)) refuse(`"${id}": "subscribers" must be a whole number, 0 or more`);
  return {
    id,
    kind: isId(entry['kind']) ? entry['kind'] : 'generic',
    // fromEntries defines own properties, so that a tree called `__proto__` is only a name.
    in: Object.fromEntries(sound) as Record<string, ResourceId>,
    needs: readNeeds(entry['needs'], id, refuse),
    subscribers: isCount(own) ? own : 0,
    order: typeof order === 'number' && Number.isFinite(order) ? order : undefined,
    name: isId(name) ? name : undefined,
  };
}

function readNeeds(value: unknown, id: string, refuse: (message: string) => void): TopologyResource['needs'] {
  if (value === undefined || value === null) return undefined;
  const of = isFields(value) && Array.isArray(value['of']) ? value['of'].filter(isId) : [];
  const atLeast = isFields(value) ? (value['atLeast'] ?? 1) : undefined;
  if (of.length > 0 && isCount(atLeast)) return { of: of as ResourceId[], atLeast };
  refuse(`"${id}": "needs" must be { "of": [ids], "atLeast": number }`);
  return undefined;
}

function readLink(entry: Fields, id: ResourceId): TopologyLink | undefined {
  const ends = entry['ends'];
  if (!Array.isArray(ends) || ends.length !== 2 || !isId(ends[0]) || !isId(ends[1])) return undefined;
  const segments = Array.isArray(entry['segments']) ? entry['segments'].filter(isId) : [];
  return { id, ends: [ends[0] as ResourceId, ends[1] as ResourceId], segments: segments as ResourceId[] };
}

function readPlanned(entry: Fields, id: string): PlannedWorks | undefined {
  const { from, to, announcedAt, resources } = entry;
  if (!isCount(from) || !isCount(to) || to <= from || !Array.isArray(resources)) return undefined;
  return {
    id,
    resources: resources.filter(isId) as ResourceId[],
    from: from as Instant,
    to: to as Instant,
    announcedAt: isCount(announcedAt) ? (announcedAt as Instant) : undefined,
  };
}

function readIds(value: unknown, name: string, problems: ProblemList): ResourceId[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every(isId)) return value as ResourceId[];
  problems.add({ code: 'topology/entry', message: `"${name}" must be a list of ids` });
  return Array.isArray(value) ? (value.filter(isId) as ResourceId[]) : [];
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isId = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= idLimit;
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

function parseJson(text: string): { readonly value?: unknown; readonly error?: string | undefined } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { error: error instanceof Error ? error.message : 'not JSON' };
  }
}

/** The engine's message names a character position; turned into line and column where it does. */
function placeOf(text: string, error: string): { line: number; column: number } {
  const position = /position (\d+)/.exec(error)?.[1];
  const before = text.slice(0, position === undefined ? text.length : Number(position));
  return { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') };
}
