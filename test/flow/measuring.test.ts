/** Who is asked for what and when, and what becomes of the answers, on a clock that the test moves. */
import { describe, expect, test } from 'vitest';
import { seconds } from '../../src/base/instant.ts';
import { compileDetectionRules, Detection } from '../../src/detect/detect.ts';
import { Measuring } from '../../src/flow/measuring.ts';
import type { SampleBatch, SeriesId, SeriesName } from '../../src/flow/series.ts';
import type { FullBitmap } from '../../src/model/bitmap.ts';
import type { Observation } from '../../src/model/observation.ts';
import { PaperDevice, profileOf } from '../support/polled-device.ts';
import { virtualWorld } from '../support/virtual-world.ts';

const IF = '1.3.6.1.2.1.2.2.1';
const IFX = '1.3.6.1.2.1.31.1.1.1';
const ONT = '1.3.6.1.4.1.99999.5.1';
const OPTICS = '1.3.6.1.4.1.99999.6.1';
const profile = profileOf(`
id: test/olt
tables:
  ifTable:
    oid: ${IF}
    object: { kind: interface }
    states:
      - { col: 7, name: adminStatus, map: { 1: up, 2: down } }
      - { col: 8, name: operStatus, map: { 1: up, 2: down } }
    metrics:
      - { col: 10, name: inOctets, unit: By, kind: counter }
      - { col: 14, name: inErrors, unit: '{packet}', kind: counter }
  ifXTable:
    oid: ${IFX}
    object: { kind: interface }
    metrics:
      - { col: 15, name: speedBps, unit: bit/s, scale: 1000000, null: [0] }
      - { col: 6, name: inOctets, unit: By, kind: counter, replaces: true }
  ont:
    oid: ${ONT}
    object: { kind: ont }
    states: [{ col: 2, name: ont.state, map: { 1: up, 2: down } }]
    metrics: [{ col: 3, name: hw.temperature, unit: Cel, scale: 0.1, null: [2147483647] }]
    alarms: [{ state: ont.state, is: [down], cause: LOS, severity: warning }]
  optics:
    oid: ${OPTICS}
    object: { kind: transceiver }
    every: 40m
    onSuspicion: true
    metrics: [{ col: 1, name: optical.rx, unit: 'dB[mW]', scale: 0.01 }]
`);

class PaperSeries {
  readonly names: SeriesName[] = [];
  readonly batches: SampleBatch[] = [];
  isAway = false;

  async register(names: readonly SeriesName[]): Promise<readonly SeriesId[]> {
    return names.map((name) => (this.names.push(name) - 1) as SeriesId);
  }
  async append(batch: SampleBatch): Promise<void> {
    if (this.isAway) throw new Error('away');
    this.batches.push(batch);
  }
  valuesOf(resource: string, metric: string): number[] {
    const id = this.names.findIndex((name) => name.resource === resource && name.metric === metric);
    return this.batches.flatMap(({ series, values }) => [...values].filter((_, i) => series[i] === id));
  }
}

function olt(id: string): PaperDevice {
  const device = new PaperDevice(id, profile);
  device.names = { interfaces: [{ ifIndex: 1, ifName: 'ge1' }] };
  device.set(`${IF}.7.1`, 'integer', 1);
  device.set(`${IF}.8.1`, 'integer', 1);
  device.set(`${IF}.10.1`, 'counter32', 7);
  device.set(`${IFX}.6.1`, 'counter64', 2n ** 60n);
  device.set(`${IFX}.15.1`, 'gauge32', 1_000);
  device.set(`${ONT}.2.5.1`, 'integer', 1);
  device.set(`${ONT}.3.5.1`, 'integer', 415);
  device.set(`${OPTICS}.1.9`, 'integer', -1_850);
  return device;
}

function measuring(devices: readonly PaperDevice[], intervalMs = seconds(10)) {
  const world = virtualWorld();
  const series = new PaperSeries();
  const told: Observation[] = [];
  const turns: string[] = [];
  const full: FullBitmap[] = [];
  let isFull = false;
  const running = new Measuring({
    collector: 'collector',
    devices,
    intervalMs,
    world,
    series,
    detection: new Detection(compileDetectionRules([]).value),
    offer(observation) {
      if (!isFull) told.push(observation);
      return !isFull;
    },
    offerFull: (bitmap) => full.push(bitmap) > 0,
    onTurn: ({ id }, answered) => turns.push(`${id} ${answered ? 'answers' : 'silent'}`),
  });
  running.start();
  const seen = (): string[] =>
    told.map(({ event, resource, cause }) => [event, resource, cause].filter((one) => one).join(' '));
  const fill = (isNow: boolean): void => {
    isFull = isNow;
  };
  return { world, running, series, told, full, turns, seen, fill };
}

describe('turns', () => {
  test('a change begins new devices, ends those taken out, and leaves the turns of the others', async () => {
    const [a, b, c] = [olt('a'), olt('b'), olt('c')];
    const { world, running } = measuring([a, b]);
    await world.pass(3_100);
    expect([a, b, c].map(({ asked }) => asked.length > 0)).toEqual([true, true, false]);
    const before = a.asked.length;
    running.use([b, c], seconds(10));
    await world.pass(30_000);
    expect(a.asked.length).toBe(before);
    expect(c.asked.length).toBeGreaterThan(2);
    await running.stop();
    const [ofB, ofC] = [b.asked.length, c.asked.length];
    await world.pass(60_000);
    expect([b.asked.length, c.asked.length]).toEqual([ofB, ofC]);
    expect(world.waiting).toBe(0);
  });

  test('a device that has not answered is not asked again, and what comes after a change says nothing', async () => {
    const slow = olt('a');
    slow.isSlow = true;
    const { world, running, turns } = measuring([slow]);
    await world.pass(60_000);
    expect(slow.asked).toEqual(['all']);
    expect(running.counters['pollsSkipped']).toBeGreaterThan(3);
    running.use([], seconds(10));
    slow.answer();
    await world.pass(10);
    slow.answer();
    await world.pass(10);
    expect(turns).toEqual([]);
  });

  test('everything is read at first and hourly, numbers alone between; costly tables wait for their time', async () => {
    const device = olt('a');
    const { world } = measuring([device], seconds(60));
    await world.pass(3_550_000);
    expect(device.asked.filter((what) => what.startsWith('all'))).toEqual(['all']);
    expect(device.asked.filter((what) => what === 'groups 0 1').length).toBeGreaterThan(50);
    const costly = device.asked.filter((what) => what.startsWith('groups') && what.endsWith('2'));
    expect(costly.length).toBeGreaterThanOrEqual(1);
    expect(costly.length).toBeLessThanOrEqual(2);
    await world.pass(120_000);
    expect(device.asked.filter((what) => what.startsWith('all'))).toEqual(['all', 'all but costly']);
  });

  test('under suspicion a device is asked at once, costly tables too, and not again and again', async () => {
    const device = olt('a');
    const { world, running } = measuring([device], seconds(3_600));
    await world.pass(5_000);
    device.asked.length = 0;
    for (let i = 0; i < 20; i++) {
      running.suspect('a');
      await world.pass(100);
    }
    const filled = device.asked.filter((what) => what.startsWith('groups'));
    expect(filled.filter((what) => what.endsWith('2')).length).toBe(1);
    expect(filled.length).toBeLessThanOrEqual(3);
  });

  test('a device that the line asks about is polled at once, with what tells of life, and answers', async () => {
    const device = olt('a');
    const { world, running, full } = measuring([device], seconds(3_600));
    await world.pass(5_000);
    device.asked.length = 0;
    running.ask('a', ['a/ont/5.1', 'a/if/1', 'b']);
    running.ask('a', ['a/ont/5.1']);
    running.ask('not one of ours', ['x']);
    await world.pass(1_500);
    expect(device.asked).toEqual(['groups 0 1']);
    expect(full.map(({ owner, alive, counts }) => [owner, alive, counts.alive])).toEqual([
      ['a', ['if/1', 'ont/5.1'], 2],
    ]);
    device.isSilent = true;
    await world.pass(6_000);
    running.ask('a', ['a/ont/5.1']);
    await world.pass(1_500);
    expect(full.at(-1)).toMatchObject({ alive: [], unknown: ['ont/5.1'] });
    expect(running.counters).toMatchObject({ asks: 3, asksAnswered: 2 });
  });

  test('a burst of words that parts changed makes one whole reading, and at most one a minute', async () => {
    const device = olt('a');
    const { world, running } = measuring([device], seconds(3_600));
    await world.pass(5_000);
    const fulls = (): number => device.asked.filter((what) => what.startsWith('all')).length;
    expect(fulls()).toBe(1);
    for (let i = 0; i < 50; i++) {
      running.rediscover('a');
      await world.pass(100);
    }
    await world.pass(3_000);
    expect(fulls()).toBe(2);
    running.rediscover('a');
    await world.pass(30_000);
    expect(fulls()).toBe(2);
    await world.pass(40_000);
    expect(fulls()).toBe(3);
    running.rediscover('a');
    running.rediscover('not one of ours');
    await running.stop();
    expect(world.waiting).toBe(0);
  });

  test('an alarm makes its device suspect', async () => {
    const device = olt('a');
    const { world, seen } = measuring([device]);
    await world.pass(15_000);
    device.asked.length = 0;
    device.set(`${ONT}.2.5.1`, 'integer', 2);
    await world.pass(25_000);
    expect(seen()).toEqual(['raise a/ont/5.1 LOS']);
    expect(device.asked.some((what) => what.endsWith('2'))).toBe(true);
  });

  test('new rows and a change of marks bring the names anew, rows that never rest do not do so for ever', async () => {
    const device = olt('a');
    const { world } = measuring([device]);
    await world.pass(20_000);
    const fulls = (): number => device.asked.filter((what) => what.startsWith('all')).length;
    device.set(`${IF}.8.2`, 'integer', 1);
    await world.pass(10_000);
    expect(fulls()).toBe(2);
    device.marks = 'other';
    await world.pass(310_000);
    expect(fulls()).toBe(3);
    for (let n = 10; n < 40; n++) {
      device.set(`${IF}.8.${n}`, 'integer', 1);
      await world.pass(10_000);
    }
    expect(fulls()).toBeLessThanOrEqual(8);
  });

  test('a silent device is only asked whether it lives, and its return is seen within one interval', async () => {
    const device = olt('a');
    const { world, seen, turns } = measuring([device]);
    await world.pass(15_000);
    device.isSilent = true;
    await world.pass(60_000);
    expect(seen()).toEqual(['raise a UNREACHABLE']);
    device.asked.length = 0;
    await world.pass(60_000);
    expect(new Set(device.asked)).toEqual(new Set(['probe']));
    device.isSilent = false;
    turns.length = 0;
    await world.pass(10_100);
    expect(turns[0]).toBe('a answers');
    await world.pass(20_000);
    expect(seen()).toEqual(['raise a UNREACHABLE', 'clear a UNREACHABLE', 'alive a']);
  });
});

describe('values', () => {
  test('samples carry exact counters, scaled gauges and the states of ports', async () => {
    const { world, series } = measuring([olt('a')]);
    await world.pass(35_000);
    expect(new Set(series.valuesOf('a/ont/5.1', 'hw.temperature'))).toEqual(new Set([41.5]));
    expect(new Set(series.valuesOf('a/if/1', 'if.oper'))).toEqual(new Set([1]));
    expect(new Set(series.valuesOf('a/if/1', 'if.speed'))).toEqual(new Set([1e9]));
    expect(series.valuesOf('a', 'system.uptime').length).toBeGreaterThan(0);
    const id = series.names.findIndex(({ metric }) => metric === 'if.inOctets');
    const batch = series.batches.findLast((one) => one.series.includes(id));
    expect(batch?.exact?.[batch.series.indexOf(id)]).toBe(2n ** 60n);
  });

  test('what an alarm limit says goes to the line, and a table that failed says nothing', async () => {
    const device = olt('a');
    const { world, seen } = measuring([device]);
    await world.pass(15_000);
    device.set(`${ONT}.2.5.1`, 'integer', 2);
    await world.pass(10_000);
    expect(seen()).toEqual(['raise a/ont/5.1 LOS']);
    device.failing.add(1);
    device.set(`${ONT}.2.5.1`, 'integer', 1);
    await world.pass(300_000);
    expect(seen()).toEqual(['raise a/ont/5.1 LOS']);
    device.failing.clear();
    await world.pass(10_000);
    expect(seen()).toEqual(['raise a/ont/5.1 LOS', 'clear a/ont/5.1 LOS']);
  });

  test('a counter that does not go on leaves a gap before its next value', async () => {
    const device = olt('a');
    const { world, series } = measuring([device]);
    await world.pass(25_000);
    device.set(`${IFX}.6.1`, 'counter64', 5n);
    await world.pass(25_000);
    const values = series.valuesOf('a/if/1', 'if.inOctets');
    const at = values.indexOf(5);
    expect(values[at - 1]).toBeNaN();
    expect(values.slice(at + 1).every((value) => value === 5)).toBe(true);
  });

  test('an engine that started again leaves a gap and has its names read anew, though uptime and counters rose', async () => {
    const device = olt('a');
    device.engineBoots = 4;
    const { world, series } = measuring([device]);
    await world.pass(25_000);
    const fulls = (): number => device.asked.filter((what) => what.startsWith('all')).length;
    const before = fulls();
    device.engineBoots = 5;
    device.set(`${IFX}.6.1`, 'counter64', 2n ** 60n + 8n);
    await world.pass(25_000);
    const values = series.valuesOf('a/if/1', 'if.inOctets');
    expect(values.filter((value) => Number.isNaN(value))).toHaveLength(1);
    expect(fulls()).toBe(before + 1);
  });

  test('while the series are away polling and judging go on, and the samples follow', async () => {
    const device = olt('a');
    const { world, running, series, seen } = measuring([device]);
    await world.pass(20_000);
    series.isAway = true;
    const had = series.valuesOf('a/if/1', 'if.oper').length;
    device.set(`${ONT}.2.5.1`, 'integer', 2);
    await world.pass(600_000);
    expect(seen()).toEqual(['raise a/ont/5.1 LOS']);
    expect(running.counters['samplesWaiting']).toBeGreaterThan(300);
    series.isAway = false;
    await world.pass(60_000);
    expect(running.counters['samplesWaiting']).toBeLessThan(30);
    expect(running.counters['samplesLost']).toBe(0);
    expect(series.valuesOf('a/if/1', 'if.oper').length).toBeGreaterThanOrEqual(had + 65);
  });
});

describe('the line', () => {
  test('while its queue is full the last word about each alarm waits, the worst first', async () => {
    const device = olt('a');
    device.set(`${ONT}.2.5.2`, 'integer', 1);
    const { world, seen, fill } = measuring([device]);
    await world.pass(15_000);
    fill(true);
    device.set(`${ONT}.2.5.1`, 'integer', 2);
    device.set(`${ONT}.2.5.2`, 'integer', 2);
    await world.pass(20_000);
    device.set(`${ONT}.2.5.2`, 'integer', 1);
    device.isSilent = true;
    await world.pass(60_000);
    expect(seen()).toEqual([]);
    fill(false);
    await world.pass(1_000);
    expect(seen()).toEqual(['raise a UNREACHABLE', 'raise a/ont/5.1 LOS', 'raise a/ont/5.2 LOS']);
  });

  test('when most devices fall silent at once it is the collector that is blind', async () => {
    const devices = Array.from({ length: 12 }, (_, i) => olt(`d${i}`));
    const { world, running, seen } = measuring(devices);
    await world.pass(30_000);
    for (const device of devices) device.isSilent = true;
    await world.pass(120_000);
    expect(seen()).toEqual(['raise collector UNREACHABLE', 'unknown collector']);
    expect(running.counters['collectorBlind']).toBe(1);
    for (const device of devices.slice(1)) device.isSilent = false;
    await world.pass(60_000);
    expect(running.counters['collectorBlind']).toBe(0);
    expect(seen().filter((one) => one.includes('collector'))).toEqual([
      'raise collector UNREACHABLE',
      'unknown collector',
      'clear collector UNREACHABLE',
    ]);
    expect(seen().filter((one) => one.endsWith(' UNREACHABLE') && one.startsWith('raise d'))).toEqual([
      'raise d0 UNREACHABLE',
    ]);
  });
});
