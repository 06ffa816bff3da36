import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openSegmentedLog, type SegmentedLog } from '../../../src/edge/disk/segmented-log.ts';
import { type MemoryDisk, memoryDisk } from '../../support/memory-disk.ts';
import { type VirtualWorld, virtualWorld } from '../../support/virtual-world.ts';

const folder = 'log';
const segmentBytes = 200;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

async function open(disk: MemoryDisk, world: VirtualWorld) {
  return openSegmentedLog({ folder, world, files: disk, segmentBytes });
}

async function read(log: SegmentedLog, from = 1): Promise<[number, string][]> {
  const out: [number, string][] = [];
  for await (const { sequence, bytes } of log.read(from))
    out.push([sequence, new TextDecoder().decode(bytes)]);
  return out;
}

/** Appends and lets the group-commit window pass; the result is what the caller would have heard. */
async function append(
  log: SegmentedLog,
  world: VirtualWorld,
  texts: readonly string[],
): Promise<number | Error> {
  const answer = log.append(texts.map(bytesOf)).catch((error: Error) => error);
  await world.pass(5);
  return answer;
}

async function filled(texts: readonly string[], world = virtualWorld(), disk = memoryDisk()) {
  const { value: log } = await open(disk, world);
  for (const text of texts) expect(await append(log, world, [text])).toBeTypeOf('number');
  return { disk, world, log };
}

const texts = (count: number): string[] => Array.from({ length: count }, (_, index) => `record ${index + 1}`);
const numbered = (list: readonly string[]): [number, string][] =>
  list.map((text, index) => [index + 1, text]);

async function newestSegment(disk: MemoryDisk, back = 1): Promise<string> {
  return `${folder}/${[...(await disk.list(folder))].sort().at(-back)}`;
}

test('a log model: appends, reopening, power losses and trims never lose an acknowledged record', async () => {
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('append' as const),
        sizes: fc.array(fc.nat(150), { minLength: 1, maxLength: 4 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('kill' as const), step: fc.integer({ min: 1, max: 6 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('powerLoss' as const),
        seed: fc.nat(),
        lastSize: fc.nat(3_000),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('trim' as const),
        part: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const world = virtualWorld();
      let disk = memoryDisk();
      let { value: log } = await open(disk, world);
      const model = new Map<number, string>();
      for (const one of steps) {
        if (one.kind === 'append') {
          const added = one.sizes.map((size, index) => `${log.lastSequence + index + 1}:${'x'.repeat(size)}`);
          const last = await append(log, world, added);
          expect(last).toBe(model.size + added.length);
          for (const text of added) model.set(model.size + 1, text);
        } else if (one.kind === 'trim') {
          await log.trim(Math.floor(log.lastSequence * one.part));
        } else {
          if (one.kind === 'powerLoss') {
            void log.append([bytesOf('y'.repeat(one.lastSize))]).catch(() => {});
            world.advance(5);
            disk = disk.afterPowerLoss(one.seed);
          } else if (one.kind === 'kill') {
            // The process ends between two steps: what it wrote is in the page cache, synced or not.
            disk.failAt = disk.steps + one.step;
            await append(log, world, ['z'.repeat(100), 'z']);
            disk.failAt = 0;
          } else await log.close();
          const opened = await open(disk, world);
          expect(opened.problems.filter((problem) => problem.severity === 'error')).toEqual([]);
          log = opened.value;
          // An append that was under way may be there, behind all that was acknowledged.
          for (const [sequence, text] of await read(log))
            if (sequence > model.size) model.set(sequence, text);
        }
        expect(log.lastSequence).toBe(model.size);
        expect(await read(log)).toEqual([...model].filter(([sequence]) => sequence >= log.firstSequence));
      }
    }),
    { numRuns: 150 },
  );
});

describe('what is wrong in the files', () => {
  test('a last frame torn at any byte is cut, reported, and its number given again', async () => {
    const { disk, world } = await filled(texts(3));
    const path = await newestSegment(disk);
    const whole = disk.bytesOf(path);
    const start = (whole.length / 3) * 2;
    for (let length = start + 1; length < whole.length; length++) {
      const torn = memoryDisk(new Map([[path, whole.slice(0, length)]]));
      const { value: log, problems } = await open(torn, world);
      expect(problems).toMatchObject([{ file: path, severity: 'warning', code: 'disk/torn-tail' }]);
      expect(problems[0]?.message).toContain(`${length - start} bytes at offset ${start}`);
      expect(await append(log, world, ['again'])).toBe(3);
      expect(await read(log)).toEqual([...numbered(texts(2)), [3, 'again']]);
    }
  });

  test('a flipped bit anywhere in any segment is detected and costs one record', async () => {
    const { disk, world } = await filled(texts(12));
    const all = numbered(texts(12));
    for (const name of await disk.list(folder)) {
      const path = `${folder}/${name}`;
      const whole = disk.bytesOf(path);
      for (let at = 0; at < whole.length; at += 3) {
        const bytes = whole.slice();
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
        disk.setBytes(path, bytes);
        const { value: log, problems } = await open(memoryDisk(await copyOf(disk)), world);
        expect(problems).toHaveLength(1);
        expect(problems[0]?.file).toBe(path);
        const kept = await read(log);
        expect(kept).toHaveLength(11);
        for (const pair of kept) expect(all).toContainEqual(pair);
      }
      disk.setBytes(path, whole);
    }
  });

  test('a damaged last record is kept and its number is never given again', async () => {
    const { disk, world } = await filled(texts(2));
    const path = await newestSegment(disk);
    const bytes = disk.bytesOf(path).slice();
    bytes[bytes.length - 1] = 0;
    disk.setBytes(path, bytes);
    const first = await open(disk, world);
    expect(first.problems).toMatchObject([{ severity: 'error', code: 'disk/damaged' }]);
    expect(await append(first.value, world, ['third'])).toBe(3);
    await first.value.close();
    const second = await open(disk, world);
    expect(second.problems.map((problem) => problem.message)).toEqual([
      expect.stringContaining('record 2 is lost'),
    ]);
    expect(await read(second.value)).toEqual([
      [1, 'record 1'],
      [3, 'third'],
    ]);
  });

  test('a segment that is gone is a hole, said with the records that are lost', async () => {
    const { disk, world } = await filled(texts(15));
    const second = [...(await disk.list(folder))].sort()[1] ?? '';
    await disk.remove(`${folder}/${second}`);
    await disk.syncFolder(folder);
    const { value: log, problems } = await open(disk, world);
    expect(problems).toMatchObject([{ code: 'disk/hole', severity: 'error' }]);
    expect(problems[0]?.message).toContain('records 8 to 13 are lost');
    expect((await read(log)).map(([sequence]) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 14, 15]);
  });

  test('damage that came after opening ends a reading instead of being passed over', async () => {
    const { disk, log } = await filled(texts(12));
    const path = await newestSegment(disk, 2);
    const bytes = disk.bytesOf(path).slice();
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    disk.setBytes(path, bytes);
    await expect(read(log)).rejects.toMatchObject({ code: 'disk/damaged' });
  });

  test('an empty newest segment still says which number comes next', async () => {
    const { disk, world } = await filled(texts(8));
    const path = await newestSegment(disk);
    disk.setBytes(path, new Uint8Array(0));
    const { value: log, problems } = await open(disk, world);
    expect(problems).toEqual([]);
    expect(await append(log, world, ['again'])).toBe(8);
  });
});

describe('a disk that fails at step n', () => {
  test('nothing is acknowledged that is not there after reopening, and nothing after the failure', async () => {
    let failAt = 0;
    for (let isDone = false; !isDone; ) {
      failAt++;
      const world = virtualWorld();
      const disk = memoryDisk();
      disk.failAt = failAt;
      const acknowledged: string[] = [];
      const opened = await open(disk, world).catch(() => undefined);
      let failures = 0;
      for (let n = 1; n <= 20 && opened !== undefined; n++) {
        const answer = await append(opened.value, world, [`a${n}`, `b${n}`]);
        if (answer instanceof Error) {
          failures++;
          expect(answer).toMatchObject({ code: 'disk/append-failed' });
        } else {
          expect(failures).toBe(0);
          acknowledged.push(`a${n}`, `b${n}`);
        }
      }
      isDone = opened !== undefined && failures === 0;
      for (const after of [memoryDisk(await copyOf(disk)), disk.afterPowerLoss(failAt)]) {
        const { value: log, problems } = await open(after, world);
        expect(problems.filter((problem) => problem.severity === 'error')).toEqual([]);
        const there = (await read(log)).map(([, text]) => text);
        expect(there.slice(0, acknowledged.length)).toEqual(acknowledged);
      }
    }
    expect(failAt).toBeGreaterThan(40);
  });

  test('all waiting appends hear of the failure and nothing is synced again', async () => {
    const { disk, world, log } = await filled(texts(1));
    disk.failAt = disk.steps + 2;
    const waiting = [log.append([bytesOf('x')]), log.append([bytesOf('y')])].map((one) =>
      one.catch((e: Error) => e),
    );
    await world.pass(5);
    for (const one of waiting) expect(await one).toMatchObject({ code: 'disk/append-failed' });
    const steps = disk.steps;
    disk.failAt = 0;
    await expect(log.append([bytesOf('z')])).rejects.toMatchObject({ code: 'disk/append-failed' });
    await world.pass(100);
    expect(disk.steps).toBe(steps);
    expect(await read(log)).toEqual(numbered(texts(1)));
  });
});

test('what a killed process wrote without a sync is durable once opening has counted it', async () => {
  const { disk, world, log } = await filled(texts(1));
  disk.failAt = disk.steps + 2;
  expect(await append(log, world, ['written, never synced'])).toBeInstanceOf(Error);
  disk.failAt = 0;
  expect((await open(disk, world)).value.lastSequence).toBe(2);
  for (let seed = 1; seed <= 20; seed++) {
    const { value: after } = await open(disk.afterPowerLoss(seed), world);
    expect(after.lastSequence).toBe(2);
  }
});

test('appends within one window share one write and one sync', async () => {
  const { disk, world, log } = await filled(texts(1));
  const steps = disk.steps;
  const answers = [log.append([bytesOf('a')]), log.append([bytesOf('b'), bytesOf('c')])];
  await world.pass(4);
  expect(disk.steps).toBe(steps);
  expect(log.lastSequence).toBe(1);
  await world.pass(1);
  expect(await Promise.all(answers)).toEqual([2, 4]);
  expect(disk.steps).toBe(steps + 2);
});

test('a record over the limit is refused and the log goes on', async () => {
  const { world, log } = await filled([]);
  await expect(log.append([new Uint8Array(16 * 1024 * 1024 + 1)])).rejects.toMatchObject({
    code: 'disk/record-too-large',
  });
  expect(await append(log, world, ['small'])).toBe(1);
});

test('closing waits for appends under way and refuses later ones', async () => {
  const { disk, world, log } = await filled([]);
  const answer = log.append([bytesOf('last')]);
  await log.close();
  expect(await answer).toBe(1);
  await expect(log.append([bytesOf('late')])).rejects.toMatchObject({ code: 'disk/closed' });
  expect(await read((await open(disk, world)).value)).toEqual([[1, 'last']]);
});

async function copyOf(disk: MemoryDisk): Promise<Map<string, Uint8Array>> {
  return new Map(
    (await disk.list(folder)).map((name) => [`${folder}/${name}`, disk.bytesOf(`${folder}/${name}`)]),
  );
}
