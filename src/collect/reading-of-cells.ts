/** What the cells of a device say now, as a reading: made when somebody looks, in slices, since a large device has 100,000 rows. */
import { inSlices } from '../base/slices.ts';
import type { DeviceReading, InterfaceReading, MetricReading } from '../model/reading.ts';
import { eachRow } from './cell-rows.ts';
import { Found } from './found.ts';
import { InterfaceList } from './interfaces.ts';
import type { CellGroup } from './plan.ts';
import { isOfInterfaces, sliceRows } from './read-device.ts';
import type { Row } from './row.ts';
import type { TableCells } from './table-cells.ts';

/** Things that only change their place. */
const sliceItems = 2_000;

/**
 * With the names of the last full reading; what was not asked since stands as it was. A row is read at once; a poll that
 * comes between two slices is seen from the next one on.
 */
export function* readingOfCells(
  full: DeviceReading,
  groups: readonly CellGroup[],
  cells: readonly TableCells[],
): Generator<void, DeviceReading> {
  const seen = yield* seenIn(full.device.version, groups, cells);
  const now = new Map<string, MetricReading>();
  yield* inSlices(seen.readings, sliceItems, (one) => now.set(nameOf(one), one));
  const states = new Map<string, string | undefined>();
  yield* inSlices(seen.objects, sliceItems, ({ id, state }) => states.set(id, state));
  const interfaces: InterfaceReading[] = [];
  yield* inSlices(full.interfaces, sliceItems, (port) =>
    interfaces.push({ ...port, ...seen.ports.get(port.ifIndex) }),
  );
  const readings: MetricReading[] = [];
  yield* inSlices(full.readings, sliceItems, (one) => readings.push(now.get(nameOf(one)) ?? one));
  const objects: DeviceReading['objects'][number][] = [];
  yield* inSlices(full.objects, sliceItems, (object) =>
    objects.push({ ...object, state: states.get(object.id) ?? object.state }),
  );
  const newest = cells.findLast(({ upTimeTicks }) => upTimeTicks !== undefined);
  const upTime = newest === undefined ? {} : { sysUpTimeTicks: newest.upTimeTicks };
  return { ...full, device: { ...full.device, ...upTime }, interfaces, readings, objects };
}

const nameOf = ({ object, metric }: MetricReading): string => `${object} ${metric}`;

function* seenIn(
  version: string | undefined,
  groups: readonly CellGroup[],
  cells: readonly TableCells[],
): Generator<
  void,
  Pick<Found, 'readings' | 'objects'> & { readonly ports: ReadonlyMap<number, InterfaceReading> }
> {
  const list = new InterfaceList();
  yield* inSlices(rowsOf(groups, cells, true), sliceRows, (row) => list.add(row));
  const ports = new Map<number, InterfaceReading>();
  yield* inSlices(list.sorted(), sliceItems, (port) => ports.set(port.ifIndex, port));
  const found = new Found(version, [...ports.values()]);
  yield* inSlices(rowsOf(groups, cells, false), sliceRows, (row) => found.take(row));
  return { readings: found.readings, objects: found.objects, ports };
}

/** Those of interfaces, or all others, in the order of the profile's tables. */
function* rowsOf(
  groups: readonly CellGroup[],
  cells: readonly TableCells[],
  ofInterfaces: boolean,
): Generator<Row> {
  for (const [place, { parts }] of groups.entries()) {
    for (const part of parts)
      if (isOfInterfaces(part.table) === ofInterfaces) yield* eachRow(part, cells[place]!);
  }
}
