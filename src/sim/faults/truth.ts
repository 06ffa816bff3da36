/** The answers: which raises belong to which fault, its roots, whom it hit, and what of the noise looks like a fault. */
import { second } from './chance.ts';
import type { Lines } from './lines.ts';
import type { NoiseLog } from './noise.ts';
import { listed, type Plant } from './plant/plant.ts';
import type { Fault } from './scene.ts';

interface TruthFault {
  readonly id: string;
  readonly kind: string;
  readonly kinds: readonly string[];
  readonly root: string;
  readonly roots: readonly string[];
  readonly ambiguous: boolean;
  readonly startAt: number;
  readonly endAt: number;
  readonly decidableAt: number;
  readonly alarms: readonly string[];
  readonly optional: readonly string[];
  readonly subscribers: number;
  readonly affected: { readonly under: readonly string[]; readonly except: readonly string[] };
  readonly planned: boolean;
  readonly works?: string | undefined;
  /** A form of its kind that is worth a figure of its own, such as `second-cut`. */
  readonly variant?: string | undefined;
}

export interface Truth {
  readonly faults: readonly TruthFault[];
  readonly noiseGroups: readonly (readonly string[])[];
  readonly tolerated: readonly (readonly string[])[];
  readonly optional: readonly string[];
  readonly from: number;
  readonly to: number;
}

interface Played {
  readonly plant: Plant;
  readonly faults: readonly Fault[];
  readonly noise: NoiseLog;
  readonly lines: Lines;
  readonly from: number;
  readonly to: number;
}

export function truthOf(played: Played): Truth {
  const { faults, from, to } = played;
  const heard = hear(played);
  const impact = new Impact(played.plant);
  const optional = [...heard.unjudged];
  const told: TruthFault[] = [];
  for (const fault of faults) {
    const raises = heard.ofFault.get(fault.index);
    // Over before anybody could hear of it: no fault for anybody.
    if (raises === undefined || raises.every((raise) => raise.isOptional)) {
      for (const raise of raises ?? []) optional.push(raise.id);
      continue;
    }
    told.push(tell(played, fault, { raises, impact }));
  }
  return {
    faults: told,
    noiseGroups: heard.groups.filter((group) => group.length > 1),
    tolerated: heard.tolerated,
    optional,
    from,
    to,
  };
}

interface HeardRaise {
  readonly id: string;
  readonly at: number;
  readonly resource: number;
  readonly isOptional: boolean;
}

interface Heard {
  readonly ofFault: ReadonlyMap<number, readonly HeardRaise[]>;
  readonly groups: readonly (readonly string[])[];
  readonly tolerated: readonly (readonly string[])[];
  readonly unjudged: readonly string[];
}

function hear({ lines, noise, plant }: Played): Heard {
  const ofFault = new Map<number, HeardRaise[]>();
  const groups = new Map<number, string[]>();
  const gasped = new Set<number>();
  const alone = new Set<number>();
  const together = new Coincidences(plant);
  const unjudged: string[] = [];
  for (const { id, at, resource, cause, owner, isOptional } of lines.raises()) {
    if (owner >= 0) {
      listed(ofFault, owner).push({ id, at, resource, isOptional });
      continue;
    }
    const number = -1 - owner;
    listed(groups, number).push(id);
    if (isOptional || noise.covered.has(number)) unjudged.push(id);
    if (cause === 'DYING_GASP') {
      gasped.add(number);
      for (const one of together.add(number, { resource, at })) noise.tolerated.add(one);
    } else if (cause === 'PORT_LOS' || plant.missing.has(resource)) alone.add(number);
  }
  // Without a gasp nobody can tell a terminal that was switched off from one whose fibre broke.
  const isTolerated = (number: number): boolean =>
    noise.tolerated.has(number) || alone.has(number) || !gasped.has(number);
  const tolerated = [...groups].flatMap(([number, ids]) => (isTolerated(number) ? [ids] : []));
  return { ofFault, groups: [...groups.values()], tolerated, unjudged };
}

/** Customers of one house who switch off within half a minute look like a failing supply when they are most of it. */
class Coincidences {
  readonly #plant: Plant;
  readonly #recent = new Map<number, { readonly number: number; readonly at: number }[]>();

  constructor(plant: Plant) {
    this.#plant = plant;
  }

  add(
    number: number,
    { resource, at }: { readonly resource: number; readonly at: number },
  ): readonly number[] {
    const house = this.#plant.parents.power[resource]!;
    if (house < 0) return [];
    const near = (this.#recent.get(house) ?? []).filter(
      (one) => at - one.at < 30 * second && one.number !== number,
    );
    near.push({ number, at });
    this.#recent.set(house, near);
    const homes = this.#plant.childrenIn('power', house).length;
    return near.length > 1 && near.length >= homes * 0.5 ? near.map((one) => one.number) : [];
  }
}

function tell(
  { plant, from }: Played,
  fault: Fault,
  { raises, impact }: { readonly raises: readonly HeardRaise[]; readonly impact: Impact },
): TruthFault {
  const judged = raises.filter((raise) => !raise.isOptional);
  const [first] = judged;
  const spoke = new Set(judged.map((raise) => raise.resource));
  // Only one terminal was heard of: then that terminal's own line is as good an answer.
  if (spoke.size === 1 && first !== undefined && plant.isLeaf(first.resource) && fault.leaves.length > 1) {
    fault.roots.add(first.resource);
    fault.kinds.add('drop');
  }
  const { affected, subscribers } = impact.of(fault);
  return {
    id: `f${fault.index + 1}`,
    kind: fault.kind,
    kinds: [...fault.kinds],
    root: plant.idOf(fault.root),
    roots: [...fault.roots].map((root) => plant.idOf(root)),
    ambiguous: fault.roots.size > 1 || fault.kinds.size > 1,
    startAt: from + fault.startAt,
    endAt: from + fault.endAt,
    decidableAt: from + decidableAt(judged, spoke.size),
    alarms: judged.map((raise) => raise.id),
    optional: raises.filter((raise) => raise.isOptional).map((raise) => raise.id),
    subscribers,
    affected,
    planned: fault.works !== undefined,
    works: fault.works,
    variant: fault.variant,
  };
}

/** Arrival of the raise with which 60 % of the distinct resources have spoken. */
function decidableAt(raises: readonly HeardRaise[], resources: number): number {
  const spoke = new Set<number>();
  for (const { resource, at } of raises) {
    spoke.add(resource);
    if (spoke.size >= resources * 0.6) return at;
  }
  return raises.at(-1)!.at;
}

/** Who lost service, in words that give exactly these people on the topology as it was given. */
class Impact {
  readonly #plant: Plant;
  readonly #leavesOfHead = new Map<number, number[]>();
  /** Misfiled terminals by everything that the papers put above them. */
  readonly #misfiledUnder = new Map<number, number[]>();
  readonly #everybody: number;

  constructor(plant: Plant) {
    this.#plant = plant;
    let everybody = 0;
    for (const leaf of plant.ofKind('ont', 'modem', 'dsl-line')) {
      listed(this.#leavesOfHead, plant.heads[leaf]!).push(leaf);
      if (!plant.missing.has(leaf)) everybody += plant.subscribers[leaf]!;
    }
    this.#everybody = everybody;
    for (const leaf of plant.givenParent.keys()) {
      for (const above of this.#onPaper(leaf)) listed(this.#misfiledUnder, above).push(leaf);
    }
  }

  of(fault: Fault): { affected: TruthFault['affected']; subscribers: number } {
    const plant = this.#plant;
    if (fault.kind === 'service') {
      return { affected: { under: [plant.idOf(fault.root)], except: [] }, subscribers: this.#everybody };
    }
    const lost = new Set<number>();
    for (const leaf of fault.leaves) if (!fault.spared.has(leaf)) lost.add(leaf);
    for (const head of fault.heads) for (const leaf of this.#leavesOfHead.get(head) ?? []) lost.add(leaf);
    const under = [...new Set([...fault.under, ...fault.heads])];
    const except = [...fault.spared].filter((leaf) => !lost.has(leaf));
    this.#correct({ under, except, lost });
    let subscribers = 0;
    for (const leaf of lost) if (!plant.missing.has(leaf)) subscribers += plant.subscribers[leaf]!;
    const onPaper = (indexes: readonly number[]): string[] =>
      indexes.filter((index) => !plant.missing.has(index)).map((index) => plant.idOf(index));
    return { affected: { under: onPaper(under), except: onPaper(except) }, subscribers };
  }

  /** Adds those hit whom the papers put elsewhere, and takes out those whom they put here. */
  #correct({ under, except, lost }: { under: number[]; except: number[]; lost: ReadonlySet<number> }): void {
    if (this.#misfiledUnder.size === 0) return;
    const here = new Set(under.flatMap((above) => this.#misfiledUnder.get(above) ?? []));
    const excepted = new Set(except);
    for (const leaf of here) if (!lost.has(leaf) && !excepted.has(leaf)) except.push(leaf);
    for (const leaf of this.#plant.givenParent.keys())
      if (lost.has(leaf) && !here.has(leaf)) under.push(leaf);
  }

  /** By every tree but `site` and `collector`, with the access parent of the papers. */
  #onPaper(leaf: number): Set<number> {
    const { parents, givenParent } = this.#plant;
    const found = new Set([leaf]);
    for (const at of found) {
      for (const tree of ['access', 'cable', 'power'] as const) {
        const parent = tree === 'access' ? (givenParent.get(at) ?? parents.access[at]!) : parents[tree][at]!;
        if (parent >= 0) found.add(parent);
      }
    }
    return found;
  }
}
