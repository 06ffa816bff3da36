/** `discover`: who answers SNMP in these networks, with which profile, as a proposal for `allclear.yaml`. */
import { parseArgs } from 'node:util';
import { milliseconds } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import { detectionOids, detectProfile, type Profiles } from '../../collect/collect.ts';
import type { Answer } from '../../collect/session.ts';
import { type Credentials, openDeviceSession, pollDevice } from '../../edge/snmp/poll.ts';
import { openTransport, type Transport } from '../../edge/snmp/transport.ts';
import type { LinkReading } from '../../model/reading.ts';
import { exitCodes } from '../processes/messages.ts';
import { commonOptions, durationFrom, verbWorld, wholeFrom } from './common-options.ts';
import { proposal } from './device-proposal.ts';
import { addressesOf } from './networks.ts';
import { credentialsFrom, profilesBeside, snmpOptions, snmpUsage } from './snmp-options.ts';
import { formatTable } from './table.ts';
import type { Terminal, Verb } from './verb.ts';
import { speaker } from './words.ts';

const options = {
  ...commonOptions,
  ...snmpOptions,
  port: { type: 'string' },
  rate: { type: 'string' },
  links: { type: 'boolean' },
} as const;

/** Questions under way at once; with the rate it bounds what a scan does to a network. */
const windowSize = 512;
/** Full readings at once, for links. */
const readingsAtOnce = 8;
const sysName = '1.3.6.1.2.1.1.5.0';

export interface FoundDevice {
  readonly address: string;
  readonly port: number;
  readonly sysName: string | undefined;
  readonly sysDescr: string | undefined;
  readonly sysObjectID: string | undefined;
  readonly profile: string;
  readonly links: readonly LinkReading[];
}

export const discoverVerb: Verb = {
  name: 'discover',
  summary: 'Asks every address of IPv4 networks over SNMP and proposes devices, profiles and links.',
  usage: `allclear discover CIDR.. ${snmpUsage} [--port 161] [--rate 250] [--links] [--json] [--lang ru|en]`,
  async run(argv, terminal) {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    const say = speaker(values.lang);
    const addresses = addressesOf(positionals);
    const profiles = (await profilesBeside(values.config)).value;
    const world = verbWorld();
    const transport = await openTransport(world);
    const scan: Scan = {
      world,
      transport,
      profiles,
      terminal,
      credentials: await credentialsFrom(values),
      port: wholeFrom(values.port, 'port', { least: 1, most: 65_535, otherwise: 161 }),
      perSecond: wholeFrom(values.rate, 'rate', { least: 1, most: 2_000, otherwise: 250 }),
      timeoutMs: durationFrom(values.timeout, 'timeout', 1_000),
      retries: wholeFrom(values.retries, 'retries', { least: 0, most: 10, otherwise: 1 }),
    };
    try {
      let found = await scanAll(scan, addresses);
      if (values.links === true) found = await withLinks(scan, found);
      const counts = { asked: addresses.length, found: found.length };
      const yaml = proposal(found, values);
      if (values.json === true) terminal.print(JSON.stringify({ ...counts, devices: found, yaml }));
      else if (values.jsonl === true) for (const one of found) terminal.print(JSON.stringify(one));
      else {
        terminal.print(table(found));
        terminal.print(`\n${say('found', counts)}`);
        if (found.length > 0) terminal.print(`\n${yaml}`);
      }
      return found.length > 0 ? exitCodes.ok : exitCodes.unreachable;
    } finally {
      transport.close();
    }
  },
};

interface Scan {
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
async function scanAll(scan: Scan, addresses: readonly string[]): Promise<FoundDevice[]> {
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
    if (done % 50 === 0) terminal.progress(`${done} of ${addresses.length} asked, ${found.length} found`);
  });
  terminal.progress('');
  const place = new Map(addresses.map((address, index) => [address, index]));
  return found.sort((a, b) => place.get(a.address)! - place.get(b.address)!);
}

async function ask(scan: Scan, address: string): Promise<FoundDevice | undefined> {
  const { world, transport, profiles, credentials, port, timeoutMs, retries } = scan;
  const target = { host: address, port, credentials, timeoutMs, retries };
  const session = await openDeviceSession(world, transport, target);
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
    const profile = detectProfile(profiles, identity)?.id ?? 'generic';
    return { address, port, ...identity, profile, links: [] };
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

async function withLinks(scan: Scan, found: readonly FoundDevice[]): Promise<FoundDevice[]> {
  const { world, transport, profiles, credentials, timeoutMs, retries } = scan;
  const read = [...found];
  let done = 0;
  await inParallel(found, readingsAtOnce, async (device, index) => {
    const target = { host: device.address, port: device.port, credentials, timeoutMs, retries };
    const outcome = await pollDevice({ world, transport, profiles, target, profile: device.profile });
    if (outcome.kind === 'reading') read[index] = { ...device, links: outcome.reading.links };
    scan.terminal.progress(`${++done} of ${found.length} read`);
  });
  scan.terminal.progress('');
  return read;
}

async function inParallel<T>(
  items: readonly T[],
  most: number,
  run: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      await run(items[index]!, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, lane));
}

function table(found: readonly FoundDevice[]): string {
  const rows = found.map((one) => [one.address, one.sysName, one.profile, one.sysDescr]);
  const links = found.flatMap((one) =>
    one.links.map((link) => [
      ...[one.sysName ?? one.address, link.localPort],
      ...[link.remoteName ?? link.remoteChassis, link.remotePort],
    ]),
  );
  const devices = formatTable(['address', 'name', 'profile', 'description'], rows);
  if (links.length === 0) return devices;
  return `${devices}\n\n${formatTable(['device', 'port', 'neighbour', 'its port'], links)}`;
}
