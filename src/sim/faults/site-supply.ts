/** The batteries of a site, and what stands there. */
import { hour, minute } from './chance.ts';
import type { Plant } from './plant/plant.ts';

interface SiteSupply {
  readonly isWatched: boolean;
  readonly lastsMs: number;
}

/** The same for a site throughout a run: 1 to 6 hours where it is watched, minutes in unwatched huts. */
export function supplyOf(site: number): SiteSupply {
  const spread = (Math.imul(site + 1, 0x9e3779b1) >>> 0) / 0x1_0000_0000;
  const isWatched = (Math.imul(site + 7, 0x85ebca6b) >>> 0) / 0x1_0000_0000 < 0.8;
  return { isWatched, lastsMs: isWatched ? (1 + 5 * spread ** 2) * hour : (1 + 15 * spread) * minute };
}

export const devicesOf = (plant: Plant, site: number): readonly number[] =>
  [...plant.childrenIn('site', site)].filter((index) => plant.parents.collector[index]! >= 0);
