/** Compiles one metric of a table: where its number stands and what makes it a value. */
import { didYouMean } from '../base/problem.ts';
import type { DocumentPath } from '../base/source-document.ts';
import { severities } from '../model/observation.ts';
import type { Findings } from './compile.ts';
import type { CellCompiler } from './compile-cells.ts';
import { type Expression, parseExpression } from './expression.ts';
import { neverMeasured } from './plausible.ts';
import type { Limit, Metric, Source } from './profile.ts';
import type { LimitTexts, MetricText } from './profile-source.ts';
import { isUnit, knownUnits } from './ucum.ts';

interface MetricContext {
  readonly cells: CellCompiler;
  readonly findings: Findings;
  readonly arithmetic: readonly string[];
  /** Of the table. */
  readonly sentinels: readonly number[];
}

export function compileMetric(text: MetricText, path: DocumentPath, context: MetricContext): Metric {
  const { cells, findings, sentinels } = context;
  checkMetric(text, path, findings);
  const factor = (of: MetricText['times'], key: string): Source | undefined => {
    if (of === undefined) return undefined;
    return typeof of === 'number' ? cells.column(of) : cells.source(of, [...path, key]);
  };
  return {
    name: text.name ?? '',
    source: cells.source(text, path),
    unit: text.unit,
    kind: text.kind ?? 'gauge',
    as: text.as ?? 'number',
    pattern: findings.pattern(text.re, [...path, 're']),
    lane: text.lanes === true ? 'all' : text.lane,
    expression: compileExpression(text.expr, [...path, 'expr'], context),
    times: factor(text.times, 'times'),
    divideBy: factor(text.divideBy, 'divideBy'),
    scaleBy: factor(text.scaleBy, 'scaleBy'),
    decimals: factor(text.decimals, 'decimals'),
    scale: text.scale ?? 1,
    offset: text.offset ?? 0,
    convert: text.convert,
    sentinels: [
      ...sentinels,
      ...(text.null ?? []),
      ...(text.kind === 'counter' ? [] : neverMeasured(text.unit)),
    ],
    sentinelTexts: new Set((text.nullText ?? []).map((word) => word.toLowerCase())),
    absent: text.absent ?? 'sentinel',
    nullWhen: cells.conditions(text.nullWhen, [...path, 'nullWhen']),
    where: cells.conditions(text.where, [...path, 'where']),
    versions: text.if && { from: text.if.version.from, below: text.if.version.below },
    range: text.range,
    limits: [
      ...limitsOf('high', text, [...path, 'limits', 'high'], cells),
      ...limitsOf('low', text, [...path, 'limits', 'low'], cells),
    ],
    replaces: text.replaces === true,
    nameBy: text.nameBy && {
      source: cells.source(text.nameBy, [...path, 'nameBy']),
      map: new Map(Object.entries(text.nameBy.map)),
    },
  };
}

/** A unit that nobody can read is a mistake of the profile. */
export function checkUnit(unit: string, path: DocumentPath, findings: Findings): void {
  if (isUnit(unit)) return;
  const near = didYouMean(unit, knownUnits);
  findings.found(path, {
    code: 'profile/unknown-unit',
    message: `"${unit}" is no UCUM unit known here`,
    hint:
      near === undefined ? 'UCUM codes: Cel, V, A, W, %, s, By, bit/s, dB[mW], 1' : `did you mean "${near}"?`,
  });
}

function checkMetric(metric: MetricText, path: DocumentPath, findings: Findings): void {
  const { name, nameBy, unit, range, convert } = metric;
  checkUnit(unit, [...path, 'unit'], findings);
  if (name === undefined && nameBy === undefined) {
    findings.found(path, { code: 'profile/no-name', message: 'a metric needs "name" or "nameBy"' });
  }
  const made = convert === 'F-to-Cel' ? 'Cel' : 'dB[mW]';
  if (convert !== undefined && unit !== made) {
    const message = `"${convert}" makes ${made}, not ${unit}`;
    findings.found([...path, 'unit'], { code: 'profile/convert', message });
  }
  if (range !== undefined && range[0] > range[1]) {
    const message = `the range begins at ${range[0]} and ends below it, at ${range[1]}`;
    findings.found([...path, 'range'], { code: 'profile/empty-range', message });
  }
}

function compileExpression(
  text: string | undefined,
  path: DocumentPath,
  { findings, arithmetic }: MetricContext,
): Expression | undefined {
  if (text === undefined) return undefined;
  const parsed = parseExpression(text, ['v', ...arithmetic]);
  if ('expression' in parsed) return parsed.expression;
  findings.found(path, { code: 'profile/expression', message: `"${text}": ${parsed.problem}` });
  return undefined;
}

function limitsOf(
  side: Limit['side'],
  { limits, as = 'number' }: MetricText,
  path: DocumentPath,
  cells: CellCompiler,
): Limit[] {
  const texts: LimitTexts | undefined = limits?.[side];
  return severities.flatMap((severity) => {
    const text = texts?.[severity];
    return text === undefined
      ? []
      : [
          {
            side,
            severity,
            source: cells.source(text, [...path, severity]),
            scale: text.scale,
            as: text.as ?? as,
          },
        ];
  });
}
