/** The port of the journal. */
import type { Parsed } from '../base/problem.ts';

/**
 * The journal: every input of the line, in order, durable before anybody sees what it caused (design L3).
 * Edge implements it (segment files; PostgreSQL later) and one compliance suite judges both.
 *
 * Invariants: sequences are 1, 2, 3, .. without a hole; `append` resolves only after fdatasync; after the first
 * failed append every later append rejects (fail-stop: nobody knows any more what is on disk).
 */
export interface Journal {
  /** Sequence of the last durable record; 0 when empty. */
  readonly lastSequence: number;
  /** Appends the records in order as one unit and resolves with the sequence of the last one once all are durable. */
  append(records: readonly Uint8Array[]): Promise<number>;
  /** Durable records with sequence >= `from`, in order. */
  read(from: number): AsyncIterable<JournalRecord>;
  /** Deletes whole segments whose records are all below `sequence`; the caller holds a verified snapshot (design L13). */
  trim(sequence: number): Promise<number>;
  /** Waits for appends under way, then releases the files. */
  close(): Promise<void>;
}

export interface JournalRecord {
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

/** What opening found: where a torn tail was cut and which segments are damaged, each as a problem with file and offset. */
export type OpenedJournal = Parsed<Journal>;
