/** Terminals that hang elsewhere than the papers say: told by the moment in which they fall dark. */
import { expect, test } from 'vitest';
import { terminals } from '../support/small-city.ts';
import { CityRun } from './city-run.ts';

const branch = terminals('1-1-1');
const stray = 'ont-1-2-2-3';

/** Whoever switches off here is known to gasp. */
function cityThatGasps(): CityRun {
  const run = new CityRun();
  for (const olt of ['1', '2']) {
    run.raise(0, 'DYING_GASP', terminals(olt).slice(-1)).to(20);
    run.clear(60, 'DYING_GASP', terminals(olt).slice(-1)).to(80);
  }
  return run;
}

test('a terminal that loses its light in the moment of a cut is of that cut, wherever the papers put it', () => {
  for (const elsewhere of [stray, 'ont-2-1-1-4']) {
    const run = cityThatGasps().raise(600, 'LOS', branch, 200).raise(602, 'LOS', [elsewhere]).to(640);
    expect(run.summary()).toEqual(['splitter s1-1-1 9']);
    expect(run.open()[0]?.affected.under).toEqual(['s1-1-1', elsewhere]);
    run.clear(900, 'LOS', [...branch, elsewhere]).to(960);
    expect(run.open()).toEqual([]);
  }
});

test('told of before its cut was stated it is taken in', () => {
  const run = cityThatGasps().raise(600, 'LOS', [stray]);
  run.raise(601, 'LOS', branch.slice(0, 4), 200).raise(604, 'LOS', branch.slice(4, 6), 2_000).to(640);
  expect(run.summary()).toEqual(['splitter s1-1-1 7']);
});

test('a minute later, or where nobody was heard to gasp, it is a fault of its own', () => {
  const later = cityThatGasps().raise(600, 'LOS', branch).raise(660, 'LOS', [stray]).to(700);
  expect(later.summary()).toEqual(['splitter s1-1-1 8', `drop ${stray} 1`]);
  const mute = new CityRun().raise(600, 'LOS', branch).raise(601, 'LOS', [stray]).to(640);
  expect(mute.summary()).toEqual(['splitter s1-1-1 8', `drop ${stray} 1`]);
});

test('who fell dark before the first of many did was not cut with them', () => {
  const both = [...branch, ...terminals('1-1-2')];
  const before = cityThatGasps().raise(600, 'LOS', [stray]).raise(601.2, 'LOS', both, 100).to(650);
  expect(before.summary().sort()).toEqual([`drop ${stray} 1`, 'splitter s1-1 16']);
  const within = cityThatGasps().raise(600, 'LOS', both.slice(0, 1)).raise(600.2, 'LOS', [stray]);
  expect(within.raise(600.3, 'LOS', both.slice(1), 100).to(650).summary()).toEqual(['splitter s1-1 17']);
});
