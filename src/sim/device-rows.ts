/** What a simulated device answers over SNMP: system, interfaces, a temperature, and what its kind has beside. */
import type { World } from '../base/world.ts';
import type { AgentRows, Oid, Varbind, VarbindValue } from '../edge/snmp/agent.ts';
import type { City, CityDevice, CityPort } from './city.ts';
import { neighbourRows } from './neighbour-rows.ts';
import type { Network } from './network.ts';
import { cableRows, copperRows, supplyRows } from './plant-rows.ts';

type Read = () => VarbindValue;

const encoder = new TextEncoder();
const text = (value: string): VarbindValue => ({ type: 'octets', bytes: encoder.encode(value) });
const integer = (number: number): VarbindValue => ({ type: 'integer', number });
const gauge = (number: number): VarbindValue => ({ type: 'gauge32', number: number >>> 0 });
const ticks = (ms: number): VarbindValue => ({ type: 'timeticks', number: Math.floor(ms / 10) >>> 0 });
const counter = (value: number): VarbindValue => ({ type: 'counter32', number: Math.floor(value) >>> 0 });
const counter64 = (value: number): VarbindValue => ({ type: 'counter64', bigint: BigInt(Math.floor(value)) });

const sysObjectIds: Readonly<Record<CityDevice['kind'], string>> = {
  core: '1.3.6.1.4.1.8072.3.2.10',
  aggregation: '1.3.6.1.4.1.8072.3.2.10',
  olt: '1.3.6.1.4.1.3320.1.309.1',
  // An enterprise that is nobody's: the profiles are in demo/collectors.
  cmts: '1.3.6.1.4.1.99999.1.1',
  dslam: '1.3.6.1.4.1.99999.1.2',
  ups: '1.3.6.1.4.1.99999.1.3',
  switch: '1.3.6.1.4.1.8072.3.2.10',
  server: '1.3.6.1.4.1.8072.3.2.10',
};

const upMs = 12 * 86_400_000;

export function deviceRows(
  device: CityDevice,
  given: { readonly city: City; readonly network: Network; readonly world: World },
): AgentRows {
  const { city, network, world } = given;
  const rows = new Map<Oid, Read>();
  const startMs = world.monotonicMs();
  const elapsedMs = (): number => world.monotonicMs() - startMs;
  system(rows, device, elapsedMs);
  interfaces(rows, { device, network, elapsedMs });
  temperature(rows, device, elapsedMs);
  neighbourRows(rows, device, city);
  if (device.kind === 'ups') supplyRows(rows, device, network);
  if (device.kind === 'cmts') cableRows(rows, { device, modems: city.modems, network, elapsedMs });
  if (device.kind === 'dslam') copperRows(rows, city.lines, network);
  return sorted(rows);
}

function system(rows: Map<Oid, Read>, device: CityDevice, elapsedMs: () => number): void {
  rows.set('1.3.6.1.2.1.1.1.0', () => text(`allclear simulated ${device.kind}`));
  rows.set('1.3.6.1.2.1.1.2.0', () => ({ type: 'oid', oid: sysObjectIds[device.kind] }));
  rows.set('1.3.6.1.2.1.1.3.0', () => ticks(upMs + elapsedMs()));
  rows.set('1.3.6.1.2.1.1.5.0', () => text(device.id));
  rows.set('1.3.6.1.2.1.1.6.0', () => text(device.site));
}

function interfaces(
  rows: Map<Oid, Read>,
  given: { readonly device: CityDevice; readonly network: Network; readonly elapsedMs: () => number },
): void {
  const { device, network, elapsedMs } = given;
  rows.set('1.3.6.1.2.1.2.1.0', () => integer(device.ports.length));
  for (const port of device.ports) {
    const isUp = (): boolean => network.isPortUp(port);
    const octets = (share: number): number => octetsOf(port, share, elapsedMs());
    const table = (column: number, read: Read): void => {
      rows.set(`1.3.6.1.2.1.2.2.1.${column}.${port.ifIndex}`, read);
    };
    const extended = (column: number, read: Read): void => {
      rows.set(`1.3.6.1.2.1.31.1.1.1.${column}.${port.ifIndex}`, read);
    };
    table(1, () => integer(port.ifIndex));
    table(2, () => text(port.name));
    table(3, () => integer(typeOf(port)));
    table(4, () => integer(1_500));
    table(5, () => gauge(Math.min(port.speedMbps * 1e6, 4_294_967_295)));
    table(6, () => ({
      type: 'octets',
      bytes: Uint8Array.of(2, 0, 94, 0, port.ifIndex >> 8, port.ifIndex & 255),
    }));
    table(7, () => integer(1));
    table(8, () => integer(isUp() ? 1 : 2));
    table(9, () => ticks(upMs + network.lastChangeMs(port.resource)));
    table(13, () => counter(0));
    table(14, () => counter(0));
    table(19, () => counter(0));
    table(20, () => counter(0));
    extended(1, () => text(port.name));
    extended(6, () => counter64(octets(0.6)));
    extended(7, () => counter64(octets(0.6) / 900));
    extended(10, () => counter64(octets(0.25)));
    extended(11, () => counter64(octets(0.25) / 600));
    extended(15, () => gauge(port.speedMbps));
    extended(18, () => text(port.resource));
  }
}

/** IANAifType: gpon, docsCableDownstream, docsCableUpstream, else ethernetCsmacd. */
function typeOf({ name }: CityPort): number {
  if (name.startsWith('GPON')) return 250;
  return name.startsWith('Downstream') ? 128 : name.startsWith('Upstream') ? 129 : 6;
}

/** A day's swing around a share of the port's speed, summed up since the device was switched on. */
function octetsOf(port: CityPort, share: number, elapsedMs: number): number {
  const bytesPerMs = (port.speedMbps * 1e6 * share) / 8 / 1_000;
  const swing = 1 + 0.2 * Math.sin(elapsedMs / 60_000 + port.ifIndex);
  return upMs * bytesPerMs * 0.4 + elapsedMs * bytesPerMs * 0.4 * swing;
}

/** ENTITY-SENSOR-MIB (RFC 3433): one chassis temperature. */
function temperature(rows: Map<Oid, Read>, device: CityDevice, elapsedMs: () => number): void {
  const sensor = '1.3.6.1.2.1.99.1.1.1';
  rows.set('1.3.6.1.2.1.47.1.1.1.1.2.1', () => text('Chassis temperature'));
  rows.set('1.3.6.1.2.1.47.1.1.1.1.7.1', () => text('temperature-1'));
  rows.set(`${sensor}.1.1`, () => integer(8));
  rows.set(`${sensor}.2.1`, () => integer(9));
  rows.set(`${sensor}.3.1`, () => integer(1));
  rows.set(`${sensor}.4.1`, () =>
    integer(Math.round(330 + 15 * Math.sin(elapsedMs() / 90_000 + device.id.length))),
  );
  rows.set(`${sensor}.5.1`, () => integer(1));
}

function sorted(rows: Map<Oid, Read>): AgentRows {
  const oids = [...rows.keys()].map((oid) => ({ oid, parts: oid.split('.').map(Number) }));
  oids.sort((a, b) => compare(a.parts, b.parts));
  const read = (oid: Oid): Varbind | undefined => {
    const value = rows.get(oid);
    return value === undefined ? undefined : { oid, value: value() };
  };
  const next = (oid: Oid): Varbind | undefined => {
    const parts = oid.split('.').map(Number);
    let low = 0;
    let high = oids.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(oids[middle]!.parts, parts) <= 0) low = middle + 1;
      else high = middle;
    }
    const found = oids[low];
    return found === undefined ? undefined : read(found.oid);
  };
  return { get: read, next };
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}
