import { expect, test } from 'vitest';
import { openJournal, readJournal, verifyJournal } from '../../../src/edge/journal/segments.ts';
import type { Journal } from '../../../src/flow/journal.ts';
import { memoryDisk } from '../../support/memory-disk.ts';
import { virtualWorld } from '../../support/virtual-world.ts';

const folder = 'journal';
const input = (n: number): Uint8Array => new TextEncoder().encode(`input ${n}`);

async function filled(count: number) {
  const [world, disk] = [virtualWorld(), memoryDisk()];
  const { value: journal } = await openJournal({ folder, world, files: disk, segmentBytes: 300 });
  for (let n = 1; n <= count; n++) {
    const answer = journal.append([input(n)]);
    await world.pass(5);
    expect(await answer).toBe(n);
  }
  const path = async (index: number): Promise<string> =>
    `${folder}/${[...(await disk.list(folder))].sort().at(index)}`;
  return { world, disk, journal, path };
}

async function sequences(records: AsyncIterable<{ readonly sequence: number }>): Promise<number[]> {
  const out: number[] = [];
  for await (const { sequence } of records) out.push(sequence);
  return out;
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n);

test('an empty journal begins with input 1', async () => {
  const { journal } = await filled(0);
  expect(journal.lastSequence).toBe(0);
  expect(await sequences(journal.read(1))).toEqual([]);
});

test('reading begins at any input, across segments', async () => {
  const { journal } = await filled(30);
  for (const from of [1, 2, 10, 11, 12, 30, 31]) {
    expect(await sequences(journal.read(from))).toEqual(range(from, 30));
  }
});

test('trimming behind a snapshot keeps the segment that holds its sequence', async () => {
  const { world, disk, journal, path } = await filled(40);
  expect(await journal.trim(1)).toBe(0);
  expect(await journal.trim(20)).toBe(1);
  const kept = await sequences(journal.read(1));
  const second = Number((await path(1)).slice(folder.length + 1, folder.length + 17));
  expect(await journal.trim(second - 1)).toBe(0);
  expect(await journal.trim(second)).toBe(1);
  expect(kept[0]).toBeLessThanOrEqual(20);
  expect(kept.at(-1)).toBe(40);
  expect(await journal.trim(1_000)).toBeGreaterThan(0);
  await journal.close();
  const { value: again, problems } = await openJournal({ folder, world, files: disk, segmentBytes: 300 });
  expect(problems).toEqual([]);
  expect(again.lastSequence).toBe(40);
});

test('a reading under way ends well when what it reads is trimmed', async () => {
  const { journal } = await filled(40);
  const seen: number[] = [];
  for await (const { sequence } of journal.read(1)) {
    seen.push(sequence);
    if (sequence === 1) await journal.trim(40);
  }
  expect(seen.at(-1)).toBe(40);
  expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
});

test('verifying counts records and names a torn tail, damage and holes, and changes nothing', async () => {
  const { disk, path } = await filled(40);
  expect(await verifyJournal(folder, disk)).toMatchObject({
    segments: 4,
    records: 40,
    firstSequence: 1,
    lastSequence: 40,
    problems: [],
  });
  const damaged = disk.bytesOf(await path(0)).slice();
  damaged[100] = (damaged[100] ?? 0) ^ 4;
  disk.setBytes(await path(0), damaged);
  disk.setBytes(await path(-1), disk.bytesOf(await path(-1)).slice(0, -1));
  const steps = disk.steps;
  const report = await verifyJournal(folder, disk);
  expect(report).toMatchObject({ records: 38, lastSequence: 39 });
  expect(report.problems.map((problem) => [problem.code, problem.severity])).toEqual([
    ['disk/damaged', 'error'],
    ['disk/torn-tail', 'warning'],
  ]);
  expect(report.problems[0]?.message).toContain('record 4 is lost');
  expect(disk.steps).toBe(steps);
});

test('a dump reads beside the writer, leaves out what is being written and tells of damage', async () => {
  const { disk, path } = await filled(25);
  disk.setBytes(await path(-1), disk.bytesOf(await path(-1)).slice(0, -1));
  const damaged = disk.bytesOf(await path(1)).slice();
  damaged[30] = (damaged[30] ?? 0) ^ 4;
  disk.setBytes(await path(1), damaged);
  const problems: string[] = [];
  const read = await sequences(
    readJournal(folder, { from: 3, files: disk, onProblem: (problem) => problems.push(problem.code) }),
  );
  expect(read).toHaveLength(21);
  expect(read.at(-1)).toBe(24);
  expect(problems).toEqual(['disk/damaged']);
});

test('segments below a verified snapshot are not read when opening', async () => {
  const { world, disk, path } = await filled(40);
  disk.setBytes(await path(0), new Uint8Array(50).fill(1));
  const open = async (verifyFrom?: number): Promise<{ value: Journal; problems: readonly unknown[] }> =>
    openJournal({ folder, world, files: disk, segmentBytes: 300, verifyFrom });
  const { value: journal, problems } = await open(30);
  expect(problems).toEqual([]);
  expect(await sequences(journal.read(30))).toEqual(range(30, 40));
  await expect(sequences(journal.read(1))).rejects.toMatchObject({ code: 'disk/damaged' });
  expect((await open()).problems).toHaveLength(1);
});
