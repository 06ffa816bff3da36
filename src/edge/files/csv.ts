/** Reads CSV (RFC 4180) piece by piece: quotes, both line ends, comma or semicolon; every field knows its place. */

export interface CsvField {
  readonly text: string;
  /** 1-based line and column of its first character. */
  readonly line: number;
  readonly column: number;
}

/** Fields longer than this are cut: no name or address is. */
const longestField = 10_000;

/** Feed it text in pieces of any size; rows come out as they are complete. */
export class CsvReader {
  #separator: string | undefined;
  #row: CsvField[] = [];
  #text = '';
  #place: { line: number; column: number } | undefined;
  #state: 'start' | 'bare' | 'quoted' | 'quoteInQuoted' = 'start';
  #line = 1;
  #column = 1;
  #isFirst = true;

  /** `,` or `;`, whichever comes first in the header. */
  *rows(piece: string): Generator<readonly CsvField[]> {
    for (const character of piece) {
      if (this.#isFirst) {
        this.#isFirst = false;
        if (character === '\ufeff') continue;
      }
      const row = this.#take(character);
      if (row !== undefined) yield row;
    }
  }

  /** The last row where no line end follows it; `isOpen`: a quote was never closed. */
  end(): { readonly row: readonly CsvField[] | undefined; readonly isOpen: boolean } {
    const isOpen = this.#state === 'quoted';
    const isEmpty = this.#row.length === 0 && this.#state === 'start';
    return { row: isEmpty ? undefined : this.#endRow({ line: this.#line, column: this.#column }), isOpen };
  }

  #take(character: string): readonly CsvField[] | undefined {
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
    if (this.#separator === undefined && (character === ',' || character === ';'))
      this.#separator = character;
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
