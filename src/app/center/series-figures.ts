/** The series store's own numbers, asked of its thread now and then, so that whoever looks does not wait for it. */
import { seconds } from '../../base/instant.ts';
import type { Wake, World } from '../../base/world.ts';
import type { SeriesStore } from '../../flow/series.ts';

const every = seconds(2);

export class SeriesFigures {
  readonly #series: SeriesStore;
  readonly #wake: Wake;
  #figures: Readonly<Record<string, number>> = {};

  constructor({ series, world }: { readonly series: SeriesStore; readonly world: World }) {
    this.#series = series;
    this.#wake = world.every(every, () => void this.#ask());
  }

  /** By name, such as `series_records_waiting`; empty before the first answer. */
  counters(): Readonly<Record<string, number>> {
    return this.#figures;
  }

  stop(): void {
    this.#wake.cancel();
  }

  async #ask(): Promise<void> {
    // A store that cannot answer is told by its other callers; the last numbers stay.
    const found = await this.#series.stats().catch(() => undefined);
    if (found === undefined) return;
    this.#figures = Object.fromEntries(
      Object.entries(found).map(([name, value]) => [`series_${name}`, value]),
    );
  }
}
