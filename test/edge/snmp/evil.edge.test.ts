/** Every bad habit against one device beside good ones: a bounded end, right values or a named error, nothing credited wrongly. */
import { createSocket } from 'node:dgram';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import type { FillOutcome } from '../../../src/collect/session.ts';
import type { DevicePoller } from '../../../src/edge/snmp/device-poller.ts';
import { encodeResponse, encodeVarbind } from '../../../src/edge/snmp/pdu.ts';
import { openSession } from '../../../src/edge/snmp/session.ts';
import { openV3Session } from '../../../src/edge/snmp/session-v3.ts';
import { openTransport, type Transport } from '../../../src/edge/snmp/transport.ts';
import {
  type EvilAgent,
  type Habit,
  oddValues,
  openEvilAgent,
  usableHabits,
  uselessHabits,
} from '../../support/evil-agent.ts';
import { evilPoller, evilRows } from '../../support/evil-lab.ts';
import { realWorld } from '../../support/real-world.ts';
import { PaperAgent } from './paper-agent.ts';

const MOST_REQUESTS = 2_000;
const PORTS = 40;
const GOOD = 6;
const MARK = 5_000;

describe('beside a device that misbehaves', () => {
  const world = realWorld();
  let transport: Transport;
  let goodAgents: EvilAgent[];
  let evil: EvilAgent | undefined;

  beforeAll(async () => {
    transport = await openTransport(world);
    const good = usableHabits['none']!;
    goodAgents = await Promise.all(
      Array.from({ length: GOOD }, (_, i) => openEvilAgent(evilRows(1_000 * (i + 10), PORTS), good())),
    );
  });
  afterEach(async () => {
    await evil?.close();
    evil = undefined;
  });
  afterAll(async () => {
    transport.close();
    for (const agent of goodAgents) await agent.close();
  });

  const pollerTo = (port: number, timeoutMs = 120): DevicePoller =>
    evilPoller(world, transport, { id: 'x', port, timeoutMs });
  const filled = (poller: DevicePoller): Promise<FillOutcome> =>
    new Promise((resolve) => poller.fill([0], resolve));

  /** The octets by port as the cells and as the full reading have them. */
  async function reads(poller: DevicePoller): Promise<number[][]> {
    expect((await poller.readAll(true)).kind).toBe('reading');
    const outcome = await filled(poller);
    expect(outcome.problems).toEqual([undefined]);
    return [octetsOf(poller), namedOctets(poller)];
  }
  const octetsOf = (poller: DevicePoller): number[] => {
    const cells = poller.plan()!.cells[0]!;
    const column = cells.columns.indexOf('1.3.6.1.2.1.2.2.1.10');
    return Array.from({ length: cells.rows }, (_, row) => cells.numberAt(row, column) ?? Number.NaN);
  };
  const namedOctets = (poller: DevicePoller): number[] =>
    poller.named()!.interfaces.map((port) => Number(port.counters?.['inOctets'] ?? Number.NaN));
  const octetsFrom = (mark: number): number[] => Array.from({ length: PORTS }, (_, i) => mark + i + 1);

  /** Good devices are read at the same time, whatever the other one does. */
  async function besideGood<T>(work: () => Promise<T>): Promise<T> {
    const good = goodAgents.map(({ port }) => pollerTo(port, 5_000));
    const [found, ...read] = await Promise.all([work(), ...good.map(reads)]);
    for (const [i, columns] of read.entries()) {
      for (const octets of columns) expect(octets).toEqual(octetsFrom(1_000 * (i + 10)));
    }
    for (const poller of good) poller.close();
    return found;
  }

  async function within<T>(habit: Habit, work: (poller: DevicePoller) => Promise<T>): Promise<T> {
    evil = await openEvilAgent(evilRows(MARK, PORTS), habit);
    const poller = pollerTo(evil.port);
    const found = await besideGood(() => work(poller));
    // It has come to an end by itself, after a reading and a filling at most; how long that is depends on the machine.
    expect(evil.heard()).toBeLessThanOrEqual(2 * MOST_REQUESTS);
    poller.close();
    return found;
  }

  for (const [name, habit] of Object.entries(uselessHabits)) {
    test(`${name}: a bounded end with a name, and no value that is not there`, async () => {
      await within(habit(), async (poller) => {
        const full = await poller.readAll(true);
        expect(evil!.heard()).toBeLessThanOrEqual(MOST_REQUESTS);
        const before = evil!.heard();
        if (full.kind !== 'reading') return;
        const { problems } = await filled(poller);
        expect(evil!.heard() - before).toBeLessThanOrEqual(MOST_REQUESTS);
        const isNamed = problems[0]?.kind !== undefined;
        expect(isNamed || octetsOf(poller).length === 0).toBe(true);
        for (const octets of octetsOf(poller)) expect(octets === 1 || Number.isNaN(octets)).toBe(true);
      });
    });
  }

  for (const [name, habit] of Object.entries(usableHabits)) {
    test(`${name}: everything is read right`, async () => {
      await within(habit(), async (poller) => {
        for (const octets of await reads(poller)) expect(octets).toEqual(octetsFrom(MARK));
        expect(evil!.heard()).toBeLessThanOrEqual(MOST_REQUESTS);
      });
    });
  }

  for (const [name, habit] of Object.entries(oddValues)) {
    test(`${name}: a hole, never a number`, async () => {
      await within(habit(), async (poller) => {
        const full = await poller.readAll(true);
        expect(full.kind).toBe('reading');
        await filled(poller);
        for (const octets of octetsOf(poller)) expect(octets).toBeNaN();
        for (const octets of namedOctets(poller)) expect(octets).toBeNaN();
        const cells = poller.plan()!.cells[0]!;
        const other = cells.columns.indexOf('1.3.6.1.2.1.31.1.1.1.10');
        expect(Array.from({ length: PORTS }, (_, row) => cells.numberAt(row, other))).toEqual(
          octetsFrom(MARK),
        );
      });
    });
  }

  test('an answer to what another device was asked is never credited', async () => {
    // The victim answers only late; the evil one hears nothing of it, yet guesses its ids right.
    const ids: number[] = [];
    const victim = await openEvilAgent(
      evilRows(70_000, PORTS),
      ({ requestId, honest, reply, send, later }) => {
        ids.push(requestId);
        const bytes = reply(honest());
        later(30, () => send(bytes));
      },
    );
    evil = await openEvilAgent(evilRows(MARK, PORTS), ({ honest, reply, send }) => {
      for (const requestId of ids.slice(-4)) send(reply(honest(), { requestId }));
      send(reply(honest()));
    });
    const before = transport.counters().foreign;
    const poller = pollerTo(victim.port, 5_000);
    const forger = pollerTo(evil.port, 5_000);
    const repeated = async (): Promise<void> => {
      for (let i = 0; i < 10; i++) await reads(forger);
    };
    const [found] = await Promise.all([reads(poller), repeated()]);
    for (const octets of found) expect(octets).toEqual(octetsFrom(70_000));
    expect(transport.counters().foreign).toBeGreaterThan(before);
    await victim.close();
  });

  test('an answer from another port or address is counted and not believed', async () => {
    const other = createSocket('udp4');
    await new Promise<void>((resolve) => other.bind(0, '127.0.0.2', resolve));
    const before = transport.counters().foreign;
    await within(
      ({ honest, reply, send }) => send(reply(honest()), other),
      async (poller) => expect((await poller.readAll(true)).kind).toBe('silent'),
    );
    expect(transport.counters().foreign).toBeGreaterThan(before);
    other.close();
  });

  test('an answer that comes after its last try is never credited to the next request', async () => {
    const OID = '1.3.6.1.2.1.1.5.0';
    const ids: number[] = [];
    evil = await openEvilAgent(evilRows(MARK), ({ requestId, reply, send, later }) => {
      if (ids.at(-1) !== requestId) ids.push(requestId);
      const bytes = reply([{ oid: OID, value: { type: 'integer', number: ids.length } }]);
      // Longer than both tries of a request take together.
      later(90, () => send(bytes));
    });
    const session = openSession(transport, {
      ...{ address: '127.0.0.1', port: evil.port, version: 1, community: new Secret('c') },
      ...{ timeoutMs: 30, retries: 1 },
    });
    const late = transport.counters();
    for (let i = 1; i <= 20; i++) {
      const { varbinds, problem } = await session.get([OID]);
      // On a slow machine an answer may still come in time; it is this request's own.
      if (problem === undefined)
        expect(varbinds).toEqual([{ oid: OID, value: { type: 'integer', number: i } }]);
      else expect([varbinds, problem.kind]).toEqual([[], 'timeout']);
    }
    await expect
      .poll(() => transport.counters().late + transport.counters().unknownId - late.late - late.unknownId)
      .toBeGreaterThan(10);
  });

  test('a v2c answer to what was asked in SNMPv3 is not believed, right id or not', async () => {
    const user = {
      user: 'u',
      level: 'authNoPriv',
      auth: 'sha',
      authKey: new Secret('long-enough-key'),
    } as const;
    const paper = new PaperAgent(user);
    const OID = '1.3.6.1.2.1.1.5.0';
    const socket = createSocket('udp4');
    socket.on('message', (bytes, from) => {
      const heard = paper.hear(bytes);
      const answer = (reply: Uint8Array): void => socket.send(reply, from.port, from.address);
      if (heard.engineId === '') answer(paper.report(heard, 4));
      else answer(forged(heard.requestId, OID));
    });
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const session = openV3Session(transport, {
      ...{ address: '127.0.0.1', port: socket.address().port, timeoutMs: 100, retries: 1, v3: user },
    });
    const before = transport.counters().mismatched;
    expect(await session.get([OID])).toEqual({ varbinds: [], problem: { kind: 'timeout' } });
    expect(transport.counters().mismatched).toBe(before + 2);
    socket.close();
  });
});

/** What somebody who read the request id on the wire can send without knowing a key. */
function forged(requestId: number, oid: string): Uint8Array {
  const varbinds = [encodeVarbind({ oid, value: { type: 'integer', number: 666 } })!];
  const community = new Uint8Array(0);
  return encodeResponse({ version: 1, community, requestId, errorStatus: 0, errorIndex: 0, varbinds })!;
}
