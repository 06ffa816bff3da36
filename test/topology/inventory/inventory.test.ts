import { describe, expect, it } from 'vitest';
import { hours, instant } from '../../../src/base/instant.ts';
import type { Fact } from '../../../src/model/discovered.ts';
import { Inventory } from '../../../src/topology/topology.ts';
import { at, inventoryOf, object, read } from './readings.ts';

const of = (facts: readonly Fact[], kind: string) =>
  facts.filter((fact) => fact.kind === kind).map(({ source, from, to }) => ({ source, from, to }));

const lldp = (localPort: string, remote: { chassis?: string; name?: string; port?: string }) => ({
  protocol: 'lldp' as const,
  localPort,
  remoteChassis: remote.chassis,
  remoteName: remote.name,
  remotePort: remote.port,
});

describe('a neighbour is found among the devices that are polled', () => {
  const far = {
    name: 'far.isp.example',
    chassis: '02:00:00:00:02:00',
    ports: { 7: 'ge-7' },
    macs: '02:00:00:00:22',
  };
  const ports = { 1: 'Gi0/1' };
  const to = { device: 'sw-2', port: 'ge-7' };

  it.each([
    ['chassis address', lldp('Gi0/1', { chassis: '02:00:00:00:02:00', port: 'ge-7' })],
    ['name, whatever its case and domain', lldp('Gi0/1', { chassis: 'slot-1', name: 'FAR', port: 'GE-7' })],
    ['address at which it is polled', lldp('Gi0/1', { chassis: '192.0.2.2', port: '7' })],
    ['address of its port', lldp('Gi0/1', { chassis: 'x', port: '02:00:00:00:22:07' })],
  ])('by its %s', (_, link) => {
    const inventory = inventoryOf({ 'sw-1': { ports, links: [link] }, 'sw-2': far });
    expect(of(inventory.facts('sw-1'), 'link')).toEqual([
      { source: 'lldp', from: { device: 'sw-1', port: 'Gi0/1' }, to },
    ]);
  });

  it('by the management address that LLDP or CDP tells of it', () => {
    const links = [lldp('Gi0/1', { chassis: 'box', port: 'ge-7' })];
    const inventory = inventoryOf({
      'sw-1': { ports, links, relations: ['resolves chassis/box ip/192.0.2.2'] },
      'sw-2': far,
    });
    expect(of(inventory.facts('sw-1'), 'link')).toMatchObject([{ to }]);
  });

  it('and one that nobody polls is kept as it calls itself, with its address', () => {
    const links = [lldp('Gi0/1', { chassis: '02:00:00:00:09:00', name: 'cpe', port: 'wan' })];
    const inventory = inventoryOf({
      'sw-1': { ports, links, relations: ['resolves mac/02:00:00:00:09:00 ip/192.0.2.99'] },
    });
    expect(of(inventory.facts(), 'link')).toMatchObject([
      { to: { name: 'cpe', mac: '02:00:00:00:09:00', address: '192.0.2.99', port: 'wan' } },
    ]);
  });
});

describe('forwarding tables', () => {
  const port = (mac: string, on: number) => `forwards interface/${on} mac/${mac}`;
  const [a, b, c, router] = [
    '02:00:00:00:0a:00',
    '02:00:00:00:0b:00',
    '02:00:00:00:0c:00',
    '02:00:00:00:0d:01',
  ];
  const ports = { 1: 'p1', 2: 'p2', 3: 'p3' };

  it('join two switches that see each other and nobody between, where no protocol speaks', () => {
    const inventory = inventoryOf({
      'sw-1': { chassis: a, ports, relations: [port(b!, 1), port(c!, 1)] },
      'sw-2': { chassis: b, ports, relations: [port(a!, 2), port(c!, 3)] },
      'sw-3': { chassis: c, ports, relations: [port(b!, 1), port(a!, 1)] },
    });
    expect(of(inventory.facts('sw-1'), 'link')).toEqual([
      { source: 'fdb', from: { device: 'sw-1', port: 'p1' }, to: { device: 'sw-2', port: 'p2' } },
    ]);
    expect(of(inventory.facts('sw-3'), 'link')).toEqual([
      { source: 'fdb', from: { device: 'sw-3', port: 'p1' }, to: { device: 'sw-2', port: 'p3' } },
    ]);
  });

  it('say nothing of three switches on one segment, nor of ports whose neighbour LLDP names', () => {
    const segment = inventoryOf({
      'sw-1': { chassis: a, ports, relations: [port(b!, 1), port(c!, 1)] },
      'sw-2': { chassis: b, ports, relations: [port(a!, 1), port(c!, 1)] },
      'sw-3': { chassis: c, ports, relations: [port(a!, 1), port(b!, 1)] },
    });
    expect(of(segment.facts(), 'link')).toEqual([]);
    const named = inventoryOf({
      'sw-1': { chassis: a, ports, relations: [port(b!, 1)], links: [lldp('p1', { name: 'else' })] },
      'sw-2': { chassis: b, ports, relations: [port(a!, 1)] },
    });
    expect(of(named.facts(), 'link')).toMatchObject([{ source: 'lldp' }]);
  });

  it('place a device that forwards nothing at the only port that sees it alone', () => {
    const inventory = inventoryOf({
      'sw-1': { chassis: a, ports, relations: [port(b!, 1), port(router!, 1)] },
      'sw-2': { chassis: b, ports, relations: [port(a!, 1), port(router!, 2)] },
      'r-3': { ports: { 1: 'ether1' }, macs: '02:00:00:00:0d' },
    });
    expect(of(inventory.facts('sw-2'), 'link')).toContainEqual({
      source: 'fdb',
      from: { device: 'sw-2', port: 'p2' },
      to: { device: 'r-3', port: 'ether1' },
    });
    expect(of(inventory.facts('sw-1'), 'link')).toHaveLength(1);
  });

  it('tell the stations behind access ports with their IP addresses, and none behind uplinks and crowds', () => {
    const crowd = Array.from({ length: 20 }, (_, i) => port(`02:00:00:00:f0:${(i + 16).toString(16)}`, 3));
    const inventory = inventoryOf({
      'sw-1': {
        chassis: a,
        ports,
        relations: [port(b!, 1), port('02:00:00:00:ee:02', 1), port('02:00:00:00:ee:01', 2), ...crowd],
      },
      'sw-2': { chassis: b, ports, relations: [port(a!, 1)] },
      'r-3': { relations: ['resolves mac/02:00:00:00:ee:01 ip/192.0.2.77'] },
    });
    expect(of(inventory.facts('sw-1'), 'forwards')).toEqual([
      {
        source: 'fdb',
        from: { device: 'sw-1', port: 'p2' },
        to: { mac: '02:00:00:00:ee:01', address: '192.0.2.77' },
      },
    ]);
  });
});

it('adjacencies, aggregates, parts, terminals and sessions are facts with their source', () => {
  const facts = inventoryOf({
    'r-1': {
      ports: { 1: 'xe-0', 2: 'xe-1', 9: 'ae0' },
      relations: [
        'member interface/1 interface/9',
        'contains interface/9 ip/192.0.2.65',
        'session pppoe/user-1 interface/2',
        'session dhcp/02:00:00:00:aa:01 interface/2',
        'session other/user-2 ifName/xe-1',
      ],
      objects: [
        object('ospf-neighbour', '192.0.2.2.0', { neighbor: '192.0.2.2' }, { state: 'full' }),
        object('bgp-peer', '198.51.100.1', { peer: '198.51.100.1', remoteAs: 64501, localAs: 64500 }),
        object('card', '1', { name: 'Line card' }, { key: 'S1', parent: 'chassis/1' }),
        object('ont', '5.1', {}, { key: 'ABCD00000001', parent: 'pon-port/5', state: 'up' }),
      ],
    },
    'r-2': {},
  }).facts('r-1');
  expect(facts.map(({ kind, source, from, to }) => [kind, source, from, to])).toEqual([
    ['adjacency', 'ospf', { device: 'r-1' }, { device: 'r-2', address: '192.0.2.2' }],
    ['adjacency', 'bgp', { device: 'r-1' }, { address: '198.51.100.1' }],
    ['member', 'lag', { device: 'r-1', port: 'xe-0' }, { device: 'r-1', port: 'ae0' }],
    ['session', 'pppoe', { name: 'user-1' }, { device: 'r-1', port: 'xe-1' }],
    ['session', 'dhcp', { mac: '02:00:00:00:aa:01' }, { device: 'r-1', port: 'xe-1' }],
    ['session', 'profile', { name: 'user-2' }, { device: 'r-1', port: 'xe-1' }],
    [
      'contains',
      'profile',
      { device: 'r-1', part: 'chassis/1' },
      { device: 'r-1', part: 'card/1', name: 'Line card', serial: 'S1' },
    ],
    [
      'serves',
      'access',
      { device: 'r-1', part: 'pon-port/5' },
      { device: 'r-1', part: 'ont/5.1', serial: 'ABCD00000001' },
    ],
  ]);
});

describe('the age of a fact', () => {
  const link = lldp('p1', { chassis: '02:00:00:00:0b:00', port: 'p1' });
  const later = (n: number) => instant(at + hours(n));
  const near = { ports: { 1: 'p1' }, links: [link] };
  const far = { chassis: '02:00:00:00:0b:00', ports: { 1: 'p1' } };

  it('begins when it was first said and ends with the last time, over restarts too', () => {
    const before = inventoryOf({ 'sw-1': near, 'sw-2': far });
    const after = new Inventory();
    after.use(['sw-1', 'sw-2']);
    for (const kept of before.snapshot()) after.restore(JSON.parse(JSON.stringify(kept)));
    expect(after.facts()).toEqual(before.facts());
    // The other was not read since the start: who it is stays known.
    read(after, { 'sw-1': near }, later(1));
    expect(after.facts('sw-1')).toMatchObject([
      { to: { device: 'sw-2' }, firstSeen: at, lastSeen: later(1) },
    ]);
    read(after, { 'sw-1': { ports: near.ports }, 'sw-2': far }, later(2));
    expect(after.facts('sw-1')).toMatchObject([{ to: { device: 'sw-2' }, lastSeen: later(1) }]);
    read(after, { 'sw-1': { ports: near.ports } }, later(24 * 31));
    expect(after.facts('sw-1')).toEqual([]);
  });

  it('does not outlive its device', () => {
    const inventory = inventoryOf({ 'sw-1': near, 'sw-2': far });
    inventory.use(['sw-2']);
    expect(inventory.facts()).toEqual([]);
    expect(inventory.counters['discoveredFacts']).toBe(0);
  });
});
