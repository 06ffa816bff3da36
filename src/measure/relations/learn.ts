/**
 * Which alarm brings about which, learned from a recorded stream and proposed for a person to judge: a self-exciting
 * process over causes, on one device and between neighbours, fitted by expectation maximisation with delays counted over
 * spans that double (Veen and Schoenberg 2008; Marsan and Lengliné 2008).
 */
import { Fit } from './fit.ts';
import { episodesOf, type LoggedAlarm, type Neighbours } from './onsets.ts';

export interface Relation {
  readonly cause: string;
  readonly effect: string;
  readonly on: 'same' | 'adjacent';
  /** Effects put down to the cause, as a sum of probabilities. */
  readonly support: number;
  /** How many times as often the effect comes soon after the cause as it would anyway. */
  readonly lift: number;
  /** Effects on one such place per alarm of the cause. */
  readonly share: number;
  readonly delayMs: number;
  /** Twice the time by which 95 effects of 100 have shown. */
  readonly withinMs: number;
}

/** What must be seen before it is shown to a person. */
export interface Bar {
  readonly support: number;
  readonly lift: number;
  /** Later than this nothing counts as an effect. */
  readonly windowMs: number;
}

export const usualBar: Bar = { support: 5, lift: 2, windowMs: 300_000 };

const rounds = 15;

/** The best supported first. */
export function learnRelations(
  alarms: readonly LoggedAlarm[],
  next: Neighbours,
  bar: Bar = usualBar,
): readonly Relation[] {
  const fit = new Fit(episodesOf(alarms, bar.windowMs), next, bar.windowMs);
  for (let round = 0; round < rounds; round++) fit.improve();
  const found = fit
    .relations()
    .filter(
      ({ cause, effect, support, lift }) => cause !== effect && support >= bar.support && lift >= bar.lift,
    );
  return oneWay(found).sort((a, b) => b.support - a.support || (nameOf(a) < nameOf(b) ? -1 : 1));
}

const nameOf = ({ cause, effect, on }: Pick<Relation, 'cause' | 'effect' | 'on'>): string =>
  `${cause} ${effect} ${on}`;

/**
 * Of two that seem to bring about each other the clearly stronger direction is proposed; both where chance alone may have
 * made the difference (two standard deviations of a count), as where clocks tell only seconds: a person knows better.
 */
function oneWay(found: readonly Relation[]): Relation[] {
  const strengths = new Map<string, number>();
  for (const { cause, effect, support } of found) {
    const pair = `${cause} ${effect}`;
    strengths.set(pair, (strengths.get(pair) ?? 0) + support);
  }
  return found.filter(({ cause, effect }) => {
    const there = strengths.get(`${cause} ${effect}`)!;
    const back = strengths.get(`${effect} ${cause}`) ?? 0;
    return there + 2 * Math.sqrt(there + back) >= back;
  });
}
