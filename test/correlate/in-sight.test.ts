/** What nobody could see for a while, and what proves that somebody sees again. */
import { expect, test } from 'vitest';
import { cleared, raised, terminals } from '../support/small-city.ts';
import { CityRun } from './city-run.ts';

const minute = 60;

/** The only collector sees nothing in this time. */
function blind(run: CityRun, from: number, to: number): CityRun {
  run.unreachable(from, ['olt-2', 'agg-4']).to(from + 5);
  run.take([raised('col-1', 'UNREACHABLE', run.at, { source: 'collector' })]).to(to);
  run.take([cleared('col-1', 'UNREACHABLE', run.at)]);
  // The answer of the others is lost on the way.
  run.take([cleared('olt-2', 'UNREACHABLE', run.at)]);
  return run.to(to + 5);
}

test('a collector that sees again finds what failed since: it is no longer blind for that', () => {
  const run = blind(new CityRun(), minute, 10 * minute);
  run.unreachable(10 * minute + 10, ['olt-2']).to(11 * minute);
  expect(run.summary()).toEqual(['collector col-1 3', 'node-down olt-2 1']);
});

test('what a collector finds in vain once it sees again is missing, though it asked it in vain while it was blind', () => {
  const run = new CityRun().unreachable(minute, ['olt-2', 'agg-4']).to(65);
  run.take([raised('col-1', 'UNREACHABLE', run.at, { source: 'collector' })]).to(10 * minute);
  run.take([cleared('col-1', 'UNREACHABLE', run.at)]).to(10 * minute + 5);
  run.unreachable(10 * minute + 5, ['olt-2']).to(11 * minute);
  expect(run.summary()).toEqual(['collector col-1 3', 'node-down olt-2 1']);
});

test('a terminal that its head called dark is no word of a collector that is lost then: it was asked, and answered', () => {
  const run = new CityRun().unreachable(0, ['ont-1-1-1-1']).to(10).unreachable(20, ['olt-1', 'agg-4']).to(40);
  run.take([raised('col-1', 'UNREACHABLE', run.at, { source: 'collector' })]).to(2 * minute);
  expect(run.summary().sort()).toEqual(['collector col-1 3', 'drop ont-1-1-1-1 1']);
});

test('the first round after a blindness finds what a cut before it took, however long nobody could look', () => {
  const [late, ...others] = terminals('1-1');
  const run = new CityRun().raise(0, 'LOS', others).to(minute);
  blind(run, 2 * minute, 30 * minute)
    .unreachable(31 * minute, [late!])
    .to(32 * minute);
  expect(run.summary()).toEqual(['splitter s1-1 16', 'collector col-1 3']);
  const seen = new CityRun().raise(0, 'LOS', others).to(31 * minute);
  expect(
    seen
      .unreachable(31 * minute, [late!])
      .to(32 * minute)
      .summary(),
  ).toEqual(['splitter s1-1 15', `drop ${late} 1`]);
});

test('of two causes the first took whom a poll finds dark below both, when nobody looked in between', () => {
  const flat = terminals('1-1-1')[7]!;
  const house = terminals('1').filter((id) => !id.startsWith('ont-1-1-1'));
  const run = new CityRun().raise(0, 'DYING_GASP', house).to(minute);
  blind(run, 2 * minute, 17 * minute);
  run.raise(18 * minute, 'LOS', terminals('1-1-1').slice(0, 6)).to(19 * minute);
  run.unreachable(19 * minute, [flat]).to(20 * minute);
  const owner = run.open().find(({ kind }) => kind === 'area-power');
  expect(owner?.explanation).toBeDefined();
  expect(run.summary()).toContain('area-power mains-1 25');
});

test('a terminal that loses its light was lit, though polls confirmed that it had been switched off hours before', () => {
  const [early, ...others] = terminals('1-1');
  const run = new CityRun().raise(0, 'DYING_GASP', [early!]).to(10).unreachable(40, [early!]).to(minute);
  run.raise(180 * minute, 'LOS', [early!, ...others]).to(181 * minute);
  run.unreachable(181 * minute, [early!]).to(182 * minute);
  expect(run.summary()).toEqual(['splitter s1-1 17']);
});

test('a device that tells of its links was not silent: a collector that is lost takes that back', () => {
  const run = new CityRun().unreachable(0, ['olt-1']).to(20).linkDown(20, 'l-o1', ['olt-1']).to(30);
  run.unreachable(40, ['agg-4', 'olt-2']).to(45);
  run.take([raised('col-1', 'UNREACHABLE', run.at, { source: 'collector' })]).to(60);
  expect(run.summary().find((line) => line.startsWith('collector'))).toBe('collector col-1 4');
});

test('what a collector that sees again still finds silent is silent itself, though it was called so before', () => {
  const run = new CityRun().unreachable(0, ['olt-2', 'agg-4']).to(5);
  run.take([raised('col-1', 'UNREACHABLE', run.at, { source: 'collector' })]).to(30 * minute);
  run.take([cleared('col-1', 'UNREACHABLE', run.at), cleared('agg-4', 'UNREACHABLE', run.at)]);
  run.unreachable(31 * minute, ['olt-2']).to(32 * minute);
  expect(run.summary()).toContain('node-down olt-2 1');
});

test('a device that was dead and is back is called unreachable by a collector that is lost then', () => {
  const run = new CityRun().linkDown(0, 'l-o1', ['agg-2']).unreachable(20, ['olt-1']).to(60);
  run.linkUp(600, 'l-o1', ['agg-2']).clear(605, 'UNREACHABLE', ['olt-1']).to(620);
  run.unreachable(900, ['olt-1']).to(930).unreachable(1_000, ['agg-4', 'olt-2']).to(1_005);
  run.take([raised('col-1', 'UNREACHABLE', run.at, { source: 'collector' })]).to(1_100);
  expect(run.summary()).toEqual(['collector col-1 4']);
});

test('a device that polls alone miss takes nobody once those behind it speak, and what it tells of is no return of it', () => {
  const run = new CityRun().unreachable(0, ['agg-2']).to(60);
  expect(run.open()[0]?.affected.under).toEqual(['agg-2', 'olt-1']);
  run.raise(70, 'DYING_GASP', terminals('1-1-1').slice(0, 1)).to(75);
  expect(run.changes.at(-1)?.incident.affected.under).toEqual([]);
  run.linkDown(76, 'l-o1', ['agg-2']).to(120);
  expect(run.summary()).toEqual(['node-down agg-2 1', 'link l-o1 1']);
  expect(run.open()[1]?.affected.under).toEqual(['olt-1']);
});

test('what a blind collector missed of a site without mains was not dark: it may run empty later', () => {
  const run = new CityRun().raise(0, 'MAINS_FAIL', ['site-1']).to(20);
  run.unreachable(60 * minute, ['olt-1', 'agg-4']).to(61 * minute);
  run.raise(61 * minute, 'LOS', ['ont-1-1-1-1']).to(62 * minute);
  run.take([raised('col-1', 'UNREACHABLE', run.at, { source: 'collector' })]).to(80 * minute);
  run.take([cleared('col-1', 'UNREACHABLE', run.at)]);
  run.clear(80 * minute, 'UNREACHABLE', ['olt-1', 'agg-4']).clear(81 * minute, 'LOS', ['ont-1-1-1-1']);
  run
    .linkDown(120 * minute, 'l-o1', ['agg-2'])
    .unreachable(120 * minute + 1, ['olt-1'])
    .to(121 * minute);
  expect(run.open().map(({ kind, root }) => `${kind} ${root}`)).toEqual(['site-power site-1']);
});
