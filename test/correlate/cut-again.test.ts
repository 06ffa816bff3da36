/** What is cut once more: a ring after one of two cuts was mended, a trench after it was. */
import { expect, test } from 'vitest';
import { compiledCity, smallCityDocument, terminals } from '../support/small-city.ts';
import { CityRun } from './city-run.ts';

test('who was back and is lost again is lost by the cut that came last, wherever the ring is still open', () => {
  const run = new CityRun().linkDown(0, 'l-12', ['agg-1', 'agg-2']).linkDown(100, 'l-34', ['agg-4']);
  run.unreachable(120, ['agg-2', 'agg-3']).to(200);
  expect(run.summary()).toEqual(['link l-12 2', 'link l-34 3']);
  run.linkUp(1_000, 'l-12', ['agg-1', 'agg-2']).clear(1_010, 'UNREACHABLE', ['agg-2', 'agg-3']).to(1_020);
  run.linkDown(1_030, 'l-34', ['agg-3']).to(1_040);
  run.linkDown(2_000, 'l-c1', ['core-1']).to(2_010).unreachable(2_060, ['agg-3']).to(2_070);
  run.unreachable(2_075, ['agg-2']).unreachable(2_080, ['agg-1']).to(2_100);
  expect(run.summary()).toEqual(['link l-34 4', 'link l-c1 4']);
});

test('a cut that two words disprove at once is over once', () => {
  const run = new CityRun().linkDown(0, 'l-12', ['agg-1', 'agg-2']).to(7_200);
  run.linkDown(7_200, 'l-34', ['agg-3']).linkDown(7_200, 'l-4c', ['agg-4']).to(7_260);
  const told = run.changes.filter(({ incident }) => incident.root === 'l-12');
  expect(told.filter(({ kind }) => kind === 'resolved')).toHaveLength(1);
  const history = told.at(-1)?.incident.history ?? [];
  expect(history.filter(({ event }) => event === 'resolve')).toHaveLength(1);
});

/** `trench-b` carries the link and all fibres of the first OLT. */
function fibresBesideLink() {
  const document = JSON.parse(smallCityDocument()) as {
    resources: { id: string; in?: object }[];
    links: { id: string; segments: string[] }[];
  };
  for (const one of document.resources) if (one.id === 'duct-1') one.in = { cable: 'trench-b' };
  for (const link of document.links) if (link.id === 'l-o1') link.segments = [];
  return compiledCity(JSON.stringify(document));
}

const cutTrench = (run: CityRun, at: number): CityRun =>
  run
    .linkDown(at, 'l-12', ['agg-1', 'agg-2'])
    .raise(at, 'LOS', terminals('1'))
    .to(at + 60);

test('a trench whose link was up for long is cut anew, though polls had found its terminals back only lately', () => {
  const run = cutTrench(new CityRun(fibresBesideLink()), 0).linkUp(3_600, 'l-12', ['agg-1', 'agg-2']);
  run.clear(5_000, 'LOS', terminals('1')).to(5_100);
  expect(run.open()).toEqual([]);
  expect(cutTrench(run, 6_000).summary()).toEqual(['duct trench-b 34']);
  expect(new Set(run.open().map(({ id }) => id))).not.toContain(run.changes[0]?.incident.id);
});

test('fibres of it that fail again soon after they came back are not mended yet, however long its link is up', () => {
  const run = cutTrench(new CityRun(fibresBesideLink()), 0).linkUp(3_600, 'l-12', ['agg-1', 'agg-2']);
  run.clear(5_000, 'LOS', terminals('1')).to(5_100).raise(6_000, 'LOS', terminals('1-1')).to(6_060);
  expect(run.summary()).toEqual(['duct trench-b 50']);
});

test('a trench that is cut again soon after its link came up is the same cut', () => {
  const run = cutTrench(new CityRun(fibresBesideLink()), 0).linkUp(4_800, 'l-12', ['agg-1', 'agg-2']);
  run.clear(5_000, 'LOS', terminals('1')).to(5_100);
  expect(cutTrench(run, 6_000).summary()).toEqual(['duct trench-b 68']);
});

test('a link that came up long ago and goes down again is no part of what is still open there', () => {
  const run = new CityRun().linkDown(0, 'l-12', ['agg-1', 'agg-2']).linkDown(0, 'l-o1', ['agg-2']).to(60);
  run.linkUp(300, 'l-12', ['agg-1', 'agg-2']).to(3_000);
  run.linkDown(3_000, 'l-12', ['agg-1', 'agg-2']).to(3_060);
  expect(new Set(run.changes.map(({ incident }) => incident.id)).size).toBe(2);
});
