// Who floods the ingest is told by name, with what it cost, and the alarm ends by itself.
import { expect, test } from 'vitest';
import { FloodWatch, type ShedMessages } from '../../../src/app/center/flood-watch.ts';
import type { Input } from '../../../src/flow/input.ts';
import { resourceId } from '../../../src/model/ids.ts';
import { virtualWorld } from '../../support/virtual-world.ts';

function watching() {
  const world = virtualWorld();
  const inputs: Input[] = [];
  const line = { isFull: false };
  const floods = new FloodWatch({
    world,
    offer: (input) => !line.isFull && inputs.push(input) > 0,
    deviceOf: ({ address }) =>
      address === '192.0.2.1' ? [{ id: 'olt-1', resource: resourceId('olt-1') }] : [],
  });
  const second = (...shed: readonly ShedMessages[]): Input[] => {
    floods.take(shed);
    world.advance(1_000);
    return inputs.splice(0);
  };
  /** The list of what holds goes before everything. */
  const first = (): void => void second();
  return { floods, second, line, first };
}
const shed = (address: string, count: number): ShedMessages => ({ receiver: 'traps', address, count });
const told = (inputs: readonly Input[]): unknown[] =>
  inputs.map((input) => (input.kind === 'observation' ? input.observation : input));

test('one alarm names the source, its device and the count, is told anew each minute and ends a minute after the last', () => {
  const { floods, second, first } = watching();
  first();
  expect(told(second(shed('192.0.2.1', 40_000)))).toEqual([
    {
      ...{ event: 'raise', resource: 'ingest', cause: 'TRAP_FLOOD', by: 'ingest/traps/192.0.2.1' },
      ...{ source: 'collector', severity: 'minor', device: 'olt-1' },
      attributes: { address: '192.0.2.1', devices: 'olt-1', dropped: '40000' },
    },
  ]);
  const lasting = Array.from({ length: 60 }, () => second(shed('192.0.2.1', 40_000))).flat();
  expect(told(lasting)).toMatchObject([{ event: 'raise', attributes: { dropped: String(61 * 40_000) } }]);
  const after = Array.from({ length: 65 }, () => second()).flat();
  expect(told(after)).toMatchObject([{ event: 'clear', by: 'ingest/traps/192.0.2.1' }]);
  expect(floods.counters).toEqual({ floods: 0, floodMessagesUnnamed: 0 });
});

test('a line that is too full to hear of it is told again, and what it never heard it need not end', () => {
  const { second, line, first } = watching();
  first();
  line.isFull = true;
  second(shed('192.0.2.1', 1));
  line.isFull = false;
  expect(told(second())).toMatchObject([{ event: 'raise' }]);
  line.isFull = true;
  second(shed('192.0.2.7', 1));
  for (let i = 0; i < 60; i++) second();
  line.isFull = false;
  expect(told(second())).toMatchObject([{ event: 'clear', by: 'ingest/traps/192.0.2.1' }]);
});

test('forged senders become no more alarms than can be read, and the rest is counted', () => {
  const { floods, second, first } = watching();
  first();
  const forged = Array.from({ length: 100 }, (_, i) => shed(`198.51.100.${i}`, 2));
  expect(second(...forged)).toHaveLength(32);
  expect(floods.counters).toEqual({ floods: 32, floodMessagesUnnamed: 136 });
});

test('what an earlier life raised is ended by the first list of this one, as soon as the line takes it', () => {
  const { second, line } = watching();
  line.isFull = true;
  second();
  line.isFull = false;
  const empty = { kind: 'reconcile', collector: 'ingest', watches: ['ingest'], active: [] };
  expect(second()).toMatchObject([{ kind: 'command', command: empty }]);
  expect(second()).toEqual([]);
});

test('what the kernel threw away has a count and what to do, even beside as many floods as are told, and ends when it is quiet', () => {
  const { floods, second, first } = watching();
  first();
  second(...Array.from({ length: 100 }, (_, i) => shed(`198.51.100.${i}`, 2)));
  const raised = told(second({ receiver: 'traps', address: undefined, count: 700 }));
  expect(raised).toEqual([
    {
      ...{ event: 'raise', resource: 'ingest', cause: 'TRAPS_LOST', by: 'ingest/traps/kernel' },
      ...{ source: 'collector', severity: 'minor' },
      attributes: { dropped: '700', hint: expect.stringContaining('net.core.rmem_max') },
    },
  ]);
  const after = Array.from({ length: 65 }, () => second()).flat();
  expect(told(after)).toContainEqual(
    expect.objectContaining({ event: 'clear', cause: 'TRAPS_LOST', by: 'ingest/traps/kernel' }),
  );
  expect(floods.counters['floods']).toBe(0);
});
