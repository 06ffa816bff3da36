// Recorded hostile datagrams against the running daemon: it counts them and goes on listening.
import { createSocket } from 'node:dgram';
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import type { AlarmJson } from '../../src/edge/http/contract.ts';
import {
  type Daemon,
  endAllDaemons,
  folderWith,
  freePorts,
  removeFolders,
  startDaemon,
  until,
} from '../support/daemon.ts';
import { openInforms } from '../support/informs.ts';

const recording = '../shared/data/snmp-malformed/datagrams.ndjson';
const isThere = existsSync(recording) || process.env['CI'] === 'true';

afterEach(async () => {
  await endAllDaemons();
  await removeFolders();
});

/** Where each datagram ended; together they are all that was received. */
const ends = [
  'Taken',
  'Refused',
  'Overloaded',
  'Malformed',
  'Dropped',
  'RateLimited',
  'Oversized',
  'Discoveries',
  'Pending',
];

async function received(daemon: Daemon, count: number): Promise<Readonly<Record<string, number>>> {
  return until(`${count} datagrams are counted`, async () => {
    const counters = await daemon.api.counters();
    return counters['trapsReceived'] === count && counters['trapsPending'] === 0 ? counters : undefined;
  });
}

/** How often any alarm of an unknown notification was raised: ordinary ones of the recording raise the same. */
async function raised(daemon: Daemon): Promise<number> {
  const alarms = await daemon.api.list<AlarmJson>('/alarms?state=raised');
  return alarms.filter(({ cause }) => cause === 'TRAP').reduce((sum, { count }) => sum + count, 0);
}

test.runIf(isThere)(
  `recorded hostile datagrams leave every process alive and every counter true${isThere ? '' : ` (left out: ${recording} is not here)`}`,
  async () => {
    const lines = readFileSync(recording, 'utf8').trim().split('\n');
    const datagrams = lines.map((line) => Buffer.from((JSON.parse(line) as { hex: string }).hex, 'hex'));
    const folder = await folderWith({
      'allclear.yaml': `${freePorts}snmp: { trapCommunities: [public] }\n`,
    });
    const daemon = startDaemon({ folder });
    const { traps } = await daemon.ready;
    const processes = daemon.roles();
    const socket = createSocket('udp4');
    const informs = openInforms(() => traps);
    try {
      const [host, port] = traps.split(':');
      for (const bytes of datagrams) {
        await new Promise<void>((sent, failed) => {
          socket.send(bytes, Number(port), host, (error) => (error === null ? sent() : failed(error)));
        });
      }
      const counters = await received(daemon, datagrams.length);
      expect(ends.reduce((sum, end) => sum + counters[`traps${end}`]!, 0)).toBe(datagrams.length);
      expect(counters['trapsMalformed']).toBeGreaterThan(0);
      expect(counters['trapsKernelDropped']).toBe(0);
      const before = await raised(daemon);

      informs.start(1_000);
      await until('an inform is acknowledged', () => informs.acknowledged.has(1));
      informs.stop();
      await until('its alarm was raised', async () => (await raised(daemon)) > before);
      expect(daemon.roles()).toEqual(processes);
    } finally {
      socket.close();
      await informs.close();
    }
    expect(await daemon.stop()).toEqual({ code: 0, signal: null });
  },
);
