/** What a port is for, by what is configured and by what devices say of each other. */
import { describe, expect, test } from 'vitest';
import { PortRoles } from '../../../src/app/center/port-roles.ts';
import { instant } from '../../../src/base/instant.ts';
import type { Fact } from '../../../src/model/discovered.ts';
import { resourceId } from '../../../src/model/ids.ts';
import { compileTopology } from '../../../src/topology/topology.ts';
import { virtualWorld } from '../../support/virtual-world.ts';

const world = virtualWorld();
const seen = { firstSeen: world.now(), lastSeen: world.now() };
const at = (port: string) => ({ device: 'sw-1', port });
const fact = (rest: Pick<Fact, 'kind' | 'source' | 'from' | 'to'>): Fact => ({ ...rest, ...seen });
const link = (port: string, to: Fact['to']): Fact =>
  fact({ kind: 'link', source: 'lldp', from: at(port), to });
const station = (port: string): Fact =>
  fact({ kind: 'forwards', source: 'fdb', from: at(port), to: { mac: '00:00:5e:00:53:01' } });

function roles(facts: readonly Fact[]): (name: string, ifIndex?: number) => unknown {
  const inventory = { version: 1, facts: (device?: string) => (device === 'sw-1' ? facts : []) };
  const found = new PortRoles({ inventory, world });
  const port = (id: string, subscribers = 0) => ({ id: resourceId(id), kind: 'port', in: {}, subscribers });
  const { value } = compileTopology({
    serviceRoots: [],
    resources: [port('sw-1/if/7', 3), port('house-1', 9), port('sw-1'), port('core-1')],
    links: [{ id: resourceId('l-1'), ends: [resourceId('sw-1/if/1'), resourceId('core-1')], segments: [] }],
    planned: [],
  });
  found.use(value);
  return (name, ifIndex = 99) =>
    found.roleOf({ device: 'sw-1', resource: resourceId('sw-1'), ifIndex, name });
}

describe('a port', () => {
  test('that a link of the topology ends at is a link, one with subscribers is an access port, whatever neighbours say', () => {
    const roleOf = roles([station('Gi0/1'), link('Gi0/7', { device: 'sw-2' })]);
    expect(roleOf('Gi0/1', 1)).toEqual({ role: 'link', leadsTo: 'l-1' });
    expect(roleOf('Gi0/7', 7)).toEqual({ role: 'access' });
    expect(roleOf('Gi0/8', 8)).toBeUndefined();
  });

  test('leads where its neighbour is polled; of a stranger nobody knows what it is', () => {
    const roleOf = roles([
      link('Gi0/2', { device: 'sw-2' }),
      link('Gi0/3', { name: 'phone' }),
      station('Gi0/3'),
    ]);
    expect(roleOf('Gi0/2')).toEqual({ role: 'link', leadsTo: 'sw-2' });
    expect(roleOf('Gi0/3')).toBeUndefined();
  });

  test('with stations or a session behind it is an access port', () => {
    const session = fact({ kind: 'session', source: 'dhcp', from: { name: 'a' }, to: at('Gi0/5') });
    const roleOf = roles([station('Gi0/4'), session]);
    expect([roleOf('Gi0/4'), roleOf('Gi0/5')]).toEqual([{ role: 'access' }, { role: 'access' }]);
  });

  test('of an aggregate leads where the aggregate does, and a server’s aggregate is no access port', () => {
    const member = (port: string, aggregate: string): Fact =>
      fact({ kind: 'member', source: 'lag', from: at(port), to: at(aggregate) });
    const roleOf = roles([
      ...[member('Gi0/1', 'Po1'), member('Gi0/2', 'Po1'), link('Gi0/1', { device: 'sw-2' })],
      ...[member('Gi0/3', 'Po2'), station('Po2')],
    ]);
    expect(roleOf('Po1')).toEqual({ role: 'link', leadsTo: 'sw-2' });
    expect(roleOf('Gi0/1')).toEqual({ role: 'link', leadsTo: 'sw-2' });
    expect(roleOf('Po2')).toBeUndefined();
  });

  test('whose neighbour was last seen the day before yesterday is nobody’s any more', () => {
    const old = { ...link('Gi0/2', { device: 'sw-2' }), lastSeen: instant(world.now() - 48 * 3_600_000) };
    expect(roles([old])('Gi0/2')).toBeUndefined();
  });
});
