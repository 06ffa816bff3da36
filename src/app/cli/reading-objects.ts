/** The parts of a device: what stands in what, or how many of each kind there are. */
import type { DeviceReading, ObjectReading } from '../../model/reading.ts';
import type { ReportOptions } from './reading-report.ts';
import { isBad } from './reading-values.ts';

/** What stands in what, by indentation; a parent that was not read leaves its children at the margin. */
export function objectLines(objects: readonly ObjectReading[]): (readonly unknown[])[] {
  const ids = new Set(objects.map(({ id }) => id));
  const children = new Map<string, ObjectReading[]>();
  for (const one of objects) {
    const parent = one.parent !== undefined && ids.has(one.parent) ? one.parent : '';
    const same = children.get(parent);
    if (same === undefined) children.set(parent, [one]);
    else same.push(one);
  }
  const lines: (readonly unknown[])[] = [];
  const placed = new Set<string>();
  const place = (parent: string, depth: number): void => {
    for (const one of children.get(parent) ?? []) {
      if (placed.has(one.id)) continue;
      placed.add(one.id);
      const mark = isFailed(one) ? '!' : '';
      // The table takes blanks at the ends of a cell away, so points show the depth.
      lines.push([mark, '. '.repeat(Math.min(depth, 8)) + one.id, one.state, one.attributes['name']]);
      place(one.id, depth + 1);
    }
  };
  place('', 0);
  // Objects that stand in a ring are left over.
  for (const one of objects)
    if (!placed.has(one.id)) lines.push(['', one.id, one.state, one.attributes['name']]);
  return lines;
}

const isFailed = ({ state }: ObjectReading): boolean =>
  /^(down|failed|offline|los|lossOf|critical)/i.test(state ?? '');

interface KindCount {
  readonly ids: Set<string>;
  readings: number;
  bad: number;
  absent: number;
}

/** Kinds with something bad first, then the largest. */
export function summaryOfKinds(
  { objects, readings }: DeviceReading,
  options: Pick<ReportOptions, 'verdicts'>,
): readonly (readonly unknown[])[] {
  const kinds = new Map<string, KindCount>();
  const countOf = (id: string): KindCount => {
    const kind = id.slice(0, id.indexOf('/'));
    const count = kinds.get(kind) ?? { ids: new Set<string>(), readings: 0, bad: 0, absent: 0 };
    kinds.set(kind, count);
    count.ids.add(id);
    return count;
  };
  for (const { id } of objects) countOf(id);
  for (const one of readings) {
    const count = countOf(one.object);
    count.readings++;
    if (isBad(one, options)) count.bad++;
    if (one.value === null) count.absent++;
  }
  return [...kinds]
    .sort(([, a], [, b]) => b.bad - a.bad || b.ids.size - a.ids.size)
    .map(([kind, { ids, readings: count, bad, absent }]) => [
      ...[bad > 0 ? '!' : '', kind, ids.size],
      ...[count, bad || '', absent || ''],
    ]);
}
