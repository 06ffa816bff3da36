/** Reachability, what else an outage takes, and single points of failure, each against the plainest way to find them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileTopology, type Topology } from '../../src/topology/topology.ts';
import { transportNetworks } from './networks.ts';

/** By definition, without any cleverness. */
function servedPlainly(network: Topology, dead: ReadonlySet<number>): Set<number> {
  const links = [...network.links()];
  const failed = new Set<number>();
  for (;;) {
    const down = (index: number): boolean => dead.has(index) || failed.has(index);
    const reached = new Set(network.serviceRoots.filter((root) => !down(root)));
    for (let before = -1; before !== reached.size; ) {
      before = reached.size;
      for (const { index, a, b, segments } of links) {
        if (dead.has(index) || segments.some((segment) => dead.has(segment))) continue;
        for (const [from, to] of [
          [a, b],
          [b, a],
        ] as const) {
          if (!reached.has(from) || network.isAccessHead(from)) continue;
          reached.add(index);
          if (!down(to)) reached.add(to);
        }
      }
    }
    const { needy, atLeast, needs } = network.columns;
    for (const index of needy) if (network.linksAt(index).length === 0 && !down(index)) reached.add(index);
    const broken = [...needy].flatMap((index, i) => {
      const of = [...needs.items.subarray(needs.starts[i], needs.starts[i + 1])];
      const holding = of.filter((need) => (network.isTransport(need) ? reached.has(need) : !dead.has(need)));
      return holding.length < atLeast[i]! && !failed.has(index) ? [index] : [];
    });
    if (broken.length === 0) return reached;
    for (const index of broken) failed.add(index);
  }
}

const indexes = fc.array(fc.nat(60), { maxLength: 4 });
const within = (network: Topology, drawn: readonly number[]): number[] => drawn.map((n) => n % network.count);

describe('service reaches what the definition says', () => {
  test('whatever is dead, needs and trenches included', () => {
    fc.assert(
      fc.property(transportNetworks({ needs: true }), indexes, (network, drawn) => {
        const dead = new Set(within(network, drawn));
        const served = network.served((index) => dead.has(index));
        const expected = servedPlainly(network, dead);
        for (let index = 0; index < network.count; index++) {
          expect([index, served[index]]).toEqual([index, expected.has(index) ? 1 : 0]);
        }
      }),
      { numRuns: 120 },
    );
  });

  test('and an outage that grows takes the difference each time', () => {
    fc.assert(
      fc.property(
        transportNetworks({ needs: true }),
        fc.array(indexes, { maxLength: 3 }),
        (network, blows) => {
          const dead = new Set<number>();
          const outage = network.outage();
          for (const blow of blows.map((drawn) => within(network, drawn))) {
            const before = servedPlainly(network, dead);
            const tried = outage.lostWith(blow);
            for (const index of blow) dead.add(index);
            const after = servedPlainly(network, dead);
            const lost = [...before].filter((index) => !after.has(index) && !blow.includes(index));
            expect(tried).toEqual(lost.sort((a, b) => a - b));
            expect(outage.fail(blow)).toEqual(tried);
            for (const index of before) {
              if (network.isTransport(index)) expect(outage.isServed(index)).toBe(after.has(index));
            }
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('a single point of failure', () => {
  test('is what alone takes service away, be it a resource, a link or a trench', () => {
    fc.assert(
      fc.property(transportNetworks({ needs: false }), (network) => {
        const whole = servedPlainly(network, new Set());
        const lostWith = (point: number): number[] => {
          const left = servedPlainly(network, new Set([point]));
          return [...whole].filter((index) => !left.has(index) && index !== point).sort((a, b) => a - b);
        };
        const points = network.singlePoints;
        const all = Array.from({ length: network.count }, (_, index) => index);
        for (const index of all) {
          const isTrench = network.linksOver(index).length > 0;
          const isPart = whole.has(index);
          // The links of a trench are lost with it whether or not service reached them.
          if (isPart) expect(points.lostWith(index)).toEqual(lostWith(index));
          else if (isTrench) expect(points.lostWith(index)).toEqual(expect.arrayContaining(lostWith(index)));
          if (!isPart) continue;
          const above = all.filter(
            (point) => point !== index && whole.has(point) && lostWith(point).includes(index),
          );
          expect([...points.above(index)].sort((a, b) => a - b)).toEqual(above);
          const everything = all.filter((point) => point === index || lostWith(point).includes(index));
          expect([...points.aboveAll([index])].sort((a, b) => a - b)).toEqual(everything);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('of several is above all of them, the nearest first', () => {
    const device = (id: string, kind = 'switch') => ({ id: id as never, kind, in: {}, subscribers: 0 });
    const link = (id: string, a: string, b: string, ...segments: string[]) =>
      ({ id, ends: [a, b], segments }) as never;
    const { value: network } = compileTopology({
      serviceRoots: ['r' as never],
      resources: [
        device('r', 'core'),
        ...['a', 'b', 'c', 'd'].map((id) => device(id)),
        device('trench', 'segment'),
      ],
      links: [
        link('ra', 'r', 'a'),
        link('ab', 'a', 'b', 'trench'),
        link('ac', 'a', 'c', 'trench'),
        link('bc', 'b', 'c'),
        link('cd', 'c', 'd'),
      ],
      planned: [],
    });
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => network.indexOf(id)) as [
      number,
      number,
      number,
      number,
    ];
    const ids = (found: readonly number[]): string[] => found.map((index) => network.idOf(index));
    expect(ids(network.singlePoints.above(d))).toEqual(['cd', 'c', 'a', 'ra', 'r']);
    expect(ids(network.singlePoints.aboveAll([b, d]))).toEqual(['a', 'ra', 'r', 'trench']);
    expect(ids(network.singlePoints.aboveAll([c, d]))).toEqual(['c', 'a', 'ra', 'r', 'trench']);
    expect(ids(network.singlePoints.lostWith(a)).sort()).toEqual(['ab', 'ac', 'b', 'bc', 'c', 'cd', 'd']);
    expect(network.singlePoints.above(network.indexOf('trench'))).toEqual([]);
  });

  test('is found in a ring of fifty thousand as in a small one', () => {
    const count = 50_000;
    const id = (n: number): never => `s-${n % count}` as never;
    const { value: network } = compileTopology({
      serviceRoots: [id(0)],
      resources: Array.from({ length: count }, (_, n) => ({
        id: id(n),
        kind: 'switch',
        in: {},
        subscribers: 0,
      })),
      links: Array.from({ length: count }, (_, n) => ({
        id: `l-${n}` as never,
        ends: [id(n), id(n + 1)] as const,
        segments: [],
      })),
      planned: [],
    });
    const middle = network.indexOf('s-25000');
    expect(network.singlePoints.above(middle)).toEqual([network.indexOf('s-0')]);
    expect(network.outage([network.indexOf('l-10')]).lostWith([network.indexOf('l-20')])).toHaveLength(19);
  });
});
