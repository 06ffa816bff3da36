/**
 * Which alarm brings about which, learned from a recorded stream and proposed for a person to judge: a self-exciting
 * process over causes, on one device and between neighbours, fitted by expectation maximisation with delays counted over
 * spans that double (Veen and Schoenberg 2008; Marsan and Lengliné 2008). Of what may be, only that is proposed without which
 * the stream would be less likely by more than a relation costs (Schwarz 1978), and what brings about each other in a circle is cut.
 */
import { chosenOf } from './choosing.ts';
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

export const usualBar: Bar = { support: 2, lift: 2, windowMs: 300_000 };

const rounds = 15;
/** After what cannot be is left out, until what it seemed to explain is put down to something else. */
const furtherRounds = 8;

/** The best supported first. */
export function learnRelations(
  alarms: readonly LoggedAlarm[],
  next: Neighbours,
  bar: Bar = usualBar,
): readonly Relation[] {
  const fit = new Fit(episodesOf(alarms, bar.windowMs), next, bar.windowMs);
  for (let round = 0; round < rounds; round++) fit.improve();
  const isShown = ({ cause, effect, support, lift }: Relation): boolean =>
    cause !== effect && support >= bar.support && lift >= bar.lift;
  const possible = fit.relations().filter(isShown);
  fit.restrict(possible);
  for (let round = 0; round < furtherRounds; round++) fit.improve();
  return chosenOf(fit, possible, fit.relations().filter(isShown)).sort(
    (a, b) => b.support - a.support || (nameOf(a) < nameOf(b) ? -1 : 1),
  );
}

const nameOf = ({ cause, effect, on }: Pick<Relation, 'cause' | 'effect' | 'on'>): string =>
  `${cause} ${effect} ${on}`;
