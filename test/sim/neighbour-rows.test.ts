/** What the devices of the demo say of their neighbours. */
import { expect, test } from 'vitest';
import type { VarbindValue } from '../../src/edge/snmp/agent.ts';
import { buildCity } from '../../src/sim/city.ts';
import { neighbourRows } from '../../src/sim/neighbour-rows.ts';

const city = buildCity({ seed: 1, households: 400 });

function rowsOf(id: string): ReadonlyMap<string, string | number> {
  const rows = new Map<string, () => VarbindValue>();
  neighbourRows(rows, city.devices.find((device) => device.id === id)!, city);
  return new Map(
    [...rows].map(([oid, read]) => {
      const value = read();
      return [
        oid,
        value.type === 'octets'
          ? new TextDecoder().decode(value.bytes)
          : 'number' in value
            ? value.number
            : '',
      ];
    }),
  );
}

const names = (id: string): (string | number)[] =>
  [...rowsOf(id)].filter(([oid]) => oid.startsWith('1.0.8802.1.1.2.1.4.1.1.9.')).map(([, name]) => name);

test('both ends of a ring link name each other, with the port that is meant', () => {
  const link = city.links.find(({ ends }) => ends.includes('core-1') && ends.includes('core-2'))!;
  const port = (id: string) =>
    city.devices.find((device) => device.id === id)!.ports.find(({ resource }) => resource === link.id)!;
  const seen = (id: string) => rowsOf(id).get(`1.0.8802.1.1.2.1.4.1.1.7.0.${port(id).ifIndex}.1`);
  expect(names('core-1')).toContain('core-2');
  expect(names('core-2')).toContain('core-1');
  expect(seen('core-1')).toBe(port('core-2').name);
  expect(seen('core-2')).toBe(port('core-1').name);
});

test('an OLT names the router it hangs on and no subscriber', () => {
  const uplink = city.links.find(({ id }) => id === 'uplink-1')!;
  expect(names('olt-1')).toEqual(uplink.ends.filter((id) => id !== 'olt-1'));
  expect(rowsOf('olt-1').get('1.0.8802.1.1.2.1.3.2.0')).toBe('olt-1');
});

test('every link of the city is told by one of its ends, but for the portal on which nobody switched LLDP on', () => {
  const silent = city.links.filter(({ ends: [one, other] }) => {
    const [a, b] = [one!, other!];
    return !(names(a).includes(b) || names(b).includes(a));
  });
  expect(silent.map(({ id }) => id)).toEqual(['lan-portal-1']);
});
