/** Compiles the alarms that a table declares, and checks that what they judge is there. */
import { didYouMean } from '../base/problem.ts';
import type { DocumentPath, Finding } from '../base/source-document.ts';
import type { ObjectAlarm } from '../model/object-alarm.ts';
import type { Findings } from './compile.ts';
import { durationMs } from './duration.ts';
import type { Table } from './profile.ts';
import type { AlarmText, TableSource } from './profile-source.ts';
import { metricsOf } from './table-metrics.ts';

/** Undefined when the entry is no alarm, which is then found. */
export function compileAlarm(
  text: AlarmText,
  path: DocumentPath,
  findings: Findings,
): ObjectAlarm | undefined {
  const { cause, when, unless } = text;
  const ofAny = { cause, polls: text.for ?? 1, when, unless, wasGood: text.wasGood };
  const subjects = [
    text.count === undefined ? text.state : undefined,
    text.metric,
    text.rate,
    text.count,
    text.slope,
    text.share,
    text.average,
  ];
  if (subjects.filter((subject) => subject !== undefined).length !== 1) {
    const message = 'an alarm is about one "state", "metric", "rate", "share", "average", "count" or "slope"';
    findings.found(path, { code: 'profile/alarm', message });
    return undefined;
  }
  const missing = (what: string): undefined => {
    findings.found(path, { code: 'profile/alarm', message: `this alarm needs ${what}` });
    return undefined;
  };
  if (text.count !== undefined) {
    if (text.is === undefined || text.above === undefined) return missing('"is" and "above"');
    const { count: state, is, above, atLeast = 1 } = text;
    return { kind: 'group', ...ofAny, state, is, above, atLeast };
  }
  if (text.rate !== undefined) {
    if (text.of === undefined || text.above === undefined) return missing('"of" and "above"');
    return {
      kind: 'share',
      ...ofAny,
      counter: text.rate,
      of: ([] as string[]).concat(text.of),
      least: text.least ?? 0,
      above: text.above,
    };
  }
  const of = ([] as string[]).concat(text.of ?? []);
  const { hysteresis = 0, below = {}, above = {} } = text;
  const hasLimits = text.below !== undefined || text.above !== undefined;
  if (text.share !== undefined) {
    const [whole] = of;
    if (!hasLimits || whole === undefined) return missing('"of" and "below" or "above"');
    const { share: metric, atLeast = 0 } = text;
    return { kind: 'ratio', ...ofAny, metric, of: whole, atLeast, below, above, hysteresis };
  }
  if (text.slope !== undefined) {
    if (!hasLimits || text.over === undefined) return missing('"over" and "below" or "above"');
    const [perMs, overMs] = [durationMs(text.per ?? '1h'), durationMs(text.over)];
    return { kind: 'slope', ...ofAny, metric: text.slope, perMs, overMs, below, above };
  }
  if (text.average !== undefined) {
    if (!hasLimits) return missing('"below" or "above"');
    return { kind: 'average', ...ofAny, metric: text.average, below, above, hysteresis };
  }
  if (text.metric !== undefined) {
    if (text.limits === true) return { kind: 'limits', ...ofAny, metric: text.metric, hysteresis };
    if (!hasLimits) return missing('"below", "above" or "limits: true"');
    return { kind: 'threshold', ...ofAny, metric: text.metric, below, above, hysteresis };
  }
  if (text.state === undefined || text.severity === undefined) return missing('"severity"');
  return { kind: 'state', ...ofAny, state: text.state, is: text.is, severity: severityOf(text.severity) };
}

/** X.733 words stand for themselves where a profile does not say what its words mean. */
const ownWords = {
  critical: 'critical',
  major: 'major',
  minor: 'minor',
  warning: 'warning',
  indeterminate: 'indeterminate',
} as const;

const severityOf = (
  severity: NonNullable<AlarmText['severity']>,
): Extract<ObjectAlarm, { readonly kind: 'state' }>['severity'] =>
  typeof severity === 'string' ? severity : { state: severity.state, words: severity.map ?? ownWords };

/** An alarm on what no table reads would never be raised: `tables` are all of the profile, for rows of several may be one object. */
export function checkAlarms(
  tables: readonly Table[],
  own: Readonly<Record<string, TableSource | null>>,
  found: (path: DocumentPath, finding: Finding) => void,
): void {
  const states = tables.flatMap((table) => table.states.map(({ name }) => name));
  const metrics = tables.flatMap((table) => metricsOf(table).map(({ name }) => name));
  const check = (
    name: string | undefined,
    known: readonly string[],
    path: DocumentPath,
    nobody = 'no table of this profile reads',
  ): void => {
    if (name === undefined || known.includes(name)) return;
    const near = didYouMean(name, known);
    const hint = near === undefined ? undefined : `did you mean "${near}"?`;
    found(path, { code: 'profile/alarm', message: `${nobody} "${name}"`, hint });
  };
  const lacks = 'this table does not read';
  for (const [table, source] of Object.entries(own)) {
    // What is excused by another state is found in the same row: rows of several tables are read at different times.
    const beside = tables.find(({ name }) => name === table)?.states.map(({ name }) => name) ?? [];
    for (const [i, alarm] of (source?.alarms ?? []).entries()) {
      const at = (...key: string[]): DocumentPath => ['tables', table, 'alarms', i, ...key];
      for (const key of ['state', 'count'] as const) check(alarm[key], states, at(key));
      for (const key of ['when', 'unless'] as const)
        check(alarm[key]?.state, beside, at(key, 'state'), lacks);
      if (typeof alarm.severity === 'object')
        check(alarm.severity.state, beside, at('severity', 'state'), lacks);
      for (const key of ['metric', 'rate', 'slope', 'share', 'average'] as const)
        check(alarm[key], metrics, at(key));
      for (const of of ([] as string[]).concat(alarm.of ?? [])) check(of, metrics, at('of'));
    }
  }
}
