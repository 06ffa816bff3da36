// What a notification looks like once it is decoded, and its way through the spool.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import { dropsOfPort } from '../../../src/edge/net/kernel-drops.ts';
import { readEnvelope } from '../../../src/edge/trap/envelope.ts';
import { netSnmp } from '../../../src/edge/trap/net-snmp-package.ts';
import { decodeTrap, encodeTrap, octetText, trapRecord } from '../../../src/edge/trap/trap-record.ts';

const origin = { at: instant(1_000), from: '192.0.2.1:4000', address: '192.0.2.1', version: 'v2c' } as const;
const { ObjectType: types, PduType: pdus } = netSnmp;
const trapOid = { oid: '1.3.6.1.6.3.1.1.4.1.0', type: types['OID']!, value: '1.3.6.1.6.3.1.1.5.3' };

test('octets are text where they are printable UTF-8, else hex', () => {
  expect(octetText(Buffer.from('Порт 1\nвниз'))).toBe('Порт 1\nвниз');
  expect(octetText(Buffer.from([0x00, 0x1b, 0x21]))).toBe('0x001b21');
  expect(octetText(Buffer.from('a\u202eb'))).toBe('0x61e280ae62');
  expect(octetText(Buffer.from([0xff]))).toBe('0xff');
  expect(octetText(Buffer.alloc(0))).toBe('');
});

test('values of every type are told apart and none loses a bit', () => {
  const values = [
    { oid: '1.3.1', type: types['Counter64']!, value: Buffer.from('00ffffffffffffffff', 'hex') },
    { oid: '1.3.2', type: types['Counter64']!, value: Buffer.from('05', 'hex') },
    { oid: '1.3.3', type: types['IpAddress']!, value: '192.0.2.9' },
    { oid: '1.3.4', type: types['Null']!, value: null },
    { oid: '1.3.5', type: types['Integer']!, value: -7 },
  ];
  const record = trapRecord({ type: pdus['TrapV2']!, varbinds: [trapOid, ...values] }, origin);
  expect(record?.trapOid).toBe('1.3.6.1.6.3.1.1.5.3');
  expect(record?.varbinds.slice(1)).toEqual([
    { oid: '1.3.1', type: 'counter64', value: '18446744073709551615' },
    { oid: '1.3.2', type: 'counter64', value: 5 },
    { oid: '1.3.3', type: 'ipAddress', value: '192.0.2.9' },
    { oid: '1.3.4', type: 'null', value: '' },
    { oid: '1.3.5', type: 'integer', value: -7 },
  ]);
});

test('the community that a forwarder puts into a notification goes no further', () => {
  const told = {
    oid: '1.3.6.1.6.3.18.1.4.0',
    type: types['OctetString']!,
    value: Buffer.from('a-secret-community'),
  };
  const record = trapRecord({ type: pdus['TrapV2']!, varbinds: [trapOid, told] }, origin)!;
  expect(record.varbinds[1]).toEqual({ oid: told.oid, type: 'octets', value: '***' });
  expect(Buffer.from(encodeTrap(record)).toString()).not.toContain('a-secret-community');
});

test('a v2 notification that does not name itself is none', () => {
  expect(trapRecord({ type: pdus['TrapV2']!, varbinds: [] }, origin)).toBeUndefined();
  const wrong = { ...trapOid, type: types['OctetString']! };
  expect(trapRecord({ type: pdus['TrapV2']!, varbinds: [wrong] }, origin)).toBeUndefined();
});

test('v1 traps get the names of RFC 3584 section 3.1', () => {
  const v1 = (generic: number, specific: number) =>
    trapRecord(
      {
        type: pdus['Trap']!,
        enterprise: '1.3.6.1.4.1.318',
        agentAddr: '192.0.2.7',
        generic,
        specific,
        upTime: 77,
        varbinds: [],
      },
      { ...origin, version: 'v1' },
    );
  expect(v1(2, 0)).toMatchObject({
    trapOid: '1.3.6.1.6.3.1.1.5.3',
    agentAddress: '192.0.2.7',
    inform: false,
  });
  expect(v1(6, 5)?.trapOid).toBe('1.3.6.1.4.1.318.0.5');
  expect(v1(6, 5)?.varbinds.map((varbind) => [varbind.oid, varbind.value])).toEqual([
    ['1.3.6.1.2.1.1.3.0', 77],
    ['1.3.6.1.6.3.1.1.4.1.0', '1.3.6.1.4.1.318.0.5'],
    ['1.3.6.1.6.3.18.1.3.0', '192.0.2.7'],
    ['1.3.6.1.6.3.1.1.4.3.0', '1.3.6.1.4.1.318'],
  ]);
  expect(v1(9, 0)).toBeUndefined();
});

test('a record comes back from the spool as it went in', () => {
  const record = trapRecord({ type: pdus['InformRequest']!, varbinds: [trapOid] }, origin)!;
  expect(decodeTrap(encodeTrap(record))).toEqual(record);
  for (const bad of ['', '{', '1', 'null', '{"schema":2}', '{"schema":1}']) {
    expect(() => decodeTrap(Buffer.from(bad))).toThrow(
      expect.objectContaining({ code: 'trap/unreadable-record' }),
    );
  }
});

test('the envelope of anything but a notification is refused', () => {
  const get = Buffer.from(
    '302602010104067075626c6963a019020126020100020100300e300c06082b060102010102000500',
    'hex',
  );
  expect(readEnvelope(get)).toBeUndefined();
  const trap = Buffer.from(
    '302502010004067075626c6963a41806052b0601040140047f0000010201000201004301193000',
    'hex',
  );
  expect(readEnvelope(trap)).toMatchObject({ version: 'v1', community: Buffer.from('public') });
  for (let length = 0; length < trap.length; length++)
    expect(readEnvelope(trap.subarray(0, length))).toBeUndefined();
  const version2 = Buffer.from(trap);
  version2[4] = 2;
  expect(readEnvelope(version2)).toBeUndefined();
});

test('the kernel tells what it threw away for a port', () => {
  const head =
    '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n';
  const line = (port: string, drops: number) =>
    ` 1201: 00000000:${port} 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 21 2 0000000000000000 ${drops}\n`;
  expect(dropsOfPort(head + line('048A', 2304) + line('00A2', 9), 1162)).toBe(2304);
  expect(dropsOfPort(head, 1162)).toBe(0);
  expect(dropsOfPort(readFileSync('/proc/net/udp', 'latin1'), 1)).toBe(0);
});
