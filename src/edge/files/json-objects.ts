/** Cuts a JSON array, or one object a line, into its objects, piece by piece: files of any size. */

export interface JsonPiece {
  readonly text: string;
  /** 1-based place of its first brace. */
  readonly line: number;
  readonly column: number;
}

/** An object that is longer is none of a subscriber's. */
const longestObject = 256 * 1024;

export class JsonObjects {
  #depth = 0;
  #isInText = false;
  #isEscaped = false;
  #text = '';
  #place = { line: 1, column: 1 };
  #line = 1;
  #column = 0;
  /** What stands between the objects beside brackets, commas and white space; where it began. */
  stray: { readonly line: number; readonly column: number } | undefined;

  *objects(piece: string): Generator<JsonPiece> {
    for (const character of piece) {
      if (character === '\n') {
        this.#line++;
        this.#column = 0;
      } else this.#column++;
      if (this.#take(character)) {
        const text = this.#text;
        this.#text = '';
        yield { text, ...this.#place };
      }
    }
  }

  /** An object was begun and never ended. */
  get isOpen(): boolean {
    return this.#depth > 0;
  }

  #take(character: string): boolean {
    if (this.#depth === 0) {
      if (character === '{') {
        this.#depth = 1;
        this.#text = '{';
        this.#place = { line: this.#line, column: this.#column };
      } else if (!/[\s[\],\ufeff]/.test(character)) this.stray ??= { line: this.#line, column: this.#column };
      return false;
    }
    if (this.#text.length < longestObject) this.#text += character;
    if (this.#isInText) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (character === '\\') this.#isEscaped = true;
      else if (character === '"') this.#isInText = false;
    } else if (character === '"') this.#isInText = true;
    else if (character === '{') this.#depth++;
    else if (character === '}') this.#depth--;
    return this.#depth === 0;
  }
}
