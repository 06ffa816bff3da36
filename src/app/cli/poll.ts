/** `poll`: one full reading of one device. */
import { parseArgs } from 'node:util';
import { formatProblem } from '../../base/problem.ts';
import type { Profile, Profiles } from '../../collect/collect.ts';
import { type DeviceTarget, type PollOutcome, pollDevice } from '../../edge/snmp/poll.ts';
import { openTransport } from '../../edge/snmp/transport.ts';
import type { DeviceReading } from '../../model/reading.ts';
import { formatHostPort, withBrackets } from '../config/values.ts';
import { exitCodes } from '../processes/messages.ts';
import { whenBrokenOff } from './breaking-off.ts';
import { closerLook } from './closer-look.ts';
import { commonOptions, onlyPositional, verbWorld } from './common-options.ts';
import { openBar } from './progress-bar.ts';
import { quietReport, readingReport } from './reading-report.ts';
import { exitCodeOf, type Language, problemText, tableProblemText } from './session-problem.ts';
import {
  checkedProfile,
  ignoresCollectors,
  profilesBeside,
  snmpOptions,
  snmpUsage,
  targetFrom,
} from './snmp-options.ts';
import type { Terminal, Verb } from './verb.ts';
import { verdictsOf } from './verdicts.ts';
import { languageFrom, type Say, speaker } from './words.ts';

const options = {
  ...commonOptions,
  ...snmpOptions,
  profile: { type: 'string' },
  all: { type: 'boolean' },
} as const;

export const pollVerb: Verb = {
  name: 'poll',
  summary:
    'Reads one device once, with everything its profile names; --quiet prints what needs a look and then exits 1, --json device-reading/1.',
  usage: `allclear poll HOST[:PORT] ${snmpUsage} [--profile ID] [--config FILE] [--all] [--quiet] [--json] [--lang ru|en]`,
  async run(argv, terminal) {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    const say = speaker(values.lang);
    const target = await targetFrom(onlyPositional(positionals, 'HOST[:PORT]'), values);
    const { value: profiles, problems } = await profilesBeside(values.config);
    for (const problem of problems) terminal.complain(formatProblem(problem));
    const isQuiet = values.quiet === true;
    if (!isQuiet && ignoresCollectors(values.config)) terminal.complain(say('collectorsIgnored'));
    const profile = checkedProfile(values.profile, profiles);
    const outcome = await pollOnce(target, { profile, profiles, terminal, say });
    if (outcome === undefined) {
      terminal.complain(say('brokenOff'));
      return exitCodes.brokenOff;
    }
    const isJson = values.json === true || values.jsonl === true;
    const language = languageFrom(values.lang);
    const isWhole = values.all === true;
    return report(outcome, {
      ...{ terminal, say, language, isJson, isQuiet, isWhole, profiles },
      name: formatHostPort(target),
      bracketed: withBrackets(target.host),
    });
  },
};

/** undefined: somebody broke it off. */
async function pollOnce(
  target: DeviceTarget,
  given: {
    readonly profile: string;
    readonly profiles: Profiles;
    readonly terminal: Terminal;
    readonly say: Say;
  },
): Promise<PollOutcome | undefined> {
  const { profile, profiles, terminal, say } = given;
  const world = verbWorld();
  const transport = await openTransport(world, { sockets: 1 });
  const bar = openBar(terminal, world);
  const breaking = whenBrokenOff(() => transport.close());
  bar.begin(() => say('read', { answers: transport.counters().replies }));
  try {
    const outcome = await pollDevice({ world, transport, profiles, target, profile });
    if (breaking.hasBegun()) return undefined;
    if (outcome.kind !== 'problem') return outcome;
    const problem = await closerLook(outcome.problem, { transport, target });
    return breaking.hasBegun() ? undefined : { ...outcome, problem };
  } finally {
    breaking.end();
    bar.close();
    transport.close();
  }
}

interface Reporting {
  readonly terminal: Terminal;
  readonly say: Say;
  readonly language: Language;
  readonly isJson: boolean;
  /** Only what is wrong, and no advice. */
  readonly isQuiet: boolean;
  readonly isWhole: boolean;
  readonly profiles: Profiles;
  readonly name: string;
  /** What the host would be with brackets, where its end looks like a port. */
  readonly bracketed: string | undefined;
}

function report(
  outcome: PollOutcome,
  { terminal, say, language, isJson, isQuiet, isWhole, profiles, name, bracketed }: Reporting,
): number {
  if (outcome.kind === 'unknownProfile') {
    const message = `no profile fits, and there is no profile "${outcome.profile}"`;
    terminal.complain(`${name}: ${message}`);
    if (isJson) terminal.print(problemJson(name, outcome.kind, message));
    return exitCodes.problem;
  }
  if (outcome.kind === 'problem') {
    const message = problemText(outcome.problem, language);
    terminal.complain(`${name}: ${message}`);
    if (isJson) terminal.print(problemJson(name, outcome.problem.kind, message));
    if (bracketed !== undefined) terminal.complain(say('ifPort', { host: bracketed }));
    return exitCodeOf(outcome.problem);
  }
  const { reading, incomplete } = outcome;
  for (const { table, problem } of incomplete) {
    terminal.complain(`${name}: the table ${table} is incomplete: ${tableProblemText(problem, language)}`);
  }
  const verdicts = verdictsOf(reading, profiles.byId.get(reading.profile));
  const options = { say, language, isWhole, verdicts };
  const isWholeReading = incomplete.length === 0;
  if (!isJson && isQuiet) {
    // For a script that wants to know whether to look, without reading what it prints.
    const { text, needsLook } = quietReport(reading, options);
    terminal.print(text);
    return isWholeReading && !needsLook ? exitCodes.ok : exitCodes.problem;
  }
  terminal.print(isJson ? JSON.stringify(reading) : readingReport(reading, options));
  if (!isJson && reading.profile === 'generic') {
    const answered = standardTables(reading, profiles).join(', ') || '-';
    terminal.print(`\n${say('unknownDevice', { id: reading.device.sysObjectID ?? '-', answered })}`);
    terminal.print(say('nextRecord', { at: name }));
  }
  return isWholeReading ? exitCodes.ok : exitCodes.problem;
}

/** A program that asked for one object gets one: no reading, and why. */
const problemJson = (device: string, kind: string, message: string): string =>
  JSON.stringify({ format: 'device-problem/1', device, problem: kind, message });

/** Which base profiles found something, so that a profile for the device can extend them; of nested ones the innermost. */
function standardTables(reading: DeviceReading, profiles: Profiles): readonly string[] {
  const bases = [...profiles.byId.values()].filter(({ id }) => id.startsWith('base/'));
  bases.sort((a, b) => a.tables.length - b.tables.length);
  const named = new Set<string>();
  const answered = bases.filter(({ tables }) => {
    const found = tables.filter((table) => !named.has(firstColumn(table)) && hasAnswered(table, reading));
    for (const table of found) named.add(firstColumn(table));
    return found.length > 0;
  });
  return answered.map(({ id }) => id).sort();
}

type Table = Profile['tables'][number];

const ifTable = '1.3.6.1.2.1.2.2.1.';

const firstColumn = ({ columns }: Table): string => columns[0] ?? '';

function hasAnswered({ columns, ownColumns, link }: Table, reading: DeviceReading): boolean {
  if (link !== undefined) return reading.links.some(({ protocol }) => protocol === link.protocol);
  const own = columns.slice(0, ownColumns).map((column) => `${column}.`);
  // Counters of ports are no readings: they stand with the port.
  if (own.some((column) => column.startsWith(ifTable))) return reading.interfaces.length > 0;
  return reading.readings.some(({ oid }) => own.some((column) => oid.startsWith(column)));
}
