/** Sites that nobody watches: what stands there falls at once, and tells of its terminals when it starts again. */
import { expect, test } from 'vitest';
import { compileTopology, parseTopology } from '../../src/topology/topology.ts';
import { CityRun } from './city-run.ts';

const onts = (head: string): string[] =>
  Array.from({ length: head === 'olt-1' ? 12 : 36 }, (_, i) => `${head}-ont-${i + 1}`);

/** A switch and a dual-homed OLT in one hut, on a ring with two other switches; houses of the terminals of two OLTs. */
function ring(segments: readonly string[] = []) {
  const olt = (id: string, site: object): object[] => [
    { id, kind: 'olt', in: { collector: 'col', ...site } },
    { id: `${id}/p`, kind: 'pon-port', in: { access: id } },
    ...onts(id).map((ont, i) => ({
      ...{ id: ont, kind: 'ont', subscribers: 1 },
      in: { access: `${id}/p`, power: id === 'olt-1' ? `house-${i % 3}` : `house-${3 + (i % 3)}` },
    })),
  ];
  const inHut = { site: 'hut', power: 'hut' };
  const document = {
    format: 'allclear-topology/1',
    serviceRoots: ['core'],
    resources: [
      { id: 'col', kind: 'collector' },
      { id: 'core', kind: 'core', in: { collector: 'col' } },
      { id: 'hut', kind: 'site' },
      { id: 'trench', kind: 'segment' },
      { id: 'mains', kind: 'mains' },
      ...[0, 1, 2, 3, 4, 5].map((n) => ({ id: `house-${n}`, kind: 'building', in: { power: 'mains' } })),
      { id: 'agg-1', kind: 'aggregation', in: { collector: 'col', ...inHut } },
      ...['agg-2', 'agg-3'].map((id) => ({ id, kind: 'aggregation', in: { collector: 'col' } })),
      ...olt('olt-1', inHut),
      ...olt('olt-2', {}),
    ],
    links: [
      { id: 'c2', ends: ['core', 'agg-2'] },
      { id: 'c3', ends: ['core', 'agg-3'] },
      { id: 'r12', ends: ['agg-1', 'agg-2'], segments },
      { id: 'r13', ends: ['agg-1', 'agg-3'], segments },
      { id: 'o11', ends: ['olt-1', 'agg-1'] },
      { id: 'o13', ends: ['olt-1', 'agg-3'], segments },
      { id: 'o22', ends: ['olt-2', 'agg-2'] },
    ],
  };
  return compileTopology(parseTopology(JSON.stringify(document), 'ring.json').value).value;
}

const hutFalls = (run: CityRun): CityRun =>
  run.linkDown(0, 'r12', ['agg-2']).linkDown(0.1, 'r13', ['agg-3']).linkDown(0.2, 'o13', ['agg-3']);

test('two devices of one site that all their neighbours miss at once lost the supply of the site', () => {
  const run = hutFalls(new CityRun(ring())).to(30).unreachable(60, ['agg-1', 'olt-1']).to(90);
  expect(run.summary()).toEqual(['site-power hut 5']);
  expect(run.open()[0]?.affected.under).toEqual(expect.arrayContaining(['hut', 'olt-1']));
});

test('a device of the site that still speaks, or a trench that carries all their links, says that the site has power', () => {
  const speaks = hutFalls(new CityRun(ring()).linkDown(0, 'o11', ['olt-1'])).to(30);
  const dug = hutFalls(new CityRun(ring(['trench']))).to(30);
  for (const run of [speaks, dug]) {
    expect(run.open().map(({ kind }) => kind)).not.toContain('site-power');
  }
});

test('what was told of a dead site before is the same incident, and so is what its heads tell when they start', () => {
  const run = hutFalls(new CityRun(ring()).raise(-1, 'MAINS_FAIL', ['hut']).to(0));
  run.linkUp(1_000, 'r12', ['agg-2']).linkUp(1_000, 'r13', ['agg-3']).linkUp(1_000, 'o13', ['agg-3']);
  run.raise(1_020, 'LOS', onts('olt-1')).to(1_040);
  expect(run.summary()).toEqual(['site-power hut 16']);
});

test('a word that was on its way when the site fell is no sign of its return', () => {
  const run = new CityRun(ring()).raise(0, 'MAINS_FAIL', ['hut']).to(7_200);
  for (const [link, by] of [
    ['r12', 'agg-2'],
    ['r13', 'agg-3'],
    ['o13', 'agg-3'],
  ] as const)
    run.linkDown(7_200, link, [by]);
  run.raise(7_203, 'LOS', onts('olt-1').slice(0, 1)).to(9_000);
  expect(run.summary()).toContain('site-power hut 4');
});

test('of houses that hang on a head out of reach nobody knows whether they are dark: the feed is the cause all the same', () => {
  const run = new CityRun(ring()).linkDown(0, 'o22', ['agg-2']).unreachable(30, ['olt-2']).to(60);
  run.raise(600, 'DYING_GASP', onts('olt-1').slice(0, 11)).to(630);
  expect(run.summary()).toContain('area-power mains 11');
});
