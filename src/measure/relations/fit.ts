/** Shares out every onset between what came before it near by and chance, again and again until both agree. */
import type { Relation } from './learn.ts';
import type { Neighbours, Onsets } from './onsets.ts';

const spans = 12;
const spanOf = (delayMs: number): number => Math.min(spans - 1, 32 - Math.clz32(delayMs / 1_000));
const lengthOf = (span: number): number => (span === 0 ? 1 : 2 ** (span - 1));
/** The nearest before it in time; a storm has more, which tell no more. */
const mostParents = 24;
/** So many alarms' worth is the opinion that an alarm brings about little. */
const doubt = 10;
/** Rounds after which the process of one effect has settled again without one of its causes. */
const refits = 8;

export class Fit {
  readonly #onsets: Onsets;
  readonly #seconds: number;
  /** For each onset where its possible causes begin in the columns below. */
  readonly #starts: Int32Array;
  readonly #parents: Int32Array;
  /** 0 on the same device, 1 next to it. */
  readonly #places: Uint8Array;
  readonly #delays: Uint8Array;
  /** Chances that an alarm of the cause had, on its device and next to it. */
  readonly #exposure: readonly [Float64Array, Float64Array];
  /** By place, cause and effect: expected effects a chance. */
  #shares: Float64Array;
  #support: Float64Array;
  /** By the same and span. */
  #spread: Float64Array;
  #density: Float64Array;
  /** By device and cause: by itself, a second. */
  readonly #rates: Map<number, number>;
  /** Onsets of each cause. */
  readonly #onsetsOf: readonly number[][];
  /** With all that is possible, by effect; asked for once. */
  readonly #likelihoods: number[] = [];
  /** By cause and effect: 0 where the one is taken to bring about none of the other. */
  readonly #isPossible: Uint8Array;

  constructor(onsets: Onsets, next: Neighbours, windowMs: number) {
    this.#onsets = onsets;
    const { at, cause, device, devices, causes } = onsets;
    this.#seconds = Math.max(1, ((at.at(-1) ?? 0) - (at[0] ?? 0)) / 1_000);
    const around = neighboursIn(devices, next);
    const found = parentsOf(onsets, around, windowMs);
    this.#starts = found.starts;
    this.#parents = Int32Array.from(found.parents);
    this.#places = Uint8Array.from(found.places);
    this.#delays = Uint8Array.from(found.delays, spanOf);
    const pairs = causes.length * causes.length * 2;
    this.#exposure = [new Float64Array(causes.length), new Float64Array(causes.length)];
    this.#rates = new Map();
    this.#onsetsOf = causes.map(() => []);
    this.#isPossible = new Uint8Array(causes.length * causes.length).fill(1);
    for (let i = 0; i < at.length; i++) {
      this.#onsetsOf[cause[i]!]!.push(i);
      this.#exposure[0][cause[i]!]! += 1;
      this.#exposure[1][cause[i]!]! += around[device[i]!]!.length;
      const key = this.#key(i);
      this.#rates.set(key, (this.#rates.get(key) ?? 0) + 1 / this.#seconds);
    }
    this.#shares = new Float64Array(pairs).fill(0.01);
    this.#support = new Float64Array(pairs);
    this.#spread = new Float64Array(pairs * spans);
    this.#density = Float64Array.from({ length: 2 * spans }, (_, i) => 1 / (spans * lengthOf(i % spans)));
  }

  #key(onset: number): number {
    return this.#onsets.device[onset]! * this.#onsets.causes.length + this.#onsets.cause[onset]!;
  }

  /** One round of expectation and maximisation. */
  improve(): void {
    const { cause, at, causes } = this.#onsets;
    this.#support.fill(0);
    this.#spread.fill(0);
    const own = new Map<number, number>();
    const seen = new Float64Array(2 * spans);
    for (let i = 0; i < at.length; i++) {
      const key = this.#key(i);
      const rate = this.#rates.get(key)!;
      let total = rate;
      const from = this.#starts[i]!;
      const to = this.#starts[i + 1]!;
      for (let n = from; n < to; n++) total += this.#rateOf(n, cause[i]!);
      for (let n = from; n < to; n++) {
        const weight = this.#rateOf(n, cause[i]!) / total;
        const pair = this.#pairOf(n, cause[i]!);
        const span = this.#delays[n]!;
        this.#support[pair]! += weight;
        this.#spread[pair * spans + span]! += weight;
        seen[this.#places[n]! * spans + span]! += weight;
      }
      own.set(key, (own.get(key) ?? 0) + rate / total);
    }
    for (const [key, count] of own) this.#rates.set(key, Math.max(count, 0.1) / this.#seconds);
    for (const place of [0, 1] as const) {
      const chances = this.#exposure[place];
      for (let a = 0; a < causes.length; a++) {
        for (let b = 0; b < causes.length; b++) {
          const pair = (place * causes.length + a) * causes.length + b;
          const isPossible = this.#isPossible[a * causes.length + b] === 1;
          this.#shares[pair] = isPossible ? this.#support[pair]! / (chances[a]! + doubt) : 0;
        }
      }
      const all = seen.subarray(place * spans, (place + 1) * spans).reduce((sum, one) => sum + one, 0);
      for (let span = 0; span < spans; span++) {
        this.#density[place * spans + span] =
          (seen[place * spans + span]! + 0.1) / ((all + 0.1 * spans) * lengthOf(span));
      }
    }
  }

  /** Everything that was put down to something, by cause, effect and place. */
  relations(): Relation[] {
    const { causes } = this.#onsets;
    const byEffect = new Float64Array(causes.length);
    for (const [key, rate] of this.#rates) byEffect[key % causes.length]! += rate;
    const found: Relation[] = [];
    for (const place of [0, 1] as const) {
      for (let a = 0; a < causes.length; a++) {
        for (let b = 0; b < causes.length; b++) {
          const pair = (place * causes.length + a) * causes.length + b;
          const support = this.#support[pair]!;
          if (support < 1) continue;
          const spread = this.#spread.subarray(pair * spans, (pair + 1) * spans);
          const chances = this.#exposure[place][a]!;
          const { delayMs, withinMs } = delayOf(spread, support);
          // On any device the effect comes by itself so often within the time in which the cause shows.
          const byChance = (byEffect[b]! / this.#onsets.devices.length) * (withinMs / 1_000) * chances;
          found.push({
            ...{ cause: causes[a]!, effect: causes[b]!, on: place === 0 ? 'same' : 'adjacent' },
            ...{ support, lift: (support + byChance) / byChance, share: support / chances },
            ...{ delayMs, withinMs },
          });
        }
      }
    }
    return found;
  }

  /** From here on only these pairs, and what an alarm brings about of its own kind. */
  restrict(pairs: readonly Pick<Relation, 'cause' | 'effect'>[]): void {
    const { causes } = this.#onsets;
    this.#isPossible.fill(0);
    for (const cause of causes.keys()) this.#isPossible[cause * causes.length + cause] = 1;
    for (const { cause, effect } of pairs) {
      this.#isPossible[causes.indexOf(cause) * causes.length + causes.indexOf(effect)] = 1;
    }
  }

  /** How many nats less likely the onsets of an effect would be if that cause brought about none of them. */
  gainOf({ cause, effect }: Pick<Relation, 'cause' | 'effect'>): number {
    const { causes } = this.#onsets;
    const of = causes.indexOf(effect);
    this.#likelihoods[of] ??= this.#likelihoodOf(of, -1);
    return this.#likelihoods[of] - this.#likelihoodOf(of, causes.indexOf(cause));
  }

  /** Onsets in all. */
  get count(): number {
    return this.#onsets.at.length;
  }

  /**
   * Of the onsets of one effect, whose process is fitted anew with all possible causes but one, the delays staying as they
   * are: no parameter of it stands in the likelihood of another effect.
   */
  #likelihoodOf(effect: number, without: number): number {
    const { cause, device, causes } = this.#onsets;
    const onsets = this.#onsetsOf[effect]!;
    const slots = causes.length * 2;
    const shares = Float64Array.from({ length: slots }, (_, slot) =>
      slot % causes.length === without ? 0 : this.#shares[slot * causes.length + effect]!,
    );
    const rates = new Map(onsets.map((i) => [device[i]!, this.#rates.get(this.#key(i))!]));
    const slotOf = (n: number): number => this.#places[n]! * causes.length + cause[this.#parents[n]!]!;
    const rateOf = (n: number): number =>
      shares[slotOf(n)]! * this.#density[this.#places[n]! * spans + this.#delays[n]!]!;
    const chances = (slot: number): number =>
      this.#exposure[slot < causes.length ? 0 : 1][slot % causes.length]!;
    let likelihood = 0;
    for (let round = 0; round <= refits; round++) {
      const support = new Float64Array(slots);
      const own = new Map<number, number>();
      likelihood = 0;
      for (const i of onsets) {
        const rate = rates.get(device[i]!)!;
        let total = rate;
        for (let n = this.#starts[i]!; n < this.#starts[i + 1]!; n++) total += rateOf(n);
        for (let n = this.#starts[i]!; n < this.#starts[i + 1]!; n++)
          support[slotOf(n)]! += rateOf(n) / total;
        own.set(device[i]!, (own.get(device[i]!) ?? 0) + rate / total);
        likelihood += Math.log(total);
      }
      for (const rate of rates.values()) likelihood -= rate * this.#seconds;
      shares.forEach((share, slot) => {
        likelihood -= share * chances(slot);
      });
      if (round === refits) break;
      for (const [where, count] of own) rates.set(where, Math.max(count, 0.1) / this.#seconds);
      shares.forEach((share, slot) => {
        if (share > 0) shares[slot] = support[slot]! / (chances(slot) + doubt);
      });
    }
    return likelihood;
  }

  #pairOf(n: number, effect: number): number {
    const { cause, causes } = this.#onsets;
    return (this.#places[n]! * causes.length + cause[this.#parents[n]!]!) * causes.length + effect;
  }

  #rateOf(n: number, effect: number): number {
    return (
      this.#shares[this.#pairOf(n, effect)]! * this.#density[this.#places[n]! * spans + this.#delays[n]!]!
    );
  }
}

function neighboursIn(devices: readonly string[], next: Neighbours): readonly (readonly number[])[] {
  const numbers = new Map(devices.map((device, number) => [device, number]));
  return devices.map((device) => next(device).flatMap((other) => numbers.get(other) ?? []));
}

/** What came before each onset, or at the same instant, on its device and next to it. */
function parentsOf(
  { at, device, devices }: Onsets,
  around: readonly (readonly number[])[],
  windowMs: number,
) {
  const recent: number[][] = devices.map(() => []);
  const starts = new Int32Array(at.length + 1);
  const parents: number[] = [];
  const places: number[] = [];
  const delays: number[] = [];
  for (let i = 0; i < at.length; ) {
    let end = i;
    for (; end < at.length && at[end] === at[i]; end++) {
      const here = recent[device[end]!]!;
      here.push(end);
      while (here.length > 0 && at[end]! - at[here[0]!]! > windowMs) here.shift();
    }
    for (; i < end; i++) {
      const before = parents.length;
      const own = device[i]!;
      for (const [n, where] of [own, ...around[own]!].entries()) {
        for (const parent of recent[where]!.slice(-mostParents)) {
          if (parent === i || at[i]! - at[parent]! > windowMs) continue;
          parents.push(parent);
          places.push(n === 0 ? 0 : 1);
          delays.push(at[i]! - at[parent]!);
        }
      }
      starts[i] = before;
    }
  }
  starts[at.length] = parents.length;
  return { starts, parents, places, delays };
}

function delayOf(
  spread: Float64Array,
  support: number,
): { readonly delayMs: number; readonly withinMs: number } {
  let sum = 0;
  let delay = 0;
  let within = 0;
  for (let span = 0; span < spans; span++) {
    const middle = span === 0 ? 0.5 : lengthOf(span) * 1.5;
    delay += (spread[span]! / support) * middle;
    if (sum < 0.95 * support) within = span === 0 ? 1 : lengthOf(span) * 2;
    sum += spread[span]!;
  }
  return { delayMs: Math.round(delay * 1_000), withinMs: 2 * within * 1_000 };
}
