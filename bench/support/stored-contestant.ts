/** A polled value all the way: decoded, judged by detection and on disk; and what users of the packages do instead. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InfluxDB } from 'influx';
import type { World } from '../../src/base/world.ts';
import { planOf, TableCells } from '../../src/collect/collect.ts';
import type { Session } from '../../src/collect/session.ts';
import { compileDetectionRules, Detection } from '../../src/detect/detect.ts';
import { loadProfiles } from '../../src/edge/files/profiles.ts';
import { openSeries } from '../../src/edge/series/series.ts';
import { DeviceColumns, type PortColumnsOf } from '../../src/flow/device-columns.ts';
import type { PolledDevice, PolledPlan } from '../../src/flow/polled-device.ts';
import { SampleOutlet } from '../../src/flow/sample-outlet.ts';
import { resourceId } from '../../src/model/ids.ts';
import type { DeviceReading } from '../../src/model/reading.ts';

const PORTS = 48;
const VALUES = 481;
const budget = { requests: 1_000, rows: 5_000, timeMs: 20_000 };
const OPER_STATUS = '1.3.6.1.2.1.2.2.1.8';

export interface Found {
  readonly values: number;
  readonly failed: number;
}

/** Fills the ports of the shipped profile, judges them and ends when the series store has synced them. */
export async function storedByUs(world: World, sessions: readonly Session[]): Promise<() => Promise<Found>> {
  const folder = mkdtempSync(join(tmpdir(), 'poll-bench-series-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const { value: store } = await openSeries({ folder, world });
  const { value: profiles } = await loadProfiles([
    fileURLToPath(new URL('../../collectors', import.meta.url)),
  ]);
  const { groups } = planOf(profiles.byId.get('generic')!);
  const ports = groups.findIndex(({ columns }) => columns.includes(OPER_STATUS));
  const columnsOf: PortColumnsOf = new WeakMap();
  const devices = sessions.map((session, i) => {
    const device = portsOnly(`device-${i}`, groups);
    return { session, device, columns: new DeviceColumns(device, device.plan()!, columnsOf) };
  });
  const detection = new Detection(compileDetectionRules([]).value);
  const samples = new SampleOutlet({ store, world });
  const gap = { value: () => undefined, counter: () => undefined };
  const cycle = async (naming: Promise<void>[]): Promise<Found> => {
    let values = 0;
    let failed = 0;
    await new Promise<void>((resolve) => {
      let left = devices.length;
      for (const { session, device, columns } of devices) {
        const cells = device.plan()!.cells[ports]!;
        session.fill([cells], budget, ({ problems, upTimeTicks }) => {
          const at = world.now();
          if (problems[0] !== undefined) failed++;
          else {
            values += cells.rows === PORTS && upTimeTicks !== undefined ? VALUES : 1;
            samples.stamp(at);
            detection.polled(device, { upTimeTicks, ...columns.evaluate([ports]) }, at);
            columns.store([ports], { sink: samples, gap });
            const wanted = columns.naming([ports]);
            if (wanted !== undefined) {
              const names = wanted.names.map(({ object, ...rest }) => ({
                resource: `${device.id}/${object}`,
                ...rest,
              }));
              naming.push(store.register(names).then((ids) => wanted.bind(ids)));
            }
          }
          if (--left === 0) resolve();
        });
      }
    });
    await Promise.all(naming);
    await samples.close();
    return { values, failed };
  };
  return () => cycle([]);
}

function portsOnly(id: string, groups: PolledPlan['groups']): PolledDevice {
  const plan: PolledPlan = {
    groups,
    cells: groups.map(({ columns }) => new TableCells({ columns })),
    version: undefined,
  };
  const interfaces = Array.from({ length: PORTS }, (_, i) => ({ ifIndex: i + 1, ifName: `ge-0/0/${i}` }));
  const rest = { at: '', profile: 'generic', device: {}, readings: [], links: [], objects: [] };
  const full: DeviceReading = { format: 'device-reading/1', ...rest, interfaces };
  return {
    id,
    resource: resourceId(id),
    readAll: async () => ({ kind: 'silent' }),
    plan: () => plan,
    fill: () => undefined,
    probe: async () => true,
    changeMarks: async () => undefined,
    named: () => full,
    reading: async () => full,
    profile: () => 'generic',
  };
}

export interface PackedDevice {
  readonly cells: Float64Array;
  upTime: number;
}

const fields = [
  'oper',
  'inDiscards',
  'inErrors',
  'outDiscards',
  'outErrors',
  'in',
  'inPackets',
  'out',
  'outPackets',
  'speed',
];
const POINTS_A_WRITE = 4_800;

/** Points of 48 ports a device to an InfluxDB, a hundred devices a write. */
export function storedByPackage<T extends PackedDevice>(
  {
    devices,
    read,
  }: { readonly devices: readonly T[]; read(device: T, done: (values: number) => void): void },
  port: number,
): () => Promise<Found> {
  const influx = new InfluxDB({ host: '127.0.0.1', port, database: 'bench' });
  return async () => {
    const writes: Promise<void>[] = [];
    let values = 0;
    let failed = 0;
    let points: Parameters<typeof influx.writePoints>[0] = [];
    await new Promise<void>((resolve) => {
      let left = devices.length;
      for (const [i, device] of devices.entries()) {
        read(device, (found) => {
          values += found;
          if (found === 0) failed++;
          points.push(...pointsOf(`device-${i}`, device.cells));
          if (--left === 0 || points.length >= POINTS_A_WRITE) {
            writes.push(influx.writePoints(points, { precision: 'ms' }));
            points = [];
          }
          if (left === 0) resolve();
        });
      }
    });
    await Promise.all(writes);
    return { values, failed };
  };
}

function pointsOf(device: string, cells: Float64Array): Parameters<InfluxDB['writePoints']>[0] {
  const timestamp = new Date();
  return Array.from({ length: PORTS }, (_, row) => ({
    measurement: 'interface',
    tags: { device, ifIndex: String(row + 1) },
    fields: Object.fromEntries(fields.map((name, column) => [name, cells[row * fields.length + column]!])),
    timestamp,
  }));
}

/** Takes what is written as a database would and keeps nothing: its cost is not the poller's. */
export async function openSink(): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server: Server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(204).end());
  });
  // A connection that rests between two cycles is not to be closed just when the next one uses it.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
