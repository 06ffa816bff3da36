import { expect, test } from 'vitest';
import { openSpool, readSpool, type Spool } from '../../../src/edge/journal/spool.ts';
import { type MemoryDisk, memoryDisk } from '../../support/memory-disk.ts';
import { type VirtualWorld, virtualWorld } from '../../support/virtual-world.ts';

const folder = 'spool';
const inform = (n: number): Uint8Array => new TextEncoder().encode(`inform ${n}`.padEnd(100));

const open = (disk: MemoryDisk, world: VirtualWorld, capBytes = 100_000) =>
  openSpool({ folder, world, files: disk, segmentBytes: 1_000, capBytes });

async function append(spool: Spool, world: VirtualWorld, records: readonly Uint8Array[]) {
  const answer = spool.append(records).catch((error: Error) => error);
  await world.pass(5);
  return answer;
}

async function offsets(spool: Spool, from = 1): Promise<number[]> {
  const out: number[] = [];
  for await (const record of spool.read(from)) out.push(record.offset);
  return out;
}

async function filled(count: number, capBytes?: number) {
  const [world, disk] = [virtualWorld(), memoryDisk()];
  const { value: spool } = await open(disk, world, capBytes);
  for (let n = 1; n <= count; n++) {
    expect(await append(spool, world, [inform(n)])).toEqual({ spool: spool.id, offset: n });
  }
  return { world, disk, spool };
}

test('a spool keeps its id and its numbers when opened again', async () => {
  const { world, disk, spool } = await filled(3);
  expect(spool.id).toMatch(/^[0-9a-f]{32}$/);
  await spool.close();
  const { value: again, problems } = await open(disk.afterPowerLoss(1), virtualWorld({ seed: 9 }));
  expect(problems).toEqual([]);
  expect(again.id).toBe(spool.id);
  expect(await offsets(again, 2)).toEqual([2, 3]);
  expect(again.pending.records).toBe(3);
  expect(await append(again, world, []).then(() => again.lastOffset)).toBe(3);
});

test('confirming cuts whole segments and never what is not confirmed', async () => {
  const { spool } = await filled(30);
  expect(spool.pending.records).toBe(30);
  const before = spool.pending.bytes;
  await spool.confirm(20);
  expect(spool.pending.records).toBe(10);
  expect(spool.pending.bytes).toBeLessThan(before / 2);
  expect(await offsets(spool, 21)).toEqual([21, 22, 23, 24, 25, 26, 27, 28, 29, 30]);
  await spool.confirm(5);
  expect(spool.pending.records).toBe(10);
  await spool.confirm(1_000);
  expect(spool.pending.records).toBe(0);
});

test('a full spool refuses and counts, and takes again once the line has confirmed', async () => {
  const { world, spool } = await filled(32, 4_000);
  expect(await append(spool, world, [inform(33), inform(34)])).toMatchObject({ code: 'spool/full' });
  expect(spool.refused).toBe(2);
  expect(spool.lastOffset).toBe(32);
  await spool.confirm(spool.lastOffset);
  expect(await append(spool, world, [inform(33)])).toEqual({ spool: spool.id, offset: 33 });
  expect(spool.pending.bytes).toBeLessThan(4_000);
});

test('appends that wait for the disk count against the cap', async () => {
  const { world, spool } = await filled(0, 1_000);
  const answers = Array.from({ length: 12 }, (_, n) =>
    spool.append([inform(n)]).catch((error: Error) => error),
  );
  await world.pass(5);
  expect((await Promise.all(answers)).filter((answer) => answer instanceof Error)).toHaveLength(4);
});

test('a lost id is replaced by a new one and reported', async () => {
  const { disk, spool } = await filled(1);
  disk.setBytes(`${folder}/spool-id`, new Uint8Array([0]));
  const { value: again, problems } = await open(disk, virtualWorld({ seed: 9 }));
  expect(again.id).not.toBe(spool.id);
  expect(problems).toMatchObject([{ code: 'spool/new-id', severity: 'error' }]);
});

test('a spool is read beside the process that writes it', async () => {
  const { disk, spool } = await filled(12);
  const read: unknown[] = [];
  for await (const record of readSpool(folder, { files: disk })) read.push([record.spool, record.offset]);
  expect(read).toHaveLength(12);
  expect(read.at(-1)).toEqual([spool.id, 12]);
});

test('what is confirmed stays for as long and as much as asked, over a restart too', async () => {
  const [world, disk] = [virtualWorld(), memoryDisk()];
  const keep = { ms: 60_000, bytes: 2_500 };
  const openKeeping = () =>
    openSpool({ folder, world, files: disk, segmentBytes: 1_000, capBytes: 8_000, keep });
  const { value: spool } = await openKeeping();
  for (let n = 1; n <= 40; n++) await append(spool, world, [inform(n)]);
  await spool.confirm(40);
  expect(spool.pending.records).toBe(0);
  const kept = await offsets(spool);
  expect(kept[0]).toBeGreaterThan(1);
  expect(kept.length).toBeGreaterThan(8);
  await spool.close();
  const { value: again } = await openKeeping();
  expect(again.confirmed).toBe(40);
  expect(again.pending.records).toBe(0);
  await world.pass(60_000);
  await append(again, world, [inform(41)]);
  await again.confirm(41);
  expect((await offsets(again)).length).toBeLessThan(kept.length);
});

test('what is kept takes no room from what waits', async () => {
  const [world, disk] = [virtualWorld(), memoryDisk()];
  const keep = { ms: 60_000, bytes: 1_000_000 };
  const { value: spool } = await openSpool({
    ...{ folder, world, files: disk, segmentBytes: 1_000, capBytes: 4_000, keep },
  });
  for (let round = 0; round < 4; round++) {
    for (let n = 1; n <= 20; n++) expect(await append(spool, world, [inform(n)])).toHaveProperty('offset');
    await spool.confirm(spool.lastOffset);
  }
  expect(await offsets(spool)).toHaveLength(80);
});
