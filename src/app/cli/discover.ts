/** `discover`: who answers SNMP in these networks, with which profile, as a proposal for `allclear.yaml` and a topology. */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { Fault } from '../../base/fault.ts';
import { openTransport } from '../../edge/snmp/transport.ts';
import { exitCodes } from '../processes/messages.ts';
import { whenBrokenOff } from './breaking-off.ts';
import { commonOptions, verbWorld, wholeFrom } from './common-options.ts';
import { idsOf, proposal } from './device-proposal.ts';
import { conflictTable, inventoryOf, type Surveyed } from './discovery-survey.ts';
import { type FoundDevice, readAll, type Scan, scanAll } from './network-scan.ts';
import { addressesOf } from './networks.ts';
import { newFileMistake } from './new-file.ts';
import { credentialsFrom, profilesBeside, snmpOptions, snmpUsage, timeoutFrom } from './snmp-options.ts';
import { formatTable } from './table.ts';
import type { Terminal, Verb } from './verb.ts';
import { speaker } from './words.ts';

const options = {
  ...commonOptions,
  ...snmpOptions,
  port: { type: 'string' },
  rate: { type: 'string' },
  from: { type: 'string' },
  links: { type: 'boolean' },
  topology: { type: 'string' },
  'dry-run': { type: 'boolean' },
} as const;

export const discoverVerb: Verb = {
  name: 'discover',
  summary:
    'Asks every address of IPv4 networks over SNMP and proposes devices, profiles, links and a topology.',
  usage: `allclear discover CIDR.. ${snmpUsage} [--port 161] [--rate 250] [--from ADDRESS] [--links] [--topology FILE.json|FILE.ndjson [--dry-run]] [--json|--jsonl] [--lang ru|en]`,
  async run(argv, terminal) {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    const say = speaker(values.lang);
    checkTopologyFile(values.topology);
    const addresses = startingAt(addressesOf(positionals), values.from);
    const asked = {
      credentials: await credentialsFrom(values),
      port: wholeFrom(values.port, 'port', { least: 1, most: 65_535, otherwise: 161 }),
      perSecond: wholeFrom(values.rate, 'rate', { least: 1, most: 2_000, otherwise: 250 }),
      timeoutMs: timeoutFrom(values.timeout, 1_000),
      retries: wholeFrom(values.retries, 'retries', { least: 0, most: 10, otherwise: 1 }),
    };
    const profiles = (await profilesBeside(values.config)).value;
    const world = verbWorld();
    // Open sockets keep the process alive: only after everything that may be refused.
    const transport = await openTransport(world);
    const breaking = whenBrokenOff(() => transport.close());
    const scan: Scan = { world, transport, profiles, terminal, isBrokenOff: breaking.hasBegun, ...asked };
    try {
      const scanned = await scanAll(scan, addresses);
      const isSurvey = values.links === true || values.topology !== undefined;
      const found = isSurvey ? await readAll(scan, scanned.found) : scanned.found;
      const isWhole = !breaking.hasBegun();
      const surveyed = isSurvey && isWhole ? inventoryOf(found, idsOf(found), world.now()) : undefined;
      await print({ ...scanned, found, surveyed, values, terminal });
      if (!isWhole) {
        if (scanned.next !== undefined)
          terminal.complain(
            say('scanBrokenOff', { asked: scanned.asked, of: addresses.length, place: scanned.next }),
          );
        if (isSurvey) terminal.complain(say('surveyBrokenOff'));
        return exitCodes.brokenOff;
      }
      return found.length > 0 ? exitCodes.ok : exitCodes.unreachable;
    } finally {
      breaking.end();
      transport.close();
    }
  },
};

/** Said before a network is asked for an hour. */
function checkTopologyFile(file: string | undefined): void {
  if (file === undefined) return;
  if (!/\.(?:json|ndjson)$/.test(file)) {
    const hint = 'its ending says how it is written: .json for allclear-topology/1, .ndjson for any size';
    throw new Fault('usage/topology', `--topology: "${file}" ends in neither .json nor .ndjson; ${hint}`);
  }
  const mistake = newFileMistake(file);
  if (mistake !== undefined) throw new Fault('usage/topology', `--topology: ${mistake}`);
}

/** A scan that was broken off goes on where it was. */
function startingAt(addresses: readonly string[], from: string | undefined): readonly string[] {
  if (from === undefined) return addresses;
  const place = addresses.indexOf(from);
  if (place < 0) throw new Fault('usage/from', `--from: ${from} is none of the addresses of these networks`);
  return addresses.slice(place);
}

interface Outcome {
  readonly found: readonly FoundDevice[];
  readonly surveyed: Surveyed | undefined;
  readonly asked: number;
  readonly next: string | undefined;
  readonly values: Parameters<typeof proposal>[1] & {
    readonly json?: boolean | undefined;
    readonly jsonl?: boolean | undefined;
    readonly lang?: string | undefined;
    readonly topology?: string | undefined;
    readonly 'dry-run'?: boolean | undefined;
  };
  readonly terminal: Terminal;
}

async function print({ found, surveyed, asked, next, values, terminal }: Outcome): Promise<void> {
  const say = speaker(values.lang);
  const counts = { asked, found: found.length, silent: asked - found.length };
  const yaml = proposal(found, values);
  const devices = found.map(({ reading, ...device }) => ({ ...device, links: reading?.links ?? [] }));
  const file = values.topology;
  const isWritten = file !== undefined && surveyed !== undefined && values['dry-run'] !== true;
  if (isWritten) await write(file, surveyed);
  if (values.json === true) {
    const { topology, conflicts, facts } = surveyed ?? {};
    const document = { format: 'allclear-topology/1', ...topology, planned: [] };
    const survey = {
      ...(file !== undefined && surveyed !== undefined && { topology: document }),
      facts,
      conflicts,
    };
    terminal.print(JSON.stringify({ ...counts, next, devices, yaml, ...survey }));
    return;
  }
  if (values.jsonl === true) {
    for (const one of devices) terminal.print(JSON.stringify(one));
    for (const conflict of surveyed?.conflicts ?? []) terminal.print(JSON.stringify({ conflict }));
    return;
  }
  terminal.print(table(found));
  if (surveyed !== undefined && surveyed.conflicts.length > 0) {
    terminal.print(`\n${conflictTable(surveyed.conflicts, values.lang === 'ru' ? 'ru' : 'en')}`);
  }
  terminal.print(`\n${say('found', counts)}`);
  if (found.length > 0) terminal.print(`\n${yaml}`);
  if (surveyed === undefined || file === undefined) return;
  const { resources, links } = surveyed.topology;
  const sizes = { file, resources: resources.length, links: links.length };
  terminal.print(`\n${say(isWritten ? 'proposed' : 'wouldPropose', sizes)}`);
}

async function write(file: string, surveyed: Surveyed): Promise<void> {
  try {
    await writeFile(file, surveyed.text(file.endsWith('.ndjson')), { flag: 'wx' });
  } catch (error) {
    throw new Fault('usage/topology', `--topology: ${file} cannot be written`, error);
  }
}

function table(found: readonly FoundDevice[]): string {
  const rows = found.map((one) => [one.address, one.sysName, one.profile, one.sysDescr]);
  const links = found.flatMap((one) =>
    (one.reading?.links ?? []).map((link) => [
      ...[one.sysName ?? one.address, link.localPort],
      ...[link.remoteName ?? link.remoteChassis, link.remotePort],
    ]),
  );
  const devices = formatTable(['address', 'name', 'profile', 'description'], rows);
  if (links.length === 0) return devices;
  return `${devices}\n\n${formatTable(['device', 'port', 'neighbour', 'its port'], links)}`;
}
