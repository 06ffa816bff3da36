/** Compiles detection rule files; each mistake becomes a problem at its place and the rest loads. */
import { type DurationMs, days, hours, minutes, seconds } from '../base/instant.ts';
import type { Parsed, Problem } from '../base/problem.ts';
import type { DocumentPath, SourceDocument } from '../base/source-document.ts';
import { severities } from '../model/observation.ts';
import { type Replaced, withoutReplaced } from './owners.ts';
import { amongLines, amongTraps, ordered, type Placed, type Precedence } from './precedence.ts';
import type {
  BaselineRule,
  DetectionRules,
  InterfaceRule,
  Levels,
  PartOf,
  PlaceOf,
  ReachabilityRule,
  SyslogRule,
  TrapCondition,
  TrapRule,
} from './rules.ts';
import type { ConditionSource, LevelsSource, PartSource, RulesSource, TrapSource } from './rules-schema.ts';

const usualReachability: ReachabilityRule = {
  cause: 'UNREACHABLE',
  severity: 'major',
  raiseAfter: 3,
  clearAfter: 2,
};
const usualInterfaces: InterfaceRule = {
  cause: 'LINK_DOWN',
  severity: 'minor',
  roles: {},
  downFor: 2,
  upFor: 1,
  settleMs: minutes(5),
};

/**
 * Documents have passed `detectionSchema`; `own` are the operator's. A later file's reachability and interfaces replace an
 * earlier one's, and `replaced` are the shipped rules that gave way to rules of the operator's own. Of traps and lines the
 * first rule that fits decides, the operator's own first.
 */
export function compileDetectionRules(
  shipped: readonly SourceDocument[],
  own: readonly SourceDocument[] = [],
): Parsed<DetectionRules> & { readonly replaced: readonly Replaced[] } {
  const compiler = new Compiler();
  const owned = new Set(own);
  const sources = [...shipped, ...own].map((document) => [document, document.value as RulesSource] as const);
  const all = <T>(compile: (document: SourceDocument, source: RulesSource) => (T | undefined)[]): T[] =>
    sources.flatMap(([document, source]) => compile(document, source)).filter((rule) => rule !== undefined);
  const last = <T>(pick: (source: RulesSource) => T | undefined): T | undefined =>
    sources.map(([, source]) => pick(source)).findLast((found) => found !== undefined);
  const interfaces = last((source) => source.interfaces);
  const unknown = last((source) => source.unknownTraps);
  const hintsEndAfter = last((source) => source.hintsEndAfter);
  const value: DetectionRules = {
    reachability: last((source) => source.reachability) ?? usualReachability,
    interfaces:
      interfaces === undefined
        ? usualInterfaces
        : { ...interfaces, roles: interfaces.roles ?? {}, settleMs: lengthOf(interfaces.settle) },
    thresholds: all((document, source) =>
      (source.thresholds ?? []).map((rule, i) => {
        const levels = compiler.levels(document, ['thresholds', i], rule);
        const { id, metric, unit, cause } = rule;
        return levels && { id, isOwn: owned.has(document), metric, unit, cause, ...levels };
      }),
    ),
    ratios: all((document, source) =>
      (source.ratios ?? []).map((rule, i) => {
        const levels = compiler.levels(document, ['ratios', i], rule);
        return (
          levels && {
            id: rule.id,
            isOwn: owned.has(document),
            of: rule.of,
            per: rule.per,
            least: rule.least ?? 1,
            cause: rule.cause,
            ...levels,
          }
        );
      }),
    ),
    baselines: all((document, source) => baselinesIn(compiler, document, source)),
    states: all((document, source) =>
      (source.states ?? []).map((rule, i) => {
        if (!compiler.isNew(document, ['states', i], rule.id)) return undefined;
        return { ...rule, isOwn: owned.has(document), for: rule.for ?? 1 };
      }),
    ),
    traps: trapsOf(compiler, sources, owned),
    syslog: compiler.inOrder(syslogOf(compiler, sources, owned), amongLines),
    probableCauses: new Map(sources.flatMap(([, source]) => Object.entries(source.probableCauses ?? {}))),
    unknownTrapsEndAfterMs: unknown === undefined ? days(1) : lengthOf(unknown.endAfter),
    hintsEndAfterMs: hintsEndAfter === undefined ? days(1) : lengthOf(hintsEndAfter),
  };
  const { rules, replaced } = withoutReplaced(value);
  return { value: rules, problems: compiler.problems, replaced: [...replaced, ...compiler.replaced] };
}

/** Multiples grow with the severity on either side. */
function baselinesIn(compiler: Compiler, document: SourceDocument, source: RulesSource): BaselineRule[] {
  return (source.baselines ?? []).flatMap((rule, i) => {
    const path = ['baselines', i];
    const { below, ...rest } = rule;
    const { id, metric, unit, cause, floor, above } = rest;
    if (above !== undefined && below !== undefined) {
      compiler.hasOne(document, path, { above, below });
      return [];
    }
    const levels = compiler.levels(document, path, below === undefined ? rest : { ...rest, above: below });
    const side = below === undefined ? 'above' : 'below';
    return levels === undefined ? [] : [{ id, metric, unit, cause, floor, ...levels, side }];
  });
}

type Sources = readonly (readonly [SourceDocument, RulesSource])[];

function trapsOf(
  compiler: Compiler,
  sources: Sources,
  owned: ReadonlySet<SourceDocument>,
): ReadonlyMap<string, readonly TrapRule[]> {
  const byOid = new Map<string, Placed<TrapRule>[]>();
  for (const [document, source] of sources) {
    for (const [i, trap] of (source.traps ?? []).entries()) {
      const path = ['traps', i];
      for (const rule of compiler.trap(document, path, trap)) {
        const placed = { rule, isOwn: owned.has(document), document, path };
        const known = byOid.get(rule.oid);
        if (known === undefined) byOid.set(rule.oid, [placed]);
        else known.push(placed);
      }
    }
  }
  return new Map([...byOid].map(([oid, rules]) => [oid, compiler.inOrder(rules, amongTraps)]));
}

function syslogOf(
  compiler: Compiler,
  sources: Sources,
  owned: ReadonlySet<SourceDocument>,
): Placed<SyslogRule>[] {
  return sources.flatMap(([document, source]) =>
    (source.syslog ?? []).flatMap((written, i) => {
      const path = ['syslog', i];
      const { id, contains, raise, clear, severity, by } = written;
      const cause = raise ?? clear;
      if (!compiler.isNew(document, path, id)) return [];
      if (!compiler.hasOne(document, path, { raise, clear }) || cause === undefined) return [];
      const event = raise === undefined ? ('clear' as const) : ('raise' as const);
      const rule = { id, contains, event, cause, severity, by };
      return [{ rule, isOwn: owned.has(document), document, path }];
    }),
  );
}

class Compiler {
  readonly problems: Problem[] = [];
  readonly replaced: Replaced[] = [];
  readonly #ids = new Map<string, string>();

  inOrder<R extends { readonly id: string }>(
    all: readonly Placed<R>[],
    precedence: Precedence<R>,
  ): readonly R[] {
    const { rules, replaced, problems } = ordered(all, precedence);
    this.replaced.push(...replaced);
    this.problems.push(...problems);
    return rules;
  }

  isNew(document: SourceDocument, path: DocumentPath, id: string): boolean {
    const first = this.#ids.get(id);
    if (first === undefined) {
      this.#ids.set(id, document.file);
      return true;
    }
    const message = `a rule "${id}" exists already in ${first}`;
    this.problems.push(document.problemAt([...path, 'id'], { code: 'rule/duplicate', message }));
    return false;
  }

  hasOne(document: SourceDocument, path: DocumentPath, choices: Readonly<Record<string, unknown>>): boolean {
    if (Object.values(choices).filter((choice) => choice !== undefined).length === 1) return true;
    const names = Object.keys(choices);
    const message = `a rule has exactly one of ${names.map((name) => `"${name}"`).join(', ')}`;
    this.problems.push(document.problemAt(path, { code: 'rule/event', message }));
    return false;
  }

  levels(
    document: SourceDocument,
    path: DocumentPath,
    source: Omit<LevelsSource, 'examples'> & { readonly id: string },
  ): Levels | undefined {
    if (!this.isNew(document, path, source.id)) return undefined;
    const { above, below } = source;
    if (!this.hasOne(document, path, { above, below })) return undefined;
    const side = above === undefined ? 'below' : 'above';
    const byName = above ?? below ?? {};
    const limits = severities
      .flatMap((severity) => (byName[severity] === undefined ? [] : [{ severity, at: byName[severity] }]))
      .reverse();
    const isOrdered = limits.every((limit, i) => {
      const milder = limits[i - 1];
      return milder === undefined || (side === 'above' ? limit.at > milder.at : limit.at < milder.at);
    });
    if (!isOrdered) {
      const message = `the limits of "${source.id}" do not get worse with their severity`;
      this.problems.push(document.problemAt([...path, side], { code: 'rule/limits', message }));
      return undefined;
    }
    return { side, limits, hysteresis: source.hysteresis ?? 0, for: source.for ?? 1 };
  }

  /** A raise that says what ends it is two rules, the ending first: within one OID the first that fits counts. */
  trap(document: SourceDocument, path: DocumentPath, source: TrapSource): readonly TrapRule[] {
    if (!this.isNew(document, path, source.id)) return [];
    const { raise, clear, alive, ignore, clearedBy, clearedWhen } = source;
    if (!this.hasOne(document, path, { raise, clear, alive, ignore })) return [];
    const event = raise !== undefined ? 'raise' : clear !== undefined ? 'clear' : alive ? 'alive' : 'ignore';
    const rule: TrapRule = {
      id: source.id,
      oid: source.oid,
      event,
      cause: raise ?? clear,
      probableCause: source.probableCause,
      severity: source.severity,
      severityBy: source.severityBy,
      when: compileConditions(source.when),
      part: source.part && compilePart(source.part),
      by: source.by && compilePart(source.by),
      attributes: source.attributes ?? {},
      endsAfterMs: source.endsAfter === undefined ? undefined : lengthOf(source.endsAfter),
      rediscover: source.rediscover === true,
    };
    if (clearedBy === undefined && clearedWhen === undefined) return [rule];
    if (event !== 'raise') {
      const message = 'only a rule with "raise" can say what ends it';
      this.problems.push(document.problemAt(path, { code: 'rule/event', message }));
      return [];
    }
    const when = compileConditions(clearedWhen);
    const same = clearedWhen === undefined ? [] : [{ ...rule, event: 'clear' as const, when }];
    const other =
      clearedBy === undefined ? [] : [{ ...rule, event: 'clear' as const, oid: clearedBy, when: [] }];
    return [...same, rule, ...other];
  }
}

function compileConditions(source: TrapSource['when']): readonly TrapCondition[] {
  const list: readonly ConditionSource[] = Array.isArray(source) ? source : source ? [source] : [];
  return list.map(({ is, isNot, ...rest }) => ({ ...rest, is: is?.map(String), isNot: isNot?.map(String) }));
}

const compilePart = (source: PartSource): PartOf => ({
  name: source.name,
  is: source.is,
  of: (source.of ?? []).flatMap(({ value, values, index, behind }): PlaceOf[] => {
    if (value !== undefined && behind !== undefined) return [{ take: 'pointer', varbind: value, behind }];
    return [
      ...(value === undefined ? [] : [{ take: 'value' as const, varbinds: [value] }]),
      ...(values === undefined ? [] : [{ take: 'value' as const, varbinds: values }]),
      ...(index === undefined ? [] : [{ take: 'index' as const, varbind: index }]),
    ];
  }),
});

/** `text` has passed the schema: digits and one of s, m, h, d. */
function lengthOf(text: string): DurationMs {
  const unit = { s: seconds, m: minutes, h: hours, d: days }[text.at(-1) as 's' | 'm' | 'h' | 'd'];
  return unit(Number(text.slice(0, -1)));
}
