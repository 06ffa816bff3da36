/** Rows of ifTable and ifXTable (RFC 2863) as interfaces of a reading; values an agent lacks are left out. */
import type { InterfaceReading } from '../model/reading.ts';
import { exactly, macIn, numberIn, smallNumberIn, textIn } from './cells.ts';
import type { Attribute, Metric, Table } from './profile.ts';
import type { VarbindValue } from './session.ts';
import type { TableRow } from './table-rows.ts';

/** Tables in the order of the profile: the first value of a name holds unless a later metric `replaces` it. */
export class InterfaceList {
  readonly #byIndex = new Map<number, Record<string, unknown>>();

  add(table: Table, rows: readonly TableRow[]): void {
    for (const row of rows) {
      const ifIndex = /^\d+$/.test(row.index) ? Number(row.index) : undefined;
      if (ifIndex === undefined) continue;
      const held = this.#byIndex.get(ifIndex) ?? {};
      this.#byIndex.set(ifIndex, held);
      for (const attribute of table.attributes) held[attribute.name] ??= attributeIn(attribute, row.cells);
      for (const { name, column, map } of table.states) {
        held[name] ??= map.get(smallNumberIn(row.cells[column]) ?? Number.NaN);
      }
      for (const metric of table.metrics) takeMetric(held, metric, row.cells[metric.column]);
    }
  }

  /** In order of ifIndex. */
  readings(): InterfaceReading[] {
    const rows = [...this.#byIndex].sort(([a], [b]) => a - b);
    return rows.map(([ifIndex, held]) => {
      const present = Object.entries(held).filter(([, value]) => value !== undefined);
      return { ifIndex, ...Object.fromEntries(present) };
    });
  }
}

function takeMetric(held: Record<string, unknown>, metric: Metric, cell: VarbindValue | undefined): void {
  const raw = numberIn(cell);
  if (raw === undefined || (typeof raw === 'number' && metric.sentinels.includes(raw))) return;
  if (metric.kind === 'gauge') {
    held[metric.name] ??= typeof raw === 'number' ? raw * metric.scale : undefined;
    return;
  }
  const isCounter = cell?.type === 'counter32' || cell?.type === 'counter64';
  if (!isCounter) return;
  const counters = (held['counters'] ?? {}) as Record<string, number | string>;
  held['counters'] = counters;
  if (metric.replaces || counters[metric.name] === undefined) counters[metric.name] = exactly(raw);
}

/** One attribute of a row; undefined where the row says nothing. */
export function attributeIn(
  attribute: Attribute,
  cells: readonly (VarbindValue | undefined)[],
): string | number | undefined {
  const cell = cells[attribute.column];
  switch (attribute.as) {
    case 'number':
      return smallNumberIn(cell);
    case 'mac':
      return macIn(cell);
    default:
      return textIn(cell);
  }
}
