/** A list of subscribers that is handed in: how it is to be taken, and what came of it. */
import type { Problem } from '../../base/problem.ts';

export interface ImportWish {
  readonly apply: boolean;
  /** Who is not in the list stays. */
  readonly isPart?: boolean | undefined;
  /** Also where more than a tenth would go or get another class. */
  readonly allowLarge?: boolean | undefined;
  /** What its columns mean is remembered by this name. */
  readonly source?: string | undefined;
  /** Columns by field. */
  readonly mapping?: Readonly<Record<string, string>> | undefined;
  /** Whose telephone numbers are written without their code, ISO 3166-1. */
  readonly country?: string | undefined;
}

/** What a list of subscribers changed, or would change. */
export interface ImportOutcome {
  readonly diff: ImportDiff;
  readonly problems: readonly Problem[];
  readonly applied: boolean;
  /** Which column was taken for what. */
  readonly mapping: Readonly<Record<string, string>>;
  /** So many would go, or get another class, that somebody has to say that it is meant. */
  readonly refused?: 'removed' | 'reclassified' | undefined;
}

interface ImportDiff {
  /** How many there were. */
  readonly known: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
  /** Lines with an id that an earlier line had; they are left out. */
  readonly repeated: number;
  /** Lines of subscribers who were erased for good; they are left out. */
  readonly erased: number;
  readonly moved: number;
  readonly reclassified: number;
  /** Of the changed ones, how many differ in each field. */
  readonly fields: Readonly<Record<string, number>>;
  /** A few of each kind; what is about a person is masked. */
  readonly examples: readonly {
    readonly what: 'added' | 'changed' | 'removed';
    readonly id: string;
    readonly line?: number | undefined;
    readonly fields: readonly { readonly field: string; readonly before: string; readonly after: string }[];
  }[];
}
