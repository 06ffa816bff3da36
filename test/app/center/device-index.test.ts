// Whose word a message is: one device's, nobody's, or that of several among which nothing in it decides.
import { expect, test } from 'vitest';
import { deviceIndex } from '../../../src/app/center/device-index.ts';
import { meaningOfSpooled } from '../../../src/app/center/spooled.ts';
import type { DeviceConfig } from '../../../src/app/config/config.ts';
import { trapSenders } from '../../../src/app/roles/trap-senders.ts';
import { instant } from '../../../src/base/instant.ts';
import { Secret } from '../../../src/base/secret.ts';
import { compileDetectionRules, Detection } from '../../../src/detect/detect.ts';
import { encodeTrap, type TrapRecord } from '../../../src/edge/trap/trap.ts';

const nat = '192.0.2.1';
const gateway = '192.0.2.9';
const device = (id: string, address: string, more: Partial<DeviceConfig> = {}): DeviceConfig => ({
  ...{ id, address, port: 161, version: '2c', resource: id, profile: 'auto', poll: true },
  community: new Secret(`community-of-${id}`),
  ...more,
});
const v3 = (user: string) => ({ user, level: 'noAuthNoPriv' }) as const;
const twins = { community: new Secret('of-both') };
const devices = [
  device('a', nat),
  device('b', nat),
  device('c', nat, { v3: v3('carol') }),
  device('d', nat, { v3: v3('dave') }),
  device('e', nat, twins),
  device('f', nat, twins),
  device('far', '10.0.0.1'),
  device('gateway', gateway),
];
const deviceOf = deviceIndex(devices);
const senders = trapSenders({
  devices,
  snmp: { trapCommunities: [new Secret('traps')] },
});
type Sent = { from?: string; about?: string } & ({ community: string } | { user: string });
/** The ids of those whose word it may be. */
function whose({ from = nat, about, ...shown }: Sent): string[] {
  const bytes = 'user' in shown ? { user: v3(shown.user) } : { community: Buffer.from(shown.community) };
  const credentialOf = senders.ownerOf!(bytes, from);
  return deviceOf({ address: from, agentAddress: about, credentialOf }).map(({ id }) => id);
}

test('of several devices behind one address the community or user tells which one spoke', () => {
  expect(whose({ community: 'community-of-b' })).toEqual(['b']);
  expect(whose({ community: 'community-of-a' })).toEqual(['a']);
  expect(whose({ user: 'dave' })).toEqual(['d']);
  expect(whose({ user: 'carol' })).toEqual(['c']);
});

test('where they share it, or show one that is for traps alone, all of them are named and none is chosen', () => {
  expect(whose({ community: 'of-both' })).toEqual(['e', 'f']);
  expect(whose({ community: 'traps' })).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
});

test('a gateway that names who it speaks for is believed, whatever community it shows', () => {
  expect(whose({ from: gateway, about: '10.0.0.1', community: 'community-of-gateway' })).toEqual(['far']);
  expect(whose({ from: gateway, about: '10.0.0.1', community: 'traps' })).toEqual(['far']);
  expect(whose({ from: gateway, about: '10.9.9.9', community: 'traps' })).toEqual(['gateway']);
  expect(whose({ from: '203.0.113.5', about: '10.0.0.1', community: 'traps' })).toEqual(['far']);
});

test('a private address that repeats behind NAT is not taken for the device that has it elsewhere', () => {
  expect(whose({ about: '10.0.0.1', community: 'community-of-a' })).toEqual(['far', 'a']);
  expect(whose({ about: '10.0.0.1', community: 'community-of-far' })).toEqual(['far']);
});

test('a device whose community or address nobody else has is known by its address alone', () => {
  expect(whose({ from: gateway, community: 'traps' })).toEqual(['gateway']);
  expect(whose({ from: '203.0.113.5', community: 'traps' })).toEqual([]);
  expect(deviceOf({ address: nat, peer: 'b' }).map(({ id }) => id)).toEqual(['b']);
});

test('a line of syslog of several is that of the one it names', () => {
  expect(deviceOf({ address: nat, host: 'e' }).map(({ id }) => id)).toEqual(['e']);
  expect(deviceOf({ address: nat, host: 'other' })).toHaveLength(6);
});

test('devices that share a user are told apart by the engine that was polled there, wherever a trap comes from', () => {
  const twin = (id: string, address: string, port = 161) => device(id, address, { port, v3: v3('ops') });
  const fleet = [twin('r1', nat), twin('r2', nat, 1161), twin('r3', '192.0.2.3'), twin('r4', '192.0.2.4')];
  fleet.push(device('other', '192.0.2.5', { v3: v3('else') }));
  const places: Readonly<Record<string, readonly string[]>> = {
    aa: [`161 ${nat}`],
    bb: [`1161 ${nat}`],
    cc: ['161 192.0.2.3', '161 192.0.2.4'],
    dd: ['161 192.0.2.5'],
  };
  const index = deviceIndex(fleet, (engineId) => places[engineId] ?? []);
  const whoseTrap = (engineId: string, address: string, more = {}) =>
    index({ address, engineId, credentialOf: 'r1', ...more }).map(({ id }) => id);
  expect(whoseTrap('aa', nat)).toEqual(['r1']);
  expect(whoseTrap('bb', nat)).toEqual(['r2']);
  expect(whoseTrap('bb', '203.0.113.5')).toEqual(['r2']);
  // Clones share an engine id: the address decides, or nobody.
  expect(whoseTrap('cc', '192.0.2.4')).toEqual(['r4']);
  expect(whoseTrap('cc', '203.0.113.5')).toEqual(['r3', 'r4']);
  // Nobody polled that engine, it has another user, or a forwarder speaks of somebody else.
  expect(whoseTrap('ee', nat)).toEqual(['r1', 'r2']);
  expect(whoseTrap('dd', '203.0.113.5')).toEqual([]);
  expect(whoseTrap('aa', nat, { agentAddress: '192.0.2.3' })).toEqual(['r3']);
});

const linkDown: TrapRecord = {
  ...{ at: instant(1_000), from: `${nat}:162`, address: nat, version: 'v2c', inform: false },
  trapOid: '1.3.6.1.4.1.99999.0.1',
  varbinds: [],
};
const detection = new Detection(compileDetectionRules([]).value);

test('an alarm of nobody in particular stands at the address, says whose it may be, and each of them is asked', () => {
  const told = meaningOfSpooled(encodeTrap({ ...linkDown, credentialOf: 'f' }), { detection, deviceOf });
  expect(told.doubt).toEqual(['e', 'f']);
  expect(told.observations).toMatchObject([
    { event: 'raise', resource: `unknown-${nat}`, device: `unknown-${nat}`, attributes: { devices: 'e, f' } },
  ]);
  const sure = meaningOfSpooled(encodeTrap({ ...linkDown, credentialOf: 'b' }), { detection, deviceOf });
  expect([sure.doubt, sure.observations[0]?.device]).toEqual([[], 'b']);
});

test('what is kept of a message holds no secret and is read back', () => {
  const bytes = encodeTrap({ ...linkDown, credentialOf: senders.ownerOf!({ user: v3('dave') }, nat) });
  expect(Buffer.from(bytes).toString()).not.toMatch(/community-of|dave/);
});
