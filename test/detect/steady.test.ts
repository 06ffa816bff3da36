// A condition is believed after some rounds in a row, and over after some.
import { expect, test } from 'vitest';
import { freshSteady, over, step, type Word } from '../../src/detect/steady.ts';

const run = (words: readonly Word[], raiseAfter = 3, clearAfter = 2): (string | undefined)[] => {
  const state = freshSteady();
  return words.map((word) => step(state, word, { raiseAfter, clearAfter }));
};
const bad: Word = { bad: 'major' };

test('bad rounds raise only when they follow each other', () => {
  expect(run([bad, bad, 'good', bad, bad, bad])).toEqual([...Array(5).fill(undefined), 'major']);
});

test('what is raised ends only after good rounds in a row, and then once', () => {
  expect(run([bad, 'good', bad, 'good', 'good', 'good'], 1)).toEqual([
    'major',
    undefined,
    undefined,
    undefined,
    'clear',
    undefined,
  ]);
});

test('a round in between changes nothing and breaks no row', () => {
  expect(run([bad, 'between', bad, 'between', bad])).toEqual([...Array(4).fill(undefined), 'major']);
});

test('another severity is raised anew after as many rounds', () => {
  expect(run([bad, { bad: 'critical' }, { bad: 'critical' }, bad, bad], 2)).toEqual([
    undefined,
    'critical',
    undefined,
    undefined,
    'major',
  ]);
});

test('a value is good again only a fifth below its limit', () => {
  expect([99, 100, 99, 80, 79].map((value) => over(value, 100, 'minor'))).toEqual([
    'between',
    { bad: 'minor' },
    'between',
    'between',
    'good',
  ]);
});
