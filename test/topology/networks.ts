/** Random small networks: trees over each other, rings, needs and shared trenches. */
import fc from 'fast-check';
import { compileTopology, type Topology, type TopologyDocument } from '../../src/topology/topology.ts';

const kinds = ['core', 'switch', 'switch', 'switch', 'olt', 'battery'];

interface Draw {
  readonly devices: readonly number[];
  readonly links: readonly (readonly [number, number, number])[];
  readonly needs: readonly (readonly [number, readonly number[], number])[];
  readonly roots: number;
}

const draws: fc.Arbitrary<Draw> = fc.record({
  devices: fc.array(fc.nat(kinds.length - 1), { minLength: 3, maxLength: 14 }),
  links: fc.array(fc.tuple(fc.nat(13), fc.nat(13), fc.nat(4)), { minLength: 2, maxLength: 24 }),
  needs: fc.array(fc.tuple(fc.nat(13), fc.array(fc.nat(13), { minLength: 1, maxLength: 3 }), fc.nat(3)), {
    maxLength: 3,
  }),
  roots: fc.integer({ min: 1, max: 2 }),
});

export const transportNetworks = (options: { readonly needs: boolean }): fc.Arbitrary<Topology> =>
  draws.map(({ devices, links, needs, roots }) => {
    const id = (n: number): never => `d-${n % devices.length}` as never;
    const needsOf = new Map(
      needs.map(([owner, of, least]) => [owner % devices.length, { of: of.map(id), atLeast: least }]),
    );
    const trenches = [0, 1, 2, 3, 4].map((n) => ({
      id: `t-${n}` as never,
      kind: 'segment',
      in: {},
      subscribers: 0,
    }));
    const document: TopologyDocument = {
      serviceRoots: Array.from({ length: roots }, (_, n) => id(n)),
      resources: [
        ...devices.map((kind, n) => ({
          id: id(n),
          kind: kinds[kind]!,
          in: {},
          subscribers: 0,
          needs: options.needs ? needsOf.get(n) : undefined,
        })),
        ...trenches,
      ],
      links: links.map(([a, b, trench], n) => ({
        id: `l-${n}` as never,
        ends: [id(a), id(b)] as const,
        segments: trench < 4 ? [`t-${trench}` as never] : ['t-3' as never, 't-4' as never],
      })),
      planned: [],
    };
    return compileTopology(document).value;
  });

/** Terminals, splitters and ports below heads, with cables and supplies drawn anyhow. */
export const plants: fc.Arbitrary<Topology> = fc
  .array(fc.tuple(fc.nat(5), fc.nat(30), fc.option(fc.nat(30)), fc.option(fc.nat(30))), {
    minLength: 4,
    maxLength: 30,
  })
  .map((rows) => {
    const kindOf = ['olt', 'splitter', 'splitter', 'ont', 'building', 'feeder'];
    const id = (n: number): never => `r-${n % rows.length}` as never;
    const resources = rows.map(([kind, access, cable, power], n) => ({
      id: id(n),
      kind: kindOf[kind]!,
      subscribers: n,
      in: {
        // Trees have no cycles: parents stand before their children.
        ...(n > 0 && access % 3 !== 0 ? { access: `r-${access % n}` as never } : {}),
        ...(n > 0 && cable !== null ? { cable: `r-${cable % n}` as never } : {}),
        ...(n > 0 && power !== null ? { power: `r-${power % n}` as never } : {}),
      },
    }));
    return compileTopology({ serviceRoots: [], resources, links: [], planned: [] }).value;
  });
