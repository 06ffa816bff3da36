/** What lies above and below a place: on resources that the topology does not hold nothing hangs. */
import { expect, test } from 'vitest';
import { Ancestry } from '../../src/correlate/ancestry.ts';
import { shippedTable } from '../support/shipped-rules.ts';
import { smallCity } from '../support/small-city.ts';

test('a resource that the topology does not hold carries nothing, however many of them were seen before', () => {
  const ancestry = new Ancestry(smallCity(), shippedTable);
  expect(ancestry.isCable(ancestry.placeOf('duct-1'))).toBe(true);
  const strangers = ['x-1', 'x-2', 'olt-1/c1/if/7', 'x-4'].map((id) => ancestry.placeOf(id));
  for (const place of strangers) {
    expect(ancestry.isStranger(place)).toBe(true);
    expect(ancestry.isCable(place)).toBe(false);
    expect(ancestry.fedBy(place).size).toBe(0);
    expect([...ancestry.leavesBelow(place, 10)]).toEqual([]);
    for (const tree of ancestry.topology.trees)
      expect([...ancestry.topology.childrenOf(tree, place)]).toEqual([]);
  }
  expect([...ancestry.topology.childrenOf('access', -1)]).toEqual([]);
});
