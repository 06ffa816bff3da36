import { describe, expect, it } from 'vitest';
import type { VarbindValue } from '../../src/collect/session.ts';
import { integer, text } from './device-of-rows.ts';
import { entry, labTable, other, readLab } from './lab.ts';

const bytes = (...octets: number[]): VarbindValue => ({ type: 'octets', bytes: Uint8Array.from(octets) });

describe('a neighbour', () => {
  const remote =
    "attributes: { portId: { join: OTHER.3, by: '{port}' }, chassis: { col: 5, as: chassisId, subtype: { col: 4 } }, far: { col: 7, as: portId, subtype: { col: 6 } }, name: { col: 9 } }";
  const yaml = `id: lab
tables:
  ports: { oid: 1.3.6.1.2.1.2.2.1, object: { kind: interface }, attributes: { ifDescr: { col: 2 } } }
  lab: { oid: ${entry}, index: { time: integer, port: integer, n: integer }, ${remote.replace('OTHER', other)}, link: { protocol: lldp, localPort: [portId, '{port}'], remoteChassis: chassis, remotePort: far, remoteName: name } }
`;

  it('hangs on the interface that the protocol means, and its ids are read by what they are', async () => {
    const { links, objects } = await readLab(yaml, {
      '1.3.6.1.2.1.2.2.1.2.501': text('Gi0/1'),
      [`${other}.3.1`]: text('Gi0/1'),
      ...{
        [`${entry}.4.0.1.1`]: integer(4),
        [`${entry}.5.0.1.1`]: bytes(0, 1, 2, 3, 4, 5),
        [`${entry}.6.0.1.1`]: integer(5),
      },
      ...{ [`${entry}.7.0.1.1`]: text('xe-0/0/1'), [`${entry}.9.0.1.1`]: text('far') },
      ...{
        [`${entry}.4.0.501.2`]: integer(5),
        [`${entry}.5.0.501.2`]: bytes(1, 192, 0, 2, 7),
        [`${entry}.6.0.501.2`]: integer(3),
      },
      [`${entry}.7.0.501.2`]: bytes(6, 7, 8, 9, 10, 11),
    });
    expect(links).toEqual([
      {
        protocol: 'lldp',
        localPort: 'Gi0/1',
        remoteChassis: '00:01:02:03:04:05',
        remotePort: 'xe-0/0/1',
        remoteName: 'far',
      },
      { protocol: 'lldp', localPort: 'Gi0/1', remoteChassis: '192.0.2.7', remotePort: '06:07:08:09:0a:0b' },
    ]);
    expect(objects).toEqual([]);
  });

  it('that says nothing of itself is none', async () => {
    expect((await readLab(yaml, { [`${entry}.4.0.1.1`]: integer(4) })).links).toEqual([]);
  });
});

it('relations name both ends, or are left out', async () => {
  const yaml = labTable(
    "index: { port: integer }, attributes: { lag: { col: 13, as: number } }, relation: { kind: member, from: 'interface/{port}', to: 'interface/{lag}' }",
  );
  const { relations } = await readLab(yaml, { [`${entry}.13.5`]: integer(900), [`${entry}.13.6`]: text('') });
  expect(relations).toEqual([{ kind: 'member', from: 'interface/5', to: 'interface/900' }]);
});
