/**
 * What one reading shows to be wrong, as the alarms of the profile say it: states, limits and shares that can be judged
 * at once. What needs several polls (counters, slopes, `for:`) or all rows, or must have been good before, is judged by the
 * daemon alone.
 */
import type { Profile } from '../../collect/collect.ts';
import type { ObjectAlarm, StateIs, Thresholds } from '../../model/object-alarm.ts';
import { type PerceivedSeverity, severities } from '../../model/observation.ts';
import type { DeviceReading, MetricReading } from '../../model/reading.ts';

export interface Verdict {
  readonly severity: PerceivedSeverity;
  readonly cause: string;
}

/** By OID of the reading; of several the worst. */
export function verdictsOf(
  reading: DeviceReading,
  profile: Profile | undefined,
): ReadonlyMap<string, Verdict> {
  const found = new Map<string, Verdict>();
  const byObject = new Map<string, Map<string, MetricReading>>();
  for (const one of reading.readings) {
    const known = byObject.get(one.object) ?? new Map<string, MetricReading>();
    byObject.set(one.object, known.set(one.metric, one));
  }
  for (const table of profile?.tables ?? []) {
    const columns = table.columns.map((column) => `${column}.`);
    for (const alarm of table.alarms) {
      if (alarm.wasGood === true) continue;
      const name = judgedName(alarm);
      for (const one of reading.readings) {
        if (one.metric !== name || !columns.some((column) => one.oid.startsWith(column))) continue;
        const severity = severityOf(alarm, one, { table, readings: byObject.get(one.object)! });
        if (severity !== undefined) keepWorst(found, one.oid, { severity, cause: alarm.cause });
      }
    }
  }
  return found;
}

function judgedName(alarm: ObjectAlarm): string | undefined {
  if (alarm.kind === 'state') return alarm.state;
  return alarm.kind === 'threshold' || alarm.kind === 'limits' || alarm.kind === 'ratio'
    ? alarm.metric
    : undefined;
}

function severityOf(
  alarm: ObjectAlarm,
  { value, limits }: MetricReading,
  beside: Beside,
): PerceivedSeverity | undefined {
  if (value === null) return undefined;
  const isSo = ({ state, is }: StateIs): boolean => is.includes(stateOf(state, beside) ?? '');
  if ((alarm.when !== undefined && !isSo(alarm.when)) || (alarm.unless !== undefined && isSo(alarm.unless)))
    return undefined;
  if (alarm.kind === 'state') {
    if (alarm.is !== undefined && !alarm.is.includes(String(value))) return undefined;
    const { severity } = alarm;
    return typeof severity === 'string' ? severity : severity.words[stateOf(severity.state, beside) ?? ''];
  }
  if (typeof value !== 'number') return undefined;
  if (alarm.kind === 'threshold') return beyond(value, alarm.above, alarm.below);
  if (alarm.kind === 'limits') return beyond(value, limits?.high ?? {}, limits?.low ?? {});
  if (alarm.kind !== 'ratio') return undefined;
  const whole = beside.readings.get(alarm.of)?.value;
  if (typeof whole !== 'number' || whole <= 0 || whole < alarm.atLeast) return undefined;
  return beyond(value / whole, alarm.above, alarm.below);
}

/** What else was read of the same object, by metric. */
interface Beside {
  readonly table: Profile['tables'][number];
  readonly readings: ReadonlyMap<string, MetricReading>;
}

/** A cell is one reading: a state that is read from a number's cell is told by the number. */
function stateOf(name: string, { table, readings }: Beside): string | undefined {
  const known = readings.get(name)?.value;
  if (known !== undefined) return String(known);
  const state = table.states.find((one) => one.name === name);
  if (state?.source.kind !== 'cell' || state.as !== 'number') return undefined;
  const column = `${table.columns[state.source.column]}.`;
  const same = [...readings.values()].find(({ oid }) => oid.startsWith(column));
  if (same === undefined) return undefined;
  return state.map.get(String(same.raw)) ?? state.other ?? undefined;
}

/** The worst limit that is reached; a dark port is the link's alarm, not its level's. */
function beyond(
  value: number,
  above: Thresholds | Readonly<Record<string, number>>,
  below: Thresholds | Readonly<Record<string, number>>,
): PerceivedSeverity | undefined {
  const limitOf = (limits: typeof above, severity: string): number | undefined =>
    (limits as Readonly<Record<string, number | undefined>>)[severity];
  return severities.find((severity) => {
    const high = limitOf(above, severity);
    const low = limitOf(below, severity);
    return (high !== undefined && value >= high) || (low !== undefined && value <= low);
  });
}

function keepWorst(found: Map<string, Verdict>, oid: string, verdict: Verdict): void {
  const known = found.get(oid);
  if (known !== undefined && severities.indexOf(known.severity) <= severities.indexOf(verdict.severity))
    return;
  found.set(oid, verdict);
}
