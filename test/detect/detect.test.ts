// From readings, silence, traps and lines to observations: what is said once, and what is not said at all.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/canonical.ts';
import { type Instant, instant } from '../../src/base/instant.ts';
import { compileDetectionRules, Detection, type WatchedDevice } from '../../src/detect/detect.ts';
import { parseYaml } from '../../src/edge/files/yaml-document.ts';
import { resourceId } from '../../src/model/ids.ts';
import type { Observation } from '../../src/model/observation.ts';
import { SeenMaker, type SeenObject, type SeenPort } from '../support/device-seen.ts';

const files = ['rules/detection.yaml', 'rules/traps.yaml', 'rules/traps-equipment.yaml', 'rules/syslog.yaml'];
const rules = compileDetectionRules(
  files.map((file) => parseYaml(file, readFileSync(file, 'utf8')).value),
).value;
const device: WatchedDevice = { id: 'r-1', resource: resourceId('router-1') };
const minute = (n: number): Instant => instant(1_700_000_000_000 + n * 60_000);
const hour = 360_000;

interface Parts {
  readonly upTime?: number;
  readonly interfaces?: readonly SeenPort[];
  readonly sensors?: readonly SeenObject[];
  readonly fans?: readonly SeenObject[];
}
const maker = new SeenMaker();
const reading = (parts: Parts) =>
  maker.seen({
    upTime: parts.upTime ?? 10 * hour,
    ports: parts.interfaces ?? [],
    tables: [
      { table: 'sensors', kind: 'sensor', objects: parts.sensors ?? [] },
      { table: 'fans', kind: 'fan', objects: parts.fans ?? [] },
    ],
  });
const port = (ifIndex: number, operStatus: string, more: Partial<SeenPort> = {}): SeenPort => ({
  ifIndex,
  ifName: `Gi0/${ifIndex}`,
  adminStatus: 'up',
  operStatus,
  ...more,
});
const temperature = (value: number | null): SeenObject => ({
  id: 'sensor/chassis',
  values: { 'hw.temperature': [value ?? Number.NaN, 'Cel'] },
});
const seen = (observations: readonly Observation[]): string[] =>
  observations.map(({ event, resource, cause }) =>
    [event, resource, cause].filter((part) => part !== undefined).join(' '),
  );

/** Plays readings of one device a minute apart. */
function play(detection: Detection, list: readonly Parts[], from = 0): string[][] {
  return list.map((parts, i) =>
    seen(
      detection.polled(
        device,
        reading({ upTime: 10 * hour + (from + i) * 6_000, ...parts }),
        minute(from + i),
      ),
    ),
  );
}
const ports = (...states: string[]): Parts[] => states.map((state) => ({ interfaces: [port(7, state)] }));

describe('interfaces', () => {
  test('a port that was up is down at the second poll that finds it so, and clear at the first good one', () => {
    const found = play(new Detection(rules), ports('up', 'down', 'up', 'down', 'down', 'down', 'up', 'up'));
    expect(found).toEqual([
      [],
      [],
      [],
      [],
      ['raise r-1/if/7 LINK_DOWN'],
      [],
      ['clear r-1/if/7 LINK_DOWN'],
      [],
    ]);
  });

  test('a port that was never up raises nothing', () => {
    expect(play(new Detection(rules), ports('down', 'down', 'down')).flat()).toEqual([]);
  });

  test('a port switched off by a person ends its alarm and raises none', () => {
    const off = { interfaces: [port(7, 'down', { adminStatus: 'down' })] };
    const found = play(new Detection(rules), [...ports('up', 'down', 'down'), off, off, off]);
    expect(found.flat()).toEqual(['raise r-1/if/7 LINK_DOWN', 'clear r-1/if/7 LINK_DOWN']);
  });

  test('a layer that waits for another below it says nothing of its own', () => {
    expect(
      play(new Detection(rules), ports('up', 'lowerLayerDown', 'lowerLayerDown', 'dormant')).flat(),
    ).toEqual([]);
  });

  test('a restarted device settles before its ports count, and then they do', () => {
    const detection = new Detection(rules);
    const many = (state: string): readonly SeenPort[] =>
      Array.from({ length: 48 }, (_, i) => port(i + 1, state));
    detection.polled(device, reading({ interfaces: many('up') }), minute(0));
    const after = [1, 2, 3, 4].flatMap((n) =>
      detection.polled(device, reading({ upTime: n * 6_000, interfaces: many('down') }), minute(n)),
    );
    expect(after).toEqual([]);
    const later = [5, 6].map((n) =>
      detection.polled(device, reading({ upTime: n * 6_000, interfaces: many('down') }), minute(n)),
    );
    expect(later.map((found) => found.length)).toEqual([0, 48]);
  });

  test('a device first met shortly after its start is judged at once', () => {
    const list = ports('up', 'down', 'down').map((parts, i) => ({ ...parts, upTime: 100 + i * 6_000 }));
    expect(play(new Detection(rules), list).flat()).toEqual(['raise r-1/if/7 LINK_DOWN']);
  });

  test('a port keeps its history when a restart gives it another number', () => {
    const detection = new Detection(rules);
    play(detection, ports('up', 'down', 'down'));
    const moved = reading({ interfaces: [port(9, 'down', { ifName: 'Gi0/7' })] });
    expect(seen(detection.polled(device, moved, minute(9)))).toEqual([
      'clear r-1/if/7 LINK_DOWN',
      'raise r-1/if/9 LINK_DOWN',
    ]);
  });

  test('a poll ends what only a trap raised', () => {
    const detection = new Detection(rules);
    play(detection, ports('up'));
    const down = {
      device,
      address: '192.0.2.1',
      trapOid: '1.3.6.1.6.3.1.1.5.3',
      varbinds: [{ oid: '1.3.6.1.2.1.2.2.1.1.7', value: 7 }],
    };
    expect(seen(detection.trap(down, minute(1)))).toEqual(['raise r-1/if/7 LINK_DOWN']);
    // This poll began before the trap came.
    expect(
      detection.polled(device, reading({ interfaces: [port(7, 'up')] }), instant(minute(1) + 1_000)),
    ).toEqual([]);
    expect(play(detection, ports('up', 'up'), 2)).toEqual([['clear r-1/if/7 LINK_DOWN'], []]);
  });

  test('a linkUp ends what a linkDown began, and a poll that still finds it down raises it anew', () => {
    const detection = new Detection(rules);
    play(detection, ports('up'));
    const varbinds = [{ oid: '1.3.6.1.2.1.2.2.1.1.7', value: 7 }];
    const tell = (trapOid: string, n: number): string[] =>
      seen(detection.trap({ device, address: '192.0.2.1', trapOid, varbinds }, minute(n)));
    expect(tell('1.3.6.1.6.3.1.1.5.3', 1)).toEqual(['raise r-1/if/7 LINK_DOWN']);
    expect(tell('1.3.6.1.6.3.1.1.5.4', 2)).toEqual(['clear r-1/if/7 LINK_DOWN']);
    expect(play(detection, ports('down', 'down'), 3)).toEqual([[], ['raise r-1/if/7 LINK_DOWN']]);
    expect(tell('1.3.6.1.6.3.1.1.5.4', 5)).toEqual(['clear r-1/if/7 LINK_DOWN']);
    // The poll's own word is the poll's to take back.
    expect(play(detection, ports('down', 'up'), 6)).toEqual([[], ['clear r-1/if/7 LINK_DOWN']]);
  });

  test('ports of a silent device, or not yet counted down, are not judged', () => {
    const detection = new Detection(rules);
    play(detection, ports('up', 'down'));
    expect(detection.active().watches).toEqual(['router-1']);
    play(detection, ports('up'), 2);
    expect(detection.active().watches).toEqual(['router-1', 'r-1/if/7']);
    for (let i = 0; i < 3; i++) detection.silent(device);
    expect(detection.active().watches).toEqual(['router-1']);
  });

  test('errors count as a share of packets, a counter that goes back says nothing', () => {
    const of = (packets: bigint, errors: number): Parts => ({
      interfaces: [port(7, 'up', { counters: { inUcastPkts: packets, inErrors: errors }, speedBps: 1e9 })],
    });
    const start = 18_446_744_073_709_000_000n;
    const next = (n: number): bigint => start + BigInt(n) * 100_000n;
    const found = play(new Detection(rules), [
      ...[of(start, 0), of(next(1), 50), of(next(2), 100), of(next(3), 150)],
      ...[of(7n, 150), of(100_007n, 150)],
    ]);
    expect(found).toEqual([[], [], [], ['raise r-1/if/7 CRC_ERRORS'], [], ['clear r-1/if/7 CRC_ERRORS']]);
  });
});

describe('reachability', () => {
  test('silence is one observation, and two good answers prove life', () => {
    const detection = new Detection(rules);
    play(detection, ports('up'));
    expect([1, 2, 3, 4].map(() => seen(detection.silent(device)))).toEqual([
      [],
      [],
      ['raise router-1 UNREACHABLE'],
      [],
    ]);
    expect(play(detection, ports('up', 'up', 'up'), 5)).toEqual([
      [],
      ['clear router-1 UNREACHABLE', 'alive router-1'],
      [],
    ]);
  });

  test('a lost answer between good ones is nothing', () => {
    const detection = new Detection(rules);
    for (let i = 0; i < 20; i++) {
      expect([...detection.silent(device), ...detection.silent(device)]).toEqual([]);
      play(detection, ports('up'), i);
    }
  });

  test('silence between two polls breaks the row of bad ones', () => {
    const detection = new Detection(rules);
    play(detection, ports('up', 'down'));
    detection.silent(device);
    expect(play(detection, ports('down'), 3).flat()).toEqual([]);
  });

  test('a wrap of the up time after 497 days is no restart', () => {
    const detection = new Detection(rules);
    const before = 2 ** 32 - 3_000;
    detection.polled(
      device,
      reading({ upTime: before, interfaces: [port(7, 'up', { counters: { inErrors: 0, inUcastPkts: 0 } })] }),
      minute(0),
    );
    for (const n of [1, 2, 3]) {
      const counters = { inErrors: n * 500, inUcastPkts: n * 100_000 };
      const found = detection.polled(
        device,
        reading({ upTime: 3_000 + (n - 1) * 6_000, interfaces: [port(7, 'up', { counters })] }),
        minute(n),
      );
      expect(found.length).toBe(n === 3 ? 1 : 0);
    }
  });
});

describe('values', () => {
  test('a limit raises on the device with the object as the end that reports', () => {
    const detection = new Detection(rules);
    const [found] = detection.polled(device, reading({ sensors: [temperature(75)] }), minute(0));
    expect(found).toMatchObject({
      event: 'raise',
      resource: 'router-1',
      cause: 'HIGH_TEMP',
      by: 'r-1/sensor/chassis',
      severity: 'major',
      attributes: { value: '75' },
    });
  });

  test('a row without a number is no evidence', () => {
    const list = [{ sensors: [temperature(75)] }, { sensors: [temperature(null)] }];
    expect(play(new Detection(rules), list)).toEqual([['raise router-1 HIGH_TEMP'], []]);
  });

  test('an object that is taken out ends its alarm after ten readings', () => {
    const detection = new Detection(rules);
    const found = play(detection, [{ sensors: [temperature(75)] }, ...Array<Parts>(10).fill({})]);
    expect(found.flat()).toEqual(['raise router-1 HIGH_TEMP', 'clear router-1 HIGH_TEMP']);
    expect(detection.active().active).toEqual([]);
  });

  test('states of hardware raise and clear, an unknown word says nothing', () => {
    const fan = (state: string): Parts => ({ fans: [{ id: 'fan/1', states: { 'hw.status': state } }] });
    const found = play(new Detection(rules), [fan('ok'), fan('failed'), fan('resting'), fan('ok')]);
    expect(found).toEqual([[], ['raise router-1 FAN_FAIL'], [], ['clear router-1 FAN_FAIL']]);
  });
});

describe('traps and lines', () => {
  const varbinds = [
    { oid: '1.3.6.1.6.3.1.1.4.1.0', value: '1.3.6.1.4.1.99999.7' },
    { oid: '1.3.6.1.4.1.99999.1.0', value: '<script>' },
  ];

  test('a notification that no rule knows is an indeterminate alarm with all it holds, for a day', () => {
    const detection = new Detection(rules);
    const [found] = detection.trap(
      { device, address: '192.0.2.1', trapOid: '1.3.6.1.4.1.99999.7', varbinds },
      minute(0),
    );
    expect(found).toEqual({
      event: 'raise',
      resource: 'r-1',
      cause: 'TRAP',
      severity: 'indeterminate',
      source: 'trap',
      device: 'r-1',
      attributes: { trapOid: '1.3.6.1.4.1.99999.7', '1.3.6.1.4.1.99999.1.0': '<script>' },
    });
    expect(detection.wakeAt).toBe(minute(24 * 60));
    expect(seen(detection.wake(minute(24 * 60)))).toEqual(['clear r-1 TRAP']);
    expect(detection.wakeAt).toBeUndefined();
  });

  test('what it holds is bounded', () => {
    const many = Array.from({ length: 500 }, (_, i) => ({
      oid: `1.3.6.1.4.1.99999.${i}`,
      value: 'x'.repeat(8_000),
    }));
    const [found] = new Detection(rules).trap(
      { address: '192.0.2.1', trapOid: '1.3.6.1.4.1.99999.7', varbinds: many },
      minute(0),
    );
    expect(Object.keys(found?.attributes ?? {}).length).toBe(33);
    expect(JSON.stringify(found).length).toBeLessThan(12_000);
  });

  test('a sender that no device names is called by its address', () => {
    const trap = {
      address: '192.0.2.77',
      trapOid: '1.3.6.1.6.3.1.1.5.3',
      varbinds: [{ oid: '1.3.6.1.2.1.2.2.1.1.3', value: 3 }],
    };
    expect(seen(new Detection(rules).trap(trap, minute(0)))).toEqual([
      'raise unknown-192.0.2.77/if/3 LINK_DOWN',
    ]);
  });

  test('a v1 trap finds its rule although its name has a zero more', () => {
    const trap = { device, address: '192.0.2.1', trapOid: '1.3.6.1.4.1.2636.4.1.0.2', varbinds: [] };
    expect(seen(new Detection(rules).trap(trap, minute(0)))).toEqual(['raise router-1 FAN_FAIL']);
  });

  test('a restart ends by itself', () => {
    const detection = new Detection(rules);
    detection.trap({ device, address: '192.0.2.1', trapOid: '1.3.6.1.6.3.1.1.5.1', varbinds: [] }, minute(0));
    expect(seen(detection.wake(minute(9)))).toEqual([]);
    expect(seen(detection.wake(minute(10)))).toEqual(['clear router-1 RESTART']);
  });

  test('a line of syslog names the port behind its words, others say nothing', () => {
    const line = (text: string): Observation[] =>
      new Detection(rules).syslog({ device, address: '192.0.2.1', text }, minute(1));
    expect(line('%LINK-3-UPDOWN: Interface Gi0/1, changed state to down')).toMatchObject([
      { event: 'raise', resource: 'router-1', cause: 'LINK_DOWN', by: 'r-1/port/Gi0/1', source: 'syslog' },
    ]);
    const detection = new Detection(rules);
    play(detection, [{ interfaces: [port(7, 'up', { ifDescr: 'GigabitEthernet0/7' })] }]);
    const known = '%LINK-3-UPDOWN: Interface GigabitEthernet0/7, changed state to down';
    expect(seen(detection.syslog({ device, address: '192.0.2.1', text: known }, minute(1)))).toEqual([
      'raise r-1/if/7 LINK_DOWN',
    ]);
    // The line that said "up" is lost: the next readings end what the first one began.
    expect(play(detection, ports('up'), 2)).toEqual([['clear r-1/if/7 LINK_DOWN']]);
    expect(line('%SYS-5-CONFIG_I: Configured from console')).toEqual([]);
  });
});

test('the list of active conditions holds what was raised and what polls can judge', () => {
  const detection = new Detection(rules);
  play(detection, ports('up', 'down', 'down'));
  detection.polled(
    device,
    reading({ interfaces: [port(7, 'down'), port(8, 'down')], sensors: [temperature(75)] }),
    minute(3),
  );
  const { watches, active } = detection.active();
  expect(watches).toEqual(['router-1', 'r-1/if/7']);
  expect(seen(active)).toEqual(['raise r-1/if/7 LINK_DOWN', 'raise router-1 HIGH_TEMP']);
});

test('a restored room goes on where the other stopped', () => {
  const detection = new Detection(rules);
  play(detection, [...ports('up', 'down'), { sensors: [temperature(75)] }]);
  detection.trap({ device, address: '192.0.2.1', trapOid: '1.3.6.1.6.3.1.1.5.1', varbinds: [] }, minute(2));
  detection.silent({ id: 'r-2', resource: resourceId('r-2') });
  const restored = new Detection(rules);
  restored.restore(JSON.parse(JSON.stringify(detection.snapshot())));
  const go = (one: Detection): unknown => [
    play(one, [...ports('down', 'down', 'up'), { sensors: [temperature(20)] }], 3),
    one.wake(minute(20)),
    one.active(),
    one.snapshot(),
  ];
  expect(canonicalJson(go(restored))).toBe(canonicalJson(go(detection)));
});

test('a device that is no longer watched is forgotten', () => {
  const detection = new Detection(rules);
  for (let i = 0; i < 3; i++) detection.silent(device);
  expect(detection.active().active.length).toBe(1);
  expect(detection.watched).toEqual([device]);
  expect(detection.forget('r-1')).toEqual([device.resource]);
  expect(detection.watched).toEqual([]);
  expect(detection.active()).toEqual({ watches: [], below: [], unseen: [], active: [] });
});
