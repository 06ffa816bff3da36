import { createSocket } from 'node:dgram';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { type FillOutcome, type Session, TableCells, type Varbind } from '../../../src/collect/session.ts';
import { openAgent, recordedRows } from '../../../src/edge/snmp/agent.ts';
import { type Learned, nothingLearned } from '../../../src/edge/snmp/learned.ts';
import { openSession } from '../../../src/edge/snmp/session.ts';
import { parseSnmprec } from '../../../src/edge/snmp/snmprec.ts';
import { openTransport, type Transport } from '../../../src/edge/snmp/transport.ts';
import { realWorld } from '../../support/real-world.ts';
import { type HostileDevice, openHostileDevice } from './hostile-device.ts';

const COLUMN = '1.3.6.1.2.1.2.2.1.10';
const OTHER = '1.3.6.1.4.1.99999.7.1';
const budget = { requests: 50, rows: 500, timeMs: 4_000 };
const number = (oid: string, value: number): Varbind => ({ oid, value: { type: 'integer', number: value } });

describe('tables filled from a device', () => {
  const world = realWorld();
  let transport: Transport;
  let device: HostileDevice | undefined;

  beforeAll(async () => {
    transport = await openTransport(world);
  });
  afterEach(async () => {
    await device?.close();
    device = undefined;
  });
  afterAll(() => transport.close());

  const sessionTo = (port: number, learned: Learned = nothingLearned()): Session =>
    openSession(transport, {
      address: '127.0.0.1',
      port,
      version: 1,
      community: new Secret('c'),
      timeoutMs: 150,
      retries: 1,
      learned,
    });
  const filled = (session: Session, tables: readonly TableCells[]): Promise<FillOutcome> =>
    new Promise((resolve) => session.fill(tables, budget, resolve));
  const tables = (): [TableCells, TableCells] => [
    new TableCells({ columns: [COLUMN] }),
    new TableCells({ columns: [OTHER] }),
  ];

  it('hold what it says, with the time since its start from the same messages', async () => {
    const rows = [
      '1.3.6.1.2.1.1.3.0|67|4711',
      ...Array.from({ length: 200 }, (_, i) => `${COLUMN}.${i + 1}|65|${i}`),
      `${OTHER}.0|2|-5`,
    ];
    const served = recordedRows(parseSnmprec(rows.join('\n')));
    const agent = await openAgent(world, { host: '127.0.0.1', port: 0, rowsOf: () => served });
    const session = sessionTo(agent.port);
    const [ports, scalars] = tables();
    for (let round = 0; round < 3; round++) {
      const outcome = await filled(session, [ports, scalars]);
      expect(outcome).toMatchObject({ problems: [undefined, undefined], upTimeTicks: 4_711 });
      expect([ports.rows, ports.layout, scalars.rows, scalars.layout]).toEqual([200, 1, 1, 1]);
      expect([ports.numberAt(199, 0), scalars.numberAt(0, 0)]).toEqual([199, -5]);
      expect(ports.rowTicks[199]).toBe(4_711);
    }
    await agent.close();
  });

  it('of a silent device are given up after the first, and a later answer is taken again', async () => {
    let isSilent = true;
    device = await openHostileDevice(({ send, reply }) => {
      if (!isSilent) send(reply([number('1.3.6.1.9.1', 1)]));
    });
    const learned = nothingLearned();
    const session = sessionTo(device.port, learned);
    expect((await filled(session, tables())).problems).toEqual([{ kind: 'timeout' }, { kind: 'timeout' }]);
    expect([device.heard(), learned.isSilent]).toEqual([2, true]);
    isSilent = false;
    expect((await filled(session, tables())).problems).toEqual([undefined, undefined]);
    expect(learned.isSilent).toBe(false);
  });

  it('come by GETNEXT from an agent that does not answer GETBULK, which is remembered', async () => {
    device = await openHostileDevice(({ view, names, send, reply }) => {
      if (view.pduTag === 0xa5) return;
      const last = Number(names[0]!.slice(COLUMN.length + 1) || '0');
      const isHere = names[0]!.startsWith(COLUMN) && last < 4;
      send(reply([isHere ? number(`${COLUMN}.${last + 1}`, last) : number('1.3.6.1.9.1', 1)]));
    });
    const learned = nothingLearned();
    const session = sessionTo(device.port, learned);
    await session.get([`${COLUMN}.1`]);
    const [ports] = tables();
    expect((await filled(session, [ports])).problems).toEqual([undefined]);
    expect([ports.rows, learned.usesBulk]).toEqual([4, false]);
  });

  it('come from the address that always answers instead of the asked one, once that is learned', async () => {
    const other = createSocket('udp4');
    device = await openHostileDevice(({ send, reply }) => send(reply([number('1.3.6.1.9.1', 1)]), other));
    await new Promise<void>((resolve) => other.bind(device!.port, '127.0.0.2', resolve));
    const learned = nothingLearned();
    const session = sessionTo(device.port, learned);
    const [ports] = tables();
    for (let round = 0; round < 3; round++) {
      expect((await filled(session, [ports])).problems).toEqual([{ kind: 'timeout' }]);
    }
    expect(learned.replyAddress).toBe('127.0.0.2');
    expect((await filled(session, [ports])).problems).toEqual([undefined]);
    other.close();
  });
});
