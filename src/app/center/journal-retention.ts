/** How long the journal is kept: 35 days or 20 GB, whichever comes first, and never a record without a snapshot behind it (design L14). */
import { appendFile, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { days } from '../../base/instant.ts';
import type { Journal } from '../../flow/journal.ts';

/** Where the journal was when a snapshot became durable. */
interface Mark {
  readonly at: number;
  readonly sequence: number;
}

const keptFor = days(35);
const mostBytes = 20 * 1024 ** 3;

export class JournalRetention {
  readonly #journal: Journal;
  readonly #folder: string;
  readonly #marksFile: string;

  constructor(options: { readonly journal: Journal; readonly data: string }) {
    this.#journal = options.journal;
    this.#folder = join(options.data, 'journal');
    this.#marksFile = join(options.data, 'journal-marks.ndjson');
  }

  /** A snapshot up to this sequence is on disk and verified. */
  async mark(at: number, sequence: number): Promise<void> {
    await appendFile(this.#marksFile, `${JSON.stringify({ at, sequence } satisfies Mark)}\n`);
  }

  /** Deletes whole segments that are too old or too many; answers how many went. */
  async trim(now: number): Promise<number> {
    const marks = await this.#marks();
    const old = marks.filter(({ at }) => at <= now - keptFor).at(-1);
    let removed = old === undefined ? 0 : await this.#journal.trim(old.sequence);
    // The newest mark stays out: its snapshot is the only one, so what led to it may still be needed.
    const later = marks.filter((mark) => mark.at > (old?.at ?? 0)).slice(0, -1);
    for (const { sequence } of later) {
      if ((await this.#bytes()) <= mostBytes) break;
      removed += await this.#journal.trim(sequence);
    }
    const kept = marks.filter(({ at }) => at > now - keptFor);
    await writeFile(this.#marksFile, kept.map((mark) => `${JSON.stringify(mark)}\n`).join(''));
    return removed;
  }

  async #bytes(): Promise<number> {
    const sizes = (await readdir(this.#folder)).map(
      async (name) => (await stat(join(this.#folder, name))).size,
    );
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }

  async #marks(): Promise<readonly Mark[]> {
    let text: string;
    try {
      text = await readFile(this.#marksFile, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    // A line torn by a crash is left out: it only makes the journal stay a little longer.
    return text.split('\n').flatMap((line) => {
      try {
        return [JSON.parse(line) as Mark];
      } catch {
        return [];
      }
    });
  }
}
