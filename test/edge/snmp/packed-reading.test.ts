import { expect, test } from 'vitest';
import { drained } from '../../../src/base/slices.ts';
import { PackedReading } from '../../../src/edge/snmp/packed-reading.ts';
import type { DeviceReading } from '../../../src/model/reading.ts';

const reading = (ports: number, more: Partial<DeviceReading> = {}): DeviceReading => ({
  ...{
    format: 'device-reading/1',
    at: '1970-01-01T00:00:00.000Z',
    profile: 'test',
    device: { sysName: 'a' },
  },
  interfaces: Array.from({ length: ports }, (_, n) => ({ ifIndex: n + 1, ifName: `p${n}` })),
  ...{ readings: [], links: [], objects: [] },
  ...more,
});

test.each([0, 1, 500, 1_201])(
  'a reading of %i ports comes out as it was put in, relations only where there were some',
  (ports) => {
    for (const more of [{}, { relations: [{ kind: 'member', from: 'a', to: 'b' } as const] }]) {
      const given = reading(ports, more);
      const kept = drained(PackedReading.of(given));
      expect(drained(kept.unpacked())).toEqual(given);
      expect(kept.named()).toEqual({ interfaces: given.interfaces, objects: [] });
    }
  },
);

test('a large one is packed and read in slices, a small one in one', () => {
  const slices = (work: Generator<void, unknown>) => [...work].length;
  expect(slices(PackedReading.of(reading(2_001)))).toBe(4);
  expect(slices(drained(PackedReading.of(reading(2_001))).unpacked())).toBe(4);
  expect(slices(PackedReading.of(reading(48)))).toBe(0);
});
