import { expect, test } from 'vitest';
import { openSyncFile } from '../../../src/edge/disk/sync-file.ts';
import { memoryDisk } from '../../support/memory-disk.ts';
import { virtualWorld } from '../../support/virtual-world.ts';

async function opened(flushBytes = 1_000) {
  const [world, disk] = [virtualWorld(), memoryDisk()];
  const file = await openSyncFile({ path: 'f/wal', world, files: disk, flushBytes });
  return { world, disk, file };
}

test('what is appended within 5 ms becomes durable together, in order', async () => {
  const { world, disk, file } = await opened();
  const steps = disk.steps;
  const answers = [file.append(new Uint8Array([1])), file.append(new Uint8Array([2, 3]))];
  await world.pass(4);
  expect([disk.steps, file.size]).toEqual([steps, 0]);
  await world.pass(1);
  await Promise.all(answers);
  expect([disk.steps, file.size]).toEqual([steps + 2, 3]);
  expect(Array.from(disk.afterPowerLoss(1).bytesOf('f/wal'))).toEqual([1, 2, 3]);
});

test('enough waiting bytes do not wait for the window', async () => {
  const { world, file } = await opened(10);
  await file.append(new Uint8Array(10));
  expect(file.size).toBe(10);
  expect(world.monotonicMs()).toBe(0);
});

test('appends during a sync become the next group, at once when their window is over', async () => {
  const { world, disk, file } = await opened(10);
  const steps = disk.steps;
  const first = file.append(new Uint8Array(10));
  const second = file.append(new Uint8Array(1));
  const third = file.append(new Uint8Array(1));
  world.advance(5);
  await Promise.all([first, second, third]);
  expect(disk.steps).toBe(steps + 4);
  expect(file.size).toBe(12);
});

test('a full disk stops the file for good, and what was acknowledged stays', async () => {
  const { world, disk, file } = await opened();
  const first = file.append(new Uint8Array([1]));
  await world.pass(5);
  await first;
  disk.failCode = 'ENOSPC';
  disk.failAt = disk.steps + 1;
  const second = file.append(new Uint8Array([2, 3]));
  const heard = second.catch((error: unknown) => error);
  await world.pass(5);
  expect(await heard).toMatchObject({
    code: 'disk/full',
    message: expect.stringContaining('f/wal'),
  });
  disk.failAt = 0;
  await expect(file.append(new Uint8Array([4]))).rejects.toMatchObject({ code: 'disk/full' });
  expect(file.size).toBe(1);
  await file.close();
});
