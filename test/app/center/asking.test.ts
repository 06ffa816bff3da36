/** Who is polled when the line asks about a place. */
import { expect, test } from 'vitest';
import { placesByDevice } from '../../../src/app/center/asking.ts';
import { resourceId } from '../../../src/model/ids.ts';
import { smallCity, terminals } from '../../support/small-city.ts';

const devices = [
  { id: 'o-1', resource: resourceId('olt-1') },
  { id: 'o-2', resource: resourceId('olt-2') },
];

test('a splitter is seen by the line terminal above it: its terminals and what holds them there', () => {
  const found = placesByDevice(smallCity(), devices, ['s1-1-2']);
  expect([...found.keys()]).toEqual(['o-1']);
  const places = [...found.get('o-1')!].sort();
  expect(places).toEqual(['olt-1/c1', 'olt-1/c1/p1', 's1-1', 's1-1-2', ...terminals('1-1-2')].sort());
});

test('places of several devices are asked of each, a device itself of itself, and what nobody polls of nobody', () => {
  const found = placesByDevice(smallCity(), devices, [
    'olt-1/c1/p2',
    'ont-2-1-1-1',
    'olt-2',
    'agg-1',
    'nowhere',
  ]);
  expect([...found.keys()].sort()).toEqual(['o-1', 'o-2']);
  expect(found.get('o-2')).toContain('olt-2');
  expect(found.get('o-1')).not.toContain('olt-1');
});
