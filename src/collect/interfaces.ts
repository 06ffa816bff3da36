/** Rows of ifTable and ifXTable (RFC 2863) as interfaces of a reading; values an agent lacks are left out. */
import type { InterfaceReading } from '../model/reading.ts';
import { exactly, numberIn } from './cells.ts';
import type { Metric } from './profile.ts';
import type { Row } from './row.ts';
import { stateIn } from './state-value.ts';

/** Tables in the order of the profile: the first value of a name holds unless a later metric `replaces` it. */
export class InterfaceList {
  readonly #byIndex = new Map<number, Record<string, unknown>>();

  add(row: Row): void {
    const ifIndex = /^\d+$/.test(row.index) ? Number(row.index) : undefined;
    if (ifIndex === undefined) return;
    const held = this.#byIndex.get(ifIndex) ?? {};
    this.#byIndex.set(ifIndex, held);
    for (const { name } of row.table.attributes) held[name] ??= possible(row.attribute(name));
    for (const state of row.table.states) held[state.name] ??= stateIn(state, row)?.value ?? undefined;
    for (const metric of row.table.metrics) takeMetric(held, metric, row);
  }

  /** In order of ifIndex. */
  readings(): InterfaceReading[] {
    return [...this.sorted()];
  }

  /** The same one by one. */
  *sorted(): Generator<InterfaceReading> {
    const rows = [...this.#byIndex].sort(([a], [b]) => a - b);
    for (const [ifIndex, held] of rows) {
      const present = Object.entries(held).filter(([, value]) => value !== undefined);
      yield { ifIndex, ...Object.fromEntries(present) };
    }
  }
}

/** No number of an interface is negative; some agents send -1 where they have none. */
const possible = (value: string | number | undefined): string | number | undefined =>
  typeof value === 'number' && value < 0 ? undefined : value;

function takeMetric(held: Record<string, unknown>, metric: Metric, row: Row): void {
  const cell = row.cell(metric.source);
  const raw = numberIn(cell);
  if (raw === undefined || (typeof raw === 'number' && metric.sentinels.includes(raw))) return;
  if (metric.kind === 'gauge') {
    if (typeof raw === 'number' && raw >= 0 && (metric.replaces || held[metric.name] === undefined))
      held[metric.name] = raw * metric.scale;
    return;
  }
  const isCounter = cell?.type === 'counter32' || cell?.type === 'counter64';
  if (!isCounter) return;
  const counters = (held['counters'] ?? {}) as Record<string, number | string>;
  held['counters'] = counters;
  if (metric.replaces || counters[metric.name] === undefined) counters[metric.name] = exactly(raw);
}
