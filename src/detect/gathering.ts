/** What one poll found of many objects of one owner becomes one bitmap; everything else stays as it was found. */
import { type Bitmap, type BitmapChild, leastAlike, mostChildren } from '../model/bitmap.ts';
import { type ResourceId, resourceId } from '../model/ids.ts';
import type { Observation } from '../model/observation.ts';
import type { Conditions } from './conditions.ts';
import type { DeviceSeen } from './seen.ts';
import type { WatchedDevice } from './trap-rules.ts';

export interface Gathered {
  readonly bitmaps: readonly Bitmap[];
  readonly rest: readonly Observation[];
}

/** One group of observations that differ in their object alone. */
interface Alike {
  readonly place: Place;
  readonly first: Observation & { readonly event: Bitmap['event']; readonly cause: string };
  readonly members: { readonly observation: Observation; readonly child: BitmapChild }[];
}

export function gather(
  { device, conditions }: { readonly device: WatchedDevice; readonly conditions: Conditions },
  seen: DeviceSeen,
  found: readonly Observation[],
): Gathered {
  if (found.length < leastAlike) return { bitmaps: [], rest: found };
  const ownerOf = owners(device, seen);
  const groups = new Map<string, Alike>();
  for (const observation of found) {
    const { event, cause, by, source, resource, severity } = observation;
    if (source !== 'poll' || by !== undefined || cause === undefined) continue;
    if (event !== 'raise' && event !== 'clear') continue;
    const place = ownerOf.get(resource);
    if (place === undefined) continue;
    const key = `${place.kind} ${place.owner} ${event} ${cause} ${severity ?? ''}`;
    const group = groups.get(key) ?? { place, first: { ...observation, event, cause }, members: [] };
    const { name, value } = observation.attributes ?? {};
    group.members.push({ observation, child: { object: resource.slice(device.id.length + 1), name, value } });
    groups.set(key, group);
  }
  const many = [...groups.values()].filter(({ members }) => members.length >= leastAlike);
  const taken = new Set(many.flatMap(({ members }) => members.map(({ observation }) => observation)));
  return {
    bitmaps: many.flatMap((group) => bitmapsOf(group, { device, conditions, seen, ownerOf })),
    rest: taken.size === 0 ? found : found.filter((observation) => !taken.has(observation)),
  };
}

/** Where an object hangs, and of what kind it is. */
interface Place {
  readonly owner: ResourceId;
  readonly kind: string;
}

type Owners = ReadonlyMap<ResourceId, Place>;

/** By resource of the object; of several tables about it one says what it hangs on. */
function owners(device: WatchedDevice, seen: DeviceSeen): Owners {
  const known = new Map<ResourceId, Place>();
  for (const table of seen.tables) {
    const { kind, rows } = table.shape();
    for (const { id, parent } of rows) {
      const resource = resourceId(`${device.id}/${id}`);
      if (parent !== undefined) known.set(resource, { owner: resourceId(`${device.id}/${parent}`), kind });
      else if (!known.has(resource)) known.set(resource, { owner: device.resource, kind });
    }
  }
  return known;
}

function bitmapsOf(
  { place, first, members }: Alike,
  of: {
    readonly device: WatchedDevice;
    readonly conditions: Conditions;
    readonly seen: DeviceSeen;
    readonly ownerOf: Owners;
  },
): Bitmap[] {
  const { device, conditions, seen, ownerOf } = of;
  const { owner } = place;
  const isSibling = (one: Place | undefined): boolean => one?.owner === owner && one.kind === place.kind;
  const { event, cause, severity } = first;
  const isDown = new Map<ResourceId, boolean>();
  for (const table of seen.tables) {
    conditions.judged(table, new Set([cause]), ({ object, verdict }) => {
      const resource = resourceId(`${device.id}/${object}`);
      if (!isSibling(ownerOf.get(resource))) return;
      isDown.set(resource, isDown.get(resource) === true || verdict === 'bad');
    });
  }
  const all = [...ownerOf.values()].filter(isSibling).length;
  const down = [...isDown.values()].filter(Boolean).length;
  const counts = { down, alive: isDown.size - down, unknown: all - isDown.size };
  const children = members.map(({ child }) => child);
  return Array.from({ length: Math.ceil(children.length / mostChildren) }, (_, i) => ({
    ...{ owner, device: device.id, event, cause, severity, counts },
    children: children.slice(i * mostChildren, (i + 1) * mostChildren),
  }));
}
