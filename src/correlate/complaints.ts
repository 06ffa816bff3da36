/** Customers who complain of lost service: those of one head that was set wrong, or some at many heads, as a failed service has it. */
import { after, earliest, type Instant } from '../base/instant.ts';
import type { ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import type { Decision, Look, Scene } from './deciding.ts';
import type { Explanation } from './explain.ts';
import type { HeldIncident } from './held-incident.ts';
import { restated } from './restating.ts';
import { onlyNeighbour } from './shared-settings.ts';
import type { CorrelationTiming } from './timing.ts';

/** What these lost is the service that fails; undefined where none does, or where they have a cause of their own. */
export function failedService(scene: Scene, found: Explanation): HeldIncident | undefined {
  const { cause, service } = causeBeside(scene, found);
  return cause === 'service' ? service : undefined;
}

/** That a service fails may be the cause of these, and whether somebody was set wrong is to be seen: nobody looks until then. */
export const isInDoubt = (scene: Scene, found: Explanation): boolean =>
  causeBeside(scene, found).cause === 'open';

const brokenServices = ({
  standing,
  timing,
  at,
}: Pick<Scene, 'standing' | 'timing' | 'at'>): readonly HeldIncident[] =>
  standing.view(at, timing.rebootMs).brokenServices;

/** What was lost then is of the service that failed last before; of none before, of the first after. */
const serviceOf = (scene: Scene, since: number): HeldIncident | undefined => {
  const broken = brokenServices(scene);
  return broken.findLast(({ startedAt }) => startedAt <= since) ?? broken[0];
};

function causeBeside(
  scene: Scene,
  { evidence }: Explanation,
): { readonly cause: ReturnType<Complaints['causeOf']>; readonly service?: HeldIncident | undefined } {
  const { timing, at, complaints, undecided } = scene;
  const fresh = evidence.filter(({ heldBy }) => heldBy === undefined);
  const since = fresh.reduce((first, { firstAt }) => Math.min(first, firstAt), at as number);
  const service = serviceOf(scene, since);
  if (service === undefined) return { cause: 'setting' };
  const said = undecided.pieces('session');
  const isFound = fresh.some(({ id }) => said.get(id as ResourceId)?.pending.some(({ polled }) => polled));
  if (at - service.startedAt > joinMs(timing, isFound)) return { cause: 'setting' };
  return { cause: complaints.causeOf(evidence.map(({ place }) => place)), service };
}

/** Polls find in their next rounds who lost it meanwhile. */
const joinMs = ({ serviceJoinMs, slowRevisitMs }: CorrelationTiming, isPolled: boolean): number =>
  isPolled ? Math.max(serviceJoinMs, slowRevisitMs) : serviceJoinMs;

/**
 * Sessions that ended around the time at which a service failed end with it, once others of the same head would have told
 * as well if that were set wrong.
 */
export function lookAtLost(scene: Scene): Look {
  const { ancestry, standing, timing, at, complaints } = scene;
  const decisions: Decision[] = [];
  let nextAt: Instant | undefined;
  const claimed = new Set<HeldIncident>();
  for (const service of brokenServices(scene)) {
    const absorbs: HeldIncident[] = [];
    for (const held of mayBeLost(scene, service)) {
      claimed.add(held);
      const cause = complaints.causeOf(placesOf(scene, held));
      const ripeAt = after(held.startedAt, isPolled(held) ? timing.serviceJoinMs : timing.maxWaitMs);
      if (cause === 'open' && ripeAt > at) nextAt = earliest(nextAt, ripeAt);
      else if (cause !== 'setting') absorbs.push(held);
      else if (!held.actionable && !ancestry.isLeaf(ancestry.placeOf(held.root)))
        decisions.push(toldNow(held));
    }
    if (absorbs.length > 0)
      decisions.push({ verdict: restated(service), alarms: [], absorbs: [service, ...absorbs] });
  }
  for (const held of standing.withheld()) {
    if (claimed.has(held) || held.raised === 0 || ancestry.isLeaf(ancestry.placeOf(held.root))) continue;
    // The service is back, and these are not: in the time in which sessions begin anew they would be.
    const ripeAt = after(held.startedAt, timing.serviceJoinMs);
    if (ripeAt > at) nextAt = earliest(nextAt, ripeAt);
    else decisions.push(toldNow(held));
  }
  return { decisions, nextAt };
}

/** The same, of which people are told from now on. */
const toldNow = (held: HeldIncident): Decision => ({
  verdict: { ...restated(held), actionable: true },
  alarms: [],
  absorbs: [held],
});

/** What began with the failure of the service, or was found not long after it. */
function mayBeLost(scene: Scene, service: HeldIncident): HeldIncident[] {
  const { ancestry, standing, timing } = scene;
  // Sessions end before anybody asks the service that grants them; of names only single customers complain so soon.
  const isGranting = ancestry.kindOf(ancestry.placeOf(service.root)) !== 'dns';
  return standing.sessionsBegunWithin(service.startedAt, joinMs(timing, true)).filter((held) => {
    if (serviceOf(scene, held.startedAt) !== service) return false;
    const afterMs = held.startedAt - service.startedAt;
    if (afterMs >= 0) return afterMs <= joinMs(timing, isPolled(held));
    const isSingle = !held.actionable && ancestry.isLeaf(ancestry.placeOf(held.root));
    return afterMs >= -timing.serviceJoinMs && (isGranting || isSingle);
  });
}

const isPolled = ({ members }: HeldIncident): boolean => [...members.values()].some(({ polled }) => polled);

const placesOf = ({ ancestry }: Scene, { members }: HeldIncident): number[] =>
  [...members.values()].map(({ resource }) => ancestry.placeOf(resource));

/**
 * Over what log-likelihood, in nats, complaints stand at one head by its own fault and not by chance: of a hundred failures
 * of a service one has a wrong setting beside it.
 */
const concentrated = 4.6;

/** Those of the time around the failure of the service, counted once a look when first asked for. */
export class Complaints {
  readonly #scene: Omit<Scene, 'starts' | 'complaints'>;
  readonly #ancestry: Ancestry;
  /** How many complain, by head. */
  readonly #byHead = new Map<number, number>();
  #all = 0;
  #isCounted = false;

  constructor(scene: Omit<Scene, 'starts' | 'complaints'>) {
    this.#scene = scene;
    this.#ancestry = scene.ancestry;
  }

  #count(): void {
    if (this.#isCounted) return;
    this.#isCounted = true;
    const { ancestry, undecided, standing, timing, at } = this.#scene;
    const counted = new Set<number>();
    const count = (place: number): void => {
      const head = ancestry.headOf(place);
      if (counted.has(place) || ancestry.leavesOf(head) === 0) return;
      counted.add(place);
      this.#byHead.set(head, (this.#byHead.get(head) ?? 0) + 1);
      this.#all++;
    };
    const failed = brokenServices(this.#scene).map(({ startedAt }) => startedAt);
    const from = Math.min(at, ...failed) - timing.serviceJoinMs;
    const to = Math.max(...failed) + joinMs(timing, true);
    for (const { place, firstAt } of undecided.pieces('session').values())
      if (firstAt >= from && firstAt <= to) count(place);
    for (const { scope, members } of standing.inOrder()) {
      if (scope !== 'session' && scope !== 'service') continue;
      for (const member of members.values())
        if (member.symptom === 'session' && member.at >= from && member.at <= to)
          count(ancestry.placeOf(member.resource));
    }
  }

  /**
   * Set wrong is where they stand at one head, or at heads that hang on one device alone, more than the others let expect,
   * and nowhere else do they so: two heads are not set wrong at once. Of few nothing can be said.
   */
  causeOf(places: readonly number[]): 'setting' | 'service' | 'open' {
    this.#count();
    const { topology } = this.#ancestry;
    const heads = [...new Set(places.map((place) => this.#ancestry.headOf(place)))];
    if (heads.every((head) => this.#ancestry.leavesOf(head) === 0)) return 'service';
    const device = onlyNeighbour(topology, heads[0]!);
    const all = [...this.#byHead.keys()];
    const beside = device < 0 ? [] : all.filter((head) => onlyNeighbour(topology, head) === device);
    let cause: 'service' | 'open' = 'open';
    for (const unit of [heads.slice(0, 1), beside]) {
      if (!heads.every((head) => unit.includes(head)) || !this.#standOut(unit, this.#all)) continue;
      const rest = this.#all - this.#complaintsAt(unit);
      if (!all.some((head) => !unit.includes(head) && this.#standOut([head], rest))) return 'setting';
      cause = 'service';
    }
    return cause;
  }

  /** Of so many complaints more are at these heads than those of any customer of the network would be. */
  #standOut(heads: readonly number[], all: number): boolean {
    const leaves = heads.reduce((sum, head) => sum + this.#ancestry.leavesOf(head), 0);
    const share = leaves / this.#ancestry.terminals;
    const here = this.#complaintsAt(heads);
    if (share <= 0 || share >= 1 || here <= share * all) return false;
    const elsewhere = all - here;
    const there = elsewhere > 0 ? elsewhere * Math.log(elsewhere / all / (1 - share)) : 0;
    // Somewhere the first complaint has to be.
    return here * Math.log(here / all / share) + there + Math.log(share) > concentrated;
  }

  #complaintsAt(heads: readonly number[]): number {
    return heads.reduce((sum, head) => sum + (this.#byHead.get(head) ?? 0), 0);
  }
}
