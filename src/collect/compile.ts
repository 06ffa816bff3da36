/** Compiles profile files into what the readers use; each mistake becomes a problem at its place, the rest loads. */
import { didYouMean, type Parsed, type Problem } from '../base/problem.ts';
import type { DocumentPath, Finding, SourceDocument } from '../base/source-document.ts';
import type { IdentitySource, Match, Metric, Profile, Profiles, Table } from './profile.ts';
import type {
  IdentitySourceText,
  MetricSource,
  NumbersToNames,
  ProfileSource,
  TableSource,
} from './profile-schema.ts';
import { isUnit, knownUnits } from './ucum.ts';

/** `documents` have passed `profileSchema`. Profiles with a problem, and those that extend them, are left out. */
export function compileProfiles(documents: readonly SourceDocument[]): Parsed<Profiles> {
  const problems: Problem[] = [];
  const sources = new Map<string, SourceDocument>();
  for (const document of documents) {
    const { id } = document.value as ProfileSource;
    const first = sources.get(id);
    if (first === undefined) sources.set(id, document);
    else {
      const message = `a profile "${id}" exists already in ${first.file}`;
      problems.push(document.problemAt(['id'], { code: 'profile/duplicate', message }));
    }
  }
  const byId = new Map<string, Profile>();
  for (const [id, document] of sources) {
    const compiler = new Compiler(sources, document);
    const profile = compiler.compile();
    if (profile !== undefined) byId.set(id, profile);
    problems.push(...compiler.problems);
  }
  return { value: { byId }, problems };
}

const textFields = ['ifName', 'ifDescr', 'ifAlias', 'ifType', 'mtu', 'mac', 'lastChangeTicks'];
const stateFields = ['adminStatus', 'operStatus'];

class Compiler {
  readonly problems: Problem[] = [];
  readonly #sources: ReadonlyMap<string, SourceDocument>;
  readonly #document: SourceDocument;
  #isSound = true;

  constructor(sources: ReadonlyMap<string, SourceDocument>, document: SourceDocument) {
    this.#sources = sources;
    this.#document = document;
  }

  compile(): Profile | undefined {
    const own = this.#document.value as ProfileSource;
    const lineage = this.#lineage(own.id, [], ['extends']);
    const identity: Record<string, IdentitySource> = {};
    const tables = new Map<string, Table>();
    for (const source of lineage) {
      for (const [field, text] of Object.entries(source.identity ?? {}))
        identity[field] = identitySource(text);
      for (const [name, table] of Object.entries(source.tables ?? {})) {
        // What is wrong in a base is reported where the base stands, once.
        if (source === own) this.#checkTable(name, table);
        tables.set(name, compileTable(name, table));
      }
    }
    if (!this.#isSound) return undefined;
    return { id: own.id, match: compileMatch(own), identity, tables: [...tables.values()] };
  }

  /** The profile and all it extends, bases first, each once. */
  #lineage(id: string, above: readonly string[], path: DocumentPath): ProfileSource[] {
    const document = this.#sources.get(id);
    if (document === undefined || above.includes(id)) {
      const known = [...this.#sources.keys()];
      const hint = didYouMean(id, known);
      this.#found(path, {
        code: above.includes(id) ? 'profile/circle' : 'profile/unknown-base',
        message: above.includes(id) ? `"${above[0]}" extends itself` : `there is no profile "${id}"`,
        hint: hint === undefined || hint === id ? undefined : `did you mean "${hint}"?`,
      });
      return [];
    }
    const source = document.value as ProfileSource;
    const bases = (source.extends ?? []).flatMap((base, i) =>
      this.#lineage(base, [...above, id], above.length === 0 ? ['extends', i] : path),
    );
    return [...new Set([...bases, source])];
  }

  #checkTable(name: string, table: TableSource): void {
    if (table.object.kind === 'interface') this.#checkInterfaceFields(name, table);
    const at = (...rest: DocumentPath): DocumentPath => ['tables', name, ...rest];
    for (const [i, metric] of (table.metrics ?? []).entries()) {
      if (!isUnit(metric.unit)) {
        const near = didYouMean(metric.unit, knownUnits);
        this.#found(at('metrics', i, 'unit'), {
          code: 'profile/unknown-unit',
          message: `"${metric.unit}" is no UCUM unit known here`,
          hint:
            near === undefined
              ? 'UCUM codes: Cel, V, A, W, %, s, By, bit/s, dB[mW], 1'
              : `did you mean "${near}"?`,
        });
      }
      if (metric.range !== undefined && metric.range[0] > metric.range[1]) {
        const message = `the range begins at ${metric.range[0]} and ends below it, at ${metric.range[1]}`;
        this.#found(at('metrics', i, 'range'), { code: 'profile/empty-range', message });
      }
    }
    for (const [i, attribute] of (table.object.name ?? []).entries()) {
      if (table.attributes?.[attribute] !== undefined) continue;
      const near = didYouMean(attribute, Object.keys(table.attributes ?? {}));
      this.#found(at('object', 'name', i), {
        code: 'profile/unknown-attribute',
        message: `table "${name}" has no attribute "${attribute}"`,
        hint: near === undefined ? undefined : `did you mean "${near}"?`,
      });
    }
    for (const [attribute, source] of Object.entries(table.attributes ?? {})) {
      if ((source.col === undefined) === (source.join === undefined)) {
        const message = `attribute "${attribute}" needs either "col" or "join"`;
        this.#found(at('attributes', attribute), { code: 'profile/attribute-source', message });
      }
    }
  }

  /** `interfaces` of a reading has a fixed form, so that only its fields may be filled. */
  #checkInterfaceFields(name: string, table: TableSource): void {
    const check = (field: string, known: readonly string[], path: DocumentPath): void => {
      if (known.includes(field)) return;
      const near = didYouMean(field, known);
      this.#found(['tables', name, ...path], {
        code: 'profile/unknown-field',
        message: `interfaces have no field "${field}"`,
        hint: near === undefined ? `known: ${known.join(', ')}` : `did you mean "${near}"?`,
      });
    };
    for (const field of Object.keys(table.attributes ?? {})) check(field, textFields, ['attributes', field]);
    for (const [i, state] of (table.states ?? []).entries())
      check(state.name, stateFields, ['states', i, 'name']);
    for (const [i, metric] of (table.metrics ?? []).entries()) {
      if (metric.kind !== 'counter') check(metric.name, ['speedBps'], ['metrics', i, 'name']);
    }
  }

  #found(path: DocumentPath, finding: Finding): void {
    this.#isSound = false;
    this.problems.push(this.#document.problemAt(path, finding));
  }
}

const compileMatch = (source: ProfileSource): Match => ({
  sysObjectID: source.match?.sysObjectID ?? [],
  sysDescr: (source.match?.sysDescr ?? []).map((text) => text.toLowerCase()),
});

function identitySource(text: IdentitySourceText): IdentitySource {
  if (typeof text === 'string') return { kind: 'constant', text };
  if ('get' in text) return { kind: 'get', oid: text.get };
  return { kind: 'descr', after: text.after, until: text.until };
}

function compileTable(name: string, source: TableSource): Table {
  const own: string[] = [];
  const joined: string[] = [];
  const placeIn = (list: string[], oid: string): number => {
    const place = list.indexOf(oid);
    return place >= 0 ? place : list.push(oid) - 1;
  };
  const col = (number: number): number => placeIn(own, `${source.oid}.${number}`);
  const states = (source.states ?? []).map(({ col: number, name: state, map }) => ({
    name: state,
    column: col(number),
    map: numbersOf(map),
  }));
  const metrics = (source.metrics ?? []).map((metric) => compileMetric(metric, col));
  const { sensor } = source;
  const compiledSensor = sensor && {
    type: col(sensor.type),
    scale: col(sensor.scale),
    precision: col(sensor.precision),
    value: col(sensor.value),
    status: col(sensor.status),
    hasOpticalWatts: sensor.opticalWatts !== 'asDeclared',
  };
  const attributes = Object.entries(source.attributes ?? {});
  for (const [, attribute] of attributes) if (attribute.col !== undefined) col(attribute.col);
  const place = (attribute: { readonly col?: number; readonly join?: string }): number =>
    attribute.col === undefined ? own.length + placeIn(joined, attribute.join ?? '') : col(attribute.col);
  const compiled = attributes.map(([attribute, from]) => ({
    name: attribute,
    column: place(from),
    as: from.as ?? ('text' as const),
  }));
  return {
    name,
    objectKind: source.object.kind,
    nameFrom: source.object.name ?? [],
    columns: [...own, ...joined],
    ownColumns: own.length,
    attributes: compiled,
    states,
    metrics,
    sensor: compiledSensor,
  };
}

function compileMetric(source: MetricSource, col: (number: number) => number): Metric {
  const { nameBy } = source;
  return {
    name: source.name,
    column: col(source.col),
    unit: source.unit,
    kind: source.kind ?? 'gauge',
    scale: source.scale ?? 1,
    offset: source.offset ?? 0,
    sentinels: source.null ?? [],
    range: source.range,
    times: source.times === undefined ? undefined : col(source.times),
    replaces: source.replaces === true,
    nameBy: nameBy && { column: col(nameBy.col), map: numbersOf(nameBy.map) },
  };
}

const numbersOf = (map: NumbersToNames): ReadonlyMap<number, string> =>
  new Map(Object.entries(map).map(([number, name]) => [Number(number), name]));
