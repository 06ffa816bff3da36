import { expect, test } from 'vitest';
import { loadOf } from '../../bench/support/alarm-load.ts';
import { parseAlarms, parsePairs, type RealNetwork } from '../../bench/support/real-networks.ts';
import { networkOf, recordedStream, simulatedOn } from '../../bench/support/real-streams.ts';
import { seededRandom } from '../../src/base/random.ts';

const network: RealNetwork = {
  name: 'three in a row',
  alarms: parseAlarms(
    'alarm_id,device_id,start_timestamp,end_timestamp\n1,0,20,30\n0,2,10,4\nx,1,1,1\n0,1,12,12\n',
  ),
  links: parsePairs('device_a,device_b\n0,1\n1,2\n'),
  causes: parsePairs('cause_alarm_id,effect_alarm_id\n0,1\n'),
};

test('rows are read in order of their start, what is no row is left out', () => {
  expect(network.alarms.map(({ from }) => from)).toEqual([10, 12, 20]);
  expect(network.links).toEqual([
    [0, 1],
    [1, 2],
  ]);
});

test('an alarm that ends before it begins is cleared when it comes, never before', () => {
  const records = recordedStream(network);
  const times = records.map(({ at }) => at);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  const [raise, clear] = records;
  expect([raise?.observation.event, clear?.observation.event]).toEqual(['raise', 'clear']);
  expect(clear?.at).toBe(raise?.at);
  expect(clear?.observation.deviceAt).toBe(raise!.at - 6_000);
});

test('simulated incidents hold every alarm once, and their root comes first', () => {
  const how = { spontaneous: 1e-3, meanLength: 10, perSecond: 0.05, seconds: 20_000 };
  const one = simulatedOn(network, seededRandom(7), how);
  const { faults } = one.truth as { faults: readonly { alarms: string[]; root: string; startAt: number }[] };
  const raises = one.records.filter(({ observation }) => observation.event === 'raise');
  const named = faults.flatMap(({ alarms }) => alarms);
  expect(new Set(named)).toEqual(new Set(raises.map(({ observation }) => observation.record)));
  expect(named).toHaveLength(raises.length);
  const byId = new Map(raises.map((record) => [record.observation.record, record]));
  for (const { alarms, root, startAt } of faults) {
    expect(byId.get(alarms[0]!)).toMatchObject({ at: startAt, observation: { resource: root } });
  }
  expect(faults.some(({ alarms }) => alarms.length > 1)).toBe(true);
  expect(networkOf(network).count).toBe(5);
  expect(simulatedOn(network, seededRandom(7), how).truth).toEqual(one.truth);
});

test('a flood begins above ten in ten minutes and lasts until fewer than five come', () => {
  const minute = 60_000;
  const many = (count: number, from: number) => Array.from({ length: count }, (_, n) => from * minute + n);
  const presented = [...many(10, 0), ...many(11, 10), ...many(5, 20), ...many(4, 30), ...many(6, 40)];
  expect(loadOf(presented, { from: 0, to: 50 * minute })).toEqual({
    perTenMinutes: 7.2,
    floods: 2,
    intervals: 5,
  });
});
