/** How what hangs on a device stands in one poll: alive, down, or nobody knows; said whole only where the line asks (design L2). */
import type { Instant } from '../base/instant.ts';
import { endsWithProofOfLife } from '../model/alarm.ts';
import { type FullBitmap, mostChildren } from '../model/bitmap.ts';
import { type ResourceId, resourceId } from '../model/ids.ts';
import type { PerceivedSeverity } from '../model/observation.ts';
import type { Conditions } from './conditions.ts';
import type { Ports } from './ports.ts';
import type { DetectionRules } from './rules.ts';
import type { DeviceSeen } from './seen.ts';
import type { Told } from './told.ts';
import type { WatchedDevice } from './trap-rules.ts';

export interface FullBitmaps {
  readonly bitmaps: readonly FullBitmap[];
  /** Things that had no room in so many bitmaps. */
  readonly left: number;
}

interface Watched {
  readonly device: WatchedDevice;
  readonly conditions: Conditions;
  readonly ports: Ports;
  readonly rules: DetectionRules;
}

interface Answering extends Watched {
  readonly told: Told;
  /** Of a port that is down, by what it is for. */
  readonly severityOf: (ifIndex: number) => PerceivedSeverity;
}

/** Where an object hangs, and of what kind it is. */
export interface Place {
  readonly owner: ResourceId;
  readonly kind: string;
}

/** One object by the causes that were asked for; `down` names the one that holds. */
export type Stand =
  | { readonly down: string; readonly severity?: PerceivedSeverity | undefined }
  | 'alive'
  | 'unknown';

/** Of one answer. */
const mostBitmaps = 64;

export function standing(
  watched: Answering,
  seen: DeviceSeen,
  { places, at }: { readonly places: ReadonlySet<string>; readonly at: Instant },
): FullBitmaps {
  const ownerOf = owners(watched, seen);
  const lately = watched.told.lately(at);
  const byOwner = new Map<ResourceId, Map<ResourceId, Stand>>();
  for (const [resource, stand] of standsOf(watched, seen, endsWithProofOfLife)) {
    const owner = ownerOf.get(resource)?.owner ?? watched.device.resource;
    const same = byOwner.get(owner) ?? new Map<ResourceId, Stand>();
    // What its own notification says of it may be newer than this reading.
    const isTold = lately.has(resource) && stand === 'alive';
    same.set(resource, isTold ? { down: '' } : byRole(watched, resource, stand));
    byOwner.set(owner, same);
  }
  const all = [...byOwner].flatMap(([owner, stands]) => bitmapsOf(watched.device, { owner, stands, places }));
  const left = all.slice(mostBitmaps).reduce((sum, { down, alive, unknown }) => {
    return sum + alive.length + unknown.length + down.reduce((some, { objects }) => some + objects.length, 0);
  }, 0);
  return { bitmaps: all.slice(0, mostBitmaps), left };
}

/** The same with the severity of a port. */
function byRole({ severityOf }: Answering, resource: ResourceId, stand: Stand): Stand {
  const ifIndex = /\/if\/(\d{1,10})$/.exec(resource)?.[1];
  return typeof stand === 'string' || ifIndex === undefined || stand.severity !== undefined
    ? stand
    : { ...stand, severity: severityOf(Number(ifIndex)) };
}

/** Every object that polls judge by these causes. */
export function standsOf(
  { device, conditions, ports, rules }: Watched,
  seen: DeviceSeen,
  causes: ReadonlySet<string>,
): Map<ResourceId, Stand> {
  const stands = new Map<ResourceId, Stand>();
  const { cause: portDown } = rules.interfaces;
  if (seen.ports !== undefined && causes.has(portDown)) {
    ports.judged((ifIndex, isDown) => {
      stands.set(resourceId(`${device.id}/if/${ifIndex}`), isDown ? { down: portDown } : 'alive');
    });
  }
  for (const table of seen.tables) {
    const judged = new Set<ResourceId>();
    conditions.judged(table, causes, ({ resource, by, verdict, cause, severity }) => {
      if (by !== undefined) return;
      judged.add(resource);
      const known = stands.get(resource);
      if (verdict === 'bad') stands.set(resource, { down: cause, severity });
      else if (known === undefined || (known === 'alive' && verdict === 'undecided')) {
        stands.set(resource, verdict === 'good' ? 'alive' : 'unknown');
      }
    });
    const { rows, alarms } = table.shape();
    if (judged.size === 0 && !alarms.some(({ cause }) => causes.has(cause))) continue;
    for (const { id } of rows) {
      const resource = conditions.nameOf(id);
      if (!judged.has(resource) && !stands.has(resource)) stands.set(resource, 'unknown');
    }
  }
  return stands;
}

/** By resource of the object; of several tables about it one says what it hangs on. */
export function owners(
  { device, conditions }: Pick<Watched, 'device' | 'conditions'>,
  seen: DeviceSeen,
): ReadonlyMap<ResourceId, Place> {
  const known = new Map<ResourceId, Place>();
  for (const table of seen.tables) {
    const { kind, rows } = table.shape();
    for (const { id, parent } of rows) {
      const resource = conditions.nameOf(id);
      if (parent !== undefined) known.set(resource, { owner: conditions.nameOf(parent), kind });
      else if (!known.has(resource)) known.set(resource, { owner: device.resource, kind });
    }
  }
  return known;
}

interface Standing {
  readonly owner: ResourceId;
  readonly stands: ReadonlyMap<ResourceId, Stand>;
  readonly places: ReadonlySet<string>;
}

/** All that hangs on a place that was asked for is named; of another owner what was asked for itself. */
function bitmapsOf(device: WatchedDevice, { owner, stands, places }: Standing): FullBitmap[] {
  const isWhole = owner !== device.resource && places.has(owner);
  const named = [...stands].filter(([resource]) => isWhole || places.has(resource));
  if (named.length === 0) return [];
  const counts = countOf(stands.values());
  return Array.from({ length: Math.ceil(named.length / mostChildren) }, (_, i) => {
    const down = new Map<
      string,
      { cause: string; severity: PerceivedSeverity | undefined; objects: string[] }
    >();
    const alive: string[] = [];
    const unknown: string[] = [];
    for (const [resource, stand] of named.slice(i * mostChildren, (i + 1) * mostChildren)) {
      const object = resource.slice(device.id.length + 1);
      if (stand === 'alive') alive.push(object);
      else if (stand === 'unknown') unknown.push(object);
      // What only its own notification says is heard already.
      else if (stand.down !== '') {
        const { down: cause, severity } = stand;
        const key = `${severity} ${cause}`;
        const same = down.get(key) ?? { cause, severity, objects: [] };
        same.objects.push(object);
        down.set(key, same);
      }
    }
    return { owner, device: device.id, counts, down: [...down.values()], alive, unknown };
  });
}

export function countOf(stands: Iterable<Stand>): FullBitmap['counts'] {
  const counts = { down: 0, alive: 0, unknown: 0 };
  for (const stand of stands) counts[typeof stand === 'string' ? stand : 'down']++;
  return counts;
}
