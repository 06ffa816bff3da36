/** A file that somebody wrote, with the places of its values. */
import type { InWords, Problem } from './problem.ts';

/** Where in a document something is: keys and positions from its root, e.g. `['tables', 'pon', 'metrics', 0]`. */
export type DocumentPath = readonly (string | number)[];

/** A parsed file that still knows where each of its values stood, so that what is wrong can be shown in place. */
export interface SourceDocument {
  /** Path as the user gave it. */
  readonly file: string;
  /** Plain data: objects, arrays, strings, numbers, booleans, null. `undefined` when the file could not be parsed. */
  readonly value: unknown;
  /** A problem at the value of `path`, or at the nearest thing above it that exists. */
  problemAt(path: DocumentPath, found: Finding): Problem;
}

/** What is wrong, without its place. */
export interface Finding {
  /** Stable code, listed in docs/ERRORS.md. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly inRussian?: InWords | undefined;
  /** Default `error`. */
  readonly severity?: 'error' | 'warning' | undefined;
  /** True: point at the key and not at its value. */
  readonly atKey?: boolean | undefined;
}
