/** An append-only log of numbered records in segment files: the journal and the spools are thin faces of it. */
import { Fault } from '../../base/fault.ts';
import type { Parsed } from '../../base/problem.ts';
import type { World } from '../../base/world.ts';
import { type DiskFile, type FileSystem, realFiles } from './file-system.ts';
import { encodeFrames, type Frame, frameHeaderBytes, maxRecordBytes } from './frames.ts';
import { GroupCommit } from './group-commit.ts';
import { createSegment, type KnownSegment, type LogPlace, type Recovered, recoverLog } from './recovery.ts';
import { segmentsFrom, walkSegments } from './segments.ts';

export interface LogOptions {
  readonly folder: string;
  readonly world: World;
  readonly files?: FileSystem | undefined;
  /** A segment is closed before it would grow over this; one append larger than it gets a segment of its own. */
  readonly segmentBytes: number;
  /** Group-commit window, 5 when left out. */
  readonly windowMs?: number | undefined;
  /** Segments wholly below this sequence are not read when opening: the caller holds a verified snapshot. */
  readonly verifyFrom?: number | undefined;
}

/** An append that would make more wait for the disk than this stops the log: a disk that far behind does not come back. */
const maxPendingBytes = 256 * 1024 * 1024;
/** Writes of up to so many bytes share the memory for their frames. */
const mostRoomBytes = 1024 * 1024;

interface Run {
  readonly records: readonly Uint8Array[];
  /** Bytes as frames. */
  readonly size: number;
  readonly first: number;
  readonly last: number;
}

/**
 * Opens the log, makes what a killed process left durable, cuts a torn tail and reports damage and holes. Throws when
 * the folder cannot be read or written.
 */
export async function openSegmentedLog(options: LogOptions): Promise<Parsed<SegmentedLog>> {
  const place = { folder: options.folder, world: options.world, files: options.files ?? realFiles };
  await place.files.makeFolder(place.folder);
  const recovered = await recoverLog(place, options.verifyFrom ?? 0);
  const newest = recovered.segments.at(-1);
  const file = newest === undefined ? undefined : await place.files.open(newest.path, 'append');
  await place.files.syncFolder(place.folder);
  return { value: new SegmentedLog(place, options, { ...recovered, file }), problems: recovered.problems };
}

/**
 * Invariants: sequences are 1, 2, 3, ..; a record is read only once it is durable; segments in the list are in order
 * and only the last one grows; after a failed write, sync or change of segment nothing is written any more.
 */
export class SegmentedLog {
  readonly #place: LogPlace;
  readonly #segmentBytes: number;
  readonly #segments: KnownSegment[];
  readonly #lost: Recovered['lost'];
  readonly #group: GroupCommit<Run>;
  #file: DiskFile | undefined;
  #durable: number;
  #room: Buffer = Buffer.alloc(0);
  #next: number;

  constructor(
    place: LogPlace,
    options: Pick<LogOptions, 'segmentBytes' | 'windowMs'>,
    found: Recovered & { readonly file: DiskFile | undefined },
  ) {
    this.#place = place;
    this.#segmentBytes = options.segmentBytes;
    this.#segments = found.segments;
    this.#lost = found.lost;
    this.#file = found.file;
    this.#durable = found.last;
    this.#next = found.last + 1;
    this.#group = new GroupCommit<Run>({
      world: place.world,
      place: place.folder,
      windowMs: options.windowMs,
      commit: (runs) => this.#commit(runs),
    });
  }

  /** Sequence of the last durable record; 0 when empty. */
  get lastSequence(): number {
    return this.#durable;
  }

  /** Sequence of the oldest record that was not trimmed. */
  get firstSequence(): number {
    return this.#segments[0]?.first ?? this.#next;
  }

  /** The segment files, oldest first: the first sequence of each and its bytes. */
  get segments(): readonly { readonly first: number; readonly bytes: number }[] {
    return this.#segments;
  }

  /** Bytes on disk and bytes waiting for it. */
  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, this.#group.pendingBytes);
  }

  /**
   * Resolves with the sequence of the last record once all are durable. The records must not be changed before that.
   * Rejects with `disk/record-too-large` (nothing else changes), or `disk/full`, `disk/append-failed`,
   * `disk/too-slow`, `disk/closed` and then for ever. After a crash a record whose append never resolved may be
   * there or not, but never one without those before it.
   */
  async append(records: readonly Uint8Array[]): Promise<number> {
    if (this.#group.fault !== undefined) throw this.#group.fault;
    if (records.length === 0) return this.#durable;
    let size = 0;
    for (const record of records) {
      if (record.length > maxRecordBytes) {
        throw new Fault(
          'disk/record-too-large',
          `a record of ${record.length} bytes is over ${maxRecordBytes}`,
        );
      }
      size += frameHeaderBytes + record.length;
    }
    if (this.#group.pendingBytes + size > maxPendingBytes) {
      const message = `${this.#place.folder}: more than ${maxPendingBytes} bytes wait for the disk`;
      this.#group.stop(new Fault('disk/too-slow', message));
    }
    const first = this.#next;
    const last = first + records.length - 1;
    this.#next = last + 1;
    await this.#group.append({ records, size, first, last });
    return last;
  }

  /**
   * Records with sequence >= `from` that are durable now, in order; losses reported by opening are passed over.
   * Throws `disk/damaged` at a loss that is new: a reader that goes on would work on without knowing.
   */
  async *read(from: number): AsyncGenerator<Frame> {
    const segments = segmentsFrom(this.#segments, from).map((segment) => ({ ...segment, to: segment.bytes }));
    for await (const walked of walkSegments(this.#place.files, segments)) {
      if (walked.kind === 'records') {
        for (const frame of walked.frames) if (frame.sequence >= from) yield frame;
      } else if (walked.kind === 'gone') {
        const isTrimmed = !this.#segments.some((segment) => segment.path === walked.segment.path);
        if (!isTrimmed) throw new Fault('disk/damaged', `${walked.segment.path} is gone`);
      } else if (walked.kind === 'tail') {
        throw new Fault('disk/damaged', `${walked.segment.path} is damaged at offset ${walked.tail.offset}`);
      } else if (walked.to >= Math.max(walked.from, from) && !this.#isKnownLoss(walked)) {
        throw new Fault('disk/damaged', `${walked.problem.file}: ${walked.problem.message}`);
      }
    }
  }

  /** Deletes the segments whose records are all below `sequence`, oldest first; answers how many. */
  async trim(sequence: number): Promise<number> {
    let trimmed = 0;
    for (;;) {
      const [oldest, next] = this.#segments;
      if (oldest === undefined || next === undefined || next.first > sequence) return trimmed;
      this.#segments.shift();
      await this.#place.files.remove(oldest.path);
      // One by one, so that a power loss between two never leaves a hole.
      await this.#place.files.syncFolder(this.#place.folder);
      trimmed++;
    }
  }

  async close(): Promise<void> {
    await this.#group.close();
    await this.#file?.close();
    this.#file = undefined;
  }

  #isKnownLoss(loss: { readonly from: number; readonly to: number }): boolean {
    return this.#lost.some((known) => known.from <= loss.from && known.to >= loss.to);
  }

  async #commit(runs: readonly Run[]): Promise<void> {
    let start = 0;
    let size = 0;
    for (const [index, run] of runs.entries()) {
      const filled = (this.#segments.at(-1)?.bytes ?? 0) + size;
      const isFull = filled > 0 && filled + run.size > this.#segmentBytes;
      if (isFull || this.#file === undefined) {
        await this.#write(runs.slice(start, index));
        await this.#nextSegment(run.first);
        start = index;
        size = 0;
      }
      size += run.size;
    }
    await this.#write(runs.slice(start));
  }

  async #write(runs: readonly Run[]): Promise<void> {
    const [first, last] = [runs[0], runs.at(-1)];
    const segment = this.#segments.at(-1);
    if (first === undefined || last === undefined || segment === undefined || this.#file === undefined)
      return;
    const records = runs.flatMap((run) => run.records);
    const bytes = encodeFrames(records, {
      marker: segment.marker,
      first: first.first,
      room: this.#roomFor(runs),
    });
    await this.#file.write(bytes);
    await this.#file.datasync();
    segment.bytes += bytes.length;
    this.#durable = last.last;
  }

  /** One write at a time: the memory of the last one is free. */
  #roomFor(runs: readonly Run[]): Buffer | undefined {
    const size = runs.reduce((sum, run) => sum + run.size, 0);
    if (size > mostRoomBytes) return undefined;
    if (size > this.#room.length) this.#room = Buffer.allocUnsafeSlow(Math.min(mostRoomBytes, size * 2));
    return this.#room;
  }

  async #nextSegment(first: number): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
    const segment = await createSegment(this.#place, first);
    this.#file = await this.#place.files.open(segment.path, 'append');
    this.#segments.push(segment);
  }
}
