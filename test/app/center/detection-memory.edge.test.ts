/** What is remembered of devices over a restart, in a real folder. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { knownEngines, openDetectionMemory, placesAmong } from '../../../src/app/center/detection-memory.ts';
import { compileDetectionRules, Detection } from '../../../src/detect/detect.ts';
import { learnedFrom, nothingLearned } from '../../../src/edge/snmp/learned.ts';
import { resourceId } from '../../../src/model/ids.ts';
import { virtualWorld } from '../../support/virtual-world.ts';

const device = { id: 'r-1', resource: resourceId('r-1') };
const rules = compileDetectionRules([]).value;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'memory-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = async (detection: Detection) =>
  openDetectionMemory({ detection, folder, world: virtualWorld() });

test('conditions and the pace of each device are there after a restart', async () => {
  const detection = new Detection(rules);
  for (let i = 0; i < 3; i++) detection.silent(device);
  const memory = await open(detection);
  expect(memory.paces).toEqual({});
  const learned = { ...nothingLearned(), roomBytes: 300, usesBulk: false, rttCount: 7 };
  memory.keepPaces(() => ({ 'r-1': learned }));
  await memory.keep();
  memory.stop();

  const after = new Detection(rules);
  const restored = await open(after);
  expect(after.active()).toEqual(detection.active());
  expect(learnedFrom(restored.paces['r-1'])).toEqual(learned);
  restored.stop();
});

test('which SNMP engine is where is known until it proves to be elsewhere, to those who read the folder too', async () => {
  expect(await knownEngines(folder)).toEqual({});
  const memory = await open(new Detection(rules));
  memory.keepEngines(() => ({ '161 192.0.2.1': '8000a1', '161 192.0.2.2': '8000a2' }));
  await memory.keep();
  memory.stop();
  const known = await knownEngines(folder);
  expect([...placesAmong(known)('8000a2')]).toEqual(['161 192.0.2.2']);
  const restored = await open(new Detection(rules));
  const now = { '161 192.0.2.2': '8000a9', '161 192.0.2.7': '8000a1' };
  const placesOf = placesAmong(restored.engines, {
    of: (id) => Object.entries(now).flatMap(([place, own]) => (own === id ? [place] : [])),
    all: () => now,
  });
  expect(['8000a1', '8000a2', '8000a9'].map((id) => [...placesOf(id)])).toEqual([
    ['161 192.0.2.7'],
    [],
    ['161 192.0.2.2'],
  ]);
  restored.stop();
});

test('a memory that cannot be read or is of another form is begun anew', async () => {
  for (const text of ['{', '{"format":"allclear-detection/1","detection":{"devices":[1]}}', '[]']) {
    await writeFile(join(folder, 'detection.json'), text);
    const detection = new Detection(rules);
    const memory = await open(detection);
    expect([memory.paces, detection.watched]).toEqual([{}, []]);
    memory.stop();
  }
});

test('of a kept pace only what has the right form is taken', () => {
  const usual = nothingLearned();
  expect(
    learnedFrom({ roomBytes: 'much', replyAddress: 7, other: 1, isSilent: true, usesBulk: false }),
  ).toEqual({
    ...usual,
    usesBulk: false,
  });
  expect(learnedFrom(null)).toEqual(usual);
  expect(learnedFrom('text')).toEqual(usual);
});
