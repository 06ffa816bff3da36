/** Devices that neighbours miss: what their own last word proves, and what their silence proves beside links that are cut. */
import { expect, test } from 'vitest';
import { compileTopology, parseTopology } from '../../src/topology/topology.ts';
import { raised } from '../support/small-city.ts';
import { CityRun } from './city-run.ts';

type Link = readonly [id: string, one: string, other: string, ...segments: string[]];

function net(devices: readonly string[], links: readonly Link[]) {
  const segments = [...new Set(links.flatMap(([, , , ...of]) => of))];
  const document = {
    format: 'allclear-topology/1',
    serviceRoots: ['core'],
    resources: [
      { id: 'col', kind: 'collector' },
      { id: 'core', kind: 'core', in: { collector: 'col' } },
      ...devices.map((id) => ({ id, kind: 'aggregation', in: { collector: 'col' } })),
      ...segments.map((id) => ({ id, kind: 'segment' })),
    ],
    links: links.map(([id, one, other, ...of]) => ({ id, ends: [one, other], segments: of })),
  };
  return compileTopology(parseTopology(JSON.stringify(document), 'net.json').value).value;
}

/** `dying` and `first` hang on three others, and on each other. */
const mesh = () =>
  net(
    ['a', 'b', 'c', 'dying', 'first'],
    [
      ...['a', 'b', 'c'].flatMap((id): Link[] => [
        [`core-${id}`, 'core', id],
        [`${id}-dying`, id, 'dying'],
      ]),
      ['a-first', 'a', 'first'],
      ['b-first', 'b', 'first'],
      ['dying-first', 'dying', 'first'],
    ],
  );

const neighboursMiss = (run: CityRun, at: number): CityRun =>
  run
    .linkDown(at, 'a-dying', ['a'])
    .linkDown(at + 0.1, 'b-dying', ['b'])
    .linkDown(at + 0.2, 'c-dying', ['c']);

test('a dying device that told of its neighbour a moment before is dead all the same, and so is the neighbour', () => {
  const run = new CityRun(mesh()).linkDown(0, 'dying-first', ['dying']).linkDown(0.3, 'a-first', ['a']);
  neighboursMiss(run, 1).to(60);
  expect(run.summary().sort()).toEqual(['node-down dying 3', 'node-down first 2']);
});

test('a device that still speaks after its neighbours missed it lives: its links are cut', () => {
  const run = neighboursMiss(new CityRun(mesh()), 0).linkDown(10, 'dying-first', ['dying']).to(60);
  expect(run.summary()).not.toContainEqual(expect.stringContaining('node-down dying'));
});

test('one dig that took what the device saw fail and what others tell of is no death of the device', () => {
  const dug = net(
    ['a', 'b', 'c', 'd'],
    ['a', 'b', 'c'].flatMap((id): Link[] => [
      [`core-${id}`, 'core', id],
      [`${id}-d`, id, 'd', 'trench'],
    ]),
  );
  const run = new CityRun(dug)
    .linkDown(0, 'a-d', ['d'])
    .linkDown(0.1, 'b-d', ['b'])
    .linkDown(0.2, 'c-d', ['c']);
  expect(run.to(60).summary()).toEqual(['duct trench 3']);
});

/** Both ways out of the ring to the core lie in one trench. */
const ring = () =>
  net(
    ['west', 'middle', 'east'],
    [
      ['core-west', 'core', 'west', 'trench'],
      ['west-middle', 'west', 'middle'],
      ['middle-east', 'middle', 'east'],
      ['east-core', 'east', 'core', 'trench'],
    ],
  );

const polledDown = (run: CityRun, second: number, links: readonly string[]): CityRun =>
  run.to(second).take(links.map((link) => raised(link, 'LINK_DOWN', run.at, { by: 'core', source: 'poll' })));

test('devices that polls miss one by one are cut off, not dead, once the links to them are told of', () => {
  const run = new CityRun(ring())
    .unreachable(30, ['west'])
    .unreachable(90, ['east'])
    .unreachable(150, ['middle']);
  expect(run.to(200).summary()).not.toContainEqual(expect.stringContaining('duct'));
  polledDown(run, 210, ['core-west', 'east-core']).to(260);
  expect(run.summary()).toEqual(['duct trench 5']);
});

test('a silent device with a way left is dead: the link to it that a poll finds down is of its death', () => {
  const run = polledDown(new CityRun(ring()).unreachable(30, ['west']).to(100), 110, ['core-west']).to(160);
  expect(run.summary()).toEqual(['node-down west 2']);
});

test('in a ring that is open already a cut looks like a dead device, and it says so', () => {
  const run = new CityRun(ring()).linkDown(0, 'west-middle', ['west', 'middle']).to(3_600);
  run.linkDown(3_600, 'core-west', ['core']).to(3_660);
  const shares = run.open().find(({ root }) => root === 'core-west')?.candidates;
  const dead = shares?.find(({ root }) => root === 'west');
  expect(dead?.probability).toBeGreaterThan(0.08);
});

test('two silent devices that only together cut off a third take it with them, though no link tells of any', () => {
  const forked = net(
    ['a', 'b', 'behind', ...['p', 'q', 'r', 's']],
    [
      ...['a', 'b', 'p', 'q', 'r', 's'].map((id): Link => [`core-${id}`, 'core', id]),
      ['a-behind', 'a', 'behind'],
      ['b-behind', 'b', 'behind'],
    ],
  );
  const run = new CityRun(forked).unreachable(30, ['a', 'b', 'behind']).to(100);
  expect(run.summary()).toEqual(['node-down a 1', 'node-down b 2']);
});
