// Traps of Debian's tools from one address, as several devices behind it: each is kept as its own device's word.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { deviceIndex } from '../../../src/app/center/device-index.ts';
import type { DeviceConfig } from '../../../src/app/config/config.ts';
import { trapSenders } from '../../../src/app/roles/trap-senders.ts';
import { Secret } from '../../../src/base/secret.ts';
import { decodeTrap, encodeTrap, openTrapReceiver, type TrapRecord } from '../../../src/edge/trap/trap.ts';
import { realWorld } from '../../support/real-world.ts';
import { until } from '../../support/until.ts';

const run = promisify(execFile);
const coldStart = '1.3.6.1.6.3.1.1.5.1';
const device = (id: string, more: Partial<DeviceConfig> = {}): DeviceConfig => ({
  ...{ id, address: '127.0.0.1', port: 161, version: '2c', resource: id, profile: 'auto', poll: true },
  community: new Secret(`community-of-${id}`),
  ...more,
});
const user = {
  user: 'dave',
  level: 'authNoPriv',
  auth: 'sha',
  authKey: new Secret('dave-has-a-key'),
} as const;
const devices = [
  device('a'),
  device('b'),
  device('d', { v3: user }),
  device('far', { address: '192.0.2.7' }),
];
const snmp = { trapCommunities: [new Secret('traps')] };

test('devices behind one address are told apart by what their notifications show', async () => {
  const records: TrapRecord[] = [];
  const receiver = await openTrapReceiver({
    listen: { host: '127.0.0.1', port: 0 },
    ...trapSenders({ devices, snmp }),
    world: realWorld(),
    accept: async (batch) => void records.push(...batch.map((record) => decodeTrap(encodeTrap(record)))),
  });
  const target = `127.0.0.1:${receiver.address.port}`;
  const deviceOf = deviceIndex(devices);
  const v2c = (community: string, ...varbinds: string[]): string[] => [
    '-v2c',
    '-c',
    community,
    target,
    '',
    coldStart,
    ...varbinds,
  ];
  const v1 = (community: string, agent: string): string[] => [
    '-v1',
    '-c',
    community,
    target,
    '1.3.6.1.4.1.8072',
    agent,
    '0',
    '0',
    '1',
  ];
  const v3 = [
    '-v3',
    '-u',
    'dave',
    '-l',
    'authNoPriv',
    '-a',
    'SHA',
    '-A',
    'dave-has-a-key',
    '-e',
    '0x8000000001020304',
  ];
  const forwarded = ['1.3.6.1.6.3.18.1.4.0', 's', 'community-of-a'];
  const sent: [string[], string[]][] = [
    [v2c('community-of-b'), ['b']],
    [v2c('community-of-a'), ['a']],
    [[...v3, target, '', coldStart], ['d']],
    [v1('traps', '192.0.2.7'), ['far']],
    [v1('traps', '10.1.1.1'), ['a', 'b', 'd']],
    // A proxy with a community of its own says the first sender's (RFC 3584 section 3.1).
    [v2c('traps', ...forwarded), ['a']],
    [v2c('traps'), ['a', 'b', 'd']],
  ];
  try {
    for (const [index, [args]] of sent.entries()) {
      await run('snmptrap', args);
      await until(() => records.length > index);
    }
    expect(records.map((record) => deviceOf(record).map(({ id }) => id))).toEqual(sent.map(([, ids]) => ids));
    expect(JSON.stringify(records)).not.toContain('community-of-');
  } finally {
    await receiver.close();
  }
});
