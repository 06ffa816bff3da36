/**
 * What the counters of a device's interfaces advanced since the last poll, and where they do not go on from there.
 *
 * Invariants: never negative, never a spike. A Counter64 that went back, a discontinuity time that moved (RFC 2863
 * ifCounterDiscontinuityTime), a restart or another width begin anew. A Counter32 may have wrapped once, as long as the
 * interface is not too fast for that (RFC 2863 section 3.1.6).
 */
import type { PortsSeen } from './seen.ts';

const wrapsAt = 2 ** 32;
/** The smallest Ethernet frame: more packets than speed / this cannot pass in a second. */
const leastPacketBits = 512;
/** Speeds are nominal and moments are rounded. */
const tolerance = 1.2;
/** No interface is this fast: a counter that jumps so was set. */
const absurdPerSecond = 1e15 / 8;

export interface Interval {
  readonly elapsedMs: number;
  readonly isRestarted: boolean;
}

export class Counters {
  #names: readonly string[] = [];
  #isOctets: readonly boolean[] = [];
  #bits = new Uint8Array(0);
  #values = new Uint32Array(0);
  #discontinuity = new Uint32Array(0);
  /** Of the port judged last, by number of name; NaN where there is no word. */
  gains = new Float64Array(0);

  /** Room for so many ports of these counters; other counters begin anew. */
  prepare(names: readonly string[], ports: number): void {
    const isSame =
      names === this.#names || (names.length === this.#names.length && names.every(this.#isNamed));
    if (!isSame) {
      this.#bits = new Uint8Array(0);
      this.#values = new Uint32Array(0);
      this.#isOctets = names.map((name) => name.endsWith('Octets'));
      this.gains = new Float64Array(names.length);
    }
    this.#names = names;
    const cells = ports * names.length;
    if (cells > this.#bits.length || ports > this.#discontinuity.length) {
      this.#bits = widened(this.#bits, new Uint8Array(cells));
      this.#values = widened(this.#values, new Uint32Array(cells * 2));
      this.#discontinuity = widened(this.#discontinuity, new Uint32Array(ports));
    }
  }

  /** The port's next reading has nothing before it. */
  forget(port: number): void {
    const width = this.#names.length;
    this.#bits.fill(0, port * width, (port + 1) * width);
  }

  /** False when the counters of the row do not go on from the port's last reading; else `gains` says what they advanced. */
  advance(
    place: { readonly port: number; readonly row: number },
    seen: PortsSeen,
    interval: Interval,
  ): boolean {
    const { port, row } = place;
    const isSet = this.#discontinuity[port] !== seen.discontinuity[row];
    this.#discontinuity[port] = seen.discontinuity[row]!;
    let goesOn = !isSet && !interval.isRestarted;
    const { bits, hi, lo } = seen.counters;
    const { gains } = this;
    const [keptBits, kept] = [this.#bits, this.#values];
    const width = this.#names.length;
    const bitRate = seen.speedBps[row]!;
    const seconds = interval.elapsedMs / 1_000;
    const absurd = absurdPerSecond * seconds;
    for (let i = 0; i < width; i++) {
      const at = row * width + i;
      const was = port * width + i;
      const [before, now] = [keptBits[was]!, bits[at]!];
      // Most devices have but some of the counters of their profile.
      if (now === 0) {
        keptBits[was] = 0;
        gains[i] = Number.NaN;
        continue;
      }
      const gain = (hi[at]! - kept[was * 2]!) * wrapsAt + (lo[at]! - kept[was * 2 + 1]!);
      keptBits[was] = now;
      kept[was * 2] = hi[at]!;
      kept[was * 2 + 1] = lo[at]!;
      let checked = gain;
      if (before === 0) checked = Number.NaN;
      else if (before !== now) checked = -1;
      else if (now === 32) {
        const bitsEach = this.#isOctets[i] === true ? 8 : leastPacketBits;
        checked = unwrapped(gain, (bitRate / bitsEach) * seconds * tolerance);
      } else if (gain > absurd) checked = -1;
      gains[i] = checked;
      if (checked < 0) goesOn = false;
    }
    return goesOn;
  }

  readonly #isNamed = (name: string, i: number): boolean => name === this.#names[i];
}

/** The gain of a Counter32 with one wrap undone; NaN where nobody can tell, -1 where it was set. `most` is what can pass. */
function unwrapped(gain: number, most: number): number {
  // It may have gone round more than once: neither direction says anything.
  if (most >= wrapsAt) return Number.NaN;
  if (gain >= 0) return gain;
  const wrapped = gain + wrapsAt;
  return most > 0 && wrapped <= most ? wrapped : -1;
}

function widened<T extends Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(before: T, wider: T): T {
  wider.set(before);
  return wider;
}
