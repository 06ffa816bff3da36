/** Which group lies below a place: what two groups share above them brings them together. */
import type { Group } from './group.ts';
import type { Piece } from './undecided.ts';

interface Label {
  group: Group;
  pieces: number;
}

export class Labels {
  readonly #at = new Map<number, Label>();

  at(place: number): Group | undefined {
    return this.#at.get(place)?.group;
  }

  /** Those that share something above them with this piece, as they are when they are asked for. */
  *above(piece: Piece): Generator<Group> {
    const { reach } = piece;
    for (let i = firstOf(piece); i < reach.length; i++) {
      const group = this.at(reach[i]!);
      if (group !== undefined) yield group;
    }
  }

  add(piece: Piece, group: Group): void {
    const { reach } = piece;
    for (let i = firstOf(piece); i < reach.length; i++) {
      const label = this.#at.get(reach[i]!);
      if (label !== undefined) label.pieces++;
      else {
        this.#at.set(reach[i]!, { group, pieces: 1 });
        group.places.push(reach[i]!);
      }
    }
  }

  remove(piece: Piece): void {
    const { reach } = piece;
    for (let i = firstOf(piece); i < reach.length; i++) {
      const label = this.#at.get(reach[i]!)!;
      if (--label.pieces === 0) this.#at.delete(reach[i]!);
    }
  }

  /** All that is below one is below the other from now on. */
  move(from: Group, to: Group): void {
    for (const place of from.places) {
      const label = this.#at.get(place);
      if (label?.group !== from) continue;
      label.group = to;
      to.places.push(place);
    }
  }

  drop(group: Group): void {
    for (const place of group.places) if (this.at(place) === group) this.#at.delete(place);
  }
}

/** A terminal stands above nothing but itself. */
const firstOf = ({ isLeaf, reach }: Piece): number => (isLeaf && reach.length > 1 ? 1 : 0);
