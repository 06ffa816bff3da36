// Whose engine it is: known from those that proved it when they were polled.
import { expect, test } from 'vitest';
import { Engines } from '../../../src/edge/snmp/usm-engine.ts';
import { virtualWorld } from '../../support/virtual-world.ts';

const id = Uint8Array.of(0x80, 0, 0, 1, 7);
const other = Uint8Array.of(0x80, 0, 0, 1, 8);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('an engine is known by its id where it proved itself, clones at all their places', () => {
  const engines = new Engines(virtualWorld());
  const [a, b] = [engines.of('192.0.2.1', 161), engines.of('192.0.2.2', 1161)];
  a.learn(id, 1, 5);
  b.learn(id, 1, 5);
  expect([...engines.placesOf(hex(id))]).toEqual([]);
  a.follow(1, 6);
  b.relearn(1, 6);
  expect([...engines.placesOf(hex(id))]).toEqual(['161 192.0.2.1', '1161 192.0.2.2']);
  b.learn(other, 1, 1);
  expect([...engines.placesOf(hex(id))]).toEqual(['161 192.0.2.1']);
  b.follow(1, 2);
  expect([...engines.placesOf(hex(other))]).toEqual(['1161 192.0.2.2']);
});

test('one that gave way to others is known no more', () => {
  const engines = new Engines(virtualWorld(), { most: 1 });
  const first = engines.of('192.0.2.1', 161);
  first.learn(id, 1, 5);
  first.follow(1, 6);
  engines.of('192.0.2.2', 161);
  expect([...engines.placesOf(hex(id))]).toEqual([]);
});
