/** Terminals that the first polls find dark when their head is back: what starts with it, what outlasts that, what was cut before. */
import { expect, test } from 'vitest';
import { cleared, raised, terminals } from '../support/small-city.ts';
import { CityRun } from './city-run.ts';

const all = terminals('1');

/** The first OLT is dead for ten minutes, starts again and tells of these as not yet there. */
const reload = (told: readonly string[]): CityRun => {
  const run = new CityRun().linkDown(0, 'l-o1', ['agg-2']).unreachable(20, ['olt-1']).to(600);
  run.linkUp(601, 'l-o1', ['agg-2']).raise(610, 'LOS', told).to(630);
  return run.clear(631, 'UNREACHABLE', ['olt-1']);
};

test('who is not heard when a head starts, and is found dark while others still start, starts with them', () => {
  const unheard = [all[3]!, all[17]!];
  const told = all.filter((id) => !unheard.includes(id));
  const run = reload(told).clear(640, 'LOS', told.slice(0, 24)).unreachable(650, unheard).to(670);
  expect(run.summary()).toEqual(['node-down olt-1 34']);
  run.clear(680, 'LOS', told.slice(24)).clear(710, 'UNREACHABLE', unheard).to(720);
  expect(run.open()).toEqual([]);
  expect(run.changes.some(({ incident }) => incident.kind === 'drop')).toBe(false);
});

test('who is still dark ten minutes after the others started is told of by itself, as far from certain', () => {
  const gone = all[5]!;
  const told = all.filter((id) => id !== gone);
  const run = reload(told).clear(640, 'LOS', told.slice(0, 20)).unreachable(650, [gone]).to(660);
  run.clear(680, 'LOS', told.slice(20)).to(1_200);
  expect(run.open()).toMatchObject([{ kind: 'node-down', state: 'mitigated' }]);
  run.to(1_300);
  const dead = run.changes.findLast(({ incident }) => incident.root === 'olt-1')?.incident;
  expect(dead).toMatchObject({ state: 'resolved' });
  expect(dead?.alarms).toHaveLength(33);
  expect(run.open()).toMatchObject([{ kind: 'drop', root: gone, parent: dead?.id, probability: 0.5 }]);
  run.clear(2_000, 'UNREACHABLE', [gone]).to(2_010);
  expect(run.open()).toEqual([]);
});

test('half a branch that is silent while its head starts, and long after, is a cut that nobody saw', () => {
  const cut = terminals('1-2-2').slice(0, 5);
  const told = all.filter((id) => !cut.includes(id));
  const run = reload(told).unreachable(650, cut).to(670);
  expect(run.summary()).toEqual(['node-down olt-1 34']);
  run.clear(680, 'LOS', told).to(1_300);
  const [found, ...others] = run.open();
  expect(found?.alarms).toHaveLength(5);
  expect(others).toEqual([]);
});

test('what a restart of the correlation finds waiting for its head is told of as if it had never stopped', () => {
  const gone = all[5]!;
  const told = all.filter((id) => id !== gone);
  const run = reload(told).clear(640, 'LOS', told.slice(0, 20)).unreachable(650, [gone]).to(660);
  run.clear(680, 'LOS', told.slice(20)).to(900);
  const restored = new CityRun().to(900);
  restored.correlation.restore(JSON.parse(JSON.stringify(run.correlation.snapshot())));
  for (const one of [run, restored]) {
    one.clear(901, 'LOS', told).to(1_300);
    expect(one.summary()).toEqual([`drop ${gone} 1`]);
  }
});

test('the round that finds a head back may name its terminals first: they start with it', () => {
  const told = all.slice(0, 30);
  const run = new CityRun().linkDown(0, 'l-o1', ['agg-2']).unreachable(20, ['olt-1']).to(600);
  run.linkUp(601, 'l-o1', ['agg-2']).raise(610, 'LOS', told).to(630);
  run.unreachable(740, told.slice(0, 4)).clear(740.5, 'UNREACHABLE', ['olt-1']).clear(743, 'LOS', told);
  run.to(760);
  expect(run.summary()).toEqual(['node-down olt-1 36']);
});

test('whose clear was lost when the head started is not called dark on its own while the collector is blind', () => {
  const lost = all.slice(0, 3);
  const run = reload(all).clear(640, 'LOS', all.slice(3)).to(1_300);
  run.unreachable(1_300, ['olt-1', 'agg-4']).to(1_600);
  run.take([raised('col-1', 'UNREACHABLE', run.at, { source: 'collector' })]).to(2_400);
  run.take([cleared('col-1', 'UNREACHABLE', run.at)]).clear(2_401, 'UNREACHABLE', ['olt-1', 'agg-4']);
  run.clear(2_402, 'LOS', lost).to(2_500);
  expect(run.changes.some(({ incident }) => incident.kind === 'drop')).toBe(false);
});
