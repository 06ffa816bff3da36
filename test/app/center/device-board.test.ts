/** What is known of devices, over a change of the configuration. */
import { expect, test } from 'vitest';
import { DeviceBoard } from '../../../src/app/center/device-board.ts';
import type { DeviceConfig } from '../../../src/app/config/config.ts';
import { instant } from '../../../src/base/instant.ts';
import { Secret } from '../../../src/base/secret.ts';
import type { DeviceReading } from '../../../src/model/reading.ts';

const device = (id: string, more: Partial<DeviceConfig> = {}): DeviceConfig => ({
  id,
  address: '192.0.2.1',
  port: 161,
  version: '2c',
  community: new Secret('public'),
  resource: id,
  profile: 'auto',
  poll: true,
  ...more,
});
const reading = { profile: 'generic' } as DeviceReading;

test('a device asked as before keeps what is known of it, the others begin anew', () => {
  const board = new DeviceBoard([device('a'), device('b'), device('c'), device('d')]);
  for (const id of ['a', 'b', 'c', 'd']) board.answered(id, 'generic', instant(1));
  board.readFrom(() => reading);
  board.use([device('a'), device('b', { address: '192.0.2.9' }), device('c', { poll: false }), device('e')]);
  expect(board.list().map(({ id, state }) => [id, state])).toEqual([
    ['a', 'answers'],
    ['b', 'unknown'],
    ['c', 'notPolled'],
    ['e', 'unknown'],
  ]);
  expect(board.get('a')?.reading).toBe(reading);
  expect(board.get('d')).toBeUndefined();
  board.use([device('c')]);
  expect(board.get('c')?.state).toBe('unknown');
});
