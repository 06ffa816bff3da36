/** Compiles the alarms that a table declares, and checks that what they judge is there. */
import { didYouMean } from '../base/problem.ts';
import type { DocumentPath } from '../base/source-document.ts';
import type { AlarmRule } from './alarm-rule.ts';
import type { Findings } from './compile.ts';
import { durationMs } from './duration.ts';
import type { AlarmText, TableSource } from './profile-source.ts';

interface AlarmContext {
  readonly source: TableSource;
  readonly findings: Findings;
}

/** Undefined when the entry is no alarm, which is then found. */
export function compileAlarm(
  text: AlarmText,
  path: DocumentPath,
  context: AlarmContext,
): AlarmRule | undefined {
  const { cause, when, unless } = text;
  const ofAny = { cause, polls: text.for ?? 1, when, unless };
  const subjects = [
    text.count === undefined ? text.state : undefined,
    text.metric,
    text.rate,
    text.count,
    text.slope,
  ];
  if (subjects.filter((subject) => subject !== undefined).length !== 1) {
    const message = 'an alarm is about one "state", "metric", "rate", "count" or "slope"';
    context.findings.found(path, { code: 'profile/alarm', message });
    return undefined;
  }
  checkNames(text, path, context);
  const missing = (what: string): undefined => {
    context.findings.found(path, { code: 'profile/alarm', message: `this alarm needs ${what}` });
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
      of: text.of,
      least: text.least ?? 0,
      above: text.above,
    };
  }
  const { hysteresis = 0, below = {}, above = {} } = text;
  const hasLimits = text.below !== undefined || text.above !== undefined;
  if (text.slope !== undefined) {
    if (!hasLimits || text.over === undefined) return missing('"over" and "below" or "above"');
    const [perMs, overMs] = [durationMs(text.per ?? '1h'), durationMs(text.over)];
    return { kind: 'slope', ...ofAny, metric: text.slope, perMs, overMs, below, above };
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
): Extract<AlarmRule, { readonly kind: 'state' }>['severity'] =>
  typeof severity === 'string' ? severity : { state: severity.state, words: severity.map ?? ownWords };

/** An alarm on what the table does not read would never be raised. */
function checkNames(text: AlarmText, path: DocumentPath, { source, findings }: AlarmContext): void {
  const states = (source.states ?? []).map(({ name }) => name);
  const metrics = (source.metrics ?? []).flatMap(({ name, nameBy }) => [
    ...(name === undefined ? [] : [name]),
    ...Object.values(nameBy?.map ?? {}),
  ]);
  const check = (name: string | undefined, known: readonly string[], key: string): void => {
    if (name === undefined || known.includes(name)) return;
    const near = didYouMean(name, known);
    findings.found([...path, key], {
      code: 'profile/alarm',
      message: `this table reads no "${name}"`,
      hint: near === undefined ? `known: ${known.join(', ')}` : `did you mean "${near}"?`,
    });
  };
  check(text.state, states, 'state');
  check(text.count, states, 'count');
  if (source.sensor === undefined) check(text.metric, metrics, 'metric');
  check(text.rate, metrics, 'rate');
  check(text.slope, metrics, 'slope');
}
