/**
 * A collector of 50,000 devices without a network, on a clock of the bench: what it keeps of each, how long one tick of it
 * holds up everything else, and what another list of devices costs while it polls.
 */
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { seconds } from '../src/base/instant.ts';
import type { World } from '../src/base/world.ts';
import { compileDetectionRules, Detection } from '../src/detect/detect.ts';
import { parseYaml } from '../src/edge/files/yaml-document.ts';
import { Measuring } from '../src/flow/measuring.ts';
import type { SeriesId } from '../src/flow/series.ts';
import { LightDevice } from '../test/support/light-device.ts';
import { virtualWorld } from '../test/support/virtual-world.ts';
import { reporter } from './support/report.ts';

const DEVICES = 50_000;
const PORTS = 8;
const RENAMED = 5_000;

export async function run({ json }: { readonly json: boolean }): Promise<void> {
  const report = reporter('reload', json);
  const clock = virtualWorld();
  const ticks: number[] = [];
  // What a tick does before it gives the thread back is what all others wait for.
  const world: World = {
    ...clock,
    every: (length, run) =>
      clock.every(length, () => {
        const startsAt = performance.now();
        run();
        ticks.push(performance.now() - startsAt);
      }),
  };
  const before = liveBytes();
  let told = 0;
  let series = 0;
  const make = (id: string): LightDevice => new LightDevice(id, world, { ports: PORTS });
  const devices = Array.from({ length: DEVICES }, (_, i) => make(`device-${i}`));
  const rules = parseYaml('detection.yaml', readFileSync('rules/detection.yaml', 'utf8')).value;
  const measuring = new Measuring({
    ...{ collector: 'collector', devices, intervalMs: seconds(60), world },
    series: {
      register: async (names) => names.map(() => series++ as SeriesId),
      append: async () => undefined,
    },
    detection: new Detection(compileDetectionRules([rules]).value),
    offer: () => ++told > 0,
    onTurn: () => undefined,
  });
  measuring.start();
  await clock.pass(120_000);
  report({
    case: `${DEVICES} devices of ${PORTS} ports: kept of each`,
    ours: (liveBytes() - before) / DEVICES,
    unit: 'bytes',
  });
  const ofTicks = async (name: string, ms: number): Promise<void> => {
    ticks.length = 0;
    await clock.pass(ms);
    const sorted = [...ticks].sort((a, b) => a - b);
    report({ case: `${name}: a tick, p99`, ours: sorted[Math.floor(sorted.length * 0.99)] ?? 0, unit: 'ms' });
    report({ case: `${name}: a tick, longest`, ours: sorted.at(-1) ?? 0, unit: 'ms' });
  };
  await ofTicks('a minute', 60_000);
  for (const device of devices) device.restart(101);
  await ofTicks('all restarted, ports under other numbers', 60_000);
  const changed = devices.map((device, i) => (i < RENAMED ? make(`renamed-${i}`) : device));
  const startsAt = performance.now();
  measuring.use(changed, seconds(60));
  report({ case: `another list, ${RENAMED} renamed`, ours: performance.now() - startsAt, unit: 'ms' });
  await ofTicks('the minute after', 60_000);
  report({ case: 'alarms said', ours: told, unit: '' });
  const { pollLatenessP99Ms = Number.NaN, polls = 0, pollsSkipped = 0 } = measuring.counters;
  report({ case: 'lateness, p99', ours: pollLatenessP99Ms, unit: 'ms' });
  report({ case: 'polls', ours: polls, unit: '' });
  await measuring.stop();
  if (told > 0 || pollsSkipped > 0) throw new Error(`${told} alarms, ${pollsSkipped} polls left out`);
}

function liveBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
