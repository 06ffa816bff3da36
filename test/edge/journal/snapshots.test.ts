import { expect, test } from 'vitest';
import { openSnapshots } from '../../../src/edge/journal/snapshots.ts';
import { memoryDisk } from '../../support/memory-disk.ts';

const folder = 'snapshots';
const state = (sequence: number): Uint8Array => new TextEncoder().encode(`state at ${sequence}`);

async function written(sequences: readonly number[]) {
  const disk = memoryDisk();
  const snapshots = await openSnapshots({ folder, files: disk });
  for (const sequence of sequences) await snapshots.writeSnapshot({ sequence, bytes: state(sequence) });
  return { disk, snapshots };
}

test('the newest snapshot comes back and two are kept', async () => {
  const { disk, snapshots } = await written([5, 1_000, 20]);
  expect(await snapshots.latestSnapshot()).toEqual({
    snapshot: { sequence: 1_000, bytes: state(1_000) },
    problems: [],
  });
  expect([...(await disk.list(folder))].sort()).toEqual([
    '0000000000000020.snapshot',
    '0000000000001000.snapshot',
  ]);
});

test('without a snapshot there is none, and an empty state is one', async () => {
  const { snapshots } = await written([]);
  expect(await snapshots.latestSnapshot()).toEqual({ snapshot: undefined, problems: [] });
  await snapshots.writeSnapshot({ sequence: 3, bytes: new Uint8Array(0) });
  expect((await snapshots.latestSnapshot()).snapshot).toEqual({ sequence: 3, bytes: new Uint8Array(0) });
});

test('a flipped bit or a cut at any byte is reported and the older snapshot is taken', async () => {
  const { disk, snapshots } = await written([1, 2]);
  const path = `${folder}/0000000000000002.snapshot`;
  const whole = disk.bytesOf(path);
  for (let at = 0; at < whole.length; at++) {
    const flipped = whole.slice();
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
    for (const bytes of [flipped, whole.slice(0, at)]) {
      disk.setBytes(path, bytes);
      const { snapshot, problems } = await snapshots.latestSnapshot();
      expect(snapshot?.sequence).toBe(1);
      expect(problems).toMatchObject([{ file: path, code: 'disk/damaged' }]);
    }
  }
});

test('a damaged snapshot never pushes a sound one out', async () => {
  const { disk } = await written([1, 2]);
  disk.setBytes(`${folder}/0000000000000002.snapshot`, new Uint8Array(3));
  const snapshots = await openSnapshots({ folder, files: disk });
  await snapshots.writeSnapshot({ sequence: 3, bytes: state(3) });
  disk.setBytes(`${folder}/0000000000000003.snapshot`, new Uint8Array(3));
  expect((await snapshots.latestSnapshot()).snapshot?.sequence).toBe(1);
  await snapshots.writeSnapshot({ sequence: 4, bytes: state(4) });
  await snapshots.writeSnapshot({ sequence: 5, bytes: state(5) });
  expect((await disk.list(folder)).length).toBe(2);
});

test('a disk that fails at any step, or loses power, leaves a snapshot that verifies', async () => {
  for (let failAt = 1, isDone = false; !isDone; failAt++) {
    const { disk, snapshots } = await written([1, 2]);
    disk.failAt = disk.steps + failAt;
    isDone = await snapshots.writeSnapshot({ sequence: 3, bytes: state(3) }).then(
      () => true,
      () => false,
    );
    disk.failAt = 0;
    for (const after of [disk, disk.afterPowerLoss(failAt)]) {
      const { snapshot } = await (await openSnapshots({ folder, files: after })).latestSnapshot();
      expect(snapshot?.bytes).toEqual(state(snapshot?.sequence ?? 0));
      expect(snapshot?.sequence).toBeGreaterThanOrEqual(isDone ? 3 : 2);
    }
  }
});
