/** What differs from operator to operator: sizes, split ratios, fill, homing, depth of trees; drawn from the seed. */
import type { Chance } from '../chance.ts';

export type Size = 'small' | 'city' | 'metro';

export interface Shape {
  readonly onts: number;
  readonly modems: number;
  readonly lines: number;
  readonly cores: number;
  readonly bngs: number;
  readonly rings: number;
  readonly switchesPerRing: readonly [number, number];
  readonly singleHomedShare: number;
  /** Share of ring spans that lie in a duct with a span of another ring. */
  readonly sharedDuctShare: number;
  /** Ratios from the port to the customer, with weights. */
  readonly splits: readonly (readonly [readonly number[], number])[];
  readonly portsPerCard: readonly number[];
  readonly cardsPerOlt: readonly [number, number];
  readonly hasShelves: boolean;
  readonly hasCopperCards: boolean;
  readonly hasSubstations: boolean;
  readonly fill: number;
  readonly ontsPerBuilding: number;
  readonly buildingsPerMains: readonly [number, number];
  readonly fibresPerFeeder: readonly [number, number];
  readonly collectors: number;
  readonly naming: 'path' | 'flat' | 'opaque' | 'dashed';
}

const counts = {
  small: {
    onts: 1_500,
    modems: 260,
    lines: 260,
    rings: [2, 2],
    switches: [3, 4],
    bngs: [2, 2],
    collectors: [2, 2],
  },
  city: {
    onts: 90_000,
    modems: 4_000,
    lines: 4_000,
    rings: [5, 8],
    switches: [5, 10],
    bngs: [3, 5],
    collectors: [3, 6],
  },
  metro: {
    onts: 860_000,
    modems: 12_000,
    lines: 14_000,
    rings: [36, 56],
    switches: [6, 10],
    bngs: [12, 24],
    collectors: [12, 24],
  },
} as const;

export function shapeOf(size: Size, chance: Chance): Shape {
  const { onts, modems, lines, rings, switches, bngs, collectors } = counts[size];
  const isSmall = size === 'small';
  const favourite = chance.whole(0, 4);
  const ratios = [[4, 16], [8, 8], [64], [32], [2, 4, 8]] as const;
  const shortest = chance.whole(switches[0], switches[1] - 1);
  return {
    onts,
    modems,
    lines,
    cores: chance.whole(2, isSmall ? 2 : 4),
    bngs: chance.whole(bngs[0], bngs[1]),
    rings: chance.whole(rings[0], rings[1]),
    switchesPerRing: [shortest, chance.whole(shortest + 1, switches[1])],
    singleHomedShare: chance.between(0.15, 0.6),
    sharedDuctShare: chance.between(0.15, 0.35),
    splits: ratios.map((ratio, at) => [ratio, at === favourite ? 6 : chance.share()] as const),
    portsPerCard: chance.pick([[8], [16], [4, 8], [8, 16]]),
    cardsPerOlt: isSmall
      ? [1, 2]
      : chance.pick([
          [1, 2],
          [2, 2],
          [1, 4],
          [2, 3],
        ] as const),
    hasShelves: chance.happens(0.3),
    hasCopperCards: chance.happens(0.5),
    hasSubstations: chance.happens(0.5),
    fill: chance.between(0.62, 0.98),
    ontsPerBuilding: isSmall ? chance.between(12, 30) : chance.between(25, 90),
    buildingsPerMains: isSmall
      ? [2, 5]
      : chance.pick([
          [2, 12],
          [3, 25],
          [5, 40],
        ] as const),
    fibresPerFeeder: isSmall
      ? [2, 4]
      : chance.pick([
          [2, 8],
          [4, 12],
          [4, 24],
        ] as const),
    collectors: chance.whole(collectors[0], collectors[1]),
    naming: chance.pick(['path', 'flat', 'opaque', 'dashed'] as const),
  };
}
