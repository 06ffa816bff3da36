/** Correlation rules as they are asked for with every alarm: look-ups made once a rule set. */
import type { FaultKind } from '../model/incident.ts';
import type { CorrelationRules, Following, Silence } from './rules.ts';
import type { Family, Population, Symptom } from './symptoms.ts';

export class RuleTable {
  readonly rules: CorrelationRules;
  readonly silence: Silence;
  readonly #symptoms: ReadonlyMap<string, Symptom>;
  readonly #priors: ReadonlyMap<string, number>;
  readonly #speaks: ReadonlySet<string>;
  readonly #probed: ReadonlyMap<string, { readonly kind: FaultKind; readonly rank: number }>;
  readonly #upkeep: ReadonlySet<string>;
  readonly #anyPrior: number;
  readonly #causes = new Map<string, Following[]>();
  readonly #mute: ReadonlySet<string>;

  constructor(rules: CorrelationRules) {
    this.rules = rules;
    this.silence = rules.silence;
    this.#symptoms = new Map(Object.entries(rules.symptoms));
    const resources = Object.entries(rules.resources);
    this.#priors = new Map(
      resources.flatMap(([kind, { prior }]) => (prior === undefined ? [] : [[kind, prior]])),
    );
    this.#anyPrior = this.#priors.get('*')!;
    this.#speaks = new Set(resources.flatMap(([kind, { speaks }]) => (speaks === true ? [kind] : [])));
    this.#mute = new Set(resources.flatMap(([kind, { gasps }]) => (gasps === false ? [kind] : [])));
    this.#probed = new Map(rules.probes.map(([cause, kind], rank) => [cause, { kind, rank }]));
    this.#upkeep = new Set(rules.upkeep);
    for (const one of rules.follows) {
      const known = this.#causes.get(one.effect);
      if (known === undefined) this.#causes.set(one.effect, [one]);
      else known.push(one);
    }
  }

  symptomOf(cause: string): Symptom {
    return this.#symptoms.get(cause) ?? 'other';
  }

  /** How often a fault shows this, where it lies in the way of the signal or of the power. */
  likelihood(family: Family, symptom: Symptom): number {
    return this.rules.shows[family][symptom];
  }

  prior(resourceKind: string): number {
    return this.#priors.get(resourceKind) ?? this.#anyPrior;
  }

  /** The resource that speaks is itself the cause. */
  alonePrior(resourceKind: string, symptom: Symptom, isLeaf: boolean): number {
    const { alone } = this.rules;
    if (isLeaf) return symptom === 'gasp' ? alone.gasp : alone.other;
    return this.prior(resourceKind) + this.likelihood('signal', symptom);
  }

  /** It sends an alarm of its own when it fails. */
  speaksForItself(resourceKind: string): boolean {
    return this.#speaks.has(resourceKind);
  }

  /** It has no dying gasp. */
  isMute(resourceKind: string): boolean {
    return this.#mute.has(resourceKind);
  }

  /** The fault that a probe found; undefined for what no probe finds. */
  probedKind(cause: string): FaultKind | undefined {
    return this.#probed.get(cause)?.kind;
  }

  /** 0 is the worst that probes find; -1 for what no probe finds. */
  probedRank(cause: string): number {
    return this.#probed.get(cause)?.rank ?? -1;
  }

  isUpkeep(cause: string): boolean {
    return this.#upkeep.has(cause);
  }

  /** What may bring about an alarm of that cause. */
  causesOf(effect: string): readonly Following[] {
    return this.#causes.get(effect) ?? [];
  }

  /** The fault kind of the contract for a cause at a resource of that kind. */
  faultKind(resourceKind: string, population: Population): FaultKind {
    if (population === 'session') return 'config';
    const { resources } = this.rules;
    const rule = Object.hasOwn(resources, resourceKind) ? resources[resourceKind] : undefined;
    if (population === 'degraded' && rule?.degraded !== undefined) return rule.degraded;
    const kind = rule?.fault ?? resources['*']!.fault!;
    // What is degraded works: nobody is told that a device is down whose parts are hot, dim or noisy.
    return population === 'degraded' && kind === 'node-down' ? 'unexplained' : kind;
  }
}
