/** Which of the relations that may be are proposed: those the stream cannot do without, and no circle of them. */
import type { Fit } from './fit.ts';
import type { Relation } from './learn.ts';

type Pair = Pick<Relation, 'cause' | 'effect'>;
interface WeighedPair extends Pair {
  /** Nats by which the stream is less likely without it. */
  readonly gain: number;
  /** Effects put down to the cause, wherever. */
  readonly support: number;
}

/**
 * A relation stands by two numbers, its shares on a device and next to it: by the criterion of Schwarz (1978) it must be worth
 * the logarithm of the number of onsets. The best explained first, none is taken that closes a circle with those before it, for
 * nothing brings about its own cause. Both of two that point at each other stay where chance alone may have made the difference (two standard
 * deviations of a count), as where clocks tell only seconds: a person knows better.
 */
export function chosenOf(fit: Fit, possible: readonly Pair[], found: readonly Relation[]): Relation[] {
  const cost = Math.log(Math.max(2, fit.count));
  const pairs = weighed(fit, possible, found)
    .filter(({ gain }) => gain > cost)
    .sort((a, b) => b.gain - a.gain || (nameOf(a) < nameOf(b) ? -1 : 1));
  const taken = new Map<string, WeighedPair>();
  const effects = new Map<string, string[]>();
  for (const pair of pairs) {
    const back = taken.get(nameOf({ cause: pair.effect, effect: pair.cause }));
    const isOpen = back !== undefined && isTossUp(pair, back);
    if (leadsTo(effects, pair, isOpen)) continue;
    taken.set(nameOf(pair), pair);
    // Of two that stay open neither direction may close further circles but the one that was taken first.
    if (!isOpen) effects.set(pair.cause, [...(effects.get(pair.cause) ?? []), pair.effect]);
  }
  return found.filter((relation) => taken.has(nameOf(relation)));
}

const nameOf = ({ cause, effect }: Pair): string => `${cause} ${effect}`;

function weighed(fit: Fit, possible: readonly Pair[], found: readonly Relation[]): WeighedPair[] {
  const supports = new Map<string, number>();
  for (const relation of found) {
    supports.set(nameOf(relation), (supports.get(nameOf(relation)) ?? 0) + relation.support);
  }
  const pairs = new Map(possible.map((pair) => [nameOf(pair), pair]));
  return [...pairs].flatMap(([name, { cause, effect }]) => {
    const support = supports.get(name);
    return support === undefined ? [] : [{ cause, effect, support, gain: fit.gainOf({ cause, effect }) }];
  });
}

const isTossUp = (a: WeighedPair, b: WeighedPair): boolean =>
  Math.abs(a.support - b.support) < 2 * Math.sqrt(a.support + b.support);

/** Whether the effect leads back to the cause; with `butDirectly` by way of others. */
function leadsTo(
  effects: ReadonlyMap<string, readonly string[]>,
  { cause, effect }: Pair,
  butDirectly: boolean,
): boolean {
  const seen = new Set([effect]);
  for (const at of seen) {
    for (const next of effects.get(at) ?? []) {
      if (next !== cause) seen.add(next);
      else if (!butDirectly || at !== effect) return true;
    }
  }
  return false;
}
