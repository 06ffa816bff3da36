/** What a polled value costs after it is decoded: its meaning, detection and the way to the series, without the network. */
import { cpuUsage } from 'node:process';
import { fileURLToPath } from 'node:url';
import { type Instant, instant } from '../src/base/instant.ts';
import type { World } from '../src/base/world.ts';
import { planOf, TableCells, valueTag } from '../src/collect/collect.ts';
import { compileDetectionRules, Detection } from '../src/detect/detect.ts';
import { loadProfiles } from '../src/edge/files/profiles.ts';
import { encodeOid } from '../src/edge/snmp/oid.ts';
import { DeviceColumns, type PortColumnsOf } from '../src/flow/device-columns.ts';
import type { PolledDevice, PolledPlan } from '../src/flow/polled-device.ts';
import { SampleOutlet } from '../src/flow/sample-outlet.ts';
import { resourceId } from '../src/model/ids.ts';
import type { DeviceReading } from '../src/model/reading.ts';
import { reporter } from './support/report.ts';

const DEVICES = 1_000;
const PORTS = 48;
const ROUNDS = 12;
const IF = '1.3.6.1.2.1.2.2.1';
const IFX = '1.3.6.1.2.1.31.1.1.1';
/** ifAdminStatus, ifOperStatus and eight counters: the columns of the polling bench. */
const columns: readonly (readonly [oid: string, tag: number])[] = [
  [`${IF}.7`, valueTag.integer],
  [`${IF}.8`, valueTag.integer],
  [`${IF}.13`, valueTag.counter32],
  [`${IF}.14`, valueTag.counter32],
  [`${IF}.19`, valueTag.counter32],
  [`${IF}.20`, valueTag.counter32],
  [`${IFX}.6`, valueTag.counter64],
  [`${IFX}.7`, valueTag.counter64],
  [`${IFX}.10`, valueTag.counter64],
  [`${IFX}.11`, valueTag.counter64],
];

export async function run(options: { readonly json: boolean }): Promise<void> {
  const report = reporter('judging', options.json);
  const { value: profiles } = await loadProfiles([fileURLToPath(new URL('../collectors', import.meta.url))]);
  const { groups } = planOf(profiles.byId.get('generic')!);
  const ports = groups.findIndex((group) => group.columns.includes(`${IF}.8`));
  const devices = Array.from({ length: DEVICES }, (_, i) => paperDevice(`device-${i}`, groups));
  const columnsOf: PortColumnsOf = new WeakMap();
  const bound = devices.map((device) => new DeviceColumns(device, device.plan()!, columnsOf));
  const detection = new Detection(compileDetectionRules([]).value);
  const samples = new SampleOutlet({ store: { append: async () => undefined }, world });
  const gap = { value: () => undefined, counter: () => undefined };
  let series = 0;
  const round = (at: Instant): void => {
    samples.stamp(at);
    for (const [i, device] of devices.entries()) {
      const seen = bound[i]!.evaluate([ports]);
      detection.polled(device, { upTimeTicks: at / 10, ...seen }, at);
      bound[i]!.store([ports], { sink: samples, gap });
      const naming = bound[i]!.naming([ports]);
      naming?.bind(naming.names.map(() => series++));
    }
  };
  for (const device of devices) fill(device.plan()!.cells[ports]!);
  const costs: number[] = [];
  for (let n = 0; n < ROUNDS; n++) {
    for (const device of devices) count(device.plan()!.cells[ports]!);
    const before = cpuUsage();
    round(instant(n * 60_000));
    const { user, system } = cpuUsage(before);
    costs.push((user + system) / (DEVICES * PORTS * columns.length));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const sorted = costs.slice(2).sort((a, b) => a - b);
  const us = sorted[sorted.length >> 1]!;
  report({ case: 'meaning, detection and batching of a value, CPU', ours: us, unit: 'us' });
  report({ case: 'resident memory', ours: process.memoryUsage.rss() / 2 ** 20, unit: 'MiB' });
}

const world: World = {
  now: () => instant(0),
  monotonicMs: () => 0,
  after: () => ({ cancel: () => undefined }),
  every: () => ({ cancel: () => undefined }),
  randomBytes: (count) => new Uint8Array(count),
  log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
};

function paperDevice(id: string, groups: PolledPlan['groups']): PolledDevice {
  const plan: PolledPlan = {
    groups,
    cells: groups.map((group) => new TableCells({ columns: group.columns })),
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
    full: () => full,
    reading: () => full,
    profile: () => 'generic',
  };
}

/** As a session fills them. */
function fill(cells: TableCells): void {
  cells.begin();
  cells.stamp(1, 1);
  for (const [oid, tag] of columns) {
    const column = cells.columns.indexOf(oid);
    for (let port = 1; port <= PORTS; port++) {
      const index = encodeOid(`1.3.${port}`)!;
      const row = cells.rowFor(column, index, 1, index.length);
      const at = row * cells.width + column;
      cells.tags[at] = tag;
      cells.lo[at] = tag === valueTag.integer ? 1 : port * 1_000;
    }
  }
  cells.finish(true);
}

function count(cells: TableCells): void {
  for (const [oid, tag] of columns) {
    if (tag === valueTag.integer) continue;
    const column = cells.columns.indexOf(oid);
    for (let row = 0; row < cells.rows; row++) cells.lo[row * cells.width + column]! += 1_234;
  }
}
