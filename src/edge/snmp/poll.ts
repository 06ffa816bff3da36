/** One full reading of one device, as the verb `poll` and the first contact of the daemon do it. */

import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Secret } from '../../base/secret.ts';
import { paused } from '../../base/slices.ts';
import type { World } from '../../base/world.ts';
import {
  type DetectedDevice,
  type DeviceAnswer,
  detectionOids,
  detectionScalars,
  detectProfile,
  groundedProfile,
  isNameless,
  isRelative,
  type Profiles,
  type ReadingOrder,
  readDevice,
} from '../../collect/collect.ts';
import type { Session, SessionProblem, VarbindValue } from '../../collect/session.ts';
import type { SnmpUser } from '../../model/snmp-user.ts';
import type { Learned } from './learned.ts';
import { V1, V2C } from './pdu.ts';
import { openSession } from './session.ts';
import { openV3Session } from './session-v3.ts';
import type { Transport } from './transport.ts';

export type Credentials =
  | { readonly version: 'v1' | 'v2c'; readonly community: Secret }
  | { readonly version: 'v3'; readonly v3: SnmpUser };

export interface DeviceTarget {
  /** Name or literal address. */
  readonly host: string;
  readonly port: number;
  readonly credentials: Credentials;
  /** Default 2000 ms. */
  readonly timeoutMs?: number | undefined;
  /** Default 2. */
  readonly retries?: number | undefined;
  /** True: v1 and v2c replies from another address count. */
  readonly anySource?: boolean | undefined;
  /** What answers taught so far; goes on learning in this object. */
  readonly learned?: Learned | undefined;
}

export type PollOutcome = DeviceAnswer | { readonly kind: 'unknownProfile'; readonly profile: string };

export interface PollRequest {
  readonly world: World;
  readonly transport: Transport;
  readonly profiles: Profiles;
  readonly target: DeviceTarget;
  /** An id or `auto`. */
  readonly profile: string;
  /** A poll lasts no longer: the interval at which it comes. */
  readonly withinMs?: number | undefined;
}

/** Every way it can end is a value. */
export async function pollDevice(poll: PollRequest): Promise<PollOutcome> {
  const opened = await openDeviceSession(poll.transport, poll.target);
  if ('kind' in opened) return { kind: 'problem', problem: opened };
  try {
    return await readThrough(opened, poll);
  } finally {
    opened.close();
  }
}

/** A session with a device by its name or address; the problem when the name leads nowhere. */
export async function openDeviceSession(
  transport: Transport,
  target: DeviceTarget,
): Promise<Session | SessionProblem> {
  const address = await literalAddress(target.host);
  if (address === undefined) return { kind: 'refused', reason: 'unreachable' };
  const { port, credentials, anySource, learned, timeoutMs = 2_000, retries = 2 } = target;
  const common = { address, port, timeoutMs, retries, anySource, learned };
  if (credentials.version === 'v3') return openV3Session(transport, { ...common, v3: credentials.v3 });
  const version = credentials.version === 'v1' ? V1 : V2C;
  return openSession(transport, { ...common, version, community: credentials.community });
}

async function literalAddress(host: string): Promise<string | undefined> {
  if (isIP(host) !== 0) return host;
  try {
    return (await lookup(host)).address;
  } catch {
    return undefined;
  }
}

async function readThrough(
  session: Session,
  poll: { readonly world: World; readonly profiles: Profiles; readonly profile: string },
): Promise<PollOutcome> {
  const chosen = await chosenProfile(session, poll);
  if ('kind' in chosen) return chosen;
  return readDevice(session, chosen.profile, orderNow(poll.world));
}

/** A reading that begins now and lets others work between. */
export const orderNow = (world: World): ReadingOrder => ({
  at: new Date(world.now()).toISOString(),
  inTurns: (work) => paused(world, work),
});

/** The profile that fits; asks the device the scalars by which appliances on a common agent are told apart. */
export async function detectedProfile(
  session: Session,
  profiles: Profiles,
  device: DetectedDevice,
): Promise<
  { readonly profile: ReturnType<typeof detectProfile> } | Extract<PollOutcome, { kind: 'problem' }>
> {
  const scalars = detectionScalars(profiles, device);
  if (scalars.length === 0) return { profile: detectProfile(profiles, device) };
  const { varbinds, problem } = await session.get(scalars);
  // A common agent says what it does not have: a lost question must not make another device of it until it is read again.
  // One without a sysObjectID may be so simple that it keeps silent about what it does not know.
  if (problem?.kind === 'timeout' && !isNameless(device)) return { kind: 'problem', problem };
  const answered = new Set(varbinds.flatMap(({ oid, value }) => (isThere(value) ? [oid] : [])));
  return { profile: detectProfile(profiles, { ...device, answered }) };
}

const isThere = ({ type }: VarbindValue): boolean =>
  type !== 'null' && type !== 'noSuchObject' && type !== 'noSuchInstance' && type !== 'endOfMibView';

/** The named profile, or the one that fits what the device says of itself. */
export async function chosenProfile(
  session: Session,
  poll: { readonly profiles: Profiles; readonly profile: string },
): Promise<{ readonly profile: NonNullable<ReturnType<typeof detectProfile>> } | PollOutcome> {
  if (poll.profile !== 'auto') {
    const profile = poll.profiles.byId.get(poll.profile);
    if (profile === undefined) return { kind: 'unknownProfile', profile: poll.profile };
    if (!isRelative(profile)) return { profile };
  }
  const { sysObjectID, sysDescr } = detectionOids;
  const answer = await session.get([sysObjectID, sysDescr]);
  const problem = answer.problem;
  if (problem !== undefined && answer.varbinds.length === 0) return { kind: 'problem', problem };
  const values = new Map(answer.varbinds.map(({ oid, value }) => [oid, value]));
  const id = values.get(sysObjectID);
  const descr = values.get(sysDescr);
  const own = id?.type === 'oid' ? id.oid : undefined;
  const named = poll.profile === 'auto' ? undefined : poll.profiles.byId.get(poll.profile);
  const fitting = {
    sysObjectID: own,
    sysDescr: descr?.type === 'octets' ? Buffer.from(descr.bytes).toString('latin1') : undefined,
  };
  const detected = named === undefined ? await detectedProfile(session, poll.profiles, fitting) : undefined;
  if (detected !== undefined && 'kind' in detected) return detected;
  const profile = named ?? detected?.profile;
  if (profile === undefined) return { kind: 'unknownProfile', profile: 'generic' };
  return { profile: groundedProfile(profile, own) };
}
