/** Reads `subscribers.csv`: every bad line is a problem at its place, the sound ones come out in pages. */
import { didYouMean, fileProblem, type Parsed, type Problem } from '../../base/problem.ts';
import { type SubscriberClass, subscriberClasses } from '../../model/incident.ts';
import type { SubscriberRow } from '../../model/subscriber.ts';
import { type CsvField, CsvReader } from './csv.ts';

const known = [
  'id',
  'name',
  'resource',
  'class',
  'language',
  'phone',
  'email',
  'timezone',
  'address',
  'consent',
];
/** Problems kept; the rest is counted in one line, so that a wrong file does not fill the memory. */
const mostProblems = 1_000;
const pageSize = 1_000;

export interface SubscriberPages {
  /** Sound lines, 1,000 at a time. */
  pages(): AsyncIterable<readonly SubscriberRow[]>;
  /** Complete once `pages` ended. */
  readonly problems: readonly Problem[];
}

/** For files of any size. */
export function readSubscribers(
  source: AsyncIterable<string> | Iterable<string>,
  file: string,
): SubscriberPages {
  const problems: Problem[] = [];
  let refused = 0;
  const report = (problem: Problem): void => {
    if (problems.length < mostProblems) problems.push(problem);
    else refused++;
  };
  return {
    problems,
    async *pages() {
      const reader = new CsvReader();
      const lines = new LineReader(file, report);
      let page: SubscriberRow[] = [];
      for await (const piece of source) {
        for (const row of reader.rows(piece)) {
          const line = lines.read(row);
          if (line !== undefined) page.push(line);
          if (page.length < pageSize) continue;
          yield page;
          page = [];
        }
      }
      const { row, isOpen } = reader.end();
      if (isOpen) report(wholeFile(file, 'a quoted field is never closed', 'look for a " that stands alone'));
      const last = row === undefined || isOpen ? undefined : lines.read(row);
      if (last !== undefined) page.push(last);
      if (page.length > 0) yield page;
      if (!lines.hasHeader)
        report(wholeFile(file, 'the file is empty', 'the first line names the columns: id,resource,..'));
      if (refused > 0)
        problems.push(wholeFile(file, `${refused} further problems are not listed`, undefined));
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

const wholeFile = (file: string, message: string, hint: string | undefined): Problem => ({
  ...fileProblem(file, 'subscribers/not-valid', message),
  hint,
});

class LineReader {
  readonly #file: string;
  readonly #report: (problem: Problem) => void;
  #columns: readonly string[] | undefined;
  #isUsable = false;

  constructor(file: string, report: (problem: Problem) => void) {
    this.#file = file;
    this.#report = report;
  }

  get hasHeader(): boolean {
    return this.#columns !== undefined;
  }

  read(row: readonly CsvField[]): SubscriberRow | undefined {
    if (row.every(({ text }) => text === '')) return undefined;
    if (this.#columns === undefined) {
      this.#readHeader(row);
      return undefined;
    }
    return this.#isUsable ? this.#readLine(row, this.#columns) : undefined;
  }

  #readHeader(row: readonly CsvField[]): void {
    this.#columns = row.map(({ text }) => text.toLowerCase());
    this.#isUsable = true;
    for (const name of ['id', 'resource']) {
      if (this.#columns.includes(name)) continue;
      this.#isUsable = false;
      const near = didYouMean(name, this.#columns);
      this.#wrong(
        row[0],
        `the column "${name}" is missing`,
        near === undefined ? 'id and resource must be there' : `is it "${near}"?`,
      );
    }
    for (const [i, name] of this.#columns.entries()) {
      if (this.#columns.indexOf(name) !== i)
        this.#wrong(row[i], `the column "${name}" stands twice`, 'the first one is read');
      const near = known.includes(name) ? undefined : didYouMean(name, known);
      if (near === undefined || this.#columns.includes(near)) continue;
      this.#report({
        ...this.#problem(
          row[i],
          `unknown column "${name}" is kept as an attribute`,
          `did you mean "${near}"?`,
        ),
        severity: 'warning',
      });
    }
  }

  #readLine(row: readonly CsvField[], columns: readonly string[]): SubscriberRow | undefined {
    if (row.length > columns.length)
      return this.#wrong(
        row[columns.length],
        `${row.length} fields for ${columns.length} columns`,
        'put quotes around a field with a separator in it',
      );
    const field = (name: string): CsvField | undefined => {
      const found = row[columns.indexOf(name)];
      return found === undefined || found.text === '' ? undefined : found;
    };
    for (const name of ['id', 'resource']) {
      if (field(name) === undefined)
        return this.#wrong(
          row[columns.indexOf(name)] ?? row[0],
          `"${name}" is empty`,
          'the line is left out',
        );
    }
    const wrong = rules.flatMap(({ name, isRight, hint }) => {
      const given = field(name);
      return given === undefined || isRight(given.text) ? [] : [{ given, name, hint }];
    });
    wrong.sort((a, b) => a.given.column - b.given.column);
    for (const { given, name, hint } of wrong)
      this.#wrong(given, `"${shortened(given.text)}" is no ${name}`, hint);
    if (wrong.length > 0) return undefined;
    const attributes = columns.flatMap((name, i) => {
      const value = row[i]?.text ?? '';
      return known.includes(name) || value === '' || name === '' ? [] : [[name, value] as const];
    });
    return {
      id: field('id')!.text,
      resource: field('resource')!.text,
      name: field('name')?.text,
      class: (field('class')?.text ?? 'residential') as SubscriberClass,
      language: field('language')?.text as 'ru' | 'en' | undefined,
      phone: field('phone')?.text,
      email: field('email')?.text,
      timezone: field('timezone')?.text,
      address: field('address')?.text,
      consent: field('consent')?.text.split(/\s+/) ?? [],
      attributes: Object.fromEntries(attributes),
    };
  }

  #problem(at: CsvField | undefined, message: string, hint: string): Problem {
    const place = { line: at?.line ?? 0, column: at?.column ?? 0 };
    return { file: this.#file, ...place, severity: 'error', code: 'subscribers/not-valid', message, hint };
  }

  #wrong(at: CsvField | undefined, message: string, hint: string): undefined {
    this.#report(this.#problem(at, message, hint));
    return undefined;
  }
}

const rules: readonly {
  readonly name: string;
  readonly isRight: (text: string) => boolean;
  readonly hint: string;
}[] = [
  { name: 'id', isRight: (text) => text.length <= 200, hint: 'an id has at most 200 characters' },
  {
    name: 'resource',
    isRight: (text) => text.length <= 200,
    hint: 'a resource id has at most 200 characters',
  },
  {
    name: 'class',
    isRight: (text) => (subscriberClasses as readonly string[]).includes(text),
    hint: `use one of ${subscriberClasses.join(', ')}`,
  },
  { name: 'language', isRight: (text) => text === 'ru' || text === 'en', hint: 'use ru or en' },
  {
    name: 'phone',
    isRight: (text) => /^\+[1-9]\d{6,14}$/.test(text),
    hint: 'write it as E.164: + and 7 to 15 digits, no spaces',
  },
  {
    name: 'email',
    isRight: (text) => text.length <= 254 && /^[^\s@<>,;:"()]+@[^\s@<>,;:"()]+\.[^\s@<>,;:"()]+$/.test(text),
    hint: 'write it as name@example.org',
  },
  { name: 'timezone', isRight: isZone, hint: 'write a zone such as Europe/Moscow' },
  {
    name: 'consent',
    isRight: (text) => /^[\w.-]+(\s+[\w.-]+)*$/.test(text),
    hint: 'names of channels with spaces between',
  },
];

const zones = new Map<string, boolean>();

function isZone(zone: string): boolean {
  let isRight = zones.get(zone);
  if (isRight === undefined) {
    try {
      new Intl.DateTimeFormat('en', { timeZone: zone });
      isRight = true;
    } catch {
      isRight = false;
    }
    // Wrong names of a hostile file are not kept for ever.
    if (zones.size < 1_000) zones.set(zone, isRight);
  }
  return isRight;
}

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 37)}...` : text);
