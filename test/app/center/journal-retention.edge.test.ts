import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { JournalRetention } from '../../../src/app/center/journal-retention.ts';
import { openJournal } from '../../../src/edge/journal/segments.ts';
import { realWorld } from '../../support/real-world.ts';

const day = 86_400_000;
const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function journalOf(records: number) {
  const data = await mkdtemp(join(tmpdir(), 'retention-'));
  folders.push(data);
  const world = realWorld();
  const { value: journal } = await openJournal({ folder: join(data, 'journal'), world, segmentBytes: 4_096 });
  for (let i = 0; i < records; i++) await journal.append([new Uint8Array(1_000).fill(i)]);
  return { data, journal, retention: new JournalRetention({ journal, data }) };
}

async function firstOf(journal: {
  read(from: number): AsyncIterable<{ sequence: number }>;
}): Promise<number> {
  for await (const { sequence } of journal.read(1)) return sequence;
  return 0;
}

test('segments older than 35 days go, those behind the last old snapshot stay', async () => {
  const { journal, retention } = await journalOf(40);
  await retention.mark(1 * day, 10);
  await retention.mark(2 * day, 20);
  await retention.mark(30 * day, 35);
  expect(await retention.trim(36 * day)).toBeGreaterThan(0);
  // The mark of day 1 is the last one 35 days old: everything behind its snapshot is still there.
  expect(await firstOf(journal)).toBeLessThanOrEqual(11);
  expect(await firstOf(journal)).toBeGreaterThan(1);
  await journal.close();
});

test('without a mark nothing is deleted, and a torn mark is left out', async () => {
  const { data, journal, retention } = await journalOf(20);
  expect(await retention.trim(100 * day)).toBe(0);
  await writeFile(join(data, 'journal-marks.ndjson'), '{"at":1,"sequ');
  expect(await retention.trim(100 * day)).toBe(0);
  expect(await firstOf(journal)).toBe(1);
  await journal.close();
});

test('above 20 GB the oldest go first, whatever their age, but never those behind the newest snapshot', async () => {
  const { data, journal, retention } = await journalOf(40);
  await retention.mark(100 * day, 15);
  await retention.mark(101 * day, 39);
  await mkdir(join(data, 'journal'), { recursive: true });
  await writeFile(join(data, 'journal', 'sparse'), '');
  await truncate(join(data, 'journal', 'sparse'), 21 * 1024 ** 3);
  expect(await retention.trim(102 * day)).toBeGreaterThan(0);
  expect(await firstOf(journal)).toBeLessThanOrEqual(16);
  expect(await firstOf(journal)).toBeGreaterThan(1);
  await journal.close();
});
