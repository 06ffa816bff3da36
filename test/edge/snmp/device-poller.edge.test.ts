import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { compileProfiles, type FillOutcome, type Profiles } from '../../../src/collect/collect.ts';
import type { Varbind, VarbindValue } from '../../../src/collect/session.ts';
import { parseYaml } from '../../../src/edge/files/yaml-document.ts';
import { type Agent, type AgentRows, openAgent } from '../../../src/edge/snmp/agent.ts';
import { DevicePoller } from '../../../src/edge/snmp/device-poller.ts';
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

  const target = () => ({
    host: '127.0.0.1',
    port: agent.port,
    timeoutMs: 200,
    retries: 0,
    credentials: { version: 'v2c', community: new Secret('c') } as const,
  });
  const filled = (poller: DevicePoller, groups: readonly number[] = [0]): Promise<FillOutcome> =>
    new Promise((resolve) => poller.fill(groups, resolve));

  it('is asked for numbers alone, and what it says now has the names of its last full reading', async () => {
    const poller = new DevicePoller({ world, transport, profiles, target: target(), profile: 'lab' });
    expect(poller.plan()).toBeUndefined();
    runFor(100);
    port(1, 'one');
    expect((await poller.readAll(true)).kind).toBe('reading');
    const plan = poller.plan();
    expect(plan?.groups.length).toBe(1);

    rows.values.set(`${IF}.8.1`, integer(2));
    rows.asked.length = 0;
    expect((await filled(poller)).problems).toEqual([undefined]);
    expect(rows.asked).not.toContain(`${IF}.2`);
    expect((await poller.reading())?.interfaces).toEqual([
      { ifIndex: 1, ifDescr: 'one', operStatus: 'down', counters: { inOctets: 7 } },
    ]);
    expect(poller.named()?.interfaces[0]?.operStatus).toBe('up');
    expect((await poller.readAll(true)).kind).toBe('reading');
    // The same cells go on, so that what was bound to them stays bound.
    expect(poller.plan()).toBe(plan);
    poller.close();
  });

  it('is silent without an answer, lives again with the first one, and keeps what is known of it', async () => {
    const poller = new DevicePoller({ world, transport, profiles, target: target(), profile: 'lab' });
    await poller.readAll(true);
    const plan = poller.plan();
    agent.habits.isSilent = true;
    expect((await filled(poller)).answeredAtMs).toBeUndefined();
    expect(await poller.probe()).toBe(false);
    expect(await poller.changeMarks()).toBeUndefined();
    agent.habits.isSilent = false;
    expect(await poller.probe()).toBe(true);
    expect((await filled(poller)).answeredAtMs).toBeGreaterThan(0);
    expect(poller.plan()).toBe(plan);
    poller.close();
  });

  it('says with one small answer that interfaces or parts came or went', async () => {
    const poller = new DevicePoller({ world, transport, profiles, target: target(), profile: 'lab' });
    await poller.readAll(true);
    rows.values.set('1.3.6.1.2.1.31.1.5.0', { type: 'timeticks', number: 5 });
    const first = await poller.changeMarks();
    expect(await poller.changeMarks()).toBe(first);
    rows.values.set('1.3.6.1.2.1.31.1.5.0', { type: 'timeticks', number: 9 });
    expect(await poller.changeMarks()).not.toBe(first);
    poller.close();
  });

  it('that is closed in the middle of a reading hears nothing more and opens nothing again', async () => {
    const poller = new DevicePoller({ world, transport, profiles, target: target(), profile: 'lab' });
    const next = rows.next.bind(rows);
    rows.next = (oid) => {
      poller.close();
      return next(oid);
    };
    expect(await poller.readAll(true)).toEqual({ kind: 'silent' });
    rows.next = next;
    const { requests } = transport.counters();
    expect(await poller.probe()).toBe(false);
    expect((await filled(poller)).answeredAtMs).toBeUndefined();
    expect(await poller.readAll(true)).toEqual({ kind: 'silent' });
    expect(transport.counters().requests).toBe(requests);
    expect(poller.plan()).toBeUndefined();
  });
});
