/** Answers of megabytes: written in pieces as the caller takes them, so many at once, and who stopped reading makes room. */
import { Readable } from 'node:stream';
import { turnOf } from '../../base/slices.ts';
import type { World } from '../../base/world.ts';
import { jsonPieces } from './json-pieces.ts';

/** Written before the caller takes them: some 100 kB each. */
const piecesAhead = 4;
/** Each keeps what it tells of until it was told: of a large device some 50 MB. */
const places = 8;
/** A caller that took nothing for so long makes room when somebody else needs it. */
const stalledMs = 2_000;

interface Telling {
  readonly text: Readable;
  /** Monotonic: when the caller last took a piece. */
  takenAt: number;
}

export class LongReplies {
  readonly #world: World;
  readonly #under = new Set<Telling>();
  #cut = 0;
  #refused = 0;

  constructor(world: World) {
    this.#world = world;
  }

  get counters(): { readonly longRepliesCut: number; readonly longRepliesRefused: number } {
    return { longRepliesCut: this.#cut, longRepliesRefused: this.#refused };
  }

  /** Text to send; what is one piece needs no place. Undefined: there is no room, and the caller is to come again. */
  text(body: unknown): string | Readable | undefined {
    const pieces = jsonPieces(body);
    const first = pieces.next().value as string;
    const second = pieces.next();
    if (second.done === true) return first;
    return this.made([first, second.value], pieces);
  }

  /** What is made as it is taken; undefined as above. */
  made(begun: readonly string[], rest: Iterable<string> | AsyncIterable<string>): Readable | undefined {
    if (this.#makeRoom()) return this.#told(begun, rest);
    this.#refused++;
    return undefined;
  }

  /** The one that took nothing for the longest is cut off. */
  #makeRoom(): boolean {
    if (this.#under.size < places) return true;
    const [slowest] = [...this.#under].sort((a, b) => a.takenAt - b.takenAt);
    if (slowest === undefined || this.#world.monotonicMs() - slowest.takenAt < stalledMs) return false;
    this.#cut++;
    this.#under.delete(slowest);
    slowest.text.destroy(new Error('the caller does not read'));
    return true;
  }

  #told(begun: readonly string[], rest: Iterable<string> | AsyncIterable<string>): Readable {
    const world = this.#world;
    const taken = (): void => {
      telling.takenAt = world.monotonicMs();
    };
    // A turn of the event loop between two pieces; no faster than the caller takes them.
    async function* pieces(): AsyncGenerator<string> {
      yield* begun;
      for await (const piece of rest) {
        taken();
        yield piece;
        await turnOf(world);
      }
    }
    const text = Readable.from(pieces(), { highWaterMark: piecesAhead });
    const telling: Telling = { text, takenAt: world.monotonicMs() };
    this.#under.add(telling);
    text.once('close', () => this.#under.delete(telling));
    return text;
  }
}
