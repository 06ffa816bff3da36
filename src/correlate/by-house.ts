/** Members of a loss of mains by what feeds them: each that falls dark later asks for those of its own house alone. */
import type { Ancestry } from './ancestry.ts';
import type { HeldIncident, Member } from './held-incident.ts';

class ByHouse {
  /** Another topology feeds others. */
  readonly ancestry: Ancestry;
  readonly #held: HeldIncident;
  readonly #members = new Map<number, Set<Member>>();

  constructor(ancestry: Ancestry, held: HeldIncident) {
    this.ancestry = ancestry;
    this.#held = held;
    for (const member of held.members.values()) this.add(member);
  }

  add(member: Member): void {
    const place = this.ancestry.placeOf(member.resource);
    const house = place < 0 ? undefined : this.ancestry.powerAbove(place)[0];
    if (house === undefined) return;
    const known = this.#members.get(house);
    if (known === undefined) this.#members.set(house, new Set([member]));
    else known.add(member);
  }

  /** Those that are still of it. */
  *in(house: number): Generator<Member> {
    const known = this.#members.get(house);
    for (const member of known ?? []) {
      if (this.#held.members.get(member.alarm) === member) yield member;
      else known?.delete(member);
    }
  }
}

export class Houses {
  /** Of those of which somebody asked. */
  readonly #of = new WeakMap<HeldIncident, ByHouse>();

  /** The members of that incident which this house feeds. */
  in(held: HeldIncident, house: number, ancestry: Ancestry): Iterable<Member> {
    const known = this.#of.get(held);
    if (known?.ancestry === ancestry) return known.in(house);
    const made = new ByHouse(ancestry, held);
    this.#of.set(held, made);
    return made.in(house);
  }

  /** It joined that incident just now. */
  add(held: HeldIncident, member: Member): void {
    this.#of.get(held)?.add(member);
  }
}
