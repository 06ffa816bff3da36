/** Reads CSV (RFC 4180) piece by piece: quotes, both line ends, comma, semicolon, tab or bar; every field knows its place. */

export interface CsvField {
  readonly text: string;
  /** 1-based line and column of its first character. */
  readonly line: number;
  readonly column: number;
}

/** Fields longer than this are cut: no name or address is. */
const longestField = 10_000;
/** Where no line ends before it, what there is decides what separates. */
const longestHeader = 64 * 1024;
const separators = [',', ';', '\t', '|'] as const;

function separatorIn(text: string): string {
  const [header = ''] = text.trimStart().split('\n', 1);
  const bare = header.replace(/"[^"]*"/g, '');
  const counts = separators.map((one) => bare.split(one).length);
  return separators[counts.indexOf(Math.max(...counts))]!;
}

/** Feed it text in pieces of any size; rows come out as they are complete. */
export class CsvReader {
  #separator: string | undefined;
  #row: CsvField[] = [];
  #text = '';
  #place: { line: number; column: number } | undefined;
  #state: 'start' | 'bare' | 'quoted' | 'quoteInQuoted' = 'start';
  #line = 1;
  #column = 1;
  /** Until its first line is whole. */
  #header = '';

  /** What stands most often in the header outside of quotes separates: `,`, `;`, a tab or `|`. */
  *rows(piece: string): Generator<readonly CsvField[]> {
    if (this.#separator !== undefined) return yield* this.#take(piece);
    this.#header += piece;
    if (!/\S[^\n]*\n/.test(this.#header) && this.#header.length < longestHeader) return;
    yield* this.#begin();
  }

  *#begin(): Generator<readonly CsvField[]> {
    const header = this.#header;
    this.#header = '';
    this.#separator = separatorIn(header);
    yield* this.#take(header.startsWith('\ufeff') ? header.slice(1) : header);
  }

  *#take(piece: string): Generator<readonly CsvField[]> {
    for (const character of piece) {
      const row = this.#takeOne(character);
      if (row !== undefined) yield row;
    }
  }

  /** What is left where no line end follows it. */
  *lastRows(): Generator<readonly CsvField[]> {
    if (this.#separator === undefined) yield* this.#begin();
    if (this.isOpen || (this.#row.length === 0 && this.#state === 'start')) return;
    yield this.#endRow({ line: this.#line, column: this.#column });
  }

  /** A quote was never closed. */
  get isOpen(): boolean {
    return this.#state === 'quoted';
  }

  #takeOne(character: string): readonly CsvField[] | undefined {
    const place = { line: this.#line, column: this.#column };
    if (character === '\n') {
      this.#line++;
      this.#column = 1;
    } else this.#column++;
    if (this.#state === 'quoted') {
      if (character === '"') this.#state = 'quoteInQuoted';
      else this.#add(character);
      return undefined;
    }
    if (this.#state === 'quoteInQuoted' && character === '"') {
      this.#state = 'quoted';
      this.#add(character);
      return undefined;
    }
    if (character === this.#separator) this.#endField(place);
    else if (character === '\n') return this.#endRow(place);
    else if (character === '\r') return undefined;
    else if (character === '"' && this.#state === 'start') {
      this.#place = place;
      this.#state = 'quoted';
    } else {
      this.#place ??= place;
      if (this.#state === 'start') this.#state = 'bare';
      this.#add(character);
    }
    return undefined;
  }

  #add(character: string): void {
    if (this.#text.length < longestField) this.#text += character;
  }

  /** An empty field stands where it ends. */
  #endField(end: { line: number; column: number }): void {
    this.#row.push({ text: this.#text.trim(), ...(this.#place ?? end) });
    this.#text = '';
    this.#place = undefined;
    this.#state = 'start';
  }

  #endRow(end: { line: number; column: number }): readonly CsvField[] {
    this.#endField(end);
    const row = this.#row;
    this.#row = [];
    return row;
  }
}
