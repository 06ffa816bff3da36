/** Recordings of real devices, masked: they are the same devices with the same values, and nobody's. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import type { Profiles } from '../../../src/collect/collect.ts';
import { loadProfiles } from '../../../src/edge/files/profiles.ts';
import { type Agent, type AgentRows, openAgent, recordedRows } from '../../../src/edge/snmp/agent.ts';
import { maskedRows } from '../../../src/edge/snmp/masked-rows.ts';
import { pollDevice } from '../../../src/edge/snmp/poll.ts';
import { parseSnmprec, recordingOf } from '../../../src/edge/snmp/snmprec.ts';
import { openTransport, type Transport } from '../../../src/edge/snmp/transport.ts';
import type { DeviceReading } from '../../../src/model/reading.ts';
import { realWorld } from '../../support/real-world.ts';

const root = join(fileURLToPath(import.meta.url), '../../../..');
const folder = join(root, '../shared/data/devices');
const isThere = existsSync(folder);
const missing = isThere ? '' : ' (left out: the folder ../shared/data/devices is missing)';

/** Of each kind one: described by its owner, read through texts, with a version like an address, named like a product. */
const devices = [
  ...['cdata', 'rittal-cmc-iii-pu_compact', 'siteboss550', 'edgecos_ecs4610-24f', 'luminato_c12'],
  ...['draytek_vdsl', 'snr', 'zxa10_c320'],
];

/** What a reading says of the equipment, without what tells this piece from others. */
function measuredIn({ profile, device, interfaces, readings, objects, links }: DeviceReading): unknown {
  const { vendor, os, hardware, version } = device;
  const sorted = (lines: readonly unknown[]): readonly string[] =>
    lines.map((one) => JSON.stringify(one)).sort();
  return {
    ...{ profile, vendor, os, hardware, version, links: links.length },
    interfaces: sorted(
      interfaces.map((one) => [one.ifIndex, one.ifType, one.speedBps, one.operStatus, one.counters]),
    ),
    readings: sorted(
      readings.map(({ metric, unit, value, absent }) => [
        ...[metric, unit, absent],
        typeof value === 'number' ? value : typeof value,
      ]),
    ),
    objects: sorted(objects.map(({ kind, state }) => [kind, state])),
  };
}

describe('recordings of real devices, masked', () => {
  const world = realWorld();
  const served = new Map<string, AgentRows>();
  let agent: Agent;
  let transport: Transport;
  let profiles: Profiles;

  beforeAll(async () => {
    profiles = (await loadProfiles([join(root, 'collectors')])).value;
    agent = await openAgent(world, { host: '127.0.0.1', port: 0, rowsOf: (name) => served.get(name) });
    transport = await openTransport(world, { sockets: 1 });
  }, 60_000);
  afterAll(async () => {
    transport?.close();
    await agent?.close();
  });

  async function readingOf(community: string): Promise<DeviceReading> {
    const credentials = { version: 'v2c', community: new Secret(community) } as const;
    const target = { host: '127.0.0.1', port: agent.port, credentials };
    const outcome = await pollDevice({ world, transport, profiles, profile: 'auto', target });
    if (outcome.kind !== 'reading') throw new Error(JSON.stringify(outcome));
    return outcome.reading;
  }

  test.runIf(isThere || process.env['CI'] === 'true').each(devices)(
    `%s is read by the same profile with the same numbers, states and model${missing}`,
    async (name) => {
      const plain = parseSnmprec(await readFile(join(folder, `${name}.snmprec`), 'latin1'));
      const rows = plain.rows.map(({ varbind }) => varbind);
      const masked = maskedRows(rows, { profiles: profiles.byId.values(), salt: new Uint8Array(32).fill(9) });
      served.set('plain', recordedRows(plain));
      served.set('masked', recordedRows(recordingOf(masked.rows)));
      const [before, after] = [await readingOf('plain'), await readingOf('masked')];
      expect(measuredIn(after)).toEqual(measuredIn(before));
      const serial = before.device.serial ?? '';
      if (/\d{4}/.test(serial)) expect(JSON.stringify(after)).not.toContain(serial);
    },
    30_000,
  );
});
