/** Kills and revives devices, cuts and mends links and ducts, and lets the ends of links notice. */
import type { Agenda } from './agenda.ts';
import { type Chance, second } from './chance.ts';
import type { Habits } from './habits.ts';
import type { Plant } from './plant/plant.ts';
import type { Reach } from './reach.ts';
import type { Fault } from './scene.ts';
import type { Terminals } from './terminals.ts';
import type { Watch } from './watch.ts';

interface Parts {
  readonly plant: Plant;
  readonly agenda: Agenda;
  readonly reach: Reach;
  readonly watch: Watch;
  readonly terminals: Terminals;
  readonly habits: ReadonlyMap<number, Habits>;
  readonly chance: Chance;
}

interface Broken {
  readonly devices?: readonly number[] | undefined;
  readonly links?: readonly number[] | undefined;
  readonly segments?: readonly number[] | undefined;
}

export class Breakage {
  readonly #parts: Parts;
  readonly #leavesOf = new Map<number, number[]>();

  constructor(parts: Parts) {
    this.#parts = parts;
    const { plant } = parts;
    for (const leaf of plant.ofKind('ont', 'modem', 'dsl-line')) {
      const known = this.#leavesOf.get(plant.heads[leaf]!);
      if (known === undefined) this.#leavesOf.set(plant.heads[leaf]!, [leaf]);
      else known.push(leaf);
    }
  }

  leavesOf(head: number): readonly number[] {
    return this.#leavesOf.get(head) ?? [];
  }

  breakDown(broken: Broken, fault: Fault, at: number): void {
    this.#count(broken, 1);
    const { lost } = this.#parts.watch.reconsider(at, fault.index);
    for (const device of lost) if (this.#parts.plant.isHead(device)) fault.heads.add(device);
    this.#tellLinks(broken, fault, at);
  }

  repair(broken: Broken, fault: Fault, at: number): void {
    this.#count(broken, -1);
    this.#parts.watch.reconsider(at, fault.index);
    this.#tellLinks(broken, fault, at);
    for (const device of broken.devices ?? [])
      if (this.#parts.plant.isHead(device)) this.#start(device, fault, at);
  }

  #count({ devices = [], links = [], segments = [] }: Broken, by: number): void {
    const { dead, cut } = this.#parts.reach;
    for (const index of [...devices, ...segments]) dead[index]! += by;
    for (const link of links) cut[link]! += by;
  }

  #tellLinks({ devices = [], links = [], segments = [] }: Broken, fault: Fault, at: number): void {
    const { plant, reach, watch } = this.#parts;
    const touched = new Set(links);
    for (const device of devices) for (const link of plant.linksAt.get(device) ?? []) touched.add(link);
    for (const segment of segments) for (const link of plant.linksOver.get(segment) ?? []) touched.add(link);
    for (const link of touched) {
      for (const end of plant.links[link]!.ends) {
        if (reach.dead[end]! > 0) continue;
        const resource = plant.linkIndex(link);
        const isOn = reach.isDownAt(link, end);
        watch.set({ resource, cause: 'LINK_DOWN', by: end, device: end }, { isOn, owner: fault.index, at });
      }
    }
  }

  /** Terminals register one after another; some heads raise each that is not there yet. */
  #start(head: number, fault: Fault, at: number): void {
    const { terminals, habits, chance, agenda } = this.#parts;
    if (!habits.get(head)!.tellsAllAfterReload) return;
    const { index: number } = fault;
    const held = this.leavesOf(head).filter((leaf) => terminals.isLit(leaf));
    const raisedAt = at + chance.whole(5, 20) * second;
    agenda.enter(raisedAt, () => {
      for (const leaf of held) terminals.hold(leaf, { by: 'booting', number, at: raisedAt });
    });
    const rounds = Array.from({ length: 8 }, () => raisedAt + chance.whole(15, 120) * second);
    for (const [round, backAt] of rounds.entries()) {
      agenda.enter(backAt, () => {
        for (let i = round; i < held.length; i += rounds.length) {
          terminals.release(held[i]!, { by: 'booting', number, at: backAt });
        }
      });
    }
  }
}
