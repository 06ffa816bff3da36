/** What a verb of the command line is. */
export interface Terminal {
  /** Standard output is a terminal: tables and questions make sense. */
  readonly isInteractive: boolean;
  /** To standard output, with a line end. */
  print(text: string): void;
  /** To standard error, with a line end. */
  complain(text: string): void;
  /** A line that replaces itself, on a terminal only. */
  progress(text: string): void;
}

export interface Verb {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  /** Answers the exit code: 0 ok, 1 a problem was found, 2 wrong usage, 3 unreachable or locked, 4 denied. */
  run(argv: readonly string[], terminal: Terminal): Promise<number>;
}
