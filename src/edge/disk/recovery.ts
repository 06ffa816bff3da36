/** What a log finds when it is opened: its segments checked, a torn tail cut, damage kept and reported. */
import type { Problem } from '../../base/problem.ts';
import type { World } from '../../base/world.ts';
import { type FileSystem, settleFile } from './file-system.ts';
import type { ScannedTail } from './frames.ts';
import {
  listSegments,
  type Segment,
  segmentPath,
  segmentsFrom,
  tailProblem,
  walkSegments,
} from './segments.ts';

export interface LogPlace {
  readonly folder: string;
  readonly world: World;
  readonly files: FileSystem;
}

export interface KnownSegment extends Segment {
  /** Durable bytes. */
  bytes: number;
}

export interface Recovered {
  /** Oldest first; only the last one may be appended to. */
  readonly segments: KnownSegment[];
  /** Ranges of sequences that damage has cost. */
  readonly lost: readonly { readonly from: number; readonly to: number }[];
  /** Sequence of the last record, sound or lost. */
  readonly last: number;
  readonly problems: readonly Problem[];
}

const maxProblems = 1_000;

/**
 * Makes durable what a killed process left and cuts a torn tail. A damaged end is kept as it is and numbering goes on in a new segment behind it, so that no number
 * that may have been acknowledged is given twice. Segments wholly below `verifyFrom` are not read.
 */
export async function recoverLog(place: LogPlace, verifyFrom: number): Promise<Recovered> {
  const { files } = place;
  const listed = await listSegments(files, place.folder);
  const segments: KnownSegment[] = [];
  for (const segment of listed) segments.push({ ...segment, bytes: await sizeOf(files, segment.path) });
  const newest = segments.at(-1);
  const problems: Problem[] = [];
  const lost: { readonly from: number; readonly to: number }[] = [];
  let last = (newest?.first ?? 1) - 1;
  let tail: ScannedTail | undefined;
  for await (const walked of walkSegments(files, segmentsFrom(listed, verifyFrom))) {
    if (walked.kind === 'records') last = Math.max(last, walked.frames.at(-1)?.sequence ?? 0);
    if (walked.kind === 'tail') tail = walked.tail;
    if (walked.kind !== 'loss') continue;
    lost.push({ from: walked.from, to: walked.to });
    if (problems.length < maxProblems) problems.push(walked.problem);
  }
  if (newest !== undefined) {
    if (tail?.isTorn) newest.bytes = tail.offset;
    await settleFile(files, newest.path, newest.bytes);
  }
  if (newest !== undefined && tail !== undefined) {
    problems.push(tailProblem(newest, tail));
    if (!tail.isTorn) {
      lost.push({ from: last + 1, to: last + tail.frames });
      last += tail.frames;
      segments.push(await createSegment(place, last + 1));
    }
  }
  return { segments, lost, last, problems };
}

/** An empty segment whose name is durable. */
export async function createSegment(place: LogPlace, first: number): Promise<KnownSegment> {
  // Zeros are what a file system leaves behind a power loss, so no byte of a marker is 0.
  const marker = place.world.randomBytes(4).reduce((sum, byte) => sum * 256 + (byte | 1), 0);
  const path = segmentPath(place.folder, { first, marker });
  const file = await place.files.open(path, 'replace');
  await file.close();
  await place.files.syncFolder(place.folder);
  return { path, first, marker, bytes: 0 };
}

async function sizeOf(files: FileSystem, path: string): Promise<number> {
  const file = await files.open(path, 'read');
  try {
    return await file.size();
  } finally {
    await file.close();
  }
}
