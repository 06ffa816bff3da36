/** What is wrong with one topology file: a bounded list, and how much more there was. */
import type { Problem } from '../base/problem.ts';

/** More problems than this are counted only: a wrong file must not fill memory with complaints. */
const problemLimit = 1_000;

interface Found {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  /** 1-based; 0 where none is known. */
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly warning?: boolean | undefined;
}

export class ProblemList {
  readonly #file: string;
  readonly #problems: Problem[] = [];
  #errors = 0;
  #warnings = 0;

  constructor(file: string) {
    this.#file = file;
  }

  add({ code, message, hint, line = 0, column = line > 0 ? 1 : 0, warning = false }: Found): void {
    if (this.#problems.length >= problemLimit) {
      if (warning) this.#warnings++;
      else this.#errors++;
      return;
    }
    const severity = warning ? 'warning' : 'error';
    this.#problems.push({ file: this.#file, line, column, severity, code, message, hint });
  }

  all(): readonly Problem[] {
    const leftOut = this.#errors + this.#warnings;
    if (leftOut === 0) return this.#problems;
    const last: Problem = {
      file: this.#file,
      line: 0,
      column: 0,
      // Errors that are not shown are errors all the same.
      severity: this.#errors > 0 ? 'error' : 'warning',
      code: 'topology/more',
      message: `${leftOut} more problems are not shown, ${this.#errors} of them errors`,
    };
    return [...this.#problems, last];
  }
}
