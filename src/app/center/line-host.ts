/** The line in its process: data folder, recovery, snapshots, and the book that follows it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../base/fault.ts';
import { minutes } from '../../base/instant.ts';
import type { Problem } from '../../base/problem.ts';
import type { World } from '../../base/world.ts';
import type { CorrelationRules } from '../../correlate/correlate.ts';
import type { Book } from '../../edge/book/book.ts';
import { openContents } from '../../edge/disk/contents.ts';
import { openJournal } from '../../edge/journal/segments.ts';
import { openSnapshots, type Snapshots } from '../../edge/journal/snapshots.ts';
import type { Applied } from '../../flow/applied.ts';
import type { Input } from '../../flow/input.ts';
import { Line } from '../../flow/line.ts';
import type { LineSnapshot } from '../../flow/line-snapshot.ts';
import { recoverLine } from '../../flow/recovery.ts';
import { Running } from '../../flow/running.ts';
import { version } from '../version.ts';
import { ContentStore } from './content-store.ts';
import { JournalRetention } from './journal-retention.ts';
import { identityText, readLineIdentity } from './line-identity.ts';

export interface LineHostOptions {
  readonly folder: string;
  readonly world: World;
  readonly book: Book;
  /** In force until the journal names others. */
  readonly rules: CorrelationRules;
  /** Durable batches in order, after the book has them. */
  readonly deliver: (batch: readonly Applied[]) => void;
  readonly onFailure: (error: unknown) => void;
}

export interface LineHost {
  readonly line: Line;
  readonly running: Running;
  readonly contents: ContentStore;
  readonly problems: readonly Problem[];
  /** Deletes what the journal need not keep any more; answers how many segments went. */
  trimJournal(): Promise<number>;
  /** Puts an input in after what it names is loaded. */
  submit(input: Input): Promise<Applied>;
  stop(): Promise<void>;
}

const snapshotEvery = minutes(5);
/** A line that hears nothing says so: after a crash the time since its last input would count as time it was away. */
const beatEvery = minutes(1);
const segmentBytes = 64 * 1024 * 1024;

export async function openLineHost(options: LineHostOptions): Promise<LineHost> {
  const { folder, world, book } = options;
  const files = await openContents({ folder: join(folder, 'contents') });
  const contents = new ContentStore(files, folder, options.rules);
  const { value: journal, problems: journalProblems } = await openJournal({
    folder: join(folder, 'journal'),
    world,
    segmentBytes,
  });
  const snapshots = await openSnapshots({ folder: join(folder, 'snapshots') });
  const line = new Line({ ...(await readIdentity(folder, world)), contents });
  const newest = await snapshots.latestSnapshot();
  const snapshot = newest.snapshot === undefined ? undefined : decodeSnapshot(newest.snapshot.bytes);
  if (snapshot !== undefined) await contents.loadNamed(snapshot.rooms.named);
  const applied = await book.applied();
  if (applied > journal.lastSequence) {
    throw new Fault(
      'start/journal-behind',
      `the book has input ${applied}, the journal ends at ${journal.lastSequence}: the journal is not the one the book was made from`,
    );
  }
  const recovered = await recoverLine({
    line,
    journal,
    snapshot,
    load: (input) => contents.load(input),
    deliver: async (batch) => {
      await book.project(batch);
    },
  });
  world.log.info('the line has caught up', { records: recovered.records, sequence: line.sequence });
  const running = new Running({
    line,
    journal,
    world,
    opening: resumed(line, world),
    rest: recovered.rest,
    deliver: async (batch) => {
      await book.project(batch);
      options.deliver(batch);
    },
    onFailure: options.onFailure,
  });
  const retention = new JournalRetention({ journal, data: folder });
  const keeper = new SnapshotKeeper({ running, snapshots, retention, world });
  const beat = world.every(beatEvery, () => {
    if (world.now() - line.at >= beatEvery) running.offer({ kind: 'tick' });
  });
  return {
    line,
    running,
    contents,
    problems: [...journalProblems, ...newest.problems],
    submit: async (input) => {
      await contents.load(input);
      return running.submit(input);
    },
    trimJournal: () => retention.trim(world.now()),
    async stop() {
      beat.cancel();
      running.offer({ kind: 'tick' });
      await running.stop();
      await keeper.stop();
      await journal.close();
    },
  };
}

/** How long the line was away, so that asks and reminders wait on (design L10). */
function resumed(line: Line, world: World): Input | undefined {
  if (line.sequence === 0) return undefined;
  return { kind: 'resumed', stoppedMs: Math.max(0, world.now() - line.at), engine: version };
}

interface SnapshotPlaces {
  readonly running: Running;
  readonly snapshots: Snapshots;
  readonly retention: JournalRetention;
  readonly world: World;
}

class SnapshotKeeper {
  readonly #options: SnapshotPlaces;
  readonly #timer: { cancel(): void };
  #lastSequence = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: SnapshotPlaces) {
    this.#options = options;
    this.#timer = options.world.every(snapshotEvery, () => {
      this.#writing = this.#writing.then(() => this.#write());
    });
  }

  /** A last snapshot makes the next start short; the line has stopped, so its state is still. */
  async stop(): Promise<void> {
    this.#timer.cancel();
    await this.#writing;
    await this.#write();
  }

  async #write(): Promise<void> {
    const { running, snapshots, retention, world } = this.#options;
    const point = running.checkpoint();
    if (point === undefined || point.snapshot.sequence === this.#lastSequence) return;
    try {
      await point.durable;
      const bytes = new TextEncoder().encode(JSON.stringify(point.snapshot));
      await snapshots.writeSnapshot({ sequence: point.snapshot.sequence, bytes });
      this.#lastSequence = point.snapshot.sequence;
      await retention.mark(point.snapshot.at, point.snapshot.sequence);
    } catch (error) {
      // Without a snapshot the next start replays more; nothing is lost.
      world.log.error('a snapshot could not be written', { error: String(error) });
    }
  }
}

const decodeSnapshot = (bytes: Uint8Array): LineSnapshot =>
  JSON.parse(new TextDecoder().decode(bytes)) as LineSnapshot;

/**
 * The line's name, drawn once a data directory, and its epoch, which rises at restore, failover and a forced cut (design L9).
 * Two directories never make the same ids: a gateway that remembers keys would swallow the second one's notices.
 */
async function readIdentity(folder: string, world: World) {
  try {
    return await readLineIdentity(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const name = `a${Buffer.from(world.randomBytes(2)).toString('hex')}`;
    const drawn = { name, epoch: 1 };
    await writeFile(join(folder, 'line'), identityText(drawn), { flush: true });
    return drawn;
  }
}
