/** Lost mains where heads tell nothing of their terminals, and devices that die with the supply of their site. */
import { expect, test } from 'vitest';
import { resourceId } from '../../src/model/ids.ts';
import { compileTopology, parseTopology } from '../../src/topology/topology.ts';
import { CityRun } from './city-run.ts';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

/** Five sites on one feed, each with a switch on a battery and a DSLAM with lines in houses of the same feed; a core elsewhere. */
function province() {
  const site = (n: number): object[] => [
    { id: `site-${n}`, kind: 'site', in: { power: 'mains' } },
    { id: `battery-${n}`, kind: 'battery', in: { power: `site-${n}` } },
    { id: `switch-${n}`, kind: 'switch', in: { power: `battery-${n}`, site: `site-${n}` } },
    { id: `dslam-${n}`, kind: 'dslam', in: { power: `battery-${n}`, site: `site-${n}` } },
    { id: `house-${n}`, kind: 'building', in: { power: 'mains' } },
    ...numbers(30).map((line) => ({
      ...{ id: `line-${n}-${line}`, kind: 'dsl-line', subscribers: 1 },
      in: { access: `dslam-${n}`, power: `house-${n}` },
    })),
  ];
  const document = {
    format: 'allclear-topology/1',
    serviceRoots: ['core'],
    resources: [{ id: 'core', kind: 'core' }, { id: 'mains', kind: 'mains' }, ...numbers(5).flatMap(site)],
    links: numbers(5).flatMap((n) => [
      { id: `trunk-${n}`, ends: ['core', `switch-${n}`] },
      { id: `up-${n}`, ends: [`switch-${n}`, `dslam-${n}`] },
    ]),
  };
  return compileTopology(parseTopology(JSON.stringify(document), 'province.json').value).value;
}

test('sites of one feed that lose mains at once are that feed, though no terminal says anything', () => {
  const sites = ['site-1', 'site-2', 'site-4', 'site-5'];
  expect(new CityRun(province()).raise(0, 'MAINS_FAIL', sites, 900).to(30).summary()).toEqual([
    'area-power mains 4',
  ]);
});

test('one site without mains is that site', () => {
  const run = new CityRun(province()).raise(0, 'MAINS_FAIL', ['site-2']).to(30);
  expect(run.summary()).toEqual(['site-power site-2 1']);
});

test('a device that dies in the moment in which its site loses mains died of that, whichever is told of first', () => {
  const before = new CityRun(province())
    .linkDown(0, 'trunk-3', ['core'])
    .raise(0.4, 'MAINS_FAIL', ['site-3']);
  const after = new CityRun(province()).raise(0, 'MAINS_FAIL', ['site-3']).linkDown(0.4, 'trunk-3', ['core']);
  for (const run of [before.to(30), after.to(30)]) {
    expect(run.summary()).toEqual(['site-power site-3 2']);
    expect(run.open()[0]?.affected.under).toEqual(expect.arrayContaining(['dslam-3']));
  }
});

test('a switch takes its supply like a terminal and is none', () => {
  const { isLeaf } = province().prepared.leaves;
  const topology = province();
  expect(isLeaf[topology.indexOf('switch-1')]).toBe(0);
  expect(isLeaf[topology.indexOf('line-1-1')]).toBe(1);
});

/** One card with six ports; thirty of the terminals on each live in one house, two in another. */
function tower() {
  const port = (n: number): object[] => [
    { id: `port-${n}`, kind: 'pon-port', in: { access: 'card' }, order: n },
    ...numbers(32).map((place) => ({
      ...{ id: `ont-${n}-${place}`, kind: 'ont', subscribers: 1, order: place },
      in: { access: `port-${n}`, power: place <= 30 ? 'tower' : 'annex' },
    })),
  ];
  const document = {
    format: 'allclear-topology/1',
    serviceRoots: ['core'],
    resources: [
      { id: 'core', kind: 'core' },
      { id: 'olt', kind: 'olt' },
      { id: 'card', kind: 'card', in: { access: 'olt' } },
      { id: 'tower', kind: 'building' },
      { id: 'annex', kind: 'building' },
      ...numbers(6).flatMap(port),
    ],
    links: [{ id: 'up', ends: ['core', 'olt'] }],
  };
  return compileTopology(parseTopology(JSON.stringify(document), 'tower.json').value).value;
}

test('where a head tells nothing, the silence that polls find is as good a sign of lost mains as of lost light', () => {
  const all = numbers(6).flatMap((n) => numbers(32).map((place) => `ont-${n}-${place}`));
  const alive = all.filter((id) => /-(31|32)$/.test(id) || /^ont-[1-5]-(7|8)$/.test(id));
  const silent = all.filter((id) => !alive.includes(id));
  const run = new CityRun(tower()).unreachable(0, silent);
  run.take(alive.map((id) => ({ kind: 'alive', resource: resourceId(id), below: false })));
  run.to(30);
  expect(run.summary()).toEqual([`house-power tower ${silent.length}`]);
  expect(run.open()[0]?.affected.except).toHaveLength(10);
});

test('the terminals of one fibre that a poll finds silent are of that fibre, in whatever house', () => {
  const run = new CityRun(tower())
    .unreachable(
      0,
      numbers(32).map((place) => `ont-3-${place}`),
    )
    .to(30);
  expect(run.summary()).toEqual(['pon-port port-3 32']);
});
