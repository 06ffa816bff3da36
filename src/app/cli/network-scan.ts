/** Asks many addresses over SNMP at a bounded rate: who answers, and, on request, all that each has to say. */
import { milliseconds } from '../../base/instant.ts';
import { inParallel } from '../../base/parallel.ts';
import type { World } from '../../base/world.ts';
import { detectionOids, type Profiles } from '../../collect/collect.ts';
import type { Answer } from '../../collect/session.ts';
import { type Credentials, detectedProfile, openDeviceSession, pollDevice } from '../../edge/snmp/poll.ts';
import type { Transport } from '../../edge/snmp/transport.ts';
import type { DeviceReading } from '../../model/reading.ts';
import type { Terminal } from './verb.ts';

/** Questions under way at once; with the rate it bounds what a scan does to a network. */
const windowSize = 512;
/** Full readings at once. */
const readingsAtOnce = 8;
const longestStepMs = 200;
/** Addresses between two lines of progress. */
const progressEvery = 10;
const sysName = '1.3.6.1.2.1.1.5.0';

export interface FoundDevice {
  readonly address: string;
  readonly port: number;
  readonly sysName: string | undefined;
  readonly sysDescr: string | undefined;
  readonly sysObjectID: string | undefined;
  readonly profile: string;
  /** Everything it said; undefined where nobody asked for that, or it did not answer any more. */
  readonly reading?: DeviceReading | undefined;
}

export interface Scan {
  readonly world: World;
  readonly transport: Transport;
  readonly profiles: Profiles;
  readonly terminal: Terminal;
  readonly credentials: Credentials;
  readonly port: number;
  readonly perSecond: number;
  readonly timeoutMs: number;
  readonly retries: number;
  /** Nobody is asked any more. */
  readonly isBrokenOff: () => boolean;
}

export interface Scanned {
  readonly found: readonly FoundDevice[];
  /** Addresses of which it is known whether they answer. */
  readonly asked: number;
  /** The first of the others, where it was broken off. */
  readonly next: string | undefined;
}

/** Address n is asked no sooner than n / rate seconds after the first. */
export async function scanAll(scan: Scan, addresses: readonly string[]): Promise<Scanned> {
  const { world, terminal, perSecond, isBrokenOff } = scan;
  const startedMs = world.monotonicMs();
  const found: FoundDevice[] = [];
  const isDone = new Uint8Array(addresses.length);
  let done = 0;
  await inParallel(addresses, windowSize, async (address, index) => {
    await untilTurn(scan, startedMs + (index * 1_000) / perSecond);
    if (isBrokenOff()) return;
    const device = await ask(scan, address);
    if (device !== undefined) found.push(device);
    // Who was under way when it was broken off is asked again.
    else if (isBrokenOff()) return;
    isDone[index] = 1;
    if (++done % progressEvery === 0)
      terminal.progress(`${done} of ${addresses.length} asked, ${found.length} found`);
  });
  terminal.progress('');
  const place = new Map(addresses.map((address, index) => [address, index]));
  found.sort((a, b) => place.get(a.address)! - place.get(b.address)!);
  return { found, asked: done, next: done === addresses.length ? undefined : addresses[isDone.indexOf(0)] };
}

/** In short steps, so that whoever breaks off does not wait for turns that will not be taken. */
async function untilTurn({ world, isBrokenOff }: Scan, dueMs: number): Promise<void> {
  for (;;) {
    const waitMs = dueMs - world.monotonicMs();
    if (waitMs <= 1 || isBrokenOff()) return;
    const stepMs = milliseconds(Math.min(waitMs, longestStepMs));
    await new Promise<void>((resolve) => world.after(stepMs, resolve));
  }
}

async function ask(scan: Scan, address: string): Promise<FoundDevice | undefined> {
  const { transport, profiles, credentials, port, timeoutMs, retries } = scan;
  const target = { host: address, port, credentials, timeoutMs, retries };
  const session = await openDeviceSession(transport, target);
  if ('kind' in session) return undefined;
  try {
    const { sysObjectID: idOid, sysDescr: descrOid } = detectionOids;
    const answer = await session.get([idOid, descrOid, sysName]);
    if (answer.varbinds.length === 0) return undefined;
    const identity = {
      sysObjectID: textAt(answer, idOid),
      sysDescr: textAt(answer, descrOid),
      sysName: textAt(answer, sysName),
    };
    const detected = await detectedProfile(session, profiles, identity);
    const profile = ('kind' in detected ? undefined : detected.profile?.id) ?? 'generic';
    return { address, port, ...identity, profile };
  } finally {
    session.close();
  }
}

function textAt(answer: Answer, oid: string): string | undefined {
  const value = answer.varbinds.find((varbind) => varbind.oid === oid)?.value;
  if (value?.type === 'oid') return value.oid;
  if (value?.type !== 'octets' || value.bytes.length === 0) return undefined;
  return Buffer.from(value.bytes).toString('utf8');
}

/** Those that answer still, with everything they say. */
export async function readAll(scan: Scan, found: readonly FoundDevice[]): Promise<FoundDevice[]> {
  const { world, transport, profiles, credentials, timeoutMs, retries } = scan;
  const read = [...found];
  let done = 0;
  await inParallel(found, readingsAtOnce, async (device, index) => {
    if (scan.isBrokenOff()) return;
    const target = { host: device.address, port: device.port, credentials, timeoutMs, retries };
    const outcome = await pollDevice({ world, transport, profiles, target, profile: device.profile });
    if (outcome.kind === 'reading') read[index] = { ...device, reading: outcome.reading };
    scan.terminal.progress(`${++done} of ${found.length} read`);
  });
  scan.terminal.progress('');
  return read;
}
