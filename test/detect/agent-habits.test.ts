/** Habits of real agents: counters, clocks and rows that are not what they seem. No spike, no negative share, no false alarm. */

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Instant, instant } from '../../src/base/instant.ts';
import { compileDetectionRules, Detection, type WatchedDevice } from '../../src/detect/detect.ts';
import { parseYaml } from '../../src/edge/files/yaml-document.ts';
import { resourceId } from '../../src/model/ids.ts';
import type { Observation } from '../../src/model/observation.ts';
import { SeenMaker, type SeenParts, type SeenPort } from '../support/device-seen.ts';

const rules = compileDetectionRules([
  parseYaml('detection.yaml', readFileSync('rules/detection.yaml', 'utf8')).value,
]).value;
const device: WatchedDevice = { id: 'r-1', resource: resourceId('r-1') };
const hour = 360_000;
const minute = (n: number): Instant => instant(1_700_000_000_000 + n * 60_000);

/** One device, a poll a minute unless said otherwise. */
function watched() {
  const detection = new Detection(rules);
  const maker = new SeenMaker();
  let n = 0;
  const poll = (parts: SeenParts, at = minute(n)) => {
    const seen = maker.seen({ upTime: 10 * hour + n * 6_000, ...parts });
    n++;
    const found = detection.polled(device, seen, at);
    return { found: said(found), gaps: [...(seen.ports?.gaps ?? [])], share: [...(seen.ports?.share ?? [])] };
  };
  return { detection, poll };
}
const said = (list: readonly Observation[]): string[] =>
  list.map(({ event, resource, cause }) => [event, resource, cause].filter((one) => one).join(' '));

const port = (more: Partial<SeenPort>): SeenPort => ({
  ...{ ifIndex: 1, ifName: 'ge1', adminStatus: 'up', operStatus: 'up', speedBps: 1e9 },
  ...more,
});
/** Both directions of one port: a bigint is a Counter64. */
const octets = (value: number | bigint, more: Partial<SeenPort> = {}): SeenParts => ({
  ports: [port({ counters: { inOctets: value, outOctets: value }, ...more })],
});

describe('counters', () => {
  test('a 32-bit counter that wraps once goes on', () => {
    const { poll } = watched();
    poll(octets(2 ** 32 - 1_000_000, { speedBps: 1e8 }));
    const { gaps, share } = poll(octets(6_500_000, { speedBps: 1e8 }));
    expect(gaps).toEqual([0]);
    expect(share[0]).toBeCloseTo(1, 6);
  });

  test('a 32-bit counter that went back further than the interface is fast begins anew', () => {
    const { poll } = watched();
    poll(octets(3_000_000_000, { speedBps: 1e7 }));
    const { gaps, share } = poll(octets(5_000, { speedBps: 1e7 }));
    expect([gaps, share]).toEqual([[1], [Number.NaN]]);
    expect(poll(octets(80_000, { speedBps: 1e7 })).gaps).toEqual([0]);
  });

  test('without a known speed nobody can tell a wrap', () => {
    const { poll } = watched();
    poll(octets(2 ** 32 - 1_000, { speedBps: undefined }));
    expect(poll(octets(1_000, { speedBps: undefined })).gaps).toEqual([1]);
  });

  test('a 32-bit counter that may have gone round more than once says nothing', () => {
    const { poll } = watched();
    poll(octets(1_000, { speedBps: 1e10 }));
    const { gaps, share } = poll(octets(2_000_000, { speedBps: 1e10 }));
    expect([gaps, share]).toEqual([[0], [Number.NaN]]);
  });

  test('a 64-bit counter that went back begins anew, even when it looks like a wrap', () => {
    const { poll } = watched();
    poll(octets(2n ** 64n - 1_000n));
    expect(poll(octets(1_000n)).gaps).toEqual([1]);
    poll(octets(5_000_000_000n));
    expect(poll(octets(4_999_999_999n)).gaps).toEqual([1]);
  });

  test('a counter that jumps further than anything can carry was set', () => {
    const { poll } = watched();
    poll(octets(1_000n));
    expect(poll(octets(2n ** 62n)).gaps).toEqual([1]);
  });

  test('another discontinuity time begins anew although the counters rose', () => {
    const { poll } = watched();
    poll(octets(1_000n, { discontinuityTicks: 5 }));
    poll(octets(2_000n, { discontinuityTicks: 5 }));
    expect(poll(octets(900_000_000n, { discontinuityTicks: 77 })).gaps).toEqual([1]);
    expect(poll(octets(900_001_000n, { discontinuityTicks: 77 })).gaps).toEqual([0]);
  });

  test('an agent that changes between 32 and 64 bits begins anew each time', () => {
    const { poll } = watched();
    poll(octets(5_000_000_000n));
    expect(poll(octets(705_032_704)).gaps).toEqual([1]);
    expect(poll(octets(5_000_100_000n)).gaps).toEqual([1]);
  });

  test('a column that is missing for one poll makes no rate over the hole', () => {
    const { poll } = watched();
    poll(octets(1_000n));
    expect(poll({ ports: [port({})] }).share).toEqual([Number.NaN]);
    expect(poll(octets(900_000_000n)).share).toEqual([Number.NaN]);
    expect(poll(octets(900_750_000n)).share[0]).toBeCloseTo(0.01, 6);
  });

  test('an agent that shows old counters raises nothing and ends nothing', () => {
    const { poll } = watched();
    const of = (packets: number, errors: number): SeenParts => ({
      ports: [port({ counters: { inUcastPkts: BigInt(packets), inErrors: errors } })],
    });
    const found = [0, 1, 2, 3].flatMap((n) => poll(of(n * 100_000, n * 50)).found);
    expect(found).toEqual(['raise r-1/if/1 CRC_ERRORS']);
    expect([1, 2, 3].flatMap(() => poll(of(300_000, 150)).found)).toEqual([]);
  });

  test('whatever counters do, a share lies between nothing and everything', () => {
    const step = fc.record({
      in: fc.oneof(fc.bigInt(0n, 2n ** 64n - 1n), fc.integer({ min: 0, max: 2 ** 32 - 1 })),
      speed: fc.constantFrom(0, 1e6, 1e9, 4e11),
      seconds: fc.integer({ min: 1, max: 4_000 }),
      discontinuity: fc.integer({ min: 0, max: 2 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const { poll } = watched();
        let at = minute(0) as number;
        for (const { in: value, speed, seconds, discontinuity } of steps) {
          at += seconds * 1_000;
          const more = { speedBps: speed, discontinuityTicks: discontinuity };
          const { found, share } = poll(octets(value, more), instant(at));
          expect(found).toEqual([]);
          expect(Number.isNaN(share[0]!) || (share[0]! >= 0 && share[0]! <= 100)).toBe(true);
        }
      }),
    );
  });
});

describe('starts and clocks', () => {
  const many = (operStatus: string): SeenParts => ({
    ports: Array.from({ length: 24 }, (_, i) => port({ ifIndex: i + 1, ifName: `ge${i + 1}`, operStatus })),
  });

  test('a restart during a silence is one although the uptime rose', () => {
    const { poll, detection } = watched();
    poll({ ...many('up'), upTime: 6_000 });
    for (let i = 0; i < 60; i++) detection.silent(device);
    const back = poll({ ...many('up'), upTime: 12_000, ...octets(5n) }, minute(600));
    expect(back.gaps).toEqual([1]);
    expect(poll({ ...many('down'), upTime: 18_000 }, minute(601)).found).toContain('clear r-1 UNREACHABLE');
    expect(poll({ ...many('down'), upTime: 24_000 }, minute(602)).found).toEqual([]);
  });

  test('a wrap of the uptime after 497 days is no restart, a start just then is one', () => {
    const { poll } = watched();
    poll({ ...octets(1_000n), upTime: 2 ** 32 - 3_000 }, minute(0));
    expect(poll({ ...octets(2_000n), upTime: 3_000 }, minute(1)).gaps).toEqual([0]);
    const other = watched();
    other.poll({ ...octets(1_000n), upTime: 2 ** 31 }, minute(0));
    expect(other.poll({ ...octets(2_000n), upTime: 3_000 }, minute(1)).gaps).toEqual([1]);
  });

  test('engine boots that rise are a start whatever the uptime says', () => {
    const { poll } = watched();
    poll({ ...octets(1_000n), engineBoots: 4 });
    expect(poll({ ...octets(2_000n), engineBoots: 4 }).gaps).toEqual([0]);
    expect(poll({ ...octets(3_000n), engineBoots: 5 }).gaps).toEqual([1]);
  });

  test('an agent whose clock runs some per cent wrong does not restart all the time', () => {
    const { poll } = watched();
    for (let n = 0; n < 200; n++) {
      const { gaps } = poll({ ...octets(BigInt(n) * 1_000n), upTime: Math.round(hour + n * 6_000 * 0.96) });
      if (n > 0) expect(gaps).toEqual([0]);
    }
  });

  test('a clock of ours that goes back or stands makes no rate', () => {
    const { poll } = watched();
    poll(octets(1_000n), minute(5));
    expect(poll({ ...octets(2_000n), upTime: 10 * hour }, minute(5)).share).toEqual([Number.NaN]);
    expect(poll({ ...octets(3_000n), upTime: 10 * hour + 100 }, minute(4)).share).toEqual([Number.NaN]);
  });
});

describe('rows', () => {
  test('a table that failed says nothing of its ports', () => {
    const { poll } = watched();
    poll(octets(1_000n));
    for (let n = 0; n < 50; n++) expect(poll({}).found).toEqual([]);
    poll(octets(1_000n, { operStatus: 'down' }));
    expect(poll(octets(1_000n, { operStatus: 'down' })).found).toEqual(['raise r-1/if/1 LINK_DOWN']);
    for (let n = 0; n < 50; n++) expect(poll({}).found).toEqual([]);
    expect(poll(octets(1_000n)).found).toEqual(['clear r-1/if/1 LINK_DOWN']);
  });

  test('a port that is taken out ends its alarm after ten whole readings', () => {
    const { poll } = watched();
    const two = (state: string): SeenParts => ({
      ports: [port({}), port({ ifIndex: 2, ifName: 'ge2', operStatus: state })],
    });
    poll(two('up'));
    poll(two('down'));
    expect(poll(two('down')).found).toEqual(['raise r-1/if/2 LINK_DOWN']);
    const found = Array.from({ length: 12 }, () => poll({ ports: [port({})] }).found);
    expect(found.flat()).toEqual(['clear r-1/if/2 LINK_DOWN']);
  });

  test('all ports renumbered at once raise nothing, and no counter goes over to another port', () => {
    const { poll } = watched();
    const list = (shift: number): SeenParts => ({
      ports: Array.from({ length: 48 }, (_, i) =>
        port({
          ifIndex: i + 1 + shift,
          ifName: `ge${i}`,
          operStatus: i % 2 === 0 ? 'up' : 'down',
          counters: { inOctets: BigInt(i + 1) * 10n ** 12n, outOctets: 0n },
        }),
      ),
    });
    poll(list(0));
    poll(list(0));
    expect(poll(list(7)).found).toEqual([]);
    const { found, share } = poll(list(7));
    expect(found).toEqual([]);
    expect(new Set(share)).toEqual(new Set([0]));
  });

  test('an object keeps its alarm under another index by what stays of it', () => {
    const { poll } = watched();
    const ont = (id: string, state: string): SeenParts => ({
      tables: [
        {
          ...{ table: 'ont', kind: 'ont' },
          objects: [{ id, key: 'SN1', states: { 'ont.state': state } }],
          alarms: [
            {
              ...{
                kind: 'state',
                state: 'ont.state',
                is: ['down'],
                cause: 'LOS',
                severity: 'warning',
                polls: 1,
              },
              when: undefined,
              unless: undefined,
            },
          ],
        },
      ],
    });
    expect(poll(ont('ont/1.1', 'up')).found).toEqual([]);
    expect(poll(ont('ont/1.1', 'down')).found).toEqual(['raise r-1/ont/1.1 LOS']);
    expect(poll(ont('ont/1.9', 'down')).found).toEqual(['clear r-1/ont/1.1 LOS', 'raise r-1/ont/1.9 LOS']);
    expect(poll(ont('ont/1.9', 'up')).found).toEqual(['clear r-1/ont/1.9 LOS']);
  });
});
