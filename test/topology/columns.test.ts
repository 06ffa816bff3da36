/** Counts by range and by pass, and the columns on disk, against the plainest way to find the same. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Ancestry } from '../../src/correlate/ancestry.ts';
import {
  compileTopology,
  decodeTopology,
  differencesOf,
  isStoredTopology,
  parseTopology,
  Topology,
  topologyPieces,
} from '../../src/topology/topology.ts';
import { shippedTable } from '../support/shipped-rules.ts';
import { smallCity, smallCityDocument } from '../support/small-city.ts';
import { plants } from './networks.ts';

/** All pieces in one row, as the disk gives them back. */
const encoded = (network: Topology): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(topologyPieces(network.columns).flatMap((piece) => [...piece]));

const everyIndex = (network: Topology): number[] =>
  Array.from({ length: network.count }, (_, index) => index);

describe('counts', () => {
  test('of leaves are those of walks from every leaf upwards, whatever hangs on what', () => {
    fc.assert(
      fc.property(plants, (network) => {
        const ancestry = new Ancestry(network, shippedTable);
        const leaves = everyIndex(network).filter((index) => ancestry.isLeaf(index));
        for (const index of everyIndex(network)) {
          const through = leaves.filter((leaf) => ancestry.signalAbove(leaf).includes(index));
          const fed = leaves.filter(
            (leaf) => ancestry.powerAbove(leaf).includes(index) && !through.includes(leaf),
          );
          expect([ancestry.leavesOf(index), ancestry.powerLeavesOf(index)]).toEqual([
            through.length,
            fed.length,
          ]);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('below a resource are one range in every tree', () => {
    fc.assert(
      fc.property(plants, (network) => {
        for (const tree of network.trees) {
          const below = (index: number): number[] =>
            everyIndex(network).filter((other) => network.isBelow(tree, other, index));
          for (const index of everyIndex(network)) {
            const leaves = below(index).filter(
              (one) => network.parentOf(tree, one) >= 0 && network.childrenOf(tree, one).length === 0,
            );
            const { from, to } = network.leafRange(tree, index);
            expect(to - from).toBe(leaves.length);
            const subscribers = below(index).reduce((sum, one) => sum + network.ownSubscribersOf(one), 0);
            expect(network.subscribersBelow(tree, index)).toBe(subscribers);
            if (tree === 'access') expect(below(index).at(-1)! - index + 1).toBe(below(index).length);
          }
        }
        for (const index of everyIndex(network)) {
          const plain = network
            .suppliedBy([index])
            .reduce((sum, one) => sum + network.ownSubscribersOf(one), 0);
          expect(network.subscribersUnder(index)).toBe(plain);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('the columns of a network', () => {
  test('come back from disk as they were', () => {
    const city = smallCity([
      { id: 'w', title: 'Card change', resources: ['olt-1'], from: 1, to: 2, announcedAt: 0 },
    ]);
    const bytes = encoded(city);
    expect(isStoredTopology(bytes)).toBe(true);
    // Frames on disk begin anywhere.
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    for (const stored of [bytes, shifted.subarray(3)]) {
      const back = new Topology(decodeTopology(stored));
      expect(encoded(back)).toEqual(bytes);
      expect(differencesOf(city, back)).toEqual({
        added: 0,
        changed: 0,
        removed: 0,
        unchanged: city.count + 2,
      });
      expect(back.planned).toEqual(city.planned);
      expect(back.subscribersUnder(back.indexOf('mains-1'))).toBe(32);
    }
  });

  test('are refused when damaged, wherever', () => {
    const bytes = encoded(smallCity());
    const refused = (change: (copy: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>): void =>
      expect(() => decodeTopology(change(bytes.slice()))).toThrow('damaged topology');
    for (const length of [0, 7, 15, 40, 600, bytes.length - 40]) refused((copy) => copy.slice(0, length));
    for (const at of [0, 4, 8, 16]) {
      refused((copy) => {
        copy[at] = copy[at]! ^ 0xff;
        return copy;
      });
    }
  });
});

test('what changed between two versions is counted by id, not by place in the file', () => {
  const city = JSON.parse(smallCityDocument()) as { resources: object[]; links: object[] };
  const network = (change: (one: typeof city) => void): Topology => {
    const copy = structuredClone(city);
    change(copy);
    return compileTopology(parseTopology(JSON.stringify(copy), 'f').value).value;
  };
  const before = network(() => undefined);
  const counts = (change: (one: typeof city) => void): number[] => {
    const { added, changed, removed } = differencesOf(before, network(change));
    return [added, changed, removed];
  };
  expect(counts((one) => one.resources.reverse())).toEqual([0, 0, 0]);
  expect(counts((one) => one.resources.push({ id: 'new', kind: 'ont', in: { access: 's1-1' } }))).toEqual([
    1, 0, 0,
  ]);
  expect(counts((one) => one.links.pop())).toEqual([0, 0, 1]);
  const moved = (rest: object) => (one: typeof city) => {
    const at = one.resources.findIndex((resource) => (resource as { id: string }).id === 'ont-1-1-1-1');
    one.resources[at] = { ...one.resources[at], ...rest };
  };
  for (const rest of [
    { in: { access: 's1-1-2', power: 'b-1-1-1' } },
    { subscribers: 2 },
    { name: 'x' },
    { order: 77 },
    { kind: 'modem' },
    { needs: { of: ['agg-1'] } },
  ]) {
    expect(counts(moved(rest))).toEqual([0, 1, 0]);
  }
});
