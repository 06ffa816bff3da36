/** Gives the columns that a table names their places, and compiles what stands in cells: sources and conditions. */
import { didYouMean } from '../base/problem.ts';
import type { DocumentPath } from '../base/source-document.ts';
import type { Findings } from './compile.ts';
import type { CellSource, Condition, Source } from './profile.ts';
import type { CellText, ConditionText, TableSource } from './profile-source.ts';
import { byteName } from './row.ts';
import type { Oid } from './session.ts';
import { parseTemplate, type Template, wordOrTemplate } from './template.ts';

/** Columns of three sorts stand one after the other in a table; while it is compiled they are counted apart. */
const JOINED = 10_000;
const FOREIGN = 20_000;

export class CellCompiler {
  readonly #own: Oid[] = [];
  readonly #joined: Oid[] = [];
  readonly #foreign: Oid[] = [];
  readonly #table: TableSource;
  /** Names that may stand in templates and as `index:`. */
  readonly #parts: readonly string[];
  readonly #findings: Findings;

  constructor(table: TableSource, parts: readonly string[], findings: Findings) {
    this.#table = table;
    this.#parts = parts;
    this.#findings = findings;
  }

  column(number: number): CellSource {
    return this.#placed(this.#own, 0, `${this.#table.oid}.${number}`, undefined);
  }

  /** One of `col`, `join`, `index` and `let`; a byte of a byte map is its column 0. */
  source(text: CellText, path: DocumentPath): Source {
    const given = (['col', 'join', 'index', 'let'] as const).filter((key) => text[key] !== undefined);
    if (given.length !== 1) {
      const message = 'it needs one of "col", "join", "index" and "let"';
      this.#findings.found(path, { code: 'profile/cell-source', message });
    }
    if (text.by !== undefined && text.join === undefined) {
      const message = '"by" makes the index of a joined column: it needs "join"';
      this.#findings.found([...path, 'by'], { code: 'profile/cell-source', message });
    }
    const part = text.index ?? text.let;
    if (part !== undefined) return this.#part(part, [...path, text.index === undefined ? 'let' : 'index']);
    if (text.col === 0 && this.#table.bytes !== undefined) return { kind: 'part', name: byteName };
    if (text.col !== undefined) return this.column(text.col);
    const oid = text.join ?? '';
    if (text.by === undefined) return this.#placed(this.#joined, JOINED, oid, undefined);
    return this.#placed(this.#foreign, FOREIGN, oid, this.template(text.by, [...path, 'by']));
  }

  conditions(texts: ConditionText | readonly ConditionText[] | undefined, path: DocumentPath): Condition[] {
    if (texts === undefined) return [];
    const isList = Array.isArray(texts);
    return ([] as ConditionText[])
      .concat(texts)
      .map((text, i) => this.#condition(text, isList ? [...path, i] : path));
  }

  #condition(text: ConditionText, path: DocumentPath): Condition {
    if (text.is === undefined && text.not === undefined && text.re === undefined) {
      const message = 'a condition needs "is", "not" or "re"';
      this.#findings.found(path, { code: 'profile/condition', message });
    }
    const words = (values: readonly (string | number)[] | undefined) => values && new Set(values.map(String));
    return {
      source: this.source(text, path),
      is: words(text.is),
      not: words(text.not),
      pattern: this.#findings.pattern(text.re, [...path, 're']),
    };
  }

  /** Checks the names in it. */
  template(text: string, path: DocumentPath): Template {
    return this.checked(parseTemplate(text), path);
  }

  /** An attribute, a template or a text as it is; a word that looks like a misspelt attribute is a mistake. */
  name(text: string, path: DocumentPath): Template {
    const attributes = Object.keys(this.#table.attributes ?? {});
    if (text.includes('{') || attributes.includes(text)) return this.checked(wordOrTemplate(text), path);
    const isWord = /^[a-z][A-Za-z0-9]*$/.test(text);
    if (isWord && didYouMean(text, attributes) !== undefined) this.#unknown(text, attributes, path);
    return { texts: [text], slots: [] };
  }

  checked(template: Template, path: DocumentPath): Template {
    const known = [...this.#parts, ...Object.keys(this.#table.attributes ?? {}), 'index'];
    for (const slot of template.slots) if (!known.includes(slot)) this.#unknown(slot, known, path);
    return template;
  }

  #part(name: string, path: DocumentPath): Source {
    if (!this.#parts.includes(name) && name !== 'index') this.#unknown(name, this.#parts, path);
    return { kind: 'part', name };
  }

  #unknown(name: string, known: readonly string[], path: DocumentPath): void {
    const near = didYouMean(name, known);
    this.#findings.found(path, {
      code: 'profile/unknown-name',
      message: `this table has no attribute, index part or let "${name}"`,
      hint: near === undefined ? `known: ${known.join(', ')}` : `did you mean "${near}"?`,
    });
  }

  #placed(list: Oid[], base: number, oid: Oid, key: Template | undefined): CellSource {
    const known = list.indexOf(oid);
    return { kind: 'cell', column: base + (known >= 0 ? known : list.push(oid) - 1), key };
  }

  get columns(): { readonly columns: readonly Oid[]; readonly ownColumns: number } {
    return { columns: [...this.#own, ...this.#joined, ...this.#foreign], ownColumns: this.#own.length };
  }

  /** The place that a column has in the end. */
  placeOf(column: number): number {
    if (column >= FOREIGN) return column - FOREIGN + this.#own.length + this.#joined.length;
    return column >= JOINED ? column - JOINED + this.#own.length : column;
  }
}
