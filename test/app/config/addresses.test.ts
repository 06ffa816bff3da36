import { expect, test } from 'vitest';
import { addressMistake } from '../../../src/app/config/values.ts';

test.each([
  '192.0.2.1',
  '2001:db8::1',
  '::1',
  'r-1.isp.example',
  'olt_7',
  'маршрутизатор.пример',
  'host.example.',
])('%s is an address', (address) => {
  expect(addressMistake(address)).toBeUndefined();
});

test.each([
  ['nosuch host', 'without spaces'],
  ['999.1.2.3', 'four numbers from 0 to 255'],
  ['192.0.2', 'four numbers from 0 to 255'],
  ['192.0.2.0/24', 'allclear discover'],
  ['http://192.0.2.1/', 'the host alone'],
  ['2001:db8::1::2', 'eight groups'],
  ['127.0.0.1:99999', 'from 1 to 65535'],
  ['127.0.0.1:abc', 'from 1 to 65535'],
  ['-r1.example', 'host name'],
  ['r1..example', 'host name'],
  ['r-1:161', 'port: 161'],
  ['[2001:db8::1]', 'write 2001:db8::1'],
])('%s is none, and what to write is said', (address, hint) => {
  expect(addressMistake(address)?.join('; ')).toContain(hint);
});
