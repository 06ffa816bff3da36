/** Since when an incident touches whom: those who joined later have a later beginning, as its revisions tell. */
import type { Instant } from '../../base/instant.ts';
import { type Range, shared, without } from '../../base/ranges.ts';
import type { Book } from '../../edge/book/book.ts';
import type { Impact, Incident } from '../../model/incident.ts';

/** Whoever is in none of these was there from the beginning of the incident. */
export type Joined = readonly { readonly at: Instant; readonly ranges: readonly Range[] }[];

const mostHeld = 50;

export class AffectedSince {
  readonly #book: Pick<Book, 'revisionBefore'>;
  readonly #held = new Map<string, { readonly key: string; readonly joined: Promise<Joined> }>();

  constructor(book: Pick<Book, 'revisionBefore'>) {
    this.#book = book;
  }

  /** Looked up once for each revision. */
  async joined({ id }: Pick<Incident, 'id'>, impact: Impact): Promise<Joined> {
    const key = `${impact.topologyVersion} ${impact.revision}`;
    const known = this.#held.get(id);
    if (known?.key === key) return known.joined;
    this.#held.delete(id);
    for (const oldest of this.#held.keys()) if (this.#held.size >= mostHeld) this.#held.delete(oldest);
    const entry = { key, joined: this.#look(impact) };
    this.#held.set(id, entry);
    entry.joined.catch(() => this.#held.get(id) === entry && this.#held.delete(id));
    return entry.joined;
  }

  /** From the newest back, until nobody is left who was not there before, or another network was in force. */
  async #look({ incident, revision, ranges }: Impact): Promise<Joined> {
    const found: { at: Instant; ranges: readonly Range[] }[] = [];
    let steady: readonly Range[] = ranges;
    let newer = await this.#book.revisionBefore({ incident, revision: revision + 1 });
    while (newer?.isComparable === true && steady.length > 0) {
      const older = await this.#book.revisionBefore({ incident, revision: newer.revision });
      if (older === undefined) break;
      const came = without(steady, older.ranges);
      if (came.length > 0) found.push({ at: newer.at, ranges: came });
      steady = shared(steady, older.ranges);
      newer = older;
    }
    return found;
  }
}
