/** `poll`: one full reading of one device. */
import { parseArgs } from 'node:util';
import { Fault, neverHappens } from '../../base/fault.ts';
import { didYouMean, formatProblem } from '../../base/problem.ts';
import type { Profiles } from '../../collect/collect.ts';
import type { SessionProblem } from '../../collect/session.ts';
import { type DeviceTarget, type PollOutcome, pollDevice } from '../../edge/snmp/poll.ts';
import { openTransport } from '../../edge/snmp/transport.ts';
import type { DeviceReading } from '../../model/reading.ts';
import { formatHostPort } from '../config/values.ts';
import { exitCodes } from '../processes/messages.ts';
import { commonOptions, durationFrom, onlyPositional, verbWorld, wholeFrom } from './common-options.ts';
import { credentialsFrom, deviceAddress, profilesBeside, snmpOptions, snmpUsage } from './snmp-options.ts';
import { formatTable, printable } from './table.ts';
import type { Terminal, Verb } from './verb.ts';
import { type Say, speaker } from './words.ts';

const options = { ...commonOptions, ...snmpOptions, profile: { type: 'string' } } as const;

export const pollVerb: Verb = {
  name: 'poll',
  summary: 'Reads one device once, with everything its profile names; --json prints device-reading/1.',
  usage: `allclear poll HOST[:PORT] ${snmpUsage} [--profile ID] [--config FILE] [--json] [--lang ru|en]`,
  async run(argv, terminal) {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    const say = speaker(values.lang);
    const { host, port } = deviceAddress(onlyPositional(positionals, 'HOST[:PORT]'));
    const target: DeviceTarget = {
      host,
      port,
      credentials: await credentialsFrom(values),
      timeoutMs: durationFrom(values.timeout, 'timeout', 2_000),
      retries: wholeFrom(values.retries, 'retries', { least: 0, most: 10, otherwise: 2 }),
    };
    const profiles = await profilesBeside(values.config);
    for (const problem of profiles.problems) terminal.complain(formatProblem(problem));
    const profile = values.profile ?? 'auto';
    if (profile !== 'auto' && !profiles.value.byId.has(profile))
      throw unknownProfile(profile, profiles.value);
    const outcome = await pollOnce(target, profile, profiles.value);
    const isJson = values.json === true || values.jsonl === true;
    return report(outcome, { terminal, say, isJson, name: formatHostPort({ host, port }) });
  },
};

async function pollOnce(target: DeviceTarget, profile: string, profiles: Profiles): Promise<PollOutcome> {
  const world = verbWorld();
  const transport = await openTransport(world, { sockets: 1 });
  try {
    return await pollDevice({ world, transport, profiles, target, profile });
  } finally {
    transport.close();
  }
}

function unknownProfile(profile: string, profiles: Profiles): Fault {
  const near = didYouMean(profile, profiles.byId.keys());
  const hint = near === undefined ? '' : `; did you mean "${near}"?`;
  return new Fault('usage/profile', `there is no profile "${profile}"${hint}`);
}

interface Reporting {
  readonly terminal: Terminal;
  readonly say: Say;
  readonly isJson: boolean;
  readonly name: string;
}

function report(outcome: PollOutcome, { terminal, say, isJson, name }: Reporting): number {
  if (outcome.kind === 'unknownProfile') {
    terminal.complain(`${name}: no profile fits, and there is no profile "${outcome.profile}"`);
    return exitCodes.problem;
  }
  if (outcome.kind === 'problem') {
    terminal.complain(`${name}: ${problemText(outcome.problem)}`);
    return isSilence(outcome.problem) ? exitCodes.unreachable : exitCodes.problem;
  }
  const { reading, incomplete } = outcome;
  for (const { table, problem } of incomplete) {
    terminal.complain(`${name}: the table ${table} is incomplete: ${problemText(problem)}`);
  }
  terminal.print(isJson ? JSON.stringify(reading) : summary(reading, say));
  return incomplete.length === 0 ? exitCodes.ok : exitCodes.problem;
}

const isSilence = (problem: SessionProblem): boolean =>
  problem.kind === 'timeout' || (problem.kind === 'refused' && problem.reason === 'unreachable');

const refusals = {
  unreachable: 'the address cannot be reached',
  authentication: 'it refuses the user or its keys',
  noAccess: 'it refuses access',
} as const;
const badAnswers = {
  malformed: 'its answer is malformed',
  oidNotIncreasing: 'its answers go round in a circle',
  tooBig: 'it calls every answer too big',
  errorStatus: 'it answers with an error',
} as const;

function problemText(problem: SessionProblem): string {
  switch (problem.kind) {
    case 'timeout':
      return 'no answer (wrong address, community or user, or SNMP is off)';
    case 'refused':
      return refusals[problem.reason];
    case 'badAnswer':
      return badAnswers[problem.reason];
    case 'overBudget':
      return `it has more than one reading may take (${problem.budget})`;
    default:
      return neverHappens(problem);
  }
}

function summary(reading: DeviceReading, say: Say): string {
  const { device, interfaces, readings, objects, links, profile } = reading;
  const name = printable(device.sysName ?? device.hardware ?? 'device');
  const counts = { interfaces: interfaces.length, readings: readings.length, objects: objects.length };
  const parts = [say('answered', { name, profile, ...counts })];
  const facts = Object.entries(device).filter(([, value]) => value !== undefined);
  parts.push(formatTable(['device', ''], facts));
  if (interfaces.length > 0) {
    const rows = interfaces.map((one) => [
      ...[one.ifIndex, one.ifName ?? one.ifDescr, one.adminStatus, one.operStatus, one.speedBps, one.ifAlias],
    ]);
    parts.push(formatTable(['ifIndex', 'name', 'admin', 'oper', 'bit/s', 'alias'], rows));
  }
  if (readings.length > 0) {
    const rows = readings.map((one) => [one.metric, one.object, one.value ?? `(${one.absent})`, one.unit]);
    parts.push(formatTable(['metric', 'object', 'value', 'unit'], rows));
  }
  if (links.length > 0) {
    const rows = links.map((one) => [one.localPort, one.remoteName ?? one.remoteChassis, one.remotePort]);
    parts.push(formatTable(['local port', 'neighbour', 'port'], rows));
  }
  return parts.join('\n\n');
}
