/** Members of a loss of mains, counted by what feeds them: each that falls dark later asks for its own house alone. */
import type { AlarmId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import type { HeldIncident, Member } from './held-incident.ts';

/** Terminals of one kind at one head. */
interface Words {
  readonly said: number;
  readonly gasped: number;
}

export interface House {
  readonly dark: number;
  readonly lit: number;
  /** When the last of those who said so themselves fell dark; what polls find tells nothing of that. */
  readonly newest: number;
  readonly words: (head: number, kind: string) => Words;
}

type Counted<T> = { -readonly [K in keyof T]: T[K] };

class CountedHouse implements House {
  dark = 0;
  lit = 0;
  newest = 0;
  readonly #words = new Map<number, Map<string, Counted<Words>>>();

  readonly words = (head: number, kind: string): Words => this.#words.get(head)?.get(kind) ?? noWords;

  begun(head: number, kind: string): Counted<Words> {
    const ofHead = this.#words.get(head) ?? new Map<string, Counted<Words>>();
    const words = ofHead.get(kind) ?? { said: 0, gasped: 0 };
    this.#words.set(head, ofHead.set(kind, words));
    return words;
  }
}

/** What a poll of a head finds is told within so much. */
const pollLastsMs = 10_000;
const noWords: Words = { said: 0, gasped: 0 };

/** A member as it was counted. */
interface Inhabitant {
  readonly house: CountedHouse;
  readonly words: Counted<Words>;
  readonly isGasp: boolean;
  /** 0 where a poll found it. */
  readonly fellAt: number;
  isDark: boolean;
}

class ByHouse {
  /** Another topology feeds others. */
  readonly ancestry: Ancestry;
  readonly #houses = new Map<number, CountedHouse>();
  readonly #inhabitants = new Map<AlarmId, Inhabitant>();

  constructor(ancestry: Ancestry, { members }: HeldIncident) {
    this.ancestry = ancestry;
    for (const member of members.values()) this.add(member);
  }

  at(house: number): House | undefined {
    return this.#houses.get(house);
  }

  add({ alarm, resource, symptom, raised, at }: Member): void {
    this.remove(alarm);
    const place = this.ancestry.placeOf(resource);
    const feed = place < 0 ? undefined : this.ancestry.powerAbove(place)[0];
    if (feed === undefined) return;
    const house = this.#houses.get(feed) ?? new CountedHouse();
    this.#houses.set(feed, house);
    const words = house.begun(this.ancestry.headOf(place), this.ancestry.kindOf(place));
    const isGasp = symptom === 'gasp';
    const fellAt = symptom === 'silent' ? 0 : at;
    this.#inhabitants.set(alarm, { house, words, isGasp, fellAt, isDark: raised });
    if (fellAt > house.newest) house.newest = fellAt;
    words.said++;
    if (isGasp) words.gasped++;
    if (raised) house.dark++;
    else house.lit++;
  }

  light(alarm: AlarmId): void {
    const one = this.#inhabitants.get(alarm);
    if (one === undefined || !one.isDark) return;
    one.isDark = false;
    one.house.dark--;
    one.house.lit++;
  }

  remove(alarm: AlarmId): void {
    const one = this.#inhabitants.get(alarm);
    if (one === undefined) return;
    this.#inhabitants.delete(alarm);
    one.words.said--;
    if (one.isGasp) one.words.gasped--;
    if (one.isDark) one.house.dark--;
    else one.house.lit--;
    if (one.fellAt > 0 && one.fellAt === one.house.newest) this.#dateAnew(one.house);
  }

  #dateAnew(house: CountedHouse): void {
    house.newest = 0;
    for (const one of this.#inhabitants.values())
      if (one.house === house && one.fellAt > house.newest) house.newest = one.fellAt;
  }
}

export class Houses {
  /** Of those of which somebody asked. */
  readonly #of = new WeakMap<HeldIncident, ByHouse>();

  /** The members of that incident which this house feeds; undefined where there never were any. */
  at(held: HeldIncident, house: number, ancestry: Ancestry): House | undefined {
    const known = this.#of.get(held);
    if (known?.ancestry === ancestry) return known.at(house);
    const made = new ByHouse(ancestry, held);
    this.#of.set(held, made);
    return made.at(house);
  }

  /** It joined that incident just now, or says something else. */
  add(held: HeldIncident, member: Member): void {
    this.#of.get(held)?.add(member);
  }

  /** It is over. Of what one poll finds, who was never dark is not told from who is back until all of it has been said. */
  light(held: HeldIncident, { alarm, endedAt }: Pick<Member, 'alarm' | 'endedAt'>): void {
    this.#of.get(held)?.light(alarm);
    for (const [id, at] of held.spared) if (at > (endedAt ?? at) - pollLastsMs) held.spared.delete(id);
  }

  remove(held: HeldIncident, members: readonly Member[]): void {
    const known = this.#of.get(held);
    if (known !== undefined) for (const { alarm } of members) known.remove(alarm);
  }

  /** All of its members are over or gone: they are counted anew when somebody asks. */
  forget(held: HeldIncident): void {
    this.#of.delete(held);
  }
}
