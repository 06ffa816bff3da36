// What is usual at an hour of the week, and what of a value's deviation from it is an alarm.
import { describe, expect, test } from 'vitest';
import { type Instant, instant } from '../../src/base/instant.ts';
import { compileDetectionRules, Detection } from '../../src/detect/detect.ts';
import { Seasons } from '../../src/detect/seasons.ts';
import { parseYaml } from '../../src/edge/files/yaml-document.ts';
import { resourceId } from '../../src/model/ids.ts';
import type { Observation } from '../../src/model/observation.ts';
import { SeenMaker } from '../support/device-seen.ts';

const { value: rules, problems } = compileDetectionRules([
  parseYaml(
    'r.yaml',
    `format: detection/1
baselines:
  - { id: sessions-gone, metric: sessions, cause: UNUSUAL, below: { minor: 6, major: 12 }, floor: 100, hysteresis: 2, for: 3 }
  - { id: traffic-gone, metric: interface.utilization, cause: UNUSUAL, below: { minor: 6 }, floor: 5, for: 3 }
`,
  ).value,
]);
const device = { id: 'bng-1', resource: resourceId('bng-1') };
/** A Monday, 00:00 UTC. */
const monday = Date.UTC(2026, 0, 5);
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Polls every ten minutes; a little noise, the same in every run. */
class Gateway {
  detection = new Detection(rules);
  readonly #maker = new SeenMaker();
  #at = monday;
  #polls = 0;
  readonly #sessionsAt: (at: number) => number;

  constructor(sessionsAt: (at: number) => number) {
    this.#sessionsAt = sessionsAt;
  }

  /** Everything that was observed until then. */
  until(end: number, sessionsAt = this.#sessionsAt): Observation[] {
    const found: Observation[] = [];
    for (; this.#at < end; this.#at += 10 * minuteMs) {
      const noise = 1 + 0.03 * Math.sin(this.#polls++ * 2.4);
      const value = Math.round(sessionsAt(this.#at) * noise);
      const objects = [{ id: 'gateway/1', values: { sessions: [value, '{session}'] as const } }];
      const seen = this.#maker.seen({
        upTime: this.#polls * 60_000,
        tables: [{ table: 'sessions', kind: 'gateway', objects }],
      });
      found.push(...this.detection.polled(device, seen, instant(this.#at)));
    }
    return found;
  }
}

/** Few at four in the morning, many at four in the afternoon; half of them at weekends. */
function ordinary(at: number): number {
  const isWeekend = [0, 6].includes(new Date(at).getUTCDay());
  const day = 1_200 - 900 * Math.cos(((at % dayMs) / dayMs - 4 / 24) * 2 * Math.PI);
  return isWeekend ? day / 2 : day;
}
const threeWeeks = monday + 21 * dayMs;

test('the rules of the test have no mistakes', () => {
  expect(problems).toEqual([]);
});

describe('sessions that come and go with the day and the week', () => {
  test('are never unusual while they do so', () => {
    expect(new Gateway(ordinary).until(monday + 35 * dayMs)).toEqual([]);
  });

  test('are unusual in the afternoon when they are what they are at night, and are told with what is usual', () => {
    const gateway = new Gateway(ordinary);
    gateway.until(threeWeeks + 16 * hourMs);
    const found = gateway.until(threeWeeks + 17 * hourMs, () => 300);
    expect(found).toMatchObject([
      {
        ...{ event: 'raise', resource: 'bng-1', cause: 'UNUSUAL', by: 'bng-1/gateway/1', source: 'poll' },
        severity: 'major',
      },
    ]);
    const { value, usual } = found[0]!.attributes!;
    expect(Number(value)).toBeLessThan(320);
    expect(Number(usual)).toBeGreaterThan(1_900);
    // The same number of them at four in the morning is what it always is.
    const back = gateway.until(threeWeeks + 29 * hourMs);
    expect(back).toMatchObject([{ event: 'clear', cause: 'UNUSUAL', by: 'bng-1/gateway/1' }]);
  });

  test('are not unusual when clocks are put forward or back', () => {
    for (const shift of [-hourMs, hourMs]) {
      const gateway = new Gateway(ordinary);
      gateway.until(threeWeeks);
      expect(gateway.until(threeWeeks + 7 * dayMs, (at) => ordinary(at + shift))).toEqual([]);
    }
  });

  test('are judged as before when one of the weeks behind was out of service', () => {
    const gateway = new Gateway((at) =>
      at >= monday + 9 * dayMs && at < monday + 10 * dayMs ? 0 : ordinary(at),
    );
    gateway.until(monday + 23 * dayMs + 16 * hourMs);
    const wednesday = monday + 23 * dayMs;
    expect(gateway.until(wednesday + 17 * hourMs, ordinary)).toEqual([]);
    expect(gateway.until(wednesday + 18 * hourMs, () => 200)).toMatchObject([{ event: 'raise' }]);
  });

  test('say nothing in the first two weeks, nor below the floor', () => {
    const first = new Gateway(ordinary);
    first.until(monday + 13 * dayMs);
    expect(first.until(monday + 14 * dayMs, () => 0)).toEqual([]);
    const small = new Gateway(() => 60);
    small.until(threeWeeks);
    expect(small.until(threeWeeks + dayMs, () => 0)).toEqual([]);
  });

  test('are judged after a restart by what was known before it', () => {
    const gateway = new Gateway(ordinary);
    gateway.until(threeWeeks + 16 * hourMs);
    const kept = JSON.parse(JSON.stringify(gateway.detection.snapshot())) as unknown;
    gateway.detection = new Detection(rules);
    gateway.detection.restore(kept);
    expect(gateway.until(threeWeeks + 17 * hourMs, () => 300)).toMatchObject([
      { event: 'raise', severity: 'major' },
    ]);
  });
});

test('a port that stays up and carries nothing any more is unusual', () => {
  const detection = new Detection(rules);
  const maker = new SeenMaker();
  let octets = 0n;
  const found: Observation[] = [];
  const end = threeWeeks + 12 * hourMs;
  for (let at = monday, poll = 0; at < end + hourMs; at += 10 * minuteMs, poll++) {
    // A fifth to two fifths of 1 Gbit/s by day, then nothing.
    const load = at < end ? 0.3 + 0.1 * Math.sin(((at % dayMs) / dayMs) * 2 * Math.PI) : 0;
    octets += BigInt(Math.round((load * 1e9 * 600) / 8));
    const port = { ifIndex: 7, ifName: 'ge-0/0/7', adminStatus: 'up', operStatus: 'up', speedBps: 1e9 };
    const counters = { inOctets: octets, outOctets: 0n };
    const seen = maker.seen({ upTime: poll * 60_000, ports: [{ ...port, counters }] });
    found.push(...detection.polled(device, seen, instant(at)));
  }
  expect(found).toMatchObject([{ event: 'raise', cause: 'UNUSUAL', by: 'bng-1/if/7' }]);
});

test('there is room for so many; what was gone for a week makes room, and a device takes its own with it', () => {
  const seasons = new Seasons(2);
  const at = (day: number): Instant => instant(monday + day * dayMs);
  expect(seasons.of('r-1 a', at(0))).toBeDefined();
  expect(seasons.of('r-2 a', at(3))).toBeDefined();
  expect(seasons.of('r-3 a', at(4))).toBeUndefined();
  expect(seasons.refused).toBe(1);
  expect(seasons.of('r-3 a', at(8))).toBeDefined();
  seasons.forget('r-2');
  expect([seasons.size, seasons.isKnown('r-1 a'), seasons.isKnown('r-3 a')]).toEqual([1, false, true]);
});

test('limits on the wrong side of sense, and examples that do not hold, are shown in their place', () => {
  const wrong = parseYaml(
    'r.yaml',
    `format: detection/1
baselines:
  - { id: a, metric: m, cause: X, below: { minor: 6, major: 4 }, floor: 1 }
  - { id: b, metric: m, cause: X, above: { minor: 6 }, below: { minor: 6 }, floor: 1 }
`,
  ).value;
  expect(compileDetectionRules([wrong]).problems.map(({ line, code }) => [line, code])).toEqual([
    [3, 'rule/limits'],
    [4, 'rule/event'],
  ]);
});
