/** The journal in segment files: the port of flow on the segmented log, and its read-only walks. */
import type { Problem } from '../../base/problem.ts';
import type { World } from '../../base/world.ts';
import type { JournalRecord, OpenedJournal } from '../../flow/journal.ts';
import { type FileSystem, realFiles } from '../disk/file-system.ts';
import { openSegmentedLog } from '../disk/segmented-log.ts';
import { listSegments, segmentsFrom, tailProblem, walkSegments } from '../disk/segments.ts';

/**
 * Opens the journal of the folder, or makes it. Problems: `disk/torn-tail` (warning, cut), `disk/damaged`,
 * `disk/hole`, `disk/out-of-order` (errors, each says which records are lost).
 */
export async function openJournal(options: {
  readonly folder: string;
  readonly world: World;
  readonly files?: FileSystem | undefined;
  /** 64 MiB when left out (design L4). */
  readonly segmentBytes?: number | undefined;
  readonly windowMs?: number | undefined;
  /** Segments wholly below this sequence are not checked: a verified snapshot covers them. */
  readonly verifyFrom?: number | undefined;
}): Promise<OpenedJournal> {
  return openSegmentedLog({ ...options, segmentBytes: options.segmentBytes ?? 64 * 1024 * 1024 });
}

export interface JournalReport {
  readonly segments: number;
  readonly records: number;
  /** Sequence of the first and the last sound record; 0 when there is none. */
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** Bytes of the records, without their headers. */
  readonly bytes: number;
  /** At most 1,000. */
  readonly problems: readonly Problem[];
}

const maxProblems = 1_000;

/** Walks every record and changes nothing; a torn tail is a warning, since opening will cut it. */
export async function verifyJournal(folder: string, files: FileSystem = realFiles): Promise<JournalReport> {
  const segments = await listSegments(files, folder);
  const problems: Problem[] = [];
  const report = (problem: Problem): void => {
    if (problems.length < maxProblems) problems.push(problem);
  };
  let [records, bytes, firstSequence, lastSequence] = [0, 0, 0, 0];
  for await (const walked of walkSegments(files, segments)) {
    if (walked.kind === 'loss') report(walked.problem);
    if (walked.kind === 'tail') report(tailProblem(walked.segment, walked.tail));
    if (walked.kind !== 'records') continue;
    for (const frame of walked.frames) {
      if (records === 0) firstSequence = frame.sequence;
      records++;
      bytes += frame.bytes.length;
      lastSequence = frame.sequence;
    }
  }
  return { segments: segments.length, records, firstSequence, lastSequence, bytes, problems };
}

/**
 * Records from `from` on, read beside a process that writes: what is being written at the end is left out, segments
 * trimmed meanwhile are passed over. Damage goes to `onProblem` and the rest is still read.
 */
export async function* readJournal(
  folder: string,
  options: {
    readonly from?: number | undefined;
    readonly files?: FileSystem | undefined;
    readonly onProblem?: ((problem: Problem) => void) | undefined;
  } = {},
): AsyncGenerator<JournalRecord> {
  const files = options.files ?? realFiles;
  const from = options.from ?? 1;
  for await (const walked of walkSegments(files, segmentsFrom(await listSegments(files, folder), from))) {
    if (walked.kind === 'loss') options.onProblem?.(walked.problem);
    if (walked.kind === 'tail' && !walked.tail.isTorn)
      options.onProblem?.(tailProblem(walked.segment, walked.tail));
    if (walked.kind !== 'records') continue;
    for (const { sequence, bytes } of walked.frames) if (sequence >= from) yield { sequence, bytes };
  }
}
