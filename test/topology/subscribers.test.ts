import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spreadHash } from '../../src/base/random.ts';
import {
  compileTopology,
  decodeSubscribers,
  encodeSubscribers,
  placeSubscribers,
  type SubscriberTable,
} from '../../src/topology/topology.ts';
import { smallCity } from '../support/small-city.ts';
import { subscribersOn } from '../support/subscriber-table.ts';

const city = smallCity();

const everyOther = [
  ...['ont-1-1-1-1', 'ont-1-1-1-2', 'ont-2-1-1-1', 'ont-1-1-2-1', 's1-1', 'ont-1-1-1-8'],
  ...['olt-1/if/3', 'olt-1/if/3-1', 'olt-1', 'nobody-knows', 'olt-1/if/3/x'],
];

test('columns survive the way to disk and back', () => {
  const table = subscribersOn(everyOther);
  expect(decodeSubscribers(encodeSubscribers(table))).toEqual(table);
  const quiet = Uint16Array.from({ length: table.count }, (_, row) => row);
  expect(decodeSubscribers(encodeSubscribers({ ...table, quiet }))).toEqual({ ...table, quiet });
  expect(decodeSubscribers(encodeSubscribers(subscribersOn([]))).count).toBe(0);
});

test('any damage to the columns is refused', () => {
  const bytes = encodeSubscribers(subscribersOn(everyOther));
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const damaged = bytes.slice();
      damaged[at]! ^= flip;
      expect(() => decodeSubscribers(damaged)).toThrow(/damaged subscriber columns/);
    }),
    { numRuns: 300, seed: 1 },
  );
  for (const length of [0, 3, 16, bytes.length - 1]) {
    expect(() => decodeSubscribers(bytes.slice(0, length))).toThrow(/damaged subscriber columns/);
  }
  const table = subscribersOn(everyOther);
  const wrong: SubscriberTable = { ...table, subscriberClass: table.subscriberClass.map(() => 9) };
  expect(() => decodeSubscribers(encodeSubscribers(wrong))).toThrow('class 9 of 5');
});

test('subscribers below a resource are a handful of ranges, whatever tree leads to them', () => {
  const placed = placeSubscribers(city, subscribersOn(everyOther));
  const under = (id: string): string[] =>
    placed
      .rangesUnderId(id)
      .flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => placed.resourceOf(from + i)));
  expect(under('s1-1-1').sort()).toEqual(['ont-1-1-1-1', 'ont-1-1-1-2', 'ont-1-1-1-8']);
  expect(placed.rangesUnderId('s1-1')).toHaveLength(1);
  expect(under('s1-1')).toHaveLength(5);
  expect(under('f-1-1').sort()).toEqual(under('s1-1').sort());
  expect(under('b-1-x')).toEqual(['ont-1-1-1-8']);
  expect(under('olt-1')).toHaveLength(9);
  expect(under('mains-1').sort()).toEqual(['ont-1-1-1-1', 'ont-1-1-1-2', 'ont-1-1-1-8', 'ont-1-1-2-1']);
  expect(under('olt-1/if/3').sort()).toEqual(['olt-1/if/3', 'olt-1/if/3/x']);
  expect(under('nobody-knows')).toEqual([]);
  expect(placed.rangesAt(city.indexOf('olt-1')).map(({ from }) => placed.resourceOf(from))).toEqual([
    'olt-1',
  ]);
  expect(placed.rangesUnder(-1)).toEqual([]);
});

test('a subscriber of an unknown resource keeps a number at the end and is in no range', () => {
  const placed = placeSubscribers(city, subscribersOn(everyOther));
  expect(placed.orphans).toBe(1);
  expect(placed.resourceOf(placed.count - 1)).toBe('nobody-knows');
  expect(placed.everybody()).toEqual([{ from: 0, to: placed.count - 1 }]);
});

test('the stable key finds the number of one topology version, and its facts', () => {
  const placed = placeSubscribers(city, subscribersOn(everyOther));
  everyOther.forEach((resource, row) => {
    const number = placed.numberOf(1_000 + row * 7)!;
    expect(placed.keyOf(number)).toBe(1_000 + row * 7);
    expect(placed.resourceOf(number)).toBe(resource);
    expect(placed.languageOf(number)).toBe(row % 2);
    expect(placed.channelMaskOf(number)).toBe(row % 4);
    expect(placed.zoneOf(number)).toBe(row % 2);
    expect(placed.isOptedOut(number)).toBe(row % 10 === 9);
  });
  expect(placed.numberOf(1_001)).toBe(-1);
  expect(placed.numberOf(0)).toBe(-1);
});

test('counts by class of a range agree with counting one by one', () => {
  const terminals = Array.from({ length: 500 }, (_, i) => `ont-1-1-1-${1 + (i % 8)}`);
  const placed = placeSubscribers(city, subscribersOn(terminals));
  const classes = ['residential', 'business', 'priority', 'vip', 'staff'];
  for (const [from, to] of [
    [0, 500],
    [63, 65],
    [64, 128],
    [7, 7],
    [499, 500],
  ] as const) {
    const counted = classes.map(
      (name) =>
        Array.from({ length: to - from }, (_, i) => placed.classOf(from + i)).filter((of) => of === name)
          .length,
    );
    expect(placed.countByClass({ from, to })).toEqual(counted);
  }
});

test('a million subscribers are placed and found again, and stay in typed arrays', () => {
  const leaves = 50_000;
  const count = 1_000_000;
  const resources = [
    { id: 'olt', kind: 'olt', in: {}, subscribers: 0 },
    ...Array.from({ length: leaves }, (_, i) => ({
      id: `ont-${i}`,
      kind: 'ont',
      in: { access: 'olt' },
      subscribers: 0,
    })),
  ];
  const { value } = compileTopology({
    serviceRoots: [],
    resources: resources as never,
    links: [],
    planned: [],
  });
  const table: SubscriberTable = {
    ...subscribersOn([]),
    count,
    resources: resources.map((resource) => resource.id),
    key: Uint32Array.from({ length: count }, (_, row) => Math.imul(row, 2_654_435_761) >>> 0),
    resource: Uint32Array.from({ length: count }, (_, row) => 1 + (spreadHash(`${row}`) % leaves)),
    subscriberClass: new Uint8Array(count),
    language: new Uint8Array(count),
    channelMask: new Uint8Array(count),
    zone: new Uint16Array(count),
    optedOut: new Uint8Array(count),
  };
  const before = process.memoryUsage().arrayBuffers;
  const placed = placeSubscribers(value, table);
  // Row, key order and class blocks, plus what sorting left behind for the collector; the columns themselves are the table's.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(26 * count + 30 * 1024 * 1024);
  expect(placed.rangesUnderId('olt')).toEqual([{ from: 0, to: count }]);
  expect(placed.countByClass({ from: 10, to: 999_990 })).toEqual([999_980, 0, 0, 0, 0]);
  for (const row of [0, 1, 77_777, count - 1]) {
    const number = placed.numberOf(table.key[row]!)!;
    expect(placed.resourceOf(number)).toBe(table.resources[table.resource[row]!]);
    expect(
      placed.rangesUnderId(placed.resourceOf(number)).some(({ from, to }) => from <= number && number < to),
    ).toBe(true);
  }
}, 60_000);
