/** Compiles pattern rules; says which can never act, which say the same twice and which look at every alarm. */
import { canonicalJson } from '../base/canonical.ts';
import { compileExpression } from '../base/expression.ts';
import { lengthIn } from '../base/length.ts';
import type { Problem } from '../base/problem.ts';
import type { DocumentPath, Finding, SourceDocument } from '../base/source-document.ts';
import { alarmNames, matchersOf } from './matcher.ts';
import {
  type Matcher,
  type MatcherSource,
  type PatternRule,
  type PatternSource,
  type Raise,
  weekdays,
} from './pattern-rules.ts';

/** Of an earlier file those that a later one names anew are left out. */
export function compilePatterns(documents: readonly SourceDocument[]): {
  readonly patterns: readonly PatternRule[];
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const found = new Map<string, Placed>();
  for (const document of documents) {
    const here = new Set<string>();
    const { patterns = [] } = document.value as { readonly patterns?: readonly PatternSource[] };
    for (const [i, source] of patterns.entries()) {
      const say = (path: DocumentPath, finding: Finding): void =>
        void problems.push(document.problemAt(['patterns', i, ...path], finding));
      if (here.has(source.id)) {
        say(['id'], { code: 'rule/duplicate', message: `a rule "${source.id}" exists already in this file` });
        continue;
      }
      here.add(source.id);
      if (isSound(source, say)) found.set(source.id, { rule: compiled(source), say });
    }
  }
  const placed = [...found.values()];
  const overview = overviewOf(placed);
  for (const one of placed) warn(one, overview);
  return { patterns: placed.map(({ rule }) => rule), problems };
}

type Say = (path: DocumentPath, finding: Finding) => void;

interface Placed {
  readonly rule: PatternRule;
  readonly say: Say;
}

function isSound(source: PatternSource, say: Say): boolean {
  let isGood = true;
  for (const [path, matcher] of matcherSources(source)) {
    if (matcher.where === undefined) continue;
    const made = compileExpression(matcher.where, alarmNames);
    const at = [...path, 'where'];
    if ('mistake' in made) {
      say(at, { code: 'rule/condition', ...made.mistake });
      isGood = false;
    } else if (made.always !== undefined) {
      const message = `the condition is always ${made.always}`;
      const inRussian = { message: `условие всегда ${made.always ? 'истинно' : 'ложно'}` };
      say(at, { code: 'rule/unreachable', message, inRussian, severity: 'warning' });
    }
  }
  if (source.by === 'network' && source.raise !== undefined && source.raise.on === undefined) {
    say(['raise'], { code: 'rule/raise', message: 'by: network does not say of which resource: add "on"' });
    isGood = false;
  }
  if (source.below !== undefined && source.below > (source.atLeast ?? 1)) {
    const message = `below: ${source.below} would end it before it begins`;
    say(['below'], { code: 'rule/limits', message });
    isGood = false;
  }
  if (source.hours !== undefined && minutesOf(source.hours) === undefined) {
    say(['hours'], { code: 'config/not-valid', message: `"${source.hours}" are no hours of a day` });
    isGood = false;
  }
  return isGood;
}

/** With their places. */
function matcherSources(source: PatternSource): (readonly [DocumentPath, MatcherSource])[] {
  const single = (['on', 'first', 'second', 'after', 'no'] as const).flatMap((key) =>
    source[key] === undefined ? [] : [[[key], source[key]] as const],
  );
  const listed = (['while', 'steps'] as const).flatMap((key) =>
    (source[key] ?? []).map((one, i) => [[key, i], one] as const),
  );
  return [...single, ...listed, ...(source.of ?? []).map(({ on }, i) => [['of', i, 'on'], on] as const)];
}

const length = (text: string | undefined) => lengthIn(text ?? '0s');

function compiled(source: PatternSource): PatternRule {
  const { id, by = 'device', kind } = source;
  const common = { id, by };
  const on = matcher(source.on);
  const withinMs = length(source.within);
  const raising = () => ({ ...common, raise: raiseOf(source.raise!) });
  switch (kind) {
    case 'suppress':
      return { ...common, kind, on, while: (source.while ?? []).map(matcher), waitMs: length(source.wait) };
    case 'window':
      return { ...common, kind, on, holdMs: length(source.hold) };
    case 'calendar': {
      const days = (source.days ?? weekdays).map((day) => weekdays.indexOf(day));
      return { ...common, kind, on, days, hours: minutesOf(source.hours!)!, zone: source.zone };
    }
    case 'threshold': {
      const { atLeast = 1, below = 1, counts = 'raises' } = source;
      return { ...raising(), kind: 'group', of: [{ on, atLeast }], withinMs, below, counts };
    }
    case 'group': {
      const of = source.of!.map((one) => ({ on: matcher(one.on), atLeast: one.atLeast ?? 1 }));
      return { ...raising(), kind, of, withinMs, below: 1, counts: 'raises' };
    }
    case 'pair':
      return {
        ...raising(),
        kind: 'sequence',
        steps: [matcher(source.first), matcher(source.second)],
        withinMs,
      };
    case 'sequence':
      return { ...raising(), kind, steps: source.steps!.map(matcher), withinMs };
    case 'absence':
      return { ...raising(), kind, after: matcher(source.after), no: matcher(source.no), withinMs };
    default:
      return { ...raising(), kind: 'single', on };
  }
}

function matcher(source: MatcherSource = {}): Matcher {
  const words = <T>(written: T | readonly T[] | undefined): readonly T[] | undefined =>
    written === undefined ? undefined : ([] as T[]).concat(written as T | ConcatArray<T>);
  return {
    cause: words(source.cause),
    kind: words(source.kind),
    severity: words(source.severity),
    source: words(source.source),
    where: source.where,
  };
}

const raiseOf = ({ cause, severity, on, endAfter }: NonNullable<PatternSource['raise']>): Raise => ({
  ...{ cause, severity, on },
  endAfterMs: endAfter === undefined ? undefined : lengthIn(endAfter),
});

function minutesOf(text: string): { readonly fromMinute: number; readonly toMinute: number } | undefined {
  const [from, to] = text.split('-').map((time) => {
    const [hours = 0, minutes = 0] = time.split(':').map(Number);
    return hours < 24 && minutes < 60 ? hours * 60 + minutes : undefined;
  });
  return from === undefined || to === undefined || from === to
    ? undefined
    : { fromMinute: from, toMinute: to };
}

/** All rules at once, as each is compared with the others: files may hold thousands. */
interface Overview {
  /** Causes that patterns raise. */
  readonly raised: ReadonlySet<string>;
  /** Of those that act on the same alarms in the same way the first by name. */
  readonly firstOfKind: ReadonlyMap<string, PatternRule>;
  /** Those that always hide, by each of their causes; under undefined those of any cause. */
  readonly hiding: ReadonlyMap<string | undefined, readonly PatternRule[]>;
}

function overviewOf(all: readonly Placed[]): Overview {
  const raised = new Set<string>();
  const firstOfKind = new Map<string, PatternRule>();
  const hiding = new Map<string | undefined, PatternRule[]>();
  for (const { rule } of all) {
    if ('raise' in rule) raised.add(rule.raise.cause);
    const first = firstOfKind.get(actsOn(rule));
    if (first === undefined || rule.id < first.id) firstOfKind.set(actsOn(rule), rule);
    if (rule.kind !== 'suppress' || rule.while.length > 0 || rule.on.where !== undefined) continue;
    for (const cause of rule.on.cause ?? [undefined]) {
      const known = hiding.get(cause);
      if (known === undefined) hiding.set(cause, [rule]);
      else known.push(rule);
    }
  }
  return { raised, firstOfKind, hiding };
}

/** Warnings: such a rule loads all the same. */
function warn({ rule, say }: Placed, { raised, firstOfKind, hiding }: Overview): void {
  const matchers = matchersOf(rule);
  if (matchers.some(({ cause }) => cause === undefined)) {
    const message = `"${rule.id}" names no cause, so every alarm is held against it`;
    const inRussian = { message: `«${rule.id}» не называет причины, и с ним сравнивается каждая авария` };
    say(['id'], { code: 'rule/costly', message, inRussian, severity: 'warning' });
  }
  for (const { cause = [] } of matchers) {
    const own = cause.find((one) => raised.has(one));
    if (own === undefined) continue;
    const message = `"${rule.id}" looks for ${own}, which patterns raise themselves: they do not see it`;
    const ru = `«${rule.id}» ищет ${own}, но эту причину поднимают сами правила: они её не видят`;
    say(['id'], { code: 'rule/unreachable', message, inRussian: { message: ru }, severity: 'warning' });
  }
  const twin = firstOfKind.get(actsOn(rule));
  if (twin !== undefined && twin.id < rule.id) {
    const message = `"${rule.id}" acts on the same alarms in the same way as "${twin.id}"`;
    const inRussian = { message: `«${rule.id}» действует на те же аварии и так же, как «${twin.id}»` };
    say(['id'], { code: 'rule/overlap', message, inRussian, severity: 'warning' });
  }
  if (!('on' in rule)) return;
  const wide = [...(hiding.get(rule.on.cause?.[0]) ?? []), ...(hiding.get(undefined) ?? [])];
  const wider = wide.find((one) => one.id !== rule.id && hidesAll(one, rule));
  if (wider !== undefined && !hidesAll(rule, wider)) {
    const message = `"${rule.id}" has nothing left to hide: "${wider.id}" always hides its alarms`;
    const ru = `«${rule.id}» нечего скрывать: его аварии всегда скрывает «${wider.id}»`;
    say(['id'], { code: 'rule/unreachable', message, inRussian: { message: ru }, severity: 'warning' });
  }
}

const actsOn = (rule: PatternRule): string => `${rule.kind} ${rule.by} ${canonicalJson(matchersOf(rule))}`;

/** `one` always hides whatever `other` could hide. */
function hidesAll(one: PatternRule, other: PatternRule): boolean {
  if (one.kind !== 'suppress' || one.while.length > 0) return false;
  if (other.kind !== 'suppress' && other.kind !== 'window' && other.kind !== 'calendar') return false;
  const { cause, kind, severity, source, where } = one.on;
  return (
    where === undefined &&
    isWithin(other.on.cause, cause) &&
    isWithin(other.on.kind, kind) &&
    isWithin(other.on.severity, severity) &&
    isWithin(other.on.source, source)
  );
}

const isWithin = (narrow: readonly string[] | undefined, wide: readonly string[] | undefined): boolean =>
  wide === undefined || (narrow?.every((one) => wide.includes(one)) ?? false);
