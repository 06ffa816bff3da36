/** Polls find late, never early: what they found before a cut was told of is of something else. */
import { expect, test } from 'vitest';
import { CityRun } from './city-run.ts';

const ringOpen = (): CityRun => new CityRun().linkDown(0, 'l-12', ['agg-1', 'agg-2']).to(3_600);

test('a switch that a poll missed before the second cut of its ring was told of did not fall silent by it', () => {
  const run = ringOpen().unreachable(3_600, ['agg-2']).to(3_625);
  run.linkDown(3_625, 'l-34', ['agg-4']).unreachable(3_640, ['agg-3']).to(3_700);
  expect(run.summary()).toEqual(['link l-12 2', 'node-down agg-2 1', 'link l-34 2']);
  expect(run.open().at(-1)?.affected.under).toEqual(['agg-2', 'agg-3', 'olt-1', 'olt-2']);
});

test('a switch that a poll missed in the moment of the cut did', () => {
  const run = ringOpen().unreachable(3_623, ['agg-2']).linkDown(3_625, 'l-34', ['agg-4']).to(3_700);
  expect(run.summary()).toEqual(['link l-12 2', 'link l-34 2']);
});

test('what polls alone tell of a cut does not date it', () => {
  const run = ringOpen().unreachable(3_600, ['agg-2']).to(3_605);
  run.linkDown(3_625, 'l-34', ['agg-4'], 'poll').to(3_700);
  expect(run.summary()).toEqual(['link l-12 2', 'link l-34 2']);
});

test('a terminal found dark before its head was cut off is dark by itself', () => {
  const run = ringOpen().unreachable(3_600, ['ont-2-1-1-1']).to(3_620);
  run.linkDown(3_620, 'l-34', ['agg-4']).unreachable(3_640, ['olt-2']).to(3_700);
  expect(run.summary()).toEqual(['link l-12 2', 'drop ont-2-1-1-1 1', 'link l-34 2']);
});

test('whom a cut took that was told of is of it, though polls missed a device before through which he hangs', () => {
  const run = ringOpen().unreachable(3_600, ['agg-2']).to(3_625).linkDown(3_625, 'l-34', ['agg-4']).to(3_640);
  run.unreachable(3_640, ['olt-1']).to(3_700);
  expect(run.summary()).toContain('link l-34 2');
});
