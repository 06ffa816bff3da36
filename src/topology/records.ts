/** Single entries of a topology file as plain records: what is wrong with one is said, and the rest of it is kept. */

import type { Instant } from '../base/instant.ts';
import { type JsonMistake, jsonMistake } from '../base/json-mistake.ts';
import type { ResourceId } from '../model/ids.ts';
import { nameLimit } from './names.ts';
import type { ProblemList } from './problem-list.ts';

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

export interface TopologyLink {
  readonly id: ResourceId;
  readonly ends: readonly [ResourceId, ResourceId];
  readonly segments: readonly ResourceId[];
}

/** Announced works: what fails below `resources` between `from` and `to` was expected. */
export interface PlannedWorks {
  readonly id: string;
  readonly title?: string | undefined;
  readonly resources: readonly ResourceId[];
  readonly from: Instant;
  readonly to: Instant;
  readonly announcedAt?: Instant | undefined;
}

/** Where records go as they are read; `line` is 0 where the file has no lines. */
export interface RecordSink {
  serviceRoots(ids: readonly ResourceId[], line: number): void;
  resource(resource: TopologyResource, line: number): void;
  link(link: TopologyLink, line: number): void;
  planned(works: PlannedWorks, line: number): void;
}

export const parts = ['resource', 'link', 'planned'] as const;

export interface Entry {
  readonly part: (typeof parts)[number];
  readonly entry: unknown;
  readonly place: string;
  readonly line: number;
}

export type Fields = Readonly<Record<string, unknown>>;

/** Unknown fields are ignored. */
export function readEntry(
  { part, entry, place, line }: Entry,
  into: RecordSink,
  problems: ProblemList,
): void {
  const refuse = (message: string, hint?: string): void =>
    problems.add({ code: 'topology/entry', message: `${place} ${message}`, hint, line });
  const id = isFields(entry) ? entry['id'] : undefined;
  if (!isFields(entry) || !isId(id))
    refuse('must be an object with an "id" of 1 to 512 characters', `it is left out: ${shown(entry)}`);
  else if (part === 'resource') into.resource(readResource(entry, id as ResourceId, refuse), line);
  else if (part === 'link') {
    const link = readLink(entry, id as ResourceId);
    if (link === undefined) refuse(`"${id}" needs "ends": two ids`, 'the link is left out');
    else into.link(link, line);
  } else {
    const works = readPlanned(entry, id);
    if (works !== undefined) into.planned(works, line);
    else
      refuse(`"${id}" needs "resources", and "from" before "to" in ms since 1970`, 'the works are left out');
  }
}

type Refuse = (message: string, hint?: string) => void;

function readResource(entry: Fields, id: ResourceId, refuse: Refuse): TopologyResource {
  const parents = isFields(entry['in']) ? Object.entries(entry['in']) : [];
  const sound = parents.filter(([tree, parent]) => {
    if (isId(tree) && isId(parent)) return true;
    refuse(`"${id}": the parent in "${tree}" must be an id`, 'it has none there');
    return false;
  });
  const { subscribers, order, name } = entry;
  const own = subscribers === undefined ? 0 : subscribers;
  const isSound = isCount(own) && own <= subscriberLimit;
  if (!isSound) refuse(`"${id}": "subscribers" must be a whole number, 0 or more`, 'it counts as 0');
  return {
    id,
    kind: isId(entry['kind']) ? entry['kind'] : 'generic',
    // fromEntries defines own properties, so that a tree called `__proto__` is only a name.
    in: Object.fromEntries(sound) as Record<string, ResourceId>,
    needs: readNeeds(entry['needs'], id, refuse),
    subscribers: isSound ? own : 0,
    order: typeof order === 'number' && Number.isFinite(order) ? order : undefined,
    name: isId(name) ? name : undefined,
  };
}

/** The largest number a column of them holds. */
const subscriberLimit = 0xffff_ffff;

function readNeeds(value: unknown, id: string, refuse: Refuse): TopologyResource['needs'] {
  if (value === undefined || value === null) return undefined;
  const of = isFields(value) && Array.isArray(value['of']) ? value['of'].filter(isId) : [];
  const atLeast = isFields(value) ? (value['atLeast'] ?? 1) : undefined;
  if (of.length > 0 && isCount(atLeast)) return { of: of as ResourceId[], atLeast };
  refuse(`"${id}": "needs" must be { "of": [ids], "atLeast": number }`, 'it needs nothing');
  return undefined;
}

function readLink(entry: Fields, id: ResourceId): TopologyLink | undefined {
  const ends = entry['ends'];
  if (!Array.isArray(ends) || ends.length !== 2 || !isId(ends[0]) || !isId(ends[1])) return undefined;
  const segments = Array.isArray(entry['segments']) ? entry['segments'].filter(isId) : [];
  return { id, ends: [ends[0] as ResourceId, ends[1] as ResourceId], segments: segments as ResourceId[] };
}

const titleLimit = 200;

function readPlanned(entry: Fields, id: string): PlannedWorks | undefined {
  const { from, to, announcedAt, resources, title } = entry;
  if (!isCount(from) || !isCount(to) || to <= from || !Array.isArray(resources)) return undefined;
  return {
    id,
    ...(typeof title === 'string' && title !== '' ? { title: title.slice(0, titleLimit) } : {}),
    resources: resources.filter(isId) as ResourceId[],
    from: from as Instant,
    to: to as Instant,
    announcedAt: isCount(announcedAt) ? (announcedAt as Instant) : undefined,
  };
}

export function readIds(
  value: unknown,
  { name, line }: { name: string; line: number },
  problems: ProblemList,
) {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every(isId)) return value as ResourceId[];
  problems.add({ code: 'topology/entry', message: `"${name}" must be a list of ids`, line });
  return Array.isArray(value) ? (value.filter(isId) as ResourceId[]) : [];
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** Half a surrogate pair has no bytes: two ids with different halves would become one. */
const isId = (value: unknown): value is string =>
  typeof value === 'string' &&
  value.length > 0 &&
  value.length <= nameLimit &&
  !/[\ud800-\udfff]/u.test(value);

export interface Json {
  readonly value?: unknown;
  readonly mistake?: JsonMistake | undefined;
}

export function parseJson(text: string): Json {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { mistake: jsonMistake(text) };
  }
}

/** The beginning of what stands there, for the eye. */
function shown(entry: unknown): string {
  const text = JSON.stringify(entry) ?? String(entry);
  return text.length > 60 ? `${text.slice(0, 60)}..` : text;
}
