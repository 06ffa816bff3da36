/** Which confirmed segments of a spool stay for reading again, by age and by size; and how far it was confirmed. */
import type { World } from '../../base/world.ts';
import { type FileSystem, readWhole, writeWhole } from '../disk/file-system.ts';
import type { SegmentedLog } from '../disk/segmented-log.ts';

export interface Keep {
  readonly ms: number;
  readonly bytes: number;
}

interface Noted {
  readonly confirmed: number;
  /** First sequence of a segment and when it was first seen to be over. */
  readonly over: readonly (readonly [first: number, at: number])[];
}

const noteFile = 'confirmed';
/** The note may be this much behind: what was confirmed meanwhile comes twice, and the line drops it. */
const noteEveryMs = 10_000;

export class KeptSegments {
  readonly #folder: string;
  readonly #files: FileSystem;
  readonly #world: World;
  readonly #log: SegmentedLog;
  readonly #keep: Keep;
  readonly #over = new Map<number, number>();
  #confirmed = 0;
  #notedAtMs = Number.NEGATIVE_INFINITY;
  #cutting: Promise<void> | undefined;

  constructor(options: {
    readonly folder: string;
    readonly files: FileSystem;
    readonly world: World;
    readonly log: SegmentedLog;
    readonly keep: Keep;
  }) {
    this.#folder = options.folder;
    this.#files = options.files;
    this.#world = options.world;
    this.#log = options.log;
    this.#keep = options.keep;
  }

  /** As of the last note. */
  get confirmed(): number {
    return this.#confirmed;
  }

  async open(): Promise<void> {
    const bytes = await readWhole(this.#files, `${this.#folder}/${noteFile}`);
    const noted = bytes === undefined ? undefined : notedIn(bytes);
    if (noted === undefined) return;
    // A note of another life of this folder cannot be right about records that are not there.
    this.#confirmed = Math.min(noted.confirmed, this.#log.lastSequence);
    for (const [first, at] of noted.over) this.#over.set(first, at);
  }

  /** Bytes of segments that hold nothing but confirmed records. */
  bytes(confirmed: number): number {
    return this.#wholly(confirmed).reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Segments with nothing but confirmed records, oldest first, and where the one behind each begins. */
  #wholly(confirmed: number): { readonly first: number; readonly bytes: number; readonly next: number }[] {
    const { segments } = this.#log;
    return segments.flatMap(({ first, bytes }, i) => {
      const next = segments[i + 1]?.first;
      return next === undefined || next - 1 > confirmed ? [] : [{ first, bytes, next }];
    });
  }

  /** Cuts what need not be kept; calls meanwhile wait for the one under way. */
  async cut(confirmed: number): Promise<void> {
    while (this.#cutting !== undefined) await this.#cutting;
    this.#cutting = this.#cut(confirmed).finally(() => {
      this.#cutting = undefined;
    });
    await this.#cutting;
  }

  async #cut(confirmed: number): Promise<void> {
    const now = this.#world.now();
    const over = this.#wholly(confirmed);
    const fresh = over.filter(({ first }) => !this.#over.has(first));
    for (const { first } of fresh) this.#over.set(first, now);
    let kept = this.bytes(confirmed);
    let cutTo = this.#log.firstSequence;
    for (const { first, bytes, next } of over) {
      const isOld = now - this.#over.get(first)! >= this.#keep.ms;
      if (!isOld && kept <= this.#keep.bytes) break;
      cutTo = next;
      kept -= bytes;
    }
    for (const first of this.#over.keys()) if (first < cutTo) this.#over.delete(first);
    await this.#log.trim(Math.min(cutTo, confirmed + 1));
    if (this.#keep.ms > 0) await this.#note(confirmed, fresh.length > 0);
  }

  async #note(confirmed: number, isChanged: boolean): Promise<void> {
    const nowMs = this.#world.monotonicMs();
    if (!isChanged && nowMs - this.#notedAtMs < noteEveryMs) return;
    this.#notedAtMs = nowMs;
    this.#confirmed = confirmed;
    const noted: Noted = { confirmed, over: [...this.#over] };
    await writeWhole(this.#files, { folder: this.#folder, name: noteFile }, [
      Buffer.from(JSON.stringify(noted)),
    ]);
  }
}

function notedIn(bytes: Uint8Array): Noted | undefined {
  try {
    const { confirmed, over } = JSON.parse(Buffer.from(bytes).toString('utf8')) as Partial<Noted>;
    const isWhole = Number.isSafeInteger(confirmed) && Array.isArray(over);
    return isWhole ? { confirmed: confirmed!, over: over! } : undefined;
  } catch {
    return undefined;
  }
}
