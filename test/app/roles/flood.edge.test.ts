// One device gone mad on the trap port: the others are heard, and what was thrown away is counted by whose it was.
import { createSocket, type Socket } from 'node:dgram';
import { expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { encodeVarbind } from '../../../src/edge/snmp/pdu.ts';
import { openTrapReceiver } from '../../../src/edge/trap/trap.ts';
import { realWorld } from '../../support/real-world.ts';
import { until } from '../../support/until.ts';

const tlv = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, content.length]), content]);
};
const integer = (value: number): Buffer => tlv(2, Buffer.from([value]));
const bindings = [
  encodeVarbind({ oid: '1.3.6.1.2.1.1.3.0', value: { type: 'timeticks', number: 9 } })!,
  encodeVarbind({ oid: '1.3.6.1.6.3.1.1.4.1.0', value: { type: 'oid', oid: '1.3.6.1.6.3.1.1.5.3' } })!,
];
const trap = tlv(
  0x30,
  integer(1),
  tlv(4, Buffer.from('public')),
  tlv(0xa7, integer(5), integer(0), integer(0), tlv(0x30, ...bindings)),
);

async function from(address: string): Promise<Socket> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, address, resolve));
  return socket;
}

test('the flood of one source takes nothing from the others, and each lost datagram has its name', async () => {
  const heard: string[] = [];
  const receiver = await openTrapReceiver({
    listen: { host: '0.0.0.0', port: 0 },
    communities: [new Secret('public')],
    users: [],
    rate: { perSecond: 50, burst: 50 },
    world: realWorld(),
    accept: async (records) => void heard.push(...records.map(({ address }) => address)),
  });
  const [mad, quiet] = await Promise.all([from('127.0.0.2'), from('127.0.0.3')]);
  const { port } = receiver.address;
  try {
    for (let round = 1; round <= 20; round++) {
      for (let i = 0; i < 200; i++) mad.send(trap, port, '127.0.0.1');
      quiet.send(trap, port, '127.0.0.1');
      await until(() => heard.filter((address) => address === '127.0.0.3').length === round);
    }
    await until(() => receiver.counters.received === 20 * 201);
    await until(() => receiver.counters.pending === 0);
    const { rateLimited, taken } = receiver.counters;
    expect(rateLimited).toBeGreaterThan(1_000);
    expect(rateLimited + taken).toBe(20 * 201);
    expect(receiver.drainShed()).toEqual([{ address: '127.0.0.2', count: rateLimited }]);
    expect(receiver.drainShed()).toEqual([]);
  } finally {
    mad.close();
    quiet.close();
    await receiver.close();
  }
});
