/** A device of two tables for hostile tests: rows, profile and a poller for it. */

import { Secret } from '../../src/base/secret.ts';
import type { World } from '../../src/base/world.ts';
import { compileProfiles, type Profiles } from '../../src/collect/collect.ts';
import { parseYaml } from '../../src/edge/files/yaml-document.ts';
import { DevicePoller } from '../../src/edge/snmp/device-poller.ts';
import type { Transport } from '../../src/edge/snmp/transport.ts';
import type { PolledDevice } from '../../src/flow/polled-device.ts';
import { polledThrough } from './polled-through.ts';

const IF = '1.3.6.1.2.1.2.2.1';
const IFX = '1.3.6.1.2.1.31.1.1.1';

const { value: profiles } = compileProfiles([
  parseYaml(
    'evil.yaml',
    `id: evil
identity: { sysUpTimeTicks: { get: 1.3.6.1.2.1.1.3.0 }, sysName: { get: 1.3.6.1.2.1.1.5.0 } }
tables:
  ifTable:
    oid: ${IF}
    object: { kind: interface }
    attributes: { ifDescr: { col: 2 } }
    states:
      - { col: 7, name: adminStatus, map: { 1: up, 2: down } }
      - { col: 8, name: operStatus, map: { 1: up, 2: down } }
    metrics:
      - { col: 10, name: inOctets, unit: By, kind: counter }
      - { col: 14, name: inErrors, unit: '{packet}', kind: counter }
  ifXTable:
    oid: ${IFX}
    object: { kind: interface }
    attributes: { ifName: { col: 1 } }
    metrics:
      - { col: 10, name: outOctets, unit: By, kind: counter }
`,
  ).value,
]);

/** Ports that are up, with numbers that tell the device: `mark` + row. */
export function evilRows(mark: number, ports = 40): string {
  const columns: readonly [string, string, (n: number) => string][] = [
    [`${IF}.2`, '4', (n) => `p${n}`],
    [`${IF}.7`, '2', () => '1'],
    [`${IF}.8`, '2', () => '1'],
    [`${IF}.10`, '65', (n) => String(mark + n)],
    [`${IF}.14`, '65', () => '0'],
    [`${IFX}.1`, '4', (n) => `ge${n}`],
    [`${IFX}.10`, '70', (n) => String(mark + n)],
  ];
  const cells = columns.flatMap(([column, tag, textOf]) =>
    Array.from({ length: ports }, (_, i) => `${column}.${i + 1}|${tag}|${textOf(i + 1)}`),
  );
  return ['1.3.6.1.2.1.1.3.0|67|4711', `1.3.6.1.2.1.1.5.0|4|evil${mark}`, ...cells].join('\n');
}

export interface EvilTarget {
  readonly id: string;
  /** Default: of the two tables above. */
  readonly profiles?: Profiles | undefined;
  readonly port: number;
  readonly timeoutMs: number;
  readonly retries?: number | undefined;
  readonly withinMs?: number | undefined;
}

export function evilPoller(world: World, transport: Transport, target: EvilTarget): DevicePoller {
  const { port, timeoutMs, retries = 1, profiles: others, withinMs } = target;
  const credentials = { version: 'v2c', community: new Secret('c') } as const;
  return new DevicePoller({
    ...{ world, transport, profiles: others ?? profiles, withinMs },
    profile: others === undefined ? 'evil' : [...others.byId.keys()][0]!,
    target: { host: '127.0.0.1', port, timeoutMs, retries, credentials },
  });
}

/** The same as the measuring loop asks it. */
export function evilDevice(world: World, transport: Transport, target: EvilTarget): PolledDevice {
  return polledThrough(target.id, evilPoller(world, transport, target));
}
