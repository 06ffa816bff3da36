/** Who is asked, and who no longer, while the measuring goes on. */
import { expect, test } from 'vitest';
import { seconds } from '../../src/base/instant.ts';
import { compileDetectionRules, Detection } from '../../src/detect/detect.ts';
import { type MeasuredDevice, Measuring } from '../../src/flow/measuring.ts';
import type { SeriesStore } from '../../src/flow/series.ts';
import { resourceId } from '../../src/model/ids.ts';
import { virtualWorld } from '../support/virtual-world.ts';

interface Asked extends MeasuredDevice {
  readonly count: () => number;
  /** Ends the readings that wait. */
  answer(): void;
}

function silentDevice(id: string, isSlow = false): Asked {
  let count = 0;
  const waiting: (() => void)[] = [];
  return {
    id,
    resource: resourceId(id),
    read() {
      count++;
      return isSlow
        ? new Promise((resolve) => waiting.push(() => resolve(undefined)))
        : Promise.resolve(undefined);
    },
    count: () => count,
    answer() {
      for (const end of waiting.splice(0)) end();
    },
  };
}

function measuring(...devices: readonly MeasuredDevice[]) {
  const world = virtualWorld();
  const silent: string[] = [];
  const running = new Measuring({
    devices,
    intervalMs: seconds(10),
    world,
    series: {} as SeriesStore,
    detection: new Detection(compileDetectionRules([]).value),
    offer: () => true,
    onReading: ({ id }) => silent.push(id),
  });
  running.start();
  return { world, running, silent };
}

test('a change begins new devices, ends those taken out, and leaves the turns of the others', async () => {
  const [a, b, c] = [silentDevice('a'), silentDevice('b'), silentDevice('c')];
  const { world, running } = measuring(a, b);
  await world.pass(14_000);
  expect([a.count(), b.count()]).toEqual([2, 2]);
  running.use([b, c], seconds(10));
  await world.pass(10_000);
  expect([a.count(), b.count(), c.count()]).toEqual([2, 3, 1]);
  running.stop();
  await world.pass(60_000);
  expect([a.count(), b.count(), c.count()]).toEqual([2, 3, 1]);
  expect(world.waiting).toBe(0);
});

test('another interval begins the turns of all anew', async () => {
  const a = silentDevice('a');
  const { world, running } = measuring(a);
  await world.pass(4_000);
  running.use([a], seconds(1));
  await world.pass(10_000);
  expect(a.count()).toBeGreaterThanOrEqual(10);
});

test('an answer that was asked for before a change says nothing after it', async () => {
  const slow = silentDevice('a', true);
  const again = silentDevice('a', true);
  const { world, running, silent } = measuring(slow);
  await world.pass(4_000);
  running.use([again], seconds(10));
  await world.pass(4_000);
  expect([slow.count(), again.count()]).toEqual([1, 1]);
  slow.answer();
  await world.pass(1);
  expect(silent).toEqual([]);
  again.answer();
  await world.pass(1);
  expect(silent).toEqual(['a']);
});
