/** What one poll found of many objects of one owner becomes one bitmap; everything else stays as it was found. */
import { type Bitmap, type BitmapChild, leastAlike, mostChildren } from '../model/bitmap.ts';
import type { ResourceId } from '../model/ids.ts';
import type { Observation } from '../model/observation.ts';
import type { DeviceState } from './device-state.ts';
import type { DetectionRules } from './rules.ts';
import type { DeviceSeen } from './seen.ts';
import { countOf, owners, type Place, type Stand, standsOf } from './standing.ts';

export interface Gathered {
  readonly bitmaps: readonly Bitmap[];
  readonly rest: readonly Observation[];
}

type Owners = ReturnType<typeof owners>;

/** One group of observations that differ in their object alone. */
interface Alike {
  readonly place: Place;
  readonly first: Observation & { readonly event: Bitmap['event']; readonly cause: string };
  readonly members: { readonly observation: Observation; readonly child: BitmapChild }[];
}

/** What bitmaps are made from. */
interface Gathering extends Pick<DeviceState, 'device' | 'conditions' | 'ports'> {
  readonly rules: DetectionRules;
}

export function gather(from: Gathering, seen: DeviceSeen, found: readonly Observation[]): Gathered {
  if (found.length < leastAlike) return { bitmaps: [], rest: found };
  const { device } = from;
  const ownerOf = owners(from, seen);
  const groups = new Map<string, Alike>();
  for (const observation of found) {
    const { event, cause, by, source, resource, severity } = observation;
    if (source !== 'poll' || by !== undefined || cause === undefined) continue;
    if (event !== 'raise' && event !== 'clear') continue;
    const place = ownerOf.get(resource);
    if (place === undefined) continue;
    const key = `${place.kind} ${place.owner} ${event} ${cause} ${severity ?? ''}`;
    const group = groups.get(key) ?? { place, first: { ...observation, event, cause }, members: [] };
    const { name, value, object: _, ...further } = observation.attributes ?? {};
    const facts = Object.keys(further).length === 0 ? undefined : further;
    const object = resource.slice(device.id.length + 1);
    group.members.push({ observation, child: { object, name, value, facts } });
    groups.set(key, group);
  }
  const many = [...groups.values()].filter(({ members }) => members.length >= leastAlike);
  const taken = new Set(many.flatMap(({ members }) => members.map(({ observation }) => observation)));
  return {
    bitmaps: many.flatMap((group) => bitmapsOf(group, { from, seen, ownerOf })),
    rest: taken.size === 0 ? found : found.filter((observation) => !taken.has(observation)),
  };
}

function bitmapsOf(
  { place, first, members }: Alike,
  { from, seen, ownerOf }: { readonly from: Gathering; readonly seen: DeviceSeen; readonly ownerOf: Owners },
): Bitmap[] {
  const { owner, kind } = place;
  const { event, cause, severity } = first;
  const siblings = new Map<ResourceId, Stand>();
  for (const [resource, one] of ownerOf) {
    if (one.owner === owner && one.kind === kind) siblings.set(resource, 'unknown');
  }
  for (const [resource, stand] of standsOf(from, seen, new Set([cause]))) {
    if (siblings.has(resource)) siblings.set(resource, stand);
  }
  const counts = countOf(siblings.values());
  const children = members.map(({ child }) => child);
  return Array.from({ length: Math.ceil(children.length / mostChildren) }, (_, i) => ({
    ...{ owner, device: from.device.id, event, cause, severity, counts },
    children: children.slice(i * mostChildren, (i + 1) * mostChildren),
  }));
}
