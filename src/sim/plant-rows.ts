/** What the simulated CMTS, DSLAM and power supplies answer beside the common tables: RFC 4546, RFC 5650, RFC 1628. */
import type { VarbindValue } from '../edge/snmp/agent.ts';
import type { CityLine, CityModem } from './cable-plan.ts';
import type { CityDevice } from './city.ts';
import type { Network } from './network.ts';

type Read = () => VarbindValue;
type Rows = Map<string, Read>;

const integer = (number: number): VarbindValue => ({ type: 'integer', number });
const gauge = (number: number): VarbindValue => ({ type: 'gauge32', number });
const counter = (value: number): VarbindValue => ({ type: 'counter32', number: Math.floor(value) >>> 0 });
const octets = (...bytes: readonly number[]): VarbindValue => ({
  type: 'octets',
  bytes: Uint8Array.from(bytes),
});
const text = (value: string): VarbindValue => ({ type: 'octets', bytes: new TextEncoder().encode(value) });

const docsIf = '1.3.6.1.2.1.10.127.1';

/** Channels, signal quality by upstream, and the modems with their state. */
export function cableRows(
  rows: Rows,
  given: {
    readonly device: CityDevice;
    readonly modems: readonly CityModem[];
    readonly network: Network;
    readonly elapsedMs: () => number;
  },
): void {
  const { device, modems, network, elapsedMs } = given;
  for (const { ifIndex, name } of device.ports) {
    const set = (column: string, read: Read): void => void rows.set(`${docsIf}.${column}.${ifIndex}`, read);
    if (name.startsWith('Downstream')) {
      set('1.1.1.1.1', () => integer(ifIndex));
      set('1.1.1.1.2', () => integer(114_000_000 + ifIndex * 8_000_000));
      set('1.1.1.1.3', () => integer(8_000_000));
      set('1.1.1.1.6', () => integer(450));
    } else if (name.startsWith('Upstream')) {
      set('1.1.2.1.1', () => integer(ifIndex));
      set('1.1.2.1.2', () => integer(37_000_000));
      set('1.1.2.1.3', () => integer(6_400_000));
      set('1.1.4.1.2', () => counter(4e8 + elapsedMs() * 12));
      set('1.1.4.1.3', () => counter(9_000 + elapsedMs() / 900));
      set('1.1.4.1.4', () => counter(120));
      set('1.1.4.1.5', () => integer(330 + Math.round(8 * Math.sin(elapsedMs() / 70_000 + ifIndex))));
      set('1.1.4.1.6', () => integer(22));
    }
  }
  for (const modem of modems) modemRow(rows, modem, network);
}

/** docsIfCmtsCmStatusTable. */
function modemRow(rows: Rows, modem: CityModem, network: Network): void {
  const { index, upstream } = modem;
  const isUp = (): boolean => network.isModemUp(modem);
  const set = (column: number, read: Read): void => void rows.set(`${docsIf}.3.3.1.${column}.${index}`, read);
  set(2, () => octets(2, 0, 94, 1, index >> 8, index & 255));
  set(3, () => ({ type: 'ipAddress', address: `100.64.${index >> 8}.${index & 255}` }));
  set(4, () => integer(upstream - 50));
  set(5, () => integer(upstream));
  set(6, () => integer(isUp() ? (index % 7) - 3 : 0));
  set(9, () => integer(isUp() ? 6 : 1));
  set(13, () => integer(isUp() ? 320 + (index % 30) : 0));
}

const vdsl = '1.3.6.1.2.1.10.251';
/** RFC 5650: not determined, because the line is not in showtime. */
const notDetermined = 2_147_483_646;
const [noDefect, lossOfSignal] = [0x80, 0x20];

/** xdsl2LineTable, xdsl2LineBandTable and xdsl2ChannelStatusTable. */
export function copperRows(rows: Rows, lines: readonly CityLine[], network: Network): void {
  for (const line of lines) {
    const { ifIndex, lengthM } = line;
    const isUp = (): boolean => network.isLineUp(line);
    const level =
      (value: number): Read =>
      () =>
        integer(isUp() ? Math.round(value) : notDetermined);
    const set = (column: string, read: Read): void => void rows.set(`${vdsl}.${column}`, read);
    const status = (): VarbindValue => octets(isUp() ? noDefect : lossOfSignal);
    const downBps = Math.max(12e6, 100e6 - lengthM * 80_000);
    set(`1.1.1.1.14.${ifIndex}`, () => integer(isUp() ? 1 : 4));
    set(`1.1.1.1.15.${ifIndex}`, () => integer(isUp() ? 0 : 4));
    set(`1.1.1.1.18.${ifIndex}`, status);
    set(`1.1.1.1.19.${ifIndex}`, status);
    set(`1.1.1.1.20.${ifIndex}`, () => gauge(isUp() ? downBps * 1.1 : 0));
    set(`1.1.1.1.21.${ifIndex}`, () => gauge(isUp() ? downBps * 0.35 : 0));
    // Upstream is band 1, downstream band 2; the unit of the office sends down.
    for (const [band, share] of [
      [1, 0.8],
      [2, 1],
    ] as const) {
      set(`1.1.2.1.2.${ifIndex}.${band}`, level(lengthM * 0.18 * share));
      set(`1.1.2.1.4.${ifIndex}.${band}`, level(85 + (ifIndex % 40)));
      set(`1.2.2.1.2.${ifIndex}.${3 - band}`, () => gauge(isUp() ? downBps * (band === 2 ? 1 : 0.3) : 0));
    }
  }
}

const ups = '1.3.6.1.2.1.33.1';

/** Normally on mains and fully charged; on battery it empties, and says when it is low. */
export function supplyRows(rows: Rows, device: CityDevice, network: Network): void {
  const runsOn = (): 'mains' | 'battery' | 'batteryLow' => network.supplies.get(device.id) ?? 'mains';
  const by =
    (mains: number, battery: number, low: number): Read =>
    () =>
      integer({ mains, battery, batteryLow: low }[runsOn()]);
  const set = (column: string, read: Read): void => void rows.set(`${ups}.${column}`, read);
  set('1.1.0', () => text('allclear'));
  set('1.2.0', () => text('Simulated UPS'));
  set('1.5.0', () => text(device.id));
  set('2.1.0', by(2, 2, 3));
  set('2.2.0', by(0, 30, 120));
  set('2.3.0', by(240, 150, 4));
  set('2.4.0', by(100, 70, 8));
  set('2.5.0', by(545, 498, 441));
  set('2.6.0', by(2, -180, -190));
  set('2.7.0', () => integer(24));
  set('3.3.1.2.1', by(500, 0, 0));
  set('3.3.1.3.1', by(229, 0, 0));
  set('4.1.0', by(3, 5, 5));
  set('4.2.0', () => integer(500));
  set('4.4.1.2.1', () => integer(230));
  set('4.4.1.3.1', () => integer(41));
  set('4.4.1.4.1', () => integer(860));
  set('4.4.1.5.1', () => integer(43));
}
