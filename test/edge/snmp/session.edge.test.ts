import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { Secret } from '../../../src/base/secret.ts';
import { type Agent, type AgentHabits, openAgent, recordedRows } from '../../../src/edge/snmp/agent.ts';
import { openSession } from '../../../src/edge/snmp/session.ts';
import { parseSnmprec } from '../../../src/edge/snmp/snmprec.ts';
import { openTransport, type Transport } from '../../../src/edge/snmp/transport.ts';
import { realWorld } from '../../support/real-world.ts';

const PORTS = 90;
const NAME = '1.3.6.1.2.1.31.1.1.1.1';
const OCTETS = '1.3.6.1.2.1.31.1.1.1.6';
const ERRORS = '1.3.6.1.2.1.2.2.1.14';
const budget = { requests: 2_000, rows: 5_000, timeMs: 20_000 };

/** 90 ports; every third lacks its error counter; indexes cross the one-byte border of sub-identifiers. */
const rows = Array.from({ length: PORTS }, (_, i) => 100 + i).flatMap((ifIndex) => [
  `${NAME}.${ifIndex}|4|port ${ifIndex}`,
  `${OCTETS}.${ifIndex}|70|18446744073709551${ifIndex}`,
  ...(ifIndex % 3 === 0 ? [] : [`${ERRORS}.${ifIndex}|65|${ifIndex}`]),
]);
const recording = parseSnmprec(rows.join('\n'));
const WITH_ERRORS = rows.filter((row) => row.startsWith(ERRORS)).length;

describe('a session', () => {
  const world = realWorld();
  let transport: Transport;
  let agent: Agent | undefined;

  beforeAll(async () => {
    transport = await openTransport(world);
  });
  afterEach(async () => {
    await agent?.close();
    agent = undefined;
  });
  afterAll(() => transport.close());

  async function open(
    options: {
      habits?: AgentHabits;
      version?: 0 | 1;
      host?: string;
      retries?: number;
      timeoutMs?: number;
    } = {},
  ) {
    const host = options.host ?? '127.0.0.1';
    const served = recordedRows(recording);
    agent = await openAgent(world, {
      host,
      port: 0,
      random: seededRandom(4),
      habits: options.habits,
      rowsOf: (community) => (community === 'c' ? served : undefined),
    });
    return openSession(transport, {
      address: host,
      port: agent.port,
      version: options.version ?? 1,
      community: new Secret('c'),
      timeoutMs: options.timeoutMs ?? 2_000,
      retries: options.retries ?? 2,
    });
  }

  const counts = (oids: readonly string[]): number[] =>
    [NAME, OCTETS, ERRORS].map((column) => oids.filter((oid) => oid.startsWith(`${column}.`)).length);

  it.each<[string, AgentHabits]>([
    ['answers well', {}],
    ['answers everything twice', { repeats: true }],
    ['has room for 200 bytes only and cuts its answers', { largestReplyBytes: 200 }],
    ['says tooBig above 300 bytes', { largestReplyBytes: 300, refusesLargeBulk: true }],
    ['sends 9000 bytes at once', { largestReplyBytes: 9_000 }],
    ['takes 20 ms for each answer', { delayMs: 20 }],
  ])('reads all rows of all columns from an agent that %s', async (_habit, habits) => {
    const session = await open({ habits });
    const { varbinds, problem } = await session.walk([NAME, OCTETS, ERRORS], budget);
    expect(problem).toBeUndefined();
    expect(counts(varbinds.map(({ oid }) => oid))).toEqual([PORTS, PORTS, WITH_ERRORS]);
    expect(new Set(varbinds.map(({ oid }) => oid)).size).toBe(2 * PORTS + WITH_ERRORS);
  });

  it('keeps 64-bit counters exact', async () => {
    const { varbinds } = await (await open()).walk([OCTETS], budget);
    expect(varbinds[0]).toEqual({
      oid: `${OCTETS}.100`,
      value: { type: 'counter64', bigint: 18_446_744_073_709_551_100n },
    });
  });

  it('packs columns: three columns of 90 rows take few requests', async () => {
    await (await open()).walk([NAME, OCTETS, ERRORS], budget);
    expect(agent!.counters().requests).toBeLessThanOrEqual(10);
  });

  it('reads a v1 agent by GETNEXT, without what v1 cannot carry', async () => {
    const session = await open({ version: 0 });
    const { varbinds, problem } = await session.walk([NAME, OCTETS, ERRORS], budget);
    expect(problem).toBeUndefined();
    expect(counts(varbinds.map(({ oid }) => oid))).toEqual([PORTS, 0, WITH_ERRORS]);
  });

  it('reads everything through 30 % loss when it may try again', async () => {
    const session = await open({ habits: { lossShare: 0.3 }, retries: 8, timeoutMs: 150 });
    const { varbinds, problem } = await session.walk([NAME, OCTETS, ERRORS], budget);
    expect(problem).toBeUndefined();
    expect(varbinds).toHaveLength(2 * PORTS + WITH_ERRORS);
  });

  it('keeps what arrived before the device fell silent', async () => {
    const session = await open({ habits: { largestReplyBytes: 400 }, retries: 0, timeoutMs: 300 });
    const walking = session.walk([NAME, OCTETS], budget);
    await expect.poll(() => agent!.counters().requests, { interval: 1 }).toBeGreaterThan(2);
    agent!.habits.isSilent = true;
    const { varbinds, problem } = await walking;
    expect(problem).toEqual({ kind: 'timeout' });
    expect(varbinds.length).toBeGreaterThan(0);
    expect(varbinds.length).toBeLessThan(2 * PORTS);
  });

  it.each([0, 1] as const)(
    'answers a get name by name, present or not (version field %i)',
    async (version) => {
      const session = await open({ version });
      const asked = [`${NAME}.100`, `${NAME}.1`, `${ERRORS}.101`, '1.3.6.1.9.9.0'];
      const { varbinds, problem } = await session.get(asked);
      expect(problem).toBeUndefined();
      expect(varbinds.map(({ oid }) => oid)).toEqual(asked);
      expect(varbinds.map(({ value }) => value.type)).toEqual([
        'octets',
        'noSuchInstance',
        'counter32',
        'noSuchInstance',
      ]);
    },
  );

  it('splits a get that is too big for the agent', async () => {
    const session = await open({ habits: { largestReplyBytes: 150 } });
    const asked = Array.from({ length: 60 }, (_, i) => `${NAME}.${100 + i}`);
    const { varbinds, problem } = await session.get(asked);
    expect(problem).toBeUndefined();
    expect(varbinds.map(({ oid }) => oid)).toEqual(asked);
  });

  it('works over IPv6, however the address is written', async () => {
    const session = await open({ host: '::1' });
    expect((await session.get([`${NAME}.100`])).problem).toBeUndefined();
    const written = openSession(transport, {
      address: '0:0:0:0:0:0:0:1',
      port: agent!.port,
      version: 1,
      community: new Secret('c'),
      timeoutMs: 2_000,
      retries: 1,
    });
    expect((await written.get([`${NAME}.100`])).problem).toBeUndefined();
  });

  it('refuses what is no address and no OID, as values', async () => {
    const session = await open();
    expect((await session.get(['sysDescr'])).problem).toEqual({ kind: 'badAnswer', reason: 'malformed' });
    const nowhere = openSession(transport, {
      address: 'somewhere',
      port: 161,
      version: 1,
      community: new Secret('c'),
      timeoutMs: 100,
      retries: 0,
    });
    expect((await nowhere.get([NAME])).problem).toEqual({ kind: 'refused', reason: 'unreachable' });
  });

  it('ends every request when the transport closes', async () => {
    const own = await openTransport(world);
    const silent = await open({ habits: { isSilent: true } });
    expect(silent).toBeDefined();
    const session = openSession(own, {
      address: '127.0.0.1',
      port: agent!.port,
      version: 1,
      community: new Secret('c'),
      timeoutMs: 10_000,
      retries: 0,
    });
    const asked = session.get([`${NAME}.100`]);
    await expect.poll(() => agent!.counters().requests).toBe(1);
    own.close();
    expect((await asked).problem).toEqual({ kind: 'refused', reason: 'unreachable' });
  });

  it('holds no more requests in flight than the granted buffer bears', async () => {
    const { ipv4 } = transport.window;
    expect(ipv4).toBeGreaterThan(0);
    const session = await open({ habits: { delayMs: 5 } });
    const asked = await Promise.all(Array.from({ length: 300 }, () => session.get([`${NAME}.100`])));
    expect(asked.filter(({ problem }) => problem !== undefined)).toEqual([]);
  });
});
