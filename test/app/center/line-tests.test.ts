import { expect, test } from 'vitest';
import { LineTests } from '../../../src/app/center/line-tests.ts';
import { seconds } from '../../../src/base/instant.ts';
import type { FullBitmap } from '../../../src/model/bitmap.ts';
import { resourceId } from '../../../src/model/ids.ts';
import { virtualWorld } from '../../support/virtual-world.ts';

const seen = (fields: Partial<FullBitmap>): { kind: 'fullBitmap'; bitmap: FullBitmap } => ({
  kind: 'fullBitmap',
  bitmap: {
    ...{ owner: resourceId('olt/pon/1'), device: 'olt', counts: { down: 0, alive: 0, unknown: 0 } },
    ...{ down: [], alive: [], unknown: [] },
    ...fields,
  },
});

test('a line test ends with what the next answer says of the line', async () => {
  const asked: string[] = [];
  const tests = new LineTests(virtualWorld(), (resources) => asked.push(...resources));
  const of = (line: string) => {
    const test = tests.start(line);
    if ('reason' in test) throw new Error(test.reason);
    return test.verdict;
  };
  const verdicts = [of('olt/ont/1'), of('olt/ont/2'), of('olt/ont/3'), of('olt/ont/1')];
  // Who asks again meanwhile waits for the same answer.
  expect(asked).toEqual(['olt/ont/1', 'olt/ont/2', 'olt/ont/3']);
  tests.take(seen({ device: 'ol', alive: ['ont/1'] }));
  tests.take(seen({ alive: ['ont/1'], unknown: ['ont/3'], down: [{ cause: 'LOS', objects: ['ont/2'] }] }));
  const device = 'olt';
  expect(await Promise.all(verdicts)).toEqual([
    { device, object: 'ont/1', state: 'alive' },
    { device, object: 'ont/2', state: 'down', cause: 'LOS' },
    { device, object: 'ont/3', state: 'unknown' },
    { device, object: 'ont/1', state: 'alive' },
  ]);
});

test('a line that nobody sees is not tested, and one that nobody answers for is unknown', async () => {
  const world = virtualWorld();
  const unseen = new LineTests(world, () => 0);
  expect(unseen.start('olt/ont/1')).toMatchObject({ reason: expect.stringContaining('no device') });
  expect(unseen.start('olt/ont/1')).toHaveProperty('reason');
  const tests = new LineTests(world, () => 1);
  const test = tests.start('olt/ont/1');
  world.advance(seconds(46));
  expect('verdict' in test && (await test.verdict)).toEqual({ state: 'unknown' });
  for (let line = 0; line < 100; line++) tests.start(`olt/ont/${line}`);
  expect(tests.start('olt/ont/100')).toEqual({ reason: '100 line tests are under way' });
});
