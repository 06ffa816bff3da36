/** Sends traps of the demo city's terminals and ports at a fixed rate, whatever becomes of them, from a thread of its own. */
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { World } from '../../src/base/world.ts';
import { buildCity, type City } from '../../src/sim/city.ts';
import type { DeviceAddress } from '../../src/sim/city-files.ts';
import type { DeviceTrap } from '../../src/sim/network.ts';
import { TrapSender } from '../../src/sim/traps.ts';

/** 5,120 terminals on 80 ports of 10 OLTs. */
export const stormCity = (): City => buildCity({ seed: 1, households: 5_000 });

/** Each device speaks from its own address on loopback, so that it is told apart as in a network. */
export const addressesOf = (city: City): ReadonlyMap<string, DeviceAddress> =>
  new Map(city.devices.map(({ id }, n) => [id, { host: `127.1.${n >> 8}.${(n & 255) + 1}`, port: 161 }]));

export interface StormTrap {
  readonly trap: DeviceTrap;
  readonly resource: string;
  readonly becomes: 'raised' | 'cleared';
}

/** Port after port goes down with its terminals, then all come back in the same order. */
export function stormTraps(city: City): readonly StormTrap[] {
  const ports = new Map(
    city.devices.flatMap(({ id, ports: all }) => all.map((port) => [port.resource, { id, port }])),
  );
  const down: StormTrap[] = [];
  const up: StormTrap[] = [];
  for (const resource of new Set(city.onts.map((ont) => ont.port))) {
    const { id: device, port } = ports.get(resource)!;
    down.push({ trap: { kind: 'linkDown', device, port }, resource, becomes: 'raised' });
    up.push({ trap: { kind: 'linkUp', device, port }, resource, becomes: 'cleared' });
    for (const ont of city.onts.filter((one) => one.port === resource)) {
      down.push({ trap: { kind: 'ontLost', device, ont }, resource: ont.id, becomes: 'raised' });
      up.push({ trap: { kind: 'ontBack', device, ont }, resource: ont.id, becomes: 'cleared' });
    }
  }
  return [...down, ...up];
}

export interface Storm {
  readonly target: { readonly host: string; readonly port: number };
  readonly perSecond: number;
  /** Of `stormTraps`, one a trap to send. */
  readonly order: Int32Array;
}

export interface StormSent {
  /** Milliseconds since 1970 with a fraction, one a trap. */
  readonly times: Float64Array;
  readonly sent: number;
}

export function sendStorm(storm: Storm): Promise<StormSent> {
  const worker = new Worker(new URL(import.meta.url), { workerData: storm });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

async function send({ target, perSecond, order }: Storm): Promise<StormSent> {
  const city = stormCity();
  const traps = stormTraps(city);
  const world = { monotonicMs: () => performance.now() } as World;
  const sender = new TrapSender({ addresses: addressesOf(city), target, world });
  const times = new Float64Array(order.length);
  const startsAt = performance.now();
  for (let next = 0; next < order.length; ) {
    const due = Math.min(order.length, Math.floor(((performance.now() - startsAt) * perSecond) / 1_000));
    for (; next < due; next++) {
      times[next] = performance.timeOrigin + performance.now();
      sender.send(traps[order[next]!]!.trap);
    }
    await pause(1);
  }
  await pause(200);
  sender.close();
  return { times, sent: sender.counters.sent };
}

if (!isMainThread) parentPort!.postMessage(await send(workerData as Storm));
