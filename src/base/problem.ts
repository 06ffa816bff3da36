/** What is wrong with a file, and where: parsing collects problems and goes on (`Parsed`). */
export interface Problem {
  /** Path as the user gave it, or a name such as `POST /api/v1/alarms`. */
  readonly file: string;
  /** 1-based; 0 where the whole file is meant. */
  readonly line: number;
  readonly column: number;
  readonly severity: 'error' | 'warning';
  /** Stable code, listed in docs/ERRORS.md. */
  readonly code: string;
  readonly message: string;
  /** What to do, e.g. `did you mean "severity"?`. */
  readonly hint?: string | undefined;
  /** The same for people, where what is wrong stands on a page. */
  readonly inRussian?: InWords | undefined;
}

export interface InWords {
  readonly message: string;
  readonly hint?: string | undefined;
}

/** A value read from outside with everything that was wrong in it; the sound part is in `value`. */
export interface Parsed<T> {
  readonly value: T;
  readonly problems: readonly Problem[];
}

/** An error of a whole file: it has no line. */
export const fileProblem = (file: string, code: string, message: string): Problem => ({
  file,
  line: 0,
  column: 0,
  severity: 'error',
  code,
  message,
});

/** The form every command prints: `file:line:column severity message (hint)`. */
export function formatProblem(problem: Problem): string {
  const place = problem.line > 0 ? `${problem.file}:${problem.line}:${problem.column}` : problem.file;
  const hint = problem.hint === undefined ? '' : `\n    ${problem.hint}`;
  return `${place}  ${problem.severity}  ${problem.message}${hint}`;
}

/** Those of one file together and from its top to its bottom, files in the order in which they were first met. */
export function inPlace(problems: readonly Problem[]): readonly Problem[] {
  const order = new Map<string, number>();
  for (const { file } of problems) if (!order.has(file)) order.set(file, order.size);
  return [...problems].sort(
    (a, b) => order.get(a.file)! - order.get(b.file)! || a.line - b.line || a.column - b.column,
  );
}

/** The candidate nearest to what was written, when it is near enough to be a typing error. */
export function didYouMean(written: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = 3;
  for (const candidate of candidates) {
    const distance = editDistance(written.toLowerCase(), candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit || a.length > 64 || b.length > 64) return limit;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replace, previous[j]! + 1, row[j - 1]! + 1));
    }
    previous = row;
  }
  return previous[b.length]!;
}
