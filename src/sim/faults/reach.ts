/** Which devices a path of live devices and links joins to a service root, now or in a supposed case. */
import type { Plant } from './plant/plant.ts';

/** What a case adds to what is broken already. */
export interface Supposed {
  readonly devices?: readonly number[] | undefined;
  readonly links?: readonly number[] | undefined;
  readonly segments?: readonly number[] | undefined;
}

export class Reach {
  readonly #plant: Plant;
  /** By resource, how many faults hold it dead; for segments, cut. */
  readonly dead: Uint8Array;
  /** By link number, how many faults hold it cut. */
  readonly cut: Uint8Array;
  readonly devices: readonly number[];

  constructor(plant: Plant) {
    this.#plant = plant;
    this.dead = new Uint8Array(plant.count);
    this.cut = new Uint8Array(plant.links.length);
    const found = [];
    for (let i = 0; i < plant.count; i++) if (plant.parents.collector[i]! >= 0) found.push(i);
    this.devices = found;
  }

  /** By resource: 1 where a live device is joined to a root. */
  reached(supposed: Supposed = {}): Uint8Array {
    const found = new Uint8Array(this.#plant.count);
    const isDead = this.#deadIn(supposed);
    const queue: number[] = [];
    const visit = (device: number): void => {
      if (found[device] === 1 || isDead(device)) return;
      found[device] = 1;
      queue.push(device);
    };
    this.#plant.serviceRoots.forEach(visit);
    for (let next = 0; next < queue.length; next++) {
      const from = queue[next]!;
      if (this.#plant.isHead(from)) continue;
      for (const link of this.#plant.linksAt.get(from) ?? []) {
        if (this.isCut(link, supposed)) continue;
        const [a, b] = this.#plant.links[link]!.ends;
        visit(a === from ? b : a);
      }
    }
    return found;
  }

  /** The fibre itself, whatever its ends do. */
  isCut(link: number, { links = [], segments = [] }: Supposed = {}): boolean {
    if (this.cut[link]! > 0 || links.includes(link)) return true;
    return this.#plant.links[link]!.segments.some((part) => this.dead[part]! > 0 || segments.includes(part));
  }

  /** Down as its ends see it: cut, or the other end is dead. */
  isDownAt(link: number, end: number, supposed: Supposed = {}): boolean {
    const [a, b] = this.#plant.links[link]!.ends;
    return this.isCut(link, supposed) || this.#deadIn(supposed)(a === end ? b : a);
  }

  /**
   * What would newly be seen in that case: devices that fall silent, and each end that would tell of a link. Two
   * cases with equal signatures cannot be told apart by anybody.
   */
  signature(supposed: Supposed): string {
    const before = this.reached();
    const after = this.reached(supposed);
    const isDead = this.#deadIn(supposed);
    const parts: string[] = [];
    for (const device of this.devices)
      if (before[device] === 1 && after[device] === 0) parts.push(`s${device}`);
    this.#plant.links.forEach(({ ends }, link) => {
      for (const end of ends) {
        if (after[end] === 0 || isDead(end)) continue;
        if (this.isDownAt(link, end, supposed) && !this.isDownAt(link, end)) parts.push(`l${link}:${end}`);
      }
    });
    return parts.join(' ');
  }

  #deadIn({ devices = [] }: Supposed): (device: number) => boolean {
    return (device) => this.dead[device]! > 0 || devices.includes(device);
  }
}
