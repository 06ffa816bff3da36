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
}

/** Address n is asked no sooner than n / rate seconds after the first. */
export async function scanAll(scan: Scan, addresses: readonly string[]): Promise<FoundDevice[]> {
  const { world, terminal, perSecond } = scan;
  const startedMs = world.monotonicMs();
  const found: FoundDevice[] = [];
  let done = 0;
  await inParallel(addresses, windowSize, async (address, index) => {
    const waitMs = startedMs + (index * 1_000) / perSecond - world.monotonicMs();
    if (waitMs > 1) await new Promise<void>((resolve) => world.after(milliseconds(waitMs), resolve));
    const device = await ask(scan, address);
    if (device !== undefined) found.push(device);
    done++;
    // Whoever breaks off begins again with the address that stands there.
    if (done % 50 === 0) terminal.progress(progressOf(addresses, { done, found: found.length, index }));
  });
  terminal.progress('');
  const place = new Map(addresses.map((address, index) => [address, index]));
  return found.sort((a, b) => place.get(a.address)! - place.get(b.address)!);
}

function progressOf(
  addresses: readonly string[],
  { done, found, index }: { readonly done: number; readonly found: number; readonly index: number },
): string {
  const place = addresses[Math.max(0, index - windowSize)] ?? '';
  return `${done} of ${addresses.length} asked, ${found} found, --from ${place}`;
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
    const target = { host: device.address, port: device.port, credentials, timeoutMs, retries };
    const outcome = await pollDevice({ world, transport, profiles, target, profile: device.profile });
    if (outcome.kind === 'reading') read[index] = { ...device, reading: outcome.reading };
    scan.terminal.progress(`${++done} of ${found.length} read`);
  });
  scan.terminal.progress('');
  return read;
}
