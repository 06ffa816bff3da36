/** Made-up readings of devices that know each other. */
import { instant } from '../../../src/base/instant.ts';
import type { DeviceReading, ObjectReading } from '../../../src/model/reading.ts';
import { Inventory, saidBy } from '../../../src/topology/topology.ts';

export const at = instant(1_767_225_600_000);

interface MadeUp {
  readonly name?: string;
  readonly chassis?: string;
  /** ifName by ifIndex; its MAC ends in the index. */
  readonly ports?: Readonly<Record<number, string>>;
  /** First five octets of its ports' addresses. */
  readonly macs?: string;
  /** ifType of all ports. */
  readonly ifType?: number;
  readonly links?: DeviceReading['links'];
  readonly relations?: readonly string[];
  readonly objects?: readonly ObjectReading[];
}

export function reading(made: MadeUp): DeviceReading {
  const { name, chassis, ports = {}, macs, ifType, links = [], relations = [], objects = [] } = made;
  const own = chassis === undefined ? [] : [object('chassis', 'lldp', { chassisId: chassis })];
  return {
    format: 'device-reading/1',
    at: '2026-01-01T00:00:00.000Z',
    profile: 'generic',
    device: name === undefined ? {} : { sysName: name },
    interfaces: Object.entries(ports).map(([index, ifName]) => ({
      ifIndex: Number(index),
      ifName,
      ...(ifType !== undefined && { ifType }),
      ...(macs !== undefined && { mac: `${macs}:${Number(index).toString(16).padStart(2, '0')}` }),
    })),
    readings: [],
    links,
    objects: [...own, ...objects],
    relations: relations.map((row) => {
      const [kind, from, to] = row.split(' ');
      return { kind: kind as 'member', from: from!, to: to! };
    }),
  };
}

export const object = (
  kind: string,
  index: string,
  attributes: ObjectReading['attributes'],
  more: Partial<ObjectReading> = {},
): ObjectReading => ({ kind, id: `${kind}/${index}`, attributes, ...more });

/** Each device read once, everything worked out. */
export function inventoryOf(readings: Readonly<Record<string, MadeUp>>, seenAt = at): Inventory {
  const inventory = new Inventory();
  inventory.use(Object.keys(readings));
  read(inventory, readings, seenAt);
  return inventory;
}

export function read(inventory: Inventory, readings: Readonly<Record<string, MadeUp>>, seenAt = at): void {
  for (const [id, made] of Object.entries(readings)) {
    inventory.take(saidBy({ id, address: addressOf(id) }, reading(made), seenAt));
  }
  for (const _ of inventory.settle());
}

/** `sw-7` is polled at 192.0.2.7. */
const addressOf = (id: string): string => `192.0.2.${/\d+$/.exec(id)?.[0] ?? '200'}`;
