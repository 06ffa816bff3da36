/**
 * Whether terminals that lost light, or fell silent, without a last word lost their mains: by who else gasped, and by how
 * they fell.
 */
import type { Ancestry } from './ancestry.ts';
import type { RuleTable } from './rule-table.ts';
import type { Evidence } from './tally.ts';

interface Mute {
  /** Pieces that lost light, by weight. */
  los: number;
  /** Pieces that polls found silent. */
  silent: number;
  hasGasped: boolean;
  readonly canGasp: boolean;
  readonly isKnownToGasp: boolean;
  /** Of those not decided yet: how many, when the first and the last of them said so, and the sum of these times. */
  told: number;
  first: number;
  last: number;
  sum: number;
}

/** What is said below one supply, by head and by whether the kind can gasp. */
export class LastWords {
  readonly #of = new Map<number, Mute>();

  /** `head` serves it. */
  add(ancestry: Ancestry, head: number, { place, symptom, weight, firstAt, heldBy }: Evidence): void {
    const canGasp = !ancestry.rules.isMute(ancestry.kindOf(place));
    const key = 2 * head + (canGasp ? 1 : 0);
    const known = this.#of.get(key) ?? {
      ...{
        los: 0,
        silent: 0,
        hasGasped: false,
        canGasp,
        isKnownToGasp: ancestry.habits.gasping.has(ancestry.idOf(head)),
      },
      ...{ told: 0, first: Number.POSITIVE_INFINITY, last: 0, sum: 0 },
    };
    this.#of.set(key, known);
    if (symptom === 'gasp') known.hasGasped = true;
    else if (symptom === 'los') known.los += weight;
    else known.silent += weight;
    if (symptom !== 'los' || heldBy !== undefined) return;
    known.told++;
    known.first = Math.min(known.first, firstAt);
    known.last = Math.max(known.last, firstAt);
    known.sum += firstAt;
  }

  get hasGasped(): boolean {
    for (const { hasGasped } of this.#of.values()) if (hasGasped) return true;
    return false;
  }

  /**
   * Terminals of one head gasp alike: where none did, either each lost its last word, or none of them has one and lost light
   * is how they tell of lost mains. Of a kind that mostly has none some models do. Where a head told nothing at all and polls
   * find who is dark, that says as little of light as of mains. In thousandths of a nat.
   */
  gain({ silence, rules }: RuleTable): number {
    let gain = 0;
    const { signal, power } = rules.shows;
    for (const mute of this.#of.values()) {
      if (mute.hasGasped || (mute.isKnownToGasp && mute.los > 0)) continue;
      const said = mute.los * (signal.los - power.los) + mute.silent * (signal.silent - power.silent);
      const known = said + (mute.canGasp ? silence.mute : silence.muteKind);
      gain += Math.max(0, known + staggered(mute));
    }
    return gain;
  }
}

/**
 * A cut takes the light of all at one instant, which a head tells of one after the other; without mains each falls when its
 * capacitors are empty, within some seconds: exponential against even delays, as far as such habits can be relied on.
 */
function staggered({ told, first, last, sum }: Mute): number {
  if (told < fewestTold || last - first > longestFallMs) return 0;
  const delayMs = usualDelayMs + told * tellsInMs;
  const nats = told * Math.log(delayMs / fallMs) + (sum - told * first) / delayMs;
  return Math.round(1_000 * Math.max(-mostNats, Math.min(mostNats, nats)));
}

const fewestTold = 4;
const usualDelayMs = 500;
/** A head tells of some hundred terminals in a second. */
const tellsInMs = 3;
const fallMs = 4_400;
const longestFallMs = 7_000;
const mostNats = 9;
