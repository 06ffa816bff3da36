/** Devices that the line asked about and that are still to answer: one question each, and none soon after another. */
const mostDevices = 1_000;
const mostPlaces = 16_384;
const leastApartMs = 5_000;

/** Ids of resources. */
export type AskedPlaces = ReadonlySet<string>;

export class AskedDevices {
  readonly #waiting = new Map<string, Set<string>>();
  readonly #takenAtMs = new Map<string, number>();
  readonly counters = { asks: 0, asksRefused: 0, asksAnswered: 0, asksUnanswered: 0, asksCut: 0 };

  has(device: string): boolean {
    return this.#waiting.has(device);
  }

  /** False: it was asked just now, or too many are. A question that waits takes the places of a second one in. */
  ask(device: string, places: Iterable<string>, nowMs: number): boolean {
    const isSoon = nowMs < (this.#takenAtMs.get(device) ?? Number.NEGATIVE_INFINITY) + leastApartMs;
    const known = this.#waiting.get(device);
    if (known === undefined && (isSoon || this.#waiting.size >= mostDevices)) {
      this.counters.asksRefused++;
      return false;
    }
    const waiting = known ?? new Set<string>();
    for (const place of places) {
      if (waiting.size >= mostPlaces) this.counters.asksCut++;
      else waiting.add(place);
    }
    this.#waiting.set(device, waiting);
    this.counters.asks++;
    return true;
  }

  /** What the turn that begins now is to answer. */
  take(device: string, nowMs: number): AskedPlaces | undefined {
    const places = this.#waiting.get(device);
    if (places === undefined) return undefined;
    this.#waiting.delete(device);
    this.#takenAtMs.set(device, nowMs);
    return places;
  }

  forget(device: string): void {
    this.#waiting.delete(device);
    this.#takenAtMs.delete(device);
  }
}
