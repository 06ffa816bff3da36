import { expect, it } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import {
  compileTopology,
  parseTopology,
  proposalText,
  proposeTopology,
} from '../../../src/topology/topology.ts';
import { at, inventoryOf, object, read } from './readings.ts';

const lldp = (localPort: string, remoteName: string, remotePort: string) =>
  ({ protocol: 'lldp', localPort, remoteName, remotePort }) as const;

const seen = { firstSeen: at, lastSeen: at };

/** A router with another network behind it, a switch with a house, a radio sector and a small OLT. */
const smallIsp = inventoryOf({
  'r-1': {
    name: 'r-1',
    ports: { 1: 'ether1' },
    links: [lldp('ether1', 'sw-2', 'p1')],
    objects: [
      object(
        'bgp-peer',
        '198.51.100.1',
        { peer: '198.51.100.1', remoteAs: 64501, localAs: 64500 },
        { state: 'established' },
      ),
    ],
  },
  'sw-2': {
    name: 'sw-2',
    ports: { 1: 'p1', 5: 'p5', 6: 'p6', 7: 'p7' },
    chassis: '02:00:00:00:02:00',
    links: [lldp('p1', 'r-1', 'ether1'), lldp('p6', 'ap-3', 'eth0')],
    relations: ['forwards interface/5 mac/02:00:00:00:ee:01', 'session dhcp/02:00:00:00:ee:02 interface/7'],
  },
  'ap-3': {
    name: 'ap-3',
    ports: { 1: 'eth0', 2: 'wlan1' },
    objects: [
      object('radio', '2', { name: 'north' }, { parent: 'interface/2' }),
      object('radio-client', '2.0.0.0.238.3.2', { mac: '02:00:00:00:ee:03' }, { parent: 'radio/2' }),
    ],
  },
  'olt-4': {
    name: 'olt',
    objects: [
      object('ont', '5.1', { name: 'flat 1' }, { parent: 'pon-port/5', key: 'ABCD00000001' }),
      object('pon-port', '5', { name: 'GPON 0/5' }, { parent: 'card/0' }),
      object('card', '0', { name: 'Slot 0' }),
    ],
  },
});

it('a small network is proposed as router, switch ports with what is behind them, radio sectors and terminals', () => {
  const { serviceRoots, resources, links } = proposeTopology(smallIsp.facts(), smallIsp.known);
  expect(serviceRoots).toEqual(['r-1']);
  expect(resources.map(({ id, kind, in: { access } }) => `${kind} ${id} in ${access ?? '-'}`)).toEqual([
    'router r-1 in -',
    'switch sw-2 in -',
    'switch ap-3 in -',
    'olt olt-4 in -',
    'radio-sector ap-3/radio/2 in ap-3',
    'cpe ap-3/radio-client/2.0.0.0.238.3.2 in ap-3/radio/2',
    'card olt-4/card/0 in olt-4',
    'pon-port olt-4/pon-port/5 in olt-4/card/0',
    'ont olt-4/ont/5.1 in olt-4/pon-port/5',
    'port sw-2/if/5 in sw-2',
    'cpe sw-2/if/5/02-00-00-00-ee-01 in sw-2/if/5',
    'port sw-2/if/7 in sw-2',
    'cpe sw-2/if/7/02-00-00-00-ee-02 in sw-2/if/7',
  ]);
  expect(links).toEqual([
    { id: 'link/r-1/if/1--sw-2/if/1', ends: ['r-1', 'sw-2'], said: { ...seen, source: 'lldp' } },
    { id: 'link/ap-3/if/1--sw-2/if/6', ends: ['ap-3', 'sw-2'], said: { ...seen, source: 'lldp' } },
  ]);
});

it('who is known by ARP or a PPPoE session alone hangs on the router or its port, with who says so and since when', () => {
  const bras = {
    name: 'r-1',
    ports: { 1: 'ether1', 9: '<pppoe-anna>' },
    relations: [
      'resolves mac/02:00:00:00:ee:01 ip/192.0.2.21',
      'resolves mac/02:00:00:00:ee:09 ip/192.0.2.29',
      'session pppoe/anna interface/9',
      'session pppoe/boris ifName/ether1',
    ],
  };
  const access = {
    name: 'sw-2',
    ports: { 5: 'p5' },
    relations: ['forwards interface/5 mac/02:00:00:00:ee:01'],
  };
  const inventory = inventoryOf({ 'r-1': bras, 'sw-2': access });
  const later = instant(at + 3_600_000);
  read(inventory, { 'r-1': bras }, later);
  const { resources } = proposeTopology(inventory.facts(), inventory.known);
  const stations = resources.filter(({ kind }) => kind === 'cpe');
  expect(stations.map(({ id, name, said }) => [id.replace(/pppoe-.*/, 'pppoe'), name, said])).toEqual([
    ['sw-2/if/5/02-00-00-00-ee-01', undefined, { source: 'fdb', ...seen }],
    ['r-1/02-00-00-00-ee-09', undefined, { source: 'arp', firstSeen: at, lastSeen: later }],
    ['r-1/pppoe', 'anna', { source: 'pppoe', firstSeen: at, lastSeen: later }],
    ['r-1/if/1/pppoe', 'boris', { source: 'pppoe', firstSeen: at, lastSeen: later }],
  ]);
  for (const { id } of stations) expect(id).not.toMatch(/anna|boris/);
  const text = proposalText(proposeTopology(inventory.facts(), inventory.known), {
    lines: true,
    conflicts: [],
  });
  expect(parseTopology(text, 'proposal').problems).toEqual([]);
});

it.each([false, true])('its text is a topology file that is read without a problem (lines: %s)', (lines) => {
  const proposed = proposeTopology(smallIsp.facts(), smallIsp.known);
  const conflicts = [{ kind: 'notPolled', at: [], seen: [] }];
  const parsed = parseTopology(proposalText(proposed, { lines, conflicts }), 'proposal');
  expect(parsed.problems).toEqual([]);
  expect(parsed.value.resources).toHaveLength(proposed.resources.length);
  expect(parsed.value.links).toHaveLength(2);
  expect(compileTopology(parsed.value).problems).toEqual([]);
});

it('what a device is follows from what it has, whichever agent it runs', () => {
  const numbered = (count: number, prefix: string): Record<number, string> =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [i + 1, `${prefix}${i + 1}`]));
  const universal = { ifType: 6, macs: '00:00:5e:00:53' };
  const arp = (count: number): string[] =>
    Array.from(
      { length: count },
      (_, i) => `resolves mac/00:00:5e:00:54:${String(i).padStart(2, '0')} ip/192.0.2.${i + 1}`,
    );
  const { known } = inventoryOf({
    'small-switch': { ports: numbered(8, 'port'), ...universal, relations: arp(2) },
    'quiet-bridge': { objects: [object('chassis', 'bridge', { bridgeAddress: '00:00:5e:00:53:00' })] },
    'no-bridge': { objects: [object('chassis', 'bridge', { bridgeAddress: '00:00:00:00:00:00' })] },
    'spanning-tree': { objects: [object('stp-port', '1', {})] },
    server: { ports: numbered(6, 'eth'), ...universal },
    hypervisor: { ports: { ...numbered(40, 'vnet') }, ifType: 6, macs: 'fe:54:00:00:00' },
    tagged: {
      ports: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [i + 1, `eth0.${i + 100}`])),
      ...universal,
    },
    router: { ports: numbered(10, 'ge'), ...universal, relations: arp(40) },
    'serial-lines': { ports: numbered(24, 'serial'), ifType: 22 },
    'bridging-router': {
      ports: numbered(2, 'ether'),
      ...universal,
      objects: [object('chassis', 'bridge', { bridgeAddress: '00:00:5e:00:53:00' })],
      relations: arp(3),
    },
  });
  const { resources } = proposeTopology([], known);
  expect(Object.fromEntries(resources.map(({ id, kind }) => [id, kind]))).toEqual({
    ...{
      'small-switch': 'switch',
      'quiet-bridge': 'switch',
      'no-bridge': 'server',
      'spanning-tree': 'switch',
    },
    ...{
      server: 'server',
      hypervisor: 'server',
      tagged: 'server',
      router: 'router',
      'serial-lines': 'server',
      'bridging-router': 'router',
    },
  });
});
