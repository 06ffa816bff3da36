/** Reads a list of subscribers, CSV or JSON: every bad line is a problem at its place, the sound ones come out in pages. */
import { didYouMean, fileProblem, type Parsed, type Problem } from '../../base/problem.ts';
import type { SubscriberRow } from '../../model/subscriber.ts';
import { type CsvField, CsvReader } from './csv.ts';
import { decodedText, type Encoding } from './decoded-text.ts';
import { JsonObjects, type JsonPiece } from './json-objects.ts';
import {
  type ColumnMapping,
  type ColumnRoles,
  rolesOf,
  type SubscriberField,
  subscriberFields,
} from './subscriber-fields.ts';
import { rowOf, type Written } from './subscriber-values.ts';

/** Problems kept; the rest is counted in one line, so that a wrong file does not fill the memory. */
const mostProblems = 1_000;
const pageSize = 1_000;
/** Lines that name who pays for them; beyond them circles are not looked for. */
const mostPayers = 1_000_000;

export interface ListOptions {
  /** Which column says what; where it is silent, columns are known by their names. */
  readonly mapping?: ColumnMapping | undefined;
  /** Whose telephone numbers are written without their code, ISO 3166-1. */
  readonly country?: string | undefined;
  readonly encoding?: Encoding | undefined;
}

export interface SubscriberPages {
  /** Sound lines, 1,000 at a time. */
  pages(): AsyncIterable<readonly SubscriberRow[]>;
  /** Complete once `pages` ended. */
  readonly problems: readonly Problem[];
  /** Which column was taken for what; known with the first page. */
  readonly mapping: ColumnMapping;
  /** The names of all columns of a CSV. */
  readonly columns: readonly string[];
}

type Source = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

/** For files of any size; bytes are decoded, text is taken as it is. */
export function readSubscribers(source: Source, file: string, options: ListOptions = {}): SubscriberPages {
  const problems: Problem[] = [];
  let refused = 0;
  const report = (problem: Problem): void => {
    if (problems.length < mostProblems) problems.push(problem);
    else refused++;
  };
  const lines = new LineReader(file, report, options);
  return {
    problems,
    get mapping() {
      return lines.mapping;
    },
    get columns() {
      return lines.columns;
    },
    async *pages() {
      let page: SubscriberRow[] = [];
      for await (const row of rowsIn(decodedText(source, options.encoding), lines)) {
        page.push(row);
        if (page.length < pageSize) continue;
        yield page;
        page = [];
      }
      if (page.length > 0) yield page;
      lines.end();
      if (refused > 0)
        problems.push(fileProblemOf(file, `${refused} further problems are not listed`, undefined));
    },
  };
}

/** For texts that fit into memory. */
export async function parseSubscribersCsv(
  text: string,
  file: string,
): Promise<Parsed<readonly SubscriberRow[]>> {
  const reading = readSubscribers([text], file);
  const value: SubscriberRow[] = [];
  for await (const page of reading.pages()) value.push(...page);
  return { value, problems: reading.problems };
}

async function* rowsIn(text: AsyncIterable<string>, lines: LineReader): AsyncGenerator<SubscriberRow> {
  const csv = new CsvReader();
  let json: JsonObjects | undefined;
  let isBegun = false;
  for await (const piece of text) {
    if (!isBegun && piece.trim() !== '') {
      isBegun = true;
      if (/^\ufeff?\s*[[{]/.test(piece)) json = new JsonObjects();
    }
    if (json === undefined) {
      for (const fields of csv.rows(piece)) {
        const row = lines.read(fields);
        if (row !== undefined) yield row;
      }
    } else {
      for (const one of json.objects(piece)) {
        const row = lines.readJson(one);
        if (row !== undefined) yield row;
      }
    }
  }
  if (json !== undefined) {
    lines.endJson(json);
    return;
  }
  for (const fields of csv.lastRows()) {
    const row = lines.read(fields);
    if (row !== undefined) yield row;
  }
  lines.endCsv(csv.isOpen);
}

const fileProblemOf = (file: string, message: string, hint: string | undefined): Problem => ({
  ...fileProblem(file, 'subscribers/not-valid', message),
  hint,
});

class LineReader {
  readonly #file: string;
  readonly #report: (problem: Problem) => void;
  readonly #options: ListOptions;
  #columns: readonly string[] = [];
  #roles: ColumnRoles | undefined;
  #isUsable = true;
  #isEmpty = true;
  /** By id of who is paid for. */
  readonly #payers = new Map<string, Written>();

  constructor(file: string, report: (problem: Problem) => void, options: ListOptions) {
    this.#file = file;
    this.#report = report;
    this.#options = options;
  }

  get mapping(): ColumnMapping {
    return this.#roles?.mapping ?? {};
  }

  get columns(): readonly string[] {
    return this.#columns;
  }

  read(fields: readonly CsvField[]): SubscriberRow | undefined {
    if (fields.every(({ text }) => text === '')) return undefined;
    if (this.#isEmpty) {
      this.#isEmpty = false;
      this.#readHeader(fields);
      return undefined;
    }
    if (!this.#isUsable) return undefined;
    if (fields.length > this.#columns.length)
      return this.#wrong(
        fields[this.#columns.length],
        `${fields.length} fields for ${this.#columns.length} columns`,
        'put quotes around a field with a separator in it',
      );
    return this.#readLine(fields, this.#roles!, fields[0]!);
  }

  /** The names of an object's members are its columns. */
  readJson({ text, ...place }: JsonPiece): SubscriberRow | undefined {
    this.#isEmpty = false;
    const members = membersOf(text);
    if (members === undefined)
      return this.#wrong(
        { text: '', ...place },
        'this is no JSON object',
        'look for a quote or a comma too many',
      );
    this.#roles = rolesOf(
      members.map(([name]) => name),
      this.#options.mapping ?? {},
    );
    this.#columns = members.map(([name]) => name);
    for (const field of ['id', 'resource'] as const) {
      if (this.#roles.placeOf.has(field)) continue;
      return this.#wrong({ text: '', ...place }, `"${field}" is missing`, 'the object is left out');
    }
    const fields = members.map(([, value]) => ({ text: value, ...place }));
    return this.#readLine(fields, this.#roles, { text: '', ...place });
  }

  endCsv(isOpen: boolean): void {
    if (isOpen) this.#whole('a quoted field is never closed', 'look for a " that stands alone');
    if (this.#isEmpty) this.#whole('the file is empty', 'the first line names the columns: id,resource,..');
  }

  endJson(json: JsonObjects): void {
    if (json.isOpen) this.#whole('an object is never closed', 'look for a { or a quote that stands alone');
    if (json.stray !== undefined)
      this.#wrong(
        { text: '', ...json.stray },
        'something stands here that is no object',
        'one object a line, or a list of them',
      );
  }

  /** Who pays for somebody who pays for them: none of the two is right. */
  end(): void {
    const judged = new Set<string>();
    for (const [id, at] of this.#payers) {
      const path = new Set<string>();
      let next: string | undefined = id;
      while (next !== undefined && !judged.has(next) && !path.has(next)) {
        path.add(next);
        next = this.#payers.get(next)?.text;
      }
      const isCircle = next !== undefined && path.has(next);
      for (const one of path) judged.add(one);
      if (isCircle)
        this.#wrong(
          at,
          `"${id}" is paid for in a circle, by "${at.text}"`,
          'one of them pays for themselves: leave their payer empty',
        );
    }
  }

  #readHeader(fields: readonly CsvField[]): void {
    this.#columns = fields.map(({ text }) => text);
    const columns = this.#columns.map((name) => name.toLowerCase());
    this.#roles = rolesOf(this.#columns, this.#options.mapping ?? {});
    for (const column of this.#roles.missing) {
      this.#isUsable = false;
      this.#wrong(
        fields[0],
        `there is no column "${column}"`,
        `the columns are ${this.#columns.slice(0, 30).join(', ')}`,
      );
    }
    for (const name of ['id', 'resource'] as const) {
      if (this.#roles.placeOf.has(name)) continue;
      this.#isUsable = false;
      const near = didYouMean(name, columns);
      const say = `say which column it is: --map ${name}=COLUMN`;
      this.#wrong(
        fields[0],
        `the column "${name}" is missing`,
        near === undefined ? `id and resource must be there; ${say}` : `is it "${near}"?`,
      );
    }
    const taken = new Set(this.#roles.placeOf.values());
    for (const [i, name] of columns.entries()) {
      if (columns.indexOf(name) !== i)
        this.#wrong(fields[i], `the column "${name}" stands twice`, 'the first one is read');
      if (this.#roles.left.has(i))
        this.#warn(
          fields[i],
          `the column "${name}" is not stored`,
          "why a line goes first is nobody else's business",
        );
      const isTyped = !taken.has(i) && /^[\x20-\x7e]+$/.test(name);
      const near = isTyped ? didYouMean(name, subscriberFields) : undefined;
      if (near === undefined || columns.includes(near)) continue;
      this.#warn(fields[i], `unknown column "${name}" is kept as an attribute`, `did you mean "${near}"?`);
    }
  }

  #readLine(fields: readonly CsvField[], roles: ColumnRoles, first: Written): SubscriberRow | undefined {
    const values = new Map<SubscriberField, Written>();
    for (const [field, place] of roles.placeOf) {
      const found = fields[place];
      if (found !== undefined && found.text !== '') values.set(field, found);
    }
    for (const name of ['id', 'resource'] as const) {
      if (!values.has(name))
        return this.#wrong(
          fields[roles.placeOf.get(name)!] ?? first,
          `"${name}" is empty`,
          'the line is left out',
        );
    }
    const taken = new Set(roles.placeOf.values());
    const attributes = this.#columns.flatMap((column, i) => {
      const value = fields[i]?.text ?? '';
      const isKept = !taken.has(i) && !roles.left.has(i) && column !== '' && value !== '';
      return isKept ? [[column.toLowerCase(), value] as const] : [];
    });
    const row = rowOf(values, {
      ...{ attributes: Object.fromEntries(attributes), line: first.line, country: this.#options.country },
    });
    if (!('id' in row)) {
      for (const { at, message, hint } of row) this.#wrong(at, message, hint);
      return undefined;
    }
    const payer = this.#columns.findIndex((column) => column.toLowerCase() === 'payer');
    const paid = fields[payer];
    if (paid !== undefined && paid.text !== '' && this.#payers.size < mostPayers)
      this.#payers.set(row.id, paid);
    return row;
  }

  #whole(message: string, hint: string): void {
    this.#report(fileProblemOf(this.#file, message, hint));
  }

  #problem(at: Written | undefined, message: string, hint: string): Problem {
    const place = { line: at?.line ?? 0, column: at?.column ?? 0 };
    return { file: this.#file, ...place, severity: 'error', code: 'subscribers/not-valid', message, hint };
  }

  #warn(at: Written | undefined, message: string, hint: string): void {
    this.#report({ ...this.#problem(at, message, hint), severity: 'warning' });
  }

  #wrong(at: Written | undefined, message: string, hint: string): undefined {
    this.#report(this.#problem(at, message, hint));
    return undefined;
  }
}

/** Names and values, as the columns of a CSV would hold them. */
function membersOf(text: string): readonly (readonly [string, string])[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return Object.entries(value as object).flatMap(([name, member]): (readonly [string, string])[] => {
    if (name === 'attributes' && typeof member === 'object' && member !== null)
      return Object.entries(member).map(([inner, one]) => [inner, textOf(one)] as const);
    return [
      [
        name,
        Array.isArray(member)
          ? member.map(textOf).join(/^consents?$/i.test(name) ? ' ' : ', ')
          : textOf(member),
      ],
    ];
  });
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return String(value).trim();
  const { service, resource, from, to } = value as Readonly<Record<string, unknown>>;
  if (typeof service !== 'string') return JSON.stringify(value);
  const place = resource === undefined ? '' : `@${String(resource)}`;
  const days = from === undefined && to === undefined ? '' : `(${dayOf(from)}..${dayOf(to)})`;
  return `${service}${place}${days}`;
}

const dayOf = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 10) : '');
