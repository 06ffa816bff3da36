import { describe, expect, it } from 'vitest';
import { hours, instant } from '../../../src/base/instant.ts';
import type { Conflict } from '../../../src/model/discovered.ts';
import {
  compileTopology,
  conflictsOf,
  type Inventory,
  parseTopology,
} from '../../../src/topology/topology.ts';
import { at, inventoryOf } from './readings.ts';

const lldp = (localPort: string, remoteName: string, remotePort: string) =>
  ({ protocol: 'lldp', localPort, remoteName, remotePort }) as const;
const ports = { 1: 'p1', 2: 'p2' };
const sw = (name: string, ...links: ReturnType<typeof lldp>[]) => ({ name, ports, links });

function conflicts(inventory: Inventory, topology?: object, now = at): readonly Conflict[] {
  const configured =
    topology === undefined
      ? undefined
      : compileTopology(
          parseTopology(JSON.stringify({ format: 'allclear-topology/1', ...topology }), 't.json').value,
        ).value;
  const resourceOf = new Map([...inventory.known.said.keys()].map((id) => [id, id]));
  return conflictsOf({ ...inventory.known, facts: inventory.facts(), now, configured, resourceOf });
}

const resources = ['sw-1', 'sw-2', 'sw-3'].map((id) => ({ id, kind: 'switch' }));

it('devices that agree have no conflicts', () => {
  const inventory = inventoryOf({
    'sw-1': sw('a', lldp('p1', 'b', 'p2')),
    'sw-2': sw('b', lldp('p2', 'a', 'p1')),
  });
  expect(conflicts(inventory)).toEqual([]);
  const links = [{ id: 'l', ends: ['sw-1', 'sw-2'] }];
  expect(conflicts(inventory, { resources, links })).toEqual([]);
});

it('a port with two neighbours is listed; LLDP and CDP about one neighbour are one', () => {
  const cdp = {
    protocol: 'cdp',
    localPort: 'p1',
    remoteChassis: 'b.isp.example(FOX1)',
    remotePort: 'p1',
  } as const;
  const inventory = inventoryOf({
    'sw-1': {
      name: 'a',
      ports,
      links: [lldp('p1', 'b', 'p1'), cdp, lldp('p2', 'x', '1'), lldp('p2', 'y', '1')],
    },
    'sw-2': sw('b'),
  });
  expect(conflicts(inventory).filter(({ kind }) => kind === 'twoNeighbours')).toEqual([
    {
      kind: 'twoNeighbours',
      at: [{ device: 'sw-1', port: 'p2' }],
      seen: [
        { name: 'x', port: '1' },
        { name: 'y', port: '1' },
      ],
    },
  ]);
});

it('two ends of a link that say different things are listed once', () => {
  const inventory = inventoryOf({
    'sw-1': sw('a', lldp('p1', 'b', 'p1')),
    'sw-2': sw('b', lldp('p2', 'a', 'p1')),
    'sw-3': sw('c'),
  });
  expect(conflicts(inventory)).toEqual([
    {
      kind: 'endsDisagree',
      at: [{ device: 'sw-1', port: 'p1' }],
      seen: [
        { device: 'sw-2', port: 'p1' },
        { device: 'sw-2', port: 'p2' },
      ],
    },
  ]);
  const other = inventoryOf({
    'sw-1': sw('a', lldp('p1', 'b', 'p1')),
    'sw-2': sw('b', lldp('p1', 'c', 'p1')),
    'sw-3': sw('c', lldp('p1', 'b', 'p1')),
  });
  expect(conflicts(other)).toEqual([
    {
      kind: 'endsDisagree',
      at: [{ device: 'sw-1', port: 'p1' }],
      seen: [
        { device: 'sw-2', port: 'p1' },
        { device: 'sw-3', port: 'p1' },
      ],
    },
  ]);
});

it('one chassis id or one name on two devices, and neighbours that may be either', () => {
  const chassis = '02:00:00:00:0a:00';
  const inventory = inventoryOf({
    'sw-1': { ...sw('same'), chassis },
    'sw-2': { ...sw('Same'), chassis },
    'sw-3': sw('c', lldp('p1', 'same', 'p1')),
  });
  expect(
    conflicts(inventory).map(({ kind, name, at, seen }) => [kind, name, at.length, seen.length]),
  ).toEqual([
    ['chassisTwice', chassis, 2, 0],
    ['nameTwice', 'same', 2, 0],
    ['ambiguousNeighbour', 'same', 1, 2],
    ['notPolled', undefined, 1, 1],
  ]);
});

it('a neighbour that nobody polls is listed once with its address and every port that sees it', () => {
  const inventory = inventoryOf({
    'sw-1': {
      ...sw('a', lldp('p1', 'radio-7', 'eth0')),
      relations: ['resolves mac/02:00:00:00:09:00 ip/192.0.2.9'],
    },
    'sw-2': {
      ...sw('b'),
      links: [
        { protocol: 'lldp', localPort: 'p2', remoteName: 'Radio-7', remoteChassis: '02:00:00:00:09:00' },
      ],
    },
  });
  expect(conflicts(inventory)).toEqual([
    {
      kind: 'notPolled',
      at: [
        { device: 'sw-1', port: 'p1' },
        { device: 'sw-2', port: 'p2' },
      ],
      seen: [{ name: 'radio-7', mac: '02:00:00:00:09:00', address: '192.0.2.9' }],
    },
  ]);
  // What was not said for hours is stale: it conflicts with nothing any more.
  expect(conflicts(inventory, undefined, instant(at + hours(4)))).toEqual([]);
});

describe('the configured topology', () => {
  const pair = {
    'sw-1': sw('a', lldp('p1', 'b', 'p1')),
    'sw-2': sw('b', lldp('p1', 'a', 'p1')),
    'sw-3': sw('c'),
  };

  it('that lacks a link which both ends name', () => {
    expect(conflicts(inventoryOf(pair), { resources, links: [] })).toEqual([
      {
        kind: 'linkNotConfigured',
        at: [
          { device: 'sw-1', port: 'p1' },
          { device: 'sw-2', port: 'p1' },
        ],
        seen: [],
      },
    ]);
    const tree = [resources[0], { id: 'sw-2', kind: 'switch', in: { access: 'sw-1/if/1' } }];
    expect(conflicts(inventoryOf(pair), { resources: tree, links: [] })).toEqual([]);
  });

  it('that lets a port lead elsewhere, and one whose link nobody sees', () => {
    const links = [
      { id: 'l-1', ends: ['sw-1/if/1', 'sw-3'] },
      { id: 'l-2', ends: ['sw-2/if/1', 'sw-1'] },
    ];
    expect(conflicts(inventoryOf(pair), { resources, links })).toEqual([
      {
        kind: 'linkContradicts',
        name: 'l-1',
        at: [{ device: 'sw-1', port: 'p1' }],
        seen: [{ device: 'sw-2', port: 'p1' }, { device: 'sw-3' }],
      },
      { kind: 'linkNeverSeen', name: 'l-1', at: [{ device: 'sw-1' }, { device: 'sw-3' }], seen: [] },
    ]);
  });
});
