/** Completes a reading of numbers and states with the names of the last full one. */
import type { DeviceReading, InterfaceReading } from '../model/reading.ts';

/** Only what does not move by itself: `lastChangeTicks` would be wrong the moment a port changes. */
function textsOf(port: InterfaceReading | undefined): Partial<InterfaceReading> {
  if (port === undefined) return {};
  const { ifName, ifDescr, ifAlias, ifType, mtu, mac } = port;
  const texts = { ifName, ifDescr, ifAlias, ifType, mtu, mac };
  return Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined));
}

/** Undefined when `lean` has interfaces or objects that `full` does not know: then their names must be read. */
export function withTextsOf(full: DeviceReading, lean: DeviceReading): DeviceReading | undefined {
  const ports = new Map(full.interfaces.map((port) => [port.ifIndex, port]));
  const objects = new Map(full.objects.map((object) => [object.id, object]));
  const isKnown =
    lean.interfaces.every((port) => ports.has(port.ifIndex)) &&
    lean.objects.every(({ id }) => objects.has(id));
  if (!isKnown) return undefined;
  return {
    ...lean,
    device: { ...full.device, ...lean.device },
    interfaces: lean.interfaces.map((port) => ({ ...textsOf(ports.get(port.ifIndex)), ...port })),
    links: full.links,
    ...(full.relations !== undefined && { relations: full.relations }),
    objects: lean.objects.map((object) => ({ ...objects.get(object.id)!, state: object.state })),
  };
}
