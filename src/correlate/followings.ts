/** What rules say of which alarm brings about which, asked for with every alarm. */
import type { RuleTable } from './rule-table.ts';
import type { Following } from './rules.ts';

/** Of alarms that rules name, others follow each other this much more rarely than of those nobody wrote about. */
const unnamedShare = 0.1;

export class Followings {
  readonly #byPair = new Map<string, Following>();
  readonly #named = new Set<string>();
  readonly #longest = new Map<string, number>();

  constructor(table: RuleTable) {
    for (const following of table.rules.follows) {
      const { cause, effect, on, withinMs } = following;
      // What lies in the way of signal or power is explained by it, whatever it follows.
      if (table.symptomOf(effect) !== 'other') continue;
      this.#byPair.set(`${on} ${cause} ${effect}`, following);
      this.#named.add(cause).add(effect);
      this.#longest.set(cause, Math.max(this.#longest.get(cause) ?? 0, withinMs));
    }
  }

  /** How long after it something may follow by a rule; 0 when by none. */
  longestAfter(cause: string): number {
    return this.#longest.get(cause) ?? 0;
  }

  /** What a rule says of the two; undefined where none does. */
  of(pair: {
    readonly cause: string;
    readonly effect: string;
    readonly near: boolean;
  }): Following | undefined {
    return this.#byPair.get(`${pair.near ? 'adjacent' : 'same'} ${pair.cause} ${pair.effect}`);
  }

  /** How much less than usual it is that one follows the other: rules that name both, but not together, say something. */
  unsaid(cause: string, effect: string): number {
    return this.#named.has(cause) && this.#named.has(effect) ? unnamedShare : 1;
  }
}
