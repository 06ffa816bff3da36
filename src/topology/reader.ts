/** Reads a topology file piece by piece: a file of lines is never in memory as a whole. */
import type { Parsed } from '../base/problem.ts';
import { TopologyBuilder } from './builder.ts';
import type { Topology } from './graph.ts';
import { ProblemList } from './problem-list.ts';
import {
  type Fields,
  isFields,
  type Json,
  parseJson,
  parts,
  type RecordSink,
  readEntry,
  readIds,
} from './records.ts';

/** A line of a file of lines; one that is longer is no entry. */
const lineLimit = 1 << 20;
/** A document that is one JSON value has to be in memory whole; the contract sends larger networks in lines. */
const documentLimit = 1 << 28;

/** Text in pieces of any size in, records out. */
export class RecordReader {
  readonly #into: RecordSink;
  readonly #problems: ProblemList;
  /** undefined until the first line has shown which of the two forms the file has. */
  #form: 'lines' | 'whole' | undefined;
  #rest = '';
  #line = 0;
  #isTooLong = false;

  constructor(into: RecordSink, problems: ProblemList) {
    this.#into = into;
    this.#problems = problems;
  }

  read(piece: string): void {
    const text = this.#rest === '' ? piece : this.#rest + piece;
    if (this.#form === undefined) this.#form = formOf(text);
    if (this.#form !== 'lines') {
      if (this.#isTooLong) return;
      this.#rest = text;
      if (text.length > documentLimit) this.#refuseLong('the document is larger than 256 MiB');
      return;
    }
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      this.#readLine(this.#isTooLong ? '' : text.slice(start, end));
      this.#isTooLong = false;
      start = end + 1;
    }
    this.#rest = text.slice(start);
    if (this.#rest.length > lineLimit) {
      if (!this.#isTooLong) this.#refuseLong('a line is longer than 1 MiB', this.#line + 1);
      this.#rest = '';
    }
  }

  end(): void {
    const text = this.#rest;
    this.#rest = '';
    // A file of one line may end without a line break.
    this.#form ??= formOf(`${text}\n`);
    if (this.#form === 'lines') {
      if (text !== '' && !this.#isTooLong) this.#readLine(text);
      return;
    }
    if (!this.#isTooLong) this.#readWhole(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  }

  #refuseLong(message: string, line = 0): void {
    if (!this.#isTooLong) {
      const hint = 'write allclear-topology/2: one object a line';
      this.#problems.add({ code: 'topology/syntax', message, hint, line });
    }
    this.#isTooLong = true;
    this.#rest = '';
  }

  #readLine(source: string): void {
    const line = ++this.#line;
    const { value, mistake } = line === 1 ? parseJson(withoutMark(source)) : parsed(source);
    if (value === blank) return;
    if (!isFields(value)) {
      const hint = 'the line is left out; one JSON object a line is expected';
      const message = mistake === undefined ? 'expected an object' : `not JSON: ${mistake.reason}`;
      this.#problems.add({ code: 'topology/syntax', message, hint, line, column: mistake?.column });
      return;
    }
    if (line === 1) {
      this.#into.serviceRoots(
        readIds(value['serviceRoots'], { name: 'serviceRoots', line }, this.#problems),
        line,
      );
      return;
    }
    for (const part of parts) {
      if (value[part] !== undefined)
        readEntry({ part, entry: value[part], place: part, line }, this.#into, this.#problems);
    }
  }

  #readWhole(source: string): void {
    const { value, mistake } = parseJson(source);
    if (mistake !== undefined) {
      const { reason, ...place } = mistake;
      this.#problems.add({ code: 'topology/syntax', message: `not JSON: ${reason}`, ...place });
      return;
    }
    if (!isFields(value) || value['format'] !== 'allclear-topology/1') {
      const message = 'expected "format": "allclear-topology/1", or "/2" on the first line of ndjson';
      this.#problems.add({ code: 'topology/format', message, line: 1 });
      return;
    }
    const line = 0;
    this.#into.serviceRoots(
      readIds(value['serviceRoots'], { name: 'serviceRoots', line }, this.#problems),
      line,
    );
    for (const part of parts) this.#readList(value, part);
  }

  #readList(value: Fields, part: (typeof parts)[number]): void {
    const name = part === 'planned' ? part : `${part}s`;
    const entries = value[name] ?? [];
    if (!Array.isArray(entries)) {
      this.#problems.add({ code: 'topology/entry', message: `"${name}" must be a list` });
      return;
    }
    entries.forEach((entry: unknown, position) => {
      readEntry({ part, entry, place: `${name}[${position}]`, line: 0 }, this.#into, this.#problems);
    });
  }
}

/** Compiles a topology from the bytes of its file, given in pieces of any size. */
export class TopologyReader {
  readonly #problems: ProblemList;
  readonly #builder: TopologyBuilder;
  readonly #records: RecordReader;
  readonly #decoder = new TextDecoder();

  constructor(file: string) {
    this.#problems = new ProblemList(file);
    this.#builder = new TopologyBuilder(this.#problems);
    this.#records = new RecordReader(this.#builder, this.#problems);
  }

  read(bytes: Uint8Array): void {
    this.#records.read(this.#decoder.decode(bytes, { stream: true }));
  }

  /** The sound part, with everything that was wrong in file and graph; `add` brings what the file does not name. */
  end(add?: (builder: TopologyBuilder) => void): Parsed<Topology> {
    this.#records.read(this.#decoder.decode());
    this.#records.end();
    add?.(this.#builder);
    const value = this.#builder.build();
    return { value, problems: this.#problems.all() };
  }
}

const blank = Symbol('blank line');

function parsed(source: string): Json {
  const isBlank = source === '' || source === '\r' || source.trim() === '';
  return isBlank ? { value: blank } : parseJson(source);
}

const withoutMark = (text: string): string => (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);

/** undefined while the first line may still be under way. */
function formOf(text: string): 'lines' | 'whole' | undefined {
  const end = text.indexOf('\n');
  if (end < 0) return text.length > lineLimit ? 'whole' : undefined;
  const first = parseJson(withoutMark(text.slice(0, end)));
  return isFields(first.value) && first.value['format'] === 'allclear-topology/2' ? 'lines' : 'whole';
}
