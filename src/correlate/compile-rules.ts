/** Compiles correlation rule files: the operator's entries take the place of the shipped ones of the same name. */
import { days, milliseconds } from '../base/instant.ts';
import { lengthIn } from '../base/length.ts';
import { didYouMean, fileProblem, type Parsed, type Problem } from '../base/problem.ts';
import type { DocumentPath, SourceDocument } from '../base/source-document.ts';
import type { FaultGlossary } from '../model/fault-words.ts';
import { compilePatterns } from './compile-patterns.ts';
import type { PatternRule } from './pattern-rules.ts';
import type { CorrelationRules, ResourceRule } from './rules.ts';
import { type CorrelationSource, silences } from './rules-schema.ts';
import { type Symptom, symptoms } from './symptoms.ts';
import { type CorrelationTiming, timings } from './timing.ts';

/** Documents have passed `correlationSchema`; later ones count. The value is undefined where they say too little. */
export function compileCorrelationRules(
  documents: readonly SourceDocument[],
): Parsed<CorrelationRules | undefined> & { readonly faults: FaultGlossary } {
  const source = merged(documents.map(({ value }) => value as CorrelationSource));
  const { faults } = source;
  const problems = documents.flatMap((document) => [
    ...unknownFaults(document, faults),
    ...repeatedIds(document),
    ...absurdTimes(document),
  ]);
  const missing = missingIn(source);
  const last = documents.at(-1);
  const patterns = compilePatterns(documents);
  problems.push(...patterns.problems);
  if (missing.length === 0 && last !== undefined)
    return { value: compiled(source, patterns.patterns), faults, problems };
  const message = last === undefined ? 'there are no correlation rules' : `missing: ${missing.join(', ')}`;
  problems.push(
    last?.problemAt([], { code: 'rule/incomplete', message }) ??
      fileProblem('correlation', 'rule/incomplete', message),
  );
  return { value: undefined, faults, problems };
}

function compiled(source: Merged, patterns: readonly PatternRule[]): CorrelationRules {
  const { shows, silence, alone, timing, probes } = source;
  const symptomByCause: Record<string, Symptom> = { ...source.symptoms };
  for (const cause of Object.keys(probes)) symptomByCause[cause] = 'probe';
  return {
    symptoms: symptomByCause,
    probes: Object.entries(probes),
    upkeep: source.upkeep,
    shows: { signal: logarithms(shows.signal, symptoms), power: logarithms(shows.power, symptoms) },
    silence: logarithms(silence, silences),
    alone: logarithms(alone, ['gasp', 'other']),
    resources: Object.fromEntries(
      Object.entries(source.resources).map(([kind, { prior, ...rule }]): [string, ResourceRule] => [
        kind,
        prior === undefined ? rule : { ...rule, prior: logarithm(prior) },
      ]),
    ),
    patterns,
    follows: source.follows.map(({ within, share = usualShare, ...one }) => ({
      ...one,
      withinMs: lengthIn(within),
      share,
    })),
    timing: Object.fromEntries(
      timings.map((name) => [`${name}Ms`, lengthIn(timing[name]!)]),
    ) as CorrelationTiming,
  };
}

/** Of an effect about which nothing more is said. */
const usualShare = 0.5;

const shortestRest = milliseconds(10);
const longestWait = days(30);

/** Looks without a rest between them would be all that the line does; what is waited for longer is a slip in the unit. */
function absurdTimes(document: SourceDocument): Problem[] {
  const { timing = {} } = document.value as CorrelationSource;
  return Object.entries(timing).flatMap(([name, text]) => {
    const isRest = name === 'lookEvery' || name === 'growEvery';
    const length = lengthIn(text);
    if (length <= longestWait && !(isRest && length < shortestRest)) return [];
    const message = `"${text}" is ${length > longestWait ? 'above 30d' : 'below 10ms'}`;
    return [document.problemAt(['timing', name], { code: 'rule/limits', message })];
  });
}

/** A kind that has no words would be shown by its bare name. */
function unknownFaults(document: SourceDocument, faults: FaultGlossary): Problem[] {
  const { resources = {}, probes = {} } = document.value as CorrelationSource;
  const named: (readonly [DocumentPath, string | undefined])[] = [
    ...Object.entries(probes).map(([cause, kind]) => [['probes', cause], kind] as const),
    ...Object.entries(resources).flatMap(([kind, { fault, degraded }]) => [
      [['resources', kind, 'fault'], fault] as const,
      [['resources', kind, 'degraded'], degraded] as const,
    ]),
  ];
  return named.flatMap(([path, kind]) => {
    if (kind === undefined || Object.hasOwn(faults, kind)) return [];
    const near = didYouMean(kind, Object.keys(faults));
    const hint = near === undefined ? 'give it a title under faults' : `did you mean "${near}"?`;
    const message = `there is no fault kind "${kind}"`;
    return [document.problemAt(path, { code: 'rule/unknown-fault', message, hint })];
  });
}

/** Within one file; the rule of a later file takes the place of the one of that name. */
function repeatedIds(document: SourceDocument): Problem[] {
  const seen = new Set<string>();
  return ((document.value as CorrelationSource).follows ?? []).flatMap(({ id }, i) => {
    const isNew = !seen.has(id);
    seen.add(id);
    const message = `a rule "${id}" exists already in this file`;
    return isNew ? [] : [document.problemAt(['follows', i, 'id'], { code: 'rule/duplicate', message })];
  });
}

type Merged = Required<Omit<CorrelationSource, 'format' | 'shows' | 'examples' | 'patterns'>> & {
  readonly shows: Required<NonNullable<CorrelationSource['shows']>>;
};

function merged(sources: readonly CorrelationSource[]): Merged {
  const all = <T extends object>(pick: (source: CorrelationSource) => T | undefined): T =>
    Object.assign({}, ...sources.map((source) => pick(source) ?? {})) as T;
  const resources: Record<string, ResourceRule> = {};
  for (const { resources: own = {} } of sources)
    for (const [kind, rule] of Object.entries(own)) resources[kind] = { ...resources[kind], ...rule };
  return {
    symptoms: all((source) => source.symptoms),
    probes: all((source) => source.probes),
    upkeep: [...new Set(sources.flatMap(({ upkeep = [] }) => upkeep))],
    shows: { signal: all((source) => source.shows?.signal), power: all((source) => source.shows?.power) },
    silence: all((source) => source.silence),
    alone: all((source) => source.alone),
    resources: resources as Merged['resources'],
    faults: all((source) => source.faults),
    follows: [
      ...new Map(
        sources.flatMap(({ follows = [] }) => follows.map((one) => [one.id, one] as const)),
      ).values(),
    ],
    timing: all((source) => source.timing),
  };
}

/** What no file says, as the path of its key. */
function missingIn({ shows, silence, alone, resources, timing }: Merged): string[] {
  const absent = (path: string, table: object, names: readonly string[]): string[] =>
    names.filter((name) => !Object.hasOwn(table, name)).map((name) => `${path}.${name}`);
  return [
    ...absent('shows.signal', shows.signal, symptoms),
    ...absent('shows.power', shows.power, symptoms),
    ...absent('silence', silence, silences),
    ...absent('alone', alone, ['gasp', 'other']),
    ...absent('resources.*', resources['*'] ?? {}, ['prior', 'fault']),
    ...absent('timing', timing, timings),
  ];
}

function logarithms<Name extends string>(
  shares: Readonly<Partial<Record<Name, number>>>,
  names: readonly Name[],
): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name) => [name, logarithm(shares[name]!)])) as Record<Name, number>;
}

/** In thousandths of a nat; rounded, so that the last digit of a machine's logarithm does not matter. */
const logarithm = (share: number): number => Math.round(Math.log(share) * 1_000);
