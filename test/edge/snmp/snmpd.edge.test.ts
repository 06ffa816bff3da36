import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import type { Profiles } from '../../../src/collect/collect.ts';
import { loadProfiles } from '../../../src/edge/files/profiles.ts';
import { type Credentials, openDeviceSession, pollDevice } from '../../../src/edge/snmp/poll.ts';
import { openTransport, type Transport } from '../../../src/edge/snmp/transport.ts';
import { realWorld } from '../../support/real-world.ts';
import { isSnmpdInstalled, type RunningSnmpd, startSnmpd } from './debian-snmpd.ts';

const missing = isSnmpdInstalled ? '' : ' (left out: /usr/sbin/snmpd is missing)';
const itRuns = it.runIf(isSnmpdInstalled || process.env['CI'] === 'true');

describe("Debian's snmpd", () => {
  const world = realWorld();
  let snmpd: RunningSnmpd;
  let transport: Transport;
  let profiles: Profiles;

  beforeAll(async () => {
    if (!isSnmpdInstalled && process.env['CI'] !== 'true') return;
    snmpd = await startSnmpd();
    transport = await openTransport(world);
    profiles = (await loadProfiles([join(fileURLToPath(import.meta.url), '../../../../collectors')])).value;
  });
  afterAll(async () => {
    transport?.close();
    await snmpd?.stop();
  });

  const v3 = (keys: { auth?: string; priv?: string; user?: string } = {}): Credentials => ({
    version: 'v3',
    v3: {
      user: keys.user ?? 'reader',
      level: 'authPriv',
      auth: 'sha256',
      priv: 'aes',
      authKey: new Secret(keys.auth ?? snmpd.authKey),
      privKey: new Secret(keys.priv ?? snmpd.privKey),
    },
  });
  const target = (credentials: Credentials) => ({
    host: '127.0.0.1',
    port: snmpd.port,
    credentials,
    timeoutMs: 800,
    retries: 1,
  });
  const poll = (credentials: Credentials) =>
    pollDevice({ world, transport, profiles, profile: 'auto', target: target(credentials) });

  for (const version of ['v1', 'v2c', 'v3'] as const) {
    itRuns(`reads system, interfaces and host resources over ${version}${missing}`, async () => {
      const outcome = await poll(version === 'v3' ? v3() : { version, community: new Secret('reading') });
      if (outcome.kind !== 'reading') throw new Error(JSON.stringify(outcome));
      expect(outcome.incomplete).toEqual([]);
      expect(outcome.reading.device).toMatchObject({ sysName: 'test-host', os: 'linux' });
      const loopback = outcome.reading.interfaces.find((port) => port.ifDescr === 'lo');
      expect(loopback).toMatchObject({ ifIndex: 1, operStatus: 'up', ifType: 24 });
      expect(loopback?.counters?.['inOctets']).toBeTypeOf('number');
      const memory = outcome.reading.readings.find(({ metric }) => metric === 'system.memory.size');
      expect(memory?.unit).toBe('By');
      expect(Number(memory?.value)).toBeGreaterThan(1e8);
      // Processor rows appear a minute after the agent's start, so that they are not asked for here.
      const free = outcome.reading.readings.find(({ metric }) => metric === 'system.memory.free');
      expect(Number(free?.value)).toBeGreaterThan(1e6);
    });
  }

  itRuns(`gives the same whole tree over v1, v2c and v3${missing}`, async () => {
    const names: string[][] = [];
    for (const credentials of [
      { version: 'v1', community: new Secret('reading') } as const,
      { version: 'v2c', community: new Secret('reading') } as const,
      v3(),
    ]) {
      const session = await openDeviceSession(transport, target(credentials));
      if ('kind' in session) throw new Error(session.kind);
      const budget = { requests: 5_000, rows: 20_000, timeMs: 20_000 };
      const answer = await session.walk(['1.3.6.1.2.1.1', '1.3.6.1.2.1.2', '1.3.6.1.2.1.11'], budget);
      session.close();
      expect(answer.problem).toBeUndefined();
      names.push(answer.varbinds.map(({ oid }) => oid).sort());
    }
    expect(names[0]!.length).toBeGreaterThan(40);
    expect(names[1]).toEqual(names[0]);
    expect(names[2]).toEqual(names[0]);
  });

  itRuns(`names a wrong community, user and key${missing}`, async () => {
    const silence = { kind: 'problem', problem: { kind: 'timeout' } };
    const refused = (detail: string) => ({
      kind: 'problem',
      problem: { kind: 'refused', reason: 'authentication', detail },
    });
    expect(await poll({ version: 'v2c', community: new Secret('wrong') })).toEqual(silence);
    expect(await poll(v3({ user: 'nobody' }))).toEqual(refused('unknownUser'));
    expect(await poll(v3({ auth: 'another-auth-key' }))).toEqual(refused('authKey'));
    // RFC 3414 section 3.2 step 8: what cannot be deciphered is dropped or reported, agents differ.
    expect(await poll(v3({ priv: 'another-priv-key' }))).toMatchObject({ kind: 'problem' });
  });
});
