import { expect, test } from 'vitest';
import { type Baseline, episodesOf, linesOf } from '../../bench/support/baselines/baseline.ts';
import { chainedNeighbours, quietGaps } from '../../bench/support/baselines/chains.ts';
import { clusteredByDefault, clusteredTuned } from '../../bench/support/baselines/dbscan.ts';
import { topmostAncestor } from '../../bench/support/baselines/topmost.ts';
import { windowPerCauseAndHead, windowPerHead } from '../../bench/support/baselines/windows.ts';
import { parseIncidents } from '../../src/measure/measure.ts';
import { type Row, streamOf } from './paper-stream.ts';

const groups = (baseline: Baseline, ...lines: readonly Row[]) =>
  baseline
    .group(streamOf(...lines))
    .map(({ episodes }) => episodes.flatMap(({ raises }) => raises).join(' '));

test('a repeat belongs to the alarm it repeats until that ends', () => {
  const stream = streamOf(
    [0, 'a1', 'LOS'],
    [5, 'a1', 'LOS'],
    [6, 'a1', 'LOS', 'clear'],
    [7, 'a1', 'LOS'],
    [8, 'a1', '', 'alive'],
    [9, 'a1', 'LOS'],
  );
  expect(episodesOf(stream).map(({ raises }) => raises.join(' '))).toEqual(['r0 r1', 'r3', 'r5']);
});

test('a window holds what comes below one OLT within five minutes of its first alarm', () => {
  const lines = [
    [0, 'a1', 'LOS'],
    [60, 'b1', 'LOS'],
    [300, 'a3', 'DYING_GASP'],
    [301, 'olt-a', 'LINK_DOWN'],
    [302, 'up-a', 'LINK_DOWN'],
    [303, 'unknown', 'LOS'],
  ] as const;
  expect(groups(windowPerHead, ...lines)).toEqual(['r0 r2', 'r1', 'r3', 'r4', 'r5']);
  expect(groups(windowPerCauseAndHead, ...lines)).toEqual(['r0', 'r1', 'r2', 'r3', 'r4', 'r5']);
});

test('an alarm goes to the topmost thing above it that is in alarm, before it or a minute later', () => {
  const stream = streamOf(
    [0, 'a1', 'LOS'],
    [1, 'split', 'LOS'],
    [50, 'pon-a', 'PORT_LOS'],
    [55, 'b1', 'LOS'],
    [200, 'pon-a', 'PORT_LOS', 'clear'],
    [201, 'a3', 'LOS'],
  );
  const found = topmostAncestor.group(stream);
  expect(found.map(({ root, kind }) => [root, kind])).toEqual([
    ['pon-a', 'pon-port'],
    ['b1', 'drop'],
    ['a3', 'drop'],
  ]);
  expect(found[0]?.episodes).toHaveLength(3);
});

test('by the defaults one hop within 26 s is near and two hops never are', () => {
  expect(groups(clusteredByDefault, [0, 'a1', 'LOS'], [74, 'a1', 'CRC_ERRORS'])).toHaveLength(1);
  expect(groups(clusteredByDefault, [0, 'a1', 'LOS'], [76, 'a1', 'CRC_ERRORS'])).toHaveLength(2);
  expect(groups(clusteredByDefault, [0, 'a1', 'LOS'], [26, 'split', 'LOS'])).toHaveLength(1);
  expect(groups(clusteredByDefault, [0, 'a1', 'LOS'], [27, 'split', 'LOS'])).toHaveLength(2);
  expect(groups(clusteredByDefault, [0, 'a1', 'LOS'], [0, 'a2', 'LOS'])).toHaveLength(2);
  expect(
    groups(clusteredByDefault, [0, 'core', 'X'], [20, 'up-a', 'LINK_DOWN'], [30, 'olt-a', 'X']),
  ).toHaveLength(1);
});

test('with the wide epsilon terminals of a silent splitter are near for 105 s, four hops are for 8 s', () => {
  expect(groups(clusteredTuned, [0, 'a1', 'LOS'], [105, 'a2', 'LOS'])).toHaveLength(1);
  expect(groups(clusteredTuned, [0, 'a1', 'LOS'], [106, 'a2', 'LOS'])).toHaveLength(2);
  expect(groups(clusteredTuned, [0, 'a1', 'LOS'], [8, 'a3', 'LOS'])).toHaveLength(1);
  expect(groups(clusteredTuned, [0, 'a1', 'LOS'], [9, 'a3', 'LOS'])).toHaveLength(2);
  // 0-60 and 60-120 are near, so 0 and 120 are together, too.
  expect(groups(clusteredTuned, [0, 'a1', 'LOS'], [60, 'a2', 'LOS'], [120, 'a1', 'X'])).toEqual(['r0 r1 r2']);
  expect(groups(clusteredTuned, [0, 'a1', 'LOS'], [1, 'b1', 'LOS'], [2, 'stranger', 'LOS'])).toHaveLength(3);
});

test('what a baseline says is read like what replay says', () => {
  const lines = linesOf(topmostAncestor.group(streamOf([1, 'a1', 'LOS'], [2, 'a1', 'LOS'])));
  const { value, problems } = parseIncidents(lines.join('\n'), 'incidents.jsonl');
  expect(problems).toEqual([]);
  expect(value).toMatchObject([{ root: 'a1', kind: 'drop', alarms: ['r0', 'r1'], actionable: true }]);
});

test('chains run along neighbours and time without an end', () => {
  const alarms = [
    { device: 1, type: 0, from: 0 },
    { device: 2, type: 1, from: 50 },
    { device: 3, type: 0, from: 100 },
    { device: 1, type: 0, from: 120 },
    { device: 9, type: 0, from: 130 },
  ];
  const neighbours = new Map([
    [1, [2]],
    [2, [1, 3]],
    [3, [2]],
  ]);
  expect(chainedNeighbours(alarms, neighbours, 60).map(({ size }) => size)).toEqual([3, 1, 1]);
  expect(quietGaps(alarms, 120).map(({ at, size }) => [at, size])).toEqual([
    [0, 2],
    [50_000, 1],
    [100_000, 1],
    [130_000, 1],
  ]);
});
