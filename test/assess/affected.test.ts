import { expect, test } from 'vitest';
import { touchedBy } from '../../src/assess/affected.ts';
import { instant } from '../../src/base/instant.ts';
import {
  compileTopology,
  decodeSubscribers,
  encodeSubscribers,
  noEnd,
  placeSubscribers,
  type SubscriberTable,
} from '../../src/topology/topology.ts';
import { subscribersOn } from '../support/subscriber-table.ts';

const noon = Date.UTC(2026, 0, 1, 12);
const minute = noon / 60_000;

const { value: topology } = compileTopology({
  format: 'allclear-topology/1',
  serviceRoots: ['core'],
  resources: [
    { id: 'core', kind: 'core' },
    { id: 'olt', kind: 'olt' },
    { id: 'a', kind: 'ont', in: { access: 'olt' } },
    { id: 'b', kind: 'ont', in: { access: 'olt' } },
    { id: 'c', kind: 'ont' },
    { id: 'mail', kind: 'service-platform' },
    { id: 'iptv', kind: 'service-platform' },
  ],
  links: [],
  planned: [],
} as never);

/** One subscriber each on a, b, c and the mail platform; `held`: row, resource, service, from, to. */
function table(own: readonly number[], held: readonly (readonly number[])[]): SubscriberTable {
  const column = (place: number): number[] => held.map((one) => one[place]!);
  return {
    ...subscribersOn(['a', 'b', 'c', 'mail']),
    services: {
      names: ['internet', 'tv', 'mail'],
      own: Uint16Array.from(own),
      bindings: {
        ...{ row: Uint32Array.from(column(0)), resource: Uint32Array.from(column(1)) },
        ...{ service: Uint8Array.from(column(2)), from: Uint32Array.from(column(3)) },
        to: Uint32Array.from(column(4)),
      },
    },
  };
}

const at = (id: string): number => ['a', 'b', 'c', 'mail'].indexOf(id);

function touched(of: SubscriberTable, under: readonly string[], except: readonly string[] = []) {
  const subscribers = placeSubscribers(topology!, of);
  const affected = { under: under as never, except: except as never };
  const found = touchedBy(topology!, subscribers, { affected, carried: [], since: instant(noon) });
  const who = found.ranges.flatMap(({ from, to }) =>
    Array.from({ length: to - from }, (_, i) => subscribers.resourceOf(from + i)),
  );
  return { who, services: found.services };
}

test('a service at another place is lost with that place, its subscriber once', () => {
  const of = table([3, 1, 1, 4], [[2, at('b'), 1, 0, noEnd]]);
  expect(touched(of, ['b'])).toEqual({ who: ['b', 'c'], services: [1, 1, 0] });
  expect(touched(of, ['olt', 'c'])).toEqual({ who: ['a', 'b', 'c'], services: [3, 2, 0] });
  expect(touched(of, ['olt'], ['b'])).toEqual({ who: ['a'], services: [1, 1, 0] });
});

test('what counts is who had the service when the outage began', () => {
  // b moved to c an hour ago, and c has tv from an hour hence.
  const of = table(
    [1, 0, 1, 4],
    [
      [1, at('b'), 0, 0, minute - 60],
      [1, at('c'), 0, minute - 60, noEnd],
      [2, at('a'), 1, minute + 60, noEnd],
    ],
  );
  expect(touched(of, ['b']).who).toEqual([]);
  expect(touched(of, ['c']).who).toEqual(['b', 'c']);
  expect(touched(of, ['a']).who).toEqual(['a']);
});

test('a platform takes those who use it, or everybody where nobody said who does', () => {
  const of = table([1, 1, 1, 4], [[0, at('mail'), 2, 0, noEnd]]);
  expect(touched(of, ['mail'])).toEqual({ who: ['a', 'mail'], services: [0, 0, 2] });
  expect(touched(of, ['iptv']).who).toHaveLength(4);
});

test('services and categories come back from disk as they were; a plain table is written as ever', () => {
  const mask = (bits: number): Uint8Array => new Uint8Array(4).fill(bits);
  const consented = { planned: mask(1), feedback: mask(0), whatWeDid: mask(2) };
  const of = { ...table([1, 0, 3, 4], [[1, at('c'), 0, 7, noEnd]]), consented };
  expect(decodeSubscribers(encodeSubscribers(of))).toEqual(of);
  const plain = subscribersOn(['a', 'b']);
  const bytes = encodeSubscribers(plain);
  expect(new DataView(bytes.buffer).getUint32(4, true)).toBe(1);
  expect(decodeSubscribers(bytes)).toEqual({ ...plain, services: undefined, consented: undefined });
  const stray = table([1, 1, 1, 1], [[9, 0, 0, 0, noEnd]]);
  expect(() => decodeSubscribers(encodeSubscribers(stray))).toThrow('row of a binding');
  const placed = placeSubscribers(topology!, of);
  expect([placed.channelMaskOf(0, 'planned'), placed.channelMaskOf(0, 'feedback')]).toEqual([1, 0]);
});
