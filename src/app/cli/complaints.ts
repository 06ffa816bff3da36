/** Problems of the files a verb reads, told as they come: the first hundred in full, the rest as a number. */
import { formatProblem, type Problem } from '../../base/problem.ts';
import type { Terminal } from './verb.ts';

/** Problems shown one by one; the rest is counted. */
const mostShown = 100;

export class Complaints {
  readonly #terminal: Terminal;
  #count = 0;
  errors = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  add(problem: Problem): void {
    if (problem.severity === 'error') this.errors++;
    if (this.#count++ < mostShown) this.#terminal.complain(formatProblem(problem));
  }

  end(): void {
    const more = this.#count - mostShown;
    if (more > 0) this.#terminal.complain(`${more} further problems are not shown`);
  }
}
