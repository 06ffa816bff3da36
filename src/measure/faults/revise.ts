/**
 * What incidents that are over, and operators' corrections of them, say of the rules that found their causes: how often each
 * kind was put right by a person, how often each kind of resource fails, how faults show themselves. Proposed for a person
 * to judge; the values now in force count like so many cases of their own.
 */
import type { Incident } from '../../model/incident.ts';

/** What the rules say now; shares are probabilities. */
export interface PresentRules {
  /** By kind of resource. */
  readonly priors: Readonly<Record<string, number>>;
  readonly shows: Readonly<Record<'signal' | 'power', Readonly<Record<'los' | 'gasp', number>>>>;
  /** How often a terminal below a fault says nothing. */
  readonly silentLeaf: number;
}

export interface Plant {
  /** Undefined for what the topology does not hold. */
  kindOf(resource: string): string | undefined;
  /** How many resources there are of each kind. */
  readonly counts: ReadonlyMap<string, number>;
}

export interface Revision {
  /** Incidents that taught. */
  readonly faults: number;
  /** By kind of fault, the most often corrected first. */
  readonly corrections: readonly {
    readonly kind: string;
    readonly stated: number;
    readonly corrected: number;
    /** `tookOut`, `putIn`, `split`, `merged`. */
    readonly said: Readonly<Record<string, number>>;
  }[];
  readonly priors: readonly {
    readonly kind: string;
    readonly seen: number;
    /** So many would have been, by the rules now. */
    readonly expected: number;
    readonly now: number;
    readonly proposed: number;
  }[];
  readonly shows: readonly {
    readonly family: 'signal' | 'power';
    readonly symptom: 'los' | 'gasp';
    readonly terminals: number;
    readonly now: number;
    readonly proposed: number;
  }[];
  readonly silentLeaf:
    | { readonly terminals: number; readonly now: number; readonly proposed: number }
    | undefined;
}

/** The rules in force count like so many faults of a kind, and like so many terminals. */
const faultsBefore = 5;
const terminalsBefore = 200;
/** What would change less counts by its logarithm: it would change nothing. */
const worthSaying = 1.5;
/** No proposal goes further at once. */
const furthest = 10;
const supplies: ReadonlySet<string> = new Set(['house-power', 'area-power', 'site-power']);
/** Which of them is a riser in a house is known to the rules alone. */
const unclear: ReadonlySet<string> = new Set(['segment', 'riser']);

export function reviseRules(incidents: readonly Incident[], plant: Plant, rules: PresentRules): Revision {
  const over = incidents.filter(isOver);
  const taught = over.filter((incident) => saidOf(incident).length === 0 && isCertain(incident));
  return {
    faults: taught.length,
    corrections: correctionsOf(over),
    priors: priorsOf(taught, plant, rules),
    shows: showsOf(taught, rules),
    silentLeaf: silenceOf(taught, rules),
  };
}

/** Works were announced, noise is no fault, and what only came and went says nothing of its cause. */
const isOver = ({ state, actionable, planned, kind, suspected }: Incident): boolean =>
  (state === 'resolved' || state === 'closed') &&
  actionable &&
  !planned &&
  suspected !== true &&
  kind !== 'flapping' &&
  kind !== 'unexplained';

/** One that several causes would explain alike teaches nothing of any of them. */
const isCertain = ({ probability, explanation }: Incident): boolean =>
  probability >= 0.8 && explanation['indistinguishable'] === undefined;

function saidOf({ explanation }: Incident): readonly string[] {
  const operators = explanation['operators'];
  if (!Array.isArray(operators)) return [];
  return operators.flatMap((remark: unknown) => {
    const said = (remark as { readonly said?: unknown } | null)?.said;
    return typeof said === 'string' ? [said] : [];
  });
}

function correctionsOf(over: readonly Incident[]): Revision['corrections'] {
  const kinds = new Map<string, { stated: number; corrected: number; said: Record<string, number> }>();
  for (const incident of over) {
    const kind = kinds.get(incident.kind) ?? { stated: 0, corrected: 0, said: {} };
    kinds.set(incident.kind, kind);
    const said = saidOf(incident);
    kind.stated++;
    if (said.length > 0) kind.corrected++;
    for (const word of said) kind.said[word] = (kind.said[word] ?? 0) + 1;
  }
  return [...kinds]
    .map(([kind, counts]) => ({ kind, ...counts }))
    .filter(({ corrected }) => corrected > 0)
    .sort((a, b) => b.corrected / b.stated - a.corrected / a.stated || (a.kind < b.kind ? -1 : 1));
}

/** Priors weigh kinds of resources against each other: as many faults as there were are shared out by them. */
function priorsOf(taught: readonly Incident[], plant: Plant, { priors }: PresentRules): Revision['priors'] {
  const kinds = Object.keys(priors)
    .filter((kind) => !unclear.has(kind) && (plant.counts.get(kind) ?? 0) > 0)
    .sort();
  const seen = new Map(kinds.map((kind) => [kind, 0]));
  for (const { root } of taught) {
    const kind = root === undefined ? undefined : plant.kindOf(root);
    if (kind !== undefined && seen.has(kind)) seen.set(kind, seen.get(kind)! + 1);
  }
  const all = [...seen.values()].reduce((sum, count) => sum + count, 0);
  const weights = new Map(kinds.map((kind) => [kind, priors[kind]! * plant.counts.get(kind)!]));
  const weight = [...weights.values()].reduce((sum, one) => sum + one, 0);
  return kinds.flatMap((kind) => {
    const expected = (all * weights.get(kind)!) / weight;
    const ratio = (seen.get(kind)! + faultsBefore) / (expected + faultsBefore);
    const now = priors[kind]!;
    const proposed = now * Math.min(furthest, Math.max(1 / furthest, ratio));
    return isNews(now, proposed) ? [{ kind, seen: seen.get(kind)!, expected, now, proposed }] : [];
  });
}

function showsOf(taught: readonly Incident[], { shows }: PresentRules): Revision['shows'] {
  return (['signal', 'power'] as const).flatMap((family) => {
    const counts = { los: 0, gasp: 0 };
    for (const { kind, explanation } of taught) {
      if (explanation['population'] !== 'down' || (family === 'power') !== supplies.has(kind)) continue;
      const symptoms = explanation['symptoms'] as Readonly<Record<string, unknown>> | undefined;
      for (const symptom of ['los', 'gasp'] as const) counts[symptom] += Number(symptoms?.[symptom]) || 0;
    }
    const terminals = counts.los + counts.gasp;
    return (['los', 'gasp'] as const).flatMap((symptom) => {
      const now = shows[family][symptom];
      const proposed = (counts[symptom] + terminalsBefore * now) / (terminals + terminalsBefore);
      return isNews(now, proposed) ? [{ family, symptom, terminals, now, proposed }] : [];
    });
  });
}

function silenceOf(taught: readonly Incident[], { silentLeaf: now }: PresentRules): Revision['silentLeaf'] {
  let [silent, terminals] = [0, 0];
  for (const { explanation } of taught) {
    if (explanation['rule'] !== 'tree' || explanation['population'] !== 'down') continue;
    silent += Number(explanation['silent']) || 0;
    terminals += (Number(explanation['silent']) || 0) + (Number(explanation['spoken']) || 0);
  }
  const proposed = (silent + terminalsBefore * now) / (terminals + terminalsBefore);
  return isNews(now, proposed) ? { terminals, now, proposed } : undefined;
}

const isNews = (now: number, proposed: number): boolean =>
  proposed / now >= worthSaying || now / proposed >= worthSaying;
