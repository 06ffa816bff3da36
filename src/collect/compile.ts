/**
 * Compiles profile files into what the readers use; each mistake becomes a problem at its place, the rest loads. Those that
 * were judged before are compiled when their device is met: an operator has a few of some hundred families.
 */
import { didYouMean, type Parsed, type Problem } from '../base/problem.ts';
import type { DocumentPath, Finding, SourceDocument } from '../base/source-document.ts';
import { checkAlarms } from './compile-alarm.ts';
import { compileIdentity } from './compile-identity.ts';
import { compileTable } from './compile-table.ts';
import { deferredProfile } from './deferred-profile.ts';
import { noPatterns, type Pattern, type PatternCompiler } from './pattern.ts';
import type { IdentitySource, Match, Profile, Profiles, Table } from './profile.ts';
import type { ProfileSource, TableSource } from './profile-source.ts';
import { compileTests } from './profile-test.ts';
import { measuredPart } from './table-sources.ts';

/** Takes what is wrong at a place of the file that is being compiled. */
export interface Findings {
  found(path: DocumentPath, finding: Finding): void;
  /** Never matches when the pattern is wrong, which is then found. */
  pattern(text: string | undefined, path: DocumentPath): Pattern | undefined;
}

/**
 * `documents` have passed `profileSchema`. Profiles with a problem, and those that extend them, are left out. `patterns`
 * makes RE2 patterns, which this room cannot; without it profiles with patterns have a problem. Those of `judged` were
 * compiled before without a problem: one that extends nothing else is compiled when somebody asks for its parts.
 */
export function compileProfiles(
  documents: readonly SourceDocument[],
  patterns: PatternCompiler = noPatterns,
  judged: ReadonlySet<SourceDocument> = new Set(),
): Parsed<Profiles> {
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
  const shared: Shared = { tables: new Map(), measured: new Map() };
  for (const [id, document] of sources) {
    const compiler = new Compiler({ sources, document, patterns, shared });
    const profile = compiler.isOf(judged) ? compiler.deferred() : compiler.compiled();
    if (profile !== undefined) byId.set(id, profile);
    problems.push(...compiler.problems);
  }
  return { value: { byId }, problems };
}

/** What profiles of one base have in common: its tables are compiled once, and are the same objects in all of them. */
interface Shared {
  readonly tables: Map<TableSource, { readonly table: Table; readonly isSound: boolean }>;
  readonly measured: Map<Table, Table>;
}

class Compiler {
  readonly problems: Problem[] = [];
  readonly #sources: ReadonlyMap<string, SourceDocument>;
  readonly #document: SourceDocument;
  readonly #patterns: PatternCompiler;
  readonly #shared: Shared;
  /** The profile and all it extends, bases first, each once. */
  readonly #lineage: readonly SourceDocument[];
  #isSound = true;

  constructor(parts: {
    readonly sources: ReadonlyMap<string, SourceDocument>;
    readonly document: SourceDocument;
    readonly patterns: PatternCompiler;
    readonly shared: Shared;
  }) {
    this.#sources = parts.sources;
    this.#document = parts.document;
    this.#patterns = parts.patterns;
    this.#shared = parts.shared;
    this.#lineage = this.#lineageOf(this.#own.id, [], ['extends']);
  }

  /** The profile and all that it extends are among these. */
  isOf(judged: ReadonlySet<SourceDocument>): boolean {
    return this.#isSound && this.#lineage.every((document) => judged.has(document));
  }

  compiled(): Profile | undefined {
    const tables = this.#tables(true);
    const identity = this.#identity(true);
    const report = (path: DocumentPath, finding: Finding): void => this.#found(path, finding);
    checkAlarms(tables, this.#own.tables ?? {}, report);
    const tests = this.#tests();
    if (!this.#isSound) return undefined;
    return { ...this.#head(), identity, tables, measuredTables: this.#measuredOf(tables), tests };
  }

  /** Nothing is reported of it: whoever judged it has done that. */
  deferred(): Profile {
    return deferredProfile(this.#head(), {
      identity: () => this.#identity(false),
      tables: () => this.#tables(false),
      measuredTables: (tables) => this.#measuredOf(tables),
      tests: () => this.#tests(),
    });
  }

  get #own(): ProfileSource {
    return this.#document.value as ProfileSource;
  }

  #head(): Pick<Profile, 'id' | 'file' | 'isUnverified' | 'match'> {
    const { id, status } = this.#own;
    return {
      ...{ id, file: this.#document.file },
      ...{ isUnverified: status === 'unverified', match: compileMatch(this.#own) },
    };
  }

  /** What is wrong in a base is reported where the base stands, once. */
  #reportsOf(document: SourceDocument, reports: boolean): boolean {
    return reports && document === this.#document;
  }

  #identity(reports: boolean): Profile['identity'] {
    const identity: Record<string, IdentitySource> = {};
    for (const document of this.#lineage) {
      const findings = this.#findings(this.#reportsOf(document, reports));
      for (const [field, text] of Object.entries((document.value as ProfileSource).identity ?? {}))
        identity[field] = compileIdentity(text, ['identity', field], findings);
    }
    return identity;
  }

  #tables(reports: boolean): readonly Table[] {
    const tables = new Map<string, Table>();
    for (const document of this.#lineage) {
      const isReported = this.#reportsOf(document, reports);
      for (const [name, table] of Object.entries((document.value as ProfileSource).tables ?? {})) {
        if (table === null) tables.delete(name);
        else tables.set(name, this.#table(name, table, isReported));
      }
    }
    return [...tables.values()];
  }

  #measuredOf(tables: readonly Table[]): readonly Table[] {
    return tables.map((table) => this.#measured(table)).filter(({ columns }) => columns.length > 0);
  }

  #tests(): Profile['tests'] {
    const report = (path: DocumentPath, finding: Finding): void => this.#found(path, finding);
    return compileTests(this.#document, this.#own.tests ?? [], report);
  }

  #table(name: string, source: TableSource, reports: boolean): Table {
    const known = reports ? undefined : this.#shared.tables.get(source);
    if (known !== undefined) {
      this.#isSound &&= known.isSound;
      return known.table;
    }
    const wasSound = this.#isSound;
    this.#isSound = true;
    const table = compileTable(name, source, this.#findings(reports));
    this.#shared.tables.set(source, { table, isSound: this.#isSound });
    this.#isSound &&= wasSound;
    return table;
  }

  #measured(table: Table): Table {
    const known = this.#shared.measured.get(table) ?? measuredPart(table);
    this.#shared.measured.set(table, known);
    return known;
  }

  #findings(reports: boolean): Findings {
    return {
      found: (path, finding) => {
        if (reports) this.#found(path, finding);
        else this.#isSound = false;
      },
      pattern: (text, path) => {
        if (text === undefined) return undefined;
        const pattern = this.#patterns(text);
        if (typeof pattern === 'function') return pattern;
        if (reports)
          this.#found(path, { code: 'profile/pattern', message: `the pattern is wrong: ${pattern}` });
        else this.#isSound = false;
        return () => undefined;
      },
    };
  }

  #lineageOf(id: string, above: readonly string[], path: DocumentPath): SourceDocument[] {
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
    const { extends: named = [] } = document.value as ProfileSource;
    const bases = named.flatMap((base, i) =>
      this.#lineageOf(base, [...above, id], above.length === 0 ? ['extends', i] : path),
    );
    return [...new Set([...bases, document])];
  }

  #found(path: DocumentPath, finding: Finding): void {
    this.#isSound = false;
    this.problems.push(this.#document.problemAt(path, finding));
  }
}

const compileMatch = (source: ProfileSource): Match => ({
  sysObjectID: source.match?.sysObjectID ?? [],
  sysDescr: (source.match?.sysDescr ?? []).map((text) => text.toLowerCase()),
  answers: source.match?.answers ?? [],
});
