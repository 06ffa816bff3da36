import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { compileProfiles, type Profiles } from '../../../src/collect/collect.ts';
import type { Varbind, VarbindValue } from '../../../src/collect/session.ts';
import { parseYaml } from '../../../src/edge/files/yaml-document.ts';
import { type Agent, type AgentRows, openAgent } from '../../../src/edge/snmp/agent.ts';
import { openDevicePoller } from '../../../src/edge/snmp/device-poller.ts';
import { openTransport, type Transport } from '../../../src/edge/snmp/transport.ts';
import { counter, integer, text } from '../../collect/device-of-rows.ts';
import { realWorld } from '../../support/real-world.ts';

const profile = `id: lab
identity: { sysUpTimeTicks: { get: 1.3.6.1.2.1.1.3.0 }, sysName: { get: 1.3.6.1.2.1.1.5.0 } }
tables:
  ifTable:
    oid: 1.3.6.1.2.1.2.2.1
    object: { kind: interface }
    attributes: { ifDescr: { col: 2 } }
    states: [{ col: 8, name: operStatus, map: { 1: up, 2: down } }]
    metrics: [{ col: 10, name: inOctets, unit: By, kind: counter }]
`;
const IF = '1.3.6.1.2.1.2.2.1';

/** Rows that change under the reader; small enough to search in order. */
class LiveRows implements AgentRows {
  readonly values = new Map<string, VarbindValue>();
  readonly asked: string[] = [];

  get(oid: string): Varbind | undefined {
    const value = this.values.get(oid);
    return value && { oid, value };
  }

  next(oid: string): Varbind | undefined {
    this.asked.push(oid);
    const key = (name: string): string =>
      name
        .split('.')
        .map((part) => part.padStart(10, '0'))
        .join('.');
    const [first] = [...this.values.keys()]
      .filter((name) => key(name) > key(oid))
      .sort((a, b) => (key(a) < key(b) ? -1 : 1));
    return first === undefined ? undefined : this.get(first);
  }
}

describe('a device read again and again', () => {
  const world = realWorld();
  const rows = new LiveRows();
  let transport: Transport;
  let agent: Agent;
  let profiles: Profiles;

  const port = (ifIndex: number, name: string): void => {
    rows.values.set(`${IF}.2.${ifIndex}`, text(name));
    rows.values.set(`${IF}.8.${ifIndex}`, integer(1));
    rows.values.set(`${IF}.10.${ifIndex}`, counter(7));
  };
  const runFor = (ticks: number): unknown =>
    rows.values.set('1.3.6.1.2.1.1.3.0', { type: 'timeticks', number: ticks });

  beforeAll(async () => {
    profiles = compileProfiles([parseYaml('lab.yaml', profile).value]).value;
    transport = await openTransport(world);
    agent = await openAgent(world, { host: '127.0.0.1', port: 0, rowsOf: () => rows });
    rows.values.set('1.3.6.1.2.1.1.5.0', text('lab'));
  });
  afterAll(async () => {
    transport.close();
    await agent.close();
  });

  it('is asked for its names again only when they may have changed', async () => {
    const target = {
      host: '127.0.0.1',
      port: agent.port,
      timeoutMs: 500,
      retries: 1,
      credentials: { version: 'v2c', community: new Secret('c') } as const,
    };
    const poller = openDevicePoller({ world, transport, profiles, target, profile: 'lab' });
    const read = async () => {
      rows.asked.length = 0;
      const outcome = await poller.read();
      const reading = outcome.kind === 'reading' ? outcome.reading : undefined;
      return { reading, askedForNames: rows.asked.includes(`${IF}.2`) };
    };
    runFor(100);
    port(1, 'one');
    expect((await read()).askedForNames).toBe(true);

    runFor(200);
    rows.values.set(`${IF}.8.1`, integer(2));
    const second = await read();
    expect(second.askedForNames).toBe(false);
    expect(second.reading?.interfaces).toEqual([
      { ifIndex: 1, ifDescr: 'one', operStatus: 'down', counters: { inOctets: 7 } },
    ]);
    expect(second.reading?.device).toEqual({ sysName: 'lab', sysUpTimeTicks: 200 });

    port(2, 'two');
    expect((await read()).reading?.interfaces.map(({ ifDescr }) => ifDescr)).toEqual(['one', 'two']);

    runFor(50);
    port(1, 'renamed');
    expect((await read()).reading?.interfaces[0]?.ifDescr).toBe('renamed');

    agent.habits.isSilent = true;
    expect((await read()).reading).toBeUndefined();
    agent.habits.isSilent = false;
    expect((await read()).askedForNames).toBe(true);
    const rounds = [];
    for (let round = 0; round < 20; round++) rounds.push((await read()).askedForNames);
    expect(rounds.filter((asked) => asked)).toHaveLength(2);
    poller.close();
  });
});
