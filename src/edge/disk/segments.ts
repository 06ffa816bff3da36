/** Segment files of a log: how they are named, and the walk over them that tells records, losses and the tail apart. */
import type { Problem } from '../../base/problem.ts';
import { type DiskFile, type FileSystem, isMissing } from './file-system.ts';
import { type Frame, type Scanned, type ScannedTail, scanFrames } from './frames.ts';

export interface Segment {
  readonly path: string;
  /** Sequence of its first record; the next one when it is empty. */
  readonly first: number;
  /** Marker of its frames, never 0. */
  readonly marker: number;
  /** Bytes of it to read; undefined = to its end. */
  readonly to?: number | undefined;
}

export type Walked =
  | { readonly kind: 'records'; readonly frames: readonly Frame[] }
  /** Something is wrong at this place; sequences `from`..`to` are lost (none when `to` < `from`). */
  | { readonly kind: 'loss'; readonly problem: Problem; readonly from: number; readonly to: number }
  /** The file is not there; a writer beside this reader may have trimmed it. */
  | { readonly kind: 'gone'; readonly segment: Segment }
  /** What ends the last segment and is no frame. */
  | { readonly kind: 'tail'; readonly segment: Segment; readonly tail: ScannedTail };

const segmentName = /^(\d{16})-([0-9a-f]{8})\.log$/;

export function segmentPath(folder: string, at: { readonly first: number; readonly marker: number }): string {
  return `${folder}/${String(at.first).padStart(16, '0')}-${at.marker.toString(16).padStart(8, '0')}.log`;
}

/** The segments of the folder, oldest first. */
export async function listSegments(files: FileSystem, folder: string): Promise<Segment[]> {
  const segments: Segment[] = [];
  for (const name of await files.list(folder)) {
    const match = segmentName.exec(name);
    if (match === null) continue;
    segments.push({
      path: `${folder}/${name}`,
      first: Number(match[1]),
      marker: Number.parseInt(match[2] ?? '', 16),
    });
  }
  return segments.sort((a, b) => a.first - b.first || (a.path < b.path ? -1 : 1));
}

/** Segments that may hold records at or behind `from`. */
export function segmentsFrom<T extends Segment>(segments: readonly T[], from: number): readonly T[] {
  const start = segments.findLastIndex((segment) => segment.first <= from);
  return start < 0 ? segments : segments.slice(start);
}

/** Walks the segments in order and yields their records, each sequence once and rising. */
export async function* walkSegments(files: FileSystem, segments: readonly Segment[]): AsyncGenerator<Walked> {
  const order = new SequenceOrder(segments[0]?.first ?? 1);
  for (const [index, segment] of segments.entries()) {
    const file = await openIfThere(files, segment.path);
    if (file === undefined) {
      order.skipTo(segments[index + 1]?.first);
      yield { kind: 'gone', segment };
      continue;
    }
    const isLast = index === segments.length - 1;
    try {
      yield* order.entering(segment);
      for await (const scanned of scanFrames(file, { marker: segment.marker, to: segment.to })) {
        if (scanned.kind === 'tail' && isLast) yield { kind: 'tail', segment, tail: scanned };
        else yield* order.judge(segment, scanned);
      }
    } finally {
      await file.close();
    }
  }
}

/** Checks that sequences go on without a hole and says what a damaged place has cost. */
class SequenceOrder {
  #expected: number;
  #damage: { readonly path: string; readonly offset: number; readonly bytes: number } | undefined;

  constructor(first: number) {
    this.#expected = first;
  }

  skipTo(sequence: number | undefined): void {
    this.#expected = sequence ?? this.#expected;
    this.#damage = undefined;
  }

  /** The name of a segment says which record comes next, also when the segment is empty. */
  *entering(segment: Segment): Generator<Walked> {
    if (this.#damage !== undefined || segment.first > this.#expected) {
      yield this.#loss({ path: segment.path, offset: 0, next: segment.first });
    }
  }

  *judge(segment: Segment, scanned: Scanned): Generator<Walked> {
    if (scanned.kind !== 'frames') {
      this.#damage ??= { path: segment.path, offset: scanned.offset, bytes: scanned.bytes };
      return;
    }
    let start = 0;
    for (const [index, frame] of scanned.frames.entries()) {
      if (frame.sequence === this.#expected && this.#damage === undefined) {
        this.#expected++;
        continue;
      }
      if (index > start) yield { kind: 'records', frames: scanned.frames.slice(start, index) };
      if (frame.sequence >= this.#expected) {
        yield this.#loss({ path: segment.path, offset: frame.offset, next: frame.sequence });
        this.#expected = frame.sequence + 1;
        start = index;
      } else {
        yield outOfOrder(segment.path, frame, this.#expected);
        start = index + 1;
      }
    }
    if (start < scanned.frames.length) yield { kind: 'records', frames: scanned.frames.slice(start) };
  }

  #loss(at: { path: string; offset: number; next: number }): Walked {
    const [from, to] = [this.#expected, at.next - 1];
    const damage = this.#damage;
    this.#damage = undefined;
    this.#expected = Math.max(this.#expected, at.next);
    const cost =
      to < from
        ? 'no record is lost'
        : to === from
          ? `record ${from} is lost`
          : `records ${from} to ${to} are lost`;
    const problem =
      damage === undefined
        ? diskProblem('disk/hole', at.path, `sequence jumps at offset ${at.offset}: ${cost}`)
        : diskProblem(
            'disk/damaged',
            damage.path,
            `${damage.bytes} bytes at offset ${damage.offset} are damaged: ${cost}`,
          );
    return { kind: 'loss', problem, from, to };
  }
}

function outOfOrder(path: string, frame: Frame, expected: number): Walked {
  const message = `record ${frame.sequence} at offset ${frame.offset} stands where ${expected} belongs: left out`;
  return {
    kind: 'loss',
    problem: diskProblem('disk/out-of-order', path, message),
    from: expected,
    to: expected - 1,
  };
}

/** What the tail of the last segment means: cut it (torn, never acknowledged) or keep it and number on behind it. */
export function tailProblem(segment: Segment, tail: ScannedTail): Problem {
  const place = `${tail.bytes} bytes at offset ${tail.offset}`;
  if (tail.isTorn) {
    const message = `${place} are the beginning of a record that was never acknowledged`;
    return { ...diskProblem('disk/torn-tail', segment.path, message), severity: 'warning' };
  }
  const cost = tail.frames === 1 ? 'the last record is' : `the last ${tail.frames} records are`;
  return diskProblem('disk/damaged', segment.path, `${place} at the end are damaged: ${cost} lost`);
}

export function diskProblem(code: string, file: string, message: string): Problem {
  return { file, line: 0, column: 0, severity: 'error', code, message };
}

async function openIfThere(files: FileSystem, path: string): Promise<DiskFile | undefined> {
  try {
    return await files.open(path, 'read');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
