/**
 * A spool: what was taken from the network and waits until the line's journal has it (design L12). What the journal has may be
 * kept for a while, so that it can be read again by better rules.
 */
import { Fault } from '../../base/fault.ts';
import type { Parsed, Problem } from '../../base/problem.ts';
import type { World } from '../../base/world.ts';
import { type FileSystem, readWhole, realFiles, writeWhole } from '../disk/file-system.ts';
import { frameHeaderBytes } from '../disk/frames.ts';
import { openSegmentedLog, type SegmentedLog } from '../disk/segmented-log.ts';
import { diskProblem } from '../disk/segments.ts';
import { type Keep, KeptSegments } from './kept-segments.ts';
import { readJournal } from './segments.ts';

export interface SpoolRecord {
  /** Id of the spool; with `offset` it names the record for ever, so that the line can drop repeats. */
  readonly spool: string;
  /** 1, 2, 3, .. within the spool. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export interface Spool {
  readonly id: string;
  /** Everything up to this offset was confirmed, as far as this spool remembers over a restart. */
  readonly confirmed: number;
  /** What is not confirmed; `bytes` is what the cap is compared with and falls by whole segments. */
  readonly pending: { readonly records: number; readonly bytes: number };
  /** Records refused since opening because the spool was full. */
  readonly refused: number;
  /** Offset of the last durable record; 0 when there was none. */
  readonly lastOffset: number;
  /**
   * Resolves with the offset of the last record once all are durable. Rejects with `spool/full` (nothing was taken,
   * later appends may succeed) or with a `disk/..` Fault, and then for ever.
   */
  append(records: readonly Uint8Array[]): Promise<{ readonly spool: string; readonly offset: number }>;
  /** Durable records at or behind the offset, in order. */
  read(fromOffset: number): AsyncIterable<SpoolRecord>;
  /** The line's journal holds everything up to `offset`: cuts whole segments behind it that need not be kept. */
  confirm(offset: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens the spool of the folder, or makes it. Problems as for the journal, and `spool/new-id`. */
export async function openSpool(options: {
  readonly folder: string;
  readonly world: World;
  readonly files?: FileSystem | undefined;
  readonly segmentBytes: number;
  readonly capBytes: number;
  /** How long and how much of what is confirmed stays; nothing when left out. */
  readonly keep?: Keep | undefined;
  readonly windowMs?: number | undefined;
}): Promise<Parsed<Spool>> {
  const files = options.files ?? realFiles;
  // Segments of at most an eighth of the cap: what a half confirmed segment keeps is little beside the cap.
  const segmentBytes = Math.min(options.segmentBytes, Math.ceil(options.capBytes / 8));
  const log = await openSegmentedLog({ ...options, files, segmentBytes });
  const id = await readId(files, options.folder);
  const problems = [...log.problems];
  if (id === undefined && log.value.lastSequence > 0) {
    const message = 'the id of the spool cannot be read: a new one is made, records may reach the line twice';
    problems.push(diskProblem('spool/new-id', `${options.folder}/${idFile}`, message));
  }
  const spoolId = id ?? (await makeId(files, options));
  const kept = new KeptSegments({
    ...options,
    files,
    log: log.value,
    keep: options.keep ?? { ms: 0, bytes: 0 },
  });
  await kept.open();
  return { value: new FileSpool(log.value, { id: spoolId, capBytes: options.capBytes, kept }), problems };
}

/** All records of a spool's folder, read beside the process that writes it. */
export async function* readSpool(
  folder: string,
  options: { readonly files?: FileSystem; readonly onProblem?: (problem: Problem) => void } = {},
): AsyncGenerator<SpoolRecord> {
  const spool = (await readId(options.files ?? realFiles, folder)) ?? '';
  for await (const { sequence, bytes } of readJournal(folder, options))
    yield { spool, offset: sequence, bytes };
}

class FileSpool implements Spool {
  readonly id: string;
  readonly #log: SegmentedLog;
  readonly #capBytes: number;
  readonly #kept: KeptSegments;
  #confirmed: number;
  #refused = 0;

  constructor(
    log: SegmentedLog,
    options: { readonly id: string; readonly capBytes: number; readonly kept: KeptSegments },
  ) {
    this.id = options.id;
    this.#log = log;
    this.#capBytes = options.capBytes;
    this.#kept = options.kept;
    // What was confirmed a moment before the end is not remembered: the line drops the repeats.
    this.#confirmed = Math.max(options.kept.confirmed, log.firstSequence - 1);
  }

  get pending(): { readonly records: number; readonly bytes: number } {
    const bytes = this.#log.bytes - this.#kept.bytes(this.#confirmed);
    return { records: this.#log.lastSequence - this.#confirmed, bytes };
  }

  get confirmed(): number {
    return this.#confirmed;
  }

  get refused(): number {
    return this.#refused;
  }

  get lastOffset(): number {
    return this.#log.lastSequence;
  }

  async append(records: readonly Uint8Array[]): Promise<{ spool: string; offset: number }> {
    const size = records.reduce((sum, record) => sum + frameHeaderBytes + record.length, 0);
    const held = this.pending.bytes;
    if (held + size > this.#capBytes) {
      this.#refused += records.length;
      throw new Fault('spool/full', `the spool holds ${held} of ${this.#capBytes} bytes`);
    }
    return { spool: this.id, offset: await this.#log.append(records) };
  }

  async *read(fromOffset: number): AsyncGenerator<SpoolRecord> {
    for await (const { sequence, bytes } of this.#log.read(fromOffset)) {
      yield { spool: this.id, offset: sequence, bytes };
    }
  }

  async confirm(offset: number): Promise<void> {
    this.#confirmed = Math.max(this.#confirmed, Math.min(offset, this.#log.lastSequence));
    await this.#kept.cut(this.#confirmed);
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}

const idFile = 'spool-id';

async function readId(files: FileSystem, folder: string): Promise<string | undefined> {
  const bytes = await readWhole(files, `${folder}/${idFile}`);
  const text = bytes === undefined ? '' : Buffer.from(bytes).toString('latin1').trim();
  return /^[0-9a-f]{32}$/.test(text) ? text : undefined;
}

async function makeId(
  files: FileSystem,
  at: { readonly folder: string; readonly world: World },
): Promise<string> {
  const id = Buffer.from(at.world.randomBytes(16)).toString('hex');
  await writeWhole(files, { folder: at.folder, name: idFile }, [Buffer.from(`${id}\n`)]);
  return id;
}
