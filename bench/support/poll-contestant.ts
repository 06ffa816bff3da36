/** One way of polling the farm, in a process of its own: each message is a cycle, its answer what the cycle cost. */
import { createSocket } from 'node:dgram';
import { createRequire } from 'node:module';
import { realWorld } from '../../src/app/world.ts';
import { Secret } from '../../src/base/secret.ts';
import { TableCells } from '../../src/collect/session.ts';
import { nothingLearned } from '../../src/edge/snmp/learned.ts';
import { openSession } from '../../src/edge/snmp/session.ts';
import { openTransport } from '../../src/edge/snmp/transport.ts';

export interface ContestantSetup {
  readonly way: 'ours' | 'oursStored' | 'handPacked' | 'handPackedStored' | 'tableColumns' | 'floor';
  readonly devices: number;
  readonly port: number;
  /** Ours: of a socket; 0 is the kernel's default. */
  readonly receiveBufferBytes?: number | undefined;
  readonly sockets?: number | undefined;
  /** Of the floor: requests under way. */
  readonly window?: number | undefined;
  /** Where the stored way of the packages writes to. */
  readonly sinkPort?: number | undefined;
}

export interface CycleCost {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly values: number;
  /** Devices or requests without an answer. */
  readonly failed: number;
  readonly rssMb: number;
  readonly requests?: number | undefined;
  /** Requests sent again: a reply or a request was lost, or the device is silent. */
  readonly retries?: number | undefined;
  /** Time from the start until 99 of 100 devices with an answer were read. */
  readonly p99Ms?: number | undefined;
}

type Cycle = () => Promise<Omit<CycleCost, 'cpuMs' | 'wallMs' | 'rssMb'>>;

export const ifColumns = [8, 13, 14, 19, 20].map((column) => `1.3.6.1.2.1.2.2.1.${column}`);
export const ifXColumns = [6, 7, 10, 11, 15].map((column) => `1.3.6.1.2.1.31.1.1.1.${column}`);
const columns = [...ifColumns, ...ifXColumns];
const UP_TIME = '1.3.6.1.2.1.1.3';
const PORTS = 48;
const REPETITIONS = 7;
const addressOf = (device: number): string => `127.1.${device >> 8}.${device & 255}`;

async function openOurs({ devices, port, receiveBufferBytes, sockets }: ContestantSetup) {
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: console.error };
  const world = realWorld(log);
  const transport = await openTransport(world, { receiveBufferBytes, sockets });
  const common = { port, version: 1, community: new Secret('public'), timeoutMs: 1_000, retries: 1 } as const;
  const sessions = Array.from({ length: devices }, (_, device) =>
    openSession(transport, { ...common, address: addressOf(device), learned: nothingLearned() }),
  );
  return { world, transport, sessions };
}

async function ours(setup: ContestantSetup): Promise<Cycle> {
  const { devices } = setup;
  const { transport, sessions } = await openOurs(setup);
  const polled = sessions.map((session) => ({ session, tables: [new TableCells({ columns })] }));
  const budget = { requests: 1_000, rows: 5_000, timeMs: 20_000 };
  return () =>
    new Promise((resolve) => {
      const before = transport.counters();
      const startsAt = performance.now();
      const times: number[] = [];
      let values = 0;
      let failed = 0;
      let left = devices;
      for (const { session, tables } of polled) {
        session.fill(tables, budget, ({ problems, upTimeTicks }) => {
          if (problems[0] !== undefined) failed++;
          else {
            times.push(performance.now() - startsAt);
            values += tables[0]!.rows * tables[0]!.width + (upTimeTicks === undefined ? 0 : 1);
          }
          if (--left > 0) return;
          const after = transport.counters();
          times.sort((a, b) => a - b);
          const p99Ms = times[Math.floor(times.length * 0.99)];
          resolve({
            values,
            failed,
            p99Ms,
            requests: after.requests - before.requests,
            retries: after.retries - before.retries,
          });
        });
      }
    });
}

interface PackageVarbind {
  readonly oid: string;
  readonly type: number;
  readonly value: number | Buffer;
}

interface PackageSession {
  getBulk(
    oids: readonly string[],
    nonRepeaters: number,
    repetitions: number,
    done: (error: Error | null, found: readonly (PackageVarbind | readonly PackageVarbind[])[]) => void,
  ): void;
  get(oids: readonly string[], done: (error: Error | null, found: readonly PackageVarbind[]) => void): void;
  tableColumns(
    oid: string,
    columns: readonly number[],
    repetitions: number,
    done: (error: Error | null, table: Readonly<Record<string, unknown>>) => void,
  ): void;
}

interface Package {
  createSession(target: string, community: string, options: object): PackageSession;
  isVarbindError(varbind: PackageVarbind): boolean;
  readonly Version2c: number;
}

/** What one way needs is loaded by it alone: the memory that it takes is none of the others'. */
const thePackage = (): Package => createRequire(import.meta.url)('net-snmp') as Package;

function packageSessions({ devices, port }: ContestantSetup): PackageSession[] {
  const snmp = thePackage();
  const options = { port, version: snmp.Version2c, timeout: 1_000, retries: 1 };
  return Array.from({ length: devices }, (_, device) =>
    snmp.createSession(addressOf(device), 'public', options),
  );
}

/** The package at its best: all columns in one GETBULK, values kept as numbers. */
function handPacked(setup: ContestantSetup) {
  const { isVarbindError } = thePackage();
  const devices = packageSessions(setup).map((session) => ({
    session,
    cells: new Float64Array(PORTS * columns.length),
    upTime: 0,
  }));
  const prefixes = columns.map((column) => `${column}.`);
  const read = (device: (typeof devices)[number], done: (values: number) => void): void => {
    let values = 1;
    const ask = (last: string): void => {
      const oids = [UP_TIME, ...columns.map((column) => column + last)];
      device.session.getBulk(oids, 1, REPETITIONS, (error, found) => {
        if (error !== null) return done(0);
        device.upTime = Number((found[0] as PackageVarbind).value);
        let next: string | undefined;
        for (let column = 0; column < columns.length; column++) {
          const prefix = prefixes[column]!;
          for (const varbind of found[column + 1] as readonly PackageVarbind[]) {
            const { oid, value } = varbind;
            if (!oid.startsWith(prefix) || isVarbindError(varbind)) break;
            const index = oid.slice(prefix.length);
            const number = typeof value === 'number' ? value : numberOf(value);
            device.cells[(Number(index) - 1) * columns.length + column] = number;
            values++;
            next = index;
          }
        }
        const isAtEnd = next === undefined || next === String(PORTS);
        if (isAtEnd) done(values);
        else ask(`.${next}`);
      });
    };
    ask('');
  };
  return { devices, read };
}

function numberOf(bytes: Buffer): number {
  let value = 0;
  for (const byte of bytes) value = value * 256 + byte;
  return value;
}

/** The package's call for tables; the two tables of interfaces, and the time. */
function tableColumns(setup: ContestantSetup): Cycle {
  const sessions = packageSessions(setup).map((session) => ({ session, kept: [] as unknown[] }));
  const numbers = (oids: readonly string[]): number[] =>
    oids.map((oid) => Number(oid.slice(oid.lastIndexOf('.') + 1)));
  const countOf = (table: Readonly<Record<string, unknown>>): number =>
    Object.values(table).reduce<number>((sum, row) => sum + Object.keys(row as object).length, 0);
  return () =>
    allOf(sessions, (device, done) => {
      const { session } = device;
      session.get([`${UP_TIME}.0`], (error, found) => {
        if (error !== null) return done(0);
        session.tableColumns('1.3.6.1.2.1.2.2', numbers(ifColumns), 20, (first, table) => {
          if (first !== null) return done(0);
          session.tableColumns('1.3.6.1.2.1.31.1.1', numbers(ifXColumns), 20, (second, extension) => {
            if (second !== null) return done(0);
            device.kept = [found, table, extension];
            done(1 + countOf(table) + countOf(extension));
          });
        });
      });
    });
}

function allOf<T>(
  devices: readonly T[],
  read: (device: T, done: (values: number) => void) => void,
): ReturnType<Cycle> {
  return new Promise((resolve) => {
    let left = devices.length;
    let values = 0;
    let failed = 0;
    for (const device of devices) {
      read(device, (found) => {
        values += found;
        if (found === 0) failed++;
        if (--left === 0) resolve({ values, failed });
      });
    }
  });
}

/** Sends as many requests and takes as many replies of the same size, and looks at none: what no poller can undercut. */
async function floor({ devices, port, window = 64 }: ContestantSetup): Promise<Cycle> {
  const socket = createSocket({ type: 'udp4', lookup: (host, _options, found) => found(null, host, 4) });
  await new Promise<void>((resolve) => socket.bind(0, resolve));
  const request = fullRequest();
  let onReply = (): void => {};
  socket.on('message', () => onReply());
  return () =>
    new Promise((resolve) => {
      const wanted = devices * REPETITIONS;
      let sent = 0;
      let got = 0;
      const send = (): void => socket.send(request, port, addressOf(sent++ % devices));
      onReply = () => {
        if (++got === wanted) resolve({ values: devices * (PORTS * columns.length + 1), failed: 0 });
        else if (sent < wanted) send();
      };
      for (let i = 0; i < window; i++) send();
    });
}

/** GETBULK for seven rows of all columns and the time, community `public`. */
function fullRequest(): Buffer {
  const tlv = (tag: number, ...content: (number | Buffer)[]): Buffer => {
    const body = Buffer.concat(content.map((part) => (typeof part === 'number' ? Buffer.of(part) : part)));
    const length =
      body.length < 0x80 ? Buffer.of(body.length) : Buffer.of(0x82, body.length >> 8, body.length & 255);
    return Buffer.concat([Buffer.of(tag), length, body]);
  };
  const named = (oid: string): Buffer =>
    tlv(0x30, tlv(6, 0x2b, ...oid.split('.').slice(2).map(Number)), tlv(5));
  const list = tlv(0x30, ...[UP_TIME, ...columns].map(named));
  const pdu = tlv(0xa5, tlv(2, 0x40, 0, 0, 1), tlv(2, 1), tlv(2, REPETITIONS), list);
  return tlv(0x30, tlv(2, 1), tlv(4, Buffer.from('public')), pdu);
}

async function cycleOf(setup: ContestantSetup): Promise<Cycle> {
  switch (setup.way) {
    case 'ours':
      return await ours(setup);
    case 'oursStored': {
      const { storedByUs } = await import('./stored-contestant.ts');
      const { world, sessions } = await openOurs(setup);
      return await storedByUs(world, sessions);
    }
    case 'handPacked': {
      const { devices, read } = handPacked(setup);
      return () => allOf(devices, read);
    }
    case 'handPackedStored': {
      const { storedByPackage } = await import('./stored-contestant.ts');
      return storedByPackage(handPacked(setup), setup.sinkPort ?? 0);
    }
    case 'tableColumns':
      return tableColumns(setup);
    case 'floor':
      return await floor(setup);
  }
}

const [given] = process.argv.slice(2);
if (given?.startsWith('{') === true) {
  const cycle = await cycleOf(JSON.parse(given) as ContestantSetup);
  process.on('message', async () => {
    const cpu = process.cpuUsage();
    const from = performance.now();
    const found = await cycle();
    const used = process.cpuUsage(cpu);
    const cost: CycleCost = {
      ...found,
      cpuMs: (used.user + used.system) / 1_000,
      wallMs: performance.now() - from,
      rssMb: process.memoryUsage.rss() / 2 ** 20,
    };
    process.send?.(cost);
  });
  // Its sockets would keep it alive.
  process.on('disconnect', () => process.exit());
  process.send?.('ready');
}
